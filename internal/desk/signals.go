package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// mostSignals is how many one list holds.
const mostSignals = 200

// SignalReader reads weak signals, and what they are found by.
type SignalReader interface {
	// Signal returns one. Inside a transaction it also locks it until the end.
	Signal(ctx context.Context, id string) (signal.Signal, error)
	// Signals returns at most limit in one of the states, major ones first, then the
	// newest.
	Signals(ctx context.Context, states []signal.State, limit int) ([]signal.Signal, error)
	// SignalsOf returns those that any of the tickets belongs to, oldest first.
	SignalsOf(ctx context.Context, ticketIDs []string) ([]signal.Signal, error)
	// WrittenBySame returns the ids of the tickets since a time of whoever wrote a
	// letter, by telephone number, oldest first; never of a report, an opinion or
	// what staff found themselves.
	WrittenBySame(ctx context.Context, letterID string, since time.Time) ([]string, error)
	// Writers counts the people who wrote the letters of tickets, by telephone
	// number; those who gave none count as one.
	Writers(ctx context.Context, ticketIDs []string) (int, error)
}

// SignalWriter writes weak signals.
type SignalWriter interface {
	InsertSignal(ctx context.Context, s signal.Signal) error
	// UpdateSignal is guarded as UpdateTicket is. Tickets are only added.
	UpdateSignal(ctx context.Context, s signal.Signal, was int64) error
}

// SignalView is a signal as somebody may see it: of letters they may not see
// there is neither a passage nor a number, and they are not counted.
type SignalView struct {
	signal.Signal

	CategoryName string
	Owner        string // shown name of the responsible unit
	Letters      []ticket.Ticket
	Answer       string        // number of the ticket that answers it, where the viewer may see that
	Late         bool          // it was told later than the watchlist wants
	Waits        bool          // for the viewer to acknowledge it
	Allowed      []signal.Move // what the viewer may do now
	Categories   []signal.Category
	People       map[string]string // names by user id

	all []ticket.Ticket // oldest first
}

// Signals lists the signals a may see, major ones first, then the newest: those
// that are over, or the others.
func (d *Desk) Signals(ctx context.Context, a Actor, finished bool) ([]SignalView, error) {
	a = d.deputed(a)
	if !a.any(func(a *Actor) bool { return a.Signals }) {
		return nil, noSignals()
	}
	states := []signal.State{signal.Closed}
	if !finished {
		states = slices.DeleteFunc(signal.States(), func(s signal.State) bool { return s == signal.Closed })
	}
	found, err := d.Store.Signals(ctx, states, mostSignals)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range found {
		ids = append(ids, found[i].Tickets...)
	}
	all, err := d.Store.TicketsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var views []SignalView
	for i := range found {
		v, ok, err := d.signalAmong(ctx, d.Store, &a, found[i], all)
		if err != nil {
			return nil, err
		}
		if ok {
			views = append(views, v)
		}
	}
	return views, nil
}

// Signal shows one. What a may not see does not exist for a.
func (d *Desk) Signal(ctx context.Context, a Actor, id string) (SignalView, error) {
	a = d.deputed(a)
	s, err := d.Store.Signal(ctx, id)
	if err != nil {
		return SignalView{}, err
	}
	v, ok, err := d.signalView(ctx, d.Store, &a, s)
	if err == nil && !ok {
		err = noSignal()
	}
	return v, err
}

// signalView is s as a may see it, and whether a may see it at all.
func (d *Desk) signalView(ctx context.Context, r Reader, a *Actor, s signal.Signal) (SignalView, bool, error) {
	all, err := r.TicketsByID(ctx, s.Tickets)
	if err != nil {
		return SignalView{}, false, err
	}
	return d.signalAmong(ctx, r, a, s, all)
}

// signalAmong is signalView where its tickets, and maybe others, are known.
func (d *Desk) signalAmong(ctx context.Context, r MergeReader, a *Actor, s signal.Signal, known []ticket.Ticket) (SignalView, bool, error) {
	var all []ticket.Ticket
	for i := range known {
		if slices.Contains(s.Tickets, known[i].ID) {
			all = append(all, known[i])
		}
	}
	v := SignalView{Signal: s, all: byAge(all), Late: s.Level == signal.Major && d.Signs != nil && s.RaisedAt.Sub(s.Since) > d.Signs.Notify}
	if !d.shows(a, &v) {
		return SignalView{}, false, nil
	}
	v.keepVisible()
	d.name(&v)
	if s.Response != "" {
		t, err := r.TicketByID(ctx, s.Response)
		if err != nil {
			return v, false, err
		}
		if a.MaySee(&t) {
			v.Answer = t.Number
		}
	}
	for _, m := range s.State.Moves() {
		if m == signal.Acknowledge && v.Waits || m != signal.Acknowledge && a.assesses(&v) {
			v.Allowed = append(v.Allowed, m)
		}
	}
	return v, true, nil
}

// shows fills in what of a signal is for a, and reports whether a may see it:
// whoever may see one of its letters, or was told, may; whoever must keep away
// from one of them may not.
func (d *Desk) shows(a *Actor, v *SignalView) bool {
	if !a.any(func(a *Actor) bool { return a.Signals }) {
		return false
	}
	for i := range v.all {
		if a.avoided(&v.all[i]) {
			return false
		}
		if a.MaySee(&v.all[i]) {
			v.Letters = append(v.Letters, v.all[i])
		}
	}
	told, avoid := false, avoidedBy(v.all)
	for _, t := range v.Told {
		if d.isFor(a, &t, avoid) {
			_, waits := v.Unacknowledged(t.Chain)
			told, v.Waits = true, v.Waits || waits
		}
	}
	return len(v.Letters) > 0 || told && !v.Restricted
}

// name fills in what people call the parts of a signal.
func (d *Desk) name(v *SignalView) {
	if d.Signs != nil {
		c, _ := d.Signs.Category(v.Category)
		v.CategoryName, v.Categories = c.Name, d.Signs.Categories
	}
	u, _ := d.Tree.ByID(v.Unit)
	v.Owner = u.Name
	dir := d.people.Load()
	if dir == nil {
		return
	}
	v.People = map[string]string{}
	for _, a := range v.Ledger { // whoever acknowledged or released something made a move
		p, _ := dir.Person(a.By)
		v.People[a.By] = p.Name
	}
}

// keepVisible leaves of the signal what is about letters that may be seen: whoever
// may see none reads nothing that was written about them either.
func (v *SignalView) keepVisible() {
	if len(v.Letters) == 0 {
		v.Ledger, v.Releases = slices.Clone(v.Ledger), nil
		for i := range v.Ledger {
			v.Ledger[i].Words = ""
		}
	}
	hidden := func(id string) bool {
		return !slices.ContainsFunc(v.Letters, func(t ticket.Ticket) bool { return t.ID == id })
	}
	v.Tickets = slices.DeleteFunc(slices.Clone(v.Tickets), hidden)
	v.Evidence = slices.DeleteFunc(slices.Clone(v.Evidence), func(e signal.Evidence) bool { return hidden(e.Ticket) })
}

// avoidedBy are the units and persons who must keep away from any of the
// tickets.
func avoidedBy(ts []ticket.Ticket) []string {
	var avoid []string
	for i := range ts {
		avoid = append(avoid, ts[i].Avoid...)
	}
	return avoid
}

// isFor reports whether a post that was told is a's: by role, or because nobody
// else is there.
func (d *Desk) isFor(a *Actor, t *signal.Told, avoid []string) bool {
	if a.any(func(a *Actor) bool { return a.Unit == t.Unit && slices.Contains(a.Roles, t.To) }) {
		return true
	}
	dir := d.people.Load()
	return dir != nil && slices.ContainsFunc(dir.Resolve(t.To, t.Unit, d.at(), avoid...), func(r assignment.Recipient) bool { return r.User == a.ID })
}

func noSignals() error {
	return problem.New(problem.Denied, "signal.denied", "您的岗位不能查看弱信号。")
}

func noSignal() error {
	return problem.New(problem.NotFound, "signal.not_found", "没有这项信号，或不在您的权限范围内。")
}
