package desk

import (
	"context"
	"strings"

	"jiesu/internal/audit"
)

// Announcing is a store that says, after each commit, which lists have changed: whatever
// is in the audit trail has. Screens look again then; what they show is read anew.
type Announcing struct {
	Store

	Changed func(topics []string) // called after a commit; it must not block
}

// InTx implements [Store].
func (s Announcing) InTx(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	var touched map[string]bool
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		touched = map[string]bool{} // anew where it runs again
		return fn(ctx, announcingTx{tx, touched})
	})
	if err != nil || len(touched) == 0 {
		return err
	}
	topics := make([]string, 0, len(touched))
	for t := range touched {
		topics = append(topics, t)
	}
	s.Changed(topics)
	return nil
}

// announcingTx notes what a transaction touches.
type announcingTx struct {
	Tx

	touched map[string]bool
}

// Record implements [QueueWriter].
func (t announcingTx) Record(ctx context.Context, e audit.Entry) error {
	if topic := topicOf(&e); topic != "" {
		t.touched[topic] = true
	}
	return t.Tx.Record(ctx, e)
}

// InsertNotification implements [QueueWriter].
func (t announcingTx) InsertNotification(ctx context.Context, n Notification) error {
	t.touched["notifications"] = true
	return t.Tx.InsertNotification(ctx, n)
}

// Try implements [Tx]. What was undone may be told of: looking in vain does no harm.
func (t announcingTx) Try(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	return t.Tx.Try(ctx, func(ctx context.Context, tx Tx) error { return fn(ctx, announcingTx{tx, t.touched}) })
}

// topicOf is the list an entry of the trail is about; empty: none that is watched.
func topicOf(e *audit.Entry) string {
	if e.Action == actionSay || strings.HasSuffix(e.Action, ".refused") { // nothing in a list is another one by it
		return ""
	}
	room, _, _ := strings.Cut(e.Object, "/")
	switch room {
	case "ticket":
		return "tickets"
	case "review":
		return "reviews"
	case "signal":
		return "signals"
	case "chat":
		return "chats"
	case "gap":
		return "gaps"
	case "consultation":
		return "consultations"
	case "delivery", "inbound", "webhook":
		return "channels"
	}
	return ""
}
