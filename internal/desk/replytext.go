package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// replyText is what the text of a reply for the public means to the desk: it
// rests on a decision about a ticket, see Desk.Disclose.
type replyText struct{ desk *Desk }

// suits refuses another text than was decided on, and one whose redactions nobody
// has confirmed.
func (k replyText) suits(ctx context.Context, tx Tx, it *review.Item) error {
	act, content := &it.Ledger[len(it.Ledger)-1], &it.Latest().Content
	move := act.Move
	switch {
	case move == review.Withdraw:
		return nil
	case act.From == review.Withdrawn:
		return problem.New(problem.Conflict, "disclosure.withdrawn", "这份稿件已经撤回，请在来信中重新决定公开。")
	}
	t, err := tx.TicketByID(ctx, it.Subject)
	if err != nil {
		return err
	}
	decided, err := tx.Disclosure(ctx, it.Subject)
	if err != nil {
		return err
	}
	if decided.Round != t.Round {
		return problem.New(problem.Conflict, "disclosure.round", "来信已经重办，请在发出新的答复以后重新决定是否公开。")
	}
	if move != review.Write && move != review.Edit {
		return decided.ready()
	}
	own := decided.content()
	if own.Sum() == it.Latest().Hash {
		return nil
	}
	if content.Disclosure != own.Disclosure {
		return problem.New(problem.Conflict, "disclosure.decision", "公开方式和理由在来信中决定，不在稿件中修改。")
	}
	for _, a := range content.Attributes {
		if a.Name != review.AskedAttribute || !decided.Consent {
			return problem.New(problem.Invalid, "disclosure.consent", "公开的答复只有标题、正文和来信人同意公开的来信内容。")
		}
	}
	return review.Confirmed(decided.Redactions)
}

// ready refuses what is not confirmed yet, and a whole text with something hidden
// in it.
func (d *Disclosure) ready() error {
	if err := review.Confirmed(d.Redactions); err != nil {
		return err
	}
	for i := range d.Redactions {
		if d.Decision == review.Full && !d.Redactions[i].Keep {
			return problem.New(problem.Conflict, "disclosure.not_full", "全文公开的内容不能隐去什么，请改为“处理后公开”。")
		}
	}
	return nil
}

func (k replyText) published(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	t, err := tx.TicketByID(ctx, it.Subject)
	if err != nil {
		return err
	}
	if err := k.desk.moveWithText(ctx, tx, a, &t, ticket.Publish); err != nil {
		return err
	}
	drafts, err := tx.Drafts(ctx, t.ID)
	if err != nil {
		return err
	}
	last, v := released(drafts), it.Latest()
	return tx.SavePublicReply(ctx, PublicReply{
		ID: it.ID, Ticket: t.ID, Kind: t.Kind, Category: t.Category, Unit: t.Lead, Received: t.CreatedAt, Answered: last.ReleasedAt, Published: k.desk.at(), Version: v.N,
		Redacted: v.Content.Disclosure.Decision == review.Redacted,
		Title:    v.Content.Title, Asked: attribute(&v.Content, review.AskedAttribute), Text: v.Content.Body,
	})
}

func (k replyText) withdrawn(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	gone, err := tx.RemovePublicReply(ctx, it.ID)
	if err != nil || !gone {
		return err
	}
	t, err := tx.TicketByID(ctx, it.Subject)
	if err != nil {
		return err
	}
	return k.desk.moveWithText(ctx, tx, a, &t, ticket.Retract)
}

// moveWithText makes a move of a ticket that follows from what a did with its text.
func (d *Desk) moveWithText(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, m ticket.Move) error {
	return d.carry(ctx, tx, t, ticket.Command{Move: m, EventID: d.NewID(), Actor: a.ID, Unit: a.Unit, At: d.at()}, nil)
}

// keptAway are the subjects among those of some texts that are tickets a has to
// keep away from: the reply to a complaint is not read by whom it is about before
// everybody reads it.
func keptAway(ctx context.Context, r MergeReader, a *Actor, items ...review.Item) (map[string]bool, error) {
	var ids []string
	for i := range items {
		if items[i].Kind == review.PublishedReply {
			ids = append(ids, items[i].Subject)
		}
	}
	tickets, err := r.TicketsByID(ctx, ids)
	away := map[string]bool{}
	for i := range tickets {
		away[tickets[i].ID] = a.avoided(&tickets[i])
	}
	return away, err
}

// impartial are those of some posts that hear of a text: not in units that have to
// keep away from the ticket it is about.
func (d *Desk) impartial(ctx context.Context, r MergeReader, it *review.Item, hs []hearer) ([]hearer, error) {
	if it.Kind != review.PublishedReply {
		return hs, nil
	}
	t, err := r.TicketByID(ctx, it.Subject)
	return slices.DeleteFunc(hs, func(h hearer) bool { return t.Avoids(d.Tree.Path(h.unit)) }), err
}
