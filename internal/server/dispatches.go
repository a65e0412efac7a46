package server

import (
	"cmp"
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

type dispatchesInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"a repeat under it dispatches nothing twice"`
	Body struct {
		Tickets []dispatchBody `json:"tickets" minItems:"1" maxItems:"100" nullable:"false"`
		Unit    string         `json:"unit,omitempty" maxLength:"64" doc:"the lead unit of those that name none"`
		Co      []string       `json:"co,omitempty" nullable:"false" maxItems:"10" doc:"units asked for their opinion"`
		Reason  string         `json:"reason,omitempty" maxLength:"64" doc:"of the reassignments, see …/reasons"`
		Note    string         `json:"note,omitempty" doc:"internal, on each of them"`
	}
}

type dispatchBody struct {
	Number  string      `json:"number" maxLength:"64"`
	Version int64       `json:"version" doc:"of the ticket as it was seen; a newer one is refused"`
	Unit    string      `json:"unit,omitempty" maxLength:"64" doc:"the lead unit of this one"`
	Move    ticket.Move `json:"move,omitempty" enum:"dispatch,reassign" doc:"empty: dispatch"`
}

type dispatchesBody struct {
	Results []dispatchedBody `json:"results" doc:"in the order of the tickets"`
}

type dispatchedBody struct {
	Number     string         `json:"number"`
	Dispatched bool           `json:"dispatched" doc:"now, or under the same key before"`
	Code       string         `json:"code,omitempty" example:"ticket.avoid" doc:"why not: the code the move would be refused with"`
	Detail     string         `json:"detail,omitempty" doc:"the same as a Chinese sentence"`
	Now        *ticketSummary `json:"now,omitempty" doc:"with ticket.stale: the ticket as whoever was faster left it"`
}

func (s *Server) dispatchRoutes() {
	register(s, operation{
		id: "dispatch-tickets", method: http.MethodPost, path: "/api/v1/staff/tickets/dispatches", tag: "tickets",
		summary: "Dispatch several tickets", status: http.StatusOK, audience: staffOnly,
		description: "Each ticket is dispatched whole or not at all, whatever becomes of the others. After a failure in the middle send it again under the same key.",
	}, func(ctx context.Context, in *dispatchesInput) (*body[dispatchesBody], error) {
		all := list(in.Body.Tickets, func(t dispatchBody) desk.Dispatch {
			return desk.Dispatch{Number: t.Number, Version: t.Version, Move: cmp.Or(t.Move, ticket.Dispatch), Unit: cmp.Or(t.Unit, in.Body.Unit)}
		})
		c := desk.Command{Co: in.Body.Co, Reason: in.Body.Reason, Note: in.Body.Note}
		done, err := s.desk.DispatchAll(ctx, actorOf(ctx), all, c, in.Key)
		return respond(dispatchesBody{Results: list(done, newDispatched)}, err)
	})
}

func newDispatched(d desk.Dispatched) dispatchedBody {
	b := dispatchedBody{Number: d.Number, Dispatched: d.Refusal == nil}
	if d.Refusal != nil {
		b.Code, b.Detail = d.Refusal.Code, d.Refusal.Public
	}
	if d.Now != nil {
		now := newSummary(*d.Now)
		b.Now = &now
	}
	return b
}
