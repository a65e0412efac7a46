package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	idempotencyLife = 24 * time.Hour
	maxKey          = 200 // bytes of an Idempotency-Key
	openTries       = 3   // a number or key that was just taken is tried again
)

// Open turns a letter into a ticket: letter, ticket, event, clocks, audit entry
// and jobs in one transaction. With an idempotency key a repeat returns the
// first receipt; another letter under the same key is "idempotency.mismatch".
func (d *Desk) Open(ctx context.Context, o Opening) (Receipt, error) {
	if err := o.Letter.Check(); err != nil {
		return Receipt{}, err
	}
	if len(o.IdempotencyKey) > maxKey {
		return Receipt{}, problem.New(problem.Invalid, "idempotency.key", "Idempotency-Key 太长。")
	}
	var receipt Receipt
	for try := 1; ; try++ {
		about, err := consulted(ctx, d.Store, &o.Letter, d.at())
		if err != nil {
			return d.again(ctx, o, err)
		}
		n, err := d.prepare(o, about)
		if err != nil {
			return Receipt{}, err
		}
		err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
			receipt, err = d.openOnce(ctx, tx, o, n)
			return err
		})
		taken := problem.HasCode(err, "idempotency.taken") || problem.HasCode(err, "ticket.taken")
		if !taken || try == openTries {
			return receipt, err
		}
	}
}

// again is the receipt of an opening that is refused now and was not when it was
// first sent: the refusal where it was never sent.
func (d *Desk) again(ctx context.Context, o Opening, refusal error) (Receipt, error) {
	if o.IdempotencyKey == "" {
		return Receipt{}, refusal
	}
	receipt, err := o.known(ctx, d.Store)
	if err != nil || receipt.Repeated {
		return receipt, err
	}
	return Receipt{}, refusal
}

// known is the receipt of the same request, if it was sent before.
func (o *Opening) known(ctx context.Context, r QueueReader) (Receipt, error) {
	scope, key, request, err := o.identity()
	if err != nil {
		return Receipt{}, err
	}
	known, err := r.Idempotent(ctx, scope, key)
	switch {
	case err == nil && string(known.Request) != string(request):
		return Receipt{}, problem.New(problem.Conflict, "idempotency.mismatch", "同一个 Idempotency-Key 已用于内容不同的来信。")
	case err == nil:
		receipt := Receipt{Repeated: true}
		return receipt, json.Unmarshal(known.Response, &receipt)
	case problem.KindOf(err) != problem.NotFound:
		return Receipt{}, err
	}
	return Receipt{}, nil
}

// openOnce opens the ticket unless the same request has done so before.
func (d *Desk) openOnce(ctx context.Context, tx Tx, o Opening, n opened) (Receipt, error) {
	if o.IdempotencyKey == "" {
		return n.receipt, d.open(ctx, tx, n)
	}
	if receipt, err := o.known(ctx, tx); err != nil || receipt.Repeated {
		return receipt, err
	}
	scope, key, request, err := o.identity()
	if err != nil {
		return Receipt{}, err
	}
	if err := d.open(ctx, tx, n); err != nil {
		return Receipt{}, err
	}
	response, err := json.Marshal(n.receipt)
	if err != nil {
		return Receipt{}, err
	}
	return n.receipt, tx.SaveIdempotency(ctx, Idempotency{
		Scope: scope, Key: key, Request: request, Response: response, ExpiresAt: n.event.At.Add(idempotencyLife),
	})
}

// identity is what makes two openings the same.
func (o *Opening) identity() (scope string, key, request []byte, err error) {
	scope = "letters"
	if o.Actor != nil {
		scope = "letters/" + o.Actor.ID
	}
	l, who := o.Letter, channel.Contact{}
	if l.Contact != nil {
		who = *l.Contact
	}
	raw, err := json.Marshal([]any{
		l.Source, l.Kind, l.Title, l.Text, l.Category, l.District, who.Name, who.Phone, l.Attachments, o.Names, l.Urgency, l.Origin,
		who.IDNumber, who.Address, who.Email, who.BySMS, who.ByMail, l.Fields, l.Consultation, l.Consent,
	})
	k, r := sha256.Sum256([]byte(o.IdempotencyKey)), sha256.Sum256(raw)
	return scope, k[:], r[:], err
}

// opened is a ticket worked out but not stored yet: whatever needs no database
// is done before the transaction, which others wait for.
type opened struct {
	letter  channel.Letter
	ticket  ticket.Ticket
	event   ticket.Event
	clocks  []deadline.Clock
	code    []byte              // hash of the query code
	rule    string              // that found the unit
	why     string              // somebody is avoided, a code
	danger  *knowledge.Decision // what to say first, or nil
	hits    []signal.Hit        // of the watchlist
	past    *past               // where there are any
	with    func(ctx context.Context, tx Tx, n *opened) error
	receipt Receipt
}

// prepare works out the ticket of a checked letter, which may be an opinion about
// a consultation.
func (d *Desk) prepare(o Opening, about consultation.Consultation) (opened, error) {
	at := d.at()
	l := o.Letter
	l.ID, l.ReceivedAt = d.NewID(), at
	assigned := d.Router.Route(assignment.Request{
		Kind: string(l.Kind), Category: l.Category, District: l.District, Title: l.Title, Text: l.Text, Names: o.Names, Avoid: o.Avoid, At: at,
	})
	if about.ID != "" {
		assigned = assignment.Assignment{Unit: about.Unit, Rule: "consultation", Reason: "对征求意见的意见，由起草单位研究"}
	}
	if o.Unit != "" {
		assigned = assignment.Assignment{Unit: o.Unit, Rule: "signal", Reason: "由研判确定的责任单位回应"}
	}
	d.heed(&assigned, o.Upstream)
	number, err := ticket.NewNumber(at, d.Random)
	if err != nil {
		return opened{}, err
	}
	code, err := ticket.NewQueryCode(d.Random)
	if err != nil {
		return opened{}, err
	}
	by, unit := "", assigned.Unit
	if o.Actor != nil {
		by, unit = o.Actor.ID, o.Actor.Unit
	}
	t, event := ticket.Ticket{
		ID: d.NewID(), Number: number, LetterID: l.ID, Kind: l.Kind, Source: l.Source, Urgency: l.Urgency, Origin: l.Origin, Title: listed(l),
		Category: l.Category, District: l.District, Conversation: l.Conversation,
		Lead: assigned.Unit, LeadPath: d.Tree.Path(assigned.Unit), Avoid: assigned.Avoid,
		Consultation: about.ID, ClosesAt: about.Period.ClosesAt,
	}.Begin(d.NewID(), by, unit, at)
	event.Note = assigned.Reason
	danger := d.danger(l)
	var first *Emergency
	if danger != nil {
		first = &Emergency{Text: danger.Answer.Text, Hotlines: danger.Hotlines}
		event.Note += "；来信疑似有正在发生的危险，请立即联系来信人"
	}
	clocks, err := d.clocksFor(&t, &t, &event)
	if err != nil {
		return opened{}, err
	}
	answer := slices.IndexFunc(clocks, func(c deadline.Clock) bool { return c.Purpose == deadline.Answer })
	if answer < 0 {
		return opened{}, problem.New(problem.Internal, "deadline.no_rule", "这类来信没有适用的期限规定。")
	}
	due := clocks[answer]
	n := opened{
		with: o.with, letter: l, ticket: t, event: event, clocks: clocks, code: ticket.HashCode(d.CodeKey, number, code), rule: assigned.Rule, why: assigned.Why, danger: danger,
		receipt: Receipt{
			Number: number, QueryCode: code, Unit: d.shownUnit(&t), DueAt: due.DueAt.In(deadline.Beijing()).Truncate(time.Second),
			Rule: due.Rule, Provisional: due.Provisional, Explain: due.Explain, Emergency: first,
		},
	}
	if watched(&n.ticket) {
		if n.hits = d.signsIn(l); len(n.hits) > 0 {
			n.past, err = d.remember()
		}
	}
	return n, err
}

// signsIn is what the watchlist finds in a letter; personal data is masked before a
// passage is cut, which might cut a number in two.
func (d *Desk) signsIn(l channel.Letter) []signal.Hit {
	return d.Signs.Read(seal.Mask(l.Title + "\n" + l.Text))
}

// heed lets a be the unit an upstream platform names, unless the letter is about
// anybody here: who is impartial then is not for others to say.
func (d *Desk) heed(a *assignment.Assignment, unit string) {
	u, ok := d.Tree.ByID(unit)
	if !ok || a.Rule == assignment.Avoidance || len(a.Avoid) > 0 {
		return
	}
	a.Unit, a.Rule, a.Reason = u.ID, "upstream", "上级平台交办给"+u.Name
}

// danger is the fixed wording where a letter tells of a present danger, or nil.
func (d *Desk) danger(l channel.Letter) *knowledge.Decision {
	v, ok := conversation.Gate(l.Title + "\n" + l.Text)
	if !ok || v.Kind != knowledge.Emergency {
		return nil
	}
	decision := d.line(v.Kind, v.Line)
	return &decision
}

// listed is a letter's title as lists show it, in clear: personal data masked,
// and of a report (举报) nothing at all but that it is made up.
func listed(l channel.Letter) string {
	switch {
	case l.Kind == channel.Report && l.Origin.Platform == channel.DemoPlatform:
		return channel.DemoMark + l.Kind.Name()
	case l.Kind == channel.Report:
		return l.Kind.Name()
	}
	return seal.Mask(l.Title)
}

// open stores a prepared ticket with everything that goes with it.
func (d *Desk) open(ctx context.Context, tx Tx, n opened) error {
	t, e := &n.ticket, n.event
	if err := checkAttachments(ctx, tx, n.letter.Attachments); err != nil {
		return err
	}
	if err := checkOrigin(ctx, tx, t.Origin); err != nil {
		return err
	}
	if err := stillConsulted(ctx, tx, t); err != nil {
		return err
	}
	if err := tx.InsertTicket(ctx, n.letter, *t, n.code); err != nil {
		return err
	}
	if err := tx.InsertEvent(ctx, e); err != nil {
		return err
	}
	if n.with != nil {
		if err := n.with(ctx, tx, &n); err != nil {
			return err
		}
	}
	if err := tx.InsertClock(ctx, n.clocks...); err != nil {
		return err
	}
	detail := map[string]string{"number": t.Number, "kind": string(t.Kind), "channel": string(t.Source), "unit": t.Lead, "rule": n.rule}
	if err := d.keepLetter(ctx, tx, &n); err != nil {
		return err
	}
	if n.why != "" {
		detail["avoidance"] = n.why
	}
	err := tx.Record(ctx, audit.Entry{At: e.At, Actor: actorOf(e.Actor), Action: "ticket.open", Object: "ticket/" + t.ID, Detail: detail})
	if err != nil {
		return err
	}
	if err := d.watchLetter(ctx, tx, &n); err != nil {
		return err
	}
	if err := d.tellOthers(ctx, tx, t, t, e); err != nil {
		return err
	}
	what := "ticket.opened"
	if n.receipt.Emergency != nil {
		what = "ticket.emergency"
	}
	var jobs []Job
	if t.Consultation == "" || n.receipt.Emergency != nil { // opinions are read when all are in
		jobs = append(jobs, staffJob(t, what, screening(t), "taskforce", e.ID, e.At))
	}
	if remembered(t.Kind) {
		jobs = append(jobs, relateJob(t, e.At))
	}
	return tx.Enqueue(ctx, jobs...)
}

// checkOrigin refuses what an upstream platform has passed on before: its number
// is one ticket.
func checkOrigin(ctx context.Context, r MergeReader, o channel.Origin) error {
	if o.ID == "" {
		return nil
	}
	known, err := r.TicketByOrigin(ctx, o.Platform, o.ID)
	switch {
	case err == nil:
		return problem.New(problem.Conflict, "letter.known", "这件上级平台工单已经登记，编号 "+known.Number+"。")
	case problem.KindOf(err) == problem.NotFound:
		return nil
	default:
		return err
	}
}

// shownUnit is the responsible unit as the citizen reads it. Who handles a
// report is not told: the task force answers for it.
func (d *Desk) shownUnit(t *ticket.Ticket) string {
	id := t.Lead
	if t.Restricted() {
		id = assignment.TaskForce
	}
	u, _ := d.Tree.ByID(id)
	return u.Name
}

func checkAttachments(ctx context.Context, r QueueReader, ids []string) error {
	for i, id := range ids {
		a, err := r.AttachmentInfo(ctx, id)
		if problem.KindOf(err) == problem.NotFound && err != nil {
			return problem.New(problem.Invalid, "letter.invalid", "附件不存在，请重新上传。").
				With(problem.Field{Pointer: fmt.Sprintf("/attachments/%d", i), Code: "unknown", Message: "附件不存在，请重新上传。"})
		}
		if err != nil {
			return err
		}
		if a.Scan == channel.Infected {
			const said = "附件含病毒，请去掉或者换一个再提交。"
			return problem.New(problem.Invalid, "letter.invalid", said).
				With(problem.Field{Pointer: fmt.Sprintf("/attachments/%d", i), Code: "infected", Message: said})
		}
	}
	return nil
}

// actorOf names who acted in the audit trail.
func actorOf(id string) string {
	if id == "" {
		return "citizen"
	}
	return id
}

// Upload keeps a file for a letter that is being written.
func (d *Desk) Upload(ctx context.Context, name string, content []byte) (channel.Attachment, error) {
	a, kept, err := d.attachmentOf(name, content)
	if err != nil {
		return a, err
	}
	return a, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return d.keepFile(ctx, tx, a, kept)
	})
}

// attachmentOf is a file as it is kept.
func (d *Desk) attachmentOf(name string, content []byte) (channel.Attachment, []byte, error) {
	shown, mediaType, kept, err := channel.Sanitise(name, content)
	if err != nil {
		return channel.Attachment{}, nil, err
	}
	sum := sha256.Sum256(kept)
	return channel.Attachment{ID: newID(), Name: shown, Type: mediaType, Size: int64(len(kept)), SHA256: hex.EncodeToString(sum[:]), At: d.at()}, kept, nil
}
