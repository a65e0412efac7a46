package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/webhooks/mailbox"
)

// MailCarrier is what sources and routes of mailboxes begin with.
const MailCarrier = "inbound"

const (
	mostMail      = 500 // letters of one call
	shortTitle    = 30  // characters of a title that is made from the text
	whatMailMoved = "mailbox.changed"
)

// Mail is what is kept of a ticket whose letter came from a mailbox.
type Mail struct {
	Ticket    string // id
	Source    string
	Digest    string // of what the mailbox says now; empty: the ticket was registered by hand
	Waiting   string // id of the step whose words are to be entered there; empty: none
	EnteredBy string // user id of who did so last
	EnteredAt time.Time
	Version   int64
}

// MailReader reads what is kept of letters from mailboxes.
type MailReader interface {
	Mail(ctx context.Context, ticketID string) (Mail, error)
	// WaitingSteps returns at most limit steps whose words are to be entered at a
	// source, oldest first.
	WaitingSteps(ctx context.Context, source string, limit int) ([]ticket.Event, error)
	// ReleasedDrafts returns the replies of some tickets that have left the house, in
	// any order.
	ReleasedDrafts(ctx context.Context, ticketIDs []string) ([]reply.Draft, error)
}

// MailWriter writes it.
type MailWriter interface {
	// SaveMail stores m where the row still has version was, 0 for none; otherwise
	// it is a Conflict "mailbox.stale".
	SaveMail(ctx context.Context, m Mail, was int64) error
}

// MailboxKnown is what mailboxes may speak of.
func MailboxKnown() mailbox.Known {
	var k mailbox.Known
	for _, s := range []channel.Source{channel.Mailbox, channel.Social, channel.Web} {
		k.Channels = append(k.Channels, string(s))
	}
	for _, kind := range channel.Kinds() {
		p := kind.Profile()
		if p.Staff || p.Consulted {
			continue
		}
		k.Kinds = append(k.Kinds, string(kind))
		for i := range p.Fields {
			k.Extra = append(k.Extra, p.Fields[i].Name)
		}
	}
	return k
}

// mailboxOf finds a source by its name.
func (d *Desk) mailboxOf(name string) (*mailbox.Source, bool) {
	i := slices.IndexFunc(d.Mailboxes, func(s mailbox.Source) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &d.Mailboxes[i], true
}

// MailReceived counts what a call to a mailbox's hook held.
type MailReceived struct {
	Received int // letters that were new, or said something new
	Repeated int
}

// HasMailbox reports whether source is a mailbox that letters come from.
func (d *Desk) HasMailbox(source string) bool {
	_, ok := d.mailboxOf(source)
	return ok
}

// ReceiveMail keeps the letters of a call to the hook of a source. Whoever it
// cannot be certain of gets one and the same refusal.
func (d *Desk) ReceiveMail(ctx context.Context, source string, c mailbox.Call) (MailReceived, error) {
	c.At = d.at()
	s, ok := d.mailboxOf(source)
	if !ok || s.Verify(c) != nil {
		return MailReceived{}, HookDenied()
	}
	letters, err := s.Split(c.Body)
	switch {
	case err != nil:
		letters = append(letters, c.Body) // it is kept all the same, for staff to see
	case len(letters) > mostMail:
		return MailReceived{}, problem.New(problem.TooLarge, "mailbox.too_many", "一次最多发送五百封来信。")
	}
	var got MailReceived
	for _, raw := range letters {
		in, err := d.receiveLetter(ctx, s, raw)
		switch {
		case err != nil:
			return got, err
		case in.Repeated:
			got.Repeated++
		default:
			got.Received++
		}
	}
	return got, nil
}

// receiveLetter keeps one letter. One that says again what it said before it said
// something else is no repeat.
func (d *Desk) receiveLetter(ctx context.Context, s *mailbox.Source, raw []byte) (Inbound, error) {
	a := mailArrival(s, raw)
	in, err := d.Receive(ctx, a)
	if err != nil || !in.Repeated || a.Lane == "" || in.State != InboundDone && in.State != InboundWaiting {
		return in, err
	}
	last, err := d.saidLast(ctx, s, &a)
	if err != nil || last == a.Key || last == "" {
		return in, err
	}
	a.Key += "/" + d.at().Format(time.RFC3339Nano)
	return d.Receive(ctx, a)
}

// saidLast is the key of what a letter said last: what waits to be taken, or else
// what its ticket knows; empty where there is neither.
func (d *Desk) saidLast(ctx context.Context, s *mailbox.Source, a *Arrival) (string, error) {
	waiting, err := d.Store.LastWaiting(ctx, a.Source, a.Lane)
	if err == nil {
		return mailArrival(s, waiting.Body).Key, nil
	}
	var m Mail
	if problem.KindOf(err) == problem.NotFound {
		var t ticket.Ticket
		if t, err = d.Store.TicketByOrigin(ctx, s.Origin(), a.Lane); err == nil {
			m, err = mailOf(ctx, d.Store, t.ID, s)
		}
	}
	switch {
	case err != nil && problem.KindOf(err) == problem.NotFound:
		return "", nil
	case err != nil:
		return "", err
	}
	return a.Lane + "/" + m.Digest, nil
}

// mailArrival is one letter as it came: the same number that says the same is a
// repeat, and those of one number are taken in order.
func mailArrival(s *mailbox.Source, raw []byte) Arrival {
	a := Arrival{Source: MailCarrier + "/" + s.Name, Key: Fingerprint(raw), Type: "application/json", Body: raw}
	if l, faults := s.Read(raw); len(faults) == 0 {
		a.Key, a.Lane = l.ID+"/"+l.Digest(), l.ID
	}
	return a
}

// takeMail makes a ticket of a letter that has arrived, or adds to one.
func (d *Desk) takeMail(ctx context.Context, tx Tx, in *Inbound) (func(), error) {
	name := NameOf(in.Source)
	s, ok := d.mailboxOf(name)
	if !ok {
		return nil, problem.New(problem.Invalid, "mailbox.unknown", "没有配置这个信箱。")
	}
	l, faults := s.Read(in.Body)
	if len(faults) > 0 {
		return nil, mailRefusal(faults)
	}
	kept, err := d.keepMail(ctx, tx, s, &l, nil)
	in.Subject = kept.ticket.Number
	return nil, err
}

// mailRefusal names what is wrong with a letter.
func mailRefusal(faults []mailbox.Fault) error {
	fields := make([]problem.Field, len(faults))
	for i, f := range faults {
		fields[i] = problem.Field{Pointer: "/" + f.Field, Code: f.Code, Message: f.Message}
		if f.Value != "" {
			fields[i].Message = strings.TrimSuffix(f.Message, "。") + "：" + seal.Mask(f.Value) + "。"
		}
	}
	return problem.New(problem.Invalid, "mailbox.refused", "来信有几处无法处理。").With(fields...)
}

// mailKept is what became of a letter.
type mailKept struct {
	ticket  ticket.Ticket
	outcome MailOutcome
}

// keepMail makes a ticket of a letter, or adds what it says now to the one there is.
func (d *Desk) keepMail(ctx context.Context, tx Tx, s *mailbox.Source, l *mailbox.Letter, by *Actor) (mailKept, error) {
	t, err := tx.TicketByOrigin(ctx, s.Origin(), l.ID)
	if problem.KindOf(err) == problem.NotFound && err != nil {
		return d.openMail(ctx, tx, s, l, by)
	}
	if err != nil {
		return mailKept{}, err
	}
	m, err := mailOf(ctx, tx, t.ID, s)
	if err != nil || m.Digest == l.Digest() {
		return mailKept{t, MailKnown}, err
	}
	if err := d.changeMail(ctx, tx, s, l, &t, by); err != nil {
		return mailKept{}, err
	}
	was := m.Version
	m.Digest, m.Version = l.Digest(), was+1
	return mailKept{t, MailChanged}, tx.SaveMail(ctx, m, was)
}

// mailOf is what is kept of a ticket; an empty one where it was registered by hand.
func mailOf(ctx context.Context, r MailReader, ticketID string, s *mailbox.Source) (Mail, error) {
	m, err := r.Mail(ctx, ticketID)
	if err != nil && problem.KindOf(err) == problem.NotFound {
		return Mail{Ticket: ticketID, Source: s.Name}, nil
	}
	return m, err
}

func (d *Desk) openMail(ctx context.Context, tx Tx, s *mailbox.Source, l *mailbox.Letter, by *Actor) (mailKept, error) {
	letter := mailLetter(s, l)
	if err := letter.Check(); err != nil {
		return mailKept{}, err
	}
	for try := 1; ; try++ {
		n, err := d.prepare(Opening{Letter: letter, Actor: by, Names: l.About}, consultation.Consultation{})
		if err != nil {
			return mailKept{}, err
		}
		n.event.Note += "；由" + s.Title + "转来"
		if !l.Written.IsZero() {
			n.event.Note += "，写信时间 " + l.Written.In(deadline.Beijing()).Format("2006-01-02 15:04")
		}
		err = tx.Try(ctx, func(ctx context.Context, tx Tx) error { return d.open(ctx, tx, n) })
		if problem.HasCode(err, "ticket.taken") && try < openTries {
			continue // a number that was just drawn by somebody else
		}
		if err != nil {
			return mailKept{}, err
		}
		m := Mail{Ticket: n.ticket.ID, Source: s.Name, Digest: l.Digest(), Version: 1}
		return mailKept{n.ticket, MailNew}, tx.SaveMail(ctx, m, 0)
	}
}

// mailLetter is a letter of a mailbox as one of ours. What has no place in ours is
// added to its text: nothing is lost.
func mailLetter(s *mailbox.Source, l *mailbox.Letter) channel.Letter {
	letter := channel.Letter{
		Source: channel.Source(s.Channel), Kind: channel.Kind(l.Kind), Title: strings.Join(strings.Fields(l.Title), " "), Text: l.Text,
		Category: l.Category, District: l.District, Origin: channel.Origin{Platform: s.Origin(), ID: l.ID, Due: l.Due},
	}
	if l.DueDay {
		letter.Origin.Due = deadline.EndOfDay(l.Due)
	}
	letter.Title = cmp.Or(letter.Title, firstLine(l.Text))
	if title := []rune(letter.Title); len(title) > channel.MaxTitle {
		letter.Title, letter.Text = string(title[:channel.MaxTitle-1])+"…", letter.Title+"\n\n"+letter.Text
	}
	c := channel.Contact{Name: l.Name, Phone: l.Phone, IDNumber: l.IDNumber, Address: l.Address}
	if c != (channel.Contact{}) {
		letter.Contact = &c
	}
	for _, name := range slices.Sorted(maps.Keys(l.Extra)) {
		if slices.ContainsFunc(letter.Kind.Profile().Fields, func(f channel.Field) bool { return f.Name == name }) {
			letter.Fields = merged(letter.Fields, map[string]string{name: l.Extra[name]})
			continue
		}
		letter.Text += "\n\n" + fieldLabel(name) + "：" + l.Extra[name]
	}
	return letter
}

// firstLine is how a text begins.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > shortTitle {
		return string(r[:shortTitle]) + "…"
	}
	return line
}

// fieldLabel is what a field is called by the kinds that ask for it.
func fieldLabel(name string) string {
	for _, k := range channel.Kinds() {
		for _, f := range k.Profile().Fields {
			if f.Name == name {
				return f.Label
			}
		}
	}
	return name
}

// changeMail adds to a ticket what its mailbox says now: as what its citizen
// completes it with where that is waited for, and as a note otherwise.
func (d *Desk) changeMail(ctx context.Context, tx Tx, s *mailbox.Source, l *mailbox.Letter, t *ticket.Ticket, by *Actor) error {
	now := mailLetter(s, l)
	if d.concernsOthers(&now, l.About, t) {
		return problem.New(problem.Invalid, "mailbox.concerns_others", "内容变更涉及回避或者举报，请重新登记。")
	}
	was, err := tx.Letter(ctx, t.LetterID)
	if err != nil {
		return err
	}
	move := ticket.Note
	if t.Status == ticket.Supplement {
		move = ticket.Supply
	}
	detail := map[string]string{"mailbox": s.Name}
	actor := ""
	if by != nil {
		actor = by.ID
	}
	for i, part := range pieces(changes(s, now, &was, t.Origin.Due), ticket.MaxNote) {
		if i > 0 {
			move = ticket.Note
		}
		err := d.carry(ctx, tx, t, ticket.Command{Move: move, EventID: d.NewID(), Actor: actor, Note: part, At: d.at()}, detail)
		if err != nil {
			return err
		}
	}
	hears := hearer{screening(t), toTaskForce}
	if t.Dispatched() {
		hears = hearer{t.Lead, toHandler}
	}
	return tx.Enqueue(ctx, staffJob(t, whatMailMoved, hears.unit, hears.to, fmt.Sprint(t.ID, "/", t.Version), d.at()))
}

// concernsOthers reports whether what a letter says now must not be read by all who
// see its ticket: it reports somebody, or is about a unit or person that did not
// have to keep away so far.
func (d *Desk) concernsOthers(now *channel.Letter, about []string, t *ticket.Ticket) bool {
	if now.Kind == channel.Report && !t.Restricted() {
		return true
	}
	r := requestOf(t, now.Title, now.Text)
	r.Names = about
	for _, kind := range []channel.Kind{now.Kind, t.Kind} {
		r.Kind = string(kind)
		if slices.ContainsFunc(d.Router.Route(r).Avoid, func(id string) bool { return !slices.Contains(t.Avoid, id) }) {
			return true
		}
	}
	return false
}

// changes says what a mailbox says now and did not before.
func changes(s *mailbox.Source, now channel.Letter, was *channel.Letter, wanted time.Time) string {
	said := []string{s.Title + "更新了这封来信："}
	for _, part := range []struct{ name, now, was string }{
		{"标题", now.Title, was.Title}, {"内容", now.Text, was.Text}, {"类别", now.Kind.Name(), was.Kind.Name()},
	} {
		if part.now != part.was {
			said = append(said, part.name+"："+part.now)
		}
	}
	if due := now.Origin.Due; !due.IsZero() && !due.Equal(wanted) {
		said = append(said, "平台办理时限："+due.In(deadline.Beijing()).Format("2006-01-02 15:04"))
	}
	if len(said) == 1 {
		said = append(said, "联系方式或者其他信息有变化，请到平台核对。")
	}
	return strings.Join(said, "\n")
}

// pieces cuts a text into pieces of at most so many characters.
func pieces(text string, most int) []string {
	var all []string
	for r := []rune(text); len(r) > 0; {
		n := min(most, len(r))
		all = append(all, string(r[:n]))
		r = r[n:]
	}
	return all
}
