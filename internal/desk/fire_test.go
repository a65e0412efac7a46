package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// involved is a letter at a unit that has asked two others for their opinion.
func involved(t *testing.T, h *house) string {
	t.Helper()
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	_, err = h.move(t, h.taskForce("force"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic", Co: []string{"patrol", "legal"}})
	must(t, err)
	_, err = h.move(t, h.handler("handler", "traffic"), r.Number, desk.Command{Move: ticket.Sign})
	must(t, err)
	return r.Number
}

func TestOpinionsThatRunOutTogetherDoNotHoldUpTheClocks(t *testing.T) {
	t.Parallel()
	h := open(t)
	number := involved(t, h)
	h.pass(6 * 24 * time.Hour)
	h.work(t)
	v, err := h.Ticket(t.Context(), h.taskForce("force"), number)
	must(t, err)
	for _, c := range v.Ticket.Co {
		if c.Pending() {
			t.Errorf("%s is still waited for", c.Unit)
		}
	}
}

// TestAMoveThatIsRefusedGoesToPeople runs out a wait whose ticket has gone
// elsewhere, which a sound desk never leaves behind.
func TestAMoveThatIsRefusedGoesToPeople(t *testing.T) {
	t.Parallel()
	h := open(t)
	number, other := involved(t, h), involved(t, h)
	v, err := h.Ticket(t.Context(), h.taskForce("force"), number)
	must(t, err)
	due, err := h.Profile.StartFor(deadline.Rating, h.Calendar(), deadline.Matter{Kind: "complaint"}, h.now())
	must(t, err)
	due.Steps[0].At = h.now()
	stray := deadline.NewClock("stray", v.Ticket.ID, due, h.now())
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertClock(ctx, stray) }))
	h.pass(6 * 24 * time.Hour)
	h.work(t)
	told, err := h.Notifications(t.Context(), h.taskForce("force"), 100)
	must(t, err)
	refused := 0
	for _, n := range told {
		if n.Kind == "clock.refused" && n.Ticket == number {
			refused++
		}
	}
	v, err = h.Ticket(t.Context(), h.taskForce("force"), other)
	must(t, err)
	if refused != 1 || v.Ticket.Co[0].Pending() {
		t.Errorf("told %d times, the other ticket's opinions are %+v", refused, v.Ticket.Co)
	}
}

func TestClocksThatJumpLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	involved(t, h)
	h.pass(40 * 24 * time.Hour) // ahead: everything is late, and fires once
	h.work(t)
	before := steps(t, h, "traffic")
	h.pass(-40 * 24 * time.Hour) // set right again
	h.work(t)
	for range 24 * 30 {
		h.pass(time.Hour)
		h.work(t)
	}
	after := steps(t, h, "traffic")
	if len(before) == 0 || len(after) != len(before) {
		t.Errorf("told %v, after the jumps %v", before, after)
	}
	for kind, n := range after {
		if n != 1 {
			t.Errorf("%s was told %d times", kind, n)
		}
	}
}

func TestABatchThatMeetsAMoveIsReadAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	involved(t, h)
	h.pass(40 * 24 * time.Hour)
	interrupted := &meeting{Store: h.store, left: 2}
	p := h.Parts
	p.Store = interrupted
	d := desk.New(p)
	if n, err := d.FireClocks(t.Context(), 10); err != nil || n == 0 {
		t.Errorf("fired %d, %v", n, err)
	}
	interrupted.left = 3
	if n, err := d.FireClocks(t.Context(), 10); err == nil || n != 0 {
		t.Errorf("fired %d although moves were always faster", n)
	}
}

// meeting is a store whose clocks somebody else is always faster to change.
type meeting struct {
	desk.Store
	left int
}

func (m *meeting) InTx(ctx context.Context, fn func(context.Context, desk.Tx) error) error {
	return m.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		return fn(ctx, &faster{Tx: tx, m: m})
	})
}

type faster struct {
	desk.Tx
	m *meeting
}

func (f *faster) StepClocks(ctx context.Context, clocks []deadline.Clock) error {
	if f.m.left > 0 {
		f.m.left--
		clocks[0].Version++ // as if its row had moved on
		err := f.Tx.StepClocks(ctx, clocks)
		return errors.Join(err)
	}
	return f.Tx.StepClocks(ctx, clocks)
}
