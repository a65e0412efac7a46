package search_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

var sayOnce = sync.OnceFunc(func() {
	fmt.Fprintln(os.Stderr, "NOT TESTED: Meilisearch, because JIESU_TEST_MEILISEARCH_URL is not set")
})

// onServer opens an engine with indexes of its own on a real Meilisearch.
func onServer(tb testing.TB) *search.Meilisearch {
	tb.Helper()
	url := os.Getenv("JIESU_TEST_MEILISEARCH_URL")
	if url == "" {
		sayOnce()
		tb.Skip("JIESU_TEST_MEILISEARCH_URL (and …_KEY) is not set: a real Meilisearch server was NOT tested")
	}
	m, err := search.NewMeilisearch(search.MeilisearchOptions{
		URL: url, Key: os.Getenv("JIESU_TEST_MEILISEARCH_KEY"), Prefix: "test_" + strings.ToLower(rand.Text()[:16]),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		defer m.Close()
		if err := m.Remove(context.WithoutCancel(tb.Context())); err != nil {
			tb.Errorf("left behind: %v", err)
		}
	})
	if err := m.Replace(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestMeilisearchConforms(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(t *testing.T) knowledge.Index { t.Helper(); return onServer(t) })
}

func TestMeilisearchIsBroughtIntoStep(t *testing.T) {
	t.Parallel()
	m := onServer(t)
	changed := slices.Clone(searchtest.Entries())
	changed[0].Question = "枪支怎么上交？"
	for _, step := range []struct {
		what     string
		expected []knowledge.Entry
		want     search.Synced
	}{
		{"all is new", searchtest.Entries(), search.Synced{Rebuilt: true, Upserted: 6}},
		{"nothing to do", searchtest.Entries(), search.Synced{}},
		{"one changed", changed, search.Synced{Upserted: 1}},
		{"two withdrawn", changed[:4], search.Synced{Deleted: 2}},
	} {
		m.Expect(step.expected)
		if got, err := m.Sync(t.Context()); err != nil || got != step.want {
			t.Fatalf("%s: did %+v, error %v, wanted %+v", step.what, got, err, step.want)
		}
		if s, err := m.Check(t.Context()); err != nil || !s.InStep || s.Entries != len(step.expected) {
			t.Errorf("%s: %s, error %v", step.what, s, err)
		}
	}
	found, err := m.Search(t.Context(), "上交枪支", 1)
	if err != nil || len(found) != 1 || found[0].Entry != "id-lost" {
		t.Errorf("found %v, error %v, wanted the changed entry", found, err)
	}
}

func TestMeilisearchUpdatesInPlace(t *testing.T) {
	t.Parallel()
	m := onServer(t)
	if err := m.Replace(t.Context(), searchtest.Entries()); err != nil {
		t.Fatal(err)
	}
	if err := m.Update(t.Context(), []knowledge.Entry{{ID: "gun", Question: "枪支怎么上交？"}}, []string{"id-lost"}); err != nil {
		t.Fatal(err)
	}
	if s, err := m.Check(t.Context()); err != nil || !s.InStep || s.Entries != 6 {
		t.Errorf("%s, error %v", s, err)
	}
	found, err := m.Search(t.Context(), "枪支上交", 20)
	if err != nil || len(found) == 0 || found[0].Entry != "gun" || slices.ContainsFunc(found, func(c knowledge.Candidate) bool { return c.Entry == "id-lost" }) {
		t.Errorf("found %v, error %v", found, err)
	}
}

func TestTheEmbeddedIndexStandsInForAServer(t *testing.T) {
	t.Parallel()
	m := onServer(t)
	g := guard(t, m, nil)
	search := func(engine string, outcomes ...string) {
		t.Helper()
		before := 0
		for _, o := range outcomes {
			before += g.count(engine + " " + o)
		}
		if got := g.first(t); got != "id-lost" {
			t.Errorf("found %s", got)
		}
		for _, o := range outcomes {
			before -= g.count(engine + " " + o)
		}
		if before == 0 {
			t.Errorf("%s was not asked: %v", engine, g.counts)
		}
	}
	search("embedded", "stood_in") // nothing is known of the server
	if err := g.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	search("meilisearch", "ok", "late")
	if err := m.Remove(t.Context()); err != nil { // somebody deletes index and key
		t.Fatal(err)
	}
	search("embedded", "stood_in")
	if err := g.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	search("meilisearch", "ok", "late")
}

// Whoever finds the search key in a memory dump can search, and nothing else.
func TestMeilisearchRefusesTheSearchKeyEverythingElse(t *testing.T) {
	t.Parallel()
	m := onServer(t)
	key, err := m.SearchKeyForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	thief, err := search.NewMeilisearch(search.MeilisearchOptions{URL: os.Getenv("JIESU_TEST_MEILISEARCH_URL"), Key: key, SearchKey: key, Prefix: "test_thief"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(thief.Close)
	if err := thief.Replace(t.Context(), searchtest.Entries()); !problem.HasCode(err, "search.meilisearch") {
		t.Errorf("Replace with the search key: %v", err)
	}
}
