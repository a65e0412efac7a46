package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/webhooks"
)

// EndpointsEvery is how often a process looks which endpoints there are.
const EndpointsEvery = 10 * time.Second

// goneStatus is what an endpoint answers that wants nothing any more.
const goneStatus = 410

// LearnEndpoints takes over which endpoints there are, so that a step of a ticket
// asks nobody. An endpoint another process has added is told of what happens from
// [EndpointsEvery] on.
func (d *Desk) LearnEndpoints(ctx context.Context) error {
	known, err := d.Store.Endpoints(ctx)
	if err != nil {
		return err
	}
	d.endpoints.Store(&known)
	return nil
}

// tellEndpoints is the follower that writes what endpoints hear of a step.
func (d *Desk) tellEndpoints(ctx context.Context, tx Tx, _, t *ticket.Ticket, e ticket.Event) error {
	of, known := eventType(e.Move), d.endpoints.Load()
	if known == nil || of == "" || !leaves(t.Kind) || len(t.Avoid) > 0 { // who reads at the other end is not known
		return nil
	}
	var told []Delivery
	for i := range *known {
		if to := &(*known)[i]; to.hears(of) {
			told = append(told, Delivery{Route: to.route(), Lane: t.Number, Kind: string(of), Ticket: t.Number})
		}
	}
	if len(told) == 0 {
		return nil
	}
	body, err := eventOf(of, t, &e).Body()
	if err != nil {
		return err
	}
	for i := range told {
		told[i].Body = body
	}
	return d.send(ctx, tx, told...)
}

func (e *Endpoint) route() string { return WebhookCarrier + "/" + e.ID }

// leaves reports whether other systems hear of tickets of a kind. What was reported
// is known to its handlers alone, what was found by watching to those who assess it,
// and opinions are answered together, in public.
func leaves(k channel.Kind) bool {
	return !slices.Contains([]channel.Kind{channel.Report, channel.Signal, channel.Opinion}, k)
}

func eventOf(of webhooks.Type, t *ticket.Ticket, e *ticket.Event) webhooks.Event {
	data := webhooks.Ticket{
		Number: t.Number, Kind: string(t.Kind), State: string(t.Status), Unit: screening(t), Version: t.Version, OccurredAt: e.At.UTC().Truncate(time.Second),
	}
	if t.Dispatched() { // before, nobody has looked whom it is about
		data.Unit = t.Lead
	}
	if t.Status.Open() && !t.Standing && !t.DueAt.IsZero() {
		due := t.DueAt.UTC().Truncate(time.Second)
		data.DueAt = &due
	}
	return webhooks.Event{Type: of, Timestamp: data.OccurredAt, Data: data}
}

// eventType is what endpoints hear of a move; empty: it is nobody's business
// outside.
func eventType(m ticket.Move) webhooks.Type {
	switch m {
	case ticket.Open:
		return webhooks.TicketOpened
	case ticket.Accept:
		return webhooks.TicketAccepted
	case ticket.Decline:
		return webhooks.TicketDeclined
	case ticket.Ask:
		return webhooks.TicketAsked
	case ticket.Supply:
		return webhooks.TicketSupplied
	case ticket.Reclassify:
		return webhooks.TicketReclassified
	case ticket.Dispatch, ticket.Reassign:
		return webhooks.TicketDispatched
	case ticket.Sign:
		return webhooks.TicketSigned
	case ticket.Return:
		return webhooks.TicketReturned
	case ticket.Grant, ticket.Repeat, ticket.ConsultThird, ticket.ThirdReplied, ticket.ThirdSilent, ticket.Suspend, ticket.Resume:
		return webhooks.TicketRescheduled
	case ticket.Release, ticket.AnswerWith:
		return webhooks.TicketAnswered
	case ticket.Rate:
		return webhooks.TicketRated
	case ticket.Redo:
		return webhooks.TicketReopened
	case ticket.Close:
		return webhooks.TicketClosed
	case ticket.Merge:
		return webhooks.TicketMerged
	case ticket.Unmerge:
		return webhooks.TicketUnmerged
	case ticket.Withdraw, ticket.Lapse:
		return webhooks.TicketWithdrawn
	case ticket.TransferTo:
		return webhooks.TicketTransferred
	case ticket.Involve, ticket.Opine, ticket.Waive, ticket.Take, ticket.PutBack, ticket.Extend, ticket.Refuse, ticket.Draft, ticket.Submit, ticket.Vet,
		ticket.Approve, ticket.SendBack, ticket.Join, ticket.Brief, ticket.Postpone, ticket.Conclude, ticket.Correct, ticket.Publish, ticket.Retract,
		ticket.Urge, ticket.Supervise, ticket.Feedback, ticket.Circular, ticket.Note:
		return ""
	}
	return ""
}

// afterHook disables an endpoint that says it is gone, or has taken nothing of a
// delivery for as long as it is tried, and tells the task force. A ping only tries.
func (d *Desk) afterHook(ctx context.Context, tx Tx, v *Delivery, a Attempt) error {
	to := EndpointFailing
	if a.Status == goneStatus {
		to = EndpointGone
	}
	if v.State != DeliveryDead || to == EndpointFailing && v.Kind == string(webhooks.Ping) {
		return nil
	}
	e, err := tx.Endpoint(ctx, NameOf(v.Route))
	if err != nil || e.State != EndpointEnabled {
		return err
	}
	e.State = to
	action := "webhook." + string(to)
	if err := d.keepEndpoint(ctx, tx, "system", action, &e); err != nil {
		return err
	}
	return tx.Enqueue(ctx, d.channelNotice(action, e.Description, e.ID, d.at()))
}
