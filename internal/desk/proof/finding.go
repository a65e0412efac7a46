package proof

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says what a finding means for the text.
type Severity string

// The severities.
const (
	Block Severity = "block" // must not go out as it is, but for a reason
	Warn  Severity = "warn"  // probably wrong
	Note  Severity = "note"  // worth a look
)

// rank orders severities, the gravest first.
func (s Severity) rank() int { return slices.Index([]Severity{Block, Warn, Note}, s) }

// Finding is something a reviewer should look at: the characters of the text
// between From and To. From equals To where something is missing.
type Finding struct {
	Code       string // stable, e.g. "person.id_card"
	Severity   Severity
	From, To   int    // characters
	Excerpt    string // personal data masked
	Message    string // Chinese, says what to do
	Suggestion string // what may stand there instead; often empty
}

// family is the part of the code two findings on one passage must not share.
func (f *Finding) family() string {
	family, _, _ := strings.Cut(f.Code, ".")
	return family
}

// Blocks reports whether a finding keeps the text from going out.
func Blocks(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Block })
}

// settle puts findings in order and keeps one for each passage: of findings of a
// family that overlap the gravest, then the longest; of findings on the very
// same passage the gravest.
func settle(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.rank(), b.Severity.rank()), cmp.Compare(b.To-b.From, a.To-a.From), cmp.Compare(a.From, b.From), cmp.Compare(a.Code, b.Code))
	})
	var kept []Finding
	for _, f := range found {
		if !slices.ContainsFunc(kept, func(k Finding) bool { return k.covers(&f) }) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Code, b.Code))
	})
	return kept
}

func (f *Finding) covers(other *Finding) bool {
	if f.From == other.From && f.To == other.To {
		return f.Code == other.Code || f.From < f.To
	}
	return f.From < other.To && other.From < f.To && f.family() == other.family()
}
