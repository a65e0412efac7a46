package desk_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	scoring "jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// june has letters answered in June, one of them late, one returned first and
// one that was to be redone, and goes on to July.
func june(t *testing.T) (*house, []*story) {
	t.Helper()
	h := open(t)
	var all []*story
	for range 6 {
		s := begin(t, h, desk.Opening{Letter: letter()})
		all = append(all, s)
		s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	}
	all[1].do(all[1].handler, desk.Command{Move: ticket.Return, Reason: "not_our_duty"})
	all[1].do(all[1].force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	for i, s := range all {
		s.do(s.handler, desk.Command{Move: ticket.Sign})
		if i == 5 {
			s.pass(15 * 24 * time.Hour)
		}
		s.answer("已修好。")
	}
	for i, score := range []int{5, 4, 1} {
		_, err := h.RateLetter(t.Context(), all[i].receipt.Number, all[i].receipt.QueryCode, desk.LetterRating{Score: score})
		must(t, err)
	}
	all[2].do(all[2].force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	tip := letter()
	tip.Kind = channel.Report
	secret := begin(t, h, desk.Opening{Letter: tip})
	secret.toHandling()
	secret.answer("已查处。")
	h.pass(20 * 24 * time.Hour)
	return h, all
}

// watcher is somebody who may see how units do.
func watcher(a desk.Actor) desk.Actor { a.Watches = true; return a }

func TestAMonthIsClosedOnceAndStaysAsItWas(t *testing.T) {
	t.Parallel()
	h, all := june(t)
	leader := watcher(h.leader("director"))
	if _, err := h.Scores(t.Context(), leader, "2026-06"); !problem.HasCode(err, "score.not_found") {
		t.Errorf("before it is closed: %v", err)
	}
	if _, err := h.FreezeMonth(t.Context(), "operator", "2026-07"); !problem.HasCode(err, "score.month_open") {
		t.Errorf("closing a month that is not over: %v", err)
	}
	must(t, h.FreezeDue(t.Context()))
	must(t, h.FreezeDue(t.Context())) // there is nothing more to close
	if _, err := h.FreezeMonth(t.Context(), "operator", "2026-06"); !problem.HasCode(err, "score.frozen") {
		t.Errorf("closing it twice: %v", err)
	}
	if act := lastAct(t, h, "score/2026-06", "score.freeze"); act.Actor != "system" || act.Detail["facts"] != "11" {
		t.Errorf("it is audited as %+v", act)
	}
	s, err := h.Scores(t.Context(), leader, "2026-06")
	must(t, err)
	if !s.Intact || len(s.Lines) != 1 || s.Lines[0].Unit != "traffic" || s.Lines[0].Score == nil {
		t.Fatalf("got %+v", s)
	}
	for i, want := range []struct {
		id        scoring.PartID
		cases, of int
	}{{scoring.OnTime, 5, 6}, {scoring.Returns, 1, 7}, {scoring.Redo, 1, 6}, {scoring.Satisfaction, 2, 3}} {
		if p := s.Lines[0].Parts[i]; p.ID != want.id || p.Cases != want.cases || p.Of != want.of {
			t.Errorf("got %+v, want %+v", p, want)
		}
	}
	scopes(t, h)
	was := fmt.Sprintf("%+v %d", s.Lines[0].Parts, *s.Lines[0].Score)
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "moves") {
			anything(t, rt, all)
		}
		s, err := h.Scores(t.Context(), leader, "2026-06")
		if err != nil || !s.Intact || fmt.Sprintf("%+v %d", s.Lines[0].Parts, *s.Lines[0].Score) != was {
			rt.Fatalf("changed: %+v, %v", s, err)
		}
	})
	broken(t, h, leader)
}

// scopes: a head sees the own unit, a neighbour nothing, a handler is refused.
func scopes(t *testing.T, h *house) {
	t.Helper()
	for unit, lines := range map[string]int{"traffic": 1, "patrol": 0} {
		s, err := h.Scores(t.Context(), watcher(h.head("chief", unit)), "2026-06")
		must(t, err)
		if len(s.Lines) != lines || !s.Intact {
			t.Errorf("the head of %s sees %+v", unit, s)
		}
	}
	if _, err := h.Scores(t.Context(), h.handler("handler", "traffic"), "2026-06"); !problem.HasCode(err, "supervision.denied") {
		t.Errorf("a handler: %v", err)
	}
}

// anything tries some move with some ticket, whether it is allowed or not.
func anything(t *testing.T, rt *rapid.T, all []*story) {
	t.Helper()
	s := rapid.SampledFrom(all).Draw(rt, "ticket")
	c := desk.Command{
		Move: rapid.SampledFrom(ticket.Moves()).Draw(rt, "move"), Note: "备注", Text: "已办理。", Outcome: "resolved", Unit: "patrol", Score: 1, Days: 1,
	}
	if reasons := c.Move.Reasons(); len(reasons) > 0 {
		c.Reason = rapid.SampledFrom(reasons).Draw(rt, "reason").Code
	}
	s.pass(rapid.SampledFrom([]time.Duration{time.Minute, time.Hour}).Draw(rt, "later"))
	who := rapid.SampledFrom([]desk.Actor{s.force, s.handler, s.house.handler("officer", "patrol")}).Draw(rt, "who")
	v, err := s.Ticket(t.Context(), who, s.receipt.Number)
	if err != nil {
		return // not to be seen by whoever tries
	}
	c.Version = v.Ticket.Version
	if _, err := s.Move(t.Context(), who, s.receipt.Number, c); err != nil && !slices.Contains([]problem.Kind{problem.Invalid, problem.Conflict, problem.Denied}, problem.KindOf(err)) {
		rt.Fatal(err)
	}
}

// broken changes a fact behind the back of the desk, which says so.
func broken(t *testing.T, h *house, leader desk.Actor) {
	t.Helper()
	db, err := sql.Open("sqlite", h.path)
	must(t, err)
	defer func() { must(t, db.Close()) }()
	if _, err = db.ExecContext(t.Context(), "UPDATE score_fact SET value = 1 WHERE kind = 'answered'"); err == nil {
		t.Error("a fact can be changed")
	}
	for _, text := range []string{"DROP TRIGGER score_fact_no_update", "UPDATE score_fact SET value = 1 WHERE kind = 'answered'"} {
		_, err := db.ExecContext(t.Context(), text)
		must(t, err)
	}
	s, err := h.Scores(t.Context(), leader, "2026-06")
	must(t, err)
	if s.Intact {
		t.Errorf("a changed fact goes unnoticed: %+v", s)
	}
}
