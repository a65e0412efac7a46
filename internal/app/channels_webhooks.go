package app

import (
	"time"

	"jiesu/internal/courier"
)

const (
	hookWithin    = 25 * time.Second // a little longer than the client waits
	hooksTogether = 4
)

// webhookRoute carries events to the endpoints staff have added.
func (a *App) webhookRoute() courier.Route {
	return courier.Route{
		Carrier: &courier.Webhook{Endpoints: a.store, Client: a.guard.Client(courier.Limits{}), Now: a.now},
		Pauses:  courier.WebhookPauses(), Timeout: hookWithin, Together: hooksTogether,
	}
}
