package desk

import (
	"context"
	"encoding/json"
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
func (d *Desk) AnswerWeChat(ctx context.Context, in Inbound) (words string, err error) {
	if err := d.takeWeChat(ctx, &in); err != nil {
		return "", err
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		words, err = answerLeft(ctx, tx, in.ID)
		return err
	})
	return words, err
}

// prepareTaking takes a message on WeChat before the job's transaction, which has
// nothing left to do then; other arrivals wait for that.
func (d *Desk) prepareTaking(ctx context.Context, j Job) error {
	args, err := argsOf[takeArgs](j)
	if err != nil {
		return err
	}
	in, err := d.Store.Inbound(ctx, args.Inbound)
	if err != nil || CarrierOf(in.Source) != WeChatCarrier {
		return err
	}
	return d.takeWeChat(ctx, &in)
}

// takeWeChat takes a message that waits, and before it what came before it in its
// lane.
func (d *Desk) takeWeChat(ctx context.Context, in *Inbound) error {
	for {
		waiting, err := d.Store.LaneOf(ctx, in.ID, 1)
		if err != nil || len(waiting) == 0 || waiting[0].Seq > in.Seq {
			return err
		}
		if err := d.takeNext(ctx, &waiting[0]); err != nil {
			return err
		}
	}
}

// takeNext takes the first message of its lane. What fails for reasons of ours
// keeps those behind it waiting, but not for ever.
func (d *Desk) takeNext(ctx context.Context, next *Inbound) error {
	failure := d.tryNext(ctx, next)
	if failure == nil || passes(ctx, failure) || d.at().Sub(next.ReceivedAt) < waitAtMost {
		return failure
	}
	d.Log.ErrorContext(ctx, "a message on WeChat could not be taken", "inbound", next.ID, "error", failure)
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		in, err := tx.Inbound(ctx, next.ID)
		if err != nil || in.State != InboundWaiting {
			return err
		}
		return d.showArrival(ctx, tx, &in, failure)
	})
}

// tryNext works out what comes of a message and stores that in one transaction,
// which others wait for and which is short therefore. Where somebody was quicker
// there is nothing to do.
func (d *Desk) tryNext(ctx context.Context, next *Inbound) error {
	t, refusal := d.weChatTurnOf(ctx, next)
	if refusal != nil && refusalCode(refusal) == "" {
		return refusal
	}
	var after func()
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		after = nil
		waiting, err := tx.LaneOf(ctx, next.ID, 1)
		if err != nil || len(waiting) == 0 || waiting[0].ID != next.ID {
			return err
		}
		after, err = d.takeOneBy(ctx, tx, &waiting[0], func(ctx context.Context, tx Tx, in *Inbound) (func(), error) {
			if refusal != nil {
				return nil, refusal
			}
			return d.keepWeChat(ctx, tx, in, &t)
		})
		return err
	})
	if err == nil && after != nil {
		after()
	}
	return err
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
func (d *Desk) sendLate(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[takeArgs](j)
	if err != nil {
		return err
	}
	v, err := tx.Delivery(ctx, args.Inbound)
	switch soon := d.at(); {
	case err != nil && problem.KindOf(err) == problem.NotFound: // there is nothing to say
		return nil
	case err != nil:
		return err
	case v.State != DeliveryWaiting || v.Reason == offeredAtOnce || !soon.Before(v.NextAt):
		return nil
	default:
		was := v.Version
		v.NextAt, v.Version = soon, was+1
		return tx.UpdateDelivery(ctx, v, was)
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

// keepWeChat stores what comes of a message, its answer among it. The answer is
// sent when WeChat cannot pick it up any more, and at once where it never does.
func (d *Desk) keepWeChat(ctx context.Context, tx Tx, in *Inbound, t *weChatTurn) (func(), error) {
	words, err := t.store(ctx, tx, d.at())
	if err != nil {
		return nil, err
	}
	in.Subject, in.Answer = "chat/"+t.who.Conversation, []byte(words)
	tell := func() { t.tell(d.waker) }
	if words == "" {
		return tell, nil
	}
	v := weChatDelivery(t.who.Account, t.who.OpenID, "wechat.answer")
	v.ID = in.ID
	if !t.account.Mini {
		v.NextAt = in.ReceivedAt.Add(weChatRepliesBy)
	}
	if v.Body, err = json.Marshal(WeChatParcel{OpenID: t.who.OpenID, Text: words}); err != nil {
		return nil, problem.New(problem.Internal, "wechat.parcel", "答复无法保存。").Because(err)
	}
	return tell, d.send(ctx, tx, v)
}
