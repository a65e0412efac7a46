package desk

import (
	"context"
	"encoding/json"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// WeChatRefused is why a message was not delivered that WeChat would refuse again,
// whoever it is to.
const WeChatRefused = "wechat.refused"

// weChatLost is noted of a message that WeChat had taken and says it did not bring.
const weChatLost = "wechat.lost"

// WeChatParcel is what a delivery brings to somebody on WeChat: a text, or what a
// template is filled with.
type WeChatParcel struct {
	OpenID   string            `json:"open_id"`
	Text     string            `json:"text,omitempty"`
	Template string            `json:"template,omitempty"`
	Page     string            `json:"page,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	Official bool              `json:"official,omitempty"` // the template is a service account's
}

// weChatNews is what somebody is told about a letter.
type weChatNews struct {
	kind   string         // of the delivery
	text   string         // where there is room for it
	ticket *ticket.Ticket // nil: it is about no letter
}

// tellWeChat brings what a conversation was told to its citizen, where that is on
// WeChat: as a message while they may be written to, else as one they have agreed
// to, which says no more than number and state. Where neither is possible, that
// is noted.
func (d *Desk) tellWeChat(ctx context.Context, tx Tx, conversationID string, n weChatNews) error {
	who, ok, err := d.onWeChat(ctx, tx, conversationID)
	if !ok {
		return err
	}
	at := d.at()
	p := WeChatParcel{OpenID: who.OpenID}
	out := weChatDelivery(who.Account, who.OpenID, n.kind)
	account, ours := d.WeChat[who.Account]
	progress := &account.Progress
	switch {
	case !ours: // it is not in the file of channels any more
		out.State, out.Reason = DeliverySkipped, "wechat.account"
	case at.Before(who.OpenUntil) && who.Left > 0:
		who.Left--
		p.Text = fitWeChat(n.text, "", "")
	case n.ticket != nil && progress.ID != "" && who.Credits[progress.ID] > 0:
		who.spend(progress.ID, &out, d.NewID())
		p.Template, p.Page, p.Data, p.Official = progress.ID, progress.page(n.ticket), progress.fill(n.ticket, at), !account.Mini
	default:
		out.State, out.Reason = DeliverySkipped, "wechat.closed"
	}
	if n.ticket != nil {
		out.Ticket = n.ticket.Number
	}
	if out.Body, err = json.Marshal(p); err != nil {
		return err
	}
	if err := tx.UpdateWeChatPeer(ctx, who); err != nil {
		return err
	}
	return d.send(ctx, tx, out)
}

// weChatDelivery is one to somebody; theirs leave one after the other.
func weChatDelivery(account, openID, kind string) Delivery {
	return Delivery{Route: WeChatCarrier + "/" + account, Lane: openID, Kind: kind}
}

// afterWeChat notes that somebody could not be written to, or has not agreed to
// it after all, and tells them of a letter some other way if there is one. What is
// wrong with the message itself is for staff, and keeps nothing later from them.
func (d *Desk) afterWeChat(ctx context.Context, tx Tx, v *Delivery, a Attempt) error {
	switch {
	case a.Outcome != NotDelivered:
		return nil
	case a.Detail == WeChatRefused:
		return tx.Enqueue(ctx, d.deliveryNotice("delivery.dead", v))
	}
	var p WeChatParcel
	if err := json.Unmarshal(v.Body, &p); err != nil {
		return err
	}
	who, err := tx.WeChatPeer(ctx, NameOf(v.Route), p.OpenID)
	if err != nil {
		return err
	}
	if p.Text == "" {
		delete(who.Credits, p.Template)
		return tx.UpdateWeChatPeer(ctx, who)
	}
	who.OpenUntil, who.Left = time.Time{}, 0
	if err := tx.UpdateWeChatPeer(ctx, who); err != nil || v.Ticket == "" {
		return err
	}
	t, err := tx.TicketByNumber(ctx, v.Ticket)
	if err != nil || t.Restricted() { // it may have become a report since
		return err
	}
	return d.tellWeChat(ctx, tx, who.Conversation, weChatNews{kind: v.Kind, text: p.Text, ticket: &t})
}

// lostOnWeChat notes which messages WeChat had taken and did not bring after all.
// WeChat does not say which of a template it means: it is taken to be the last. Who
// does not get one is not counted on to want the next.
func lostOnWeChat(ctx context.Context, tx Tx, who *WeChatPeer, results []WeChatGrant) error {
	for _, r := range results {
		id := who.Told[r.Template]
		delete(who.Told, r.Template)
		if r.Accepted || id == "" {
			continue
		}
		delete(who.Credits, r.Template)
		v, err := tx.Delivery(ctx, id)
		if err != nil {
			return err
		}
		if v.State != DeliverySent { // not by what is known here
			continue
		}
		was := v.Version
		v.Reason, v.Version = weChatLost, was+1
		if err := tx.UpdateDelivery(ctx, v, was); err != nil {
			return err
		}
	}
	return nil
}

func (t *WeChatTemplate) page(about *ticket.Ticket) string {
	if t.Page == "" {
		return ""
	}
	return t.Page + "?number=" + about.Number
}

// fill says number and state, and nothing of the matter: anybody who looks at the
// phone reads it.
func (t *WeChatTemplate) fill(about *ticket.Ticket, at time.Time) map[string]string {
	data := map[string]string{}
	for name, value := range map[string]string{
		t.Number: about.Number, t.State: about.Status.Name(), t.At: at.In(deadline.Beijing()).Format("2006-01-02 15:04"),
	} {
		if name != "" {
			data[name] = value
		}
	}
	return data
}
