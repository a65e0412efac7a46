package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
)

type unsealingsInput struct {
	State desk.UnsealingState `query:"state" enum:"pending,granted,refused,expired" default:"pending"`
}

type requestUnsealingInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Reason string `json:"reason" doc:"why it has to be known; 1 to 200 characters, read by whoever decides"`
	}
}

type decideUnsealingInput struct {
	Number string `path:"number" maxLength:"64"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Approve bool   `json:"approve"`
		Reason  string `json:"reason" doc:"why so; 1 to 200 characters"`
	}
}

type unsealingsBody struct {
	Unsealings []unsealingBody `json:"unsealings" nullable:"false"`
}

// unsealingBody tells about a request and nothing about the report.
type unsealingBody struct {
	ID            string              `json:"id"`
	Ticket        string              `json:"ticket" doc:"number"`
	Requester     string              `json:"requester" doc:"user id"`
	RequesterUnit string              `json:"requester_unit"`
	Reason        string              `json:"reason"`
	State         desk.UnsealingState `json:"state" enum:"pending,granted,refused,expired"`
	RequestedAt   time.Time           `json:"requested_at"`
	ExpiresAt     time.Time           `json:"expires_at" doc:"of the request while it is pending, of the sight once it is granted"`
	DecidedBy     string              `json:"decided_by,omitempty"`
	DecidedAt     *time.Time          `json:"decided_at,omitempty"`
	Decision      string              `json:"decision,omitempty" doc:"why it was decided so"`
	Looks         int                 `json:"looks" doc:"taken; three at most"`
}

func newUnsealing(u desk.Unsealing) unsealingBody {
	return unsealingBody{
		ID: u.ID, Ticket: u.Ticket, Requester: u.Requester, RequesterUnit: u.RequesterUnit, Reason: u.Reason, State: u.State,
		RequestedAt: shown(u.RequestedAt), ExpiresAt: shown(u.ExpiresAt), DecidedBy: u.DecidedBy, DecidedAt: shownOrNil(u.DecidedAt),
		Decision: u.Decision, Looks: u.Looks,
	}
}

func (s *Server) unsealingRoutes() {
	staffOp := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff" + path, tag: "tickets", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, staffOp("unsealings", http.MethodGet, "/unsealings", "Requests to see who reported: the own ones, and those one may decide", http.StatusOK),
		func(ctx context.Context, in *unsealingsInput) (*body[unsealingsBody], error) {
			us, err := s.desk.PendingUnsealings(ctx, actorOf(ctx), in.State)
			return respond(unsealingsBody{Unsealings: list(us, newUnsealing)}, err)
		})
	register(s, staffOp("request-unsealing", http.MethodPost, "/tickets/{number}/unsealings", "Ask to see who reported; a second person decides", http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *requestUnsealingInput) (*body[unsealingBody], error) {
			u, err := s.desk.RequestUnsealing(ctx, actorOf(ctx), in.Number, in.Body.Reason)
			return respond(newUnsealing(u), err)
		})
	register(s, staffOp("decide-unsealing", http.MethodPost, "/tickets/{number}/unsealings/{id}/decision", "Grant or refuse it; granted, the requester may look three times within a day", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *decideUnsealingInput) (*body[unsealingBody], error) {
			u, err := s.desk.DecideUnsealing(ctx, actorOf(ctx), in.Number, in.ID, in.Body.Approve, in.Body.Reason)
			return respond(newUnsealing(u), err)
		})
}
