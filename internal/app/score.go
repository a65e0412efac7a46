package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"text/tabwriter"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/store"
)

const (
	jobFreezeScores = "score.freeze"
	freezeEvery     = 24 * time.Hour
	freezeTakes     = 10 * time.Minute // at most
)

// ErrScoresDiffer is returned where a sheet worked out anew is not the one that
// was kept.
var ErrScoresDiffer = errors.New("facts or figures are not those kept when the month was closed")

// ScoreFreeze closes a month for scores.
func ScoreFreeze(ctx context.Context, file string, environ []string, now func() time.Time, month string, out io.Writer) error {
	return withScores(ctx, file, environ, now, func(d *desk.Desk) error {
		m, err := d.FreezeMonth(ctx, "operator", month)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s is closed: %d facts, digest %s\n", m.Month, m.Facts, m.Digest)
		return err
	})
}

// ScoreShow works out the sheet of a closed month anew and prints it. It fails
// with ErrScoresDiffer where that is not what was kept.
func ScoreShow(ctx context.Context, file string, environ []string, now func() time.Time, month string, asJSON bool, out io.Writer) error {
	return withScores(ctx, file, environ, now, func(d *desk.Desk) error {
		s, err := d.Scores(ctx, desk.Actor{ID: "operator", Scope: "*", Watches: true}, month)
		if err != nil {
			return err
		}
		printed := printScores
		if asJSON {
			printed = func(out io.Writer, s *desk.Scores) error { return json.NewEncoder(out).Encode(s.Sheet) }
		}
		if err := printed(out, &s); err != nil {
			return err
		}
		if !s.Intact {
			return ErrScoresDiffer
		}
		return nil
	})
}

func withScores(ctx context.Context, file string, environ []string, now func() time.Time, fn func(*desk.Desk) error) error {
	tree, err := assignment.LoadTree()
	if err != nil {
		return err
	}
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		return fn(desk.New(desk.Parts{Store: s, Tree: tree, Now: now, Log: slog.New(slog.DiscardHandler)}))
	})
}

func printScores(out io.Writer, s *desk.Scores) error {
	_, _ = fmt.Fprintf(out, "%s, closed %s, %d facts, digest %s\nrules %d: %s\n",
		s.Month, s.FrozenAt.In(deadline.Beijing()).Format(time.DateTime), s.Facts, s.Digest, s.Version, s.Rules)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i := range s.Lines {
		printLine(table, &s.Lines[i])
	}
	for _, u := range s.Upheld {
		_, _ = fmt.Fprintf(table, "%s\tratings found unfair after it was closed\t%d\n", u.Unit, u.Late)
	}
	return table.Flush()
}

// printLine prints the parts before what they add up to.
func printLine(table io.Writer, l *report.Line) {
	hundredths := func(n int) string { return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) }
	for _, p := range l.Parts {
		points := "too few"
		if p.Counts {
			points = hundredths(p.Points) + " of " + strconv.Itoa(p.Weight)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d/%d\t%s %%\t%s\n", l.Unit, p.Name, p.Cases, p.Of, hundredths(p.Share), points)
	}
	score := "too few to judge by"
	if l.Score != nil {
		score = hundredths(*l.Score)
	}
	_, _ = fmt.Fprintf(table, "%s\tscore\t\t\t%s\n", l.Unit, score)
}
