package search_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

func filled(t *testing.T, f *fake, o search.MeilisearchOptions) *search.Meilisearch {
	t.Helper()
	m := f.engine(o)
	if err := m.Replace(t.Context(), searchtest.Entries()); err != nil {
		t.Fatal(err)
	}
	return m
}

// keyOfSearch asks and returns the key the search came with.
func keyOfSearch(t *testing.T, f *fake, m *search.Meilisearch) string {
	t.Helper()
	f.requests()
	if _, err := m.Search(t.Context(), "身份证丢了", 5); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.requests() {
		if key, ok := strings.CutPrefix(r, "POST /multi-search "); ok {
			return key
		}
	}
	t.Fatal("nobody searched")
	return ""
}

func TestSearchingTakesAKeyOfLeastRights(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	if len(f.keys) != 1 {
		t.Fatalf("keys made: %v", f.keys)
	}
	for _, k := range f.keys {
		if !slices.Equal(k.Actions, []string{"search"}) || !slices.Equal(k.Indexes, []string{"jiesu_entries"}) {
			t.Errorf("the key may %v on %v", k.Actions, k.Indexes)
		}
		if got := keyOfSearch(t, f, m); got != k.Key {
			t.Error("the search came with another key")
		}
	}
	again := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin}) // a restart, or another replica
	if keyOfSearch(t, f, again); len(f.keys) != 1 {
		t.Errorf("%d keys after a restart", len(f.keys))
	}
}

func TestAConfiguredSearchKeyIsUsed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin, SearchKey: "from the operator"})
	if got := keyOfSearch(t, f, m); got != "from the operator" || len(f.keys) != 0 {
		t.Errorf("searched with another key, or made some: %d", len(f.keys))
	}
}

func TestAKeyThatMayDoMoreIsRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	f.set(func() {
		for uid, k := range f.keys {
			k.Actions = []string{"*"}
			f.keys[uid] = k
		}
	})
	if _, err := f.engine(search.MeilisearchOptions{Key: fakeAdmin}).Check(t.Context()); !problem.HasCode(err, "search.key") {
		t.Errorf("error %v", err)
	}
	if err := m.Remove(t.Context()); err != nil || len(f.keys) != 0 || len(f.indexes) != 0 {
		t.Errorf("error %v, %d keys and %d indexes left", err, len(f.keys), len(f.indexes))
	}
}

func TestAServerOfAnotherVersionIsNamed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for version, old := range map[string]bool{"1.9.3": true, "1.17.1": true, "0.30.0": true, search.MinMeilisearch: false, "1.50.0": false, "1.99.0-rc.1": false, "2.0.0-rc.1": true, "12.1.0": true, "": true} {
		f.set(func() { f.version = version })
		_, err := f.engine(search.MeilisearchOptions{Key: fakeAdmin}).Check(t.Context())
		if old != problem.HasCode(err, "search.version") {
			t.Errorf("%s: error %v", version, err)
		}
		if old && (!strings.Contains(err.Error(), version) || !strings.Contains(err.Error(), search.MinMeilisearch)) {
			t.Errorf("%v does not name %s and %s", err, version, search.MinMeilisearch)
		}
	}
}

func TestAFailedTaskIsAnErrorAndChangesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"settings", "documents", "swap"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
			held := len(f.indexes["jiesu_entries"])
			f.set(func() { f.fails = kind })
			if err := m.Replace(t.Context(), searchtest.Entries()[:1]); !problem.HasCode(err, "search.task") {
				t.Errorf("error %v", err)
			}
			if len(f.indexes) != 1 || len(f.indexes["jiesu_entries"]) != held {
				t.Errorf("%d indexes, %d documents where %d were", len(f.indexes), len(f.indexes["jiesu_entries"]), held)
			}
		})
	}
}

func TestSyncSendsWhatDiffers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := f.engine(search.MeilisearchOptions{Key: fakeAdmin})
	entries := searchtest.Entries()
	sync := func(what string, expected []knowledge.Entry, want search.Synced) {
		t.Helper()
		m.Expect(expected)
		if got, err := m.Sync(t.Context()); err != nil || got != want {
			t.Errorf("%s: did %+v, error %v, wanted %+v", what, got, err, want)
		}
		if s, err := m.Check(t.Context()); err != nil || !s.InStep || s.Entries != len(expected) {
			t.Errorf("%s: %s, error %v", what, s, err)
		}
	}
	sync("nothing there", entries, search.Synced{Rebuilt: true, Upserted: 6})
	sync("nothing to do", entries, search.Synced{})
	changed := slices.Clone(entries)
	changed[2].Answer = "到派出所办理。"
	sync("an answer changed", changed, search.Synced{Upserted: 1})
	sync("one withdrawn", changed[1:], search.Synced{Deleted: 1})
	f.set(func() {
		for key := range f.indexes["jiesu_entries"] {
			if key != "about" {
				delete(f.indexes["jiesu_entries"], key) // by somebody else
				break
			}
		}
	})
	sync("one lost", changed[1:], search.Synced{Upserted: 1})
	f.set(func() { delete(f.indexes["jiesu_entries"], "about") })
	sync("half an upload", changed[1:], search.Synced{Rebuilt: true, Upserted: 5})
}

func TestUpdateTouchesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	if err := m.Update(t.Context(), []knowledge.Entry{{ID: "new", Question: "枪支怎么上交？"}}, []string{"id-lost", "dog-licence"}); err != nil {
		t.Fatal(err)
	}
	if s, err := m.Check(t.Context()); err != nil || !s.InStep || s.Entries != 5 {
		t.Errorf("%s, error %v", s, err)
	}
}

func TestAKeyTakenAwayIsLookedForAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	f.set(func() {
		f.found = `{"hits":[{"entry":"id-lost","_federation":{"weightedRankingScore":0.9}},{"_federation":{"weightedRankingScore":0.1}}]}`
		f.keys = map[string]fakeKey{}
	})
	if _, err := m.Search(t.Context(), "身份证", 5); err == nil {
		t.Error("searched with a key that is gone")
	}
	found, err := m.Search(t.Context(), "身份证", 5)
	if err != nil || len(found) != 1 || found[0] != (knowledge.Candidate{Entry: "id-lost", Score: 0.9}) {
		t.Errorf("found %v, error %v", found, err)
	}
	f.set(func() { f.found = `{"code":` })
	if _, err := m.Search(t.Context(), "身份证", 5); err == nil {
		t.Error("an answer that is no answer is no error")
	}
}

// What citizens ask and keys stay out of errors, whatever the server says.
func TestErrorsHoldNothingThatWasSent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	check := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s: no error", what)
			return
		}
		for _, secret := range []string{"geheim", "身份证", fakeAdmin} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v tells %s", what, err, secret)
			}
		}
	}
	_, err := f.engine(search.MeilisearchOptions{Key: "geheim-wrong"}).Check(t.Context())
	check("wrong key", err)
	f.set(func() { f.stall = make(chan struct{}) })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = m.Search(ctx, "身份证 geheim", 5)
	check("late", err)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("late: %v", err)
	}
	f.Close()
	_, err = m.Search(t.Context(), "身份证 geheim", 5)
	check("gone", err)
	if problem.KindOf(err) != problem.Unavailable {
		t.Errorf("gone: %v", err)
	}
}
