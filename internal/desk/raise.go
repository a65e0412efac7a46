package desk

import (
	"context"
	"slices"
	"strconv"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
)

// sighting is why letters have to be looked at.
type sighting struct {
	signal.Raising

	pattern  signal.Pattern
	group    string          // a surge of a category in a district: which
	letters  []ticket.Ticket // oldest first; the last one is the reason
	near     []string        // ids of others about the same matter
	own      []string        // ids of others of the same person
	evidence []signal.Evidence
	joins    bool // an open signal, but opens none
}

// watched reports whether letters of a ticket are looked at for signals: not what
// staff found themselves, opinions on a draft, and what is made up.
func watched(t *ticket.Ticket) bool {
	return t.Kind != channel.Signal && !t.Kind.Profile().Consulted && t.Origin.Platform != channel.DemoPlatform
}

// watchLetter raises what the words of a new letter, or how often its citizen writes,
// give reason for, in the transaction that stores it.
func (d *Desk) watchLetter(ctx context.Context, tx Tx, n *opened) error {
	t := &n.ticket
	if d.Signs == nil || !watched(t) {
		return nil // words are looked for before, outside of the transaction
	}
	var own []string
	var err error
	if c := n.letter.Contact; c != nil && c.Phone != "" && !t.Restricted() {
		if own, err = tx.WrittenBySame(ctx, n.letter.ID, t.CreatedAt.AddDate(0, 0, -d.Signs.Repeat.Days)); err != nil {
			return err
		}
	}
	if len(n.hits) > 0 {
		s := sighting{Raising: n.hits[0].Raising, pattern: signal.Lexicon, letters: []ticket.Ticket{*t}, own: own}
		for _, h := range n.hits {
			s.evidence = append(s.evidence, signal.Evidence{Ticket: t.ID, Pattern: signal.Lexicon, Row: h.Row, Passage: h.Passage})
		}
		if s.near, err = d.akin(ctx, tx, n); err != nil {
			return err
		}
		if err := d.raise(ctx, tx, s); err != nil {
			return err
		}
	}
	if len(own) < d.Signs.Repeat.Letters {
		return nil
	}
	letters, err := tx.TicketsByID(ctx, own)
	if err != nil {
		return err
	}
	return d.raise(ctx, tx, sighting{
		Raising: d.Signs.Repeat.Raising, pattern: signal.Repeated, letters: byAge(letters),
		evidence: []signal.Evidence{{Ticket: t.ID, Pattern: signal.Repeated, Count: len(own)}},
	})
}

// akin are the ids of earlier letters that seem to be about the matter of a new
// one. Of a report nobody asks: it is compared with nothing.
func (d *Desk) akin(ctx context.Context, r PastReader, n *opened) ([]string, error) {
	const compared = 20
	t, p := &n.ticket, n.past
	if !remembered(t.Kind) {
		return nil, nil
	}
	whole, title := ReadText(p.analyzer, n.letter.Title+"\n"+n.letter.Text), ReadText(p.analyzer, n.letter.Title)
	var ids []string
	for _, near := range p.index.Near(t.ID, &whole, compared) {
		ids = append(ids, near.ID)
	}
	p.index.Add(t.ID, t.CreatedAt, &whole) // the next may come before the past is read again
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := r.Past(ctx, PastFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	var same []string
	all, short := p.same.Read(&whole), p.same.Read(&title)
	for _, o := range known {
		if p.compare(all, short, o, false).probability >= linkedOther {
			same = append(same, o.Ticket.ID)
		}
	}
	return same, nil
}

// byAge is tickets as they came.
func byAge(ts []ticket.Ticket) []ticket.Ticket {
	slices.SortFunc(ts, func(a, b ticket.Ticket) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return ts
}

// ids are those of the letters.
func (w *sighting) ids() []string {
	ids := make([]string, len(w.letters))
	for i := range w.letters {
		ids[i] = w.letters[i].ID
	}
	return ids
}

// raise lets the open signal about the same matter, or the same person, go on
// with the letters of a sighting, or opens one.
func (d *Desk) raise(ctx context.Context, tx Tx, w sighting) error {
	ids := w.ids()
	known, err := tx.SignalsOf(ctx, slices.Concat(ids, w.near, w.own))
	if err != nil {
		return err
	}
	for i := range known {
		if w.over(&known[i]) {
			return nil
		}
	}
	for i := range known {
		if !w.about(&known[i], ids) {
			continue
		}
		s, err := tx.Signal(ctx, known[i].ID) // locked: letters come at once
		if err != nil {
			return err
		}
		if !s.Finished() {
			return d.join(ctx, tx, &s, &w)
		}
	}
	if w.joins {
		return nil
	}
	return d.openSignal(ctx, tx, &w)
}

// over reports whether people are done with this very surge: a watch that begins
// anew finds it again.
func (w *sighting) over(s *signal.Signal) bool {
	return s.Finished() && s.Pattern == w.pattern && s.Group == w.group && w.pattern == signal.Surging
}

// about reports whether an open signal is about what was sighted. A person who
// writes often has a signal of their own; of the same person's other letters only
// those of the same category count.
func (w *sighting) about(s *signal.Signal, ids []string) bool {
	shares := func(others []string) bool {
		return slices.ContainsFunc(others, func(id string) bool { return slices.Contains(s.Tickets, id) })
	}
	return !s.Finished() && (s.Pattern == signal.Repeated) == (w.pattern == signal.Repeated) && s.Group == w.group &&
		s.Restricted == w.letters[len(w.letters)-1].Restricted() &&
		(shares(ids) || shares(w.near) || s.Category == w.Category && shares(w.own))
}

// join lets an open signal go on with more letters.
func (d *Desk) join(ctx context.Context, tx Tx, s *signal.Signal, w *sighting) error {
	at, t := d.at(), &w.letters[len(w.letters)-1]
	rises := w.Level == signal.Major && s.Level != signal.Major
	if !s.Join(at, w.ids(), w.evidence...) && !rises {
		return nil
	}
	if t.Avoids(s.UnitPath) { // who is responsible must not be who a letter is about
		u := d.screeningUnit(t)
		s.Unit, s.UnitPath = u.ID, u.Path
	}
	if rises {
		s.Level = signal.Major
		if err := d.tellMajor(ctx, tx, s, w.letters); err != nil {
			return err
		}
	}
	if err := tx.UpdateSignal(ctx, *s, s.Version); err != nil {
		return err
	}
	return d.recordSignal(ctx, tx, s, "system", "signal.join", map[string]string{"ticket": t.ID, "pattern": string(w.pattern)})
}

// openSignal opens a signal: a major one is told to the unit's head and to the
// leader on duty in this very transaction, any other waits for the task force.
func (d *Desk) openSignal(ctx context.Context, tx Tx, w *sighting) error {
	t := &w.letters[len(w.letters)-1]
	u := d.responsible(t, w.Category)
	s := signal.Signal{
		ID: d.NewID(), Pattern: w.pattern, Level: w.Level, Category: w.Category, District: t.District, Group: w.group, Unit: u.ID, UnitPath: u.Path,
		Restricted: t.Restricted(), State: signal.Open, Since: t.CreatedAt, RaisedAt: d.at(), Version: 1, Body: signal.Body{Watchlist: d.Signs.Version},
	}
	s.Join(s.RaisedAt, w.ids(), w.evidence...)
	if s.Level == signal.Major {
		if err := d.tellMajor(ctx, tx, &s, w.letters); err != nil {
			return err
		}
	} else if err := tx.Enqueue(ctx, staffJob(t, "signal.raised", screening(t), toTaskForce, s.ID, s.RaisedAt)); err != nil {
		return err
	}
	if err := tx.InsertSignal(ctx, s); err != nil {
		return err
	}
	return d.recordSignal(ctx, tx, &s, "system", "signal.raise", map[string]string{"ticket": t.ID, "pattern": string(w.pattern), "letters": strconv.Itoa(len(s.Tickets))})
}

// responsible is the unit that answers for a signal until somebody says
// otherwise: where the letter went, or who screens it where that may be whom the
// letter is about.
func (d *Desk) responsible(t *ticket.Ticket, category string) assignment.Unit {
	c, _ := d.Signs.Category(category)
	if u, ok := d.Tree.ByID(t.Lead); ok && !c.Police && t.Kind != channel.Complaint && !t.Restricted() {
		return u
	}
	return d.screeningUnit(t)
}

// recordSignal writes the trail: codes and ids only.
func (d *Desk) recordSignal(ctx context.Context, tx Tx, s *signal.Signal, actor, action string, detail map[string]string) error {
	return tx.Record(ctx, audit.Entry{
		At: d.at(), Actor: actor, Action: action, Object: "signal/" + s.ID,
		Detail: merged(detail, map[string]string{"level": string(s.Level), "category": s.Category, "state": string(s.State), "unit": s.Unit}),
	})
}

// gather raises what many people write about: the letters linked with a new one.
func (d *Desk) gather(ctx context.Context, tx Tx, t *ticket.Ticket, r relation) error {
	if d.Signs == nil || !watched(t) {
		return nil
	}
	var ids []string
	for _, l := range r.Links {
		if l.Probability >= linkedOther {
			ids = append(ids, l.From, l.To)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	letters, err := tx.TicketsByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	since := t.CreatedAt.AddDate(0, 0, -d.Signs.Group.Days)
	letters = byAge(slices.DeleteFunc(letters, func(o ticket.Ticket) bool { return !watched(&o) || o.CreatedAt.Before(since) }))
	w := sighting{Raising: d.Signs.Group.Raising, pattern: signal.ManyPeople, letters: letters}
	people, err := tx.Writers(ctx, w.ids())
	if err != nil {
		return err
	}
	w.joins = people < d.Signs.Group.People
	w.evidence = []signal.Evidence{{Ticket: t.ID, Pattern: w.pattern, Count: people}}
	return d.raise(ctx, tx, w)
}
