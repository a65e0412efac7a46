package desk

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
)

// GapsEvery is how often a process gathers the questions that have come.
const GapsEvery = 5 * time.Second

const (
	askedKept    = 366 * 24 * time.Hour // how long a question is compared with
	askedPage    = 500                  // questions read at once
	askedNear    = 40                   // looked at for one question
	nearestCount = 3                    // of a gap that count: one alone may be near by chance
)

// sorter is what this process knows of the questions gathered so far: rare words
// of each, nothing that can be read. It can be thrown away.
type sorter struct {
	sync.Mutex // one gathers at a time

	index *signal.Index
	last  int64 // place up to which questions are in the index
}

// GatherQuestions puts the questions that have come into their gaps, one after
// the other in the order they came, and opens a task for a gap enough people have
// asked about. The same questions in the same order make the same gaps, whatever
// replica does it.
func (d *Desk) GatherQuestions(ctx context.Context) error {
	if d.Gaps == nil {
		return nil
	}
	p, err := d.remember()
	if err != nil {
		return err
	}
	s := &d.sorter
	s.Lock()
	defer s.Unlock()
	if s.index == nil { // of one key in all replicas, so that they draw the same words of a question
		s.index = signal.NewIndex(binary.LittleEndian.Uint64(digest("gaps/" + string(d.CodeKey))))
	}
	s.index.Forget(d.at().Add(-askedKept))
	if err := d.readGathered(ctx, d.Store, p); err != nil {
		return err
	}
	for {
		waiting, err := d.Store.AskedWaiting(ctx, askedPage)
		if err != nil {
			return err
		}
		for i := range waiting {
			if err := d.gatherOne(ctx, p, &waiting[i]); err != nil {
				return fmt.Errorf("gather question %s: %w", waiting[i].ID, err)
			}
		}
		if len(waiting) < askedPage {
			return nil
		}
	}
}

// readGathered brings the index up to what is gathered.
func (d *Desk) readGathered(ctx context.Context, r GapReader, p *past) error {
	s := &d.sorter
	for {
		page, err := r.AskedAfter(ctx, s.last, askedPage)
		if err != nil {
			return err
		}
		for i := range page {
			text := ReadText(p.analyzer, page[i].Text)
			s.index.Add(page[i].ID, page[i].At, &text)
			s.last = page[i].Place
		}
		if len(page) < askedPage {
			return nil
		}
	}
}

// gatherOne puts one question into its gap, or forgets it where it is none.
func (d *Desk) gatherOne(ctx context.Context, p *past, q *Asked) error {
	counts, category, err := d.judge(ctx, q)
	if err != nil {
		return err
	}
	text := ReadText(p.analyzer, q.Text)
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		place, err := tx.NextPlace(ctx)
		if err != nil {
			return err
		}
		now, err := tx.AskedByID(ctx, []string{q.ID})
		if err != nil || len(now) == 0 || now[0].Place > 0 { // another replica was there first
			return err
		}
		if !counts {
			return tx.DropAsked(ctx, q.ID)
		}
		if err := d.readGathered(ctx, tx, p); err != nil {
			return err
		}
		id, err := d.gapFor(ctx, tx, p, q, &text)
		if err == nil && id == "" {
			id = newID()
			err = tx.InsertGap(ctx, gap.New(id, category, q.At))
		}
		if err == nil {
			err = tx.PlaceAsked(ctx, q.ID, id, place)
		}
		if err != nil {
			return err
		}
		return d.ripen(ctx, tx, id, q.At)
	})
}

// judge reports whether the library leaves a question open, and what it may be
// about. What a gate or another authority answers is no gap, nor what has been
// answered meanwhile; what was answered badly is one all the same. No model is
// asked: what was written stays in the house.
func (d *Desk) judge(ctx context.Context, q *Asked) (counts bool, category string, err error) {
	h := hear(q.Text)
	topic, _ := d.topics.Find(h.rest)
	if h.rest == "" || topic != "" && !d.Library().NamesObject(h.rest) {
		return false, "", nil
	}
	decision, scored, err := d.inside().Match(ctx, d.Library(), h.rest, d.at())
	if err != nil {
		return false, "", err
	}
	if len(scored) > 0 {
		if e, ok := d.Library().Entry(scored[0].Entry); ok && d.Library().NamesObject(h.rest) && d.Library().SameMatter(h.rest, e.Question) {
			category = e.Category
		}
	}
	switch q.Cause {
	case CauseDisliked:
		counts = true
	case CauseLetter:
		counts = decision.Kind == knowledge.None
	case CauseUnanswered:
		counts = decision.Kind != knowledge.Answer
	}
	return counts, category, nil
}

// gapFor is the gap whose questions are nearest to q; empty: none is near. Of
// each gap the three nearest count, on average.
func (d *Desk) gapFor(ctx context.Context, r GapReader, p *past, q *Asked, text *signal.Text) (string, error) {
	var ids []string
	for _, n := range d.sorter.index.Near(q.ID, text, askedNear) {
		ids = append(ids, n.ID)
	}
	if len(ids) == 0 {
		return "", nil
	}
	near, err := r.AskedByID(ctx, ids)
	if err != nil {
		return "", err
	}
	kin := map[string][]float64{}
	for i := range near {
		other := ReadText(p.analyzer, near[i].Text)
		kin[near[i].Gap] = append(kin[near[i].Gap], p.same.Kin(text, &other))
	}
	best, nearest := "", 0.0
	for id, all := range kin {
		slices.SortFunc(all, func(a, b float64) int { return cmp.Compare(b, a) })
		all = all[:min(nearestCount, len(all))]
		sum := 0.0
		for _, k := range all {
			sum += k
		}
		if mean := sum / float64(len(all)); mean > nearest || mean == nearest && id < best {
			best, nearest = id, mean
		}
	}
	if nearest < d.Gaps.Alike {
		return "", nil
	}
	return best, nil
}

// ripen makes a task of a gap, where enough people have asked until a time.
func (d *Desk) ripen(ctx context.Context, tx Tx, id string, until time.Time) error {
	g, err := tx.Gap(ctx, id)
	if err != nil || g.Waits() {
		return err
	}
	lately, err := tx.Lately(ctx, id, g.From(d.Gaps, until))
	if err != nil || !g.Ripe(d.Gaps, lately) {
		return err
	}
	questions, err := tx.AskedIn(ctx, id, askedNear)
	if err != nil {
		return err
	}
	return d.openTask(ctx, tx, &g, d.ownerOf(questions))
}

// ownerOf is the unit questions are for, by the rules letters go by; the task
// force where no rule fits, or where they are about one of that unit's officers.
func (d *Desk) ownerOf(questions []Asked) string {
	var texts []string
	for i := range questions {
		texts = append(texts, questions[i].Text)
	}
	unit := d.Router.Route(assignment.Request{Kind: string(channel.Consult), Text: strings.Join(texts, "\n"), At: d.at()}).Unit
	there := Actor{Path: d.Tree.Path(unit)}
	if slices.ContainsFunc(texts, func(text string) bool { return d.isAbout(&there, text) }) {
		return assignment.TaskForce
	}
	return unit
}

// isAbout reports whether a question names an officer, and a is that officer or of
// the same unit. A unit may be named by whoever asks for its opening hours.
func (d *Desk) isAbout(a *Actor, question string) bool {
	named := d.Router.Route(assignment.Request{Kind: string(channel.Complaint), Text: question, At: d.at()})
	return named.Why == "officer" && a.avoided(&ticket.Ticket{Avoid: named.Avoid})
}
