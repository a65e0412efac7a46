package portal

import "time"

// Webhooks lists where other systems hear of tickets.
type Webhooks struct {
	Endpoints []WebhookBrief

	URL, Description string // as typed in
	Types            []Ticked
	Errors           Problems
}

// WebhookBrief is one endpoint in a list.
type WebhookBrief struct {
	ID, URL, Description, State string
	On                          bool
}

// Webhook is an endpoint, and what became of what it was sent.
type Webhook struct {
	WebhookBrief

	Version     int64
	Secret      string    // just drawn, shown this once
	FormerUntil time.Time // until then the secret before signs along; zero: there is none
	Types       []string  // empty: all
	Missed      []WebhookDelivery
	Waiting     []WebhookDelivery
	Attempts    []WebhookAttempt
	Errors      Problems
}

// WebhookDelivery is an event that has not arrived.
type WebhookDelivery struct {
	ID, Event string
	At, Next  time.Time
	Tries     int
	Dead      bool // can be sent again by itself
}

// WebhookAttempt is one try to deliver.
type WebhookAttempt struct {
	Delivery, Event, Outcome string
	No, Status               int
	At                       time.Time
	Took                     int64 // milliseconds
}

func (Webhooks) name() string { return "staff_webhooks" }
func (Webhook) name() string  { return "staff_webhook" }

func (w Webhooks) title() string { return withErrors("推送地址", w.Errors) }
func (w Webhook) title() string  { return withErrors(w.Description, w.Errors) }

func (Webhooks) nav() string { return "/staff/webhooks" }
func (Webhook) nav() string  { return "/staff/webhooks" }
