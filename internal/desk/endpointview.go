package desk

import "context"

const shownAttempts = 50

// SentAttempt is an attempt, and what it was to deliver.
type SentAttempt struct {
	Attempt

	Kind string
}

// EndpointView is an endpoint with what became of what it was sent. It says nothing
// of the tickets behind: whoever looks after channels need not know them.
type EndpointView struct {
	Endpoint

	Missed   []Delivery    // dead, or passed over while it was disabled; newest first
	Waiting  []Delivery    // newest first
	Attempts []SentAttempt // newest first
}

// Endpoints lists the endpoints, without their secrets.
func (d *Desk) Endpoints(ctx context.Context, a Actor) ([]Endpoint, error) {
	if !a.Channels {
		return nil, noChannels()
	}
	all, err := d.Store.Endpoints(ctx)
	for i := range all {
		all[i].Secret, all[i].Former = nil, nil
	}
	return all, err
}

// EndpointOf shows one endpoint, without its secrets.
func (d *Desk) EndpointOf(ctx context.Context, a Actor, id string) (v EndpointView, err error) {
	if !a.Channels {
		return v, noChannels()
	}
	if v.Endpoint, err = d.Store.Endpoint(ctx, id); err != nil {
		return v, err
	}
	v.Secret, v.Former = nil, nil
	of := func(states ...DeliveryState) ([]Delivery, error) {
		return d.Store.Deliveries(ctx, DeliveryFilter{Route: v.route(), States: states, Limit: mostDeliveries})
	}
	if v.Missed, err = of(DeliveryDead, DeliverySkipped); err != nil {
		return v, err
	}
	if v.Waiting, err = of(DeliveryWaiting); err != nil {
		return v, err
	}
	v.Attempts, err = d.Store.SentAttempts(ctx, v.route(), shownAttempts)
	return v, err
}
