package desk

import (
	"context"
	"slices"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const maxPage = 100

// Tickets lists what a may see, due soonest first.
func (d *Desk) Tickets(ctx context.Context, a Actor, f Filter) (Page, error) {
	if a.Scope == "" {
		return Page{}, problem.New(problem.Denied, "ticket.denied", "您的岗位不能查看来信。")
	}
	f = a.listed(f)
	if f.Limit <= 0 || f.Limit > maxPage {
		f.Limit = maxPage
	}
	if f.Query != "" {
		return d.search(ctx, f)
	}
	return d.Store.Tickets(ctx, f)
}

// listed is f as a asks for it.
func (a *Actor) listed(f Filter) Filter {
	f = a.visible(f)
	if f.Mine {
		f.Holder = a.ID
	}
	return f
}

// visible is f with what a may see.
func (a *Actor) visible(f Filter) Filter {
	f.Scope, f.Unit, f.Viewer, f.Reports = a.Scope, a.Unit, a.ID, a.Reports
	if a.Scope == "*" {
		f.Scope = ""
	}
	return f
}

// Ticket shows one ticket. What a may not see does not exist for a.
func (d *Desk) Ticket(ctx context.Context, a Actor, number string) (TicketView, error) {
	a = d.deputed(a)
	v, err := d.view(ctx, d.Store, a, number)
	if err != nil {
		return TicketView{}, err
	}
	decided, err := d.Store.Disclosure(ctx, v.Ticket.ID)
	if err == nil {
		var shown DisclosureView
		shown, err = d.disclosureView(ctx, d.Store, &a, &decided)
		v.Disclosure = &shown
	}
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return TicketView{}, err
	}
	if a.Orders {
		o, err := d.Store.OrderOfTicket(ctx, v.Ticket.ID)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return TicketView{}, err
		}
		v.Order = o.ID
	}
	return d.proofreadDraft(v)
}

func (d *Desk) view(ctx context.Context, r Reader, a Actor, number string) (TicketView, error) {
	t, err := seen(ctx, r, a, number)
	if err != nil {
		return TicketView{}, err
	}
	v := TicketView{Ticket: t}
	if v.Letter, err = r.Letter(ctx, t.LetterID); err != nil {
		return TicketView{}, err
	}
	if !a.Contact {
		maskLetter(&v.Letter)
	}
	if v.Files, err = filesOf(ctx, r, &v.Letter); err != nil {
		return TicketView{}, err
	}
	if v.Events, err = r.Events(ctx, t.ID); err != nil {
		return TicketView{}, err
	}
	if v.Drafts, err = r.Drafts(ctx, t.ID); err != nil {
		return TicketView{}, err
	}
	if v.Clocks, err = r.Clocks(ctx, t.ID); err != nil {
		return TicketView{}, err
	}
	c, err := r.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return TicketView{}, err
	}
	v.HasContact = err == nil
	if err := v.family(ctx, r, a); err != nil {
		return TicketView{}, err
	}
	if t.Restricted() {
		sealView(&v, c, v.HasContact)
	}
	if err := d.kept(ctx, r, &a, &v); err != nil {
		return TicketView{}, err
	}
	for _, m := range t.Status.Moves() {
		if v.Erased.IsZero() && a.MayMove(&t, m) && t.Allows(m) {
			v.Moves = append(v.Moves, m)
		}
	}
	v.Forms = d.forms(&v)
	v.Discloses = v.Erased.IsZero() && a.discloses(&t) && disclosable(&t) == nil
	if v.Appeals, err = r.AppealsOf(ctx, t.ID); err != nil {
		return TicketView{}, err
	}
	return v, d.readings(ctx, r, &a, &v)
}

// filesOf are the files of a letter, without what is in them.
func filesOf(ctx context.Context, r Reader, l *channel.Letter) ([]channel.Attachment, error) {
	var files []channel.Attachment
	for _, id := range l.Attachments {
		f, err := r.AttachmentInfo(ctx, id)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// seen loads a ticket a may see; any other is "ticket.not_found".
func seen(ctx context.Context, r Reader, a Actor, number string) (ticket.Ticket, error) {
	t, err := r.TicketByNumber(ctx, ticket.NormaliseNumber(number))
	if err == nil {
		err = a.sees(ctx, r, &t)
	}
	if err != nil {
		return ticket.Ticket{}, unseen(err)
	}
	return t, nil
}

// SeesTicket refuses whoever may not see a ticket.
func (d *Desk) SeesTicket(ctx context.Context, a Actor, number string) error {
	_, err := seen(ctx, d.Store, d.deputed(a), number)
	return err
}

// sees is nil where a may see t. Whoever answers a ticket sees those that are
// answered with it.
func (a *Actor) sees(ctx context.Context, r MergeReader, t *ticket.Ticket) error {
	if a.MaySee(t) {
		return nil
	}
	if t.Status != ticket.Merged || a.avoided(t) {
		return notFound()
	}
	parent, err := r.TicketByID(ctx, t.Parent)
	if err == nil && !a.MaySee(&parent) {
		err = notFound()
	}
	return err
}

func notFound() error {
	return problem.New(problem.NotFound, "ticket.not_found", "没有这件来信，或不在您的权限范围内。")
}

// unseen says the same of what does not exist and of what may not be seen.
func unseen(err error) error {
	if problem.KindOf(err) == problem.NotFound {
		return notFound()
	}
	return err
}

// RevealContact shows who wrote, to whoever may know, for a stated reason. Who
// wrote a report is shown only where a second person has approved the request:
// see Desk.RequestUnsealing. The look is audited before it is given.
func (d *Desk) RevealContact(ctx context.Context, a Actor, number, reason string) (channel.Contact, error) {
	if f := channel.CheckText("/reason", "查看理由", reason, 200); f != nil {
		return channel.Contact{}, problem.New(problem.Invalid, "contact.reason", f.Message).With(*f)
	}
	if !a.Contact {
		return channel.Contact{}, problem.New(problem.Denied, "contact.denied", "您的岗位不能查看来信人信息。")
	}
	var c channel.Contact
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := seen(ctx, tx, a, number)
		if err != nil {
			return err
		}
		detail := map[string]string{"reason": seal.Mask(reason)}
		if t.Restricted() { // the reason that counts is in the request, sealed
			if detail, err = d.look(ctx, tx, a, &t); err != nil {
				return err
			}
		}
		if c, err = tx.Contact(ctx, t.LetterID); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "contact.reveal", Object: "ticket/" + t.ID, Detail: detail})
	})
	return c, err
}

// Attachment returns a file of a ticket's letter. What belongs to another letter
// does not exist here. The look is audited.
func (d *Desk) Attachment(ctx context.Context, a Actor, number, id string) (channel.Attachment, []byte, error) {
	if !a.Contact {
		return channel.Attachment{}, nil, problem.New(problem.Denied, "attachment.denied", "您的岗位不能查看来信附件。")
	}
	order, report := 0, false
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := seen(ctx, tx, a, number)
		if err != nil {
			return err
		}
		l, err := tx.Letter(ctx, t.LetterID)
		if err != nil {
			return err
		}
		report = t.Restricted()
		if order = slices.Index(l.Attachments, id); order < 0 {
			return problem.New(problem.NotFound, "attachment.not_found", "没有找到这个文件。")
		}
		return tx.Record(ctx, audit.Entry{
			At: d.at(), Actor: a.ID, Action: "attachment.read", Object: "ticket/" + t.ID, Detail: map[string]string{"attachment": id},
		})
	})
	if err != nil {
		return channel.Attachment{}, nil, err
	}
	file, content, err := d.usableFile(ctx, d.Store, id) // outside of the transaction, which others wait for
	if report {
		file.Name = plainName(order, file.Name)
	}
	return file, content, err
}

// Notifications lists what waits for a's unit, or for a in person, newest first.
func (d *Desk) Notifications(ctx context.Context, a Actor, limit int) ([]Notification, error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	return d.Store.Notifications(ctx, []string{a.Unit, assignment.AboutUser(a.ID)}, limit)
}

// maskLetter is a letter for those who may not know who wrote it.
func maskLetter(l *channel.Letter) {
	l.Title, l.Text = seal.Mask(l.Title), seal.Mask(l.Text)
	for name, value := range l.Fields {
		l.Fields[name] = seal.Mask(value)
	}
}
