package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/seal"
)

// mostMessages is how many messages about one ticket are shown.
const mostMessages = 50

// Told is what somebody who wrote was told, or was not and why.
type Told struct {
	At      time.Time
	Ended   time.Time // zero: it waits
	Carrier string    // sms or mail
	What    string    // Chinese
	To      string    // masked; empty: to nobody
	State   DeliveryState
	Why     string // Chinese; empty: there is nothing to say
}

// ToldOf lists what whoever wrote a ticket's letter was told outside of the pages,
// newest first, for those who see the ticket. Nobody is told of reports (举报).
func (d *Desk) ToldOf(ctx context.Context, a Actor, number string) (ticket.Ticket, []Told, error) {
	t, err := seen(ctx, d.Store, a, number)
	if err != nil || t.Restricted() {
		return t, nil, err
	}
	var all []Told
	for _, carrier := range []string{SMSCarrier, EmailCarrier} {
		found, err := d.Store.Deliveries(ctx, DeliveryFilter{Route: carrier, Ticket: t.Number, Bodies: true, Limit: mostMessages})
		if err != nil {
			return t, nil, err
		}
		for i := range found {
			one, err := told(carrier, &found[i])
			if err != nil {
				return t, nil, err
			}
			all = append(all, one)
		}
	}
	return t, all, nil
}

func told(carrier string, v *Delivery) (Told, error) {
	t := Told{At: v.CreatedAt, Ended: v.EndedAt, Carrier: carrier, What: shortNews(v.Kind), State: v.State, Why: whyUntold(v)}
	if len(v.Body) == 0 {
		return t, nil
	}
	var to struct {
		Phone string `json:"phone"`
		To    string `json:"to"`
	}
	if err := json.Unmarshal(v.Body, &to); err != nil {
		return t, err
	}
	t.To = seal.MaskPhone(to.Phone)
	if carrier == EmailCarrier {
		t.To = maskEmail(to.To)
	}
	return t, nil
}

// maskEmail keeps the first letter and the domain.
func maskEmail(address string) string {
	name, domain, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return "***"
	}
	return name[:1] + "***@" + domain
}

// shortNews is what a message told of.
func shortNews(what string) string {
	if news := shortState(what, ""); news != "" {
		return news
	}
	move, _ := strings.CutPrefix(what, "ticket.")
	return ticket.Move(move).Name()
}

// Untold is why somebody was not told, or what became of it at the provider.
type Untold struct{ Code, Name string }

// UntoldReasons are those with sentences of their own.
func UntoldReasons() []Untold {
	return []Untold{
		{untoldContact, "来信人没有留下联系方式"},
		{untoldAsked, "来信人没有选择这样告知"},
		{untoldOptOut, "来信人已经退订"},
		{UntoldOff, "没有开通这种方式"},
		{untoldMobile, "来信人没有留手机号码"},
		{untoldEmail, "来信人没有留邮箱"},
		{untoldTooMany, "发往同一号码或者邮箱的消息太多，这一条没有发送"},
		{smsArrived, "已送达手机"},
		{smsLost, "运营商回报没有送达"},
		{"mail.no_such_address", "对方邮箱不存在或者拒收"},
		{"mail.address", "邮箱地址无法使用"},
	}
}

// whyUntold says what became of a message beside its state.
func whyUntold(v *Delivery) string {
	known := append(UntoldReasons(), Untold{}, Untold{"peer.refused", "平台拒绝发送，已告知专班"}, Untold{"peer.unreachable", "多次发送没有成功，已告知专班"})
	i := slices.IndexFunc(known, func(u Untold) bool { return u.Code == v.Reason })
	switch {
	case i >= 0:
		return known[i].Name
	case v.State == DeliverySkipped:
		return "平台拒绝向这个号码发送（" + v.Reason + "）"
	}
	return v.Reason
}
