package demo

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// file is everything about one ticket.
type file struct {
	letter channel.Letter
	ticket ticket.Ticket
	code   []byte
	events []ticket.Event
	drafts []reply.Draft
	clocks []deadline.Clock
	reads  []review.Item // how the replies were read, one a round
}

// shelf is the store of the few tickets that have to do with each other, in
// memory. What a made-up life never touches, it does not have.
type shelf struct {
	desk.Tx

	files map[string]*file // by ticket id
	acts  []audit.Entry
}

func newShelf() *shelf { return &shelf{files: map[string]*file{}} }

// InTx implements [desk.Store].
func (s *shelf) InTx(ctx context.Context, fn func(context.Context, desk.Tx) error) error {
	before, acts := make(map[string]*file, len(s.files)), len(s.acts)
	for id, f := range s.files {
		kept := *f
		kept.drafts, kept.clocks = slices.Clone(f.drafts), slices.Clone(f.clocks)
		kept.reads = slices.Clone(f.reads) // events are only added
		before[id] = &kept
	}
	err := fn(ctx, s)
	if err != nil {
		s.files, s.acts = before, s.acts[:acts]
	}
	return err
}

func absent() error { return problem.New(problem.NotFound, "demo.absent", "没有找到。") }

func (s *shelf) find(is func(*file) bool) (*file, error) {
	for _, f := range s.files {
		if is(f) {
			return f, nil
		}
	}
	return &file{}, absent()
}

// InsertTicket implements [desk.TicketWriter].
func (s *shelf) InsertTicket(_ context.Context, l channel.Letter, t ticket.Ticket, code []byte) error {
	s.files[t.ID] = &file{letter: l, ticket: t, code: code}
	return nil
}

// UpdateTicket implements [desk.TicketWriter].
func (s *shelf) UpdateTicket(_ context.Context, t ticket.Ticket, _ int64) error {
	s.files[t.ID].ticket = t
	return nil
}

// InsertEvent implements [desk.TicketWriter].
func (s *shelf) InsertEvent(_ context.Context, es ...ticket.Event) error {
	for _, e := range es {
		f := s.files[e.TicketID]
		f.events = append(f.events, e)
	}
	return nil
}

// SaveDraft implements [desk.TicketWriter].
func (s *shelf) SaveDraft(_ context.Context, d reply.Draft) error {
	f := s.files[d.TicketID]
	if i := slices.IndexFunc(f.drafts, func(known reply.Draft) bool { return known.ID == d.ID }); i >= 0 {
		f.drafts[i] = d
		return nil
	}
	f.drafts = append(f.drafts, d)
	return nil
}

// InsertReview implements [desk.ReviewWriter].
func (s *shelf) InsertReview(_ context.Context, it review.Item) error {
	id, _, _ := strings.Cut(it.Subject, "/")
	s.files[id].reads = append(s.files[id].reads, it)
	return nil
}

// UpdateReview implements [desk.ReviewWriter].
func (s *shelf) UpdateReview(_ context.Context, it review.Item, _ int64) error {
	id, _, _ := strings.Cut(it.Subject, "/")
	reads := s.files[id].reads
	reads[slices.IndexFunc(reads, func(known review.Item) bool { return known.ID == it.ID })] = it
	return nil
}

// Reviews implements [desk.ReviewReader].
func (s *shelf) Reviews(_ context.Context, f desk.ReviewFilter) ([]review.Item, error) {
	id, _, _ := strings.Cut(f.Subject, "/")
	for _, it := range s.files[id].reads {
		if it.Subject == f.Subject {
			return []review.Item{it}, nil
		}
	}
	return nil, nil
}

// Terms implements [desk.DirectoryReader]: nobody stands in for anybody.
func (s *shelf) Terms(context.Context, time.Time) ([]assignment.Term, error) { return nil, nil }

// People implements [desk.DirectoryReader]: those who are made up are in no list.
func (s *shelf) People(context.Context) ([]assignment.Person, error) { return nil, nil }

// InsertClock implements [desk.TicketWriter].
func (s *shelf) InsertClock(_ context.Context, cs ...deadline.Clock) error {
	for _, c := range cs {
		f := s.files[c.TicketID]
		f.clocks = append(f.clocks, c)
	}
	return nil
}

// UpdateClock implements [desk.TicketWriter].
func (s *shelf) UpdateClock(_ context.Context, c deadline.Clock, _ int64) error {
	clocks := s.files[c.TicketID].clocks
	clocks[slices.IndexFunc(clocks, func(known deadline.Clock) bool { return known.ID == c.ID })] = c
	return nil
}

// StepClocks implements [desk.StepWriter].
func (s *shelf) StepClocks(ctx context.Context, clocks []deadline.Clock) error {
	for _, c := range clocks {
		if err := s.UpdateClock(ctx, c, 0); err != nil {
			return err
		}
	}
	return nil
}

// DueClocks implements [desk.TicketWriter].
func (s *shelf) DueClocks(_ context.Context, at time.Time, limit int) ([]deadline.Clock, error) {
	var due []deadline.Clock
	for _, f := range s.files {
		for _, c := range f.clocks {
			if c.Open() && !c.NextAt.IsZero() && !c.NextAt.After(at) {
				due = append(due, c)
			}
		}
	}
	slices.SortFunc(due, func(a, b deadline.Clock) int { return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.ID, b.ID)) })
	return due[:min(limit, len(due))], nil
}

// next is when the next step of any clock fires; zero: never.
func (s *shelf) next() time.Time {
	var first time.Time
	for _, f := range s.files {
		for i := range f.clocks {
			if c := &f.clocks[i]; c.Open() && !c.NextAt.IsZero() && (first.IsZero() || c.NextAt.Before(first)) {
				first = c.NextAt
			}
		}
	}
	return first
}

// Record implements [desk.QueueWriter].
func (s *shelf) Record(_ context.Context, e audit.Entry) error {
	e.Detail = maps.Clone(e.Detail)
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail["origin"] = channel.DemoPlatform
	s.acts = append(s.acts, e)
	return nil
}

// Enqueue implements [desk.QueueWriter]: nobody hears of what never happened.
func (s *shelf) Enqueue(context.Context, ...desk.Job) error { return nil }

// TicketByNumber implements [desk.TicketReader].
func (s *shelf) TicketByNumber(_ context.Context, number string) (ticket.Ticket, error) {
	f, err := s.find(func(f *file) bool { return f.ticket.Number == number })
	return f.ticket, err
}

// TicketCode implements [desk.TicketReader].
func (s *shelf) TicketCode(_ context.Context, number string) (ticket.Ticket, []byte, error) {
	f, err := s.find(func(f *file) bool { return f.ticket.Number == number })
	return f.ticket, f.code, err
}

// TicketByID implements [desk.MergeReader].
func (s *shelf) TicketByID(_ context.Context, id string) (ticket.Ticket, error) {
	f, err := s.find(func(f *file) bool { return f.ticket.ID == id })
	return f.ticket, err
}

// TicketByOrigin implements [desk.MergeReader]: the desk asks before it opens a
// ticket, and the plan never gives a number twice.
func (s *shelf) TicketByOrigin(context.Context, string, string) (ticket.Ticket, error) {
	return ticket.Ticket{}, absent()
}

// PublicReplyTo implements [desk.PublicReplyReader]: what was made up is not
// published.
func (s *shelf) PublicReplyTo(context.Context, string) (desk.PublicReply, error) {
	return desk.PublicReply{}, absent()
}

// TicketsByID implements [desk.MergeReader].
func (s *shelf) TicketsByID(_ context.Context, ids []string) ([]ticket.Ticket, error) {
	var found []ticket.Ticket
	for _, id := range ids {
		found = append(found, s.files[id].ticket)
	}
	return found, nil
}

// Children implements [desk.MergeReader].
func (s *shelf) Children(_ context.Context, id string) ([]ticket.Ticket, error) {
	var found []ticket.Ticket
	for _, key := range slices.Sorted(maps.Keys(s.files)) {
		if t := s.files[key].ticket; t.Parent == id && t.Status == ticket.Merged {
			found = append(found, t)
		}
	}
	return found, nil
}

// Events implements [desk.TicketReader].
func (s *shelf) Events(_ context.Context, id string) ([]ticket.Event, error) {
	return slices.Clone(s.files[id].events), nil
}

// Drafts implements [desk.TicketReader].
func (s *shelf) Drafts(_ context.Context, id string) ([]reply.Draft, error) {
	return slices.Clone(s.files[id].drafts), nil
}

// Clocks implements [desk.TicketReader].
func (s *shelf) Clocks(_ context.Context, id string) ([]deadline.Clock, error) {
	byStart := func(a, b deadline.Clock) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	}
	return slices.SortedFunc(slices.Values(s.files[id].clocks), byStart), nil
}

// Letter implements [desk.TicketReader].
func (s *shelf) Letter(_ context.Context, id string) (channel.Letter, error) {
	f, err := s.find(func(f *file) bool { return f.letter.ID == id })
	l := f.letter
	l.Contact, l.Fields = nil, maps.Clone(l.Fields)
	return l, err
}

// Contact implements [desk.TicketReader].
func (s *shelf) Contact(_ context.Context, id string) (channel.Contact, error) {
	f, err := s.find(func(f *file) bool { return f.letter.ID == id })
	if f.letter.Contact == nil {
		return channel.Contact{}, absent()
	}
	return *f.letter.Contact, err
}

// CallbacksOf implements [desk.CallbackReader]: nobody is to be called.
func (s *shelf) CallbacksOf(context.Context, string) ([]desk.Callback, error) { return nil, nil }

// InsertCallback implements [desk.CallbackWriter]: nobody calls people that are made up.
func (s *shelf) InsertCallback(context.Context, desk.Callback) error { return nil }

// AppealsOf implements [desk.AppealReader]: nobody appeals.
func (s *shelf) AppealsOf(context.Context, string) ([]desk.Appeal, error) { return nil, nil }

// HoldsOf implements [desk.Store]: nobody holds what is made up.
func (s *shelf) HoldsOf(context.Context, string) ([]desk.Hold, error) { return nil, nil }

// Erased implements [desk.Store].
func (s *shelf) Erased(context.Context, string) (time.Time, error) { return time.Time{}, nil }
