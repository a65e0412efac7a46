package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
)

type gapsInput struct {
	State gap.State `query:"state" enum:"watched,open,drafted,answered,declined,merged" default:"open"`
	After int       `query:"after" minimum:"0" maximum:"1000000" doc:"how many to pass over"`
	Limit int       `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type gapInput struct {
	ID string `path:"id" maxLength:"64"`
}

type moveGapInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64        `json:"version" doc:"of the gap as it was seen; a newer one is a conflict"`
		Move    desk.GapMove `json:"move" enum:"assign,decline,merge"`
		Unit    string       `json:"unit,omitempty" maxLength:"64" doc:"assign: unit id; it gives no more time"`
		Reason  string       `json:"reason,omitempty" maxLength:"64" doc:"decline: a code, see GET …/gaps/reasons"`
		Words   string       `json:"words,omitempty" doc:"decline: up to 500 characters"`
		Into    string       `json:"into,omitempty" maxLength:"64" doc:"merge: id of the gap that takes the questions"`
	}
}

type proposalInput struct {
	ID     string `path:"id" maxLength:"64"`
	Ticket string `query:"ticket" maxLength:"32" doc:"number of a letter whose released reply it begins with"`
}

type draftGapInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64           `json:"version" doc:"of the gap as it was seen; a newer one is a conflict"`
		Subject string          `json:"subject,omitempty" maxLength:"80" doc:"id of the entry; empty: one of its own"`
		Ticket  string          `json:"ticket,omitempty" maxLength:"32" doc:"number of the letter whose released reply it was made from"`
		Content textContentBody `json:"content" doc:"as a person has read it; personal data is refused"`
	}
}

type gapsBody struct {
	Gaps []gapViewBody `json:"gaps" nullable:"false" doc:"those first most people asked about"`
}

type gapViewBody struct {
	ID        string         `json:"id"`
	State     gap.State      `json:"state" enum:"watched,open,drafted,answered,declined,merged"`
	Category  string         `json:"category,omitempty" doc:"of the library, as far as a machine can tell"`
	Unit      string         `json:"unit,omitempty" doc:"unit id of whose task it is"`
	UnitName  string         `json:"unit_name,omitempty"`
	Times     int            `json:"times" doc:"asked so often"`
	People    int            `json:"people" doc:"by so many people"`
	FirstAt   time.Time      `json:"first_at"`
	LastAt    time.Time      `json:"last_at"`
	OpenedAt  *time.Time     `json:"opened_at,omitempty"`
	DueAt     *time.Time     `json:"due_at,omitempty"`
	Overdue   bool           `json:"overdue"`
	Wordings  []string       `json:"wordings" nullable:"false" doc:"how people put it, the newest first; personal data masked"`
	Channels  map[string]int `json:"channels" doc:"how often by chat, ask, or the source of a letter; of the newest questions"`
	Disliked  int            `json:"disliked" doc:"of the newest questions: the answer that was given was rated badly"`
	Tickets   []string       `json:"tickets" nullable:"false" doc:"numbers of letters that ask it"`
	Hidden    int            `json:"hidden" doc:"letters the caller may not see"`
	Review    string         `json:"review,omitempty" doc:"id of the text that is to answer it"`
	Entry     string         `json:"entry,omitempty" doc:"id of the entry that was published for it last"`
	Into      string         `json:"into,omitempty" doc:"merged: id of the other gap"`
	Reason    string         `json:"reason,omitempty" doc:"declined: a code"`
	Words     string         `json:"words,omitempty"`
	DecidedBy string         `json:"decided_by,omitempty" doc:"user id"`
	Moves     []desk.GapMove `json:"moves" nullable:"false" enum:"assign,decline,merge,draft" doc:"what the caller may do now"`
	Version   int64          `json:"version"`
}

func newGapView(v desk.GapView) gapViewBody {
	return gapViewBody{
		ID: v.ID, State: v.State, Category: v.Category, Unit: v.Unit, UnitName: v.Owner, Times: v.Times, People: v.People, FirstAt: shown(v.FirstAt),
		LastAt: shown(v.LastAt), OpenedAt: shownOrNil(v.OpenedAt), DueAt: shownOrNil(v.DueAt), Overdue: v.Overdue(v.At), Wordings: list(v.Wordings, same[string]),
		Channels: v.Channels, Disliked: v.Disliked, Tickets: list(v.Tickets, same[string]), Hidden: v.Hidden, Review: v.Review, Entry: v.Entry, Into: v.Into,
		Reason: v.Reason, Words: v.Words, DecidedBy: v.DecidedBy, Moves: list(v.Moves, same[desk.GapMove]), Version: v.Version,
	}
}

type proposalBody struct {
	Content textContentBody `json:"content"`
	Removed []removedBody   `json:"removed" nullable:"false" doc:"personal data that was replaced, in order"`
}

type removedBody struct {
	Field       string `json:"field" enum:"body,variants"`
	From        int    `json:"from" doc:"first character, of the reply as it was released, or of the wordings one a line"`
	To          int    `json:"to" doc:"first character behind"`
	Kind        string `json:"kind" example:"phone"`
	Passage     string `json:"passage" doc:"masked"`
	Placeholder string `json:"placeholder"`
}

func newGapProposal(p desk.GapProposal) proposalBody {
	return proposalBody{Content: newTextContent(&p.Content), Removed: list(p.Removed, func(r desk.Removed) removedBody { return removedBody(r) })}
}

func (s *Server) gapRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/gaps" + path, tag: "lessons", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("gaps", http.MethodGet, "", "What people ask and the library does not answer well", http.StatusOK),
		func(ctx context.Context, in *gapsInput) (*body[gapsBody], error) {
			gaps, err := s.desk.GapList(ctx, actorOf(ctx), desk.GapFilter{State: in.State, After: in.After, Limit: in.Limit})
			return respond(gapsBody{Gaps: list(gaps, newGapView)}, err)
		})
	register(s, op("gap-reasons", http.MethodGet, "/reasons", "The codes a gap can be declined by", http.StatusOK),
		func(context.Context, *nothing) (*body[[]choice], error) {
			return respond(list(gap.Reasons(), func(r gap.Reason) choice { return choice{r.Code, r.Name} }), nil)
		})
	register(s, op("gap", http.MethodGet, "/{id}", "One of them, with how it is put and the letters that ask it", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *gapInput) (*body[gapViewBody], error) {
			v, err := s.desk.Gap(ctx, actorOf(ctx), in.ID)
			return respond(newGapView(v), err)
		})
	register(s, op("move-gap", http.MethodPost, "/{id}/moves", "Give it to another unit, decline it, or merge it into another one", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *moveGapInput) (*body[gapViewBody], error) {
			b := in.Body
			v, err := s.desk.MoveGap(ctx, actorOf(ctx), in.ID, desk.GapCommand{
				Move: b.Move, Version: b.Version, Unit: b.Unit, Reason: b.Reason, Words: b.Words, Into: b.Into,
			})
			return respond(newGapView(v), err)
		})
	register(s, op("propose-entry", http.MethodGet, "/{id}/draft", "What an entry may begin with: a released reply without personal data; nothing is kept", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *proposalInput) (*body[proposalBody], error) {
			p, err := s.desk.ProposeEntry(ctx, actorOf(ctx), in.ID, in.Ticket)
			return respond(newGapProposal(p), err)
		})
	register(s, op("draft-for-gap", http.MethodPost, "/{id}/draft", "Begin the entry that is to answer it; others read it before it is published", http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *draftGapInput) (*body[textBody], error) {
			b := in.Body
			v, err := s.desk.DraftForGap(ctx, actorOf(ctx), in.ID, desk.GapText{Version: b.Version, Subject: b.Subject, Ticket: b.Ticket, Content: b.Content.content()})
			return respond(newText(ctx, v), err)
		})
}
