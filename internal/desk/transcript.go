package desk

import (
	"context"
	"encoding/json"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// longestTalk is how many messages of a conversation are looked through.
const longestTalk = 5000

// TicketTalk is what was said before a chat became a ticket.
type TicketTalk struct {
	Messages []conversation.Message
	Cut      bool // there was more before
}

// TalkOf shows a, who may see the ticket, what was said in the chat it came from: of
// that matter alone, for what was said before and after became other tickets or none.
// It is masked as the letter is.
func (d *Desk) TalkOf(ctx context.Context, a Actor, number string) (TicketTalk, error) {
	a = d.deputed(a)
	t, err := seen(ctx, d.Store, a, number)
	if err != nil {
		return TicketTalk{}, err
	}
	l, err := d.Store.Letter(ctx, t.LetterID)
	if err != nil {
		return TicketTalk{}, err
	}
	if l.Conversation == "" {
		return TicketTalk{}, problem.New(problem.NotFound, "ticket.no_talk", "这件来信不是由在线对话转来的。")
	}
	talk, err := d.talkBefore(ctx, &t, l.Conversation)
	if err != nil {
		return TicketTalk{}, err
	}
	hide := func(s string) string { return s }
	if !a.Contact {
		hide = seal.Mask
	}
	if t.Restricted() {
		c, err := d.Store.Contact(ctx, t.LetterID)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return TicketTalk{}, err
		}
		known, plain := writerHidden(&c), hide
		hide = func(s string) string { return known.Replace(plain(s)) }
	}
	for i := range talk.Messages {
		if err := retell(&talk.Messages[i], t.Restricted(), hide); err != nil {
			return TicketTalk{}, err
		}
	}
	return talk, nil
}

// talkBefore is what was said between the receipt of the ticket and the one before.
func (d *Desk) talkBefore(ctx context.Context, t *ticket.Ticket, conversationID string) (TicketTalk, error) {
	var talk TicketTalk
	for after := int64(0); after < longestTalk; {
		ms, err := d.Store.Messages(ctx, conversationID, after, maxTranscript)
		if err != nil || len(ms) == 0 {
			return talk, err
		}
		for _, m := range ms {
			after = m.Seq
			switch {
			case m.Kind == conversation.Receipt && ticketIn(&m) == t.Number:
				return talk, nil
			case m.Kind == conversation.Receipt:
				talk = TicketTalk{}
			case !m.At.After(t.CreatedAt):
				talk.Messages = append(talk.Messages, m)
			}
		}
		if n := len(talk.Messages) - maxTranscript; n > 0 {
			talk.Messages, talk.Cut = talk.Messages[n:], true
		}
	}
	return talk, nil
}

// ticketIn is the number of the ticket a receipt is for.
func ticketIn(m *conversation.Message) string {
	var body struct {
		Number string `json:"number"`
	}
	if json.Unmarshal(m.Body, &body) != nil {
		return ""
	}
	return body.Number
}

// retell hides what must not be read in what people said, and what became of other
// letters of theirs. Files of a report (举报) lose the names people give them.
func retell(m *conversation.Message, report bool, hide func(string) string) error {
	var body map[string]any
	if err := json.Unmarshal(m.Body, &body); err != nil {
		return err
	}
	if number, ok := body["number"].(string); ok && number != "" && m.Role == conversation.System {
		body = map[string]any{"text": "（这里是一条来信进展通知，只有来信人能看）"}
	}
	for name, value := range body {
		if text, ok := value.(string); ok && (m.Role == conversation.User || m.Role == conversation.Staff) {
			body[name] = hide(text)
		}
	}
	if _, named := body["name"]; named && report && m.Kind == conversation.File {
		body["name"] = "附件"
	}
	hidden, err := json.Marshal(body)
	m.Body = hidden
	return err
}

// writerHidden takes out of a text what tells who wrote a report: people sign their
// texts.
func writerHidden(c *channel.Contact) *strings.Replacer {
	var pairs []string
	if len([]rune(c.Name)) > 1 { // one character is a word of its own somewhere
		pairs = append(pairs, c.Name, "某人")
	}
	for _, s := range []string{c.Phone, c.IDNumber, c.Address, c.Email} {
		if s != "" {
			pairs = append(pairs, s, "***")
		}
	}
	return strings.NewReplacer(pairs...)
}
