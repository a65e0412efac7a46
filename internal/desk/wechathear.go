package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"jiesu/internal/problem"
)

// WeChatCarrier is what arrivals from WeChat and deliveries to it are told by.
const WeChatCarrier = "wechat"

// weChatRepliesBy is how long WeChat may still ask for an answer: three times, for
// five seconds each. What nobody has picked up by then is sent.
const weChatRepliesBy = 20 * time.Second

// What is noted of an answer WeChat may pick up.
const (
	offeredAtOnce  = "wechat.offered" // it was given out, and may have arrived
	answeredAtOnce = "wechat.at_once" // it has arrived, and is not sent
)

// JobWeChatLate sends an answer that WeChat did not get in time.
const JobWeChatLate = "wechat.late"

// ReceiveWeChat keeps what somebody sent to an account of ours. key is the same
// however often WeChat sends it.
func (d *Desk) ReceiveWeChat(ctx context.Context, account, key string, m WeChatMessage) (Inbound, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return Inbound{}, err
	}
	return d.Receive(ctx, Arrival{
		Source: WeChatCarrier + "/" + account, Key: Fingerprint([]byte(key)), Lane: m.OpenID, Type: "application/json", Body: raw,
	})
}

// AnswerWeChat takes what was received, unless that was done, and returns what is
// to be answered at once; empty: nothing, or it is sent by itself. Whoever asks
// while another takes it waits for the same answer.
func (d *Desk) AnswerWeChat(ctx context.Context, in Inbound) (string, error) {
	take := intake(d.takeIn)
	if in.State == InboundWaiting {
		if t, err := d.weChatTurnOf(ctx, d.Store, &in); err == nil { // worked out before others have to wait for it
			take = func(ctx context.Context, tx Tx, in *Inbound) (func(), error) { return d.keepWeChat(ctx, tx, in, &t) }
		}
	}
	var words string
	var after []func()
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if after, err = d.takeUpTo(ctx, tx, in.ID, take); err != nil {
			return err
		}
		words, err = answerLeft(ctx, tx, in.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	runAll(after)()
	return words, nil
}

// takeUpTo takes an arrival with take, and before it what came before it in its
// lane: then what take was worked out from is not true any more.
func (d *Desk) takeUpTo(ctx context.Context, tx Tx, id string, take intake) (after []func(), err error) {
	waiting, err := tx.LaneOf(ctx, id, laneTogether)
	if err != nil {
		return nil, err
	}
	own := slices.IndexFunc(waiting, func(in Inbound) bool { return in.ID == id })
	if own > 0 {
		take = d.takeIn
	}
	for i := range waiting[:own+1] {
		done, err := d.takeOneBy(ctx, tx, &waiting[i], take)
		if err != nil {
			return nil, err
		}
		after = append(after, done)
	}
	return after, nil
}

// answerLeft is the answer to an arrival if WeChat may pick it up: it does not
// leave by itself yet, and from now on will not before WeChat has given up.
func answerLeft(ctx context.Context, tx Tx, id string) (string, error) {
	in, err := tx.Inbound(ctx, id)
	if err != nil || len(in.Answer) == 0 {
		return "", err
	}
	v, err := tx.Delivery(ctx, id)
	switch {
	case err != nil:
		return "", err
	case v.Reason == answeredAtOnce:
		return string(in.Answer), nil
	case v.State != DeliveryWaiting || v.Tries > 0 || v.NextAt.Before(in.ReceivedAt.Add(weChatRepliesBy)):
		return "", nil
	}
	was := v.Version
	v.Reason, v.Version = offeredAtOnce, was+1
	return string(in.Answer), tx.UpdateDelivery(ctx, v, was)
}

// AnswerWeChatLate has the answer to an arrival sent as soon as there is one:
// WeChat was told not to wait for it.
func (d *Desk) AnswerWeChatLate(ctx context.Context, in Inbound) error {
	at := d.at()
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Enqueue(ctx, readyJob(JobWeChatLate, in.ID, takeArgs{Inbound: in.ID}, at, at))
	})
}

// sendLate lets the answer to an arrival leave now. One that was given out to a
// later try after all keeps its time: there is one answer.
func (d *Desk) sendLate(ctx context.Context, tx Tx, j Job) (committed func(), err error) {
	args, err := argsOf[takeArgs](j)
	if err != nil {
		return nil, err
	}
	after, err := d.takeUpTo(ctx, tx, args.Inbound, d.takeIn)
	if err != nil {
		return nil, err
	}
	v, err := tx.Delivery(ctx, args.Inbound)
	switch soon := d.at(); {
	case err != nil && problem.KindOf(err) == problem.NotFound: // there is nothing to say
		return runAll(after), nil
	case err != nil:
		return nil, err
	case v.State != DeliveryWaiting || v.Reason == offeredAtOnce || !soon.Before(v.NextAt):
		return runAll(after), nil
	default:
		was := v.Version
		v.NextAt, v.Version = soon, was+1
		return runAll(after), tx.UpdateDelivery(ctx, v, was)
	}
}

// WeChatAnswered notes that WeChat has picked up the answer to an arrival, so that
// it is not sent.
func (d *Desk) WeChatAnswered(ctx context.Context, in Inbound) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		v, err := tx.Delivery(ctx, in.ID)
		if err != nil || v.State != DeliveryWaiting {
			return err
		}
		was := v.Version
		v.State, v.Reason, v.EndedAt, v.Version = DeliverySent, answeredAtOnce, d.at(), was+1
		return tx.UpdateDelivery(ctx, v, was)
	})
}

// takeWeChat takes a message that nobody waits for any more, or that others came
// after.
func (d *Desk) takeWeChat(ctx context.Context, tx Tx, in *Inbound) (func(), error) {
	t, err := d.weChatTurnOf(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	return d.keepWeChat(ctx, tx, in, &t)
}

// keepWeChat stores what comes of a message, its answer among it. The answer is
// sent when WeChat cannot pick it up any more, and at once where it never does.
func (d *Desk) keepWeChat(ctx context.Context, tx Tx, in *Inbound, t *weChatTurn) (func(), error) {
	words, err := t.store(ctx, tx, d.at())
	if err != nil {
		return nil, err
	}
	in.Subject, in.Answer = "chat/"+t.who.Conversation, []byte(words)
	wake := func() { d.waker.Wake(t.who.Conversation) }
	if words == "" {
		return wake, nil
	}
	v := weChatDelivery(t.who.Account, t.who.OpenID, "wechat.answer")
	v.ID = in.ID
	if !t.account.Mini {
		v.NextAt = in.ReceivedAt.Add(weChatRepliesBy)
	}
	if v.Body, err = json.Marshal(WeChatParcel{OpenID: t.who.OpenID, Text: words}); err != nil {
		return nil, problem.New(problem.Internal, "wechat.parcel", "答复无法保存。").Because(err)
	}
	return wake, d.send(ctx, tx, v)
}
