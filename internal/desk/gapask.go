package desk

import (
	"context"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/seal"
)

// The ways a question comes in that is no letter.
const (
	byChat = "chat"
	byAsk  = "ask"
)

// asker is who asks, and how, without telling who it is.
type asker struct {
	channel      string
	person       string // empty: nobody can tell
	conversation string // empty: it is not asked in a chat
}

func inChat(conversationID string) asker {
	return asker{byChat, "chat/" + conversationID, conversationID}
}

// onPage is whoever has a page open, or a chat.
func onPage(conversationID string) asker {
	if strings.HasPrefix(conversationID, pagePrefix) {
		return asker{channel: byAsk, person: conversationID}
	}
	return inChat(conversationID)
}

func inSession(session string) asker {
	if session == "" {
		return asker{channel: byAsk}
	}
	return asker{channel: byAsk, person: "ask/" + session}
}

// keepAsked keeps masked questions that were not answered well; they are gathered
// later, for finding out what they are about takes longer than keeping them.
func (d *Desk) keepAsked(ctx context.Context, tx Tx, who asker, cause AskedCause, masked ...string) error {
	if d.Gaps == nil || len(masked) == 0 {
		return nil
	}
	if reported, err := who.reported(ctx, tx); err != nil || reported {
		return err
	}
	at := d.at()
	var qs []Asked
	for _, text := range masked {
		qs = append(qs, Asked{
			ID: newID(), Person: who.of(text, at), Text: clip(text, maxAsked), Channel: who.channel, Cause: cause, At: at,
		})
	}
	return tx.InsertAsked(ctx, qs...)
}

// reported reports whether the chat has become a report (举报), which nobody but
// its handlers reads.
func (w asker) reported(ctx context.Context, r Reader) (bool, error) {
	if w.conversation == "" {
		return false, nil
	}
	c, err := r.Conversation(ctx, w.conversation)
	if err != nil || c.Ticket == "" {
		return false, err
	}
	t, err := r.TicketByNumber(ctx, c.Ticket)
	return t.Restricted(), err
}

// of is what tells the asker of a question from others. Where nothing does, the
// same words on one day are taken for one person's.
func (w asker) of(text string, at time.Time) string {
	if w.person != "" {
		return w.person
	}
	return "once/" + dayOf(at) + "/" + folded(text)
}

// keepLetter keeps what a letter asks, where letters of its kind are questions. A
// report takes what was asked in its chat before with it.
func (d *Desk) keepLetter(ctx context.Context, tx Tx, n *opened) error {
	l, t := &n.letter, &n.ticket
	if t.Restricted() && l.Conversation != "" {
		return d.forgetChat(ctx, tx, l)
	}
	if d.Gaps == nil || !d.Gaps.Asks(t.Kind, t.Source) || n.danger != nil || t.Origin.Platform == channel.DemoPlatform {
		return nil
	}
	return tx.InsertAsked(ctx, Asked{
		ID: newID(), Person: writer(l), Text: clip(seal.Mask(subjectOf(l.Title, l.Text)), maxAsked), Channel: string(t.Source), Cause: CauseLetter, Ticket: t.ID, At: n.event.At,
	})
}

// writer tells who wrote a letter from others: by the chat it comes from, where
// the same question may have been counted, or by the telephone.
func writer(l *channel.Letter) string {
	switch {
	case l.Conversation != "":
		return inChat(l.Conversation).person
	case l.Contact != nil && l.Contact.Phone != "":
		return "phone/" + l.Contact.Phone
	}
	return "letter/" + l.ID
}

// maxAsked is how much of a question is kept, in characters.
const maxAsked = 200

// noteUnanswered keeps what the library could not answer. What was asked in a chat
// is read from the chat, as long as it is no report.
func (d *Desk) noteUnanswered(ctx context.Context, tx Tx, who asker, masked []string) error {
	if who.conversation == "" {
		at := d.at()
		for _, text := range masked {
			if err := tx.NoteUnanswered(ctx, Unanswered{Text: clip(text, maxAsked), Count: 1, FirstAt: at, LastAt: at}); err != nil {
				return err
			}
		}
	}
	return d.keepAsked(ctx, tx, who, CauseUnanswered, masked...)
}
