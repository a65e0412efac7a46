package knowledge

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Past is a question somebody asked before, personal data masked.
type Past struct {
	Text     string
	Times    int
	Labelled bool     // an editor has said what answers it
	Gold     []string // if labelled; none: nothing of the library does
}

// Change is a past question that would be decided otherwise.
type Change struct {
	Text          string
	Before, After string // what is said: answer and entry, clarify, none …
}

// Verdicts says how the labelled questions come out.
type Verdicts struct {
	Right   int // answered by a right entry; or not answered where nothing does
	Wrong   int // answered by a wrong entry
	Neither int // not answered where something would
}

// Replayed compares two ways to decide on the same past questions.
type Replayed struct {
	Questions     int
	Times         int // they were asked, together
	Labelled      int
	Changes       []Change
	Kinds         map[string]int // changes by what became what
	Before, After Verdicts
}

// Replay decides the questions both ways and compares. It asks nobody and
// stores nothing.
func Replay(ctx context.Context, before, after Ask, questions []Past) (Replayed, error) {
	r := Replayed{Kinds: map[string]int{}}
	for _, q := range questions {
		old, _, err := before(ctx, q.Text)
		if err != nil {
			return Replayed{}, fmt.Errorf("knowledge: replay: %w", err)
		}
		now, _, err := after(ctx, q.Text)
		if err != nil {
			return Replayed{}, fmt.Errorf("knowledge: replay: %w", err)
		}
		r.Questions++
		r.Times += q.Times
		if q.Labelled {
			r.Labelled++
			r.Before.judge(&old, q.Gold)
			r.After.judge(&now, q.Gold)
		}
		if a, b := saidBy(&old), saidBy(&now); a != b {
			r.Changes = append(r.Changes, Change{Text: q.Text, Before: a, After: b})
			kind := string(old.Kind) + " → " + string(now.Kind)
			if old.Kind == now.Kind {
				kind = string(old.Kind) + " → another " + string(now.Kind)
			}
			r.Kinds[kind]++
		}
	}
	return r, nil
}

// saidBy is what a decision says, as far as it matters: the entries answered or
// offered.
func saidBy(d *Decision) string {
	said := []string{string(d.Kind)}
	if d.Answer != nil {
		said = append(said, d.Answer.Entry)
	}
	for _, o := range d.Options {
		said = append(said, o.Entry)
	}
	return strings.Join(said, " ")
}

func (v *Verdicts) judge(d *Decision, gold []string) {
	answered := d.Kind == Answer && d.Answer != nil
	switch {
	case answered && slices.Contains(gold, d.Answer.Entry), !answered && len(gold) == 0:
		v.Right++
	case answered:
		v.Wrong++
	default:
		v.Neither++
	}
}

// Table writes the comparison for people, and with show every changed question.
func (r *Replayed) Table(w io.Writer, show bool) error {
	type row struct {
		name  string
		value int
	}
	rows := []row{{"questions", r.Questions}, {"asked, times", r.Times}, {"decided otherwise", len(r.Changes)}}
	kinds := slices.SortedFunc(maps.Keys(r.Kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Kinds[b], r.Kinds[a]), cmp.Compare(a, b))
	})
	for _, k := range kinds {
		rows = append(rows, row{"  " + k, r.Kinds[k]})
	}
	if r.Labelled > 0 {
		rows = append(rows, row{"labelled", r.Labelled},
			row{"  right now", r.Before.Right}, row{"  right then", r.After.Right},
			row{"  wrong now", r.Before.Wrong}, row{"  wrong then", r.After.Wrong},
			row{"  not answered now", r.Before.Neither}, row{"  not answered then", r.After.Neither})
	}
	for _, row := range rows {
		if _, err := fmt.Fprintf(w, "%-32s %8d\n", row.name, row.value); err != nil {
			return fmt.Errorf("knowledge: replay: %w", err)
		}
	}
	if !show {
		return nil
	}
	for _, c := range r.Changes {
		if _, err := fmt.Fprintf(w, "%s\t→ %s\t%q\n", c.Before, c.After, c.Text); err != nil {
			return fmt.Errorf("knowledge: replay: %w", err)
		}
	}
	return nil
}
