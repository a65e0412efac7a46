package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/report"
)

func rules(tb testing.TB) *report.Rules {
	tb.Helper()
	r, err := report.LoadRules()
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func sheetOf(tb rapid.TB, r *report.Rules, facts []report.Fact) report.Sheet {
	tb.Helper()
	tally := report.NewTally(r)
	for _, f := range facts {
		if err := tally.Add(f); err != nil {
			tb.Fatal(err)
		}
	}
	return tally.Sheet("2026-10")
}

// many are n facts of one kind.
func many(n int, f report.Fact) []report.Fact {
	facts := make([]report.Fact, n)
	for i := range facts {
		facts[i] = f
		facts[i].Unit = "traffic"
	}
	return facts
}

// TestAMonthByHand is worked out on paper: 20 replies, 18 in time; 4 returned, 1
// of them because the unit had to keep away; 3 to be redone, 1 for new facts; 8
// ratings, 6 of them good.
func TestAMonthByHand(t *testing.T) {
	t.Parallel()
	var facts []report.Fact
	for _, some := range [][]report.Fact{
		many(18, report.Fact{Kind: report.Answered, Value: 1}), many(2, report.Fact{Kind: report.Answered}),
		many(3, report.Fact{Kind: report.Returned, Reason: "not_our_duty"}), many(1, report.Fact{Kind: report.Returned, Reason: "avoid"}),
		many(2, report.Fact{Kind: report.Redone, Reason: "unresolved"}), many(1, report.Fact{Kind: report.Redone, Reason: "new_facts"}),
		many(4, report.Fact{Kind: report.Rated, Value: 5}), many(2, report.Fact{Kind: report.Rated, Value: 4}), many(2, report.Fact{Kind: report.Rated, Value: 3}),
	} {
		facts = append(facts, some...)
	}
	s := sheetOf(t, rules(t), facts)
	if len(s.Lines) != 1 || s.Lines[0].Score == nil {
		t.Fatalf("got %+v", s)
	}
	// on time 90.00 %: 40 × 30 ÷ 40 = 30.00; returns 3 ÷ 23 = 13.04 %, so 86.96 %: 15 × 36.96 ÷ 50 = 11.09;
	// redo 2 ÷ 20 = 10.00 %, so 90.00 %: 20 × 20 ÷ 30 = 13.33; satisfied 75.00 %: 25 × 15 ÷ 40 = 9.38 (9.375).
	want := []report.Rate{
		{ID: report.OnTime, Name: "按时答复率", Cases: 18, Of: 20, Share: 9000, Weight: 40, Points: 3000, Counts: true},
		{ID: report.Returns, Name: "退单率", Cases: 3, Of: 23, Share: 1304, Weight: 15, Points: 1109, Counts: true},
		{ID: report.Redo, Name: "重办率", Cases: 2, Of: 20, Share: 1000, Weight: 20, Points: 1333, Counts: true},
		{ID: report.Satisfaction, Name: "满意率", Cases: 6, Of: 8, Share: 7500, Weight: 25, Points: 938, Counts: true},
	}
	for i, r := range s.Lines[0].Parts {
		if r != want[i] {
			t.Errorf("got %+v, want %+v", r, want[i])
		}
	}
	if *s.Lines[0].Score != 6380 {
		t.Errorf("score %d, want 63.80", *s.Lines[0].Score)
	}
}

func TestTooLittleToJudgeBy(t *testing.T) {
	t.Parallel()
	s := sheetOf(t, rules(t), many(4, report.Fact{Kind: report.Answered, Value: 1}))
	if l := s.Lines[0]; l.Score != nil || l.Parts[0].Counts || l.Parts[0].Of != 4 {
		t.Errorf("four replies: %+v", l)
	}
	s = sheetOf(t, rules(t), append(many(5, report.Fact{Kind: report.Answered, Value: 1}), many(4, report.Fact{Kind: report.Rated, Value: 1})...))
	if l := s.Lines[0]; l.Score == nil || *l.Score != 10_000 || l.Parts[3].Counts {
		t.Errorf("five replies in time and too few ratings: %+v", l)
	}
}

func fact(t *rapid.T) report.Fact {
	f := report.Fact{
		Ticket: rapid.StringMatching(`t[0-9]`).Draw(t, "ticket"), Seq: rapid.Int64Range(1, 9).Draw(t, "seq"),
		Unit: rapid.SampledFrom([]string{"traffic", "patrol", "station"}).Draw(t, "unit"),
		Kind: rapid.SampledFrom([]report.FactKind{report.Answered, report.Returned, report.Redone, report.Rated}).Draw(t, "kind"),
	}
	switch f.Kind {
	case report.Answered:
		f.Value = rapid.IntRange(0, 1).Draw(t, "in time")
	case report.Returned:
		f.Reason = rapid.SampledFrom([]string{"not_our_duty", "avoid"}).Draw(t, "reason")
	case report.Redone:
		f.Reason = rapid.SampledFrom([]string{"unresolved", "new_facts"}).Draw(t, "reason")
	case report.Rated:
		f.Value = rapid.IntRange(1, 5).Draw(t, "rating")
	}
	return f
}

// TestAnyMonth: the sheet does not depend on the order of the facts, shares and
// scores stay within their bounds, and a reply in time never costs anything.
func TestAnyMonth(t *testing.T) {
	t.Parallel()
	r := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(fact), 0, 60).Draw(t, "facts")
		s := sheetOf(t, r, facts)
		if got := sheetOf(t, r, rapid.Permutation(facts).Draw(t, "another order")); asJSON(t, got) != asJSON(t, s) {
			t.Fatalf("another order, another sheet: %s, %s", asJSON(t, got), asJSON(t, s))
		}
		for _, l := range s.Lines {
			if l.Score != nil && (*l.Score < 0 || *l.Score > 10_000) {
				t.Fatalf("score %d", *l.Score)
			}
			for _, p := range l.Parts {
				if p.Cases < 0 || p.Cases > p.Of || p.Share < 0 || p.Share > 10_000 || p.Points < 0 || p.Points > p.Weight*100 {
					t.Fatalf("part %+v", p)
				}
			}
		}
		better := sheetOf(t, r, append(facts, report.Fact{Unit: "traffic", Kind: report.Answered, Value: 1}))
		if was, is := scoreOf(s, "traffic"), scoreOf(better, "traffic"); was >= 0 && is < was && len(countsOf(s)) == len(countsOf(better)) {
			t.Fatalf("a reply in time takes %d to %d", was, is)
		}
	})
}

// scoreOf is a unit's score; -1: none.
func scoreOf(s report.Sheet, unit string) int {
	for _, l := range s.Lines {
		if l.Unit == unit && l.Score != nil {
			return *l.Score
		}
	}
	return -1
}

// countsOf are the parts that count.
func countsOf(s report.Sheet) (ids []report.PartID) {
	for _, l := range s.Lines {
		for _, p := range l.Parts {
			if l.Unit == "traffic" && p.Counts {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids
}

func asJSON(tb rapid.TB, v any) string {
	tb.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

func TestDigestTellsFactsApart(t *testing.T) {
	t.Parallel()
	digest := func(f report.Fact) string {
		tally := report.NewTally(rules(t))
		if err := tally.Add(f); err != nil {
			t.Fatal(err)
		}
		return tally.Digest()
	}
	base := report.Fact{Ticket: "t1", Seq: 1, Unit: "u", Kind: report.Rated, Value: 4}
	seen := map[string]bool{digest(base): true}
	for _, change := range []func(*report.Fact){
		func(f *report.Fact) { f.Ticket = "t2" }, func(f *report.Fact) { f.Seq = 2 }, func(f *report.Fact) { f.Unit = "v" },
		func(f *report.Fact) { f.Kind = report.Answered }, func(f *report.Fact) { f.Reason = "x" }, func(f *report.Fact) { f.Value = 3 },
	} {
		f := base
		change(&f)
		if d := digest(f); seen[d] {
			t.Errorf("%+v looks like another fact", f)
		} else {
			seen[d] = true
		}
	}
}

func TestUnknownFactsAndRulesAreRefused(t *testing.T) {
	t.Parallel()
	tally := report.NewTally(rules(t))
	for _, f := range []report.Fact{{Kind: "lost"}, {Kind: report.Rated, Value: 6}, {Kind: report.Rated}} {
		if tally.Add(f) == nil {
			t.Errorf("%+v is a fact", f)
		}
	}
	text := rules(t).Text()
	if _, err := report.ParseRules(text); err != nil {
		t.Errorf("what was frozen cannot be read: %v", err)
	}
	for _, edit := range [][2]string{
		{"\nversion: ", "\nversion: -"},
		{"on_time", "speed"},
		{"weight: 40", "weight: 0"},
		{"floor: 60", "floor: 100"},
		{"good: 4", "good: 0"},
		{"[avoid]", "[tired]"},
		{"id: returns", "id: redo"},
		{"fewest: 5\nparts", "fewest: 0\nparts"},
		{"excuses: [avoid]", "excused: [avoid]"},
	} {
		if _, err := report.ParseRules(strings.Replace(text, edit[0], edit[1], 1)); err == nil {
			t.Errorf("%q instead of %q is taken", edit[1], edit[0])
		}
	}
}
