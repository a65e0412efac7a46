package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks"
)

type endpointInput struct {
	ID string `path:"id" maxLength:"64"`
}

type addEndpointInput struct {
	Body struct {
		URL         string          `json:"url" doc:"https, on port 443 or 8443, at a public address unless the operator has listed it; up to 500 characters"`
		Description string          `json:"description" doc:"what it is for; up to 100 characters"`
		Types       []webhooks.Type `json:"types,omitempty" nullable:"false" maxItems:"30" doc:"events it hears of; none: all"`
	}
}

type endpointVersionInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64 `json:"version" doc:"of the endpoint as it was seen; a newer one is a conflict"`
	}
}

type switchEndpointInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64 `json:"version" doc:"of the endpoint as it was seen; a newer one is a conflict"`
		Enabled bool  `json:"enabled"`
	}
}

type replayEndpointInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Since time.Time `json:"since" doc:"what happened before it is left alone"`
	}
}

type endpointsBody struct {
	Endpoints []EndpointBody `json:"endpoints" nullable:"false" doc:"oldest first"`
}

// EndpointBody is where another system hears of tickets.
type EndpointBody struct {
	ID          string             `json:"id"`
	URL         string             `json:"url"`
	Description string             `json:"description"`
	Types       []webhooks.Type    `json:"types" nullable:"false" doc:"none: all"`
	State       desk.EndpointState `json:"state" enum:"enabled,disabled,gone,failing" doc:"gone: it answered 410; failing: it took nothing of a delivery for three days"`
	Secret      string             `json:"secret,omitempty" doc:"shown when it was drawn, and never again"`
	FormerUntil *time.Time         `json:"former_until,omitempty" doc:"until then the secret before signs along"`
	CreatedBy   string             `json:"created_by" doc:"user id"`
	CreatedAt   time.Time          `json:"created_at"`
	UpdatedAt   time.Time          `json:"updated_at"`
	Version     int64              `json:"version"`
}

func newEndpoint(e desk.Endpoint) EndpointBody {
	b := EndpointBody{
		ID: e.ID, URL: e.URL, Description: e.Description, Types: list(e.Types, func(of webhooks.Type) webhooks.Type { return of }), State: e.State,
		FormerUntil: shownOrNil(e.FormerUntil), CreatedBy: e.CreatedBy, CreatedAt: shown(e.CreatedAt), UpdatedAt: shown(e.UpdatedAt), Version: e.Version,
	}
	if len(e.Secret) > 0 {
		b.Secret = e.Secret.Text()
	}
	return b
}

type endpointViewBody struct {
	EndpointBody

	Missed   []hookDeliveryBody `json:"missed" nullable:"false" doc:"dead, or passed over while it was disabled; newest first, at most 100"`
	Waiting  []hookDeliveryBody `json:"waiting" nullable:"false" doc:"newest first, at most 100"`
	Attempts []hookAttemptBody  `json:"attempts" nullable:"false" doc:"newest first, at most 50"`
}

type hookDeliveryBody struct {
	ID        string             `json:"id" doc:"the webhook-id the endpoint sees"`
	Type      string             `json:"type"`
	State     desk.DeliveryState `json:"state" enum:"waiting,dead,skipped"`
	Reason    string             `json:"reason,omitempty"`
	Tries     int                `json:"tries"`
	CreatedAt time.Time          `json:"created_at"`
	NextAt    *time.Time         `json:"next_at,omitempty" doc:"waiting: not before then"`
}

func newHookDelivery(v desk.Delivery) hookDeliveryBody {
	b := hookDeliveryBody{ID: v.ID, Type: v.Kind, State: v.State, Reason: v.Reason, Tries: v.Tries, CreatedAt: shown(v.CreatedAt)}
	if v.State == desk.DeliveryWaiting {
		b.NextAt = shownOrNil(v.NextAt)
	}
	return b
}

type hookAttemptBody struct {
	Delivery string       `json:"delivery"`
	Type     string       `json:"type"`
	No       int          `json:"no"`
	At       time.Time    `json:"at"`
	Took     int64        `json:"took_ms"`
	Outcome  desk.Outcome `json:"outcome" enum:"arrived,later,refused,unknown,skipped"`
	Status   int          `json:"status" doc:"of HTTP; 0: no answer"`
	Detail   string       `json:"detail,omitempty"`
}

func newHookAttempt(a desk.SentAttempt) hookAttemptBody {
	return hookAttemptBody{
		Delivery: a.Delivery, Type: a.Kind, No: a.No, At: shown(a.At), Took: a.Took.Milliseconds(), Outcome: a.Outcome, Status: a.Status, Detail: a.Detail,
	}
}

type pingedBody struct {
	Delivery string `json:"delivery" doc:"id of the delivery"`
}

type replayedBody struct {
	Deliveries int `json:"deliveries" doc:"how many are sent again; 1,000 at most at once"`
}

func (s *Server) webhookRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/webhooks" + path, tag: "channels", summary: summary, status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("webhooks", http.MethodGet, "", "Where other systems hear of tickets", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[endpointsBody], error) {
			all, err := s.desk.Endpoints(ctx, actorOf(ctx))
			return respond(endpointsBody{Endpoints: list(all, newEndpoint)}, err)
		})
	register(s, op("add-webhook", http.MethodPost, "", "Add an endpoint; its secret is shown this once", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *addEndpointInput) (*body[EndpointBody], error) {
			e, err := s.desk.AddEndpoint(ctx, actorOf(ctx), desk.NewEndpoint{URL: in.Body.URL, Description: in.Body.Description, Types: in.Body.Types})
			return respond(newEndpoint(e), err)
		})
	register(s, op("webhook", http.MethodGet, "/{id}", "An endpoint, and what became of what it was sent", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *endpointInput) (*body[endpointViewBody], error) {
			v, err := s.desk.EndpointOf(ctx, actorOf(ctx), in.ID)
			return respond(endpointViewBody{
				EndpointBody: newEndpoint(v.Endpoint), Missed: list(v.Missed, newHookDelivery), Waiting: list(v.Waiting, newHookDelivery),
				Attempts: list(v.Attempts, newHookAttempt),
			}, err)
		})
	register(s, op("rotate-webhook-secret", http.MethodPost, "/{id}/secrets", "Draw a new secret, shown this once; the one before signs along for a day", http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *endpointVersionInput) (*body[EndpointBody], error) {
			e, err := s.desk.RotateSecret(ctx, actorOf(ctx), in.ID, in.Body.Version)
			return respond(newEndpoint(e), err)
		})
	register(s, op("switch-webhook", http.MethodPost, "/{id}/state", "Enable or disable an endpoint", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *switchEndpointInput) (*body[EndpointBody], error) {
			e, err := s.desk.SwitchEndpoint(ctx, actorOf(ctx), in.ID, in.Body.Version, in.Body.Enabled)
			return respond(newEndpoint(e), err)
		})
	register(s, op("ping-webhook", http.MethodPost, "/{id}/pings", "Send an event that means nothing, once", http.StatusCreated, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *endpointInput) (*body[pingedBody], error) {
			id, err := s.desk.PingEndpoint(ctx, actorOf(ctx), in.ID)
			return respond(pingedBody{Delivery: id}, err)
		})
	register(s, op("replay-webhook", http.MethodPost, "/{id}/replays", "Send again what it has missed since a time, under the same ids", http.StatusOK, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *replayEndpointInput) (*body[replayedBody], error) {
			n, err := s.desk.ReplayEndpoint(ctx, actorOf(ctx), in.ID, in.Body.Since)
			return respond(replayedBody{Deliveries: n}, err)
		})
}
