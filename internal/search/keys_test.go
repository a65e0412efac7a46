package search_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/problem"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

// keyring is a server with an operator who has its master key, and desks that
// have what the operator gives them.
type keyring struct {
	t      *testing.T
	master *search.Meilisearch
	open   func(key string) *search.Meilisearch
}

func (k *keyring) issue(first bool) string {
	k.t.Helper()
	key, err := k.master.IssueKeys(k.t.Context(), first)
	if err != nil {
		k.t.Fatal(err)
	}
	return key
}

// works does with an engine all a desk does.
func (k *keyring) works(what string, m *search.Meilisearch) {
	k.t.Helper()
	ctx, entries := k.t.Context(), searchtest.Entries()
	if err := m.Replace(ctx, entries); err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	m.Expect(entries[1:])
	if did, err := m.Sync(ctx); err != nil || did != (search.Synced{Deleted: 1}) {
		k.t.Errorf("%s: did %+v, error %v", what, did, err)
	}
	if _, err := m.Search(ctx, "户口怎么迁到外地", 5); err != nil {
		k.t.Errorf("%s: %v", what, err)
	}
}

// A rotation is told as the operator does it, with a desk that runs all the
// while.
func (k *keyring) rotation() {
	k.t.Helper()
	ctx := k.t.Context()
	desk := k.open(k.issue(true))
	k.works("first keys", desk)
	if _, err := k.master.IssueKeys(ctx, true); !problem.HasCode(err, "search.keys_issued") {
		k.t.Errorf("keys issued twice: %v", err)
	}
	if n, err := k.master.RetireKeys(ctx); !problem.HasCode(err, "search.keys_needed") {
		k.t.Errorf("deleted %d keys in use, error %v", n, err)
	}
	k.works("first keys, after a refusal", desk)
	next := k.open(k.issue(false))
	k.works("both keys, the old one", desk)
	k.works("both keys, the new one", next)
	if n, err := k.master.RetireKeys(ctx); err != nil || n != 3 {
		k.t.Errorf("deleted %d keys, error %v", n, err)
	}
	k.works("new keys", next)
	if _, err := desk.Search(ctx, "户口怎么迁到外地", 5); err != nil {
		k.t.Errorf("a desk that looked meanwhile does not search with the new key: %v", err)
	}
	if err := desk.Replace(ctx, nil); !problem.HasCode(err, "search.meilisearch") {
		k.t.Errorf("changed the index with a key that was taken away: %v", err)
	}
	if n, err := k.master.RetireKeys(ctx); !problem.HasCode(err, "search.keys_needed") {
		k.t.Errorf("deleted %d keys in use, error %v", n, err)
	}
}

func TestKeysAreRotated(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	open := func(key string) *search.Meilisearch { return f.engine(search.MeilisearchOptions{Key: key}) }
	(&keyring{t: t, master: open(fakeAdmin), open: open}).rotation()
}

func TestASwapThatFailedUnseenIsAnError(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	key, err := f.engine(search.MeilisearchOptions{Key: fakeAdmin}).IssueKeys(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	m := filled(t, f, search.MeilisearchOptions{Key: key})
	f.set(func() { f.fails = "swap" })
	if err := m.Replace(t.Context(), searchtest.Entries()[:1]); !problem.HasCode(err, "search.task") {
		t.Errorf("error %v", err)
	}
}

func TestASearchKeyMadeByItselfIsRetired(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	m := filled(t, f, search.MeilisearchOptions{Key: fakeAdmin})
	before := keyOfSearch(t, f, m)
	if _, err := m.IssueKeys(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if n, err := m.RetireKeys(t.Context()); err != nil || n != 1 || len(f.keys) != 3 {
		t.Errorf("deleted %d keys, %d left, error %v", n, len(f.keys), err)
	}
	if _, err := m.Search(t.Context(), "身份证丢了", 5); err == nil {
		t.Error("searched with a key that is gone")
	}
	if after := keyOfSearch(t, f, m); after == before || !f.may(after, "POST /multi-search") {
		t.Error("the next question did not look for the new key")
	}
}

func TestKeysNobodyKnowsAreNotLeftBehind(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.set(func() { f.fails = "documents" })
	if _, err := f.engine(search.MeilisearchOptions{Key: fakeAdmin}).IssueKeys(t.Context(), true); !problem.HasCode(err, "search.task") || len(f.keys) != 0 {
		t.Errorf("error %v, %d keys left", err, len(f.keys))
	}
}

func TestMeilisearchKeysAreRotated(t *testing.T) {
	t.Parallel()
	url, key, prefix := os.Getenv("JIESU_TEST_MEILISEARCH_URL"), os.Getenv("JIESU_TEST_MEILISEARCH_KEY"), "test_"+strings.ToLower(rand.Text()[:16])
	if url == "" {
		sayOnce()
		t.Skip("JIESU_TEST_MEILISEARCH_URL (and …_KEY) is not set: a real Meilisearch server was NOT tested")
	}
	open := func(o search.MeilisearchOptions) *search.Meilisearch {
		o.URL, o.Prefix = url, prefix
		m, err := search.NewMeilisearch(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(m.Close)
		return m
	}
	with := func(key string) meilisearch.ServiceManager {
		once := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		return meilisearch.New(url, meilisearch.WithAPIKey(key), meilisearch.WithCustomClient(once))
	}
	server := with(key)
	ours := func() (keys []meilisearch.Key) {
		all, err := server.GetKeysWithContext(context.WithoutCancel(t.Context()), &meilisearch.KeysQuery{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(all.Results, func(k meilisearch.Key) bool { return !strings.HasSuffix(k.Name, prefix+"_entries") })
	}
	t.Cleanup(func() {
		for _, k := range ours() {
			_, _ = server.DeleteKey(k.UID)
		}
		for _, index := range []string{"_entries", "_keys"} {
			_, _ = server.DeleteIndex(prefix + index)
		}
	})
	k := &keyring{t: t, master: open(search.MeilisearchOptions{Key: key}), open: func(key string) *search.Meilisearch { return open(search.MeilisearchOptions{Key: key}) }}
	k.rotation()
	admin := k.issue(false)
	if part := open(search.MeilisearchOptions{Key: admin, Part: "_eval"}); part != nil { // an evaluation needs no other key
		k.works("an evaluation", part)
		if err := part.Remove(t.Context()); err != nil {
			t.Error(err)
		}
	}
	limited := with(admin)
	_, errKeys := limited.GetKeysWithContext(t.Context(), nil)
	_, errOther := limited.CreateIndexWithContext(t.Context(), &meilisearch.IndexConfig{Uid: "somebody_elses"})
	if errKeys == nil || errOther == nil {
		t.Errorf("the admin key reads keys: %v, makes indexes of others: %v", errKeys, errOther)
	}
	for _, k := range ours() { // only the admin key may read which keys are in use
		if err := with(k.Key).Index(prefix+"_keys").GetDocumentWithContext(t.Context(), "current", nil, &map[string]any{}); (err == nil) != strings.HasPrefix(k.Name, "jiesu admin ") {
			t.Errorf("%s reads the keys in use: error %v", k.Name, err)
		}
	}
}
