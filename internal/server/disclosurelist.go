package server

import (
	"context"
	"net/http"
)

type undisclosedInput struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before"`
}

type undisclosedBody struct {
	Undecided  []ticketSummary `json:"undecided" nullable:"false" doc:"nobody has decided who may read the reply; the latest date first"`
	Unfinished []ticketSummary `json:"unfinished" nullable:"false" doc:"decided, but what is hidden is not confirmed, or the ticket was taken up again"`
	Next       string          `json:"next" doc:"after of the next page of undecided ones; empty: no more"`
}

func (s *Server) undisclosedRoutes() {
	register(s, operation{
		id: "undisclosed", method: http.MethodGet, path: "/api/v1/staff/disclosures", tag: "replies", status: http.StatusOK,
		summary: "Released replies about which there is something to decide", audience: staffOnly,
	}, func(ctx context.Context, in *undisclosedInput) (*body[undisclosedBody], error) {
		v, err := s.desk.Undisclosed(ctx, actorOf(ctx), in.After)
		return respond(undisclosedBody{Undecided: list(v.Undecided, newSummary), Unfinished: list(v.Unfinished, newSummary), Next: v.Next}, err)
	})
}
