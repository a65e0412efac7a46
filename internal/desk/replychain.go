package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// replySubject is what the review of a reply belongs to: a round of a ticket.
func replySubject(ticketID string, round int) string { return ticketID + "/" + strconv.Itoa(round) }

// chain lets a move of a reply go through those who read it, in the transaction
// of the ticket's move, and returns the move the ticket makes: whoever is not the
// last reader vets the reply, the last one approves it.
func (d *Desk) chain(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, draft *reply.Draft, c *Command) (ticket.Move, error) {
	if !slices.Contains([]ticket.Move{ticket.Submit, ticket.Approve, ticket.SendBack, ticket.Release}, c.Move) ||
		draft.Revision == 0 || t.Status != ticket.Handling && t.Status != ticket.Reviewing {
		return c.Move, nil // the ticket's own rules refuse what they have to
	}
	it, err := d.reviewOf(ctx, tx, a, t)
	if err != nil {
		return c.Move, err
	}
	was := it.Version
	if err := d.readReply(ctx, tx, a, &it, c, draft); err != nil {
		return c.Move, err
	}
	if it.Version == was {
		return c.Move, nil
	}
	if err := tx.UpdateReview(ctx, it, was); err != nil {
		return c.Move, err
	}
	if c.Move == ticket.Approve && it.State == review.InReview {
		return ticket.Vet, nil
	}
	return c.Move, nil
}

// readReply makes the move of the review that goes with c.
func (d *Desk) readReply(ctx context.Context, tx Tx, a Actor, it *review.Item, c *Command, draft *reply.Draft) error {
	r := review.Command{At: d.at(), Hash: it.Latest().Hash, Gates: c.Gates}
	if w, ok := it.Wait(); ok {
		r.Step = w.Step.ID
	}
	//nolint:exhaustive // chain has sorted out the others
	switch c.Move {
	case ticket.Submit:
		return d.submitReply(ctx, tx, a, it, c)
	case ticket.Approve:
		r.Move = review.Pass
	case ticket.SendBack:
		if it.State == review.Approved { // nobody reads it any more: it is for those who release it to say what is wrong
			return nil
		}
		r.Move, r.Gate, r.Reason, r.Words, r.Comments = review.SendBack, c.Gate, c.Reason, c.Note, c.Comments
		c.Reason = ""
	case ticket.Release:
		if it.State != review.Approved && draft.Approved() { // approved before replies had chains
			return nil
		}
		r.Move = review.Publish
	}
	return d.sign(ctx, tx, &a, it, r)
}

// submitReply begins the chain, or goes on with it where the reader who objected
// has to look again at what did not change.
func (d *Desk) submitReply(ctx context.Context, tx Tx, a Actor, it *review.Item, c *Command) error {
	r := review.Command{Move: review.Submit, At: d.at(), Hash: it.Latest().Hash}
	switch it.State {
	case review.Approved:
		return problem.New(problem.Conflict, "reply.unchanged", "答复审定以后被退回，请修改后再送审。")
	case review.Returned:
		r.Move, r.Words = review.Resume, c.Note
		return d.sign(ctx, tx, &a, it, r)
	case review.Draft, review.InReview, review.Published, review.Withdrawn:
	}
	var err error
	if r.Chain, err = d.Chains.Chain(it.Kind, it.Audience); err != nil {
		return err
	}
	return d.sign(ctx, tx, &a, it, r)
}

// reviewOf is the review of the reply to the round t is in, with every revision
// since it was last looked at.
func (d *Desk) reviewOf(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket) (review.Item, error) {
	it := review.Item{
		Kind: review.Reply, Subject: replySubject(t.ID, t.Round), Audience: review.OnePerson, Unit: t.Lead, UnitPath: t.LeadPath,
	}
	found, err := findReply(ctx, tx, t)
	if err != nil {
		return it, err
	}
	drafts, err := tx.Drafts(ctx, t.ID)
	if err != nil {
		return it, err
	}
	known, was := 0, int64(0)
	if found != nil {
		it, was = *found, found.Version
		known, _ = strconv.Atoi(attribute(&it.Latest().Content, "revision"))
	}
	slices.SortFunc(drafts, func(a, b reply.Draft) int { return a.Revision - b.Revision })
	for i := range drafts {
		if r := &drafts[i]; r.Round == t.Round && r.Revision > known {
			if err := d.addRevision(ctx, tx, &it, t, r); err != nil {
				return it, err
			}
		}
	}
	if t.Status == ticket.Reviewing && it.State == review.Draft { // submitted before replies had chains
		if err := d.submitReply(ctx, tx, a, &it, &Command{}); err != nil {
			return it, err
		}
	}
	switch {
	case found == nil:
		err = tx.InsertReview(ctx, it)
	case it.Version != was:
		err = tx.UpdateReview(ctx, it, was)
	}
	return it, err
}

// findReply is the review of the reply to the round t is in; nil: there is none.
func findReply(ctx context.Context, r ReviewReader, t *ticket.Ticket) (*review.Item, error) {
	found, err := r.Reviews(ctx, ReviewFilter{
		States: review.States(), Audience: review.OnePerson, Kind: review.Reply, Subject: replySubject(t.ID, t.Round), Limit: 1,
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// addRevision makes a revision of the reply a version of its review, by whoever
// wrote it.
func (d *Desk) addRevision(ctx context.Context, r DirectoryReader, it *review.Item, t *ticket.Ticket, draft *reply.Draft) error {
	by := review.Person{ID: draft.Author}
	people, err := r.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.ID == draft.Author {
			by.Name, by.Unit = p.Name, p.Unit
		}
	}
	c := review.Command{Move: review.Edit, By: by, At: draft.At, Content: review.Content{
		Title: "对来信" + t.Number + "的答复", Body: draft.Text,
		Attributes: []review.Attribute{{Name: "outcome", Value: draft.Outcome.Name()}, {Name: "revision", Value: strconv.Itoa(draft.Revision)}},
		Disclosure: review.Disclosure{Decision: review.RequesterOnly, Reason: "own_matter"},
	}}
	if it.ID == "" {
		it.ID = d.NewID()
		*it, err = it.Begin(c)
		return err
	}
	c.Hash = it.Latest().Hash
	return it.Apply(c)
}

// attribute is the value of one; empty: there is none.
func attribute(c *review.Content, name string) string {
	for _, a := range c.Attributes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// seesReply refuses who may not see the ticket a reply is for.
func (d *Desk) seesReply(ctx context.Context, r Reader, a *Actor, it *review.Item) error {
	id, _, _ := strings.Cut(it.Subject, "/")
	t, err := r.TicketByID(ctx, id)
	if err == nil {
		err = a.sees(ctx, r, &t)
	}
	if problem.HasCode(err, "ticket.not_found") {
		return noText()
	}
	return err
}

// readings adds how the reply of this round is read.
func (d *Desk) readings(ctx context.Context, r Reader, a *Actor, v *TicketView) error {
	it, err := findReply(ctx, r, &v.Ticket)
	if err != nil || it == nil {
		return err
	}
	text, err := d.briefText(ctx, r, a, it)
	text.Owner = cmp.Or(text.Owner, v.Ticket.Lead)
	v.Review = &text
	return err
}
