package desk

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/conversation"
)

// fresh holds what was said a moment ago: nearly every message is read once, by
// whoever waits for it here, right after it was stored. What is not held, or too
// old, is read from the store.
type fresh struct {
	seed   maphash.Seed
	places [1024]atomic.Pointer[batch] // each conversation has one, and shares it with others
}

// batch is what was stored at once.
type batch struct {
	at       time.Time
	messages []conversation.Message
}

// freshFor is how long messages are served from memory. Whatever could take a message
// back is slower.
const freshFor = 5 * time.Second

func (f *fresh) place(conversationID string) *atomic.Pointer[batch] {
	return &f.places[maphash.String(f.seed, conversationID)%uint64(len(f.places))]
}

// keep holds what was stored; it is never changed in place.
func (f *fresh) keep(stored []conversation.Message, now time.Time) {
	f.place(stored[0].Conversation).Store(&batch{at: now, messages: stored})
}

// after are the messages held after a sequence number; none where one between may be
// missing.
func (f *fresh) after(conversationID string, seq int64, limit int, now time.Time) []conversation.Message {
	b := f.place(conversationID).Load()
	if b == nil || b.messages[0].Conversation != conversationID || now.Sub(b.at) >= freshFor {
		return nil
	}
	from := seq + 1 - b.messages[0].Seq // they are numbered without gaps
	if from < 0 || from >= int64(len(b.messages)) {
		return nil
	}
	rest := b.messages[from:]
	return rest[:min(limit, len(rest))]
}
