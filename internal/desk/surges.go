package desk

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
)

const (
	surgePast  = 420 * 24 * time.Hour // what a watch for surges looks back on: a year, and some weeks
	surgeFresh = 3 * 24 * time.Hour   // an older surge is no news: a watch that begins anew finds those of the past too
)

// surgeWatch tells when more is written about a matter than its past lets
// expect; [signal.Surges] does.
type surgeWatch interface {
	Watch(l signal.Sighting) []signal.Surge
	Forget(at time.Time)
}

// surges is how much is written about what. All of it comes from the store and
// can be thrown away; every replica has its own.
type surges struct {
	mu       sync.Mutex
	watch    surgeWatch
	analyzer *knowledge.Analyzer
	last     string // id up to which letters were watched
}

// begin makes the watch, once.
func (s *surges) begin(random io.Reader) (err error) {
	if s.watch != nil {
		return nil
	}
	if s.analyzer, err = knowledge.NewAnalyzer(); err != nil {
		return err
	}
	var key [8]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return err
	}
	s.watch = signal.NewSurges(binary.LittleEndian.Uint64(key[:]))
	return nil
}

// WatchSurges watches the letters that have come since it was last called, in
// their order, and raises the surges among them. Whoever calls it owns the time it
// takes: minutes at the first call on a large desk, for the past has to be known.
// It may be stopped at any time and goes on where it was. Several replicas find
// the same surge: the first opens its signal, the others find it open.
func (d *Desk) WatchSurges(ctx context.Context) error {
	if d.Signs == nil {
		return nil
	}
	s := &d.surges
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(d.Random); err != nil {
		return err
	}
	at := d.at()
	s.watch.Forget(at)
	after := idsFrom(at.Add(-surgePast))
	if s.last != "" {
		after = max(after, idsFrom(timeOf(s.last).Add(-pastOverlap)))
	}
	for {
		page, err := d.Store.Past(ctx, PastFilter{After: after, Limit: pastPage})
		if err != nil {
			return fmt.Errorf("read letters for surges: %w", err)
		}
		for i := range page {
			if err := d.watchFor(ctx, &page[i], at); err != nil {
				return err
			}
			after = page[i].Ticket.ID
			s.last = max(s.last, after)
		}
		if len(page) < pastPage {
			return nil
		}
	}
}

// watchFor shows one letter to the watch and stores what that raises.
func (d *Desk) watchFor(ctx context.Context, p *PastTicket, at time.Time) error {
	t := &p.Ticket
	if !watched(t) {
		return nil
	}
	about, whole := ReadSubject(d.surges.analyzer, p.Title, p.Text), ReadText(d.surges.analyzer, p.Title+"\n"+p.Text)
	group := ""
	if t.Category != "" && t.District != "" {
		group = t.Category + "/" + t.District
	}
	for _, found := range d.surges.watch.Watch(signal.Sighting{ID: t.ID, At: t.CreatedAt, About: &about, Whole: &whole, Writer: cmp.Or(p.Writer, t.Conversation), Group: group}) {
		if at.Sub(t.CreatedAt) > surgeFresh {
			continue
		}
		err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return d.raiseSurge(ctx, tx, t, &found) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) raiseSurge(ctx context.Context, tx Tx, t *ticket.Ticket, found *signal.Surge) error {
	letters, err := tx.TicketsByID(ctx, found.Letters)
	if err != nil {
		return err
	}
	return d.raise(ctx, tx, sighting{
		Raising: d.Signs.Surge, pattern: signal.Surging, group: found.Group, letters: byAge(letters),
		evidence: []signal.Evidence{{Ticket: t.ID, Pattern: signal.Surging, Count: len(found.Letters)}},
	})
}
