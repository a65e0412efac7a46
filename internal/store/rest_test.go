package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// raw opens a database beside the store.
func raw(tb testing.TB, url string) *sql.DB {
	tb.Helper()
	driver := "sqlite"
	if strings.HasPrefix(url, "postgres") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// kinds makes an empty database of each kind.
func kinds() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"sqlite": func(tb testing.TB) string {
			tb.Helper()
			return filepath.Join(tb.TempDir(), "desk.db")
		},
		"postgres": database,
	}
}

// TestSealedAtRest looks for plaintext in the files of the database.
func TestSealedAtRest(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "desk.db")
	s := open(t, file)
	const secret = "机密marker"
	o := newOpening(1)
	o.letter.Title, o.letter.Text = secret+"1", secret+"2"
	o.letter.Contact = &channel.Contact{Name: secret + "3", Phone: "13912345678"}
	o.event.Note, o.answer.Response, o.answer.Request = secret+"4", []byte(secret+"5"), []byte(secret+"6")
	err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		message := chatLine("1")
		message.Body, message.BodyHash = []byte(`{"text":"`+secret+`"}`), []byte(secret+"7")
		if err := errors.Join(o.store(ctx, tx), start(ctx, tx, "c1")); err != nil {
			return err
		}
		_, err := tx.Append(ctx, "c1", message)
		return errors.Join(err,
			tx.SaveDraft(ctx, reply.Draft{ID: "d1", TicketID: o.ticket.ID, Text: secret + "8", At: benchTime()}),
			tx.InsertAttachment(ctx, channel.Attachment{ID: "a1", Name: secret + "9", At: benchTime()}, []byte(secret)))
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(file + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("want the file and its journal, got %v, %v", files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, plain := range []string{secret, "13912345678"} {
			if bytes.Contains(content, []byte(plain)) {
				t.Errorf("%s holds %q in clear", filepath.Base(name), plain)
			}
		}
		if !bytes.Contains(content, []byte(o.ticket.Number)) && name != file && strings.HasSuffix(name, "-wal") {
			t.Error("the test does not look where the rows are")
		}
	}
}

// TestSealedInPlace moves a sealed value to another row: it must not open.
func TestSealedInPlace(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			var letters []string
			for n := range 2 {
				o := newOpening(int64(n))
				letters = append(letters, o.letter.ID)
				if err := s.InTx(t.Context(), o.store); err != nil {
					t.Fatal(err)
				}
			}
			_, err := raw(t, url).ExecContext(t.Context(), "UPDATE letter SET sealed_text = (SELECT sealed_text FROM letter WHERE id = $1) WHERE id = $2", letters[0], letters[1])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Letter(t.Context(), letters[0]); err != nil {
				t.Error(err)
			}
			if _, err := s.Letter(t.Context(), letters[1]); !errors.Is(err, seal.ErrBroken) || problem.KindOf(err) != problem.Internal {
				t.Errorf("a moved value opened: %v", err)
			}
		})
	}
}

// TestTampering changes the trail behind the store's back.
func TestTampering(t *testing.T) {
	disarm := map[bool][]string{
		false: {"DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"},
		true:  {"ALTER TABLE audit DISABLE TRIGGER USER"},
	}
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			for n := range 5 {
				err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
					return tx.Record(ctx, audit.Entry{At: benchTime(), Actor: "u1", Action: "contact.reveal", Object: "ticket/1", Detail: map[string]string{"n": string(rune('0' + n))}})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			// However old they are: nothing but these rows tells what was done.
			err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
				return sweep(ctx, tx, benchTime().AddDate(3, 0, 0))
			})
			if n, errVerify := s.Verify(t.Context()); err != nil || errVerify != nil || n != 5 {
				t.Fatalf("three years later %d of 5 entries are left: %v, %v", n, err, errVerify)
			}
			db := raw(t, url)
			do := func(text string) error {
				_, err := db.ExecContext(t.Context(), text)
				return err
			}
			attempts := []string{"UPDATE audit SET actor = 'u2'", "DELETE FROM audit"}
			if strings.HasPrefix(url, "postgres") {
				attempts = append(attempts, "TRUNCATE audit")
			}
			for _, text := range attempts {
				if do(text) == nil {
					t.Errorf("%s was allowed", text)
				}
			}
			for _, text := range disarm[strings.HasPrefix(url, "postgres")] {
				if err := do(text); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range []struct{ text, want string }{
				{"UPDATE audit SET seq = CASE seq WHEN 2 THEN -4 WHEN 4 THEN -2 ELSE seq END", "entry -4 has a number no entry can have"},
				{"UPDATE audit SET seq = -seq WHERE seq < 0", "entry 2 does not follow entry 1"}, // two entries have changed places
				{"UPDATE audit SET seq = CASE seq WHEN 2 THEN -4 WHEN 4 THEN -2 ELSE seq END", "entry -4 has a number no entry can have"},
				{"UPDATE audit SET seq = -seq WHERE seq < 0", ""},
				{"UPDATE audit SET detail = '[' WHERE seq = 4", "entry 4 was changed"},
				{"UPDATE audit SET detail = '{\"n\":\"3\"}' WHERE seq = 4", ""},
				{"UPDATE audit SET lane = 77 WHERE seq = 5", "lane 77: entry 5 stands in a lane that does not exist"},
				{"UPDATE audit SET lane = 13 WHERE lane = 77", ""},
				{"UPDATE audit_head SET seq = 4 WHERE lane = 13", "is not the one the lane's head knows"},
				{"UPDATE audit_head SET seq = 5 WHERE lane = 13", ""},
				{"UPDATE audit SET actor = 'u2' WHERE seq = 3", "entry 3 was changed"},
				{"DELETE FROM audit WHERE seq = 5", "entry 3 was changed"},
				{"UPDATE audit SET actor = 'u1' WHERE seq = 3", "the lane was cut off"},
				{"DELETE FROM audit WHERE seq = 2", "entry 2 is missing"},
				{"DELETE FROM audit", "the lane was cut off"},
			} {
				if err := do(c.text); err != nil {
					t.Fatal(err)
				}
				_, err := s.Verify(t.Context())
				if c.want == "" && err != nil {
					t.Errorf("after %s nothing is wrong, and it says %v", c.text, err)
				}
				if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("after %s: %v, want %q", c.text, err, c.want)
				}
			}
		})
	}
}

func TestEventsAreAppendOnly(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			o := newOpening(1)
			if err := s.InTx(t.Context(), o.store); err != nil {
				t.Fatal(err)
			}
			it, err := review.Item{ID: "r1", Kind: review.Notice, Audience: review.Public}.Begin(review.Command{
				By: review.Person{ID: "u1"}, Content: review.Content{Title: "公告", Body: "停水。", Disclosure: review.Disclosure{Decision: review.Full, Reason: "interest"}}, At: benchTime(),
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertReview(ctx, it) }); err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{
				"UPDATE event SET public = ''", "DELETE FROM event", "UPDATE review_version SET hash = ''", "DELETE FROM review_version",
				"UPDATE review_act SET seq = 2", "DELETE FROM review_act",
			} {
				if _, err := raw(t, url).ExecContext(t.Context(), text); err == nil {
					t.Errorf("%s was allowed", text)
				}
			}
		})
	}
}

// TestMigrateAgain: a second run, and several replicas at once, change nothing.
func TestMigrateAgain(t *testing.T) {
	describe := map[bool]string{
		false: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
		true: `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
			UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`,
	}
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			schema := func() (lines []string) {
				rows, err := raw(t, url).QueryContext(t.Context(), describe[strings.HasPrefix(url, "postgres")])
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := rows.Close(); err != nil {
						t.Error(err)
					}
				}()
				for rows.Next() {
					var line string
					if err := rows.Scan(&line); err != nil {
						t.Fatal(err)
					}
					lines = append(lines, line)
				}
				if err := rows.Err(); err != nil || len(lines) < 30 {
					t.Fatal(len(lines), err)
				}
				return lines
			}
			fresh := schema()
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(schema(), fresh) {
				t.Error("the second run changed the schema")
			}
		})
	}
}

func TestReplicasMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := database(t)
	failed := make(chan error, 4)
	for range 4 {
		go func() {
			s, err := store.Open(t.Context(), store.Config{URL: url, Keyring: keyring(t)})
			if err == nil {
				err = errors.Join(s.Migrate(t.Context()), s.Close())
			}
			failed <- err
		}()
	}
	for range 4 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// TestErrorsKeepInternalsInside: what a client may read names no table, no
// statement, no password.
func TestErrorsKeepInternalsInside(t *testing.T) {
	t.Parallel()
	_, unreachable := store.Open(t.Context(), store.Config{URL: "postgres://user:hunter2@127.0.0.1:1/none?connect_timeout=1", Keyring: keyring(t)})
	_, unreadable := store.Open(t.Context(), store.Config{URL: filepath.Join(t.TempDir(), "missing", "desk.db"), Keyring: keyring(t)})
	_, nonsense := store.Open(t.Context(), store.Config{URL: "postgres://user:hunter2@[::1", Keyring: keyring(t)})
	_, keyless := store.Open(t.Context(), store.Config{URL: "x.db"})
	for name, err := range map[string]error{"unreachable": unreachable, "unreadable": unreadable, "nonsense": nonsense, "keyless": keyless} {
		if err == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password is in %q", name, err)
		}
	}
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertEvent(ctx, ticket.Event{ID: "e1", TicketID: "nobody", Seq: 1, At: benchTime()})
	})
	ours, ok := errors.AsType[*problem.Error](err)
	if !ok || ours.Kind != problem.Internal || strings.Contains(ours.Public, "constraint") {
		t.Errorf("a defect came out as %v", err)
	}
	_, err = s.Messages(t.Context(), "x", 0, 1)
	if err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.Conversation(t.Context(), "x")
	if problem.KindOf(err) != problem.Unavailable {
		t.Errorf("a closed store answered %v", err)
	}
}

// sweep does away with everything that is due at a time.
func sweep(ctx context.Context, tx desk.Tx, at time.Time) error {
	for _, c := range retention.IDs() {
		if _, err := tx.ExpireRows(ctx, c, at, at, 1000); err != nil {
			return err
		}
	}
	return nil
}
