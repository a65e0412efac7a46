package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	earlierCalls = 90 * 24 * time.Hour // so long a number is recognised
	shownEarlier = 10
	mostCalls    = 2_000 // of a day
	likelyAnswer = 3     // entries offered
	searchedText = 200   // characters of what the caller said
	callScope    = "calls/"
)

// RegisterCall keeps a call to a hotline: as a ticket, as answered with an entry of
// the library, or as what else it was. Sent twice it is kept once. Who tells of a
// present danger is told to call 110 before anything is written down.
func (d *Desk) RegisterCall(ctx context.Context, a Actor, p PhoneDraft) (PhoneReceipt, error) {
	c, err := d.phoneCall(a, &p)
	if err != nil {
		return PhoneReceipt{}, err
	}
	if d.danger(p.Letter) != nil && p.Outcome.Asked() && !p.Warned {
		var refusal error = problem.New(problem.Conflict, "call.danger", "来电内容疑似有正在发生的危险。请先让来电人拨打110，或者立即转接110，勾选“已经告知”后再登记。")
		return PhoneReceipt{}, cmp.Or(d.recordRefusal(ctx, a, "call.refused", "calls/"+c.ID, map[string]string{"line": c.Line}, refusal), refusal)
	}
	if p.Outcome == PhoneTicket {
		return d.callToTicket(ctx, a, p, c)
	}
	return d.keepCall(ctx, a, p, c)
}

// callToTicket opens the ticket of a call; both are stored, or neither.
func (d *Desk) callToTicket(ctx context.Context, a Actor, p PhoneDraft, c PhoneCall) (PhoneReceipt, error) {
	o := Opening{Letter: p.Letter, Names: p.Names, Actor: &a, IdempotencyKey: p.IdempotencyKey}
	o.with = func(ctx context.Context, tx Tx, n *opened) error {
		made := c
		made.TicketID = n.ticket.ID
		if n.ticket.Restricted() { // who reports a crime is sealed with the letter, and nowhere else
			made.Phone = ""
		}
		made.Words, made.Kind, made.Category, made.District = "", "", "", ""
		return recordCall(ctx, tx, &made)
	}
	receipt, err := d.Open(ctx, o)
	if err != nil {
		return PhoneReceipt{}, err
	}
	return PhoneReceipt{Outcome: c.Outcome, Ticket: &receipt, Repeated: receipt.Repeated}, nil
}

// keepCall records a call that becomes no ticket.
func (d *Desk) keepCall(ctx context.Context, a Actor, p PhoneDraft, c PhoneCall) (PhoneReceipt, error) {
	receipt := PhoneReceipt{Outcome: c.Outcome}
	raw, err := json.Marshal([]any{p.Line, p.Outcome, p.Letter.Kind, p.Letter.Text, p.Letter.Category, p.Letter.District, c.Phone, p.Entry, p.Warned})
	if err != nil {
		return receipt, err
	}
	key, request := sha256.Sum256([]byte(p.IdempotencyKey)), sha256.Sum256(raw)
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if p.IdempotencyKey == "" {
			return recordCall(ctx, tx, &c)
		}
		known, err := tx.Idempotent(ctx, callScope+a.ID, key[:])
		switch {
		case err == nil && string(known.Request) != string(request[:]):
			return problem.New(problem.Conflict, "idempotency.mismatch", "这个电话已经登记过，内容和这次不同。")
		case err == nil:
			receipt.Repeated = true
			return nil
		case problem.KindOf(err) != problem.NotFound:
			return err
		}
		if err := recordCall(ctx, tx, &c); err != nil {
			return err
		}
		return tx.SaveIdempotency(ctx, Idempotency{Scope: callScope + a.ID, Key: key[:], Request: request[:], ExpiresAt: c.At.Add(idempotencyLife)})
	})
	return receipt, err
}

func recordCall(ctx context.Context, tx Tx, c *PhoneCall) error {
	if err := tx.InsertPhoneCall(ctx, *c); err != nil {
		return err
	}
	detail := map[string]string{"line": c.Line, "outcome": string(c.Outcome), "unit": c.Unit}
	if c.Warned {
		detail["warned"] = "110"
	}
	if c.Entry != "" {
		detail["entry"] = c.Entry
	}
	return tx.Record(ctx, audit.Entry{At: c.At, Actor: c.By, Action: "call.register", Object: "calls/" + c.ID, Detail: detail})
}

// phoneCall checks what was written down and makes a call of it.
func (d *Desk) phoneCall(a Actor, p *PhoneDraft) (PhoneCall, error) {
	if !a.Opens {
		return PhoneCall{}, callDenied()
	}
	l := &p.Letter
	l.Source = channel.Phone
	l.Text = strings.TrimSpace(l.Text)
	l.Title = cmp.Or(strings.TrimSpace(l.Title), channel.TitleOf(l.Text))
	c := PhoneCall{
		ID: newID(), At: d.at(), By: a.ID, Unit: a.Unit, Path: a.Path, Line: p.Line, Outcome: p.Outcome, Warned: p.Warned,
		Kind: l.Kind, Category: l.Category, District: l.District, Words: l.Text,
	}
	var fields []problem.Field
	add := func(f *problem.Field) {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	for _, line := range d.HotlinesOn(c.At) {
		if line.ID == p.Line {
			c.Number = line.Number
		}
	}
	if c.Number == "" {
		add(&problem.Field{Pointer: "/line", Code: "unknown", Message: "请选择打进来的是哪个号码。"})
	}
	if p.Outcome.Name() == "" {
		add(&problem.Field{Pointer: "/outcome", Code: "unknown", Message: "请选择这个电话的结果。"})
	}
	if l.Contact != nil {
		if c.Phone = channel.NormalisePhone(l.Contact.Phone); c.Phone != "" {
			add(channel.CheckPhone("/contact/phone", c.Phone))
		}
	}
	if c.Words != "" || p.Outcome.Asked() {
		add(channel.CheckText("/text", "来电内容", c.Words, channel.MaxText))
	}
	if p.Outcome != PhoneTicket { // a letter is checked where it is opened
		for _, f := range d.untold(p, &c) {
			add(&f)
		}
	}
	if len(fields) > 0 {
		return c, problem.New(problem.Invalid, "call.invalid", "来电登记有几处需要修改。").With(fields...)
	}
	return c, nil
}

// untold is what is missing or wrong in the record of a call without a ticket.
func (d *Desk) untold(p *PhoneDraft, c *PhoneCall) []problem.Field {
	if !p.Outcome.Asked() {
		c.Kind, c.Category, c.District = "", "", ""
		return nil
	}
	var fields []problem.Field
	if k := c.Kind.Profile(); !k.Public {
		fields = append(fields, problem.Field{Pointer: "/kind", Code: "unknown", Message: "请选择来电类别。"})
	} else if !k.Publishes || c.Kind == channel.Complaint { // somebody has to be kept away, or the law wants more than words on the telephone
		fields = append(fields, problem.Field{Pointer: "/outcome", Code: "ticket", Message: k.Name + "要登记为工单，由专人办理。"})
	}
	if p.Outcome == PhoneAnswered {
		e, err := d.Entry(p.Entry)
		if err != nil {
			return append(fields, problem.Field{Pointer: "/entry", Code: "unknown", Message: "请选择照着哪条问答答复的；问答库里没有的，请登记为工单。"})
		}
		c.Entry, c.EntryVersion = e.Entry.ID, e.Entry.Version
	}
	return fields
}

// PhoneHints is what helps whoever takes a call.
type PhoneHints struct {
	Unit      string // name of where a ticket would go
	Reason    string // why there
	Category  string // code of what it may be filed under; empty: the words say nothing
	Entries   []PhoneAnswer
	Emergency *Emergency // what to say first
	Earlier   []PhoneView
}

// PhoneAnswer is an entry the call may be answered with.
type PhoneAnswer struct {
	ID       string
	Version  int
	Question string
	Text     string
}

// HintCall looks at a call before it is recorded, and keeps nothing.
func (d *Desk) HintCall(ctx context.Context, a Actor, p PhoneDraft) (PhoneHints, error) {
	if !a.Opens {
		return PhoneHints{}, callDenied()
	}
	l := p.Letter
	var h PhoneHints
	if strings.TrimSpace(l.Text) != "" {
		if f := channel.CheckText("/text", "来电内容", l.Text, channel.MaxText); f != nil {
			return h, problem.New(problem.Invalid, "call.invalid", f.Message).With(*f)
		}
		r := assignment.Request{Kind: string(l.Kind), Category: l.Category, District: l.District, Title: l.Title, Text: l.Text, Names: p.Names, At: d.at()}
		h.Category = d.Router.CategoryOf(r)
		r.Category = cmp.Or(r.Category, h.Category)
		assigned := d.Router.Route(r)
		u, _ := d.Tree.ByID(assigned.Unit)
		h.Unit, h.Reason = u.Name, assigned.Reason
		if danger := d.danger(l); danger != nil {
			h.Emergency = &Emergency{Text: danger.Answer.Text, Hotlines: danger.Hotlines}
		}
		text := []rune(seal.Mask(l.Text))
		found, err := d.entriesNear(ctx, d.inside(), string(text[:min(len(text), searchedText)]), likelyAnswer)
		if err != nil {
			return h, err
		}
		for i := range found {
			e := &found[i]
			h.Entries = append(h.Entries, PhoneAnswer{ID: e.ID, Version: e.Version, Question: e.Question, Text: e.Answer})
		}
	}
	phone := ""
	if l.Contact != nil {
		phone = channel.NormalisePhone(l.Contact.Phone)
	}
	if phone == "" {
		return h, nil
	}
	at := d.at()
	calls, err := d.Store.PhoneCalls(ctx, a.calls(PhoneFilter{From: at.Add(-earlierCalls), Until: at, Phone: phone, Limit: shownEarlier}))
	if err == nil {
		h.Earlier, err = d.callsSeen(ctx, &a, calls)
	}
	return h, err
}
