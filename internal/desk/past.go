package desk

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/assignment/precedent"
	"jiesu/internal/problem"
)

const (
	pastKept     = 366 * 24 * time.Hour // how long letters count for same matters
	pastPage     = 500                  // tickets read at once
	pastMost     = 5_000                // released tickets learnt from, the newest
	pastOverlap  = 10 * time.Second     // another replica may commit an earlier id later than ours
	pastEvery    = time.Second          // not more often does a job look for what others opened
	trainedAgain = time.Hour            // and not before
	trainedShare = 200                  // times what training took has passed
)

// past is what the desk remembers of earlier letters: a model of who answered
// what, and an index of what was written about. All of it comes from the store
// and can be thrown away; every replica has its own.
type past struct {
	once     sync.Once
	failed   error // to make the parts below
	analyzer *knowledge.Analyzer
	same     *signal.Model
	index    *signal.Index

	reading sync.Mutex // one reader at a time; guards the two below
	last    string     // id up to which tickets were read
	readAt  time.Time

	training sync.Mutex // one at a time; jobs go on reading meanwhile
	next     time.Time  // when to look at it again

	model atomic.Pointer[trained]
}

// trained is a model and where it comes from.
type trained struct {
	*precedent.Model
	at      time.Time
	version string
}

// remember makes the parts of the past that need the library, once.
func (d *Desk) remember() (*past, error) {
	p := &d.past
	p.once.Do(func() {
		if p.analyzer, p.failed = knowledge.NewAnalyzer(); p.failed != nil {
			return
		}
		if p.same, p.failed = signal.NewModel(ReadBackground(p.analyzer, d.Library())); p.failed != nil {
			return
		}
		var key [8]byte
		if _, p.failed = io.ReadFull(d.Random, key[:]); p.failed == nil {
			p.index = signal.NewIndex(binary.LittleEndian.Uint64(key[:]))
		}
	})
	return p, p.failed
}

// LearnPast reads the tickets that have come since it was last called, and
// trains anew where other tickets have been released and enough time has passed:
// an hour, or two hundred times as long as training takes.
// Whoever calls it owns the time it takes: minutes at the first call on a large
// desk. It may be stopped at any time and goes on where it was.
func (d *Desk) LearnPast(ctx context.Context) error {
	p, err := d.remember()
	if err != nil {
		return err
	}
	p.reading.Lock()
	err = d.readPast(ctx, p)
	p.reading.Unlock()
	if err != nil {
		return err
	}
	p.training.Lock()
	defer p.training.Unlock()
	at := d.at()
	if at.Before(p.next) {
		return nil
	}
	examples, err := d.Examples(ctx)
	if err != nil {
		return err
	}
	version := versionOf(examples)
	if known := p.model.Load(); known != nil && known.version == version {
		p.next = at.Add(trainedAgain)
		return nil
	}
	m, err := precedent.Train(ctx, examples)
	if err != nil {
		return err
	}
	if m != nil {
		p.model.Store(&trained{m, at, version})
	}
	p.next = at.Add(max(trainedAgain, trainedShare*d.at().Sub(at)))
	return nil
}

// readPast brings the index up to what is stored.
func (d *Desk) readPast(ctx context.Context, p *past) error {
	at := d.at()
	p.index.Forget(at.Add(-pastKept))
	after := idsFrom(at.Add(-pastKept))
	if p.last != "" {
		after = max(after, idsFrom(timeOf(p.last).Add(-pastOverlap)))
	}
	for {
		page, err := d.Store.Past(ctx, PastFilter{After: after, Limit: pastPage})
		if err != nil {
			return fmt.Errorf("read the past: %w", err)
		}
		for i := range page {
			t := &page[i]
			if after = t.Ticket.ID; !p.index.Knows(after) {
				text := ReadText(p.analyzer, t.Title+"\n"+t.Text)
				p.index.Add(after, t.Ticket.CreatedAt, &text)
			}
		}
		p.last = max(p.last, after)
		if len(page) < pastPage {
			p.readAt = at
			return nil
		}
	}
}

// catchUp lets a job see what other replicas have opened meanwhile, unless that
// was looked for a moment ago.
func (d *Desk) catchUp(ctx context.Context, p *past) error {
	if !p.reading.TryLock() {
		return problem.New(problem.Conflict, "past.reading", "以往来信正在整理，稍后再试。")
	}
	defer p.reading.Unlock()
	if !p.readAt.IsZero() && d.at().Sub(p.readAt) < pastEvery {
		return nil
	}
	return d.readPast(ctx, p)
}

// Examples lists the released tickets units are learnt from, oldest first:
// those that went where any letter may go.
func (d *Desk) Examples(ctx context.Context) ([]precedent.Example, error) {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return nil, err
	}
	tickets, err := d.Store.Past(ctx, PastFilter{Released: true, Newest: true, Limit: pastMost})
	if err != nil {
		return nil, fmt.Errorf("read released tickets: %w", err)
	}
	examples := make([]precedent.Example, 0, len(tickets))
	for i := range tickets {
		t := &tickets[len(tickets)-1-i]
		if len(t.Ticket.Avoid) == 0 && t.Ticket.Lead != assignment.TaskForce {
			bag := d.readForUnit(analyzer, &t.Ticket, t.Title, t.Text).Bag()
			examples = append(examples, precedent.Example{ID: t.Ticket.ID, Unit: t.Ticket.Lead, Bag: bag})
		}
	}
	return examples, nil
}

// readForUnit reads a letter with what is known of it beside its words.
func (d *Desk) readForUnit(a *knowledge.Analyzer, t *ticket.Ticket, title, text string) precedent.Letter {
	rule := d.Router.Route(requestOf(t, title, text))
	return ReadLetter(a, title, text, "kind/"+string(t.Kind), "category/"+t.Category, "district/"+t.District, "rule/"+rule.Unit)
}

func requestOf(t *ticket.Ticket, title, text string) assignment.Request {
	return assignment.Request{Kind: string(t.Kind), Category: t.Category, District: t.District, Title: title, Text: text, At: t.CreatedAt}
}

// versionOf names what a model was trained on: the same examples, the same name.
func versionOf(examples []precedent.Example) string {
	h := fnv.New64a()
	for _, e := range examples {
		_, _ = h.Write([]byte(e.ID + "\x00" + e.Unit + "\x00")) // a hash never fails to write
	}
	return fmt.Sprintf("%d-%s", len(examples), hex.EncodeToString(h.Sum(nil))[:8])
}

// idsFrom is an id before all that are made from t on: ids are UUIDs of version
// 7 and begin with the time.
func idsFrom(t time.Time) string {
	s := fmt.Sprintf("%012x", max(0, t.UnixMilli()))
	return s[:8] + "-" + s[8:]
}

// timeOf is when an id was made.
func timeOf(id string) time.Time {
	var ms int64
	if _, err := fmt.Sscanf(strings.Replace(id, "-", "", 1), "%12x", &ms); err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// remembered reports whether letters of a kind are kept for comparison. Opinions
// on one consultation are all about the same matter.
func remembered(k channel.Kind) bool { return k != channel.Report && !k.Profile().Consulted }
