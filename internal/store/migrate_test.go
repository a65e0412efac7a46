package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

// TestPreviousRelease brings the database of an earlier version up to date: its
// schema is that of a new one, its trail is whole, and every sealed value opens.
func TestPreviousRelease(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url, other := fresh(t), fresh(t)
			text := storetest.Previous(t, url)
			file, err := seal.ParseKeyFile(text, nil)
			if err != nil {
				t.Fatal(err)
			}
			keys, err := file.Keyring()
			if err != nil {
				t.Fatal(err)
			}
			s := openWith(t, url, keys)
			open(t, other)
			if is, want := schema(t, url), schema(t, other); is != want {
				t.Errorf("the schemas differ: %s", firstDifference(is, want))
			}
			if err := s.Unlock(t.Context()); err != nil {
				t.Error(err)
			}
			if acts, err := s.Verify(t.Context()); err != nil || acts < 50 {
				t.Errorf("a trail of %d acts: %v", acts, err)
			}
			wantLetter(t, s, url)
			id := rotate(t, keys, file)
			resealAll(t, s)
			if n := wantAllUnder(t, s, id); n < 50 {
				t.Errorf("%d sealed values", n)
			}
			wantLetter(t, s, url)
		})
	}
}

func wantLetter(t *testing.T, s *store.Store, url string) {
	t.Helper()
	number, _ := storetest.PreviousLetter(url)
	k, err := s.TicketByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Letter(t.Context(), k.LetterID)
	if err != nil || l.Text != storetest.PreviousText {
		t.Errorf("the letter says %q, %v", l.Text, err)
	}
	err = s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { _, err := tx.IndexTickets(ctx, 1000); return err })
	if err != nil {
		t.Error(err)
	}
}

// TestMigrateAtOnce starts several processes on one database, new or earlier.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			earlier := fresh(t)
			storetest.Previous(t, earlier)
			for _, url := range []string{fresh(t), earlier} {
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						s, err := store.Open(t.Context(), store.Config{URL: url, Keyring: keyring(t)})
						if err == nil {
							err = errors.Join(s.Migrate(t.Context()), s.Close())
						}
						if err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
		})
	}
}

// TestNewerDatabase is refused by a program that does not know its schema.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			if _, err := raw(t, url).ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)", true); err != nil {
				t.Fatal(err)
			}
			if err := s.Migrate(t.Context()); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "9999") {
				t.Errorf("migrated: %v", err)
			}
		})
	}
}

// TestBackupIsForItsOwner: a backup takes no place that is taken, and leaves nothing
// of one that failed.
func TestBackupIsForItsOwner(t *testing.T) {
	t.Parallel()
	url := kinds()["sqlite"](t)
	open(t, url)
	target := filepath.Join(t.TempDir(), "backup")
	if err := store.Backup(t.Context(), url, target); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), url, target); err == nil {
		t.Error("a backup was overwritten")
	}
	open(t, target)
	if err := store.Backup(t.Context(), target+"x", target+"y"); err == nil {
		t.Error("a file that is not there was backed up")
	}
}

// schema lists all there is in a database, one thing a line.
func schema(t *testing.T, url string) string {
	t.Helper()
	texts := []string{"SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"}
	if strings.HasPrefix(url, "postgres") {
		texts = []string{
			`SELECT concat_ws(' ', table_name, ordinal_position, column_name, data_type, is_nullable, column_default, is_identity)
				FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`,
			"SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
			"SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
			"SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
			"SELECT proname || ' ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' ORDER BY 1",
			"SELECT sequencename || ' ' || data_type FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
		}
	}
	var lines []string
	for _, text := range texts {
		for _, line := range column(t, url, text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	if len(lines) < 100 {
		t.Errorf("a schema of %d lines", len(lines))
	}
	return strings.Join(lines, "\n")
}

// column reads a query of one text.
func column(t *testing.T, url, text string) (found []string) {
	t.Helper()
	rows, err := raw(t, url).QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // only read
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func firstDifference(a, b string) string {
	others := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(others) || line != others[i] {
			return line + "\n" + strings.Join(others[min(i, len(others)):min(i+1, len(others))], "")
		}
	}
	return "one has more"
}
