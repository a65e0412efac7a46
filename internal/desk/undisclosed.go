package desk

import (
	"context"
	"slices"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// DisclosureStage is how far it is decided who may read a released reply.
type DisclosureStage string

// The stages a list can ask for.
const (
	Undecided  DisclosureStage = "undecided"  // nobody has decided
	Unfinished DisclosureStage = "unfinished" // decided, but the text is a draft still, or the ticket was taken up again
)

// Undisclosed are released replies about which there is something to decide.
type Undisclosed struct {
	Undecided  []ticket.Ticket // the latest date first
	Next       string          // cursor; empty: no more
	Unfinished []ticket.Ticket // what is to be hidden is not confirmed, or the decision is about an earlier reply
}

// discloses reports whether a, or somebody a stands in for, decides who may read
// the reply to t.
func (a *Actor) discloses(t *ticket.Ticket) bool {
	return a.any(func(a *Actor) bool { return a.drafts(t.LeadPath) })
}

// Undisclosed lists the replies a has to decide about.
func (d *Desk) Undisclosed(ctx context.Context, a Actor, cursor string) (Undisclosed, error) {
	if a.Scope == "" || a.Drafts == "" {
		return Undisclosed{}, problem.New(problem.Denied, "disclosure.denied", "由承办单位或者信箱专班决定是否公开。")
	}
	f := a.visible(Filter{Statuses: answered(), Kinds: publishing(), Disclosure: Undecided, Sort: LatestDue, Cursor: cursor, Limit: maxPage})
	if a.Drafts != "*" {
		f.Scope = a.Drafts
	}
	page, err := d.Store.Tickets(ctx, f)
	if err != nil {
		return Undisclosed{}, err
	}
	u := Undisclosed{Undecided: page.Tickets, Next: page.Next}
	f.Disclosure, f.Cursor = Unfinished, ""
	for len(u.Unfinished) < maxPage {
		page, err := d.Store.Tickets(ctx, f)
		if err != nil {
			return Undisclosed{}, err
		}
		if err := d.addUnfinished(ctx, &u, page.Tickets); err != nil {
			return Undisclosed{}, err
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	return u, nil
}

// addUnfinished adds those of some decided tickets that are not done with, as only
// their sealed decisions tell.
func (d *Desk) addUnfinished(ctx context.Context, u *Undisclosed, decided []ticket.Ticket) error {
	for i := range decided {
		t := &decided[i]
		o, err := d.Store.Disclosure(ctx, t.ID)
		if err != nil {
			return err
		}
		if o.Round < t.Round || review.Confirmed(o.Redactions) != nil {
			u.Unfinished = append(u.Unfinished, *t)
		}
	}
	return nil
}

// publishing are the kinds of letters whose replies are published.
func publishing() []channel.Kind {
	return slices.DeleteFunc(channel.Kinds(), func(k channel.Kind) bool { return !k.Profile().Publishes })
}
