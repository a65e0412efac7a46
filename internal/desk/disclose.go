package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// Disclosure is who may read the reply to a ticket, as somebody decided.
type Disclosure struct {
	Ticket     string // id
	Round      int    // of the ticket, whose reply it is about
	Decision   review.Decision
	Reason     string        // a code of the decision's list
	Note       string        // internal
	Consent    bool          // the writer agreed that what was asked is published
	Source     review.Source // of a text for the public
	Redactions []review.Redaction
	By         string // user id
	At         time.Time
	Version    int64
}

// DisclosureCommand decides who may read the reply to a ticket.
type DisclosureCommand struct {
	Version  int64 // of the decision the actor saw; 0: there was none
	Decision review.Decision
	Reason   string
	Note     string // internal
	Title    string // what the public reads over it; empty: the letter's own, or its category where the writer did not agree
	Asked    string // what was asked, shortened; empty: how the letter begins. Only where the writer agreed
}

// DisclosureView is a decision with the text that came of it.
type DisclosureView struct {
	Disclosure

	Text *TextView // nil: there is none
}

// DisclosureReader reads who may read replies.
type DisclosureReader interface {
	// Disclosure is NotFound where nobody has decided yet.
	Disclosure(ctx context.Context, ticketID string) (Disclosure, error)
}

// DisclosureWriter keeps it.
type DisclosureWriter interface {
	// SaveDisclosure stores d where the row still has version was, 0 for none;
	// otherwise it is a Conflict "disclosure.stale".
	SaveDisclosure(ctx context.Context, d Disclosure, was int64) error
}

// content is what the public is to read.
func (d *Disclosure) content() review.Content {
	c := d.Source.Redact(d.Redactions)
	c.Disclosure = review.Disclosure{Decision: d.Decision, Reason: d.Reason}
	return c
}

// Disclosure is what was decided about the reply to a ticket a may see.
func (d *Desk) Disclosure(ctx context.Context, a Actor, number string) (DisclosureView, error) {
	a = d.deputed(a)
	t, err := seen(ctx, d.Store, a, number)
	if err != nil {
		return DisclosureView{}, err
	}
	decided, err := d.Store.Disclosure(ctx, t.ID)
	if err != nil {
		return DisclosureView{}, err
	}
	return d.disclosureView(ctx, d.Store, &a, &decided)
}

// disclosureView adds the text. Who may not see who wrote sees no passage that is
// to be hidden either.
func (d *Desk) disclosureView(ctx context.Context, r Reader, a *Actor, decided *Disclosure) (DisclosureView, error) {
	v := DisclosureView{Disclosure: *decided}
	if !a.Contact {
		v.Source = review.Source{}
	}
	it, err := findText(ctx, r, review.PublishedReply, decided.Ticket)
	if err != nil || it == nil {
		return v, err
	}
	text, err := d.briefText(ctx, r, a, it)
	v.Text = &text
	return v, err
}

// Disclose decides who may read the reply to a ticket. For the public it makes a
// text of it, in which a machine has suggested what to hide: several people read
// that before everybody does.
func (d *Desk) Disclose(ctx context.Context, a Actor, number string, c DisclosureCommand) (DisclosureView, error) {
	return d.disclosing(ctx, a, number, "decide", c.Version, func(ctx context.Context, tx Tx, a *Actor, t *ticket.Ticket, decided *Disclosure) error {
		if err := c.check(t); err != nil {
			return err
		}
		drafts, err := tx.Drafts(ctx, t.ID)
		if err != nil {
			return err
		}
		last := released(drafts)
		if last == nil || last.Round != t.Round {
			return noReply()
		}
		*decided = Disclosure{
			Ticket: t.ID, Round: t.Round, Decision: c.Decision, Reason: c.Reason, Note: strings.TrimSpace(c.Note), By: a.ID, At: d.at(), Version: decided.Version,
		}
		if !c.Decision.Public() {
			return nil
		}
		return d.quote(ctx, tx, t, decided, c, last.Text)
	})
}

// check refuses what cannot be decided about the reply to t.
func (c *DisclosureCommand) check(t *ticket.Ticket) error {
	if err := disclosable(t); err != nil {
		return err
	}
	if f := (&review.Disclosure{Decision: c.Decision, Reason: c.Reason}).Check(review.OnePerson); f != nil {
		return problem.New(problem.Invalid, "disclosure.invalid", f.Message).With(*f)
	}
	if c.Note != "" {
		if f := channel.CheckText("/note", "说明", c.Note, review.MaxWords); f != nil {
			return problem.New(problem.Invalid, "disclosure.invalid", f.Message).With(*f)
		}
	}
	return nil
}

// disclosable refuses a ticket about whose reply there is nothing to decide.
func disclosable(t *ticket.Ticket) error {
	switch {
	case !t.Kind.Profile().Publishes:
		return problem.New(problem.Conflict, "disclosure.kind", "“"+t.Kind.Name()+"”类来信的答复不在这里公开。")
	case t.Parent != "":
		return problem.New(problem.Conflict, "disclosure.merged", "这件来信与主件一并答复，请在主件中决定是否公开。")
	case !slices.Contains(answered(), t.Status):
		return noReply()
	}
	return nil
}

// answered are the statuses of tickets whose reply has left the house.
func answered() []ticket.Status { return []ticket.Status{ticket.Answered, ticket.Closed} }

func noReply() error {
	return problem.New(problem.Conflict, "disclosure.no_reply", "答复发出以后才能决定是否公开。")
}

// quote puts together what the public is to read, and what to hide in it. Without
// the writer's consent (PIPL art. 25) nothing of the letter itself is in it.
func (d *Desk) quote(ctx context.Context, tx Tx, t *ticket.Ticket, decided *Disclosure, c DisclosureCommand, replied string) error {
	l, err := tx.Letter(ctx, t.LetterID)
	if err != nil {
		return err
	}
	who, err := tx.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	s := review.Source{Title: strings.TrimSpace(c.Title), Asked: strings.TrimSpace(c.Asked), Body: replied}
	switch {
	case l.Consent:
		if s.Title == "" {
			s.Title = l.Title
		}
		if s.Asked == "" {
			s.Asked = beginning(l.Text)
		}
	case s.Asked != "":
		f := problem.Field{Pointer: "/asked", Code: "consent", Message: "来信人没有同意公开，不能公开来信的内容。"}
		return problem.New(problem.Conflict, "disclosure.consent", f.Message).With(f)
	case s.Title == "":
		s.Title = d.Router.CategoryName(t.Category) + t.Kind.Name() + "的答复"
	}
	decided.Consent, decided.Source = l.Consent, s
	decided.Redactions, err = d.suggestRedactions(&s, who.Name)
	return err
}

// beginning is how a letter begins, up to the end of a sentence.
func beginning(text string) string {
	const most = 300 // characters
	rs := []rune(text)
	if len(rs) <= most {
		return text
	}
	begin := string(rs[:most])
	if i := strings.LastIndexAny(begin, "。！？\n"); i > 0 {
		begin = begin[:i]
	}
	return begin + "……"
}

// disclosing lets a change what was decided about the reply to a ticket, and what
// comes of it, in one transaction. A refusal changes nothing and is audited.
func (d *Desk) disclosing(
	ctx context.Context, a Actor, number, act string, version int64, change func(context.Context, Tx, *Actor, *ticket.Ticket, *Disclosure) error,
) (DisclosureView, error) {
	a = d.deputed(a)
	var view DisclosureView
	var id string
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := tx.TicketByNumber(ctx, ticket.NormaliseNumber(number))
		if err == nil {
			id = t.ID
			err = a.sees(ctx, tx, &t)
		}
		if err != nil {
			return unseen(err)
		}
		if !a.discloses(&t) {
			return problem.New(problem.Denied, "disclosure.denied", "由承办单位或者信箱专班决定是否公开。")
		}
		decided, err := tx.Disclosure(ctx, t.ID)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return err
		}
		if decided.Version != version {
			return problem.New(problem.Conflict, "disclosure.stale", "刚刚有人作出或者修改了决定，请刷新后再操作。")
		}
		if err := change(ctx, tx, &a, &t, &decided); err != nil {
			return err
		}
		if err := d.keepDisclosure(ctx, tx, a, &t, &decided, act); err != nil {
			return err
		}
		view, err = d.disclosureView(ctx, tx, &a, &decided)
		return err
	})
	if err == nil || id == "" {
		return view, err
	}
	if lost := d.recordRefusal(ctx, a, "disclosure.refused", "ticket/"+id, map[string]string{"act": act}, err); lost != nil {
		return DisclosureView{}, lost
	}
	return DisclosureView{}, err
}

// keepDisclosure stores a decision, its audit entry and the text it makes.
func (d *Desk) keepDisclosure(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket, decided *Disclosure, act string) error {
	was := decided.Version
	decided.Version++
	if err := tx.SaveDisclosure(ctx, *decided, was); err != nil {
		return err
	}
	err := tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "disclosure." + act, Object: "ticket/" + t.ID, Detail: map[string]string{
		"decision": string(decided.Decision), "reason": decided.Reason, "round": strconv.Itoa(decided.Round),
		"consent": strconv.FormatBool(decided.Consent), "redactions": strconv.Itoa(len(decided.Redactions)),
	}})
	if err != nil {
		return err
	}
	if !decided.Decision.Public() {
		return d.dropText(ctx, tx, a, decided)
	}
	return d.writeText(ctx, tx, a, review.Item{Kind: review.PublishedReply, Subject: t.ID, Unit: t.Lead, UnitPath: t.LeadPath}, decided.content())
}

// dropText takes back the text that was made before it was decided not to publish
// it.
func (d *Desk) dropText(ctx context.Context, tx Tx, a Actor, decided *Disclosure) error {
	it, err := findText(ctx, tx, review.PublishedReply, decided.Ticket)
	switch {
	case err != nil || it == nil || it.State == review.Withdrawn:
		return err
	case it.Live > 0:
		return problem.New(problem.Conflict, "disclosure.live", "答复已经公开，请先撤回公开的稿件，再改变公开方式。")
	}
	return d.moveText(ctx, tx, a, it, TextCommand{
		Move: review.Withdraw, Hash: it.Latest().Hash, Reason: "disclosure", Words: "公开方式改为“" + decided.Decision.Name() + "”。",
	})
}

// findText is the newest text for the public of something; nil: there is none.
func findText(ctx context.Context, r ReviewReader, k review.Kind, subject string) (*review.Item, error) {
	found, err := r.Reviews(ctx, ReviewFilter{States: review.States(), Audience: review.Public, Kind: k, Subject: subject, Newest: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// writeText makes content the latest version of the text for the public that it
// is of. It begins one where there is none, or what there was is withdrawn.
func (d *Desk) writeText(ctx context.Context, tx Tx, a Actor, it review.Item, content review.Content) error {
	found, err := findText(ctx, tx, it.Kind, it.Subject)
	switch {
	case err != nil:
		return err
	case found == nil || found.State == review.Withdrawn:
		it.Audience = review.Public
		_, err = d.beginText(ctx, tx, a, it, content)
		return err
	case content.Sum() == found.Latest().Hash:
		return nil
	}
	return d.moveText(ctx, tx, a, found, TextCommand{Move: review.Edit, Hash: found.Latest().Hash, Content: content})
}
