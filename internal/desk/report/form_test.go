package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/report"
)

func form(tb testing.TB) *report.Form {
	tb.Helper()
	f, err := report.LoadForm()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestFiguresByHand is worked out on paper: 3 replies, 2 of them in time, after 1,
// 2 and 4.5 days; 1 returned; 1 redone; ratings 5 (solved), 4 and 2.
func TestFiguresByHand(t *testing.T) {
	t.Parallel()
	const day = 86_400
	cells := []report.Cell{
		{Step: report.Received, N: 7},
		{Step: report.Replied, N: 3, Good: 2, Seconds: day + 2*day + 4*day + day/2},
		{Step: report.GivenBack, N: 1},
		{Step: report.Reopened, N: 1},
		{Step: report.Graded, Code: "5", N: 1, Good: 1},
		{Step: report.Graded, Code: "4", N: 1},
		{Step: report.Graded, Code: "2", N: 1},
	}
	want := map[string]string{
		"received": "7", "assigned": "0", "answered": "3", "on_time": "66.67%", "average": "2.50天", "returned": "25.00%",
		"redone": "33.33%", "solved": "33.33%", "satisfied": "66.67%",
	}
	for _, f := range report.Figures(form(t).Figures, cells) {
		if f.Text() != want[f.ID] {
			t.Errorf("%s: %s, want %s", f.ID, f.Text(), want[f.ID])
		}
		if none := f.Of(nil); f.As != "" && none.Text() != "—" {
			t.Errorf("%s of nothing: %s", f.ID, none.Text())
		}
	}
}

func cell(t *rapid.T) report.Cell {
	word := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	return report.Cell{
		Unit: word("unit", "a", "b"), Kind: word("kind", "help", "consult"), Category: word("category", "", "c"),
		Step: report.Step(word("step", "received", "answered", "rated")), Code: word("code", "", "4"),
		N: rapid.Int64Range(0, 9).Draw(t, "n"), Good: rapid.Int64Range(0, 9).Draw(t, "good"), Seconds: rapid.Int64Range(0, 1e6).Draw(t, "seconds"),
	}
}

// TestAnyCells: figures and digest depend on what was counted, not on the order
// or on how it was cut into cells; and the parts of a breakdown make the whole.
func TestAnyCells(t *testing.T) {
	t.Parallel()
	f := form(t)
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Custom(cell), 0, 40).Draw(t, "cells")
		mixed := rapid.Permutation(cells).Draw(t, "another order")
		if report.Digest(cells) != report.Digest(mixed) || report.Digest(report.Sum(cells)) != report.Digest(cells) {
			t.Fatal("another order, another digest")
		}
		of := func(unit string) []report.Cell {
			return slices.DeleteFunc(slices.Clone(cells), func(c report.Cell) bool { return c.Unit != unit })
		}
		for i := range f.Figures {
			d := &f.Figures[i]
			whole, again, a, b := d.Of(cells), d.Of(report.Sum(mixed)), d.Of(of("a")), d.Of(of("b"))
			if whole != again || whole.Over != a.Over+b.Over || whole.Under != a.Under+b.Under {
				t.Fatalf("%s: %+v, %+v, parts %+v %+v", d.ID, whole, again, a, b)
			}
		}
	})
}

// TestAYearOfRequests: what came in and was carried over is what was done and is
// carried on, until somebody redoes an answer of the year before.
func TestAYearOfRequests(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(days int) time.Time { return begin.AddDate(0, 0, days) }
	way := func(number string, opened int, steps ...report.Passage) []report.Passage {
		all := []report.Passage{{Ticket: number, Opened: at(opened), At: at(opened), Step: report.Received}}
		for _, s := range steps {
			s.Ticket, s.Opened = number, at(opened)
			all = append(all, s)
		}
		return all
	}
	done := func(day int, code string) report.Passage {
		return report.Passage{Step: report.Replied, Code: code, At: at(day)}
	}
	redo := func(day int) report.Passage { return report.Passage{Step: report.Reopened, At: at(day)} }
	year := slices.Concat(
		way("new", 3, done(9, "provided")),
		way("open", 4),
		way("carried", -5, done(2, "withheld")),
		way("over", -50, done(-20, "provided")),
		way("twice", 5, done(10, "withheld"), redo(20), done(30, "provided")),
		way("lapsed", 6, report.Passage{Step: report.Withdrawn, Code: "lapse", At: at(20)}),
		way("again", -9, done(-4, "withheld"), redo(-2), done(3, "partly_provided")),
	)
	table := form(t).Table("disclosure")
	filled := table.Fill(report.AnnualOf(begin, year).Cells)
	got := map[string]int64{}
	for _, r := range filled.Rows {
		got[r.ID] = r.Value
	}
	for row, n := range map[string]int64{"new": 4, "carried": 2, "public": 2, "partly": 1, "withheld_unsorted": 1, "lapsed": 1, "total": 5, "outstanding": 1} {
		if got[row] != n {
			t.Errorf("%s: %d, want %d", row, got[row], n)
		}
	}
	if !filled.Checked() || !filled.Balanced() || filled.Left != 6 {
		t.Errorf("%d = %d", filled.Left, filled.Right)
	}
	odd := report.AnnualOf(begin, append(year, way("odd", -40, done(-20, "withheld"), redo(4), done(9, "provided"))...))
	if filled = table.Fill(odd.Cells); filled.Balanced() || !slices.Equal(odd.Odd, []string{"odd"}) {
		t.Errorf("an answer of last year redone: %d = %d, %v", filled.Left, filled.Right, odd.Odd)
	}
	none := report.AnnualOf(begin, slices.Concat(way("new", 3, done(9, "provided")), way("unnamed", 4, done(9, "resolved"))))
	if filled = table.Fill(none.Cells); filled.Balanced() || !slices.Equal(filled.Uncounted(none), []string{"unnamed"}) {
		t.Errorf("an end no row names: %d = %d, %v", filled.Left, filled.Right, filled.Uncounted(none))
	}
}

func TestAFormIsReadStrictly(t *testing.T) {
	t.Parallel()
	text := form(t).Text()
	for _, edit := range [][2]string{
		{"version: 2", "version: 0"},
		{"step: assigned", "step: lost"},
		{"id: assigned", "id: received"},
		{"as: percent\n    formula", "as: miles\n    formula"},
		{"bottom: [{step: rated}]", "bottom: []"},
		{"value: good", "value: best"},
		{"left: [new, carried]", "left: [new, older]"},
		{"certainty: S, manual", "certainly: S, manual"},
		{"top: [{step: assigned}]", "top: []"},
		{"\"declined:secret\"", "\"declined:*\""},
		{"codes: [\"answered:withheld\"]", "codes: [\"answered:provided\"]"},
		{"withheld_unsorted, not_held", "withheld_unsorted, not_held, not_held"},
		{"lapsed, others", "lapsed, total"},
	} {
		if !strings.Contains(text, edit[0]) {
			t.Fatalf("the form has no %q", edit[0])
		}
		if _, err := report.ParseForm(strings.Replace(text, edit[0], edit[1], 1)); err == nil {
			t.Errorf("%q instead of %q is taken", edit[1], edit[0])
		}
	}
}
