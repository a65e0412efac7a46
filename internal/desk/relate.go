package desk

import (
	"context"
	"encoding/json"
	"fmt"
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

// From these probabilities on a letter is noted to be about the matter of
// another one. One person seldom writes about two alike matters.
const (
	linkedOwn   = 0.4
	linkedOther = 0.7
)

// relation is what was found out about a new ticket: codes and ids only.
type relation struct {
	Ticket   string    `json:"ticket"` // id
	Links    []Link    `json:"links,omitempty"`
	Dispatch *itself   `json:"dispatch,omitempty"`
	Found    time.Time `json:"found,omitzero"`
}

// itself is a dispatch nobody decided on.
type itself struct {
	Unit        string   `json:"unit"`
	Probability float64  `json:"probability"`
	Model       string   `json:"model"`
	Like        []string `json:"like"` // ids of released tickets
	Rule        string   `json:"rule"`
}

// relateJob looks for the past of a new ticket.
func relateJob(t *ticket.Ticket, at time.Time) Job {
	return readyJob(JobRelate, t.ID, relation{Ticket: t.ID}, at, at)
}

// PrepareJob does the part of a job that needs no transaction: comparing a
// letter with the past takes too long for others to wait.
func (d *Desk) PrepareJob(ctx context.Context, j Job) (Job, error) {
	switch j.Kind {
	case JobTake, JobWeChatLate:
		return j, d.prepareTaking(ctx, j)
	case JobRelate:
		return d.prepareRelation(ctx, j)
	}
	return j, nil
}

func (d *Desk) prepareRelation(ctx context.Context, j Job) (Job, error) {
	r, err := argsOf[relation](j)
	if err != nil {
		return j, err
	}
	p, err := d.remember()
	if err != nil {
		return j, err
	}
	if err := d.catchUp(ctx, p); err != nil {
		return j, err
	}
	known, err := d.pastByID(ctx, []string{r.Ticket})
	if err != nil {
		return j, err
	}
	t, ok := known[r.Ticket]
	if !ok {
		return j, problem.New(problem.NotFound, "ticket.not_found", "没有这件来信。")
	}
	l := channel.Letter{Title: t.Title, Text: t.Text}
	if err := d.find(ctx, p, &r, &t.Ticket, l); err != nil {
		return j, err
	}
	j.Args, err = json.Marshal(r)
	return j, err
}

// find fills r in. A letter about a matter somebody works on already is not
// dispatched without a person: the task force may want to join the two.
func (d *Desk) find(ctx context.Context, p *past, r *relation, t *ticket.Ticket, l channel.Letter) error {
	r.Found = d.at()
	found, err := d.matches(ctx, p, t, l)
	if err != nil {
		return err
	}
	open := false
	for _, m := range found {
		o := &m.past.Ticket
		kind, least := Similar, linkedOther
		if m.samePerson {
			kind, least = SamePerson, linkedOwn
		}
		if m.probability < least {
			continue
		}
		open = open || !o.Status.Final() && o.Status != ticket.Answered
		from, to := max(t.ID, o.ID), min(t.ID, o.ID)
		r.Links = append(r.Links, Link{From: from, To: to, Kind: kind, Probability: m.probability, By: "system", At: r.Found})
	}
	if !open {
		r.Dispatch = d.itself(p, t, l)
	}
	return nil
}

// itself is where the desk would dispatch a ticket without a person, or nil:
// only what the bureau's bound and the rules both allow. Nobody is complained
// about or reported, nobody must be kept away, nothing is urgent, and nobody has
// touched the ticket yet.
func (d *Desk) itself(p *past, t *ticket.Ticket, l channel.Letter) *itself {
	m := p.model.Load()
	if d.AutoDispatch <= 0 || m == nil || !untouched(t) || t.Kind == channel.Complaint || t.Kind.Identity() == channel.Required || !remembered(t.Kind) || len(t.Avoid) > 0 || d.danger(l) != nil {
		return nil
	}
	rule := d.Router.Route(requestOf(t, l.Title, l.Text))
	units := d.suggestUnits(p, t, l)
	if rule.Rule == assignment.Avoidance || len(units) == 0 {
		return nil
	}
	u := units[0]
	if u.Probability < d.AutoDispatch || u.Unit == assignment.TaskForce || u.Unit == d.Tree.Root().ID {
		return nil
	}
	return &itself{Unit: u.Unit, Probability: u.Probability, Model: m.version, Like: u.like, Rule: rule.Rule}
}

func untouched(t *ticket.Ticket) bool { return t.Status == ticket.Received && t.Version == 1 }

// relate stores what PrepareJob found: links, their event and audit entries,
// and the dispatch, where nobody has touched the ticket meanwhile.
func (d *Desk) relate(ctx context.Context, tx Tx, j Job) error {
	r, err := argsOf[relation](j)
	if err != nil || r.Found.IsZero() {
		return err
	}
	t, err := tx.TicketByID(ctx, r.Ticket)
	if err != nil {
		return err
	}
	free := untouched(&t)
	if err := d.link(ctx, tx, &t, r); err != nil {
		return err
	}
	if err := d.gather(ctx, tx, &t, r); err != nil {
		return err
	}
	if err := d.keepDate(ctx, tx, &t, r); err != nil || r.Dispatch == nil || !free {
		return err
	}
	lead, ok := d.Tree.ByID(r.Dispatch.Unit)
	if !ok {
		return nil
	}
	sure := strconv.FormatFloat(r.Dispatch.Probability, 'f', 3, 64)
	return d.carry(ctx, tx, &t, ticket.Command{
		Move: ticket.Dispatch, EventID: newID(), At: d.at(), Lead: lead,
		Note: fmt.Sprintf("系统自动派单：可能性 %s，模型 %s，与 %d 件已办结来信相似。如有不当，信箱专班可以改派。", sure, r.Dispatch.Model, len(r.Dispatch.Like)),
	}, map[string]string{
		"model": r.Dispatch.Model, "probability": sure, "like": strings.Join(r.Dispatch.Like, " "), "rule": r.Dispatch.Rule,
	})
}

// link stores the links of a new ticket. The event names no ticket: not
// everybody who sees this one may see the others.
func (d *Desk) link(ctx context.Context, tx Tx, t *ticket.Ticket, r relation) error {
	if len(r.Links) == 0 {
		return nil
	}
	own := 0
	for _, l := range r.Links {
		if err := tx.InsertLink(ctx, l); err != nil {
			return err
		}
		if l.Kind == SamePerson {
			own++
		}
		err := tx.Record(ctx, audit.Entry{
			At: l.At, Actor: "system", Action: "ticket.link", Object: "ticket/" + t.ID,
			Detail: map[string]string{"from": l.From, "to": l.To, "kind": string(l.Kind), "probability": strconv.FormatFloat(l.Probability, 'f', 3, 64)},
		})
		if err != nil {
			return err
		}
	}
	return d.carry(ctx, tx, t, ticket.Command{
		Move: ticket.Note, EventID: newID(), At: d.at(),
		Note: fmt.Sprintf("系统发现 %d 件疑似同一事项的来信，其中 %d 件为同一来信人，请在“相似来信”中核对。", len(r.Links), own),
	}, nil)
}

// keepDate gives a letter about a matter its citizen has written about before
// the date of that letter, where it is still open and earlier: writing again does
// not start the clock anew.
func (d *Desk) keepDate(ctx context.Context, tx Tx, t *ticket.Ticket, r relation) error {
	date, err := firstDate(ctx, tx, t, r, d.at())
	if err != nil || !date.Before(t.DueAt) || !t.Allows(ticket.Repeat) {
		return err
	}
	clocks, err := tx.Clocks(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if !c.Open() || c.Purpose != deadline.Answer && c.Purpose != deadline.Handle {
			continue
		}
		was := c.Version
		if c, err = c.Bound(d.Calendar(), d.Profile, date, d.at()); err != nil {
			return err
		}
		if err := keepClock(ctx, tx, t, c, was); err != nil {
			return err
		}
	}
	return d.carry(ctx, tx, t, ticket.Command{Move: ticket.Repeat, EventID: newID(), At: d.at()}, nil)
}

// firstDate is the earliest date of t and of the open letters its citizen has
// written about the matter before. A date that has passed says nothing any more.
func firstDate(ctx context.Context, r MergeReader, t *ticket.Ticket, found relation, at time.Time) (time.Time, error) {
	date := t.DueAt
	for _, l := range found.Links {
		if l.Kind != SamePerson || l.From != t.ID || l.Probability < linkedOther {
			continue
		}
		first, err := r.TicketByID(ctx, l.To)
		if err != nil {
			return date, err
		}
		if first.Status.Open() && first.DueAt.Before(date) && first.DueAt.After(at) {
			date = first.DueAt
		}
	}
	return date, nil
}
