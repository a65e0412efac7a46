package server

import (
	"context"
	"time"

	"jiesu/internal/desk"
	wire "jiesu/webhooks/hotline"
	"jiesu/webhooks/mailbox"
)

// Channels are what comes from other systems and goes to them.
type Channels interface {
	Inbox
	Deliveries
	Mailboxes
	Endpoints
	Messages
	Orders
	OrdersGiven
	OrderSheets
}

// Inbox is what has come from other systems.
type Inbox interface {
	Receive(ctx context.Context, a desk.Arrival) (desk.Inbound, error)
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
	HasMailbox(source string) bool
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

// Orders are what platforms have dispatched, and what they are told.
type Orders interface {
	OrderBoard(ctx context.Context, a desk.Actor, q desk.OrderQuery) (desk.OrderBoard, error)
	Order(ctx context.Context, a desk.Actor, id string) (desk.OrderView, error)
	ProposeReturn(ctx context.Context, a desk.Actor, id string, version int64, r wire.Return) (desk.OrderView, error)
	WithdrawAsked(ctx context.Context, a desk.Actor, id string, version int64) (desk.OrderView, error)
	ReviseOp(ctx context.Context, a desk.Actor, id string, version int64, e desk.OpEdit) (desk.OrderView, error)
	ConfirmOp(ctx context.Context, a desk.Actor, id string, version int64) (desk.OrderView, error)
	DropOp(ctx context.Context, a desk.Actor, id string, version int64) (desk.OrderView, error)
	TypeOp(ctx context.Context, a desk.Actor, id string, version int64, typedAt time.Time) (desk.OrderView, error)
}

// OrdersGiven are what platforms are given, and what they refused.
type OrdersGiven interface {
	PushOrder(ctx context.Context, a desk.Actor, p desk.PushDraft) (desk.OrderView, error)
	ReplaceOp(ctx context.Context, a desk.Actor, id string, version int64, e desk.OpEdit) (desk.OrderView, error)
}

// OrderSheets are what people carry to platforms and from them.
type OrderSheets interface {
	ImportActs(ctx context.Context, a desk.Actor, platform string, rows []desk.ImportedAct, apply bool) ([]desk.TakenAct, error)
	OrdersToType(ctx context.Context, a desk.Actor, platform string) ([]desk.OpBrief, error)
	EnterAct(ctx context.Context, a desk.Actor, id string, act wire.Act) (desk.OrderView, error)
	PullAgain(ctx context.Context, a desk.Actor, id string) (desk.OrderView, error)
}
