package store_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// keysAndFile are the keys of the tests, and the file they stand in.
func keysAndFile(tb testing.TB) (*seal.Keyring, *seal.KeyFile) {
	tb.Helper()
	file, err := seal.ParseKeyFile(crashKey, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return keyring(tb), file
}

// rotate makes keys seal under a new key and returns its id.
func rotate(tb testing.TB, keys *seal.Keyring, file *seal.KeyFile) string {
	tb.Helper()
	id := file.Add(seal.SM4GCM, false)
	next, err := file.Keyring()
	if err == nil {
		err = keys.Replace(next)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// resealAll asks for everything to be sealed under the current key and does it.
func resealAll(tb testing.TB, s *store.Store) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	if err := s.BeginReseal(ctx, time.Unix(0, 0)); err != nil {
		tb.Fatal(err)
	}
	for done := false; !done; {
		r, err := s.Reseal(ctx, time.Unix(1, 0))
		if err != nil {
			tb.Fatal(err)
		}
		done = r.Done
	}
}

func wantAllUnder(tb testing.TB, s *store.Store, id string) int64 {
	tb.Helper()
	counts, err := s.SealCounts(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(err)
	}
	n := counts[id]
	if delete(counts, id); len(counts) > 0 {
		tb.Errorf("sealed under other keys: %v", counts)
	}
	return n
}

// resealed opens a store in which, once its test is over, everything the test has
// sealed is sealed anew: each value opens at the place that is written down for it.
func resealed(tb testing.TB, url string) *store.Store {
	tb.Helper()
	keys, file := keysAndFile(tb)
	s := openWith(tb, url, keys)
	tb.Cleanup(func() {
		if tb.Failed() {
			return
		}
		id := rotate(tb, keys, file)
		resealAll(tb, s)
		wantAllUnder(tb, s, id)
	})
	return s
}

// fill stores one ticket with everything a new one has.
func fill(n int) func(context.Context, desk.Tx) error {
	o := newOpening(int64(n))
	return o.store
}

// TestEverySealedColumnIsListed: a table that comes later is not forgotten.
func TestEverySealedColumnIsListed(t *testing.T) {
	t.Parallel()
	url := kinds()["sqlite"](t)
	open(t, url)
	found := column(t, url, `SELECT m.name || '.' || c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND c.name LIKE 'sealed%' ORDER BY 1`)
	listed := store.SealedColumns()
	slices.Sort(listed)
	if !slices.Equal(found, listed) {
		t.Errorf("the schema has %v\nand there are %v", found, listed)
	}
}

// TestTablesThatGrowStayClosed: only resealing may change their rows, and only what
// is sealed.
func TestTablesThatGrowStayClosed(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			s := open(t, url)
			if err := s.InTx(t.Context(), fill(1)); err != nil {
				t.Fatal(err)
			}
			resealAll(t, s)
			for _, text := range []string{"UPDATE event SET sealed_note = NULL", "UPDATE event SET actor = 'another'", "DELETE FROM event"} {
				if _, err := raw(t, url).ExecContext(t.Context(), text); err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
	}
}

// TestBrokenValuesStay: what does not open is left as it is and does not hold up the
// rest; it is still counted.
func TestBrokenValuesStay(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			keys, file := keysAndFile(t)
			old := keys.Current()
			s := openWith(t, url, keys)
			for n := range 3 {
				if err := s.InTx(t.Context(), fill(n)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := raw(t, url).ExecContext(t.Context(), "UPDATE letter SET sealed_text = (SELECT sealed_text FROM letter ORDER BY id LIMIT 1)"); err != nil {
				t.Fatal(err)
			}
			id := rotate(t, keys, file)
			resealAll(t, s)
			r, err := s.Resealing(t.Context())
			if err != nil || r.Left != 2 || r.Key != id {
				t.Errorf("left %+v, %v", r, err)
			}
			if counts, err := s.SealCounts(t.Context()); err != nil || counts[old] != 2 {
				t.Errorf("counted %v, %v", counts, err)
			}
		})
	}
}

// TestSomebodyElsesKey: a replica that has not read the new key yet seals nothing
// back under the former one, and nobody begins before all may have read it.
func TestSomebodyElsesKey(t *testing.T) {
	t.Parallel()
	url := kinds()["sqlite"](t)
	keys, file := keysAndFile(t)
	behind, ahead := open(t, url), openWith(t, url, keys)
	if err := behind.InTx(t.Context(), fill(1)); err != nil {
		t.Fatal(err)
	}
	rotate(t, keys, file)
	begin := time.Unix(100, 0)
	if err := ahead.BeginReseal(t.Context(), begin); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		s  *store.Store
		at time.Time
	}{"behind": {behind, begin}, "early": {ahead, begin.Add(-time.Second)}} {
		for range 3 {
			if r, err := c.s.Reseal(t.Context(), c.at); err != nil || !regexp.MustCompile(`count`).MatchString(r.Place) {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		}
	}
}

// BenchmarkReseal seals everything of 2,000 tickets anew while nobody else writes.
func BenchmarkReseal(b *testing.B) {
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		keys, file := keysAndFile(b)
		s := openWith(b, fresh(b), keys)
		for n := range 2000 {
			if err := s.InTx(b.Context(), fill(n)); err != nil {
				b.Fatal(err)
			}
		}
		values := int64(0)
		for b.Loop() {
			id := rotate(b, keys, file)
			resealAll(b, s)
			values += wantAllUnder(b, s, id)
		}
		b.ReportMetric(float64(values)/b.Elapsed().Seconds(), "rows/s")
	})
}
