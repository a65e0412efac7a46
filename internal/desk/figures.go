package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"jiesu/internal/desk/ticket/deadline"
)

// MostWeeks is how far back the figures are shown at once.
const MostWeeks = 53

// Week is what became of the questions of one ISO week, in Beijing.
type Week struct {
	Name       string // such as 2026-W48
	From, To   string // its Monday and Sunday, YYYY-MM-DD
	Final      bool   // it is over: its figures do not change any more
	Categories []WeekFigures
	Total      WeekFigures
}

// WeekFigures are the figures of one library category.
type WeekFigures struct {
	Category  string // empty: questions that led to no entry
	Asked     int64  // all below up to Gated
	Answered  int64
	Clarified int64
	None      int64
	Gated     int64 // emergencies, restricted topics, small talk
	Resolved  int64 // an option was chosen
	Refused   int64 // none of the options
	Liked     int64
	Disliked  int64
	Neutral   int64
	Corrected int64 // clerks' corrections, confirmed
}

// Figures returns the last weeks, newest first, the running one included. They
// are added up from what was counted on each day, so that reading them again
// gives the same.
func (d *Desk) Figures(ctx context.Context, a Actor, weeks int) ([]Week, error) {
	if !a.Figures {
		return nil, denied()
	}
	weeks = min(max(1, weeks), MostWeeks)
	today := d.at().In(deadline.Beijing())
	monday := mondayOf(today)
	first := monday.AddDate(0, 0, -7*(weeks-1))
	counts, err := d.Store.AnswerCounts(ctx, dayOf(first), dayOf(monday.AddDate(0, 0, 6)))
	if err != nil {
		return nil, err
	}
	found := make([]Week, 0, weeks)
	for m := monday; !m.Before(first); m = m.AddDate(0, 0, -7) {
		w := Week{Name: weekName(m), From: dayOf(m), To: dayOf(m.AddDate(0, 0, 6)), Final: m.Before(monday)}
		w.add(counts)
		found = append(found, w)
	}
	return found, nil
}

func (w *Week) add(counts []AnswerCount) {
	cells := map[string]*WeekFigures{}
	for _, c := range counts {
		if c.Day < w.From || c.Day > w.To {
			continue
		}
		cell := cells[c.Category]
		if cell == nil {
			cell = &WeekFigures{Category: c.Category}
			cells[c.Category] = cell
		}
		cell.add(c.Event, c.N)
		w.Total.add(c.Event, c.N)
	}
	w.Categories = []WeekFigures{}
	for _, category := range slices.Sorted(maps.Keys(cells)) {
		w.Categories = append(w.Categories, *cells[category])
	}
	slices.SortStableFunc(w.Categories, func(a, b WeekFigures) int { return cmp.Compare(b.Asked, a.Asked) })
}

func (f *WeekFigures) add(e AnswerEvent, n int64) {
	switch e {
	case Answered:
		f.Answered += n
	case Clarified:
		f.Clarified += n
	case Unresolved:
		f.None += n
	case Gated:
		f.Gated += n
	case Resolved:
		f.Resolved += n
	case Refused:
		f.Refused += n
	case Liked:
		f.Liked += n
	case Disliked:
		f.Disliked += n
	case Indifferent:
		f.Neutral += n
	case Corrected:
		f.Corrected += n
	}
	f.Asked = f.Answered + f.Clarified + f.None + f.Gated
}

// dayOf is the day of t in Beijing.
func dayOf(t time.Time) string { return t.In(deadline.Beijing()).Format(time.DateOnly) }

func mondayOf(t time.Time) time.Time {
	const sunday = 6
	return t.AddDate(0, 0, -(int(t.Weekday())+sunday)%7)
}

func weekName(monday time.Time) string {
	year, week := monday.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}
