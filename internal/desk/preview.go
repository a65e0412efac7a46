package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
)

// likelyTwin is from which probability on another letter is worth a warning.
const likelyTwin = linkedOther

// MovePreview is what a move would do. It was done, and undone.
type MovePreview struct {
	Before, After ticket.Ticket
	Lead, Holder  string // shown names after it
	Clocks        []ClockChange
	Tells         []Telling
	Warnings      []Warning
}

// ClockChange is a clock a move touches.
type ClockChange struct {
	Before *ExplainedClock // nil: the move starts it
	After  ExplainedClock
}

// Telling is somebody a move tells, by one way.
type Telling struct {
	Ticket  string // number
	Channel string // desk, chat, or the carrier
	Unit    string // shown name; empty: not of the house
	To      string // post, as of notifications; empty: not of the house
	Person  string // shown name, where it is for one
	Why     string // Chinese: why not; empty: they are told
}

// WarningCode says what somebody should look at before a move.
type WarningCode string

// The warnings.
const (
	WarnTwin        WarningCode = "duplicate" // another open letter seems to be about the same matter
	WarnLate        WarningCode = "late"      // a date that would be running is over
	WarnProvisional WarningCode = "provisional"
	WarnRecused     WarningCode = "recused" // somebody in the unit has to keep away
)

// Warning is something to look at before a move.
type Warning struct {
	Code    WarningCode
	Text    string   // Chinese
	Tickets []string // numbers
}

// PreviewMove says what [Desk.Move] would do, by doing it in a transaction that is
// rolled back. It refuses what the move would refuse; nobody has tried anything,
// so that no refusal is audited.
func (d *Desk) PreviewMove(ctx context.Context, a Actor, number string, c Command) (MovePreview, error) {
	a = d.deputed(a)
	undone := errors.New("desk: a preview is undone")
	var p MovePreview
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		w := &witness{Tx: tx}
		if p, err = d.rehearse(ctx, w, a, number, c); err != nil {
			return err
		}
		p.Tells, err = d.tellings(ctx, w, p.After.Number, ticket.NormaliseNumber(c.Into))
		if err == nil {
			err = undone
		}
		return err
	})
	if !errors.Is(err, undone) {
		return MovePreview{}, err
	}
	p.Warnings, err = d.warnings(ctx, a, &p, c)
	return p, err
}

// rehearse makes the move and compares the ticket before it and after.
func (d *Desk) rehearse(ctx context.Context, w *witness, a Actor, number string, c Command) (MovePreview, error) {
	before, err := seen(ctx, w, a, number)
	if err != nil {
		return MovePreview{}, err
	}
	clocks, err := w.Clocks(ctx, before.ID)
	if err != nil {
		return MovePreview{}, err
	}
	p := MovePreview{Before: before, After: before}
	if err := d.attempt(ctx, w, a, &p.After, c); err != nil {
		return MovePreview{}, unseen(err)
	}
	lead, _ := d.Tree.ByID(p.After.Lead)
	p.Lead, p.Holder = lead.Name, d.nameOf(p.After.Holder)
	turned, err := w.Clocks(ctx, before.ID)
	p.Clocks = clockChanges(d.explained(&before, clocks), d.explained(&p.After, turned))
	return p, err
}

// nameOf is the name of a member of staff; empty: nobody known.
func (d *Desk) nameOf(id string) string {
	dir := d.people.Load()
	if dir == nil {
		return ""
	}
	p, _ := dir.Person(id)
	return p.Name
}

// clockChanges are the clocks that differ.
func clockChanges(before, after []ExplainedClock) []ClockChange {
	var cs []ClockChange
	for _, now := range after {
		i := slices.IndexFunc(before, func(c ExplainedClock) bool { return c.ID == now.ID })
		switch {
		case i < 0:
			cs = append(cs, ClockChange{After: now})
		case before[i].Version != now.Version:
			cs = append(cs, ClockChange{Before: &before[i], After: now})
		}
	}
	return cs
}

// witness is a transaction that notes who is told.
type witness struct {
	Tx

	jobs       []Job
	notices    []Notification
	lines      []DigestLine
	deliveries []Delivery
}

func (w *witness) Enqueue(ctx context.Context, jobs ...Job) error {
	w.jobs = append(w.jobs, jobs...)
	return w.Tx.Enqueue(ctx, jobs...)
}

func (w *witness) InsertNotification(ctx context.Context, n Notification) error {
	w.notices = append(w.notices, n)
	return w.Tx.InsertNotification(ctx, n)
}

func (w *witness) AddToDigest(ctx context.Context, ls ...DigestLine) error {
	w.lines = append(w.lines, ls...)
	return w.Tx.AddToDigest(ctx, ls...)
}

func (w *witness) InsertDelivery(ctx context.Context, ds ...Delivery) error {
	w.deliveries = append(w.deliveries, ds...)
	return w.Tx.InsertDelivery(ctx, ds...)
}

// tellings does the work that tells people of some tickets, and says whom it told.
func (d *Desk) tellings(ctx context.Context, w *witness, numbers ...string) ([]Telling, error) {
	var ts []Telling
	add := func(t Telling) {
		if t.Ticket != "" && slices.Contains(numbers, t.Ticket) {
			ts = append(ts, t)
		}
	}
	for _, j := range w.jobs {
		if j.Kind != JobNotifyStaff && j.Kind != JobNotifyCitizen {
			continue
		}
		args, err := argsOf[noticeArgs](j)
		if err == nil {
			_, err = d.WorkJob(ctx, w, j)
		}
		if err != nil {
			return nil, err
		}
		if j.Kind == JobNotifyCitizen {
			add(Telling{Ticket: args.Ticket, Channel: "chat"})
		}
	}
	for i := range w.notices {
		add(d.toldOnDesk(&w.notices[i]))
	}
	for _, l := range w.lines {
		t := Telling{Ticket: l.Ticket, Channel: CarrierOf(l.Recipient)}
		if t.Channel != RobotCarrier {
			t.Channel, t.Person = EmailCarrier, d.nameOf(NameOf(l.Recipient))
		}
		add(t)
	}
	for i := range w.deliveries {
		v := &w.deliveries[i]
		add(Telling{Ticket: v.Ticket, Channel: CarrierOf(v.Route), Why: whyUntold(v)})
	}
	return ts, nil
}

func (d *Desk) toldOnDesk(n *Notification) Telling {
	t := Telling{Ticket: n.Ticket, Channel: "desk", To: n.To}
	if user, ok := strings.CutPrefix(n.Unit, assignment.AboutUser("")); ok {
		t.Person = d.nameOf(user)
		return t
	}
	u, _ := d.Tree.ByID(n.Unit)
	t.Unit = u.Name
	return t
}

// warnings says what is worth a look before the move c.
func (d *Desk) warnings(ctx context.Context, a Actor, p *MovePreview, c Command) ([]Warning, error) {
	warnings := append(d.recused(p, c), dateWarnings(p, d.at())...)
	if !p.Before.Status.Allows(ticket.Dispatch) || p.Before.Restricted() || c.Move == ticket.Merge {
		return warnings, nil
	}
	s, err := d.Suggestions(ctx, a, p.Before.Number)
	if err != nil {
		return nil, err
	}
	var twins []string
	for _, t := range s.Similar {
		if t.Probability >= likelyTwin && t.Ticket.Status.Open() {
			twins = append(twins, t.Ticket.Number)
		}
	}
	if len(twins) > 0 {
		warnings = append(warnings, Warning{Code: WarnTwin, Text: "还有来信可能反映同一件事，请先看是否并单。", Tickets: twins})
	}
	return warnings, nil
}

// recused warns where somebody in a unit that gets the ticket has to keep away.
func (d *Desk) recused(p *MovePreview, c Command) []Warning {
	dir := d.people.Load()
	if dir == nil {
		return nil
	}
	for _, id := range append([]string{c.Unit}, c.Co...) {
		for i := range dir.People {
			if who := &dir.People[i]; who.Unit == id && slices.Contains(p.After.Avoid, assignment.AboutUser(who.ID)) {
				return []Warning{{Code: WarnRecused, Text: "来信涉及该单位的人员，当事人须回避，看不到这件来信。"}}
			}
		}
	}
	return nil
}

// dateWarnings warns of dates that would run and are over, or not certain yet.
func dateWarnings(p *MovePreview, at time.Time) (ws []Warning) {
	for i := range p.Clocks {
		c := &p.Clocks[i].After
		if !c.Open() || c.Standing() {
			continue
		}
		if !c.DueAt.After(at) {
			ws = append(ws, Warning{Code: WarnLate, Text: c.Purpose.Name() + "的期限已经过了。"})
		}
		if c.Provisional {
			ws = append(ws, Warning{Code: WarnProvisional, Text: c.Purpose.Name() + "的期限跨到节假日安排还没有公布的年份，公布后会重新计算。"})
		}
	}
	return ws
}
