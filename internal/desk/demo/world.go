package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
)

// Hours in which staff work, in Beijing.
const (
	opens  = 8*time.Hour + 30*time.Minute
	closes = 18 * time.Hour
)

// world is a desk with a shelf for its tickets and a time of its own.
type world struct {
	*desk.Desk

	made    *made
	shelf   *shelf
	rand    *rand.Rand
	source  *rand.ChaCha8
	now     time.Time
	until   time.Time // when nobody does anything any more
	last    uint64    // time and count of the id the letter was given last
	origin  string    // begins the numbers of the tickets
	next    int       // the index of the next letter
	end     int       // and the one that belongs to somebody else
	refused int       // moves the desk did not allow
}

// newWorld returns the world of one batch of a plan.
func newWorld(p desk.Parts, m *made, plan Plan, first, try int) *world {
	var seed [32]byte
	for i, n := range []uint64{plan.Seed, uint64(plan.Count), uint64(first), uint64(try)} { //nolint:gosec // counts
		binary.BigEndian.PutUint64(seed[8*i:], n)
	}
	source := rand.NewChaCha8(seed)
	w := &world{
		made: m, shelf: newShelf(), rand: rand.New(source), source: source, until: plan.Until, origin: plan.origin(), next: first, //nolint:gosec // the plan decides, so that it can be repeated
		end: min(first+batch, plan.Count),
	}
	p.Store, p.Now, p.Random, p.NewID = w.shelf, func() time.Time { return w.now }, source, w.id
	w.Desk = desk.New(p)
	return w
}

// id is a UUID of version 7 of the world's own time: ids grow with time, within
// a millisecond by counting.
func (w *world) id() string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[8:], w.source.Uint64())
	stamp := uint64(w.now.UnixMilli())<<16 | 0x7000
	w.last = max(stamp, w.last+1)
	binary.BigEndian.PutUint64(u[:], w.last)
	u[8] = u[8]&0x3F | 0x80
	return u.String()
}

// reach lets clocks fire until at.
func (w *world) reach(ctx context.Context, at time.Time) error {
	for {
		next := w.shelf.next()
		if next.IsZero() || next.After(at) {
			w.now = later(w.now, at)
			return nil
		}
		w.now = later(w.now, next)
		if _, err := w.FireClocks(ctx, batch); err != nil {
			return err
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// working is at, or the first moment after it that somebody is at work.
func (w *world) working(at time.Time) (time.Time, error) {
	for {
		local := at.In(deadline.Beijing())
		midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
		day, err := w.Calendar().Day(at)
		since := local.Sub(midnight)
		switch {
		case err != nil:
			return at, err
		case day.Working && since < opens:
			return midnight.Add(opens + time.Duration(w.rand.Int64N(int64(2*time.Hour)))), nil
		case day.Working && since < closes:
			return at, nil
		}
		at = midnight.AddDate(0, 0, 1)
	}
}

// open lets the next letter come in.
func (w *world) open(ctx context.Context, l channel.Letter) (desk.Receipt, error) {
	l.Origin = channel.Origin{Platform: channel.DemoPlatform, ID: fmt.Sprint(w.origin, w.next)}
	w.next++
	o := desk.Opening{Letter: l}
	if l.Source.ByStaff() {
		clerk := w.force()
		o.Actor = &clerk
	}
	if err := o.Letter.Check(); err != nil {
		return desk.Receipt{}, fmt.Errorf("%s %s: %w", l.Kind, l.Title, err)
	}
	return w.Open(ctx, o)
}

// somebody is a made-up member of staff with a role in a unit.
func (w *world) somebody(unit, role string, n int) desk.Actor {
	a := w.Rights([]string{role}, w.Tree.Path(unit))
	a.ID, a.Unit, a.Path, a.Contact, a.Roles = fmt.Sprintf("demo-%s-%s-%d", unit, role, n), unit, w.Tree.Path(unit), true, []string{role}
	return a
}

func (w *world) force() desk.Actor {
	a := w.somebody(assignment.TaskForce, "taskforce", 1+w.rand.IntN(4))
	a.Reports = true
	return a
}

func (w *world) head(unit string) desk.Actor { return w.somebody(unit, "head", 1) }

// reason is one of a move's codes.
func (w *world) reason(m ticket.Move) string { return pick(w.rand, m.Reasons()).Code }

// between is a length of time between some hours.
func (w *world) between(from, to float64) time.Duration {
	return time.Duration((from + w.rand.Float64()*(to-from)) * float64(time.Hour)).Truncate(time.Microsecond)
}
