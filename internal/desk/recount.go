package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	recountBatch = 200                  // tickets a transaction counts anew: others wait for it
	previewBatch = 500                  // tickets read at once for a preview
	stepsReach   = 130 * 24 * time.Hour // a clock's steps lie no farther behind its date than that
	movedShown   = 200                  // clocks a preview lists
)

// recount is the argument of a job that counts a batch of clocks anew. It
// carries where it stands, so that each batch is one transaction and a crash
// loses none.
type recount struct {
	Calendar string    `json:"calendar"` // version that made it necessary
	Pass     int       `json:"pass"`     // 1 at once, 2 when every process has the calendar
	Since    time.Time `json:"since"`    // first day that changed; zero: any
	After    string    `json:"after"`    // ticket id
}

func recountJob(r recount, at, run time.Time) Job {
	return readyJob(JobRecount, r.Calendar+"/"+strconv.Itoa(r.Pass)+"/"+r.After, r, run, at)
}

// recounted adds up what was done.
type recounted struct {
	tickets, clocks, dates, stuck int
}

// workRecount counts the clocks of a batch of tickets anew, by the newest
// calendar there is, and puts the next batch in the queue.
func (d *Desk) workRecount(ctx context.Context, tx Tx, j Job) error {
	r, err := argsOf[recount](j)
	if err != nil {
		return err
	}
	cal, _, err := d.calendarOf(ctx, tx)
	if err != nil {
		return err
	}
	clocks, err := tx.ClocksDueFrom(ctx, r.from(), r.After, recountBatch)
	if err != nil {
		return err
	}
	at := d.at()
	var sum recounted
	tickets := 0
	for group := range byTicket(clocks) {
		tickets++
		if err := d.recountTicket(ctx, tx, cal, group, at, &sum); err != nil {
			return err
		}
	}
	if sum.clocks+sum.stuck > 0 {
		err := tx.Record(ctx, audit.Entry{At: at, Actor: "system", Action: "calendar.recount", Object: "calendar", Detail: map[string]string{
			"calendar": cal.Version(), "pass": strconv.Itoa(r.Pass), "tickets": strconv.Itoa(sum.tickets), "clocks": strconv.Itoa(sum.clocks),
			"dates": strconv.Itoa(sum.dates), "stuck": strconv.Itoa(sum.stuck),
		}})
		if err != nil {
			return err
		}
	}
	if tickets < recountBatch {
		return nil
	}
	r.After = clocks[len(clocks)-1].TicketID
	return tx.Enqueue(ctx, recountJob(r, at, at))
}

// from is the earliest date of a clock that may change, steps included.
func (r *recount) from() time.Time {
	if r.Since.IsZero() {
		return r.Since
	}
	return r.Since.Add(-stepsReach)
}

// byTicket goes through clocks that are sorted by ticket.
func byTicket(clocks []deadline.Clock) func(yield func([]deadline.Clock) bool) {
	return func(yield func([]deadline.Clock) bool) {
		for from := 0; from < len(clocks); {
			to := from + 1
			for to < len(clocks) && clocks[to].TicketID == clocks[from].TicketID {
				to++
			}
			if !yield(clocks[from:to]) {
				return
			}
			from = to
		}
	}
}

// shift is a clock before and after it is counted anew.
type shift struct{ was, now deadline.Clock }

// recountAll counts the open clocks of one ticket anew and returns those that
// differ. The answer's comes first: the unit's date stays before it. A clock
// whose date would lie in a year without a notice stays as it is and is counted
// as stuck.
func (d *Desk) recountAll(cal *deadline.Calendar, clocks []deadline.Clock, at time.Time) (shifts []shift, stuck int, err error) {
	clocks = slices.Clone(clocks)
	slices.SortStableFunc(clocks, func(a, b deadline.Clock) int { return answerFirst(a) - answerFirst(b) })
	var answer time.Time
	for _, c := range clocks {
		now := c
		if c.Purpose == deadline.Handle && !answer.IsZero() {
			now, err = c.Bound(cal, d.Profile, answer, at)
		} else {
			now, _, err = c.Recount(cal, d.Profile, at)
		}
		switch {
		case problem.HasCode(err, "deadline.no_calendar"):
			now = c
			stuck++
		case err != nil:
			return nil, 0, err
		case !sameCount(&c, &now):
			now.Version = c.Version + 1
			shifts = append(shifts, shift{c, now})
		}
		if c.Purpose == deadline.Answer {
			answer = now.DueAt
		}
	}
	return shifts, stuck, nil
}

func answerFirst(c deadline.Clock) int {
	if c.Purpose == deadline.Answer {
		return 0
	}
	return 1
}

// sameCount reports whether two counts of a clock say the same, whatever
// calendar they name.
func sameCount(a, b *deadline.Clock) bool {
	return a.DueAt.Equal(b.DueAt) && a.Cap.Equal(b.Cap) && a.Provisional == b.Provisional && slices.Equal(a.Explain, b.Explain) &&
		slices.EqualFunc(a.Steps, b.Steps, func(x, y deadline.Step) bool {
			return x.Name == y.Name && x.To == y.To && x.Every == y.Every && x.At.Equal(y.At) && x.Tell.Equal(y.Tell)
		})
}

// recountTicket stores the new counts of one ticket's clocks. The ticket's date
// is that of its answer's clock; where it moves the citizen reads why.
func (d *Desk) recountTicket(ctx context.Context, tx Tx, cal *deadline.Calendar, clocks []deadline.Clock, at time.Time, sum *recounted) error {
	shifts, stuck, err := d.recountAll(cal, clocks, at)
	sum.stuck += stuck
	if err != nil || len(shifts) == 0 {
		return err
	}
	sum.tickets++
	var answer, feedback *shift
	for i := range shifts {
		s := &shifts[i]
		sum.clocks++
		if !s.now.DueAt.Equal(s.was.DueAt) {
			sum.dates++
		}
		if err := tx.UpdateClock(ctx, s.now, s.was.Version); err != nil {
			return err
		}
		//nolint:exhaustive // the other dates stand with their clocks alone
		switch s.now.Purpose {
		case deadline.Answer:
			answer = s
		case deadline.Supervision:
			feedback = s
		}
	}
	if answer == nil && feedback == nil {
		return nil
	}
	t, err := tx.TicketByID(ctx, clocks[0].TicketID)
	if err != nil {
		return err
	}
	if feedback != nil {
		dated(&t, &feedback.now)
	}
	if answer == nil {
		return tx.UpdateTicket(ctx, t, t.Version)
	}
	return d.redate(ctx, tx, &t, answer, at)
}

// redate gives a ticket the date of its answer's clock.
func (d *Desk) redate(ctx context.Context, tx Tx, t *ticket.Ticket, answer *shift, at time.Time) error {
	was := t.Version
	before := t.DueAt
	dated(t, &answer.now)
	if t.DueAt.Equal(before) { // only whether it is certain has changed
		return tx.UpdateTicket(ctx, *t, was)
	}
	event, err := t.Apply(ticket.Command{
		Move: ticket.Note, EventID: newID(), At: at,
		Note: "放假安排更新，答复期限由" + deadline.Date(before) + "改为" + deadline.Date(t.DueAt) + "（日历" + answer.now.Calendar + "）。",
	})
	if err != nil {
		return err
	}
	event.Public = redated(before, t.DueAt, t.Provisional)
	if err := tx.UpdateTicket(ctx, *t, was); err != nil {
		return err
	}
	if err := tx.InsertEvent(ctx, event); err != nil {
		return err
	}
	if err := d.tellPerson(ctx, tx, t, whatRedated); err != nil || t.Conversation == "" {
		return err
	}
	return tx.Enqueue(ctx, noticeJob(JobNotifyCitizen, noticeArgs{Ticket: t.Number, What: whatRedated, Conversation: t.Conversation}, event.ID, at))
}

// redated is what the citizen reads of a date that moved.
func redated(before, after time.Time, provisional bool) string {
	text := "因放假安排公布或者调整，最晚答复日期由" + deadline.Date(before) + "改为" + deadline.Date(after)
	if provisional {
		text += "（暂定）"
	}
	return text + "。"
}

// MovedClock is a clock whose date a notice would move.
type MovedClock struct {
	Ticket      string // number
	Purpose     deadline.Purpose
	Rule        string
	Before      time.Time
	After       time.Time
	Provisional bool // after
}

// RuleCount is how many clocks of a rule a notice would move.
type RuleCount struct {
	Rule  string // id
	Name  string
	Moved int
}

// NoticePreview is what importing a notice would do.
type NoticePreview struct {
	Notice      deadline.Notice
	Replaces    *deadline.Notice // nil: the year had none
	Fingerprint string           // to be given when applying
	Calendar    string           // version it leads to
	Lines       []string         // what was understood
	Remarks     []string         // what to look at again; not wrong as such
	Working     int              // working days of the year
	Checked     int              // open clocks that may change
	Moved       int              // of them, whose date moves
	Settled     int              // of them, whose date stays and is provisional no longer
	Stuck       int              // of them, which cannot be counted by it and stay
	Rules       []RuleCount
	Clocks      []MovedClock // some of those that move, soonest first seen
}

// PreviewNotice says what importing a notice would do, and changes nothing. It
// lists the first clocks that move, of tickets a may see.
func (d *Desk) PreviewNotice(ctx context.Context, a Actor, draft NoticeDraft) (NoticePreview, error) {
	if !a.Calendar {
		return NoticePreview{}, noCalendar()
	}
	c, err := d.change(ctx, d.Store, draft)
	if err != nil {
		return NoticePreview{}, err
	}
	p := NoticePreview{Notice: c.notice, Replaces: c.replaced, Fingerprint: c.print, Calendar: c.to.Version(), Lines: c.notice.Lines()}
	working, off := c.notice.Balance()
	if p.Working = working; off != statutoryDays {
		p.Remarks = append(p.Remarks, fmt.Sprintf("扣除调休，工作日净放假%d天，与法定%d天不一致，请核对。", off, statutoryDays))
	}
	if c.since.IsZero() {
		p.Remarks = append(p.Remarks, "与现行日历没有不同。")
		return p, nil
	}
	moved := map[string]int{}
	for after := ""; ; {
		clocks, err := d.Store.ClocksDueFrom(ctx, c.since, after, previewBatch)
		if err != nil || len(clocks) == 0 {
			p.Rules = d.ruleCounts(moved)
			return p, err
		}
		after = clocks[len(clocks)-1].TicketID
		for group := range byTicket(clocks) {
			if err := d.previewTicket(ctx, a, &c, group, &p, moved); err != nil {
				return NoticePreview{}, err
			}
		}
	}
}

// previewTicket adds what would become of one ticket's clocks.
func (d *Desk) previewTicket(ctx context.Context, a Actor, c *change, clocks []deadline.Clock, p *NoticePreview, moved map[string]int) error {
	shifts, stuck, err := d.recountAll(c.to, clocks, d.at())
	if err != nil {
		return err
	}
	p.Checked += len(clocks)
	p.Stuck += stuck
	number := ""
	for i := range shifts {
		s := &shifts[i]
		if s.now.DueAt.Equal(s.was.DueAt) {
			if s.was.Provisional && !s.now.Provisional {
				p.Settled++
			}
			continue
		}
		p.Moved++
		moved[s.now.Rule]++
		if len(p.Clocks) >= movedShown {
			continue
		}
		if number == "" {
			t, err := d.Store.TicketByID(ctx, s.was.TicketID)
			if err != nil {
				return err
			}
			if !a.MaySee(&t) {
				continue
			}
			number = t.Number
		}
		p.Clocks = append(p.Clocks, MovedClock{
			Ticket: number, Purpose: s.now.Purpose, Rule: s.now.Rule, Before: s.was.DueAt, After: s.now.DueAt, Provisional: s.now.Provisional,
		})
	}
	return nil
}

func (d *Desk) ruleCounts(moved map[string]int) []RuleCount {
	var counts []RuleCount
	for id, n := range moved {
		rule, _ := d.Profile.Rule(id)
		counts = append(counts, RuleCount{Rule: id, Name: rule.Name, Moved: n})
	}
	slices.SortFunc(counts, func(a, b RuleCount) int { return cmp.Or(b.Moved-a.Moved, cmp.Compare(a.Rule, b.Rule)) })
	return counts
}
