package desk

import (
	"slices"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Revision names a revision of the reply to a round of a ticket; number 0 is the
// empty text before the first.
type Revision struct {
	Round  int
	Number int
}

// ReplyConflict is that somebody has saved the reply while it was being written.
// It holds every text there is, so that nobody's is lost; they are for whoever may
// write the reply, and never part of the message.
type ReplyConflict struct { //nolint:errname // it is the refusal and the texts
	refusal *problem.Error
	Base    reply.Draft // both went on from; empty: from nothing, or from another round
	Theirs  reply.Draft // as it is saved
	Mine    reply.Draft // as it was to be saved; of submit: the base
}

func (e *ReplyConflict) Error() string { return e.refusal.Error() }

// Unwrap returns the refusal without the texts.
func (e *ReplyConflict) Unwrap() error { return e.refusal }

// goesOn refuses a move of the reply that does not go on from its latest revision.
func (c *Command) goesOn(drafts []reply.Draft, latest *reply.Draft) error {
	if !c.basedOn() || *c.BasedOn == (Revision{latest.Round, latest.Revision}) {
		return nil
	}
	e := &ReplyConflict{
		refusal: problem.New(problem.Conflict, "reply.stale", "有人在您修改时保存了另一稿。两稿都在，请对照以后再保存。"),
		Theirs:  *latest,
		Mine:    reply.Draft{Round: c.BasedOn.Round, Text: c.Text, Outcome: c.Outcome},
	}
	if i := slices.IndexFunc(drafts, func(d reply.Draft) bool { return Revision{d.Round, d.Revision} == *c.BasedOn }); i >= 0 {
		e.Base = drafts[i]
	}
	if c.Move == ticket.Submit {
		e.Mine = e.Base
	}
	return e
}

// basedOn reports whether what counts is the revision of the reply that was seen, not
// the version of the ticket: a note of a colleague is no reason to send a text back.
func (c *Command) basedOn() bool {
	return c.BasedOn != nil && (c.Move == ticket.Draft || c.Move == ticket.Submit)
}
