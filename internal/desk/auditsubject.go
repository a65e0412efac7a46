package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/problem"
)

// auditedSubjects is what is known of the things entries of the trail name.
type auditedSubjects struct {
	numbers map[string]string // of tickets, by id
	hidden  map[string]bool   // ids and numbers of what the reader must not know of
}

// hides reports whether an entry is about what the reader must not know of, or names
// it.
func (s *auditedSubjects) hides(object string, detail map[string]string) bool {
	_, id, _ := strings.Cut(object, "/")
	if s.hidden[id] {
		return true
	}
	for _, v := range detail {
		if s.hidden[v] {
			return true
		}
	}
	return false
}

// auditedSubjects looks up the tickets and signals that objects and details of
// entries name. Reports (举报), and what the reader must keep away from, are hidden;
// other tickets are not: who looks after the trail need not read letters.
func (d *Desk) auditedSubjects(ctx context.Context, a *Actor, objects, details []string) (*auditedSubjects, error) {
	s := &auditedSubjects{numbers: map[string]string{}, hidden: map[string]bool{}}
	named := slices.Clone(details)
	for _, object := range objects {
		kind, id, _ := strings.Cut(object, "/")
		if named = append(named, id); kind == "signal" {
			if err := d.hideSignal(ctx, a, s, id); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(named)
	named = slices.Compact(named)
	tickets, err := d.Store.TicketsByID(ctx, named)
	if err != nil {
		return nil, err
	}
	more, err := d.Store.TicketsByNumber(ctx, named)
	if err != nil {
		return nil, err
	}
	for _, t := range append(tickets, more...) {
		s.numbers[t.ID] = t.Number
		if a.avoided(&t) || t.Restricted() && !a.MaySee(&t) {
			s.hidden[t.ID], s.hidden[t.Number] = true, true
		}
	}
	return s, nil
}

// hideSignal hides a signal that comes from a report.
func (d *Desk) hideSignal(ctx context.Context, a *Actor, s *auditedSubjects, id string) error {
	if _, known := s.hidden[id]; known || a.Reports {
		return nil
	}
	found, err := d.Store.Signal(ctx, id)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	s.hidden[id] = found.Restricted
	return nil
}
