package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/demo"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// Demo says which tickets to make up.
type Demo struct {
	Seed  uint64
	Count int
	Until string // the last day, YYYY-MM-DD in Beijing; empty: until now
	Force bool   // beside real letters
}

// until is when the plan ends: with that day, and not after now.
func (d *Demo) until(now time.Time) (time.Time, error) {
	if d.Until == "" {
		return now, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, d.Until, deadline.Beijing())
	if err != nil {
		return day, fmt.Errorf("--until %q is not a day: write YYYY-MM-DD", d.Until)
	}
	end := day.AddDate(0, 0, 1)
	if today := day.Before(now) && end.After(now); today {
		end = now
	}
	return end, nil
}

// ErrRealLetters is returned where tickets would be made up beside real ones.
var ErrRealLetters = errors.New("this installation holds real letters, and what is made up cannot be removed again: use a fresh one, or --force")

// DemoTickets stores made-up tickets. What an earlier run has stored of the same
// plan stays as it is.
func DemoTickets(ctx context.Context, file string, environ []string, d Demo, now func() time.Time, out io.Writer) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	s, keys, err := openStore(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(fillDemo(ctx, s, keys.ring, d, now, out), s.Close())
}

func fillDemo(ctx context.Context, s *store.Store, keys *seal.Keyring, d Demo, now func() time.Time, out io.Writer) error {
	genuine, err := s.Genuine(ctx)
	if err != nil {
		return err
	}
	if genuine && !d.Force {
		return ErrRealLetters
	}
	until, err := d.until(now())
	if err != nil {
		return err
	}
	parts, err := rules(ctx, s, now)
	if err != nil {
		return err
	}
	parts.CodeKey, parts.Rights = keys.BlindIndex("key", "query code"), rights
	maker, err := demo.New(parts, demo.Plan{Seed: d.Seed, Count: d.Count, Until: until})
	if err != nil {
		return err
	}
	const garbage = 400 // percent: batches are many and soon forgotten, and memory stays small
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	began := now()
	stored, known, err := keepBatches(ctx, maker, out)
	_, _ = fmt.Fprintf(out, "%d made-up tickets stored, %d were there already, %.0f s\n", stored, known, now().Sub(began).Seconds())
	return err
}

// rules are what decides about letters, as this installation has them.
func rules(ctx context.Context, s *store.Store, now func() time.Time) (desk.Parts, error) {
	p := desk.Parts{Store: s, Random: rand.Reader, Now: now, Log: slog.New(slog.DiscardHandler)}
	var err error
	if p.Router, err = assignment.LoadRouter(); err != nil {
		return p, err
	}
	p.Tree = p.Router.Tree()
	if p.Calendar, err = deadline.LoadCalendar(); err != nil {
		return p, err
	}
	if p.Chains, err = review.LoadRules(); err != nil {
		return p, err
	}
	if p.Profile, err = deadline.LoadProfile(); err != nil {
		return p, err
	}
	house := desk.New(p)
	err = errors.Join(house.ReloadCalendar(ctx), house.LearnOrganisation(ctx))
	p.Calendar = house.Calendar()
	return p, err
}

// keepBatches makes up one batch while the one before it is stored.
func keepBatches(ctx context.Context, m *demo.Maker, out io.Writer) (stored, known int, err error) {
	made := make(chan *demo.Batch, 1)
	var both errgroup.Group
	inside, stop := context.WithCancel(ctx)
	both.Go(func() error {
		defer close(made)
		for n := range m.Batches() {
			b, err := m.Make(inside, n, 0)
			if err != nil {
				return err
			}
			select {
			case made <- b:
			case <-inside.Done():
				return inside.Err()
			}
		}
		return nil
	})
	n := 0
	for b := range made {
		if err = keepBatch(ctx, m, n, b); err != nil {
			break
		}
		if b.Known {
			known += b.Tickets
		} else {
			stored += b.Tickets
		}
		if n++; n%40 == 0 {
			_, _ = fmt.Fprintf(out, "%d of %d batches\n", n, m.Batches())
		}
	}
	stop()
	if failed := both.Wait(); err == nil { // being stopped is no failure of its own
		err = failed
	}
	return stored, known, err
}

// keepBatch stores a batch; where it drew a number that was taken, another try.
func keepBatch(ctx context.Context, m *demo.Maker, n int, b *demo.Batch) error {
	for try := 1; ; try++ {
		err := m.Keep(ctx, b)
		if !demo.Again(err, try) {
			return err
		}
		if b, err = m.Make(ctx, n, try); err != nil {
			return err
		}
	}
}
