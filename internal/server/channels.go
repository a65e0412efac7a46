package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type arrivalsInput struct {
	State  desk.InboundState `query:"state" enum:"waiting,unprocessable,dropped" doc:"empty: what could not be taken, and what has waited for long"`
	Source string            `query:"source" maxLength:"64" doc:"such as inbound/mayor; empty: any"`
	Before int64             `query:"before" minimum:"0" doc:"next of the page before"`
	Limit  int               `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

func (in *arrivalsInput) filter() desk.InboundFilter {
	f := desk.InboundFilter{Source: in.Source, Before: in.Before, Limit: in.Limit}
	if in.State != "" {
		f.States = []desk.InboundState{in.State}
	}
	return f
}

type arrivalsBody struct {
	Arrivals []arrivalBody `json:"arrivals" nullable:"false" doc:"the newest first; what came is not shown"`
	Next     int64         `json:"next,omitempty" doc:"before of the next page"`
}

type arrivalBody struct {
	ID         string            `json:"id"`
	Source     string            `json:"source"`
	ReceivedAt time.Time         `json:"received_at"`
	State      desk.InboundState `json:"state" enum:"waiting,done,unprocessable,dropped"`
	Reason     string            `json:"reason,omitempty" doc:"code"`
	Detail     string            `json:"detail,omitempty" doc:"Chinese"`
}

type moveChannelInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Move   string `json:"move" enum:"again,drop" doc:"again: take or send it again; drop: end it"`
		Reason string `json:"reason,omitempty" doc:"drop: 1 to 200 characters"`
	}
}

type deliveriesInput struct {
	State  desk.DeliveryState `query:"state" enum:"waiting,sent,dead,dropped,skipped" doc:"empty: what waits or is dead"`
	Route  string             `query:"route" maxLength:"64" doc:"or what stands before its slash; empty: any"`
	Ticket string             `query:"ticket" maxLength:"32" doc:"number; empty: any"`
	Before int64              `query:"before" minimum:"0" doc:"next of the page before"`
	Limit  int                `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

func (in *deliveriesInput) filter() desk.DeliveryFilter {
	f := desk.DeliveryFilter{Route: in.Route, Ticket: in.Ticket, Before: in.Before, Limit: in.Limit}
	if in.State != "" {
		f.States = []desk.DeliveryState{in.State}
	}
	return f
}

type deliveriesBody struct {
	Deliveries []deliveryBody `json:"deliveries" nullable:"false" doc:"the newest first; what was sent is not shown"`
	Next       int64          `json:"next,omitempty" doc:"before of the next page"`
}

type deliveryBody struct {
	ID        string             `json:"id" doc:"what the other side knows repeats by"`
	Route     string             `json:"route"`
	Kind      string             `json:"kind"`
	Ticket    string             `json:"ticket,omitempty" doc:"number, where the caller may see it"`
	State     desk.DeliveryState `json:"state" enum:"waiting,sent,dead,dropped,skipped"`
	Reason    string             `json:"reason,omitempty"`
	Tries     int                `json:"tries"`
	NextAt    *time.Time         `json:"next_at,omitempty"`
	CreatedAt time.Time          `json:"created_at"`
	EndedAt   *time.Time         `json:"ended_at,omitempty"`
	Attempts  []attemptBody      `json:"attempts,omitempty" nullable:"false"`
}

type attemptBody struct {
	No      int          `json:"no"`
	At      time.Time    `json:"at"`
	Millis  int64        `json:"took_ms"`
	Outcome desk.Outcome `json:"outcome" enum:"arrived,later,refused,unknown,skipped"`
	Status  int          `json:"status,omitempty"`
	Detail  string       `json:"detail,omitempty"`
}

func newDelivery(v desk.Delivery) deliveryBody {
	b := deliveryBody{
		ID: v.ID, Route: v.Route, Kind: v.Kind, Ticket: v.Ticket, State: v.State, Reason: v.Reason, Tries: v.Tries,
		CreatedAt: shown(v.CreatedAt), EndedAt: shownOrNil(v.EndedAt),
	}
	if v.State == desk.DeliveryWaiting {
		b.NextAt = shownOrNil(v.NextAt)
	}
	return b
}

type channelIDInput struct {
	ID string `path:"id" maxLength:"64"`
}

// channelRoutes are what has come from other systems and what goes to them.
func (s *Server) channelRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: "/api/v1/staff/" + path, tag: "channels", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	register(s, op("arrivals", http.MethodGet, "inbox", "What came from other systems and could not be taken", http.StatusOK),
		func(ctx context.Context, in *arrivalsInput) (*body[arrivalsBody], error) {
			p, err := s.desk.Arrivals(ctx, actorOf(ctx), in.filter())
			return respond(arrivalsBody{Next: p.Next, Arrivals: list(p.Arrivals, func(in desk.Inbound) arrivalBody {
				return arrivalBody{ID: in.ID, Source: in.Source, ReceivedAt: shown(in.ReceivedAt), State: in.State, Reason: in.Reason, Detail: in.Detail}
			})}, err)
		})
	register(s, op("move-arrival", http.MethodPost, "inbox/{id}/moves", "Take it again, or drop it for a reason", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *moveChannelInput) (*nothing, error) {
			return &nothing{}, s.moveArrival(ctx, in.ID, in.Body.Move, in.Body.Reason)
		})
	register(s, op("deliveries", http.MethodGet, "deliveries", "What was sent to other systems", http.StatusOK),
		func(ctx context.Context, in *deliveriesInput) (*body[deliveriesBody], error) {
			p, err := s.desk.Deliveries(ctx, actorOf(ctx), in.filter())
			return respond(deliveriesBody{Next: p.Next, Deliveries: list(p.Deliveries, newDelivery)}, err)
		})
	register(s, op("delivery", http.MethodGet, "deliveries/{id}", "One delivery with its attempts", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *channelIDInput) (*body[deliveryBody], error) {
			v, err := s.desk.DeliveryOf(ctx, actorOf(ctx), in.ID)
			b := newDelivery(v.Delivery)
			b.Attempts = list(v.Attempts, func(a desk.Attempt) attemptBody {
				return attemptBody{No: a.No, At: shown(a.At), Millis: a.Took.Milliseconds(), Outcome: a.Outcome, Status: a.Status, Detail: a.Detail}
			})
			return respond(b, err)
		})
	register(s, op("move-delivery", http.MethodPost, "deliveries/{id}/moves", "Send it again under the same id, or drop it for a reason", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *moveChannelInput) (*nothing, error) {
			return &nothing{}, s.moveDelivery(ctx, in.ID, in.Body.Move, in.Body.Reason)
		})
}

// What is done with a message.
const (
	doAgain = "again"
	doDrop  = "drop"
)

func (s *Server) moveArrival(ctx context.Context, id, move, reason string) error {
	switch move {
	case doAgain:
		return s.desk.TakeAgain(ctx, actorOf(ctx), id)
	case doDrop:
		return s.desk.DropArrival(ctx, actorOf(ctx), id, reason)
	}
	return noSuchMove()
}

func (s *Server) moveDelivery(ctx context.Context, id, move, reason string) error {
	switch move {
	case doAgain:
		return s.desk.Replay(ctx, actorOf(ctx), id)
	case doDrop:
		return s.desk.DropDelivery(ctx, actorOf(ctx), id, reason)
	}
	return noSuchMove()
}

func noSuchMove() error { return problem.New(problem.Invalid, "channel.move", "没有这种操作。") }
