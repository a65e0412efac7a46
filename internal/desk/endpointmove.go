package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/problem"
	"jiesu/webhooks"
)

// WebhookCarrier begins the routes of webhook endpoints.
const WebhookCarrier = "webhook"

const mostReplayed = 1000 // at once: the transaction holds up others

// AddEndpoint adds an endpoint and draws its secret, which is shown this once. An
// address the house may not send to is refused; both are audited.
func (d *Desk) AddEndpoint(ctx context.Context, a Actor, n NewEndpoint) (Endpoint, error) {
	if !a.Channels {
		return Endpoint{}, noChannels()
	}
	if err := n.check(); err != nil {
		return Endpoint{}, err
	}
	at := d.at()
	e := Endpoint{
		ID: d.NewID(), URL: n.URL, Description: n.Description, Types: n.Types, State: EndpointEnabled,
		CreatedBy: a.ID, CreatedAt: at, UpdatedAt: at, Version: 1,
	}
	if err := d.reachable(ctx, n.URL); err != nil {
		if failed := d.recordRefusal(ctx, a, "webhook.refused", "webhook/"+e.ID, nil, err); failed != nil {
			return Endpoint{}, failed
		}
		return Endpoint{}, err
	}
	var err error
	if e.Secret, err = webhooks.NewSecret(d.Random); err != nil {
		return Endpoint{}, err
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		known, err := tx.Endpoints(ctx)
		if err != nil {
			return err
		}
		if len(known) >= mostEndpoints {
			return problem.New(problem.Conflict, "webhook.full", "推送地址最多"+strconv.Itoa(mostEndpoints)+"个。")
		}
		if err := tx.InsertEndpoint(ctx, e); err != nil {
			return err
		}
		return recordEndpoint(ctx, tx, a.ID, "webhook.add", &e, at)
	})
	if err != nil {
		return Endpoint{}, err
	}
	return e, d.LearnEndpoints(ctx)
}

// reachable checks that the house may send to an address.
func (d *Desk) reachable(ctx context.Context, url string) error {
	err := errors.New("nothing outside can be reached")
	if d.Reach != nil {
		err = d.Reach(ctx, url)
	}
	if err != nil {
		const rule = "不能使用这个推送地址：须为 https 地址，端口为 443 或 8443，域名能够解析到公网地址；内网地址须由运维人员事先在配置中列出。"
		return problem.New(problem.Invalid, "webhook.url", rule).Because(err).With(problem.Field{Pointer: "/url", Code: "forbidden", Message: rule})
	}
	return nil
}

// RotateSecret gives an endpoint a new secret, which is shown this once; the one
// before signs along for a day.
func (d *Desk) RotateSecret(ctx context.Context, a Actor, id string, version int64) (Endpoint, error) {
	fresh, err := webhooks.NewSecret(d.Random)
	if err != nil {
		return Endpoint{}, err
	}
	return d.changeEndpoint(ctx, a, id, version, "webhook.rotate", func(e *Endpoint) error {
		e.Former, e.FormerUntil, e.Secret = e.Secret, d.at().Add(secretOverlap), fresh
		return nil
	})
}

// SwitchEndpoint enables an endpoint, or disables it.
func (d *Desk) SwitchEndpoint(ctx context.Context, a Actor, id string, version int64, enabled bool) (Endpoint, error) {
	action, to := "webhook.disable", EndpointDisabled
	if enabled {
		action, to = "webhook.enable", EndpointEnabled
	}
	return d.changeEndpoint(ctx, a, id, version, action, func(e *Endpoint) error {
		if e.State == to {
			return problem.New(problem.Conflict, "webhook.same", "这个推送地址已经是“"+to.Name()+"”。")
		}
		e.State = to
		return nil
	})
}

func (d *Desk) changeEndpoint(ctx context.Context, a Actor, id string, version int64, action string, change func(e *Endpoint) error) (Endpoint, error) {
	if !a.Channels {
		return Endpoint{}, noChannels()
	}
	var e Endpoint
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if e, err = tx.Endpoint(ctx, id); err != nil {
			return err
		}
		if e.Version != version {
			return problem.New(problem.Conflict, "webhook.stale", "这个推送地址刚刚有了变化，请刷新后再操作。")
		}
		if err := change(&e); err != nil {
			return err
		}
		return d.keepEndpoint(ctx, tx, a.ID, action, &e)
	})
	if err != nil {
		return Endpoint{}, err
	}
	return e, d.LearnEndpoints(ctx)
}

// keepEndpoint stores a changed endpoint, audited.
func (d *Desk) keepEndpoint(ctx context.Context, tx Tx, actor, action string, e *Endpoint) error {
	was := e.Version
	e.UpdatedAt, e.Version = d.at(), was+1
	if err := tx.UpdateEndpoint(ctx, *e, was); err != nil {
		return err
	}
	return recordEndpoint(ctx, tx, actor, action, e, e.UpdatedAt)
}

func recordEndpoint(ctx context.Context, tx Tx, actor, action string, e *Endpoint, at time.Time) error {
	return tx.Record(ctx, audit.Entry{At: at, Actor: actor, Action: action, Object: "webhook/" + e.ID, Detail: map[string]string{"state": string(e.State)}})
}

// PingEndpoint sends an event that means nothing, to see whether an endpoint is
// there. It returns the id of the delivery.
func (d *Desk) PingEndpoint(ctx context.Context, a Actor, id string) (string, error) {
	at, ping := d.at(), ""
	err := d.onEndpoint(ctx, a, id, func(ctx context.Context, tx Tx, e *Endpoint) error {
		body, err := webhooks.Event{Type: webhooks.Ping, Timestamp: at, Data: webhooks.Pinged{Endpoint: e.ID}}.Body()
		if err != nil {
			return err
		}
		ping = d.NewID()
		if err := d.send(ctx, tx, Delivery{ID: ping, Route: e.route(), Kind: string(webhooks.Ping), Body: body}); err != nil {
			return err
		}
		if err := tx.HoldRoute(ctx, e.route(), at); err != nil { // somebody wants to know now
			return err
		}
		return recordEndpoint(ctx, tx, a.ID, "webhook.ping", e, at)
	})
	return ping, err
}

// ReplayEndpoint sends again all that an endpoint has not taken since a time, under
// the same ids, and returns how much that is: the newest first, and bounded. What
// is older of a ticket still leaves before what is newer.
func (d *Desk) ReplayEndpoint(ctx context.Context, a Actor, id string, since time.Time) (int, error) {
	var missed []Delivery
	err := d.onEndpoint(ctx, a, id, func(ctx context.Context, tx Tx, e *Endpoint) (err error) {
		if missed, err = missedBy(ctx, tx, e, since); err != nil {
			return err
		}
		for _, v := range missed {
			was := v.Version
			v.revive(d.at())
			if err := tx.UpdateDelivery(ctx, v, was); err != nil {
				return err
			}
		}
		if err := tx.HoldRoute(ctx, e.route(), d.at()); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "webhook.replay", Object: "webhook/" + e.ID, Detail: map[string]string{
			"since": since.UTC().Format(time.RFC3339), "deliveries": strconv.Itoa(len(missed)),
		}})
	})
	return len(missed), err
}

// onEndpoint lets a do something with an endpoint that is enabled.
func (d *Desk) onEndpoint(ctx context.Context, a Actor, id string, act func(ctx context.Context, tx Tx, e *Endpoint) error) error {
	if !a.Channels {
		return noChannels()
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		e, err := tx.Endpoint(ctx, id)
		if err != nil {
			return err
		}
		if e.State != EndpointEnabled {
			return problem.New(problem.Conflict, "webhook.disabled", "这个推送地址已经停用，请先启用。")
		}
		return act(ctx, tx, &e)
	})
}

// missedBy are the newest deliveries an endpoint has not taken since a time.
func missedBy(ctx context.Context, r DeliveryReader, e *Endpoint, since time.Time) ([]Delivery, error) {
	f := DeliveryFilter{Route: e.route(), States: []DeliveryState{DeliveryDead, DeliverySkipped}, Limit: mostDeliveries}
	var missed []Delivery
	for {
		page, err := r.Deliveries(ctx, f)
		if err != nil {
			return nil, err
		}
		old := slices.IndexFunc(page, func(v Delivery) bool { return v.CreatedAt.Before(since) })
		if old >= 0 {
			return append(missed, page[:old]...), nil
		}
		missed = append(missed, page...)
		if len(page) < f.Limit || len(missed) >= mostReplayed {
			return missed, nil
		}
		f.Before = page[len(page)-1].Seq
	}
}
