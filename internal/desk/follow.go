package desk

import (
	"context"
	"strconv"
	"time"

	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// JobFollow brings a consultation, and the opinions on it, to where its dates
// and its result want them.
const JobFollow = "consultation.follow"

// remindEvery is how often one is reminded of a result that is not published.
const remindEvery = 7 * 24 * time.Hour

// followed are the arguments of such a job.
type followed struct {
	Consultation string    `json:"consultation"`
	Version      int64     `json:"version"`
	After        string    `json:"after,omitempty"` // the opinion the last one ended with
	Until        time.Time `json:"until,omitzero"`  // nothing is to be done before
}

func (f followed) job(at time.Time) Job {
	key := f.Consultation + "/" + strconv.FormatInt(f.Version, 10) + "/" + f.After + "/" + f.Until.UTC().Format(time.RFC3339Nano)
	run := at
	if f.Until.After(at) {
		run = f.Until
	}
	return readyJob(JobFollow, key, f, run, at)
}

// followJobs are what has to follow from a change of c: its opinions now, itself
// when its time comes, a reminder when its result is late.
func (d *Desk) followJobs(c *consultation.Consultation, at time.Time) ([]Job, error) {
	f := followed{Consultation: c.ID, Version: c.Version}
	var jobs []Job
	if c.State == consultation.Open || c.State == consultation.Reported {
		jobs = append(jobs, f.job(at))
	}
	if f.Until = c.Next(); !f.Until.IsZero() {
		jobs = append(jobs, f.job(at))
	}
	if c.State != consultation.Closed {
		return jobs, nil
	}
	due, err := d.Profile.StartFor(deadline.Answer, d.Calendar(), aboutOpinions(), c.Period.ClosesAt)
	if f.Until = due.Due; !f.Until.After(at) {
		f.Until = at.Add(remindEvery)
	}
	return append(jobs, f.job(at)), err
}

// follow carries out such a job. Whatever was changed since it was queued has
// jobs of its own.
func (d *Desk) follow(ctx context.Context, tx Tx, j Job) error {
	f, err := argsOf[followed](j)
	if err != nil {
		return err
	}
	c, err := tx.Consultation(ctx, f.Consultation)
	if err != nil || c.Version != f.Version {
		return err
	}
	at := d.at()
	switch {
	case f.Until.IsZero():
		return d.followOpinions(ctx, tx, &c, f, at)
	case c.State == consultation.Closed:
		return d.remind(ctx, tx, &c, f, at)
	}
	return d.turn(ctx, tx, &c, at)
}

// turn opens or closes c when its time has come.
func (d *Desk) turn(ctx context.Context, tx Tx, c *consultation.Consultation, at time.Time) error {
	was := c.Version
	if !c.Turn(at) {
		return nil
	}
	if err := tx.UpdateConsultation(ctx, *c, was); err != nil {
		return err
	}
	if err := recordConsultation(ctx, tx, "system", string(c.State), c, nil, at); err != nil {
		return err
	}
	jobs, err := d.followJobs(c, at)
	if err != nil {
		return err
	}
	if c.State == consultation.Closed {
		jobs = append(jobs, consultationNotice(c, "consultation.closed", c.Unit, toHandler, at))
	}
	return tx.Enqueue(ctx, jobs...)
}

// remind tells that a result is late, and goes on until it is published. Nobody
// may have sent an opinion whose own clock would.
func (d *Desk) remind(ctx context.Context, tx Tx, c *consultation.Consultation, f followed, at time.Time) error {
	f.Until = at.Add(remindEvery)
	return tx.Enqueue(ctx,
		consultationNotice(c, "consultation.late", c.Unit, toHead, at),
		consultationNotice(c, "consultation.late", assignment.TaskForce, toTaskForce, at),
		f.job(at))
}

func consultationNotice(c *consultation.Consultation, what, unit, to string, at time.Time) Job {
	return noticeJob(JobNotifyStaff, noticeArgs{What: what, Unit: unit, To: to, About: c.Content.Title}, what+"/"+c.ID+"/"+unit+"/"+at.Format(time.RFC3339), at)
}

// followOpinions carries opinions along, some at a time.
func (d *Desk) followOpinions(ctx context.Context, tx Tx, c *consultation.Consultation, f followed, at time.Time) error {
	const some = 50
	os, err := tx.Opinions(ctx, c.ID, f.After, some)
	if err != nil {
		return err
	}
	for i := range os {
		if err := d.followOne(ctx, tx, c, &os[i], at); err != nil {
			return err
		}
	}
	if len(os) < some {
		return nil
	}
	f.After = os[some-1].Ticket.ID
	return tx.Enqueue(ctx, f.job(at))
}

// followOne counts an opinion's dates from the new end, or releases what becomes
// of it.
func (d *Desk) followOne(ctx context.Context, tx Tx, c *consultation.Consultation, o *Opinion, at time.Time) error {
	t := &o.Ticket
	command := ticket.Command{EventID: newID(), At: at}
	switch {
	case t.Status != ticket.Handling:
		return nil
	case c.State == consultation.Reported:
		command.Move, command.Actor, command.Draft = ticket.Conclude, c.Result.Review.ApprovedBy, o.Disposition
	case !t.ClosesAt.Equal(c.Period.ClosesAt):
		command.Move, command.Until = ticket.Postpone, c.Period.ClosesAt
	default:
		return nil
	}
	return d.carry(ctx, tx, t, command, map[string]string{"consultation": c.ID})
}
