package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// JobAwaitGap looks after a task that is to be done.
const JobAwaitGap = "gap.await"

// The rounds of the ladder a late task climbs: its unit is reminded, then told it
// is late, then every working day; the task force hears of it from the next
// working day on, leaders from the fifth.
const (
	lateRound   = 1
	forceRound  = lateRound + 1
	leaderRound = lateRound + 5
)

// taskAwaited are the arguments of such a job.
type taskAwaited struct {
	Gap   string    `json:"gap"`
	Due   time.Time `json:"due"` // a task with another date has jobs of its own
	Round int       `json:"round"`
}

func (w taskAwaited) job(run, at time.Time) Job {
	key := w.Gap + "/" + strconv.FormatInt(w.Due.UnixMicro(), 10) + "/" + strconv.Itoa(w.Round)
	return readyJob(JobAwaitGap, key, w, run, at)
}

// openTask gives a gap to a unit, with a date, and tells it.
func (d *Desk) openTask(ctx context.Context, tx Tx, g *gap.Gap, unit string) error {
	at, was := d.at(), g.Version
	due, err := d.Profile.Add(d.Calendar(), at, d.Gaps.Due)
	if err != nil {
		return err
	}
	remind, err := d.Profile.Add(d.Calendar(), at, d.Gaps.Remind)
	if err != nil {
		return err
	}
	g.Begin(unit, d.Tree.Path(unit), at, due.Due.UTC())
	if err := tx.UpdateGap(ctx, *g, was); err != nil {
		return err
	}
	if err := d.recordGap(ctx, tx, "system", "open", g, map[string]string{"rules": strconv.Itoa(d.Gaps.Version), "due": g.DueAt.Format(time.RFC3339)}); err != nil {
		return err
	}
	jobs := gapNotices(g, "gap.open", at, hearer{unit, toHandler}, hearer{unit, toHead})
	return tx.Enqueue(ctx, append(jobs, taskAwaited{Gap: g.ID, Due: g.DueAt}.job(remind.Due, at))...)
}

// awaitGap tells that a task is due soon, or late, and goes on until it is done.
func (d *Desk) awaitGap(ctx context.Context, tx Tx, j Job) error {
	w, err := argsOf[taskAwaited](j)
	if err != nil {
		return err
	}
	g, err := tx.Gap(ctx, w.Gap)
	if err != nil || !g.Waits() || !g.DueAt.Equal(w.Due) {
		return err
	}
	at := d.at()
	what, told, next := "gap.remind", []hearer{{g.Unit, toHandler}}, g.DueAt.Add(time.Microsecond)
	if w.Round >= lateRound {
		what, told = "gap.late", []hearer{{g.Unit, toHead}}
		again, err := d.Profile.Add(d.Calendar(), at, deadline.Budget{N: 1, Unit: deadline.WorkingDay})
		if err != nil {
			return err
		}
		next = again.Due
	}
	if w.Round >= forceRound {
		told = append(told, hearer{assignment.TaskForce, toTaskForce})
	}
	if w.Round >= leaderRound {
		told = append(told, hearer{d.Tree.Root().ID, toLeader})
	}
	w.Round++
	return tx.Enqueue(ctx, append(gapNotices(&g, what, at, told...), w.job(next, at))...)
}

// gapNotices tell posts of a task, without a word of what anybody has asked.
func gapNotices(g *gap.Gap, what string, at time.Time, hs ...hearer) []Job {
	about := fmt.Sprintf("已有%d人问过%d次", g.People, g.Times)
	jobs := make([]Job, len(hs))
	for i, h := range hs {
		jobs[i] = noticeJob(JobNotifyStaff, noticeArgs{What: what, Unit: h.unit, To: h.to, About: about},
			what+"/"+g.ID+"/"+h.unit+"/"+h.to+"/"+at.Format(time.RFC3339Nano), at)
	}
	return jobs
}

// answerTask ends the task a published text was written for, if there is one:
// from is when its entry begins to answer.
func (d *Desk) answerTask(ctx context.Context, tx Tx, a Actor, reviewID, entry string, from time.Time) error {
	return d.endText(ctx, tx, a, "answer", reviewID, func(g *gap.Gap) bool { return g.Answer(entry, a.ID, from) })
}

// reopenTask gives back the task whose text was withdrawn before it was published.
func (d *Desk) reopenTask(ctx context.Context, tx Tx, a Actor, reviewID string) error {
	return d.endText(ctx, tx, a, "reopen", reviewID, (*gap.Gap).GiveUp)
}

func (d *Desk) endText(ctx context.Context, tx Tx, a Actor, action, reviewID string, change func(*gap.Gap) bool) error {
	g, err := tx.GapOf(ctx, reviewID)
	was := g.Version
	switch {
	case problem.KindOf(err) == problem.NotFound, err == nil && !change(&g):
		return nil
	case err != nil:
		return err
	}
	if err := tx.UpdateGap(ctx, g, was); err != nil {
		return err
	}
	return d.recordGap(ctx, tx, a.ID, action, &g, map[string]string{"review": reviewID, "entry": g.Entry})
}

// recordGap audits what became of a gap.
func (d *Desk) recordGap(ctx context.Context, tx Tx, actor, action string, g *gap.Gap, detail map[string]string) error {
	said := map[string]string{"state": string(g.State), "unit": g.Unit, "times": strconv.Itoa(g.Times), "people": strconv.Itoa(g.People)}
	return tx.Record(ctx, audit.Entry{At: d.at(), Actor: actor, Action: "gap." + action, Object: "gap/" + g.ID, Detail: merged(detail, said)})
}
