package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// mostCallbacks is how many one list holds.
const mostCallbacks = 200

// CallbackCause says why somebody is called back.
type CallbackCause string

// The causes.
const (
	CauseAnswered  CallbackCause = "answered"
	CauseBadRating CallbackCause = "bad_rating" // or the matter is not solved
)

// CallbackCauses lists every cause.
func CallbackCauses() []CallbackCause { return []CallbackCause{CauseAnswered, CauseBadRating} }

// Name is the Chinese name of c.
func (c CallbackCause) Name() string {
	if c == CauseBadRating {
		return "评价不满意"
	}
	return "已答复"
}

// CallbackState is where a call-back stands.
type CallbackState string

// The states of a call-back.
const (
	CallWaiting     CallbackState = "waiting"
	CallReached     CallbackState = "reached"
	CallUnwanted    CallbackState = "unwanted"    // the citizen does not want to say anything
	CallUnreachable CallbackState = "unreachable" // nobody answered, again and again
	CallOver        CallbackState = "over"        // the citizen rated first, or the matter is handled again
)

// Callback is one call (回访) to be made to whoever got an answer.
type Callback struct {
	ID        string
	TicketID  string
	Ticket    string // number
	Round     int
	Unit      string // id of who led the ticket then
	Cause     CallbackCause
	State     CallbackState
	CreatedAt time.Time
	DueAt     time.Time
	RectifyAt time.Time // until when a bad rating is put right or explained; zero: there is none
	Attempts  int
	CalledBy  string // user id
	CalledAt  time.Time
	Version   int64
}

// Overdue reports whether the call should have been made by at.
func (c *Callback) Overdue(at time.Time) bool { return c.State == CallWaiting && at.After(c.DueAt) }

// CallbackReader reads call-backs.
type CallbackReader interface {
	Callback(ctx context.Context, id string) (Callback, error)
	// CallbacksOf returns those of a ticket, oldest first.
	CallbacksOf(ctx context.Context, ticketID string) ([]Callback, error)
	// Callbacks returns at most limit that wait, of tickets f finds, due soonest
	// first.
	Callbacks(ctx context.Context, f Filter, limit int) ([]Callback, error)
	// LateCallbacks counts those that wait at f.At though they were due before.
	LateCallbacks(ctx context.Context, f Filter) (LateCallbacks, error)
}

// LateCallbacks is how many calls should have been made already.
type LateCallbacks struct {
	N      int
	Oldest time.Time // when the first of them was due
}

// CallbackWriter writes them.
type CallbackWriter interface {
	// InsertCallback keeps a call to be made; one a round and cause, a second one is
	// skipped silently.
	InsertCallback(ctx context.Context, c Callback) error
	// UpdateCallback is guarded as UpdateTicket is.
	UpdateCallback(ctx context.Context, c Callback, was int64) error
}

// planCallback does to the call-backs of t what a move means for them: an answer
// has its citizen called, and so has a bad rating; a rating somebody took on the
// telephone, a good one and another round end what waits.
func (d *Desk) planCallback(ctx context.Context, tx Tx, t *ticket.Ticket, e *ticket.Event) error {
	//nolint:exhaustive // the other moves have nothing to do with it
	switch e.Move {
	case ticket.Release, ticket.AnswerWith:
		return d.insertCallback(ctx, tx, t, CauseAnswered, e.At)
	case ticket.Rate:
		if err := endCallback(ctx, tx, t.ID); err != nil || e.Actor != "" || !t.Dissatisfied() {
			return err
		}
		return d.insertCallback(ctx, tx, t, CauseBadRating, e.At)
	case ticket.Redo:
		return endCallback(ctx, tx, t.ID)
	}
	return nil
}

// insertCallback puts t on the list, unless nobody is to be called: who wrote a
// report (举报) is sealed, opinions are answered in public, and some gave no number.
func (d *Desk) insertCallback(ctx context.Context, tx Tx, t *ticket.Ticket, cause CallbackCause, at time.Time) error {
	if t.Restricted() || t.Kind.Profile().Consulted {
		return nil
	}
	who, err := tx.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	if who.Phone == "" {
		return nil
	}
	c := Callback{
		ID: newID(), TicketID: t.ID, Ticket: t.Number, Round: t.Round, Unit: t.Lead, Cause: cause, State: CallWaiting, CreatedAt: at, Version: 1,
	}
	due, err := d.Profile.StartFor(deadline.Callback, d.Calendar(), matterOf(t), at)
	if problem.HasCode(err, "deadline.no_rule") { // the bureau calls nobody
		return nil
	}
	if err != nil {
		return err
	}
	c.DueAt = due.Due
	if cause == CauseBadRating {
		rectify, err := d.Profile.StartFor(deadline.Rectify, d.Calendar(), matterOf(t), at)
		if err != nil && !problem.HasCode(err, "deadline.no_rule") {
			return err
		}
		c.RectifyAt = rectify.Due
	}
	return tx.InsertCallback(ctx, c)
}

// endCallback ends what waits for a ticket.
func endCallback(ctx context.Context, tx Tx, ticketID string) error {
	all, err := tx.CallbacksOf(ctx, ticketID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.State != CallWaiting {
			continue
		}
		was := c.Version
		c.State, c.Version = CallOver, was+1
		if err := tx.UpdateCallback(ctx, c, was); err != nil {
			return err
		}
	}
	return nil
}

// CallbackList is who is to be called, due soonest first, and how many of them
// should have been called already.
type CallbackList struct {
	At        time.Time
	Callbacks []Callback
	Overdue   int
}

// Callbacks lists whom a may call back. Whom to call stands behind
// [Desk.RevealContact], as everywhere.
func (d *Desk) Callbacks(ctx context.Context, a Actor) (CallbackList, error) {
	l := CallbackList{At: d.at()}
	if !a.Calls {
		return l, problem.New(problem.Denied, "callback.denied", "您的岗位不能办理回访。")
	}
	f := a.visible(Filter{At: l.At})
	late, err := d.Store.LateCallbacks(ctx, f)
	if err != nil {
		return l, err
	}
	l.Overdue = late.N
	l.Callbacks, err = d.Store.Callbacks(ctx, f, mostCallbacks)
	return l, err
}

// TellLateCalls tells the head of the task force, and after some time the leaders
// too, how many calls are late, once a day for as long as any is.
func (d *Desk) TellLateCalls(ctx context.Context) error {
	at := d.at()
	late, err := d.Store.LateCallbacks(ctx, Filter{At: at, Reports: true})
	if err != nil || late.N == 0 {
		return err
	}
	up, err := d.Profile.Add(d.Calendar(), late.Oldest, deadline.Budget{N: d.Profile.Bounds().LateCalls, Unit: deadline.WorkingDay})
	if err != nil {
		return err
	}
	told := []hearer{{assignment.TaskForce, toHead}}
	if at.After(up.Due) {
		told = append(told, hearer{d.Tree.Root().ID, toLeader})
	}
	jobs := make([]Job, len(told))
	for i, h := range told {
		args := noticeArgs{What: "callback.late", Unit: h.unit, To: h.to, About: strconv.Itoa(late.N) + "件"}
		jobs[i] = noticeJob(JobNotifyStaff, args, args.What+"/"+dayOf(at)+"/"+h.unit, at)
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, jobs...) })
}

// CallResult says how a call went.
type CallResult string

// The results of a call.
const (
	CallAnswered CallResult = "reached"
	CallNoAnswer CallResult = "no_answer"
	CallRefused  CallResult = "unwanted"
)

// CallResults lists every result.
func CallResults() []CallResult { return []CallResult{CallAnswered, CallNoAnswer, CallRefused} }

// Name is the Chinese name of r, or empty for an unknown result.
func (r CallResult) Name() string {
	switch r {
	case CallAnswered:
		return "接通"
	case CallNoAnswer:
		return "无人接听"
	case CallRefused:
		return "不愿评价"
	}
	return ""
}

// AfterCall says what follows for somebody who is not content.
type AfterCall string

// What may follow.
const (
	ThenNothing AfterCall = ""
	ThenRedo    AfterCall = "redo"
	ThenExplain AfterCall = "explain" // there is nothing to be done again: the note says why
)

// Called is what came of a call.
type Called struct {
	Version int64 // of the call-back as it was seen
	Result  CallResult
	Score   int // reached, where the answer is not rated yet
	Solved  bool
	Reasons []string
	Words   string // what the citizen said, may be empty
	Then    AfterCall
	Note    string // redo, explain: why
}

// RecordCall keeps what came of a call. Whoever is not content has the matter
// handled again, as often as a ticket may be, or has it explained; a person
// decides and says why. A refusal changes nothing and is audited.
func (d *Desk) RecordCall(ctx context.Context, a Actor, id string, r Called) (Callback, error) {
	if !a.Calls {
		return Callback{}, problem.New(problem.Denied, "callback.denied", "您的岗位不能办理回访。")
	}
	if strings.TrimSpace(r.Words) != "" {
		if f := channel.CheckText("/words", "来信人的话", r.Words, maxSupplied); f != nil {
			return Callback{}, problem.New(problem.Invalid, "rating.invalid", f.Message).With(*f)
		}
	}
	var c Callback
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		var t ticket.Ticket
		if c, t, err = callable(ctx, tx, a, id, r.Version); err != nil {
			return err
		}
		return d.called(ctx, tx, a, &c, &t, r)
	})
	if err == nil {
		return c, nil
	}
	if c.TicketID != "" {
		if lost := d.recordRefusal(ctx, a, "callback.refused", "ticket/"+c.TicketID, nil, err); lost != nil {
			return Callback{}, lost
		}
	}
	return Callback{}, err
}

// callable loads a call-back a may work on now.
func callable(ctx context.Context, tx Tx, a Actor, id string, version int64) (Callback, ticket.Ticket, error) {
	c, t, err := callback(ctx, tx, &a, id)
	if err == nil && (c.Version != version || c.State != CallWaiting) {
		err = problem.New(problem.Conflict, "callback.stale", "这项回访刚刚有了变化，请刷新后再试。")
	}
	return c, t, err
}

// callback loads a call-back of a ticket a may see.
func callback(ctx context.Context, r Reader, a *Actor, id string) (Callback, ticket.Ticket, error) {
	none := problem.New(problem.NotFound, "callback.not_found", "没有这项回访，或不在您的权限范围内。")
	c, err := r.Callback(ctx, id)
	if err != nil {
		return Callback{}, ticket.Ticket{}, notFoundAs(err, none)
	}
	t, err := r.TicketByID(ctx, c.TicketID)
	if err == nil && !a.MaySee(&t) {
		err = none
	}
	if err != nil {
		return Callback{}, t, err
	}
	return c, t, nil
}

// called stores a call and what follows from it.
func (d *Desk) called(ctx context.Context, tx Tx, a Actor, c *Callback, t *ticket.Ticket, r Called) error {
	at, was := d.at(), c.Version
	c.Attempts, c.CalledBy, c.CalledAt, c.Version = c.Attempts+1, a.ID, at, was+1
	switch r.Result {
	case CallAnswered:
		c.State = CallReached
	case CallRefused:
		c.State = CallUnwanted
	case CallNoAnswer:
		if c.Attempts >= d.Profile.Bounds().Attempts {
			c.State = CallUnreachable
			break
		}
		if at.After(c.DueAt) { // late is late until somebody is reached
			break
		}
		due, err := d.Profile.StartFor(deadline.Callback, d.Calendar(), matterOf(t), at)
		if err != nil {
			return err
		}
		c.DueAt = due.Due
	default:
		return problem.New(problem.Invalid, "callback.result", "请选择回访结果。")
	}
	if err := tx.UpdateCallback(ctx, *c, was); err != nil {
		return err
	}
	detail := map[string]string{"callback": c.ID, "state": string(c.State), "attempt": strconv.Itoa(c.Attempts)}
	if err := tx.Record(ctx, audit.Entry{At: at, Actor: a.ID, Action: "callback." + string(r.Result), Object: "ticket/" + t.ID, Detail: detail}); err != nil {
		return err
	}
	if c.State == CallWaiting {
		return nil
	}
	return d.heardOnCall(ctx, tx, a, c, t, r)
}

// heardOnCall keeps the rating given on the telephone and does what follows: a
// bad rating has an end whether its citizen was reached or not.
func (d *Desk) heardOnCall(ctx context.Context, tx Tx, a Actor, c *Callback, t *ticket.Ticket, r Called) error {
	move := func(c ticket.Command) error {
		c.EventID, c.Actor, c.Unit, c.At = d.NewID(), a.ID, a.Unit, d.at()
		return d.carry(ctx, tx, t, c, map[string]string{"by": "callback"})
	}
	if c.State == CallReached && c.Cause == CauseAnswered {
		if err := move(ticket.Command{Move: ticket.Rate, Score: r.Score, Solved: r.Solved, Reasons: r.Reasons, Note: r.Words}); err != nil {
			return err
		}
	}
	switch {
	case !t.Dissatisfied():
		return nil
	case r.Then == ThenRedo:
		return move(ticket.Command{Move: ticket.Redo, Reason: "unresolved", Note: r.Note, Lead: d.screeningUnit(t)})
	case r.Then != ThenExplain:
		return problem.New(problem.Invalid, "callback.then", "来信人不满意或者问题没有解决，请选择重办，或者写明解释说明。")
	}
	if err := move(ticket.Command{Move: ticket.Note, Note: r.Note}); err != nil { // which has to say something
		return err
	}
	if t.Status != ticket.Answered {
		return nil
	}
	return move(ticket.Command{Move: ticket.Close})
}
