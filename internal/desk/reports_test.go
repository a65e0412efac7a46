package desk_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// digits is everything a report shows, as text.
func digits(t *testing.T, h *house, a desk.Actor, period string) string {
	t.Helper()
	var text strings.Builder
	for _, by := range desk.Dimensions() {
		r, err := h.Report(t.Context(), a, period, by)
		must(t, err)
		for _, f := range r.Total {
			fmt.Fprintln(&text, f.ID, f.Text())
		}
		for _, l := range r.Lines {
			fmt.Fprintln(&text, l.Value)
			for _, f := range l.Figures {
				fmt.Fprintln(&text, f.Over, f.Under)
			}
		}
	}
	return text.String()
}

// TestAReportGivesTheSameDigitsForEver: a month that is closed shows what it
// showed before, whatever becomes of its tickets, and counting it again from
// their steps gives the same; somebody who changes a figure is found out.
func TestAReportGivesTheSameDigitsForEver(t *testing.T) {
	t.Parallel()
	h, all := june(t)
	leader := watcher(h.leader("director"))
	before := digits(t, h, leader, "2026-06")
	must(t, h.FreezeDue(t.Context()))
	r, err := h.Report(t.Context(), leader, "2026-06", desk.ByUnit)
	must(t, err)
	if len(r.Months) != 1 || r.Months[0].At.IsZero() || !r.Months[0].Intact {
		t.Fatalf("not closed: %+v", r.Months)
	}
	want := map[string]string{
		"received": "6", "assigned": "7", "answered": "6", "on_time": "83.33%", "returned": "14.29%", "redone": "16.67%", "solved": "0.00%", "satisfied": "66.67%",
	}
	for _, f := range r.Total {
		if w, known := want[f.ID]; known && f.Text() != w {
			t.Errorf("%s: %s, want %s", f.ID, f.Text(), w)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(rt, "moves") {
			anything(t, rt, all)
		}
		if now := digits(t, h, leader, "2026-06"); now != before {
			rt.Fatalf("was\n%s\nis\n%s", before, now)
		}
		months, err := h.RecountReport(t.Context(), leader, "2026-Q2")
		if err != nil || !months[2].Recounted {
			rt.Fatalf("counted again: %+v, %v", months, err)
		}
	})
	db, err := sql.Open("sqlite", h.path)
	must(t, err)
	defer func() { must(t, db.Close()) }()
	for _, text := range []string{"DROP TRIGGER report_cell_no_update", "UPDATE report_cell SET good = good + 1 WHERE step = 'answered'"} {
		_, err := db.ExecContext(t.Context(), text)
		must(t, err)
	}
	if r, err = h.Report(t.Context(), leader, "2026-06", desk.ByUnit); err != nil || r.Months[0].Intact {
		t.Errorf("a changed figure goes unnoticed: %+v, %v", r.Months, err)
	}
	for who, a := range map[string]desk.Actor{"traffic": watcher(h.head("chief", "traffic")), "patrol": watcher(h.head("chief", "patrol"))} {
		months, err := h.RecountReport(t.Context(), a, "2026-06")
		must(t, err)
		for _, d := range months[0].Differs {
			if u, _ := h.Tree.ByID(who); d.Unit != u.Name || d.Name == "收到" || d.Kept == d.Now {
				t.Errorf("%s is told of %+v", who, d)
			}
		}
		if got := len(months[0].Differs); who == "traffic" && got == 0 {
			t.Error("where it was changed is not told")
		}
	}
}

// TestBehindEveryFigureAreItsTickets: whatever a figure of a breakdown counts, as
// many steps are listed behind it; for a unit those of tickets it may still see.
func TestBehindEveryFigureAreItsTickets(t *testing.T) {
	t.Parallel()
	h, _ := june(t)
	for who, a := range map[string]desk.Actor{"leader": watcher(h.leader("director")), "head": watcher(h.head("chief", "traffic"))} {
		for _, by := range desk.Dimensions() {
			r, err := h.Report(t.Context(), a, "2026-06", by)
			must(t, err)
			for _, l := range r.Lines {
				for _, f := range l.Figures {
					if f.As == "days" {
						continue // seconds are no tickets
					}
					p, err := h.ReportTickets(t.Context(), a, desk.Figure{Period: "2026-06", By: by, Value: &l.Value, ID: f.ID})
					must(t, err)
					for _, c := range p.Tickets {
						_, err := h.Ticket(t.Context(), a, c.Number)
						must(t, err)
					}
					if n := int64(len(p.Tickets)); n > f.Over || who == "leader" && n != f.Over {
						t.Errorf("%s, %s %q %s: %d listed, %d counted", who, by, l.Value, f.ID, len(p.Tickets), f.Over)
					}
				}
			}
		}
	}
	leader := watcher(h.leader("director"))
	first, err := h.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "on_time", Under: true, Limit: 4})
	must(t, err)
	rest, err := h.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "on_time", Under: true, After: *first.Next})
	must(t, err)
	if len(first.Tickets) != 4 || len(rest.Tickets) != 2 || rest.Next != nil {
		t.Errorf("pages of %d and %d", len(first.Tickets), len(rest.Tickets))
	}
	late, err := h.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "on_time", Short: true, Category: letter().Category})
	must(t, err)
	other, err := h.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "on_time", Short: true, Category: "hukou"})
	must(t, err)
	if len(late.Tickets) != 1 || len(other.Tickets) != 0 {
		t.Errorf("%d late, of another category %d", len(late.Tickets), len(other.Tickets))
	}
	for name, c := range map[string]struct {
		a    desk.Actor
		f    desk.Figure
		code string
	}{
		"a handler":         {h.handler("handler", "traffic"), desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "received"}, "supervision.denied"},
		"no such figure":    {leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "luck"}, "report.figure"},
		"no such table":     {leader, desk.Figure{Period: "2026", By: desk.ByUnit, ID: "website.luck"}, "report.figure"},
		"nothing behind":    {leader, desk.Figure{Period: "2026", By: desk.ByUnit, ID: "website.interviews"}, "report.figure"},
		"a row of a month":  {leader, desk.Figure{Period: "2026-06", By: desk.ByUnit, ID: "disclosure.new"}, "report.figure"},
		"a bad period":      {leader, desk.Figure{Period: "2026-Q5", By: desk.ByUnit, ID: "received"}, "report.period"},
		"the future":        {leader, desk.Figure{Period: "2027", By: desk.ByUnit, ID: "received"}, "report.future"},
		"no such breakdown": {leader, desk.Figure{Period: "2026-06", By: "weather", ID: "received"}, "report.figure"},
	} {
		if _, err := h.ReportTickets(t.Context(), c.a, c.f); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFewReportsAreNotTold: reports (举报) are told only as totals of the bureau,
// from five on, and no total of other things gives them away.
func TestFewReportsAreNotTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	leader := watcher(h.leader("director"))
	tips := func(n int) {
		for range n {
			tip := letter()
			tip.Kind = channel.Report
			begin(t, h, desk.Opening{Letter: tip})
		}
	}
	told := func(a desk.Actor, period string) *int64 {
		r, err := h.Report(t.Context(), a, period, desk.ByKind)
		must(t, err)
		if r.Total[0].Value != 0 || len(r.Lines) != 0 {
			t.Fatalf("reports are among the figures: %+v", r.Lines)
		}
		return r.Tips[0]
	}
	month := h.now().Format("2006-01")
	tips(4)
	if n := told(leader, month); n != nil {
		t.Errorf("four reports are told: %d", *n)
	}
	tips(1)
	if n := told(leader, month); n == nil || *n != 5 {
		t.Error("five reports are not told")
	}
	if n := told(watcher(h.head("chief", "traffic")), month); n != nil {
		t.Errorf("a unit is told of %d reports", *n)
	}
	h.pass(31 * 24 * time.Hour)
	tips(2)
	if n := told(leader, "2026"); n != nil {
		t.Errorf("a year tells what its month hides: %d", *n)
	}
}

// TestAYearHasItsTables: the yearly forms are filled in from the same steps, and
// what is behind a row is listed.
func TestAYearHasItsTables(t *testing.T) {
	t.Parallel()
	h, _ := june(t)
	leader := watcher(h.leader("director"))
	r, err := h.Report(t.Context(), leader, "2026", desk.ByCategory)
	must(t, err)
	rows := map[string]string{}
	for _, table := range r.Tables {
		for _, f := range table.Rows {
			rows[table.ID+"."+f.ID] = f.Text()
		}
		if table.Checked() && !table.Balanced() {
			t.Errorf("%s: %d, %d", table.ID, table.Left, table.Right)
		}
	}
	for row, want := range map[string]string{
		"website.messages": "6", "website.closed": "6", "website.published": "0", "website.opinions": "0", "disclosure.new": "0", "disclosure.outstanding": "0",
	} {
		if rows[row] != want {
			t.Errorf("%s: %q, want %q", row, rows[row], want)
		}
	}
	p, err := h.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026", By: desk.ByUnit, ID: "website.closed"})
	if err != nil || len(p.Tickets) != 6 {
		t.Errorf("behind what was closed: %d, %v", len(p.Tickets), err)
	}
	if r, err = h.Report(t.Context(), watcher(h.head("chief", "traffic")), "2026", desk.ByUnit); err != nil || r.Tables != nil || r.Whole {
		t.Errorf("a unit sees the tables of the bureau: %v", err)
	}
}

// TestARequestThatIsNoneIsStillCounted: what came as a request for information
// and was changed to a petition is new and done in the disclosure report
// (政府信息公开条例 第三十九条), whatever becomes of the petition.
func TestARequestThatIsNoneIsStillCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := begin(t, h, desk.Opening{Letter: request()})
	begin(t, h, desk.Opening{Letter: request()})
	s.do(s.force, desk.Command{Move: ticket.Reclassify, Reason: "not_disclosure", Text: "您的来信属于信访事项。", Kind: channel.Petition})
	r, err := h.Report(t.Context(), watcher(h.leader("director")), "2026", desk.ByCategory)
	must(t, err)
	rows := map[string]string{}
	for _, table := range r.Tables {
		for _, f := range table.Rows {
			rows[table.ID+"."+f.ID] = f.Text()
		}
		if table.Checked() && !table.Balanced() {
			t.Errorf("%s: %d, %d, for %v", table.ID, table.Left, table.Right, table.Odd)
		}
	}
	if rows["disclosure.new"] != "2" || rows["disclosure.petition_like"] != "1" || rows["disclosure.outstanding"] != "1" {
		t.Errorf("new %s, petitions among them %s, outstanding %s", rows["disclosure.new"], rows["disclosure.petition_like"], rows["disclosure.outstanding"])
	}
}
