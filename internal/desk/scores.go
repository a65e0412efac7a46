package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const monthLayout = "2006-01"

// FrozenMonth is a month that is closed for scores.
type FrozenMonth struct {
	Month  string // YYYY-MM
	At     time.Time
	By     string // user id, operator or system
	Rules  string // text they were
	Facts  int
	Digest string // of the facts
	Sheet  string // what came of them, as JSON
}

// ScoreReader reads closed months.
type ScoreReader interface {
	FrozenMonth(ctx context.Context, month string) (FrozenMonth, error)
	// LastFrozen is the last closed month; empty: none is.
	LastFrozen(ctx context.Context) (string, error)
	// EachFact calls fn with every fact of a closed month, by ticket and step.
	EachFact(ctx context.Context, month string, fn func(report.Fact) error) error
}

// ScoreWriter closes months. What is closed never changes.
type ScoreWriter interface {
	// HoldMonths makes others wait until the end of the transaction who want to
	// close a month, or to strike a rating from one.
	HoldMonths(ctx context.Context) error
	// FreezeFacts keeps what happened from one time until before another as the
	// facts of a month; of reports (举报) and of ratings that were struck it keeps
	// nothing.
	FreezeFacts(ctx context.Context, month string, from, until time.Time) error
	// InsertFrozenMonth closes a month; one that is closed is a Conflict
	// "score.frozen".
	InsertFrozenMonth(ctx context.Context, m FrozenMonth) error
}

// FreezeMonth closes a month that is over: its facts and the rules of today are
// kept, once and for all.
func (d *Desk) FreezeMonth(ctx context.Context, by, month string) (FrozenMonth, error) {
	from, until, err := deadline.ParseMonth(month)
	if err != nil {
		return FrozenMonth{}, err
	}
	at := d.at()
	if until.After(at) {
		return FrozenMonth{}, problem.New(problem.Invalid, "score.month_open", month+"还没有结束，结束以后才能封存考核数据。")
	}
	rules, err := report.LoadRules()
	if err != nil {
		return FrozenMonth{}, err
	}
	// Nothing happens any more in a month that is over: counting it takes long, and
	// keeps nobody from writing.
	upheld, err := d.Store.UpheldAppeals(ctx, from, until)
	if err != nil {
		return FrozenMonth{}, err
	}
	form, err := report.LoadForm()
	if err != nil {
		return FrozenMonth{}, err
	}
	cells, err := d.countCells(ctx, form, TopicScope{From: from, Until: until, Known: at})
	if err != nil {
		return FrozenMonth{}, err
	}
	m := FrozenMonth{Month: month, At: at, By: by, Rules: rules.Text()}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := closable(ctx, tx, month, from, until, upheld); err != nil {
			return err
		}
		if err := tx.FreezeFacts(ctx, month, from, until); err != nil {
			return err
		}
		tally, err := tallyOf(ctx, tx, month, rules)
		if err != nil {
			return err
		}
		if m.Sheet, err = encoded(tally.Sheet(month)); err != nil {
			return err
		}
		m.Facts, m.Digest = tally.Facts(), tally.Digest()
		if err := tx.InsertFrozenMonth(ctx, m); err != nil {
			return err
		}
		if err := closeReport(ctx, tx, month, at, form, cells); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{
			At: at, Actor: by, Action: "score.freeze", Object: "score/" + month,
			Detail: map[string]string{"facts": strconv.Itoa(m.Facts), "digest": m.Digest, "rules": strconv.Itoa(rules.Version)},
		})
	})
	return m, err
}

// closable holds months and reports whether one is open still, and no rating was
// struck from it since it was counted.
func closable(ctx context.Context, tx Tx, month string, from, until time.Time, counted []UpheldAppeals) error {
	if err := tx.HoldMonths(ctx); err != nil {
		return err
	}
	switch _, err := tx.FrozenMonth(ctx, month); {
	case err == nil:
		return problem.New(problem.Conflict, "score.frozen", month+"的考核数据已经封存，不能再次封存。")
	case problem.KindOf(err) != problem.NotFound:
		return err
	}
	now, err := tx.UpheldAppeals(ctx, from, until)
	if err == nil && !slices.Equal(now, counted) {
		err = problem.New(problem.Conflict, "score.moved", "统计期间刚刚审定了一件评价申诉，请重新封存。")
	}
	return err
}

// FreezeDue closes the month after the last one that was closed, if it is over
// and appeals against its ratings have had their time; where none was, the newest
// such month. It closes one at a time: a server whose clock is wrong for an hour must
// not close a year.
func (d *Desk) FreezeDue(ctx context.Context) error {
	newest, err := d.newestSettled()
	if err != nil {
		return err
	}
	last, err := d.Store.LastFrozen(ctx)
	if err != nil {
		return err
	}
	month := newest
	if last != "" {
		if _, month, err = deadline.ParseMonth(last); err != nil {
			return err
		}
	}
	if month.After(newest) {
		return nil
	}
	_, err = d.FreezeMonth(ctx, "system", month.Format(monthLayout))
	if problem.HasCode(err, "score.frozen") { // somebody else was faster
		return nil
	}
	return err
}

// Scores is the sheet of a closed month, worked out anew from what was kept.
type Scores struct {
	report.Sheet

	FrozenAt time.Time
	Facts    int
	Digest   string
	// Upheld are the ratings that were found unfair only after the month was closed,
	// which counts them.
	Upheld []UpheldAppeals
	// Intact says that facts and sheet are those that were kept when the month was
	// closed.
	Intact bool
}

// Scores shows how the units in a's scope did in a closed month.
func (d *Desk) Scores(ctx context.Context, a Actor, month string) (Scores, error) {
	if !a.Watches {
		return Scores{}, notWatching()
	}
	if _, _, err := deadline.ParseMonth(month); err != nil {
		return Scores{}, err
	}
	m, err := d.Store.FrozenMonth(ctx, month)
	if err != nil {
		return Scores{}, err
	}
	rules, err := report.ParseRules(m.Rules)
	if err != nil {
		return Scores{}, err
	}
	tally, err := tallyOf(ctx, d.Store, month, rules)
	if err != nil {
		return Scores{}, err
	}
	s := Scores{Sheet: tally.Sheet(month), FrozenAt: m.At, Facts: tally.Facts(), Digest: tally.Digest()}
	sheet, err := encoded(s.Sheet)
	if err != nil {
		return Scores{}, err
	}
	s.Intact = sheet == m.Sheet && s.Digest == m.Digest && s.Facts == m.Facts
	s.Lines = d.linesFor(&a, s.Lines)
	s.Upheld, err = d.upheldLate(ctx, &a, month)
	return s, err
}

// linesFor are the lines a may see, in the order of the organisation; units it
// does not know any more come last.
func (d *Desk) linesFor(a *Actor, lines []report.Line) []report.Line {
	seen := []report.Line{}
	for _, u := range append(d.Tree.Units(), assignment.Unit{}) {
		if !a.covers(u.Path) {
			continue
		}
		for _, l := range lines {
			if _, known := d.Tree.ByID(l.Unit); l.Unit == u.ID || u.ID == "" && !known {
				seen = append(seen, l)
			}
		}
	}
	return slices.Clip(seen)
}

// tallyOf adds up the facts of a month.
func tallyOf(ctx context.Context, r ScoreReader, month string, rules *report.Rules) (*report.Tally, error) {
	tally := report.NewTally(rules)
	return tally, r.EachFact(ctx, month, tally.Add)
}

func encoded(s report.Sheet) (string, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encode sheet: %w", err)
	}
	return string(raw), nil
}
