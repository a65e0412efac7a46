package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// JobGate asks the golden questions of the library as it would be.
const JobGate = "library.gate"

// Gate is what the golden set says of a version of a text, beside the library as
// it was then.
type Gate struct {
	Review  string // id of the text
	Hash    string // of its version
	Seq     int64  // of the library's last act
	Before  knowledge.Report
	After   knowledge.Report
	Changes []knowledge.Change // questions that are decided otherwise
	Fell    []string           // figures that fell further than is allowed
	Took    time.Duration
	At      time.Time
}

func gateJob(cause string, at time.Time) Job {
	return readyJob(JobGate, cause, struct{}{}, at, at)
}

// passGate lets no version through that the golden set was not asked about, or
// that makes the answers worse than is allowed.
func (d *Desk) passGate(ctx context.Context, r ShelfReader, it *review.Item, seq int64) error {
	if len(d.Golden.Queries) == 0 {
		return nil
	}
	gates, err := r.Gated(ctx, it.ID, it.Latest().Hash)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(gates, func(g Gate) bool { return g.Seq == seq })
	switch {
	case i < 0:
		return problem.New(problem.Conflict, "library.gate_pending", "正在用标准问题评测这一版，请稍后再发布。")
	case len(gates[i].Fell) > 0:
		return problem.New(problem.Conflict, "library.gate", "标准问题的评测结果下降太多，不能发布。请看评测中变化的问题，修改后重新送审。").
			With(problem.Field{Pointer: "/gate", Code: "fell", Message: strings.Join(gates[i].Fell, "、")})
	}
	return nil
}

// GateDue asks the golden questions about every version of an entry that waits
// to be read or published, where that was not done beside the library in use.
func (d *Desk) GateDue(ctx context.Context) error {
	if err := d.ReloadLibrary(ctx); err != nil {
		return err
	}
	if len(d.Golden.Queries) == 0 {
		return nil
	}
	waiting, err := d.Store.Reviews(ctx, ReviewFilter{
		States: []review.State{review.InReview, review.Approved}, Audience: review.Public, Kind: review.Entry, Limit: mostTexts,
	})
	if err != nil {
		return err
	}
	shelf := d.books.shelf.Load()
	var before *knowledge.Trial // the same for all
	for i := range waiting {
		it := &waiting[i]
		gates, err := d.Store.Gated(ctx, it.ID, it.Latest().Hash)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(gates, func(g Gate) bool { return g.Seq == shelf.Seq() }) {
			continue
		}
		if before == nil {
			if before, err = d.try(ctx, shelf.At(d.at())); err != nil {
				return err
			}
		}
		if err := d.gate(ctx, shelf, it, before); err != nil {
			return err
		}
	}
	return nil
}

// gate asks about one version and keeps what comes of it.
func (d *Desk) gate(ctx context.Context, shelf *knowledge.Shelf, it *review.Item, before *knowledge.Trial) error {
	from := d.Now()
	kind := entryKind{d}
	t := kind.read(it, len(it.Versions))
	kind.grounded(&t)
	t.Version, t.ValidFrom = -1, time.Time{} // no other has the number; it is measured as on its first day
	act := knowledge.Act{Kind: knowledge.Release, Entry: t.ID, Version: t.Version, Text: t.Entry, From: d.at()}
	after, err := d.try(ctx, shelf.With(act).At(d.at()))
	if err != nil {
		return err
	}
	g := Gate{
		Review: it.ID, Hash: it.Latest().Hash, Seq: shelf.Seq(), Before: before.Report, After: after.Report, Changes: d.Golden.Changes(before, after),
		Fell: d.Rules.Gate.Falls(&before.Report, &after.Report), Took: d.Now().Sub(from), At: d.at(),
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.InsertGate(ctx, g) })
}

// try asks the golden questions of an edition, in memory and beside the one in
// use.
func (d *Desk) try(ctx context.Context, e knowledge.Edition) (*knowledge.Trial, error) {
	lib, err := d.analysed(e)
	if err != nil {
		return nil, err
	}
	index := d.Scratch()
	if err := index.Replace(ctx, lib.Entries()); err != nil {
		return nil, err
	}
	beside := New(Parts{Library: lib, Matcher: knowledge.NewMatcher(index), Lines: d.Lines, Topics: d.Topics, Now: d.Now, Log: d.Log})
	t, err := d.Golden.Try(ctx, beside.Measured, d.Now)
	return &t, err
}

// Measured puts a question the way the desk does, gates included, and also
// returns the entries by rank. Where a gate decided, the library is still asked
// how it would have ranked its entries.
func (d *Desk) Measured(ctx context.Context, text string) (knowledge.Decision, []string, error) {
	text = seal.Mask(text)
	decision, scored, err := d.Decide(ctx, text)
	if err == nil && scored == nil {
		_, scored, err = d.Matcher.Match(ctx, d.Library(), text, d.Now())
	}
	ids := make([]string, 0, len(scored))
	for _, s := range scored {
		ids = append(ids, s.Entry)
	}
	return decision, ids, err
}

// Gates are what the golden set said of a text that a may read, of its latest
// version and newest first.
func (d *Desk) Gates(ctx context.Context, a Actor, reviewID string) ([]Gate, error) {
	v, err := d.Text(ctx, a, reviewID)
	if err != nil {
		return nil, err
	}
	return d.Store.Gated(ctx, v.ID, v.Latest().Hash)
}

func textGateJob(it *review.Item, at time.Time) Job {
	return gateJob(it.ID+"/"+strconv.FormatInt(it.Version, 10), at)
}
