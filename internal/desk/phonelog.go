package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// PhoneView is a call as the log shows it: words and numbers masked.
type PhoneView struct {
	PhoneCall

	LineName string
	Ticket   string // number; empty: it became none
	Title    string // of the ticket, where the reader may see that
}

// PhoneCount is how many calls came in on a line.
type PhoneCount struct {
	Line     string
	Number   string
	Name     string
	Outcomes map[PhoneOutcome]int
	Total    int
}

// PhoneLog is a day's calls, newest first, and how many there were on each line.
type PhoneLog struct {
	Day    time.Time
	Calls  []PhoneView
	Counts []PhoneCount
	Cut    bool // there were more than are shown and counted
}

// PhoneLog lists the calls of a's units on a day, and those a took: a call whose
// ticket a may not see is neither listed nor counted.
func (d *Desk) PhoneLog(ctx context.Context, a Actor, day time.Time) (PhoneLog, error) {
	if a.Scope == "" {
		return PhoneLog{}, callDenied()
	}
	v := PhoneLog{Day: midnight(cmp.Or(day, d.at()))}
	calls, err := d.Store.PhoneCalls(ctx, a.calls(PhoneFilter{From: v.Day, Until: v.Day.AddDate(0, 0, 1), Limit: mostCalls + 1}))
	if err != nil {
		return v, err
	}
	if v.Cut = len(calls) > mostCalls; v.Cut {
		calls = calls[:mostCalls]
	}
	if v.Calls, err = d.callsSeen(ctx, &a, calls); err != nil {
		return v, err
	}
	for i := range v.Calls {
		c := &v.Calls[i]
		n := slices.IndexFunc(v.Counts, func(o PhoneCount) bool { return o.Line == c.Line })
		if n < 0 {
			n = len(v.Counts)
			v.Counts = append(v.Counts, PhoneCount{Line: c.Line, Number: c.Number, Name: c.LineName, Outcomes: map[PhoneOutcome]int{}})
		}
		v.Counts[n].Outcomes[c.Outcome]++
		v.Counts[n].Total++
	}
	slices.SortFunc(v.Counts, func(a, b PhoneCount) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Number, b.Number))
	})
	return v, nil
}

// calls is f with what a may see of calls without tickets.
func (a *Actor) calls(f PhoneFilter) PhoneFilter {
	if f.By = a.ID; a.Scope != "*" {
		f.Path = a.Scope
	}
	return f
}

// callsSeen are the calls whose tickets a may see, and those a took, unless a has
// to keep away from what became of them.
func (d *Desk) callsSeen(ctx context.Context, a *Actor, calls []PhoneCall) ([]PhoneView, error) {
	var ids []string
	for i := range calls {
		if calls[i].TicketID != "" {
			ids = append(ids, calls[i].TicketID)
		}
	}
	tickets, err := d.ticketsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var seen []PhoneView
	for i := range calls {
		v := PhoneView{PhoneCall: calls[i]}
		v.Words, v.Phone = seal.Mask(v.Words), seal.MaskPhone(v.Phone)
		if t := tickets[v.TicketID]; t != nil {
			may := a.MaySee(t)
			if !may && (v.By != a.ID || a.avoided(t)) {
				continue
			}
			v.Ticket, v.Kind, v.Category, v.District = t.Number, t.Kind, t.Category, t.District
			if may {
				v.Title = t.Title
			}
		}
		v.LineName = d.lineName(v.Line)
		seen = append(seen, v)
	}
	return seen, nil
}

// ticketsByID are tickets by their ids, where there are such tickets.
func (d *Desk) ticketsByID(ctx context.Context, ids []string) (map[string]*ticket.Ticket, error) {
	found, err := d.Store.TicketsByID(ctx, ids)
	tickets := make(map[string]*ticket.Ticket, len(found))
	for i := range found {
		tickets[found[i].ID] = &found[i]
	}
	return tickets, err
}

// lineName is what a line of the directory was last called.
func (d *Desk) lineName(id string) string {
	terms := d.registry.Load().History(id)
	if len(terms) == 0 {
		return ""
	}
	return terms[len(terms)-1].Name
}

func callDenied() error {
	return problem.New(problem.Denied, "call.denied", "您的岗位不能登记或者查看来电。")
}
