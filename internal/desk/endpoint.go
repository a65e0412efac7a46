package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/webhooks"
)

const (
	maxEndpointName = 100 // characters of what an endpoint is for
	maxEndpointURL  = 500
	mostEndpoints   = 50 // every one of them is told of every step

	// secretOverlap is how long a receiver has to take a new secret into use.
	secretOverlap = 24 * time.Hour
)

// Endpoint is where another system hears of tickets (webhook).
type Endpoint struct {
	ID          string
	URL         string // sealed at rest: it may hold a token
	Description string
	Types       []webhooks.Type // it hears of; empty: all
	Secret      webhooks.Secret // sealed at rest
	Former      webhooks.Secret // signs along until then; sealed at rest
	FormerUntil time.Time
	State       EndpointState
	CreatedBy   string // user id
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// EndpointState is whether an endpoint is delivered to.
type EndpointState string

// The states of an endpoint.
const (
	EndpointEnabled  EndpointState = "enabled"
	EndpointDisabled EndpointState = "disabled" // by staff
	EndpointGone     EndpointState = "gone"     // it said so (410)
	EndpointFailing  EndpointState = "failing"  // it took nothing for days
)

// Name is the Chinese name of s.
func (s EndpointState) Name() string {
	switch s {
	case EndpointEnabled:
		return "启用"
	case EndpointDisabled:
		return "已停用"
	case EndpointGone:
		return "对方已撤销，已停用"
	case EndpointFailing:
		return "连续失败，已停用"
	}
	return ""
}

// hears reports whether e is to be told of events of a type. What happens while
// it is failing is kept with what it did not take, and can be sent again.
func (e *Endpoint) hears(of webhooks.Type) bool {
	return (e.State == EndpointEnabled || e.State == EndpointFailing) && (len(e.Types) == 0 || slices.Contains(e.Types, of))
}

// Secrets are what a delivery at a moment is signed with.
func (e *Endpoint) Secrets(at time.Time) []webhooks.Secret {
	if len(e.Former) > 0 && at.Before(e.FormerUntil) {
		return []webhooks.Secret{e.Secret, e.Former}
	}
	return []webhooks.Secret{e.Secret}
}

// EndpointReader reads endpoints.
type EndpointReader interface {
	// Endpoint returns one; inside a transaction it stays as read until the end.
	Endpoint(ctx context.Context, id string) (Endpoint, error)
	Endpoints(ctx context.Context) ([]Endpoint, error) // oldest first
	// SentAttempts returns the newest attempts at the newest deliveries of a route, at
	// most limit.
	SentAttempts(ctx context.Context, route string, limit int) ([]SentAttempt, error)
}

// EndpointWriter writes them.
type EndpointWriter interface {
	InsertEndpoint(ctx context.Context, e Endpoint) error
	// UpdateEndpoint is guarded as UpdateTicket is. Where it leads never changes.
	UpdateEndpoint(ctx context.Context, e Endpoint, was int64) error
}

// NewEndpoint is what staff say of an endpoint they add.
type NewEndpoint struct {
	URL         string
	Description string
	Types       []webhooks.Type // empty: all
}

func (n *NewEndpoint) check() error {
	var fields []problem.Field
	for _, f := range []*problem.Field{
		channel.CheckText("/description", "用途说明", n.Description, maxEndpointName),
		channel.CheckText("/url", "推送地址", n.URL, maxEndpointURL),
	} {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	if slices.ContainsFunc(n.Types, func(of webhooks.Type) bool { return !slices.Contains(webhooks.TicketTypes(), of) }) {
		fields = append(fields, problem.Field{Pointer: "/types", Code: "unknown", Message: "请从列表中选择事件类型。"})
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "webhook.invalid", fields[0].Message).With(fields...)
	}
	return nil
}
