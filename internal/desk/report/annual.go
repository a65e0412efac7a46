package report

import "time"

// Passage is one step of one ticket on its way through a year.
type Passage struct {
	Ticket string // number
	Opened time.Time
	Step   Step // empty: it was opened, and nothing since
	Code   string
	At     time.Time
}

// Annual is how the tickets of a kind went through a year, each counted once:
// new or carried over from the year before, and done or carried on to the next.
// A ticket done before the year and redone in it is neither new nor carried over:
// Odd names it, for it is why a table may not balance.
type Annual struct {
	Cells  []Cell
	Behind map[Cell][]string // numbers of the tickets one cell counts
	Odd    []string          // numbers
}

// AnnualOf follows tickets through a year. Passages are in the order of tickets,
// and of each in the order they happened; those after the year are left out.
func AnnualOf(from time.Time, passages []Passage) Annual {
	a := Annual{Behind: map[Cell][]string{}}
	for len(passages) > 0 {
		n := 1
		for n < len(passages) && passages[n].Ticket == passages[0].Ticket {
			n++
		}
		a.follow(from, passages[:n])
		passages = passages[n:]
	}
	a.Cells = Sum(a.Cells)
	return a
}

// follow counts one ticket.
func (a *Annual) follow(from time.Time, way []Passage) {
	var before, now *Passage // the end it had come to
	for i := range way {
		p := &way[i]
		switch {
		case p.Step.Ends():
			now = p
		case p.Step == Reopened:
			now = nil
		}
		if p.At.Before(from) {
			before = now
		}
	}
	count := func(s Step, code string) {
		c := Cell{Step: s, Code: code, N: 1}
		a.Cells, a.Behind[c] = append(a.Cells, c), append(a.Behind[c], way[0].Ticket)
	}
	if now != nil && now.At.Before(from) {
		return // it was over, and stayed so
	}
	switch {
	case !way[0].Opened.Before(from):
		count(AnnualNew, "")
	case before == nil:
		count(AnnualCarried, "")
	default:
		a.Odd = append(a.Odd, way[0].Ticket)
	}
	if now == nil {
		count(AnnualOutstanding, "")
		return
	}
	count(AnnualDone, string(now.Step)+":"+now.Code)
}
