package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
)

type dispatchesInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"a repeat under it dispatches nothing twice"`
	Body struct {
		Numbers []string `json:"numbers" minItems:"1" maxItems:"100" nullable:"false"`
		Unit    string   `json:"unit" maxLength:"64" doc:"the lead unit"`
		Co      []string `json:"co,omitempty" nullable:"false" maxItems:"10" doc:"units asked for their opinion"`
		Note    string   `json:"note,omitempty" doc:"internal, on each of them"`
	}
}

type dispatchesBody struct {
	Results []dispatchedBody `json:"results" doc:"in the order of the numbers"`
}

type dispatchedBody struct {
	Number     string `json:"number"`
	Dispatched bool   `json:"dispatched" doc:"now, or under the same key before"`
	Code       string `json:"code,omitempty" example:"ticket.avoid" doc:"why not: the code the move would be refused with"`
	Detail     string `json:"detail,omitempty" doc:"the same as a Chinese sentence"`
}

func (s *Server) dispatchRoutes() {
	register(s, operation{
		id: "dispatch-tickets", method: http.MethodPost, path: "/api/v1/staff/tickets/dispatches", tag: "tickets",
		summary: "Dispatch several tickets to one unit", status: http.StatusOK, audience: staffOnly,
		description: "Each ticket is dispatched whole or not at all, whatever becomes of the others. After a failure in the middle send it again under the same key.",
	}, func(ctx context.Context, in *dispatchesInput) (*body[dispatchesBody], error) {
		c := desk.Command{Unit: in.Body.Unit, Co: in.Body.Co, Note: in.Body.Note}
		done, err := s.desk.DispatchAll(ctx, actorOf(ctx), in.Body.Numbers, c, in.Key)
		return respond(dispatchesBody{Results: list(done, newDispatched)}, err)
	})
}

func newDispatched(d desk.Dispatched) dispatchedBody {
	b := dispatchedBody{Number: d.Number, Dispatched: d.Refusal == nil}
	if d.Refusal != nil {
		b.Code, b.Detail = d.Refusal.Code, d.Refusal.Public
	}
	return b
}
