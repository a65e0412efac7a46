package courier

import (
	"context"
	"time"

	"jiesu/internal/desk"
)

// Closed is the carrier of a way that is not set up any more: what still waits on
// it must not wait for ever.
type Closed struct {
	Untold string // reason messages to people are skipped for; empty: staff decide
}

// Carry implements [Carrier].
func (c Closed) Carry(context.Context, desk.Delivery) Result {
	if c.Untold != "" {
		return Result{Outcome: desk.NotDelivered, Detail: c.Untold}
	}
	return Result{Outcome: desk.PeerRefused, Detail: "channel.not_configured"}
}

// Route is how it works.
func (c Closed) Route() Route { return Route{Carrier: c, Timeout: time.Second, Together: 100} }
