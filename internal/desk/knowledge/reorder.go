package knowledge

import (
	"context"
	"slices"
)

// Reorder says in which order to offer the options of a clarifying question.
// That is all it may do: what is offered, how sure the desk is and whether it
// answers at all are decided without it.
type Reorder interface {
	// Order names options by entry, best first. It reports false where it cannot
	// tell before ctx ends; it never returns later than that.
	Order(ctx context.Context, question string, options []Option) (entries []string, ok bool)
}

// Reordered is d with its options in the order named. Entries that are not among
// the options, or named twice, count for nothing; options not named keep their
// order behind the others. Every decision but Clarify stays as it is.
func (d Decision) Reordered(entries []string) Decision {
	if d.Kind != Clarify {
		return d
	}
	rest := slices.Clone(d.Options)
	ordered := make([]Option, 0, len(rest))
	for _, entry := range entries {
		at := slices.IndexFunc(rest, func(o Option) bool { return o.Entry == entry && entry != "" })
		if at >= 0 {
			ordered = append(ordered, rest[at])
			rest = slices.Delete(rest, at, at+1)
		}
	}
	d.Options = append(ordered, rest...)
	return d
}
