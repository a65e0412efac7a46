package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
)

// JobAcknowledge looks whether a post that was told of a major signal has
// acknowledged it.
const JobAcknowledge = "signal.acknowledge"

// unacknowledged are the arguments of such a job.
type unacknowledged struct {
	Signal string `json:"signal"`
	Chain  int    `json:"chain"`
}

// tellMajor tells the unit responsible for a major signal and the leader on duty,
// unless they were told before, in the transaction that found it. Of a report
// (举报), and of what may be about the leaders themselves, only who screens it
// hears; whoever is next on the ladder hears where nobody acknowledges that.
func (d *Desk) tellMajor(ctx context.Context, tx Tx, s *signal.Signal, letters []ticket.Ticket) error {
	first := toHead
	if s.Unit == assignment.TaskForce {
		first = toTaskForce
	}
	told := []hearer{{s.Unit, first}}
	if leaders := d.post(toLeader, s, letters); leaders.to == toLeader && !s.Restricted {
		told = append(told, leaders)
	}
	for _, h := range told {
		if slices.ContainsFunc(s.Told, func(t signal.Told) bool { return t.Unit == h.unit && t.To == h.to }) {
			continue
		}
		if err := d.tell(ctx, tx, s, s.Chains(), h, "signal.major", letters[len(letters)-1].Number); err != nil {
			return err
		}
	}
	return nil
}

// tell stores the notice to a post beside the signal, which the caller stores,
// and the job that looks whether it was acknowledged.
func (d *Desk) tell(ctx context.Context, tx Tx, s *signal.Signal, chain int, h hearer, what, number string) error {
	at := d.at()
	s.Tell(chain, h.unit, h.to, at, d.Signs.Within)
	id := s.ID + "/told/" + strconv.Itoa(len(s.Told))
	if err := d.tellStaff(ctx, tx, id, noticeArgs{Ticket: number, What: what, Unit: h.unit, To: h.to}); err != nil {
		return err
	}
	return tx.Enqueue(ctx, readyJob(JobAcknowledge, id, unacknowledged{s.ID, chain}, at.Add(d.Signs.Within), at))
}

// escalate lets the next on the ladder hear of a signal that nobody told before
// has acknowledged in time: the last one again and again, until somebody does or
// the signal is closed.
func (d *Desk) escalate(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[unacknowledged](j)
	if err != nil {
		return err
	}
	s, err := tx.Signal(ctx, args.Signal)
	if err != nil {
		return err
	}
	last, waits := s.Unacknowledged(args.Chain)
	if !waits || s.Finished() || s.Level != signal.Major || d.at().Before(last.DueAt) {
		return nil
	}
	letters, err := tx.TicketsByID(ctx, s.Tickets)
	if err != nil {
		return err
	}
	letters = byAge(letters)
	next := d.post(d.Signs.Next(last.To), &s, letters)
	if err := d.tell(ctx, tx, &s, args.Chain, next, "signal.late", letters[len(letters)-1].Number); err != nil {
		return err
	}
	s.UpdatedAt = d.at()
	if err := tx.UpdateSignal(ctx, s, s.Version); err != nil {
		return err
	}
	return d.recordSignal(ctx, tx, &s, "system", "signal.late", map[string]string{
		"to": next.unit + "/" + next.to, "before": last.Unit + "/" + last.To, "due": last.DueAt.Format(time.RFC3339),
	})
}

// post is whom a rung of the ladder is for: none that a letter is about.
func (d *Desk) post(role string, s *signal.Signal, letters []ticket.Ticket) hearer {
	h := hearer{s.Unit, role}
	switch role {
	case toTaskForce:
		h.unit = assignment.TaskForce
	case toLeader:
		h.unit = d.Tree.Root().ID
	}
	path := d.Tree.Path(h.unit)
	if slices.ContainsFunc(letters, func(t ticket.Ticket) bool { return t.Avoids(path) }) {
		return hearer{screening(&letters[len(letters)-1]), toHead}
	}
	return h
}
