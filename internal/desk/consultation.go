package desk

import (
	"context"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// mostConsultations bounds a list: a bureau asks the public some ten times a year.
const mostConsultations = 200

// ConsultationReader reads consultations and what the public said.
type ConsultationReader interface {
	// Consultation returns one. Inside a transaction it also locks it until the
	// end: no opinion slips in while it is lengthened or published.
	Consultation(ctx context.Context, id string) (consultation.Consultation, error)
	// Consultations returns at most limit in one of the states, newest first.
	Consultations(ctx context.Context, states []consultation.State, limit int) ([]consultation.Consultation, error)
	// Opinions returns at most limit opinions on one, in the order of their ids,
	// after one.
	Opinions(ctx context.Context, consultationID, after string, limit int) ([]Opinion, error)
	// ConsultationFigures counts what happened from one time to before another.
	ConsultationFigures(ctx context.Context, from, until time.Time) (ConsultationFigures, error)
}

// ConsultationWriter writes consultations.
type ConsultationWriter interface {
	InsertConsultation(ctx context.Context, c consultation.Consultation) error
	// UpdateConsultation stores c where the row still has version was; otherwise
	// it is a Conflict "consultation.stale".
	UpdateConsultation(ctx context.Context, c consultation.Consultation, was int64) error
}

// ConsultationFigures are the figures of 征集调查 in the yearly report of a
// government website.
type ConsultationFigures struct {
	Opened   int // 期数
	Opinions int // 收到意见数量
	Reported int // 公布调查结果期数
}

// ConsultationMove is what somebody does with a consultation.
type ConsultationMove string

// The moves of a consultation (the wire values of POST …/moves).
const (
	EditConsultation     ConsultationMove = "edit"
	LengthenConsultation ConsultationMove = "lengthen"
	DraftResult          ConsultationMove = "draft_result"
)

// ConsultationCommand asks for a move.
type ConsultationCommand struct {
	Move    ConsultationMove
	Version int64                // the version the actor saw
	Content consultation.Content // edit
	Days    int                  // lengthen: in all
	Reason  string               // lengthen
	Text    string               // draft_result
}

// ConsultationView is everything staff see of a consultation.
type ConsultationView struct {
	consultation.Consultation

	Owner string             // shown name of the unit
	Now   consultation.Tally // what has become of the opinions until now
}

// consults reports whether a may draft what the unit at path asks about.
func (a *Actor) consults(path string) bool {
	return a.Consults && a.covers(path)
}

func noConsultation() error {
	return problem.New(problem.NotFound, "consultation.not_found", "没有这一期征求意见。")
}

// DraftConsultation begins a consultation of a unit; empty: of a's own.
func (d *Desk) DraftConsultation(ctx context.Context, a Actor, unit string, content consultation.Content) (ConsultationView, error) {
	if unit == "" {
		unit = a.Unit
	}
	path := d.Tree.Path(unit)
	if path == "" || !a.consults(path) {
		return ConsultationView{}, problem.New(problem.Denied, "consultation.denied", "您的岗位不能为这个单位起草征求意见。")
	}
	at := d.at()
	c, err := consultation.New(newID(), unit, path, a.ID, content, d.leastDays(), at)
	if err != nil {
		return ConsultationView{}, err
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertConsultation(ctx, c); err != nil {
			return err
		}
		if err := recordConsultation(ctx, tx, a.ID, "draft", &c, nil, at); err != nil {
			return err
		}
		return d.reviewConsultation(ctx, tx, a, &c, consultation.Tally{}, false)
	})
	return d.consultationView(&c, consultation.Tally{}), err
}

// MoveConsultation lets a do something with a consultation. A refusal changes
// nothing and is audited.
func (d *Desk) MoveConsultation(ctx context.Context, a Actor, id string, c ConsultationCommand) (ConsultationView, error) {
	var view ConsultationView
	known := false // there is one, whether a may move it or not
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.Consultation(ctx, id)
		if err != nil {
			return err
		}
		known = true
		tally, err := tallied(ctx, tx, &now)
		if err != nil {
			return err
		}
		if err := d.moveConsultation(ctx, tx, a, &now, c, tally); err != nil {
			return err
		}
		view = d.consultationView(&now, tally)
		return nil
	})
	return view, d.refusedConsultation(ctx, a, id, string(c.Move), known, err)
}

// refusedConsultation notes that a tried what the rules do not allow, with a
// consultation that is known, and returns the refusal.
func (d *Desk) refusedConsultation(ctx context.Context, a Actor, id, move string, known bool, refusal error) error {
	if !known {
		return refusal
	}
	if lost := d.recordRefusal(ctx, a, "consultation.refused", "consultation/"+id, map[string]string{"move": move}, refusal); lost != nil {
		return lost
	}
	return refusal
}

func (d *Desk) moveConsultation(ctx context.Context, tx Tx, a Actor, now *consultation.Consultation, c ConsultationCommand, t consultation.Tally) error {
	if err := a.mayConsult(now, c); err != nil {
		return err
	}
	at, was := d.at(), now.Version
	if err := d.applyConsultation(a, now, c, at); err != nil {
		return err
	}
	var detail map[string]string
	if c.Move == LengthenConsultation {
		detail = map[string]string{"days": strconv.Itoa(c.Days)}
	}
	if err := d.keepConsultation(ctx, tx, a, now, was, string(c.Move), detail); err != nil || c.Move == LengthenConsultation {
		return err
	}
	return d.reviewConsultation(ctx, tx, a, now, t, c.Move == DraftResult)
}

// keepConsultation stores what became of c, and queues what has to follow.
func (d *Desk) keepConsultation(ctx context.Context, tx Tx, a Actor, c *consultation.Consultation, was int64, what string, detail map[string]string) error {
	if err := tx.UpdateConsultation(ctx, *c, was); err != nil {
		return err
	}
	at := c.UpdatedAt
	if err := recordConsultation(ctx, tx, a.ID, what, c, merged(detail, map[string]string{"state": string(c.State)}), at); err != nil {
		return err
	}
	jobs, err := d.followJobs(c, at)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, jobs...)
}

// mayConsult checks that a may make the move c, on the version a saw.
func (a *Actor) mayConsult(c *consultation.Consultation, m ConsultationCommand) error {
	owns := a.consults(c.UnitPath)
	if !owns && !a.Publishes {
		return noConsultation()
	}
	switch m.Move {
	case EditConsultation, LengthenConsultation, DraftResult:
	default:
		return problem.New(problem.Invalid, "consultation.unknown_move", "没有这种操作。")
	}
	switch {
	case !owns:
		return problem.New(problem.Denied, "consultation.denied", "您的岗位不能进行这项操作。")
	case m.Version != c.Version:
		return problem.New(problem.Conflict, "consultation.stale", "这一期征求意见刚刚有了变化，请刷新后再操作。")
	}
	return nil
}

func (d *Desk) applyConsultation(a Actor, now *consultation.Consultation, c ConsultationCommand, at time.Time) error {
	switch c.Move {
	case EditConsultation:
		return now.Edit(a.ID, c.Content, d.leastDays(), at)
	case LengthenConsultation:
		return now.Lengthen(a.ID, c.Days, c.Reason, d.period, at)
	case DraftResult:
		return now.DraftResult(a.ID, c.Text, at)
	}
	return nil // mayConsult knows no other
}

// aboutOpinions is what the rules of deadlines look at.
func aboutOpinions() deadline.Matter { return deadline.Matter{Kind: string(channel.Opinion)} }

// leastDays is how long the rule wants the public to be asked.
func (d *Desk) leastDays() int {
	for _, r := range d.Profile.Rules(aboutOpinions()) {
		if r.Purpose == deadline.Consult {
			return r.Budget.N
		}
	}
	return 0
}

func (d *Desk) period(days int, opens time.Time) (consultation.Period, error) {
	r, err := d.Profile.Period(deadline.Consult, d.Calendar(), aboutOpinions(), days, opens)
	return consultation.PeriodOf(days, r), err
}

func recordConsultation(ctx context.Context, tx Tx, actor, what string, c *consultation.Consultation, detail map[string]string, at time.Time) error {
	return tx.Record(ctx, audit.Entry{At: at, Actor: actor, Action: "consultation." + what, Object: "consultation/" + c.ID, Detail: detail})
}

// StaffConsultations lists what a may see, newest first.
func (d *Desk) StaffConsultations(ctx context.Context, a Actor) ([]ConsultationView, error) {
	if !a.Consults && !a.Publishes {
		return nil, problem.New(problem.Denied, "consultation.denied", "您的岗位不能查看征求意见的管理信息。")
	}
	all, err := d.Store.Consultations(ctx, consultation.States(), mostConsultations)
	if err != nil {
		return nil, err
	}
	var views []ConsultationView
	for i := range all {
		if c := &all[i]; a.Publishes || a.consults(c.UnitPath) {
			views = append(views, d.consultationView(c, consultation.Tally{}))
		}
	}
	return views, nil
}

// StaffConsultation shows one with what has become of its opinions until now.
func (d *Desk) StaffConsultation(ctx context.Context, a Actor, id string) (ConsultationView, error) {
	c, err := d.Store.Consultation(ctx, id)
	if err != nil {
		return ConsultationView{}, err
	}
	if !a.Publishes && !a.consults(c.UnitPath) {
		return ConsultationView{}, noConsultation()
	}
	t, err := tallied(ctx, d.Store, &c)
	return d.consultationView(&c, t), err
}

// Consultations lists what the public is or was asked, newest first.
func (d *Desk) Consultations(ctx context.Context) ([]ConsultationView, error) {
	all, err := d.Store.Consultations(ctx, []consultation.State{consultation.Open, consultation.Closed, consultation.Reported}, mostConsultations)
	if err != nil {
		return nil, err
	}
	views := make([]ConsultationView, len(all))
	for i := range all {
		views[i] = d.consultationView(&all[i], consultation.Tally{})
	}
	return views, nil
}

// Consultation shows one to the public. What is not public yet does not exist.
func (d *Desk) Consultation(ctx context.Context, id string) (ConsultationView, error) {
	c, err := d.Store.Consultation(ctx, id)
	if err == nil && !c.State.Public() {
		err = noConsultation()
	}
	if err != nil {
		return ConsultationView{}, err
	}
	return d.consultationView(&c, consultation.Tally{}), nil
}

func (d *Desk) consultationView(c *consultation.Consultation, t consultation.Tally) ConsultationView {
	u, _ := d.Tree.ByID(c.Unit)
	return ConsultationView{Consultation: *c, Owner: u.Name, Now: t}
}

// YearOfConsultations counts what a calendar year's report wants to know.
func (d *Desk) YearOfConsultations(ctx context.Context, a Actor, year int) (ConsultationFigures, error) {
	if !a.Consults && !a.Publishes {
		return ConsultationFigures{}, problem.New(problem.Denied, "consultation.denied", "您的岗位不能查看征求意见的统计。")
	}
	from := time.Date(year, time.January, 1, 0, 0, 0, 0, deadline.Beijing())
	return d.Store.ConsultationFigures(ctx, from, from.AddDate(1, 0, 0))
}
