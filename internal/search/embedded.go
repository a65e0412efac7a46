package search

import (
	"context"
	"fmt"
	"sync/atomic"

	"jiesu/internal/desk/knowledge"
)

// Embedded is a knowledge.Index that lives in memory. Its content is an
// immutable snapshot that Replace builds aside and then swaps in.
type Embedded struct {
	current atomic.Pointer[snapshot]
}

// NewEmbedded returns an empty index.
func NewEmbedded() *Embedded { return &Embedded{} }

// Replace implements knowledge.Index. On an error the old content stays. Of
// two entries with one id the later wins.
func (e *Embedded) Replace(ctx context.Context, entries []knowledge.Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("search: replace: %w", err)
	}
	a, err := knowledge.NewAnalyzer()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	last := make(map[string]int, len(entries))
	for i := range entries {
		last[entries[i].ID] = i
	}
	b := builder{analyzer: a, numbers: map[knowledge.Term]uint32{}}
	for i := range entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search: replace: %w", err)
		}
		if last[entries[i].ID] == i {
			b.add(&entries[i])
		}
	}
	e.current.Store(b.build())
	return nil
}

// Search implements knowledge.Index.
func (e *Embedded) Search(ctx context.Context, text string, limit int) ([]knowledge.Candidate, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	s := e.current.Load()
	if s == nil || limit <= 0 {
		return nil, nil
	}
	return s.search(text, limit), nil
}
