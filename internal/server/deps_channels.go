package server

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks/mailbox"
)

// Channels are what comes from other systems and goes to them.
type Channels interface {
	Inbox
	Deliveries
	Mailboxes
	Endpoints
	Messages
}

// Inbox is what has come from other systems.
type Inbox interface {
	Arrivals(ctx context.Context, a desk.Actor, f desk.InboundFilter) (desk.ArrivalPage, error)
	TakeAgain(ctx context.Context, a desk.Actor, id string) error
	DropArrival(ctx context.Context, a desk.Actor, id, reason string) error
}

// Deliveries are what was sent to other systems.
type Deliveries interface {
	Deliveries(ctx context.Context, a desk.Actor, f desk.DeliveryFilter) (desk.DeliveryPage, error)
	DeliveryOf(ctx context.Context, a desk.Actor, id string) (desk.DeliveryView, error)
	Replay(ctx context.Context, a desk.Actor, id string) error
	DropDelivery(ctx context.Context, a desk.Actor, id, reason string) error
}

// Mailboxes are the mailboxes others run that letters come from.
type Mailboxes interface {
	ReceiveMail(ctx context.Context, source string, c mailbox.Call) (desk.MailReceived, error)
	MailSources(ctx context.Context, a desk.Actor) ([]desk.MailSource, error)
	ImportMail(ctx context.Context, a desk.Actor, source string, f desk.MailFile, apply bool) (desk.MailImport, error)
	MailReplies(ctx context.Context, a desk.Actor, source string) (desk.MailReplies, error)
	EnterReplies(ctx context.Context, a desk.Actor, source string, entered []desk.EnteredReply) error
}

// Endpoints are where other systems hear of tickets.
type Endpoints interface {
	Endpoints(ctx context.Context, a desk.Actor) ([]desk.Endpoint, error)
	EndpointOf(ctx context.Context, a desk.Actor, id string) (desk.EndpointView, error)
	AddEndpoint(ctx context.Context, a desk.Actor, n desk.NewEndpoint) (desk.Endpoint, error)
	RotateSecret(ctx context.Context, a desk.Actor, id string, version int64) (desk.Endpoint, error)
	SwitchEndpoint(ctx context.Context, a desk.Actor, id string, version int64, enabled bool) (desk.Endpoint, error)
	PingEndpoint(ctx context.Context, a desk.Actor, id string) (string, error)
	ReplayEndpoint(ctx context.Context, a desk.Actor, id string, since time.Time) (int, error)
}
