package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	maxAppeal   = 1000 // characters of an appeal and of its decision
	mostAppeals = 200  // of one list
)

// AppealState is where an appeal stands.
type AppealState string

// The states of an appeal.
const (
	AppealWaiting   AppealState = "waiting"
	AppealUpheld    AppealState = "upheld"
	AppealDismissed AppealState = "dismissed"
)

// Name is the Chinese name of s.
func (s AppealState) Name() string {
	switch s {
	case AppealWaiting:
		return "待审定"
	case AppealUpheld:
		return "成立"
	case AppealDismissed:
		return "不成立"
	}
	return ""
}

// Appeal is what a unit has against a rating (申诉), and what became of it. A
// rating can be appealed against once.
type Appeal struct {
	ID        string
	TicketID  string
	Ticket    string // number
	Seq       int64  // of the step that is the rating
	Unit      string // id of whose work was rated
	Score     int
	Solved    bool
	RatedAt   time.Time
	Reason    string // a code of [ticket.AppealReasons]
	Words     string // sealed at rest
	State     AppealState
	Appellant string // user id
	FiledAt   time.Time
	Clock     string    // id of what it is waited for by; empty: the rules know no date
	DueAt     time.Time // of the clock
	DecidedBy string
	DecidedAt time.Time
	Decision  string // why; sealed at rest
	// Struck says that figures do not count the rating: the appeal was upheld before
	// the month of the rating was closed.
	Struck  bool
	Version int64
}

// Overdue reports whether a should have been decided by at.
func (a *Appeal) Overdue(at time.Time) bool {
	return a.State == AppealWaiting && !a.DueAt.IsZero() && at.After(a.DueAt)
}

// ReasonName is the Chinese name of a's reason.
func (a *Appeal) ReasonName() string {
	for _, r := range ticket.AppealReasons() {
		if r.Code == a.Reason {
			return r.Name
		}
	}
	return ""
}

// UpheldAppeals is how many ratings of a unit were found unfair.
type UpheldAppeals struct {
	Unit   string // id
	Struck int    // before their month was closed
	Late   int    // afterwards: it counts them
}

// AppealReader reads appeals.
type AppealReader interface {
	Appeal(ctx context.Context, id string) (Appeal, error)
	// AppealsOf returns those of a ticket, in the order of its ratings.
	AppealsOf(ctx context.Context, ticketID string) ([]Appeal, error)
	// Appeals returns at most limit in a state, of tickets f finds, oldest first.
	Appeals(ctx context.Context, f Filter, state AppealState, limit int) ([]Appeal, error)
	// UpheldAppeals counts those against ratings given from one time until before
	// another, by unit.
	UpheldAppeals(ctx context.Context, from, until time.Time) ([]UpheldAppeals, error)
}

// AppealWriter writes them.
type AppealWriter interface {
	// InsertAppeal keeps an appeal; a second one against the same rating is a
	// Conflict "appeal.twice".
	InsertAppeal(ctx context.Context, a Appeal) error
	// UpdateAppeal is guarded as UpdateTicket is.
	UpdateAppeal(ctx context.Context, a Appeal, was int64) error
}

// belongs reports whether a works in a unit, or below it; below the bureau itself
// everybody does, and somebody has to decide.
func (a *Actor) belongs(unit string) bool {
	return a.Unit == unit || slices.Contains(strings.Split(a.Path, "/")[1:], unit)
}

// MayDecide reports whether a may decide an appeal: a second person, who is
// neither of the unit nor the appellant.
func (a *Actor) MayDecide(ap *Appeal) bool {
	return a.Judges && ap.State == AppealWaiting && a.ID != ap.Appellant && !a.belongs(ap.Unit)
}

// FileAppeal appeals against the latest rating of a ticket for the unit whose
// work it is about, within the time the rules give. A refusal is audited.
func (d *Desk) FileAppeal(ctx context.Context, a Actor, number, reason, words string) (Appeal, error) {
	if !a.Appeals {
		return Appeal{}, problem.New(problem.Denied, "appeal.denied", "您的岗位不能对评价提出申诉。")
	}
	if f := channel.CheckText("/words", "申诉的事实和理由", words, maxAppeal); f != nil {
		return Appeal{}, problem.New(problem.Invalid, "appeal.words", f.Message).With(*f)
	}
	if !slices.ContainsFunc(ticket.AppealReasons(), func(r ticket.Reason) bool { return r.Code == reason }) {
		return Appeal{}, problem.New(problem.Invalid, "appeal.reason", "请从列表中选择申诉的理由。")
	}
	ap := Appeal{ID: d.NewID(), Reason: reason, Words: words, State: AppealWaiting, Appellant: a.ID, FiledAt: d.at(), Version: 1}
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := seen(ctx, tx, a, number)
		if err != nil {
			return err
		}
		ap.TicketID, ap.Ticket = t.ID, t.Number
		if err := d.appealable(ctx, tx, &a, &t, &ap); err != nil {
			return err
		}
		return d.keepAppeal(ctx, tx, &t, &ap)
	})
	if err != nil {
		return Appeal{}, d.appealRefused(ctx, a, ap.TicketID, err)
	}
	return ap, nil
}

// appealRefused is a refusal, once it is in the trail.
func (d *Desk) appealRefused(ctx context.Context, a Actor, ticketID string, refusal error) error {
	if ticketID == "" {
		return refusal
	}
	return cmp.Or(d.recordRefusal(ctx, a, "appeal.refused", "ticket/"+ticketID, nil, refusal), refusal)
}

// appealable fills in the latest rating of t, if a may appeal against it now.
func (d *Desk) appealable(ctx context.Context, tx Tx, a *Actor, t *ticket.Ticket, ap *Appeal) error {
	if t.Restricted() {
		return problem.New(problem.Conflict, "appeal.restricted", "举报件的评价不计入统计和考核，不需要申诉。")
	}
	events, err := tx.Events(ctx, t.ID)
	if err != nil {
		return err
	}
	var e *ticket.Event
	for i := range events {
		if events[i].Move == ticket.Rate {
			e = &events[i]
		}
	}
	if e == nil || !e.Contestable() {
		return problem.New(problem.Conflict, "appeal.no_rating", "这件来信没有不满意或者没有解决的评价，不需要申诉。")
	}
	ap.Seq, ap.Unit, ap.Score, ap.Solved, ap.RatedAt = e.Seq, cmp.Or(e.Lead, t.Lead), e.Score, e.Solved, e.At
	if !within(d.Tree.Path(ap.Unit), a.Path) {
		return problem.New(problem.Denied, "appeal.not_yours", "只有当时的承办单位可以对评价提出申诉。")
	}
	earlier, err := tx.AppealsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(earlier, func(o Appeal) bool { return o.Seq == e.Seq }) {
		return problem.New(problem.Conflict, "appeal.twice", "这条评价已经提出过申诉，不能再次申诉。")
	}
	return d.inTimeToAppeal(t, e.At, ap.FiledAt)
}

func (d *Desk) inTimeToAppeal(t *ticket.Ticket, rated, at time.Time) error {
	until, err := d.Profile.StartFor(deadline.Appeal, d.Calendar(), matterOf(t), rated)
	switch {
	case problem.HasCode(err, "deadline.no_rule"):
		return problem.New(problem.Conflict, "appeal.none", "本地的规定里没有评价申诉。")
	case err != nil:
		return err
	case at.After(until.Due):
		return problem.New(problem.Conflict, "appeal.late",
			"对评价的申诉应当在评价之日起"+until.Budget.Text()+"内提出，期限到"+deadline.Date(until.Due)+"为止，现在已经超过。")
	}
	return nil
}

// keepAppeal stores an appeal with the clock it is waited for by, and tells those
// who may decide.
func (d *Desk) keepAppeal(ctx context.Context, tx Tx, t *ticket.Ticket, ap *Appeal) error {
	clocks, err := d.startClock(nil, t, deadline.Verdict, assignment.TaskForce, ap.FiledAt)
	if err != nil {
		return err
	}
	if len(clocks) > 0 {
		ap.Clock, ap.DueAt = clocks[0].ID, clocks[0].DueAt
	}
	if err := tx.InsertClock(ctx, clocks...); err != nil {
		return err
	}
	if err := tx.InsertAppeal(ctx, *ap); err != nil {
		return err
	}
	if err := recordAppeal(ctx, tx, ap, ap.Appellant, "appeal.file", ap.FiledAt); err != nil {
		return err
	}
	decides := hearer{assignment.TaskForce, toTaskForce}
	if ap.Unit == assignment.TaskForce || slices.Contains(t.Avoid, assignment.TaskForce) {
		decides = hearer{d.Tree.Root().ID, toLeader}
	}
	return tx.Enqueue(ctx, staffJob(t, "appeal.filed", decides.unit, decides.to, ap.ID, ap.FiledAt))
}

func recordAppeal(ctx context.Context, tx Tx, ap *Appeal, actor, action string, at time.Time) error {
	detail := map[string]string{"appeal": ap.ID, "unit": ap.Unit, "reason": ap.Reason}
	if ap.Struck {
		detail["struck"] = "true"
	}
	return tx.Record(ctx, audit.Entry{At: at, Actor: actor, Action: action, Object: "ticket/" + ap.TicketID, Detail: detail})
}

// DecideAppeal upholds or dismisses an appeal, for a reason in words. Upheld, the
// rating stays where it is and counts in no figure, unless the month it belongs
// to is closed: that never changes. A refusal is audited.
func (d *Desk) DecideAppeal(ctx context.Context, a Actor, id string, version int64, uphold bool, words string) (Appeal, error) {
	if !a.Judges {
		return Appeal{}, problem.New(problem.Denied, "appeal.denied", "您的岗位不能审定评价申诉。")
	}
	if f := channel.CheckText("/words", "审定意见", words, maxAppeal); f != nil {
		return Appeal{}, problem.New(problem.Invalid, "appeal.words", f.Message).With(*f)
	}
	var ap Appeal
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		var t ticket.Ticket
		if ap, t, err = appealFor(ctx, tx, &a, id, version); err != nil {
			return err
		}
		was := ap.Version
		ap.State, ap.DecidedBy, ap.DecidedAt, ap.Decision, ap.Version = AppealDismissed, a.ID, d.at(), words, was+1
		if uphold {
			ap.State = AppealUpheld
			if ap.Struck, err = stillOpen(ctx, tx, ap.RatedAt); err != nil {
				return err
			}
		}
		if err := tx.UpdateAppeal(ctx, ap, was); err != nil {
			return err
		}
		return d.afterAppeal(ctx, tx, &t, &ap)
	})
	if err != nil {
		return Appeal{}, d.appealRefused(ctx, a, ap.TicketID, err)
	}
	return ap, nil
}

// appealFor loads an appeal a may decide now.
func appealFor(ctx context.Context, tx Tx, a *Actor, id string, version int64) (Appeal, ticket.Ticket, error) {
	none := problem.New(problem.NotFound, "appeal.not_found", "没有这件申诉，或不在您的权限范围内。")
	ap, err := tx.Appeal(ctx, id)
	if err != nil {
		return Appeal{}, ticket.Ticket{}, notFoundAs(err, none)
	}
	t, err := tx.TicketByID(ctx, ap.TicketID)
	switch {
	case err != nil:
		return ap, t, err
	case !a.MaySee(&t):
		return Appeal{}, t, none
	case a.ID == ap.Appellant:
		return ap, t, problem.New(problem.Denied, "appeal.own", "申诉人不能审定自己提出的申诉。")
	case a.belongs(ap.Unit):
		return ap, t, problem.New(problem.Denied, "appeal.handling", "承办单位的人员不能审定本单位的申诉。")
	case ap.State != AppealWaiting || ap.Version != version:
		return ap, t, problem.New(problem.Conflict, "appeal.stale", "这件申诉已经审定，或者刚刚有了变化，请刷新后再试。")
	}
	events, err := tx.Events(ctx, t.ID)
	if slices.ContainsFunc(events, func(e ticket.Event) bool { return e.Seq == ap.Seq && e.Actor == a.ID }) {
		return ap, t, problem.New(problem.Denied, "appeal.recorded", "在电话里记录这条评价的人不能审定对它的申诉，请由另一人审定。")
	}
	return ap, t, err
}

// stillOpen reports whether the month of a moment is not closed, and keeps it so
// until the end of the transaction.
func stillOpen(ctx context.Context, tx Tx, at time.Time) (bool, error) {
	if err := tx.HoldMonths(ctx); err != nil {
		return false, err
	}
	_, err := tx.FrozenMonth(ctx, at.In(deadline.Beijing()).Format(monthLayout))
	if problem.KindOf(err) == problem.NotFound {
		return true, nil
	}
	return false, err
}

// afterAppeal stops the clock of an appeal that is decided, and tells the unit.
func (d *Desk) afterAppeal(ctx context.Context, tx Tx, t *ticket.Ticket, ap *Appeal) error {
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if was := c.Version; c.ID == ap.Clock && c.Met(ap.DecidedAt) {
			if err := tx.UpdateClock(ctx, c, was); err != nil {
				return err
			}
		}
	}
	if err := recordAppeal(ctx, tx, ap, ap.DecidedBy, "appeal."+string(ap.State), ap.DecidedAt); err != nil {
		return err
	}
	return tx.Enqueue(ctx, staffJob(t, "appeal."+string(ap.State), ap.Unit, toHead, ap.ID, ap.DecidedAt))
}

// Appeals lists the appeals in a state that a has to do with, oldest first: those
// a unit of a's has made, or those a may decide.
func (d *Desk) Appeals(ctx context.Context, a Actor, state AppealState) ([]Appeal, error) {
	if !a.Appeals && !a.Judges {
		return nil, problem.New(problem.Denied, "appeal.denied", "您的岗位不能查看评价申诉。")
	}
	return d.Store.Appeals(ctx, a.visible(Filter{}), state, mostAppeals)
}

// uncounted tells a citizen that a rating stays on record and is counted in no
// figure, and why.
func (d *Desk) uncounted(ctx context.Context, t *ticket.Ticket, line *Timeline) error {
	all, err := d.Store.AppealsOf(ctx, t.ID)
	for i := range all {
		if ap := &all[i]; ap.Struck {
			line.Steps = append(line.Steps, TimelineStep{At: ap.DecidedAt, Text: "承办单位对您的评价提出申诉，经复核成立：" + ap.ReasonName() + "。您的评价仍然保留在记录里，但不计入满意度统计。"})
		}
	}
	slices.SortStableFunc(line.Steps, func(a, b TimelineStep) int { return a.At.Compare(b.At) })
	return err
}

// newestSettled is the newest month that is over and whose ratings nobody can
// appeal against any more.
func (d *Desk) newestSettled() (time.Time, error) {
	at := d.at().In(deadline.Beijing())
	for running := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, deadline.Beijing()); ; running = running.AddDate(0, -1, 0) {
		settled, err := d.settled(running)
		if err != nil || !at.Before(settled) {
			return running.AddDate(0, -1, 0), err
		}
	}
}

// settled is when appeals against the last ratings before a moment have been
// filed and decided, if all goes well. Where the calendar does not reach so far
// nobody waits: no month stays open for want of a notice of holidays.
func (d *Desk) settled(until time.Time) (time.Time, error) {
	for _, p := range []deadline.Purpose{deadline.Appeal, deadline.Verdict} {
		r, err := d.Profile.StartFor(p, d.Calendar(), deadline.Matter{}, until.Add(-time.Microsecond))
		switch {
		case problem.HasCode(err, "deadline.no_rule"), problem.HasCode(err, "deadline.no_calendar"):
		case err != nil:
			return until, err
		default:
			until = r.Due.Add(time.Microsecond)
		}
	}
	return until, nil
}

// upheldLate are the ratings of units in a's scope that a closed month counts
// though they were found unfair.
func (d *Desk) upheldLate(ctx context.Context, a *Actor, month string) ([]UpheldAppeals, error) {
	from, until, err := deadline.ParseMonth(month)
	if err != nil {
		return nil, err
	}
	all, err := d.Store.UpheldAppeals(ctx, from, until)
	return slices.DeleteFunc(all, func(u UpheldAppeals) bool { return u.Late == 0 || !a.covers(d.Tree.Path(u.Unit)) }), err
}
