package server

import (
	"context"
	"mime"
	"net/http"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

type ticketsInput struct {
	Status     []string        `query:"status" maxItems:"20" enum:"received,supplement,accepted,dispatched,handling,reviewing,answered,closed,declined,merged,withdrawn,transferred" doc:"one or more, separated by commas"`
	Kind       []string        `query:"kind" maxItems:"20" doc:"see the catalogue"`
	Lead       string          `query:"lead" maxLength:"64" doc:"unit id: led by exactly this unit"`
	District   string          `query:"district" maxLength:"64" doc:"id of the district the matter is in"`
	Category   string          `query:"category" maxLength:"64" doc:"as the catalogue of responsibilities names it"`
	Channel    channel.Source  `query:"channel" enum:"web,chat,wechat,phone,window,post,12345,watch,mailbox,social" doc:"the way it came"`
	Overdue    bool            `query:"overdue" doc:"only open tickets past their date"`
	Aspect     desk.Aspect     `query:"aspect" enum:"open,due_today,overdue,urged,supervised,silent,returned,yellow,red" doc:"only unanswered tickets, as supervision sees them now"`
	DueFrom    time.Time       `query:"due_from" doc:"RFC 3339: due then or later"`
	DueBefore  time.Time       `query:"due_before" doc:"RFC 3339: due earlier"`
	Mine       bool            `query:"mine" doc:"only those the caller has taken"`
	Unassigned bool            `query:"unassigned" doc:"only those a unit has to handle and nobody there has taken"`
	Co         bool            `query:"co" doc:"those the own unit is asked for an opinion on, instead of those it leads"`
	Supervised bool            `query:"supervised" doc:"only those under supervision"`
	Query      string          `query:"q" maxLength:"100" doc:"words of the letter or the released reply, or the number or whole groups of it; the newest first, among the latest 3,000 that may have them; a page may be short of its limit and have a next one"`
	Sort       desk.TicketSort `query:"sort" enum:"due,due_latest,created,updated" default:"due" doc:"due: soonest first; created, updated: newest first"`
	Cursor     string          `query:"cursor" maxLength:"500" doc:"next of the page before, of the same query"`
	Limit      int             `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type behalfInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body behalfBody
}

// behalfBody is a letter somebody brought in another way.
type behalfBody struct {
	Channel      channel.Source  `json:"channel" enum:"phone,window,post,watch" doc:"watch: what staff found themselves"`
	Kind         channel.Kind    `json:"kind" example:"help" doc:"see the catalogue"`
	Title        string          `json:"title" doc:"1 to 100 characters, one line"`
	Text         string          `json:"text" doc:"1 to 5,000 characters"`
	Category     string          `json:"category,omitempty"`
	District     string          `json:"district,omitempty"`
	Contact      *contactBody    `json:"contact,omitempty"`
	Attachments  []string        `json:"attachments,omitempty" nullable:"false" maxItems:"20"`
	Fields       letterFields    `json:"fields,omitempty" doc:"what the kind asks for beside title and text"`
	Consent      bool            `json:"publish_consent,omitempty" doc:"the writer agreed that what was asked is published, personal data removed"`
	Consultation string          `json:"consultation,omitempty" maxLength:"64" doc:"kind opinion: the id of what it is about"`
	Urgency      channel.Urgency `json:"urgency,omitempty" enum:"urgent,emergency" doc:"empty: ordinary"`
	Origin       *originBody     `json:"origin,omitempty" doc:"the platform that passed it on"`
}

// originBody is where a letter was passed on from.
type originBody struct {
	Platform string    `json:"platform" minLength:"1" maxLength:"64" example:"12345"`
	ID       string    `json:"id" minLength:"1" maxLength:"64" doc:"its number there; known ones are a conflict"`
	Due      time.Time `json:"due_at,omitzero" doc:"when it wants the answer; where that is earlier than our own date it counts"`
}

func (b behalfBody) letter() channel.Letter {
	l := letterBody{
		Kind: b.Kind, Title: b.Title, Text: b.Text, Category: b.Category, District: b.District,
		Contact: b.Contact, Attachments: b.Attachments, Fields: b.Fields, Consent: b.Consent, Consultation: b.Consultation,
	}.letter(b.Channel)
	l.Urgency = b.Urgency
	if o := b.Origin; o != nil {
		l.Origin = channel.Origin{Platform: o.Platform, ID: o.ID, Due: o.Due}
	}
	return l
}

type ticketInput struct {
	Number string `path:"number" maxLength:"64"`
}

type moveInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   moveBody
}

// moveBody asks for a move, or for what it would do.
type moveBody struct {
	Move    ticket.Move   `json:"move" enum:"accept,ask,supply,decline,dispatch,reassign,involve,opine,sign,take,put_back,return,extend,grant,refuse,draft,submit,approve,send_back,release,rate,redo,close,merge,unmerge,withdraw,transfer,reclassify,consult_third,third_replied,suspend,resume,brief,urge,supervise,feedback,circular,note"`
	Version int64         `json:"version" doc:"of the ticket as it was seen; a newer one is a conflict"`
	Unit    string        `json:"unit,omitempty" doc:"dispatch, reassign: the lead unit"`
	Co      []string      `json:"co,omitempty" nullable:"false" maxItems:"10" doc:"dispatch, reassign, involve: units asked for their opinion"`
	Into    string        `json:"into,omitempty" maxLength:"64" doc:"merge: number of the ticket it is answered with"`
	Reason  string        `json:"reason,omitempty" doc:"a code of the move's list, see …/reasons"`
	Note    string        `json:"note,omitempty" doc:"internal; opine: the opinion"`
	Text    string        `json:"text,omitempty" doc:"draft: the reply; ask, decline, transfer, reclassify: what the citizen reads"`
	Days    int           `json:"days,omitempty" maximum:"366" doc:"extend: how much more time, in the unit of the rule's bound"`
	By      string        `json:"by,omitempty" maxLength:"10" example:"2026-12-04" doc:"supervise: the day by which the unit reports; empty: what the rules say, which is also the latest"`
	Score   int           `json:"score,omitempty" maximum:"5" doc:"rate: 1 (worst) to 5 (best), as the citizen said when called back"`
	Solved  bool          `json:"solved,omitempty" doc:"rate: whether the matter is solved, as the citizen sees it"`
	Reasons []string      `json:"reasons,omitempty" nullable:"false" maxItems:"5" doc:"rate: why; codes that fit the score"`
	Outcome reply.Outcome `json:"outcome,omitempty" enum:"resolved,partly,explained,not_accepted,referred,already_public,provided,partly_provided,withheld,not_held,not_responsible,duplicate,special_law,adopted,partly_adopted,not_adopted" doc:"draft: what became of the matter; which ones fit a kind, see …/reasons"`
	Kind    channel.Kind  `json:"kind,omitempty" doc:"reclassify: the kind it is from now on"`
	Quotes  []quoteBody   `json:"quotes,omitempty" maxItems:"40" doc:"draft: entries of the library that stand in the reply, so that a recall finds it"`
	BasedOn *basedOnBody  `json:"based_on,omitempty" doc:"draft, submit: the reply that was seen; with it a newer version of the ticket is no conflict, and another reply is reply.stale with all texts"`

	Gates    []review.Gate `json:"gates,omitempty" maxItems:"5" enum:"political,legal,policy,secrecy,wording" doc:"approve: what was ticked; a review opens all five"`
	Gate     review.Gate   `json:"gate,omitempty" enum:"political,legal,policy,secrecy,wording" doc:"send_back: where the reply does not pass, for a reason of its list"`
	Comments []commentBody `json:"comments,omitempty" maxItems:"100" doc:"send_back: about passages of the reply"`
	Override string        `json:"override,omitempty" doc:"submit: why a reply that a proof blocks is right all the same; kept in the audit trail"`
}

func (b *moveBody) command() desk.Command {
	return desk.Command{
		Move: b.Move, Version: b.Version, Unit: b.Unit, Co: b.Co, Into: b.Into, Reason: b.Reason, Note: b.Note, Text: b.Text,
		Days: b.Days, By: b.By, Score: b.Score, Solved: b.Solved, Reasons: b.Reasons, Outcome: b.Outcome, Kind: b.Kind, Override: b.Override, Gates: b.Gates, Gate: b.Gate,
		Comments: list(b.Comments, func(c commentBody) review.Comment { return review.Comment(c) }), BasedOn: b.BasedOn.revision(),
		Quotes: list(b.Quotes, func(q quoteBody) reply.Quote { return reply.Quote(q) }),
	}
}

type attachmentInput struct {
	Number     string `path:"number" maxLength:"64"`
	Attachment string `path:"attachment" maxLength:"64"`
}

type attachmentFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type contactInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Reason string `json:"reason" doc:"why it has to be known; kept in the audit trail"`
	}
}

func (s *Server) ticketRoutes() {
	staffOp := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff" + path, tag: "tickets", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, staffOp("units", http.MethodGet, "/units", "The organisation, parents first", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[unitsBody], error) {
			units, err := s.desk.Units(ctx)
			return respond(unitsBody{Units: list(units, newUnit)}, err)
		})
	register(s, staffOp("reasons", http.MethodGet, "/reasons", "The codes moves are given reasons and outcomes with", http.StatusOK),
		func(context.Context, *nothing) (*body[reasonsBody], error) { return respond(newReasons(), nil) })
	register(s, staffOp("tickets", http.MethodGet, "/tickets", "Tickets in the own scope", http.StatusOK), s.listTickets)
	register(s, staffOp("open-ticket", http.MethodPost, "/tickets", "Open a ticket on behalf of a caller", http.StatusCreated, http.StatusConflict), s.openOnBehalf)
	register(s, staffOp("ticket", http.MethodGet, "/tickets/{number}", "Everything about a ticket but who wrote", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *ticketInput) (*body[ticketBody], error) {
			v, err := s.desk.Ticket(ctx, actorOf(ctx), in.Number)
			return respond(newTicket(v), err)
		})
	register(s, staffOp("suggestions", http.MethodGet, "/tickets/{number}/suggestions", "Which unit a ticket may belong to, and which others are about the same matter", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *ticketInput) (*body[suggestionsBody], error) {
			v, err := s.desk.Suggestions(ctx, actorOf(ctx), in.Number)
			return respond(newSuggestions(v), err)
		})
	register(s, staffOp("move-ticket", http.MethodPost, "/tickets/{number}/moves", "Do something with a ticket", http.StatusOK, http.StatusNotFound, http.StatusConflict), s.move)
	register(s, staffOp("reveal-contact", http.MethodPost, "/tickets/{number}/contact", "Who wrote; the look is audited. Of a report: only after an approved unsealing", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *contactInput) (*body[contactBody], error) {
			c, err := s.desk.RevealContact(ctx, actorOf(ctx), in.Number, in.Body.Reason)
			return respond(contactBody(c), err)
		})
	register(s, staffOp("attachment", http.MethodGet, "/tickets/{number}/attachments/{attachment}", "A file of the letter; the look is audited", http.StatusOK, http.StatusNotFound), s.attachment)
	register(s, staffOp("notifications", http.MethodGet, "/notifications", "What waits for the own unit, newest first", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[notificationsBody], error) {
			const most = 100
			ns, err := s.desk.Notifications(ctx, actorOf(ctx), most)
			return respond(notificationsBody{Notifications: list(ns, newNotification)}, err)
		})
}

func (s *Server) listTickets(ctx context.Context, in *ticketsInput) (*body[ticketsBody], error) {
	page, err := s.desk.Tickets(ctx, actorOf(ctx), s.filterOf(in))
	return respond(ticketsBody{Tickets: list(page.Tickets, func(t ticket.Ticket) ticketSummary {
		found := newSummary(t)
		if e, ok := page.Excerpts[t.ID]; ok {
			found.Excerpt = &excerptBody{Text: e.Text, Marks: list(e.Marks, func(m desk.Mark) excerptMark { return excerptMark(m) })}
		}
		return found
	}), Next: page.Next}, err)
}

func (s *Server) filterOf(in *ticketsInput) desk.Filter {
	f := desk.Filter{
		Statuses: list(in.Status, func(v string) ticket.Status { return ticket.Status(v) }),
		Kinds:    list(in.Kind, func(v string) channel.Kind { return channel.Kind(v) }),
		Lead:     in.Lead, District: in.District, Category: in.Category, Source: in.Channel,
		DueFrom: in.DueFrom, DueBefore: in.DueBefore, Aspect: in.Aspect,
		Mine: in.Mine, Untaken: in.Unassigned, Co: in.Co, Supervised: in.Supervised,
		Query: in.Query, Sort: in.Sort, Cursor: in.Cursor, Limit: in.Limit,
	}
	if in.Overdue {
		f.Overdue = s.now()
	}
	if f.Aspect != "" {
		f.At = s.now()
	}
	return f
}

func (s *Server) openOnBehalf(ctx context.Context, in *behalfInput) (*body[receiptBody], error) {
	if !access.GrantOf(callerOf(ctx).user).Open {
		return nil, problem.New(problem.Denied, "ticket.open_denied", "您的岗位不能代为登记来信。")
	}
	if !in.Body.Channel.ByStaff() {
		return nil, problem.New(problem.Invalid, "letter.invalid", "来信有几处需要修改。").
			With(problem.Field{Pointer: "/channel", Code: "unknown", Message: "请选择电话、窗口或信函。"})
	}
	actor := actorOf(ctx)
	return s.open(ctx, desk.Opening{Letter: in.Body.letter(), Actor: &actor, IdempotencyKey: in.Key})
}

func (s *Server) move(ctx context.Context, in *moveInput) (*body[ticketBody], error) {
	v, err := s.desk.Move(ctx, actorOf(ctx), in.Number, in.Body.command())
	return respond(newTicket(v), err)
}

// attachment sends a file as something to save, never as something to show: it
// came from the public.
func (s *Server) attachment(ctx context.Context, in *attachmentInput) (*attachmentFile, error) {
	a, content, err := s.desk.Attachment(ctx, actorOf(ctx), in.Number, in.Attachment)
	if err != nil {
		return nil, err
	}
	return &attachmentFile{
		ContentType: a.Type,
		Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": channel.FileName(a.Name, a.Type)}),
		Body:        content,
	}, nil
}

func newUnit(u assignment.Unit) unitBody {
	return unitBody{ID: u.ID, Name: u.Name, Parent: u.Parent, Path: u.Path, Level: u.Level, District: u.District}
}

func newNotification(n desk.Notification) notificationBody {
	return notificationBody{ID: n.ID, Unit: n.Unit, To: n.To, Ticket: n.Ticket, Kind: n.Kind, Text: n.Text, At: shown(n.At)}
}
