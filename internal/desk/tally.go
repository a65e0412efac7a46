package desk

import (
	"context"
	"sync"

	"jiesu/internal/desk/knowledge"
)

// tally holds what was counted about questions outside of a chat until the
// runner stores it: nothing else is stored for an answer, and a citizen should
// not wait for a disk on account of a statistic.
type tally struct {
	mu    sync.Mutex
	cells map[cell]int64
}

// cell is an [AnswerCount] whose day is not known yet: it is the day it is
// stored on, so that no day changes once it is over.
type cell struct {
	category string
	event    AnswerEvent
}

func (t *tally) add(c cell, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cells == nil {
		t.cells = map[cell]int64{}
	}
	t.cells[c] += n
}

func (t *tally) take() map[cell]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.cells
	t.cells = nil
	return taken
}

// StoreCounts stores what was counted since the last time. What could not be
// stored is kept for the next.
func (d *Desk) StoreCounts(ctx context.Context) error {
	taken := d.tally.take()
	if len(taken) == 0 {
		return nil
	}
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		counts := make([]AnswerCount, 0, len(taken))
		for c, n := range taken {
			counts = append(counts, AnswerCount{Day: dayOf(d.at()), Category: c.category, Event: c.event, N: n})
		}
		return tx.CountAnswers(ctx, newID(), counts...)
	})
	if err != nil {
		for c, n := range taken {
			d.tally.add(c, n)
		}
	}
	return err
}

// outcome is what a decision counts as.
func (d *Desk) outcome(decision knowledge.Decision) cell {
	switch decision.Kind {
	case knowledge.Answer:
		return cell{d.category(decision.Answer.Entry), Answered}
	case knowledge.Clarify:
		return cell{d.category(firstOption(decision.Options)), Clarified}
	case knowledge.None:
		return cell{"", Unresolved}
	case knowledge.Emergency, knowledge.Restricted, knowledge.SmallTalk:
	}
	return cell{"", Gated}
}

// firstOption is the entry offered first.
func firstOption(options []knowledge.Option) string {
	if len(options) == 0 {
		return ""
	}
	return options[0].Entry
}
