package desk

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/knowledge"
)

// memo remembers what was decided about the questions of this minute: people ask
// the same few again and again, most of all when something has happened. It
// forgets all of it when the library changes and when the minute ends, so that it
// never answers by what is no longer in force.
type memo struct{ page atomic.Pointer[page] }

// page is what is remembered of one minute.
type page struct {
	of       standing
	readings sync.Map // by question: knowledge.Reading, without what it was weighed by
	left     atomic.Int64
}

// standing is what decisions depend on beside the question.
type standing struct {
	library *knowledge.Library
	learnt  knowledge.Learnt
	minute  int64
}

// question is what is asked, and what was talked about before. Its personal data
// is masked.
type question struct {
	topic knowledge.Topic
	text  string
}

const (
	mostRemembered    = 4096
	longestRemembered = 120 // bytes: what is longer was hardly asked before
)

// at is the page of a moment.
func (m *memo) at(library *knowledge.Library, now time.Time) *page {
	of := standing{library: library, learnt: library.Learnt(), minute: now.Unix() / int64(time.Minute/time.Second)}
	for {
		old := m.page.Load()
		if old != nil && old.of == of {
			return old
		}
		fresh := &page{of: of}
		fresh.left.Store(mostRemembered)
		if m.page.CompareAndSwap(old, fresh) {
			return fresh
		}
	}
}

// recall is what was decided about a question, if it is remembered. It is shared
// with others, and never changed in place.
func (p *page) recall(q question) (knowledge.Reading, bool) {
	known, _ := p.readings.Load(q)
	r, ok := known.(knowledge.Reading)
	return r, ok
}

// keep remembers what was decided, if it may be asked again and there is room.
func (p *page) keep(q question, r knowledge.Reading) {
	if len(q.text)+len(q.topic.Asked) > longestRemembered || p.left.Add(-1) < 0 {
		return
	}
	r.Scored = nil
	r.Decision.More, r.Decision.Missed = slices.Clip(r.Decision.More), slices.Clip(r.Decision.Missed)
	r.Decision.Options, r.Decision.Hotlines = slices.Clip(r.Decision.Options), slices.Clip(r.Decision.Hotlines)
	p.readings.Store(q, r)
}
