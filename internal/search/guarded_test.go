package search_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

// remote stands for an engine that can be told how to behave.
type remote struct {
	mu     sync.Mutex
	behave string // "", "late", "fails"
	state  search.State
	asked  int
	synced int
	during func() // called while somebody looks
}

func (r *remote) set(behave string) { r.mu.Lock(); defer r.mu.Unlock(); r.behave = behave }

func (r *remote) calls() int { r.mu.Lock(); defer r.mu.Unlock(); return r.asked }

func (r *remote) Search(ctx context.Context, _ string, _ int) ([]knowledge.Candidate, error) {
	r.mu.Lock()
	r.asked++
	behave := r.behave
	r.mu.Unlock()
	switch behave {
	case "late":
		<-ctx.Done()
		return nil, ctx.Err()
	case "fails":
		return nil, problem.New(problem.Unavailable, "search.meilisearch", "检索服务暂时不可用。").Because(errors.New("refused"))
	}
	return []knowledge.Candidate{{Entry: "from afar", Score: 1}}, nil
}

func (r *remote) Expect([]knowledge.Entry) {}

func (r *remote) Check(context.Context) (search.State, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.behave == "fails" {
		return search.State{}, errors.New("refused")
	}
	if r.during != nil {
		r.during()
	}
	return r.state, nil
}

func (r *remote) Sync(context.Context) (search.Synced, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.synced++
	r.state.InStep = true
	return search.Synced{Upserted: 1}, nil
}

// guarded is an index over a remote engine that is in step, with what was
// counted and logged.
type guarded struct {
	*search.Guarded
	mu     sync.Mutex
	counts map[string]int
	log    *bytes.Buffer
}

func (g *guarded) count(key string) int { g.mu.Lock(); defer g.mu.Unlock(); return g.counts[key] }

func guard(t *testing.T, r search.Remote, ticks <-chan time.Time) *guarded {
	t.Helper()
	g := &guarded{counts: map[string]int{}, log: &bytes.Buffer{}}
	g.Guarded = search.NewGuarded(search.GuardedOptions{
		Embedded: search.NewEmbedded(), Remote: r, Now: time.Now, Ticks: ticks, Log: slog.New(slog.NewTextHandler(g.log, nil)),
	})
	g.ObserveWith(func(engine, outcome string) { g.mu.Lock(); defer g.mu.Unlock(); g.counts[engine+" "+outcome]++ })
	if err := g.Replace(t.Context(), searchtest.Entries()); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guarded) first(t *testing.T) string {
	t.Helper()
	found, err := g.Search(t.Context(), "身份证丢了", 5)
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v, error %v", found, err)
	}
	return found[0].Entry
}

func TestTheEmbeddedIndexAloneConforms(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(*testing.T) knowledge.Index {
		return search.NewGuarded(search.GuardedOptions{Embedded: search.NewEmbedded(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	})
}

func TestARemoteEngineIsAskedOnlyOnceItIsInStep(t *testing.T) {
	t.Parallel()
	r := &remote{}
	g := guard(t, r, nil)
	if got := g.first(t); got != "id-lost" || r.calls() != 0 {
		t.Errorf("found %s before anybody compared, remote asked %d times", got, r.calls())
	}
	if err := g.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := g.first(t); got != "id-lost" {
		t.Errorf("found %s, though the engine differs from the library", got)
	}
	if err := g.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := g.first(t); got != "from afar" || g.Standing() != search.Asked {
		t.Errorf("found %s, though the engine is in step; it is %s", got, g.Standing())
	}
	if rebuilt, amended := g.Repairs(); rebuilt != 0 || amended != 1 {
		t.Errorf("counted %d and %d repairs", rebuilt, amended)
	}
	if err := g.Replace(t.Context(), searchtest.Entries()[:2]); err != nil {
		t.Fatal(err)
	}
	if got := g.first(t); got != "id-lost" {
		t.Errorf("found %s: the engine does not have the new content yet", got)
	}
}

func TestALookFromBeforeDoesNotVouchForANewLibrary(t *testing.T) {
	t.Parallel()
	r := &remote{state: search.State{InStep: true}}
	g := guard(t, r, nil)
	r.during = func() { // the library changes while somebody looks
		if err := g.Replace(t.Context(), searchtest.Entries()[:2]); err != nil {
			t.Error(err)
		}
	}
	if err := g.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := g.first(t); got != "id-lost" {
		t.Errorf("found %s: what was seen is the old library", got)
	}
}

func TestALateEngineCostsAQuestionThreeHundredMilliseconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &remote{behave: "late", state: search.State{InStep: true}}
		g := guard(t, r, nil)
		if err := g.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			from := time.Now()
			if got := g.first(t); got != "id-lost" {
				t.Errorf("found %s", got)
			}
			if took := time.Since(from); took != 300*time.Millisecond {
				t.Errorf("took %v", took)
			}
		}
		if g.Standing() != search.Failing {
			t.Errorf("engine is %s", g.Standing())
		}
		from := time.Now()
		for range 100 { // after three, nobody waits any more
			g.first(t)
		}
		if took := time.Since(from); took != 0 || r.calls() != 3 {
			t.Errorf("a hundred questions took %v, the engine was asked %d times", took, r.calls())
		}
		time.Sleep(15 * time.Second)
		g.first(t) // one tries, and is late again
		g.first(t)
		if r.calls() != 4 {
			t.Errorf("the engine was asked %d times, wanted one more", r.calls())
		}
		r.set("")
		time.Sleep(15 * time.Second)
		if got := g.first(t); got != "from afar" {
			t.Errorf("found %s, though the engine answers again", got)
		}
		if got := g.first(t); got != "from afar" {
			t.Errorf("found %s, though the engine answers again", got)
		}
		if g.count("meilisearch late") != 4 || g.count("embedded stood_in") != 105 || g.count("meilisearch ok") != 2 {
			t.Errorf("counted %v", g.counts)
		}
		if lines := strings.Count(g.log.String(), "\n"); lines != 3 { // asked, fails, asked
			t.Errorf("logged %d lines:\n%s", lines, g.log)
		}
	})
}

func TestOnlyOneQuestionTriesAnEngineThatFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &remote{behave: "fails", state: search.State{InStep: true}}
		g := guard(t, r, nil)
		r.set("")
		if err := g.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.set("fails")
		for range 10 {
			g.first(t)
		}
		if r.calls() != 3 || g.count("meilisearch failed") != 3 {
			t.Errorf("the engine was asked %d times, counted %v", r.calls(), g.counts)
		}
		r.set("late")
		time.Sleep(15 * time.Second)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { g.first(t) })
		}
		all.Wait()
		if r.calls() != 4 {
			t.Errorf("the engine was asked %d times, wanted one more", r.calls())
		}
	})
}

func TestAQuestionThatGoesAwayIsNoFailure(t *testing.T) {
	t.Parallel()
	r := &remote{behave: "late", state: search.State{InStep: true}}
	g := guard(t, r, nil)
	if err := g.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if _, err := g.Search(ctx, "身份证丢了", 5); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	r.set("")
	if got := g.first(t); got != "from afar" {
		t.Errorf("found %s: people who left closed the way", got)
	}
}

func TestWatchingFindsDriftAndStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &remote{state: search.State{InStep: true}}
		ticks := make(chan time.Time)
		g := guard(t, r, ticks)
		g.Start(t.Context())
		synctest.Wait()
		if got := g.first(t); got != "from afar" {
			t.Errorf("found %s after the first look", got)
		}
		r.mu.Lock()
		r.state.InStep = false
		r.mu.Unlock()
		ticks <- time.Now()
		synctest.Wait()
		if got := g.first(t); got != "id-lost" {
			t.Errorf("found %s, though somebody changed the index", got)
		}
		g.Stop()
	})
}

func TestAFailedComparisonIsLoggedOnce(t *testing.T) {
	t.Parallel()
	g := guard(t, &remote{behave: "fails"}, nil)
	for range 5 {
		if err := g.Check(t.Context()); err == nil {
			t.Fatal("no error")
		}
	}
	lines := slices.Collect(strings.Lines(g.log.String()))
	if len(lines) != 1 || !strings.Contains(lines[0], "refused") {
		t.Errorf("logged %q", lines)
	}
}

func TestAServerUpgradedPastWhatWeKnowIsNotAskedAnyMore(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.found = `{"hits":[{"entry":"from afar","_federation":{"weightedRankingScore":0.9}}]}`
	g := guard(t, filled(t, f, search.MeilisearchOptions{Key: fakeAdmin}), nil)
	if err := g.Check(t.Context()); err != nil || g.first(t) != "from afar" {
		t.Fatalf("the server is not asked, error %v", err)
	}
	f.set(func() { f.version = "2.0.3" })
	for range 2 {
		errCheck, errSync := g.Check(t.Context()), g.Sync(t.Context())
		if !problem.HasCode(errCheck, "search.version") || !problem.HasCode(errSync, "search.version") {
			t.Errorf("errors %v and %v", errCheck, errSync)
		}
		if got := g.first(t); got != "id-lost" {
			t.Errorf("found %s", got)
		}
	}
	lines := slices.Collect(strings.Lines(g.log.String()))
	if len(lines) != 2 || !strings.Contains(lines[1], "2.0.3") || !strings.Contains(lines[1], search.MinMeilisearch) {
		t.Errorf("logged %q, wanted one line that names both versions", lines)
	}
	f.set(func() { f.version = "1.60.0" })
	if err := g.Check(t.Context()); err != nil || g.first(t) != "from afar" {
		t.Errorf("the server is not asked again, error %v", err)
	}
}
