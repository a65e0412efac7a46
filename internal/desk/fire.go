package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// fireTries bounds how often a batch of steps is tried that met a move.
const fireTries = 3

// FireClocks fires the steps of at most limit clocks whose time has come and
// returns how many it fired. Step, audit entry and notice are stored together,
// so each step fires once, whoever calls and however often.
func (d *Desk) FireClocks(ctx context.Context, limit int) (fired int, err error) {
	for range fireTries {
		err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			fired, err = d.fireDue(ctx, tx, limit)
			return err
		})
		if !problem.HasCode(err, "ticket.stale") { // a move was faster; its clocks are read anew
			break
		}
	}
	if err != nil {
		return 0, err
	}
	return fired, nil
}

// firing is one step that fires.
type firing struct {
	clock  deadline.Clock
	step   deadline.Step
	ticket *ticket.Ticket
}

// fireDue fires the due steps together. Where the desk itself acts on a ticket,
// that comes last and once a ticket: it changes other clocks, which the next
// call sees.
func (d *Desk) fireDue(ctx context.Context, tx Tx, limit int) (int, error) {
	at := d.at()
	clocks, err := tx.DueClocks(ctx, at, limit)
	if err != nil || len(clocks) == 0 {
		return 0, err
	}
	all, err := d.firings(ctx, tx, clocks, at)
	if err != nil {
		return 0, err
	}
	stepped := make([]deadline.Clock, len(all))
	var jobs []Job
	for i := range all {
		f := &all[i]
		stepped[i] = f.clock
		err := tx.Record(ctx, audit.Entry{
			At: at, Actor: "system", Action: "clock." + f.step.Name, Object: "ticket/" + f.ticket.ID,
			Detail: map[string]string{"clock": f.clock.ID, "rule": f.clock.Rule, "to": f.step.To, "due": f.clock.DueAt.Format(time.RFC3339)},
		})
		if err != nil {
			return 0, err
		}
		if f.step.To != toSystem {
			jobs = append(jobs, d.stepJob(f, at))
		}
	}
	if err := tx.StepClocks(ctx, stepped); err != nil {
		return 0, err
	}
	if err := tx.Enqueue(ctx, jobs...); err != nil {
		return 0, err
	}
	for i := range all {
		if f := &all[i]; f.step.To == toSystem {
			if err := d.expire(ctx, tx, f.ticket, &f.clock, at); err != nil {
				return 0, err
			}
		}
	}
	return len(all), nil
}

// firings moves the clocks on and finds their tickets.
func (d *Desk) firings(ctx context.Context, tx Tx, clocks []deadline.Clock, at time.Time) ([]firing, error) {
	all := make([]firing, 0, len(clocks))
	var ids []string
	acted := map[string]bool{}
	cal := d.Calendar()
	for _, c := range clocks {
		step, ok := c.Fire(cal, at)
		if !ok || step.To == toSystem && acted[c.TicketID] {
			continue
		}
		acted[c.TicketID] = acted[c.TicketID] || step.To == toSystem
		all = append(all, firing{clock: c, step: step})
		ids = append(ids, c.TicketID)
	}
	slices.Sort(ids)
	tickets, err := tx.TicketsByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*ticket.Ticket, len(tickets))
	for i := range tickets {
		byID[tickets[i].ID] = &tickets[i]
	}
	for i := range all {
		if all[i].ticket = byID[all[i].clock.TicketID]; all[i].ticket == nil {
			return nil, problem.New(problem.Internal, "clock.ticket", "期限没有对应的来信。")
		}
	}
	return all, nil
}

// stepJob is the notice of a step to whom it is for.
func (d *Desk) stepJob(f *firing, at time.Time) Job {
	t := f.ticket
	unit := cmp.Or(f.clock.Unit, t.Lead)
	switch {
	case f.step.To == toLeader:
		unit = d.Tree.Root().ID
	case f.step.To == toTaskForce, !t.Dispatched(): // no unit hears of what it was not given
		unit = screening(t)
	}
	cause := f.clock.ID
	if t.Consultation != "" { // its opinions share their dates: one notice is enough for all
		cause = t.Consultation + "/" + string(f.clock.Purpose)
	}
	j := staffJob(t, "clock."+f.step.Name, d.unitOf(f.step.To, unit), f.step.To, cause+"/"+f.step.At.Format(time.RFC3339), at)
	if f.step.Tell.After(at) { // people are left alone until then; the clock is not
		j.RunAt = f.step.Tell
	}
	return j
}
