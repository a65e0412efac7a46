package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// JobAwait looks after a step of a text that is waited for.
const JobAwait = "review.await"

// awaiting are the arguments of such a job.
type awaiting struct {
	Review  string `json:"review"`
	Version int64  `json:"version"` // what was done since has a job of its own
	Round   int    `json:"round"`   // how often it was late before
}

// awaited is until when the step of a text is to be taken.
func (d *Desk) awaited(it *review.Item) (time.Time, error) {
	w, ok := it.Wait()
	if !ok {
		return time.Time{}, nil
	}
	r, err := d.Profile.Add(d.Calendar(), w.Since, deadline.Budget{N: w.Step.Budget.N, Unit: deadline.Unit(w.Step.Budget.Unit)})
	return r.Due, err
}

// briefText is a text without what a machine noticed in it.
func (d *Desk) briefText(ctx context.Context, r DirectoryReader, a *Actor, it *review.Item) (TextView, error) {
	u, _ := d.Tree.ByID(it.Unit)
	v := TextView{Item: *it, Owner: u.Name}
	w, waits := it.Wait()
	if !waits {
		return v, nil
	}
	var err error
	if v.Due, err = d.awaited(it); err != nil {
		return v, err
	}
	trial := *it
	refusal := d.sign(ctx, r, a, &trial, review.Command{Move: review.Pass, At: d.at(), Hash: it.Latest().Hash, Step: w.Step.ID, Gates: review.Gates()})
	v.Mine = refusal == nil
	if refusalCode(refusal) != "" {
		refusal = nil
	}
	return v, refusal
}

// afterText does what follows from the last act of a text: those who come next
// are told, and a text that is published or withdrawn takes effect.
func (d *Desk) afterText(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	act := &it.Ledger[len(it.Ledger)-1]
	tell := func(what string, hs ...hearer) error {
		hs, err := d.impartial(ctx, tx, it, hs)
		if err != nil {
			return err
		}
		return tx.Enqueue(ctx, textNotices(it, what, hs, act.At)...)
	}
	//nolint:exhaustive // a draft is nobody else's business
	switch act.To {
	case review.InReview:
		if it.Kind == review.Entry && act.Move == review.Submit {
			if err := tx.Enqueue(ctx, textGateJob(it, act.At)); err != nil {
				return err
			}
		}
		w, _ := it.Wait()
		due, err := d.awaited(it)
		if err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, awaiting{Review: it.ID, Version: it.Version}.job(due, act.At)); err != nil {
			return err
		}
		return tell("review.step", d.readersTold(it, &w.Step)...)
	case review.Returned:
		return tell("review.returned", hearer{it.Unit, toHandler})
	case review.Approved:
		return tell("review.approved", hearer{assignment.TaskForce, toTaskForce})
	case review.Published:
		return d.textKind(it.Kind).published(ctx, tx, a, it)
	case review.Withdrawn:
		return d.textKind(it.Kind).withdrawn(ctx, tx, a, it)
	}
	return nil
}

// readersTold are the posts that hear of a step: whoever has one of its roles.
func (d *Desk) readersTold(it *review.Item, s *review.Step) []hearer {
	var hs []hearer
	for _, role := range s.Roles {
		switch {
		case role == toTaskForce:
			hs = append(hs, hearer{assignment.TaskForce, role})
		case role == toLeader:
			hs = append(hs, hearer{d.Tree.Root().ID, role})
		case s.Own:
			hs = append(hs, hearer{it.Unit, role})
		default:
			hs = append(hs, d.unitsWith(role)...)
		}
	}
	return hs
}

// unitsWith are the units that somebody with a role is in.
func (d *Desk) unitsWith(role string) []hearer {
	var hs []hearer
	if dir := d.people.Load(); dir != nil {
		for i := range dir.People {
			if p := &dir.People[i]; slices.Contains(p.Roles, role) && !slices.Contains(hs, hearer{p.Unit, role}) {
				hs = append(hs, hearer{p.Unit, role})
			}
		}
	}
	return hs
}

func textNotices(it *review.Item, what string, hs []hearer, at time.Time) []Job {
	jobs := make([]Job, len(hs))
	for i, h := range hs {
		jobs[i] = noticeJob(JobNotifyStaff, noticeArgs{What: what, Unit: h.unit, To: h.to, About: it.Latest().Content.Title},
			what+"/"+it.ID+"/"+strconv.FormatInt(it.Version, 10)+"/"+h.unit+"/"+h.to+"/"+at.Format(time.RFC3339), at)
	}
	return jobs
}

func (w awaiting) job(due, at time.Time) Job {
	key := w.Review + "/" + strconv.FormatInt(w.Version, 10) + "/" + strconv.Itoa(w.Round)
	return readyJob(JobAwait, key, w, due.Add(time.Microsecond), at)
}

// await tells that a step is late, every working day until it is taken: its
// readers, the head of the unit and the task force.
func (d *Desk) await(ctx context.Context, tx Tx, j Job) error {
	w, err := argsOf[awaiting](j)
	if err != nil {
		return err
	}
	it, err := tx.Review(ctx, w.Review)
	if err != nil || it.Version != w.Version {
		return err
	}
	at := d.at()
	next, err := d.Profile.Add(d.Calendar(), at, deadline.Budget{N: 1, Unit: deadline.WorkingDay})
	if err != nil {
		return err
	}
	wait, _ := it.Wait()
	told := append(d.readersTold(&it, &wait.Step), hearer{assignment.TaskForce, toTaskForce})
	if w.Round > 0 {
		told = append(told, hearer{it.Unit, toHead})
	}
	if told, err = d.impartial(ctx, tx, &it, told); err != nil {
		return err
	}
	slices.SortFunc(told, func(a, b hearer) int { return strings.Compare(a.unit+"/"+a.to, b.unit+"/"+b.to) })
	w.Round++
	return tx.Enqueue(ctx, append(textNotices(&it, "review.late", slices.Compact(told), at), w.job(next.Due, at))...)
}
