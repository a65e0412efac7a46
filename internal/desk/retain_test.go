package desk_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// withdrawn opens a letter and has its citizen take it back: it has ended.
func (h *house) withdrawn(t *testing.T, edit func(*channel.Letter)) desk.Receipt {
	t.Helper()
	l := letter()
	if edit != nil {
		edit(&l)
	}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	_, err = h.Withdraw(t.Context(), r.Number, r.QueryCode, "")
	must(t, err)
	h.work(t)
	return r
}

func (h *house) erased(t *testing.T, id retention.ID) int64 {
	t.Helper()
	k, err := h.WhatIsKept(t.Context())
	must(t, err)
	for _, c := range k.Classes {
		if c.ID == id {
			return c.Erased.N
		}
	}
	t.Fatalf("no class %s", id)
	return 0
}

func TestWhatWasKeptLongEnoughIsErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	done := h.withdrawn(t, nil)
	held := h.withdrawn(t, nil)
	running, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	force := h.taskForce("u1")
	_, err = h.PlaceHold(t.Context(), force, held.Number, "行政诉讼，案号（2026）1号", h.now().AddDate(9, 0, 0))
	must(t, err)
	must(t, h.Retain(t.Context()))
	if n := h.erased(t, "tickets.complaints"); n != 0 {
		t.Fatalf("%d were erased at once", n)
	}
	h.pass(6 * 366 * 24 * time.Hour)
	must(t, h.Retain(t.Context()))
	must(t, h.Retain(t.Context())) // again: nothing is left to do
	if n := h.erased(t, "tickets.complaints"); n != 1 {
		t.Fatalf("%d were erased", n)
	}
	for number, want := range map[string]string{done.Number: "（已清除）", held.Number: "路口信号灯坏了", running.Number: "路口信号灯坏了"} {
		v, err := h.Ticket(t.Context(), force, number)
		must(t, err)
		if !strings.HasPrefix(v.Letter.Title, want) || v.Erased.IsZero() != (number != done.Number) {
			t.Errorf("%s is %q, erased %v", number, v.Letter.Title, v.Erased)
		}
	}
	line, err := h.Lookup(t.Context(), done.Number, done.QueryCode)
	must(t, err)
	if line.Erased.IsZero() || len(line.Steps)+len(line.Moves) != 0 || line.Status != ticket.Withdrawn {
		t.Errorf("its citizen reads %+v", line)
	}
	v, err := h.Ticket(t.Context(), force, done.Number)
	must(t, err)
	_, err = h.Move(t.Context(), force, done.Number, desk.Command{Move: ticket.Note, Version: v.Ticket.Version, Note: "再办"})
	if !problem.HasCode(err, "ticket.erased") {
		t.Errorf("a move with an erased ticket: %v", err)
	}
	_, err = h.LiftHold(t.Context(), force, held.Number)
	must(t, err)
	must(t, h.Retain(t.Context()))
	if n := h.erased(t, "tickets.complaints"); n != 2 {
		t.Errorf("after the hold %d were erased", n)
	}
	if _, err := h.store.Verify(t.Context()); err != nil {
		t.Errorf("the trail: %v", err)
	}
}

func TestAPersonIsErasedByTwo(t *testing.T) {
	t.Parallel()
	h := open(t)
	const phone = "13800138000"
	r := h.withdrawn(t, func(l *channel.Letter) { l.Text = "信号灯坏了，我叫欧阳明镜。" })
	open, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	force, second := h.taskForce("u1"), h.taskForce("u2")
	ask := func(a desk.Actor, number, phone string) (desk.Erasure, error) {
		return h.RequestErasure(t.Context(), a, number, phone, "", "本人到窗口，核对了身份证")
	}
	for name, test := range map[string]struct {
		a             desk.Actor
		number, phone string
		code          string
	}{
		"somebody else's phone": {force, r.Number, "13900139000", "erasure.unproved"},
		"an open ticket":        {force, open.Number, phone, "erasure.open"},
		"a handler":             {h.handler("u3", "traffic"), r.Number, phone, "retention.denied"},
	} {
		if _, err := ask(test.a, test.number, test.phone); !problem.HasCode(err, test.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := ask(force, r.Number, "１３８００１３８０００")
	must(t, err)
	if _, err := ask(second, r.Number, phone); !problem.HasCode(err, "erasure.pending") {
		t.Errorf("a second request: %v", err)
	}
	decide := func(a desk.Actor, erase bool, ground string) (desk.Erasure, error) {
		return h.DecideErasure(t.Context(), a, r.Number, e.ID, erase, ground, "同意")
	}
	if _, err := decide(force, true, ""); !problem.HasCode(err, "erasure.own") {
		t.Errorf("one person alone: %v", err)
	}
	if _, err := decide(second, false, "because"); !problem.HasCode(err, "erasure.ground") {
		t.Errorf("refused without a law: %v", err)
	}
	if e, err = decide(second, false, "evidence"); err != nil || e.State != desk.ErasureRefused {
		t.Fatalf("refused: %+v, %v", e, err)
	}
	e, err = ask(force, r.Number, phone)
	must(t, err)
	if e, err = decide(h.leader("chief"), true, ""); err != nil || e.State != desk.ErasureDone {
		t.Fatalf("erased: %+v, %v", e, err)
	}
	if _, err := h.RevealContact(t.Context(), force, r.Number, "核实"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("who wrote: %v", err)
	}
	p, err := h.Tickets(t.Context(), force, desk.Filter{Query: "欧阳明镜", Limit: 10})
	must(t, err)
	if len(p.Tickets) != 0 {
		t.Error("what was erased is still found")
	}
	must(t, h.store.InTx(t.Context(), func(context.Context, desk.Tx) error { return nil }))
	file, err := os.ReadFile(h.path)
	must(t, err)
	if bytes.Contains(file, []byte("欧阳明镜")) || bytes.Contains(file, []byte(phone)) {
		t.Error("the database file holds who wrote in clear")
	}
}

func TestWhoMustNotSeeATicketDecidesNothingAboutIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	number, _ := report(t, h, false)
	about := h.withdrawn(t, func(l *channel.Letter) { l.Text = "信箱专班的人态度恶劣。" })
	leader, clerk := h.leader("chief"), h.taskForce("u1")
	if _, err := h.PlaceHold(t.Context(), leader, number, "诉讼", h.now()); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("a leader holds a report: %v", err)
	}
	if _, err := h.PlaceHold(t.Context(), clerk, number, "诉讼", h.now().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	holds, err := h.Holds(t.Context(), leader)
	must(t, err)
	own, err := h.Holds(t.Context(), clerk)
	must(t, err)
	if len(holds) != 0 || len(own) != 1 {
		t.Errorf("the leader reads %d holds, the task force %d", len(holds), len(own))
	}
	v, err := h.store.TicketByNumber(t.Context(), about.Number)
	must(t, err)
	if clerk.MaySee(&v) {
		t.Fatal("the task force sees a letter about itself")
	}
	if _, err := h.RequestErasure(t.Context(), clerk, about.Number, "13800138000", "", "本人来电"); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("whom it is about erases it: %v", err)
	}
	if _, err := h.Keepings(t.Context(), h.handler("u3", "traffic")); !problem.HasCode(err, "retention.denied") {
		t.Errorf("a handler reads what is kept: %v", err)
	}
}
