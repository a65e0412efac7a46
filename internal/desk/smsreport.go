package desk

import (
	"context"
	"crypto/hmac"
	"net/netip"
	"slices"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// What networks tell of a message the provider had taken.
const (
	smsArrived = "sms.arrived"
	smsLost    = "sms.lost"
)

// SMSReport is what became of a short message.
type SMSReport struct {
	Delivery string // id; empty: the provider does not tell it
	Receipt  string // what the provider calls it
	Arrived  bool
}

// ReceiveSMS keeps what the provider of short messages pushed to the hook with that
// key, and says what to answer. Why a push is refused is nobody's business.
func (d *Desk) ReceiveSMS(ctx context.Context, key string, from netip.Addr, body []byte) (thanks string, err error) {
	if !d.MaySendReceipts(key, from) {
		return "", HookDenied()
	}
	_, err = d.Receive(ctx, Arrival{Source: SMSCarrier + "/" + d.reach.SMS, Key: Fingerprint(body), Type: "application/json", Body: body})
	return d.reach.Hook.Thanks, err
}

// MaySendReceipts reports whether key and address are those of the provider of
// short messages.
func (d *Desk) MaySendReceipts(key string, from netip.Addr) bool {
	hook := &d.reach.Hook
	right := hmac.Equal(digest(key), digest(hook.Key)) && hook.Key != ""
	return right && (len(hook.From) == 0 || slices.ContainsFunc(hook.From, func(p netip.Prefix) bool { return p.Contains(from) }))
}

// keepReceipt remembers what the provider calls a message it has taken.
func (d *Desk) keepReceipt(ctx context.Context, tx Tx, v *Delivery, a Attempt) error {
	if a.Outcome != Arrived || a.Detail == "" {
		return nil
	}
	return tx.KeepReceipt(ctx, receiptOf(v.Route, a.Detail), v.ID)
}

func receiptOf(route, receipt string) []byte { return digest(route + "/" + receipt) }

// takeSMS takes what the provider pushed. Reports of messages that are not ours
// are nobody's business: others use the account too.
func (d *Desk) takeSMS(ctx context.Context, tx Tx, in *Inbound) error {
	if d.reach.Read == nil || in.Source != SMSCarrier+"/"+d.reach.SMS {
		return problem.New(problem.Invalid, "inbox.source", "没有能够处理这类消息的通道。")
	}
	reports, leaving, err := d.reach.Read(in.Body)
	if err != nil {
		return problem.New(problem.Invalid, "sms.push", "短信平台的推送无法读取。").Because(err)
	}
	for _, r := range reports {
		if err := d.takeReport(ctx, tx, in.Source, r); err != nil {
			return err
		}
	}
	for _, phone := range leaving {
		c := channel.Contact{Phone: phone}
		if number, ok := c.Mobile(); ok {
			if err := d.setOptOut(ctx, tx, d.optOutOf(SMSCarrier, number), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeReport notes what became of a message. It may come before the answer to the
// sending has: the message has been sent then.
func (d *Desk) takeReport(ctx context.Context, tx Tx, route string, r SMSReport) error {
	v, err := reported(ctx, tx, route, r)
	switch {
	case err != nil && problem.KindOf(err) == problem.NotFound:
		return nil
	case err != nil:
		return err
	case v.Route != route:
		return nil
	}
	was := v.Version
	v.Version++
	if v.State == DeliveryWaiting || v.State == DeliveryDead {
		v.State, v.EndedAt = DeliverySent, d.at()
	}
	if v.Reason = smsLost; r.Arrived {
		v.Reason = smsArrived
	}
	return tx.UpdateDelivery(ctx, v, was)
}

// reported is the message a report is of.
func reported(ctx context.Context, tx Tx, route string, r SMSReport) (Delivery, error) {
	if r.Delivery != "" {
		return tx.Delivery(ctx, r.Delivery)
	}
	id, err := tx.DeliveryOfReceipt(ctx, receiptOf(route, r.Receipt))
	if err != nil {
		return Delivery{}, err
	}
	return tx.Delivery(ctx, id)
}
