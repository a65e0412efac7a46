package knowledge_test

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/knowledge"
)

func options(ids ...string) []knowledge.Option {
	out := make([]knowledge.Option, len(ids))
	for i, id := range ids {
		out[i] = knowledge.Option{Entry: id, Question: "问题" + id}
	}
	return out
}

func TestReordered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		named, want []string
	}{
		"nothing":             {nil, []string{"a", "b", "c", ""}},
		"all":                 {[]string{"c", "a", "b"}, []string{"c", "a", "b", ""}},
		"some":                {[]string{"c"}, []string{"c", "a", "b", ""}},
		"unknown and twice":   {[]string{"x", "b", "b", "y", "a"}, []string{"b", "a", "c", ""}},
		"none of these first": {[]string{"", "b"}, []string{"b", "a", "c", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := knowledge.Decision{Kind: knowledge.Clarify, Options: options("a", "b", "c", "")}
			if got := d.Reordered(test.named); !reflect.DeepEqual(got.Options, options(test.want...)) {
				t.Errorf("got %v, want %v", got.Options, test.want)
			}
			if !reflect.DeepEqual(d.Options, options("a", "b", "c", "")) {
				t.Errorf("the decision itself was changed: %v", d.Options)
			}
		})
	}
}

// TestReorderedChangesOrderOnly: whatever is named, kind, confidence, answer and
// the set of options stay.
func TestReorderedChangesOrderOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := []knowledge.Kind{knowledge.Answer, knowledge.Clarify, knowledge.Emergency, knowledge.Restricted, knowledge.SmallTalk, knowledge.None}
		d := knowledge.Decision{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"),
			Answer: &knowledge.Reply{Entry: "e", Text: "原文"},
		}
		for i := range rapid.IntRange(0, 10).Draw(t, "options") {
			d.Options = append(d.Options, options(strconv.Itoa(i))...)
		}
		named := rapid.SliceOf(rapid.SampledFrom([]string{"0", "1", "2", "3", "9", "x", ""})).Draw(t, "named")
		got := d.Reordered(named)
		if d.Kind != knowledge.Clarify && !reflect.DeepEqual(got, d) {
			t.Fatalf("%s was changed: %+v", d.Kind, got)
		}
		byEntry := func(a, b knowledge.Option) int {
			if a.Entry < b.Entry {
				return -1
			}
			return 1
		}
		sorted := slices.SortedFunc(slices.Values(got.Options), byEntry)
		if len(sorted) != len(d.Options) || len(sorted) > 0 && !reflect.DeepEqual(sorted, d.Options) {
			t.Fatalf("options %v became %v", d.Options, got.Options)
		}
		got.Options = d.Options
		if !reflect.DeepEqual(got, d) {
			t.Fatalf("more than the order changed: %+v", got)
		}
	})
}
