package live

import (
	"context"
	"fmt"
	"time"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
)

// Query asks for history over plain HTTP.
type Query struct {
	Epoch string        // of the history the client has; empty: none
	After int64         // highest sequence number it has
	Wait  time.Duration // how long to wait for news
	Limit int           // 1..100
}

// History is what a client missed.
type History struct {
	Epoch     string    `json:"epoch"`
	Head      int64     `json:"head"`
	Recovered bool      `json:"recovered" doc:"false: forget what you have, this is the beginning"`
	Messages  []Message `json:"messages"`
	Standing  *Standing `json:"standing,omitempty" doc:"with people, where they answer or are asked for"`
}

// Poll returns what a conversation has after what the client knows, waiting for
// news if there is none.
func (h *Hub) Poll(ctx context.Context, conv conversation.Conversation, q Query) (History, error) {
	out, err := h.history(ctx, conv, q)
	if err != nil || !conv.State.Live() && len(out.Messages) == 0 {
		return out, err
	}
	s, err := h.desk.Standing(ctx, conv.ID)
	if err == nil && s.State.Live() {
		shown := newStanding(s)
		out.Standing = &shown
	}
	return out, err
}

func (h *Hub) history(ctx context.Context, conv conversation.Conversation, q Query) (History, error) {
	out := History{Epoch: conv.Epoch, Head: conv.Head, Messages: []Message{}}
	out.Recovered = (q.Epoch == "" || q.Epoch == conv.Epoch) && q.After >= 0 && q.After <= conv.Head
	if !out.Recovered {
		q.After = 0
	}
	if q.Limit <= 0 || q.Limit > maxBatch {
		q.Limit = maxBatch
	}
	var signal <-chan struct{}
	if q.Wait > 0 {
		if !h.enter(h.conversations, conv.ID, h.limits.PerConversation) {
			return History{}, problem.New(problem.Limited, "chat.too_many", "这段对话已在太多窗口打开，请关闭一些再试。").After(10 * time.Second)
		}
		defer h.exit(h.conversations, conv.ID)
		listening, leave := listen(h.bell, conv.ID)
		defer leave()
		signal = listening
	}
	over := time.NewTimer(q.Wait)
	defer over.Stop()
	for waiting := q.Wait > 0; ; {
		messages, err := h.desk.Messages(ctx, conv.ID, q.After, q.Limit)
		if err != nil {
			return History{}, err
		}
		for _, m := range messages {
			out.Messages = append(out.Messages, NewMessage(m))
			out.Head = max(out.Head, m.Seq)
		}
		if len(messages) > 0 || !waiting {
			return out, nil
		}
		select {
		case <-signal:
		case <-over.C:
			waiting = false // look once more: a wake-up may have been lost
		case <-h.stopping:
			return out, nil
		case <-ctx.Done():
			return out, nil
		}
	}
}

func rateText(r limit.Rate) string {
	return fmt.Sprintf("%d/%ds", r.Count, int(r.Period.Seconds()))
}
