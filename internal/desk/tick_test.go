package desk_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/seal"
)

// steps counts what a unit was told about its clocks.
func steps(t *testing.T, h *house, unit string) map[string]int {
	t.Helper()
	got, err := h.Notifications(t.Context(), h.handler("x", unit), 100)
	must(t, err)
	told := map[string]int{}
	for _, n := range got {
		if strings.HasPrefix(n.Kind, "clock.") {
			told[n.Kind+"→"+n.To]++
		}
	}
	return told
}

func TestEveryStepOfTheLadderFiresOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	_, err = h.move(t, h.taskForce("force"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	must(t, err)
	_, err = h.move(t, h.handler("handler", "traffic"), r.Number, desk.Command{Move: ticket.Sign})
	must(t, err)
	for range 24 * 30 { // a month, hour by hour, every hour looked at twice
		h.pass(time.Hour)
		h.work(t)
		h.work(t)
	}
	unit, force, leader := steps(t, h, "traffic"), steps(t, h, "mailbox"), steps(t, h, "bureau")
	wantUnit := map[string]int{"clock.warn→handler": 1, "clock.unit.warn→handler": 1, "clock.unit.due→head": 1, "clock.due→head": 1}
	wantForce := map[string]int{"clock.unit.overdue→taskforce": 1, "clock.overdue.notice→taskforce": 1, "clock.unit.again→taskforce": 2}
	wantLeader := map[string]int{"clock.overdue.circular→leader": 1, "clock.overdue.again→leader": 1} // and again, until somebody acts
	if !maps.Equal(unit, wantUnit) || !maps.Equal(force, wantForce) || !maps.Equal(leader, wantLeader) {
		t.Errorf("the ladder was unit %v, task force %v, leader %v", unit, force, leader)
	}
	v, err := h.Ticket(t.Context(), h.taskForce("force"), r.Number)
	must(t, err)
	breached := false
	for _, c := range v.Clocks {
		breached = breached || c.BreachedAt.Equal(v.Ticket.DueAt)
	}
	if !breached {
		t.Error("the overdue clock is not marked as breached at its due date")
	}
}

func TestNoStepFiresForWorkThatIsDone(t *testing.T) {
	t.Parallel()
	h := open(t)
	released(t, h, desk.Opening{Letter: letter()})
	for range 60 {
		h.pass(12 * time.Hour)
		h.work(t)
	}
	if told := steps(t, h, "traffic"); len(told) != 0 {
		t.Errorf("the unit was told %v", told)
	}
}

func TestStepsSurviveARestartAndAreNotRepeated(t *testing.T) {
	t.Parallel()
	key := seal.GenerateKey("k1")
	h := reopen(t, t.TempDir()+"/desk.db", key, monday())
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	_, err = h.move(t, h.taskForce("force"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	must(t, err)
	_, err = h.move(t, h.handler("handler", "traffic"), r.Number, desk.Command{Move: ticket.Sign})
	must(t, err)
	h.pass(30 * 24 * time.Hour)
	h.work(t)
	before := steps(t, h, "traffic")
	for range 5 {
		again := reopen(t, h.path, key, h.now())
		var both sync.WaitGroup // two runners look at once, as after a careless restart
		for _, r := range []*house{again, h} {
			both.Go(func() {
				if err := r.runner.Once(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	after := steps(t, h, "traffic")
	if len(before) == 0 || len(after) != len(before) {
		t.Errorf("told %v, after restarts %v", before, after)
	}
	for kind, n := range after {
		if n != 1 {
			t.Errorf("%s was told %d times", kind, n)
		}
	}
}

func TestAJobThatFailsIsTriedAgainAndGivenUpVisibly(t *testing.T) {
	t.Parallel()
	h := open(t)
	bad := desk.Job{ID: "j1", Kind: "no.such.work", Key: "bad", Args: json.RawMessage(`{}`), State: desk.JobReady, RunAt: h.now(), CreatedAt: h.now()}
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.Enqueue(ctx, bad, bad) }))
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	for range 24 {
		h.work(t)
		h.pass(time.Hour)
	}
	counts, err := h.store.JobCounts(t.Context())
	must(t, err)
	if counts[desk.JobFailed] != 1 || counts[desk.JobReady] != 0 {
		t.Errorf("jobs are %v", counts)
	}
	got, err := h.Notifications(t.Context(), h.taskForce("force"), 10)
	must(t, err)
	if len(got) == 0 || got[len(got)-1].Ticket != r.Number {
		t.Errorf("the failing job held up the others: %+v", got)
	}
}

func TestAnAnswerTooLateIsABreachWhoeverLooked(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	h.pass(40 * 24 * time.Hour) // the runner never looked meanwhile
	walk(t, h, r.Number)
	v, err := h.Ticket(t.Context(), h.taskForce("force"), r.Number)
	must(t, err)
	for _, c := range v.Clocks {
		if c.DueAt.Equal(v.Ticket.DueAt) && !c.BreachedAt.Equal(c.DueAt) {
			t.Errorf("breached at %v, due %v", c.BreachedAt, c.DueAt)
		}
	}
	if len(v.Drafts) != 1 || v.Drafts[0].Outcome != reply.Resolved {
		t.Errorf("drafts %+v", v.Drafts)
	}
}
