package desk

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
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
	ApproveConsultation  ConsultationMove = "approve"
	LengthenConsultation ConsultationMove = "lengthen"
	DraftResult          ConsultationMove = "draft_result"
	ApproveResult        ConsultationMove = "approve_result"
	PublishResult        ConsultationMove = "publish"
)

// ConsultationCommand asks for a move.
type ConsultationCommand struct {
	Move    ConsultationMove
	Version int64                // the version the actor saw
	Content consultation.Content // edit
	Days    int                  // lengthen: in all
	Reason  string               // lengthen
	Text    string               // draft_result
	Clean   bool                 // approve_result: the actor has seen that no personal data is in it
}

// ConsultationView is everything staff see of a consultation.
type ConsultationView struct {
	consultation.Consultation

	Owner string             // shown name of the unit
	Now   consultation.Tally // what has become of the opinions until now
}

// consults reports whether a may draft what the unit at path asks about.
func (a *Actor) consults(path string) bool {
	return a.Consults && (a.Scope == "*" || path == a.Scope || strings.HasPrefix(path, a.Scope+"/"))
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
		return recordConsultation(ctx, tx, a.ID, "draft", &c, nil, at)
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
	code := refusalCode(refusal)
	if code == "" || !known {
		return refusal
	}
	lost := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{
			At: d.at(), Actor: a.ID, Action: "consultation.refused", Object: "consultation/" + id, Detail: map[string]string{"move": move, "code": code},
		})
	})
	if lost != nil {
		return lost
	}
	return refusal
}

func (d *Desk) moveConsultation(ctx context.Context, tx Tx, a Actor, now *consultation.Consultation, c ConsultationCommand, t consultation.Tally) error {
	if err := a.mayConsult(now, c); err != nil {
		return err
	}
	at, was := d.at(), now.Version
	if err := d.applyConsultation(a, now, c, t, at); err != nil {
		return err
	}
	if err := tx.UpdateConsultation(ctx, *now, was); err != nil {
		return err
	}
	detail := map[string]string{"state": string(now.State)}
	if c.Move == LengthenConsultation {
		detail["days"] = strconv.Itoa(c.Days)
	}
	if err := recordConsultation(ctx, tx, a.ID, string(c.Move), now, detail, at); err != nil {
		return err
	}
	return tx.Enqueue(ctx, followJobs(now, at)...)
}

// mayConsult checks that a may make the move c, on the version a saw.
func (a *Actor) mayConsult(c *consultation.Consultation, m ConsultationCommand) error {
	owns := a.consults(c.UnitPath)
	if !owns && !a.Publishes {
		return noConsultation()
	}
	allowed := owns
	switch m.Move {
	case ApproveConsultation, ApproveResult, PublishResult:
		allowed = a.Publishes
	case EditConsultation, LengthenConsultation, DraftResult:
	default:
		return problem.New(problem.Invalid, "consultation.unknown_move", "没有这种操作。")
	}
	switch {
	case !allowed:
		return problem.New(problem.Denied, "consultation.denied", "您的岗位不能进行这项操作。")
	case m.Version != c.Version:
		return problem.New(problem.Conflict, "consultation.stale", "这一期征求意见刚刚有了变化，请刷新后再操作。")
	}
	return nil
}

func (d *Desk) applyConsultation(a Actor, now *consultation.Consultation, c ConsultationCommand, t consultation.Tally, at time.Time) error {
	switch c.Move {
	case EditConsultation:
		return now.Edit(a.ID, c.Content, d.leastDays(), at)
	case ApproveConsultation:
		return now.Approve(a.ID, d.period, at)
	case LengthenConsultation:
		return now.Lengthen(a.ID, c.Days, c.Reason, d.period, at)
	case DraftResult:
		return now.DraftResult(a.ID, c.Text, at)
	case ApproveResult:
		return now.ApproveResult(a.ID, t, c.Clean, at)
	case PublishResult:
		return now.Publish(t, at)
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
	raw, _ := json.Marshal(f) // plain values always marshal
	key := JobFollow + "/" + f.Consultation + "/" + strconv.FormatInt(f.Version, 10) + "/" + f.After + "/" + f.Until.UTC().Format(time.RFC3339Nano)
	run := at
	if f.Until.After(at) {
		run = f.Until
	}
	return Job{ID: newID(), Kind: JobFollow, Key: key, Args: raw, State: JobReady, RunAt: run, CreatedAt: at}
}

// followJobs are what has to follow from a change of c: its opinions now, itself
// when its time comes.
func followJobs(c *consultation.Consultation, at time.Time) []Job {
	var jobs []Job
	if c.State == consultation.Open || c.State == consultation.Reported {
		jobs = append(jobs, followed{Consultation: c.ID, Version: c.Version}.job(at))
	}
	if next := c.Next(); !next.IsZero() {
		jobs = append(jobs, followed{Consultation: c.ID, Version: c.Version, Until: next}.job(at))
	}
	return jobs
}

// follow carries out such a job. Whatever was changed since it was queued has
// jobs of its own.
func (d *Desk) follow(ctx context.Context, tx Tx, j Job) error {
	var f followed
	if err := json.Unmarshal(j.Args, &f); err != nil {
		return problem.New(problem.Internal, "job.args", "任务参数无法读取。").Because(err)
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
	jobs := followJobs(c, at)
	if c.State == consultation.Closed {
		due, err := d.Profile.StartFor(deadline.Answer, d.Calendar(), aboutOpinions(), c.Period.ClosesAt)
		if err != nil {
			return err
		}
		jobs = append(jobs,
			consultationNotice(c, "consultation.closed", c.Unit, toHandler, at),
			followed{Consultation: c.ID, Version: c.Version, Until: due.Due}.job(at))
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
