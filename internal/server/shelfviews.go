package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

type shelfSearchInput struct {
	Body struct {
		State desk.EntryState `json:"state,omitempty" enum:"published,due,stopped,scheduled,in_work,expired,withdrawn,retired" doc:"none: any"`
		Owner string          `json:"owner,omitempty" maxLength:"64" doc:"unit id; empty: any"`
		Text  string          `json:"text,omitempty" maxLength:"100" doc:"part of an id, a question or a way to ask; empty: any"`
	}
}

type shelfBody struct {
	Entries []ShelfBrief            `json:"entries" nullable:"false" doc:"in library order"`
	Counts  map[desk.EntryState]int `json:"counts" doc:"of those that fit but for their state"`
}

// ShelfBrief is an entry in the list of those who keep the library.
type ShelfBrief struct {
	ID       string          `json:"id"`
	Question string          `json:"question"`
	Category string          `json:"category"`
	Owner    string          `json:"owner" doc:"unit id"`
	State    desk.EntryState `json:"state" enum:"published,due,stopped,scheduled,in_work,expired,withdrawn,retired"`
	Version  int             `json:"version" doc:"in use; 0: none yet"`
	ValidTo  string          `json:"valid_to,omitempty" format:"date"`
	ReviewBy string          `json:"review_by,omitempty" format:"date"`
	Next     *time.Time      `json:"next,omitempty" doc:"when the next version begins to answer"`
	Text     *TextSummary    `json:"text,omitempty" doc:"the text about it, where the caller may read that"`
}

type shelfItemBody struct {
	ShelfBrief

	Entry    entryBody          `json:"entry"`
	Versions []shelfVersionBody `json:"versions" nullable:"false" doc:"that were published, the newest first"`
}

type shelfVersionBody struct {
	N       int        `json:"n"`
	From    time.Time  `json:"from" doc:"when it began to answer, or will"`
	Stopped *time.Time `json:"stopped,omitempty" doc:"when it was withdrawn or retired"`
	Text    string     `json:"text,omitempty" doc:"id of the text that was reviewed; none: it came with the files"`
	Entry   entryBody  `json:"entry" doc:"what it says"`
}

func newShelfBrief(e desk.ShelfEntry) ShelfBrief {
	b := ShelfBrief{ID: e.ID, Question: e.Question, Category: e.Category, Owner: e.Owner, State: e.State, Version: e.Version, ValidTo: dayOrNone(e.ValidTo), ReviewBy: dayOrNone(e.ReviewBy)}
	if e.Next != nil {
		b.Next = shownOrNil(e.Next.From)
	}
	if e.Text != nil {
		text := newTextSummary(*e.Text)
		b.Text = &text
	}
	return b
}

func newShelfItem(e desk.ShelfEntry) shelfItemBody {
	out := shelfItemBody{ShelfBrief: newShelfBrief(e), Entry: newEntry(desk.LibraryEntry{Entry: e.Entry, Documents: e.Documents})}
	out.Versions = list(e.Past, func(p knowledge.Published) shelfVersionBody {
		return shelfVersionBody{N: p.Entry.Version, From: shown(p.From), Stopped: shownOrNil(p.Stopped), Text: p.Review, Entry: newEntry(desk.LibraryEntry{Entry: p.Entry})}
	})
	slices.Reverse(out.Versions)
	return out
}

// shelfListRoutes are the library as those see it who keep it. What is searched
// for comes in the body: addresses end up in logs.
func (s *Server) shelfListRoutes() {
	register(s, operation{
		id: "shelf", method: http.MethodPost, path: "/api/v1/staff/library/search", tag: "library", status: http.StatusOK,
		summary: "Entries by their states, those too that do not answer", audience: staffOnly,
	}, func(ctx context.Context, in *shelfSearchInput) (*body[shelfBody], error) {
		v, err := s.desk.OnShelf(ctx, actorOf(ctx), desk.ShelfFilter{State: in.Body.State, Owner: in.Body.Owner, Text: in.Body.Text})
		return respond(shelfBody{Entries: list(v.Entries, newShelfBrief), Counts: v.Counts}, err)
	})
	register(s, operation{
		id: "shelf-entry", method: http.MethodGet, path: "/api/v1/staff/library/{id}", tag: "library", status: http.StatusOK,
		summary: "One entry with every version that was published", problems: []int{http.StatusNotFound}, audience: staffOnly,
	}, func(ctx context.Context, in *entryInput) (*body[shelfItemBody], error) {
		e, err := s.desk.EntryOnShelf(ctx, actorOf(ctx), in.ID)
		return respond(newShelfItem(e), err)
	})
}
