package knowledge_test

import (
	"reflect"
	"testing"

	"jiesu/internal/desk/knowledge"
)

func TestNearer(t *testing.T) {
	t.Parallel()
	scored := []knowledge.Scored{{Entry: "a", Score: 3}, {Entry: "x", Score: 2.9}, {Entry: "b", Score: 2.8}, {Entry: "c", Score: 1}}
	for name, test := range map[string]struct {
		kind knowledge.Kind
		near map[string]float64
		want []string
	}{
		"as near as each other":   {knowledge.Clarify, map[string]float64{"a": 0.5, "b": 0.5, "c": 0.5}, []string{"a", "b", "c"}},
		"nearer in meaning":       {knowledge.Clarify, map[string]float64{"a": 0.1, "b": 0.9, "c": 0.2}, []string{"b", "a", "c"}},
		"far behind stays behind": {knowledge.Clarify, map[string]float64{"c": 1}, []string{"a", "b", "c"}},
		"nothing known":           {knowledge.Clarify, nil, []string{"a", "b", "c"}},
		"no choice":               {knowledge.Answer, map[string]float64{"b": 1}, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := knowledge.Decision{Kind: test.kind, Confidence: 0.5, Options: options("a", "b", "c")}
			want := d
			want.Options = options(test.want...)
			if got := d.Nearer(scored, test.near); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}
