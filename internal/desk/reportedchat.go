package desk

import (
	"context"
	"encoding/json"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/seal"
)

// forgetChat drops what was kept of a chat for others to read when it becomes a
// report (举报): what was asked in it, and the labels that are of its words alone.
func (d *Desk) forgetChat(ctx context.Context, tx Tx, l *channel.Letter) error {
	if err := tx.ForgetAsker(ctx, writer(l)); err != nil {
		return err
	}
	c, err := tx.Conversation(ctx, l.Conversation)
	if err != nil {
		return err
	}
	ms, err := tx.Messages(ctx, c.ID, 0, int(c.Head))
	if err != nil {
		return err
	}
	votes, err := votesOf(ms)
	if err != nil {
		return err
	}
	for key, most := range votes {
		if err := tx.ForgetLabel(ctx, key, c.CreatedAt, most); err != nil {
			return err
		}
	}
	return nil
}

// votesOf counts, by question, the votes a chat can have given at most: one for
// every option that was offered, or one for the answer.
func votesOf(ms []conversation.Message) (map[string]int, error) {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return nil, err
	}
	votes, key := map[string]int{}, ""
	for i := range ms {
		var said struct {
			Text string `json:"text"`
		}
		var answered AnswerBody
		switch m := &ms[i]; {
		case m.Role == conversation.User && m.Kind == conversation.Text && json.Unmarshal(m.Body, &said) == nil:
			key = questionKey(analyzer, voted(seal.Mask(said.Text)))
		case m.Role == conversation.Robot && m.Kind == conversation.Answer && key != "" && json.Unmarshal(m.Body, &answered) == nil:
			votes[key] += max(1, len(answered.Options))
		}
	}
	return votes, nil
}
