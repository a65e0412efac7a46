package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// maxSignalWords bounds what is written at a move, in characters.
const maxSignalWords = 1000

// SignalCommand asks for a move with a signal.
type SignalCommand struct {
	Move        signal.Move
	Version     int64  // the version the actor saw; acknowledge needs none
	Words       string // why; assess, close and merge need them, and so does a press conference
	Level       signal.Level
	Category    string // assess; empty: as it is
	Unit        string // assess: id of who is responsible; empty: as it is
	Ticket      string // respond: number of a ticket of public opinion that is there already
	Title, Text string // respond: of the ticket to be opened
	Channel     signal.Channel
	Published   string // release: id of a published text; empty: the answer of the ticket
	Disposition signal.Disposition
	Into        string // merge: id of the other signal
}

// MoveSignal lets a do something with a signal. A refusal changes nothing and is
// audited.
func (d *Desk) MoveSignal(ctx context.Context, a Actor, id string, c SignalCommand) (SignalView, error) {
	a = d.deputed(a)
	if strings.TrimSpace(c.Words) != "" {
		if f := channel.CheckText("/words", "情况说明", c.Words, maxSignalWords); f != nil {
			return SignalView{}, problem.New(problem.Invalid, "signal.words", f.Message).With(*f)
		}
	}
	var view SignalView
	known := false
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		s, err := tx.Signal(ctx, id)
		if err != nil {
			return err
		}
		known = true
		v, ok, err := d.signalView(ctx, tx, &a, s)
		switch {
		case err != nil:
			return err
		case !ok:
			return noSignal()
		case c.Move != signal.Acknowledge && !a.assesses(&v):
			return problem.New(problem.Denied, "signal.denied", "您的岗位不能进行这项操作。")
		case c.Move != signal.Acknowledge && c.Version != s.Version:
			return problem.New(problem.Conflict, "signal.stale", "这项信号刚刚有了变化，请刷新后再操作。")
		}
		if err := d.moveSignal(ctx, tx, a, &s, &v, c); err != nil {
			return err
		}
		view, _, err = d.signalView(ctx, tx, &a, s)
		return err
	})
	if err == nil || !known {
		return view, err
	}
	detail := map[string]string{"move": "unknown"} // nothing a client made up
	if c.Move.Name() != "" {
		detail["move"] = string(c.Move)
	}
	if lost := d.recordRefusal(ctx, a, "signal.refused", "signal/"+id, detail, err); lost != nil {
		return SignalView{}, lost
	}
	return SignalView{}, err
}

// moveSignal makes a move and stores all that goes with it.
func (d *Desk) moveSignal(ctx context.Context, tx Tx, a Actor, s *signal.Signal, v *SignalView, c SignalCommand) error {
	m := signal.Command{
		Move: c.Move, By: a.ID, At: d.at(), Words: strings.TrimSpace(c.Words), Level: s.Level, Category: s.Category, Unit: s.Unit, UnitPath: s.UnitPath,
		Disposition: c.Disposition,
	}
	if !slices.Contains(s.State.Moves(), c.Move) {
		return s.Apply(m) // refuses it, before anything else is done
	}
	m.Mine = func(t signal.Told) bool { return d.isFor(&a, &t, avoidedBy(v.all)) }
	was := s.Version
	var err error
	//nolint:exhaustive // the others need nothing else
	switch c.Move {
	case signal.Assess:
		err = d.assess(&m, v, c)
	case signal.Respond:
		m.Response, err = d.answerSignal(ctx, tx, a, s, v, c)
	case signal.Release:
		m.Published, err = d.makePublic(ctx, tx, a, s, c)
	case signal.Merge:
		m.Into, err = d.mergeSignal(ctx, tx, a, s, c.Into)
	}
	if err == nil {
		err = s.Apply(m)
	}
	if err == nil && c.Move == signal.Assess && s.Level == signal.Major {
		err = d.tellMajor(ctx, tx, s, v.all)
	}
	if err != nil {
		return err
	}
	if err := tx.UpdateSignal(ctx, *s, was); err != nil {
		return err
	}
	if s.Finished() {
		if err := tx.Enqueue(ctx, closedNotices(s, v.all)...); err != nil {
			return err
		}
	}
	return d.recordSignal(ctx, tx, s, a.ID, "signal."+string(c.Move), map[string]string{
		"disposition": string(s.Disposition), "into": s.Into, "response": s.Response,
	})
}

// assesses reports whether a may decide what becomes of a signal: only of what a
// may read.
func (a *Actor) assesses(v *SignalView) bool {
	return len(v.Letters) > 0 && a.any(func(a *Actor) bool { return a.Assesses })
}

// assess fills in what somebody thinks of a signal.
func (d *Desk) assess(m *signal.Command, v *SignalView, c SignalCommand) error {
	m.Level, m.Category = cmp.Or(c.Level, v.Level), cmp.Or(c.Category, v.Category)
	if m.Level.Name() == "" {
		return problem.New(problem.Invalid, "signal.level", "请选择一般或者重大。").With(problem.Field{Pointer: "/level", Code: "unknown", Message: "请选择级别。"})
	}
	if _, ok := d.Signs.Category(m.Category); !ok && c.Category != "" {
		return problem.New(problem.Invalid, "signal.category", "没有这个类别。").With(problem.Field{Pointer: "/category", Code: "unknown", Message: "没有这个类别。"})
	}
	u, ok := d.Tree.ByID(cmp.Or(c.Unit, v.Unit))
	switch {
	case !ok:
		return problem.New(problem.Invalid, "signal.unit", "没有这个单位。").With(problem.Field{Pointer: "/unit", Code: "unknown", Message: "没有这个单位。"})
	case slices.ContainsFunc(v.all, func(t ticket.Ticket) bool { return t.Avoids(u.Path) }):
		return problem.New(problem.Conflict, "signal.avoid", "有来信涉及这个单位，不能由它负责，请选择其他单位。")
	}
	m.Unit, m.UnitPath = u.ID, u.Path
	return nil
}

// answerSignal is the id of the ticket of public opinion that answers a signal: one
// that is there, or a new one, whose clocks begin now.
func (d *Desk) answerSignal(ctx context.Context, tx Tx, a Actor, s *signal.Signal, v *SignalView, c SignalCommand) (string, error) {
	if c.Ticket != "" {
		t, err := seen(ctx, tx, a, c.Ticket)
		if err != nil {
			return "", err
		}
		if t.Kind != channel.Signal || t.Status.Final() {
			return "", problem.New(problem.Invalid, "signal.ticket", "只能关联正在办理的舆情件。").With(problem.Field{Pointer: "/ticket", Code: "kind", Message: "请填写正在办理的舆情件的编号。"})
		}
		return t.ID, nil
	}
	o := Opening{Actor: &a, Unit: s.Unit, Letter: channel.Letter{
		Source: channel.Watch, Kind: channel.Signal, Title: c.Title, Text: c.Text, Category: v.all[0].Category, District: s.District,
	}}
	if s.Level == signal.Major {
		o.Letter.Urgency = channel.Critical
	}
	if err := o.Letter.Check(); err != nil {
		return "", err
	}
	n, err := d.prepare(o, consultation.Consultation{})
	if err != nil {
		return "", err
	}
	return n.ticket.ID, d.open(ctx, tx, n)
}

// makePublic is a release, once what it says happens with the ticket of public
// opinion: the first statement is its answer, which meets its first clock; a
// press conference meets the other. Every statement was read and published.
func (d *Desk) makePublic(ctx context.Context, tx Tx, a Actor, s *signal.Signal, c SignalCommand) (signal.Published, error) {
	p := signal.Published{At: d.at(), Channel: c.Channel, By: a.ID, Words: strings.TrimSpace(c.Words)}
	t, err := tx.TicketByID(ctx, s.Response)
	if err != nil {
		return p, err
	}
	along := func(m Command) error {
		m.Version = t.Version
		if err := a.moves(ctx, tx, &t, m); err != nil {
			return err
		}
		return d.move(ctx, tx, a, &t, m)
	}
	switch {
	case c.Channel == signal.Press:
		return p, along(Command{Move: ticket.Brief, Note: p.Words})
	case c.Channel != signal.Statement:
		return p, problem.New(problem.Invalid, "signal.channel", "请选择发布方式。").With(problem.Field{Pointer: "/channel", Code: "unknown", Message: "请选择发布方式。"})
	case c.Published != "":
		p.Text = c.Published
		return p, isPublished(ctx, tx, c.Published)
	}
	p.Text = t.Number
	switch {
	case slices.ContainsFunc(s.Releases, func(was signal.Published) bool { return was.Text == p.Text }):
		return p, problem.New(problem.Conflict, "signal.released", "这份答复已经作为权威信息发布过，继续发布的请写明已发布文稿的编号。")
	case t.Status == ticket.Answered || t.Status == ticket.Closed:
		return p, nil
	}
	return p, along(Command{Move: ticket.Release})
}

// isPublished checks that the public has a text.
func isPublished(ctx context.Context, r ReviewReader, id string) error {
	it, err := r.Review(ctx, id)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	if err != nil || it.Live == 0 || it.Audience != review.Public {
		return problem.New(problem.Invalid, "signal.published", "只能记录经过审核并已发布的文稿。").With(problem.Field{Pointer: "/published", Code: "unknown", Message: "没有这份已发布的文稿。"})
	}
	return nil
}

// mergeSignal gives the letters of a signal to another one.
func (d *Desk) mergeSignal(ctx context.Context, tx Tx, a Actor, s *signal.Signal, into string) (string, error) {
	o, err := tx.Signal(ctx, into)
	if err != nil {
		return "", err
	}
	v, ok, err := d.signalView(ctx, tx, &a, o)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", noSignal()
	case o.ID == s.ID || o.Finished() || o.Restricted != s.Restricted:
		return "", problem.New(problem.Conflict, "signal.merge", "不能并入这项信号：它已经办结，或者其中只有一项涉及举报。")
	}
	rises := s.Level == signal.Major && o.Level != signal.Major
	o.Join(d.at(), s.Tickets, s.Evidence...)
	if rises {
		letters, err := tx.TicketsByID(ctx, o.Tickets)
		if err != nil {
			return "", err
		}
		o.Level = signal.Major
		if err := d.tellMajor(ctx, tx, &o, byAge(letters)); err != nil {
			return "", err
		}
	}
	if err := tx.UpdateSignal(ctx, o, v.Version); err != nil {
		return "", err
	}
	return o.ID, d.recordSignal(ctx, tx, &o, a.ID, "signal.join", map[string]string{"merged": s.ID})
}

// closedNotices tell whoever was told of a signal that it is over.
func closedNotices(s *signal.Signal, letters []ticket.Ticket) []Job {
	var jobs []Job
	for _, t := range s.Told { // a post told twice has one notice: the key is the same
		jobs = append(jobs, staffJob(&letters[len(letters)-1], "signal.closed", t.Unit, t.To, s.ID+"/"+t.Unit+"/"+t.To, s.UpdatedAt))
	}
	return jobs
}
