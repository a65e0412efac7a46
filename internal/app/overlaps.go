package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// Overlaps prints the entries of a library that citizens cannot easily tell
// apart, the worst first, with the ways to ask that lead astray.
func Overlaps(ctx context.Context, dir string, out io.Writer) error {
	known, err := loadContent(dir)
	if err != nil {
		return err
	}
	index := search.NewEmbedded()
	if err := index.Replace(ctx, known.library.Entries()); err != nil {
		return err
	}
	found, err := knowledge.NewMatcher(index).Overlaps(ctx, known.library, time.Now())
	if err != nil {
		return err
	}
	for _, o := range found {
		_, _ = fmt.Fprintf(out, "%s → %s: %d of %d ways to ask\n", o.Entry, o.Other, len(o.Ways), o.Of)
		for _, way := range o.Ways {
			_, _ = fmt.Fprintf(out, "  %s\n", way)
		}
	}
	_, err = fmt.Fprintf(out, "%d overlaps\n", len(found))
	return err
}
