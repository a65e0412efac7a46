package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/search"
	"jiesu/internal/store"
)

// EvalLabels prints the questions editors have confirmed as JSON lines for
// eval faq: those the library answers, or those nothing of it does. They are
// masked, but a name may be left in them.
func EvalLabels(ctx context.Context, file string, environ []string, none bool, out io.Writer) error {
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		labels, err := desk.New(desk.Parts{Store: s}).Taught(ctx)
		if err != nil {
			return err
		}
		lines := json.NewEncoder(out)
		lines.SetEscapeHTML(false)
		for _, l := range labels {
			var row any = queryRow{QID: l.ID, Query: l.Question, EntryIDs: l.Entries}
			if none {
				row = outsideRow{ID: l.ID, Text: l.Question}
			}
			if none != (len(l.Entries) == 0) {
				continue
			}
			if err := lines.Encode(row); err != nil {
				return fmt.Errorf("write labels: %w", err)
			}
		}
		return nil
	})
}

// Replay says what past questions are decided by other settings than those in
// force.
type Replay struct {
	Settings string // file of the other model
	Since    string // YYYY-MM-DD in Beijing; empty: everything
	Show     bool   // print changed questions, masked
}

// EvalReplay decides past questions as now and with other settings, in memory,
// and prints what would change. Nobody is asked, nothing is stored.
func EvalReplay(ctx context.Context, file string, environ []string, r Replay, out io.Writer) error {
	raw, err := os.ReadFile(r.Settings)
	if err != nil {
		return err
	}
	model, err := knowledge.ParseModel(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Settings, err)
	}
	since := time.Unix(0, 0)
	if r.Since != "" {
		if since, err = time.ParseInLocation(time.DateOnly, r.Since, deadline.Beijing()); err != nil {
			return fmt.Errorf("since: %q is no date like 2026-01-31", r.Since)
		}
	}
	return withStore(ctx, file, environ, func(c config.Config, s *store.Store) error {
		known, err := loadContent(c.Library)
		if err != nil {
			return err
		}
		inForce, err := judged(known.library, c.Model)
		if err != nil {
			return err
		}
		index := search.NewEmbedded()
		if err := index.Replace(ctx, known.library.Entries()); err != nil {
			return err
		}
		parts := desk.Parts{
			Store: s, Library: inForce, Matcher: knowledge.NewMatcher(index), Lines: known.lines, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}
		now := desk.New(parts)
		parts.Library = known.library.With(model)
		questions, err := now.PastQuestions(ctx, since)
		if err != nil {
			return err
		}
		compared, err := knowledge.Replay(ctx, now.Measured, desk.New(parts).Measured, questions)
		if err != nil {
			return err
		}
		return compared.Table(out, r.Show)
	})
}
