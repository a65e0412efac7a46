package desk

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

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
	weighed  singleflight.Group // what is being weighed: when a minute begins, many ask the same at once
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

// askedAgain reports whether others may ask the same.
func (q *question) askedAgain() bool { return len(q.text)+len(q.topic.Asked) <= longestRemembered }

// once has a question weighed by one of those who ask it, and remembers what was
// decided, if there is room.
func (p *page) once(q question, weigh func() (knowledge.Reading, error)) (knowledge.Reading, error) {
	all, err, _ := p.weighed.Do(q.topic.Entry+"\x00"+q.topic.Asked+"\x00"+q.text, func() (any, error) {
		if r, ok := p.recall(q); ok { // it was decided a moment ago
			return r, nil
		}
		r, err := weigh()
		if err == nil && p.left.Add(-1) >= 0 {
			p.keep(q, r)
		}
		return r, err
	})
	r, _ := all.(knowledge.Reading)
	return r, err
}

func (p *page) keep(q question, r knowledge.Reading) {
	r.Scored = nil
	r.Decision.More, r.Decision.Missed = slices.Clip(r.Decision.More), slices.Clip(r.Decision.Missed)
	r.Decision.Options, r.Decision.Hotlines = slices.Clip(r.Decision.Options), slices.Clip(r.Decision.Hotlines)
	p.readings.Store(q, r)
}
