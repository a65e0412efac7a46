package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// Why somebody was not told. Codes are stored, staff read the sentences.
const (
	untoldContact = "reach.no_contact"
	untoldAsked   = "reach.not_asked"
	untoldOptOut  = "reach.opted_out"
	untoldMobile  = "reach.no_mobile"
	untoldEmail   = "reach.no_email"
	untoldTooMany = "reach.too_many"
)

// Anybody may write anybody's address into the form: an address is not flooded.
const (
	mostDaily  = 5 // to one address in a day of Beijing
	mostHourly = 1 // of them, that a letter was registered, in an hour
)

// UntoldOff is why nobody is told by a way that is not set up.
const UntoldOff = "reach.not_configured"

// tellWriter has whoever wrote t told of a step, by SMS and e-mail as they asked
// for on the form. Each way that could have been leaves a row that says why not.
func (d *Desk) tellWriter(ctx context.Context, tx Tx, _, t *ticket.Ticket, e ticket.Event) error {
	if e.Move != ticket.Open && !tellsCitizen(e.Move) {
		return nil
	}
	return d.tellPerson(ctx, tx, t, "ticket."+string(e.Move))
}

// tellPerson tells whoever wrote t what happened. Who reports (举报) is never
// told: a message on a telephone is read by whoever holds it, and a row here
// would show the report's number. Opinions are answered in public.
func (d *Desk) tellPerson(ctx context.Context, tx Tx, t *ticket.Ticket, what string) error {
	if d.reach.SMS == "" && !d.reach.Mail || t.Restricted() || t.Kind.Profile().Consulted || t.Origin.Platform == channel.DemoPlatform {
		return nil
	}
	who, err := tx.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	if what == whatOpened && !who.BySMS && !who.ByMail {
		return nil // they have just read the number
	}
	sms, err := d.bySMS(ctx, tx, t, &who, what)
	if err != nil {
		return err
	}
	mail, err := d.byMail(ctx, tx, t, &who, what)
	if err != nil {
		return err
	}
	return d.send(ctx, tx, sms, mail)
}

func (d *Desk) bySMS(ctx context.Context, tx Tx, t *ticket.Ticket, who *channel.Contact, what string) (Delivery, error) {
	phone, mobile := who.Mobile()
	w := way{carrier: SMSCarrier, name: d.reach.SMS, address: phone, asked: who.BySMS, missing: untoldMobile, has: mobile}
	return d.deliver(ctx, tx, t, who, what, w, func() any {
		m := ShortMessage{Phone: phone}
		for _, v := range d.reach.Values {
			m.Values = append(m.Values, NamedValue{string(v), map[TemplateValue]string{
				ValueNumber: t.Number, ValueState: shortState(what, t.Status), ValueLink: d.reach.progress(),
			}[v]})
		}
		return m
	})
}

func (d *Desk) byMail(ctx context.Context, tx Tx, t *ticket.Ticket, who *channel.Contact, what string) (Delivery, error) {
	name := ""
	if d.reach.Mail {
		name = "relay"
	}
	w := way{carrier: EmailCarrier, name: name, address: who.Email, asked: who.ByMail, missing: untoldEmail, has: who.Email != ""}
	return d.deliver(ctx, tx, t, who, what, w, func() any {
		m := Email{To: who.Email, Subject: "您的来信有新进展（编号 " + t.Number + "）", Text: citizenText(t.Number, what, t.Status) + "\n"}
		if d.reach.Site != "" {
			m.Text += "\n查询：" + d.reach.progress() + "\n"
		}
		m.Text += "\n本邮件由系统自动发出，请不要回复。正在发生的危险请直接拨打110。\n"
		switch {
		case lawful(t.Kind, what):
			m.Text += "本通知依法应当告知，不能退订。\n"
		case d.reach.Site != "":
			m.Unsubscribe = d.reach.Site + "/unsubscribe/" + d.optOutToken(EmailCarrier, who.Email)
			m.Text += "不想再收到这类邮件：" + m.Unsubscribe + "\n"
		}
		return m
	})
}

// way is one way somebody may be told by.
type way struct {
	carrier, name string // name empty: it is not there
	address       string
	asked, has    bool
	missing       string // why, where there is no address
}

// deliver is the delivery of what happened by w, skipped with the reason where it
// does not leave.
func (d *Desk) deliver(ctx context.Context, tx Tx, t *ticket.Ticket, who *channel.Contact, what string, w way, body func() any) (Delivery, error) {
	v := Delivery{Route: w.carrier + "/" + w.name, Kind: what, Ticket: t.Number, State: DeliverySkipped}
	switch {
	case w.name == "":
		v.Reason = UntoldOff
	case *who == (channel.Contact{}):
		v.Reason = untoldContact
	case !w.has:
		v.Reason = w.missing
	case !w.asked:
		v.Reason = untoldAsked
	}
	if v.Reason != "" {
		return v, nil
	}
	var err error
	if !lawful(t.Kind, what) {
		v.Reason, err = d.unwanted(ctx, tx, &w, what)
	}
	if err != nil || v.Reason != "" {
		return v, err
	}
	v.State = DeliveryWaiting
	v.Body, err = json.Marshal(body())
	return v, err
}

// unwanted is why an address gets no message that the law does not ask for; one
// that it gets is counted.
func (d *Desk) unwanted(ctx context.Context, tx Tx, w *way, what string) (string, error) {
	out, err := tx.OptedOut(ctx, d.optOutOf(w.carrier, w.address))
	if err != nil || out {
		return untoldOptOut, err
	}
	if what == whatOpened {
		n, err := tx.CountMessage(ctx, d.optOutOf(w.carrier+"/opened", w.address), d.at().Truncate(time.Hour).Add(time.Hour))
		if err != nil || n > mostHourly {
			return untoldTooMany, err
		}
	}
	n, err := tx.CountMessage(ctx, d.optOutOf(w.carrier, w.address), deadline.EndOfDay(d.at()))
	if err != nil || n > mostDaily {
		return untoldTooMany, err
	}
	return "", nil
}

// lawful reports whether the law wants whoever wrote to be told of a step, so that
// unsubscribing does not end it: what is asked for, prolonged, refused, passed on
// and answered of applications for information (政府信息公开条例 art. 30, 33, 36)
// and of petitions (信访工作条例 art. 22 and 23, 34).
func lawful(k channel.Kind, what string) bool {
	if k != channel.Disclosure && k != channel.Petition {
		return false
	}
	move, _ := strings.CutPrefix(what, "ticket.")
	return tellsCitizen(ticket.Move(move)) || what == whatRedated
}

// whatOpened is the first step of a ticket, as kinds of deliveries name it.
const whatOpened = "ticket." + string(ticket.Open)

// shortState is what a template says of a step: providers take few characters.
func shortState(what string, s ticket.Status) string {
	short := map[string]string{
		whatOpened: "已登记", "ticket.ask": "待您补充", "ticket.grant": "已延期", "ticket.reclassify": "类别已改", "ticket.redo": "重新办理", whatRedated: "期限有变",
	}[what]
	if short == "" {
		return s.Name()
	}
	return short
}

// progress is where somebody looks after their letter, with the number and the
// code that only they know.
func (r *Reach) progress() string {
	if r.Site == "" {
		return ""
	}
	return r.Site + "/letters"
}
