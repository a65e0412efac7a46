package knowledge_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk/knowledge"
)

// near answers as a test says and counts.
type near struct {
	byEntry map[string]float64
	ok      bool
	asked   int
}

func (n *near) Similarity(context.Context, string) (map[string]float64, bool) {
	n.asked++
	return n.byEntry, n.ok
}

// residence is a library with a choice (by household), and entries apart from it.
func residence(t *testing.T) (*knowledge.Library, knowledge.Index) {
	t.Helper()
	since := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	entries := []knowledge.Entry{
		{ID: "local", Question: "本地户籍办理居住证需要什么材料？", ValidFrom: since},
		{ID: "other", Question: "外地户籍办理居住证需要什么材料？", ValidFrom: since},
		{ID: "lost", Question: "驾驶证丢了怎么补办？", ValidFrom: since},
		{ID: "dog", Question: "养犬登记怎么办？", ValidFrom: since},
		{ID: "check", Question: "机动车年检多久一次？", ValidFrom: since},
	}
	lib, err := knowledge.NewLibrary(entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lib, everything{entries}
}

// everything is an index that finds all entries.
type everything struct{ entries []knowledge.Entry }

func (e everything) Search(context.Context, string, int) ([]knowledge.Candidate, error) {
	var found []knowledge.Candidate
	for i := range e.entries {
		found = append(found, knowledge.Candidate{Entry: e.entries[i].ID})
	}
	return found, nil
}

func (everything) Replace(context.Context, []knowledge.Entry) error { return nil }

func ids(scored []knowledge.Scored) []string {
	var out []string
	for i := range scored {
		out = append(out, scored[i].Entry)
	}
	return out
}

// TestMeaningOrdersAndNothingElse: an answer never asks; without a similarity all
// is exactly as without an embedder; with one, only the order changes.
func TestMeaningOrdersAndNothingElse(t *testing.T) {
	t.Parallel()
	lib, index := residence(t)
	plain := knowledge.NewMatcher(index)
	at := time.Date(2026, 6, 8, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		question string
		kind     knowledge.Kind
	}{
		{"驾驶证丢了怎么补办", knowledge.Answer}, {"办理居住证需要什么材料", knowledge.Clarify}, {"今天股票怎么样", knowledge.None},
	} {
		want, wantScored, err := plain.Match(t.Context(), lib, test.question, at)
		if err != nil || want.Kind != test.kind {
			t.Fatalf("%s: %s %v, want %s", test.question, want.Kind, err, test.kind)
		}
		absent := &near{byEntry: map[string]float64{"dog": 1}}
		got, scored, err := plain.With(absent).Match(t.Context(), lib, test.question, at)
		if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(scored, wantScored) {
			t.Errorf("%s: without a similarity %+v, want %+v", test.question, got, want)
		}
		last := wantScored[len(wantScored)-1].Entry
		present := &near{byEntry: map[string]float64{last: 1, "other": 0.9, "local": 0.1}, ok: true}
		got, scored, err = plain.With(present).Match(t.Context(), lib, test.question, at)
		if err != nil {
			t.Fatal(err)
		}
		asked := 1
		if test.kind == knowledge.Answer {
			asked = 0
		}
		if absent.asked != asked || present.asked != asked {
			t.Errorf("%s: asked %d and %d times, want %d", test.question, absent.asked, present.asked, asked)
		}
		if test.kind == knowledge.Clarify && (got.Options[0].Entry != "other" || got.Options[1].Entry != "local") {
			t.Errorf("options %+v", got.Options)
		}
		if asked > 0 && slices.Equal(ids(scored), ids(wantScored)) {
			t.Errorf("%s: the order %v did not change", test.question, ids(scored))
		}
		byEntry := func(a, b knowledge.Option) int { return slices.Compare([]byte(a.Entry), []byte(b.Entry)) }
		slices.SortFunc(got.Options, byEntry)
		slices.SortFunc(want.Options, byEntry)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: more than the order changed: %+v, want %+v", test.question, got, want)
		}
	}
}
