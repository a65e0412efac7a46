package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// HotlineCarrier begins the sources and routes of 12345 platforms.
const HotlineCarrier = "12345"

// takeOrder takes a message of a platform.
func (d *Desk) takeOrder(ctx context.Context, tx Tx, in *Inbound) (committed func(), err error) {
	p, ok := d.platform(NameOf(in.Source))
	if !ok || p.Manual() {
		return nil, problem.New(problem.Invalid, "order.platform", "没有接入这个12345平台。")
	}
	a, err := p.Read(in.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	a.On(in.ReceivedAt)
	in.Subject, err = d.takeAct(ctx, tx, p.ID, &a)
	return func() {}, err
}

// platform finds a platform by its id.
func (d *Desk) platform(id string) (Platform, bool) {
	i := slices.IndexFunc(d.Platforms, func(p Platform) bool { return p.ID == id })
	if i < 0 {
		return Platform{}, false
	}
	return d.Platforms[i], true
}

// unreadable is a message that breaks the rules of its platform; err names fields
// and rules, nothing of what was in them.
func unreadable(err error) error {
	return problem.New(problem.Invalid, "order.invalid", clip("平台的消息不符合约定："+err.Error(), ticket.MaxPublic))
}

// takeAct does what an act of a platform means here, once, and returns the number
// of the ticket it is about. What cannot be is refused with a reason.
func (d *Desk) takeAct(ctx context.Context, tx Tx, platform string, a *hotline.Act) (string, error) {
	if err := a.Check(); err != nil {
		return "", unreadable(err)
	}
	id, known, err := tx.ActKnown(ctx, platform, a.Key())
	if err != nil {
		return "", err
	}
	if known {
		o, err := tx.Order(ctx, id)
		return o.Ticket, err
	}
	o, err := d.act(ctx, tx, platform, a)
	if err != nil {
		return "", err
	}
	return o.Ticket, tx.InsertOrderAct(ctx, OrderAct{ID: d.NewID(), OrderID: o.ID, Platform: platform, Key: a.Key(), At: d.at(), Act: *a})
}

// act is the order after an act nobody has taken yet.
func (d *Desk) act(ctx context.Context, tx Tx, platform string, a *hotline.Act) (Order, error) {
	if a.Kind == hotline.ActDispatch {
		return d.dispatched(ctx, tx, platform, a)
	}
	if a.Kind == hotline.ActReopen {
		return d.reopened(ctx, tx, platform, a)
	}
	o, err := orderOf(ctx, tx, platform, a)
	if err != nil {
		return o, err
	}
	err = d.acted(ctx, tx, &o, a)
	return o, err
}

// orderOf is the order an act is about. One that is not here may still come: the
// platform's messages need not come in order.
func orderOf(ctx context.Context, r OrderReader, platform string, a *hotline.Act) (o Order, err error) {
	if key := a.DispatchKey(); key != "" {
		o, err = r.OrderByDispatch(ctx, platform, string(a.OrderNo), key)
	} else {
		o, err = r.LatestOrder(ctx, platform, string(a.OrderNo))
	}
	if problem.KindOf(err) == problem.NotFound {
		o, err = pushedOrder(ctx, r, platform, a)
	}
	if problem.KindOf(err) == problem.NotFound {
		err = problem.New(problem.Unavailable, "inbox.early", "本系统没有这件12345工单，或者派单还没有到。")
	}
	return o, err
}

// dispatched takes an order in. The dispatch after a result or a visit is the same
// matter, to be handled again.
func (d *Desk) dispatched(ctx context.Context, tx Tx, platform string, a *hotline.Act) (Order, error) {
	number := string(a.OrderNo)
	known, err := tx.OrderByDispatch(ctx, platform, number, a.DispatchKey())
	if err == nil || problem.KindOf(err) != problem.NotFound {
		return known, err
	}
	latest, err := tx.LatestOrder(ctx, platform, number)
	switch {
	case problem.KindOf(err) == problem.NotFound:
		return d.openOrder(ctx, tx, platform, a.Order, nil, number)
	case err != nil:
		return latest, err
	case latest.Outward:
		return d.comesBack(ctx, tx, &latest, a)
	case order.Reopened.Allows(latest.State):
		return d.redispatch(ctx, tx, &latest, a)
	case latest.State.Open():
		return latest, problem.New(problem.Conflict, "order.still_open", "这件12345工单的上一次派单还在办理，不能再次派单。")
	}
	was, err := tx.TicketByID(ctx, latest.TicketID)
	if err != nil {
		return latest, err
	}
	return d.openOrder(ctx, tx, platform, a.Order, &was, number+"#"+a.DispatchKey())
}

// reopened takes an order up again that was answered. One that was never here
// comes as new, where the platform says what it is about.
func (d *Desk) reopened(ctx context.Context, tx Tx, platform string, a *hotline.Act) (Order, error) {
	latest, err := tx.LatestOrder(ctx, platform, string(a.OrderNo))
	switch {
	case problem.KindOf(err) == problem.NotFound && a.Order != nil:
		return d.openOrder(ctx, tx, platform, a.Order, nil, string(a.OrderNo))
	case problem.KindOf(err) == problem.NotFound:
		return latest, problem.New(problem.Unavailable, "inbox.early", "本系统没有要重办的12345工单，或者派单还没有到。")
	case err != nil:
		return latest, err
	case latest.Outward:
		return d.comesBack(ctx, tx, &latest, a)
	}
	return d.redispatch(ctx, tx, &latest, a)
}

// redispatch ends the dispatch an order had and begins the next one, with the ticket
// handled again.
func (d *Desk) redispatch(ctx context.Context, tx Tx, latest *Order, a *hotline.Act) (Order, error) {
	state, err := order.Reopened.After(latest.State)
	if err != nil {
		return *latest, err
	}
	if err := d.keepOrder(ctx, tx, latest, state); err != nil {
		return *latest, err
	}
	next := Order{ID: d.NewID(), Platform: latest.Platform, Number: latest.Number, State: order.ToSign, TicketID: latest.TicketID, Ticket: latest.Ticket, Body: latest.Body}
	if a.Order != nil {
		next.Body = *a.Order
	}
	if a.Deadlines != nil {
		next.Body.Deadlines = *a.Deadlines
	} else if a.Order == nil { // the dates of the dispatch that is over are none of the next one
		next.Body.Deadlines = hotline.Deadlines{}
	}
	if a.Order == nil { // its files are here
		next.Body.Attachments = nil
	}
	if key := a.DispatchKey(); key != "" && key != latest.Dispatch {
		next.Body.DispatchSeq, next.Body.DispatchNo = a.DispatchSeq, a.DispatchNo
	} else {
		next.Body.DispatchSeq = max(latest.Body.DispatchSeq, 1) + 1
	}
	if err := d.handleAgain(ctx, tx, &next, said(order.Reopened, a)); err != nil {
		return next, err
	}
	if err := d.beginOrder(ctx, tx, &next); err != nil {
		return next, err
	}
	err = d.signOn(ctx, tx, &next)
	return next, err
}

// signOn signs for an order whose ticket is already being handled: no step of it
// would any more.
func (d *Desk) signOn(ctx context.Context, tx Tx, o *Order) error {
	t, err := tx.TicketByID(ctx, o.TicketID)
	if err != nil || !t.Dispatched() || !t.Status.Open() {
		return err
	}
	op := d.newOp(o, &t, hotline.OpSign, d.at())
	return d.issue(ctx, tx, o, &t, &op)
}

// openOrder makes an order a letter and a ticket, known by origin. was is the ticket
// of the same matter before; nil: there is none.
func (d *Desk) openOrder(ctx context.Context, tx Tx, platform string, body *hotline.Order, was *ticket.Ticket, origin string) (Order, error) {
	o := Order{ID: d.NewID(), Platform: platform, Number: string(body.OrderNo), State: order.ToSign, Body: *body}
	o.Body.Platform = platform
	if err := d.openTicket(ctx, tx, &o, was, origin); err != nil {
		return o, err
	}
	err := d.beginOrder(ctx, tx, &o)
	return o, err
}

// openTicket opens a ticket for an order. What was found out about the matter in
// an earlier ticket holds for this one: its kind, which staff may have changed, and
// who must keep away. A report (举报) stays one, whoever calls it something else.
func (d *Desk) openTicket(ctx context.Context, tx Tx, o *Order, was *ticket.Ticket, origin string) error {
	l, note, err := letterOf(o, origin)
	if err != nil {
		return err
	}
	upstream, unknown := d.unitNamed(&o.Body.Dispatch.LeadUnit)
	opening := Opening{Letter: l, Upstream: upstream}
	if was != nil {
		opening.Avoid = was.Avoid
		if l.Kind != channel.Report { // not checked again, as where staff change a kind: there is nobody to ask
			opening.Letter.Kind = was.Kind
		}
	}
	if opening.Letter.Kind == channel.Report { // who looks into a report is told by nobody else
		opening.Upstream = ""
	}
	n, err := d.prepare(opening, consultation.Consultation{})
	if err != nil {
		return err
	}
	n.event.Note = strings.Join(slices.DeleteFunc([]string{n.event.Note, note, unknown}, func(s string) bool { return s == "" }), "；")
	if err := d.open(ctx, tx, n); err != nil {
		if problem.HasCode(err, "ticket.taken") { // the number is drawn anew when it is tried again
			err = problem.New(problem.Unavailable, "ticket.taken", "编号重复，请稍后再试。").Because(err)
		}
		return err
	}
	o.TicketID, o.Ticket = n.ticket.ID, n.ticket.Number
	return nil
}

// beginOrder stores an order that begins, and sees to its files and to whoever has
// to sign for it in time.
func (d *Desk) beginOrder(ctx context.Context, tx Tx, o *Order) error {
	at := d.at()
	o.Dispatch, o.SignBy, o.ReplyBy = o.Body.DispatchKey(), o.Body.Deadlines.SignBy, o.Body.Deadlines.ReplyBy
	o.ReceivedAt, o.UpdatedAt, o.Version = at, at, 1
	if err := tx.InsertOrder(ctx, *o); err != nil {
		return err
	}
	due := o.SignBy
	if due.IsZero() { // the platform gives none
		t, err := tx.TicketByID(ctx, o.TicketID)
		if err != nil {
			return err
		}
		due = t.DueAt
	}
	if err := tx.Enqueue(ctx, orderAlarm{Order: o.ID}.job(alarmAt(due, at), at)); err != nil {
		return err
	}
	return d.addOrderFiles(ctx, tx, o, o.Body.Attachments)
}

// stepOrder stores an order after a step of ours, which the table has to allow.
func (d *Desk) stepOrder(ctx context.Context, tx Tx, o *Order, s order.Step) error {
	to, err := s.After(o.State)
	if err != nil {
		return err
	}
	return d.keepOrder(ctx, tx, o, to)
}

// keepOrder stores an order that has moved on to a state.
func (d *Desk) keepOrder(ctx context.Context, tx Tx, o *Order, to order.State) error {
	was := o.Version
	o.State, o.UpdatedAt, o.Version = to, d.at(), was+1
	return tx.UpdateOrder(ctx, *o, was)
}

// unitNamed is the id of the unit of ours a platform names; empty: it names none,
// or the bureau itself, in full or in short (市公安局). One nobody here knows is the
// task force's, with a note that says so.
func (d *Desk) unitNamed(u *hotline.UnitRef) (id, note string) {
	root := d.Tree.Root()
	for _, known := range d.Tree.Units() {
		if known.ID != root.ID && (known.ID == string(u.Code) || u.Name != "" && known.Name == u.Name) {
			return known.ID, ""
		}
	}
	named := cmp.Or(u.Name, string(u.Code))
	short := strings.HasSuffix(root.Name, u.Name) && strings.HasSuffix(u.Name, "公安局")
	if named == "" || named == root.Name || named == root.ID || short {
		return "", ""
	}
	return assignment.TaskForce, "平台指派的单位“" + clip(named, channel.MaxName) + "”不在本局目录"
}

// letterOf is the letter an order is. What does not fit into one is cut, and stays
// whole in the order; note tells of it.
func letterOf(o *Order, origin string) (l channel.Letter, note string, err error) {
	b := &o.Body
	l = channel.Letter{
		Source: channel.H12345, Kind: kindOf(b.AppealType), Urgency: urgencyOf(b.Urgency), Category: string(b.Category.Code), District: string(b.Place.RegionCode),
		Title: clip(strings.Join(strings.Fields(b.Title), " "), channel.MaxTitle), Text: b.Content,
		Origin: channel.Origin{Platform: o.Platform, ID: origin[max(0, len(origin)-maxOrigin):], Due: b.Deadlines.ReplyBy},
	}
	if l.Title == "" {
		l.Title = clip(strings.Join(strings.Fields(b.Content), " "), titleOfText)
	}
	if address := strings.TrimSpace(b.Place.Address); address != "" {
		l.Text += "\n\n地点：" + address
	}
	l.Text = clip(l.Text, channel.MaxText)
	if b.Appellant.Phone != "" || b.Appellant.Name != "" {
		l.Contact = &channel.Contact{Name: clip(b.Appellant.Name, channel.MaxName), Phone: string(b.Appellant.Phone)}
	}
	var notes []string
	if err = l.Check(); err != nil && l.Contact != nil && faulty(err, "/contact") {
		l.Contact, notes = nil, append(notes, "诉求人的联系方式不完整，见12345工单原文")
		err = l.Check()
	}
	if b.Dispatch.Mode == hotline.Copied {
		notes = append(notes, "12345平台抄送")
	}
	if opinion := strings.TrimSpace(b.Dispatch.Opinion); opinion != "" {
		notes = append(notes, clip("交办意见："+opinion, ticket.MaxPublic))
	}
	return l, strings.Join(notes, "；"), err
}

const (
	maxOrigin   = 64 // bytes of an origin's number, as a letter has it
	titleOfText = 30 // characters of the text that name a letter without a title
)

// faulty reports whether a letter is refused for a part below pointer.
func faulty(err error, pointer string) bool {
	e, ok := errors.AsType[*problem.Error](err)
	return ok && slices.ContainsFunc(e.Fields, func(f problem.Field) bool { return strings.HasPrefix(f.Pointer, pointer) })
}

// kindOf is the kind of letter an appeal is; one the platform does not name asks
// for help.
func kindOf(t hotline.AppealType) channel.Kind {
	switch t {
	case hotline.Consult:
		return channel.Consult
	case hotline.Complaint:
		return channel.Complaint
	case hotline.Report:
		return channel.Report
	case hotline.Suggest:
		return channel.Suggestion
	case hotline.Praise:
		return channel.Praise
	case hotline.Help:
	}
	return channel.Help
}

func urgencyOf(u hotline.Urgency) channel.Urgency {
	switch u {
	case hotline.Urgent:
		return channel.Urgent
	case hotline.Critical:
		return channel.Critical
	case hotline.Normal:
	}
	return channel.Ordinary
}

// said is what a platform did and wrote, for an internal note.
func said(s order.Step, a *hotline.Act) string {
	return clip("12345平台"+s.Name()+"："+WordsOf(a), ticket.MaxNote)
}

// WordsOf is what a platform wrote with an act.
func WordsOf(a *hotline.Act) string {
	words := []string{a.Opinion}
	if v := a.Visit; v != nil {
		words = append(words, v.SatisfactionResult.Title(), v.Reason, v.Content)
	}
	if a.Supplement != nil {
		words = append(words, a.Supplement.Content)
		if n := len(a.Supplement.Attachments); n > 0 {
			words = append(words, "附件"+strconv.Itoa(n)+"个")
		}
	}
	if a.Receipt != nil {
		words = append(words, a.Receipt.Message)
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return strings.TrimSpace(w) == "" }), "；")
}
