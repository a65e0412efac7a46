package server

import (
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

type unitsBody struct {
	Units []unitBody `json:"units"`
}

type unitBody struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Parent   string           `json:"parent"`
	Path     string           `json:"path"`
	Level    assignment.Level `json:"level" enum:"bureau,detachment,branch,station"`
	District string           `json:"district"`
}

type reasonsBody struct {
	Decline    []choice      `json:"decline"`
	Return     []choice      `json:"return"`
	Transfer   []choice      `json:"transfer"`
	Reassign   []choice      `json:"reassign"`
	Extend     []choice      `json:"extend"`
	Redo       []choice      `json:"redo"`
	Outcomes   []choice      `json:"outcomes" doc:"of a reply, for kinds without outcomes of their own"`
	Reclassify []choice      `json:"reclassify"`
	Consult    []choice      `json:"consult_third"`
	Suspend    []choice      `json:"suspend"`
	Archive    []choice      `json:"archive" doc:"why the file of a request for information is taken out"`
	Rate       []rateReason  `json:"rate" doc:"why somebody is content, or not"`
	Appeal     []choice      `json:"appeal" doc:"why a unit may find a rating unfair; the citizen reads it where the appeal is upheld"`
	Kinds      []kindReasons `json:"kinds" doc:"what a reply to each kind can state"`
}

func newReasons() reasonsBody {
	code := func(r ticket.Reason) choice { return choice(r) }
	return reasonsBody{
		Decline: list(ticket.DeclineReasons(), code), Return: list(ticket.ReturnReasons(), code), Transfer: list(ticket.TransferReasons(), code),
		Reassign: list(ticket.ReassignReasons(), code), Extend: list(ticket.ExtendReasons(), code), Redo: list(ticket.RedoReasons(), code),
		Outcomes:   list(reply.Ordinary(), newOutcome),
		Reclassify: list(ticket.ReclassifyReasons(), code), Consult: list(ticket.ConsultReasons(), code), Suspend: list(ticket.SuspendReasons(), code),
		Archive: list(ticket.ArchiveReasons(), code), Appeal: list(ticket.AppealReasons(), code), Kinds: list(channel.Kinds(), newKindReasons),
		Rate: list(ticket.RatingReasons(), func(r ticket.RatingReason) rateReason { return rateReason{r.Code, r.Name, r.From, r.To} }),
	}
}

// rateReason is why somebody rates an answer as they do.
type rateReason struct {
	Code string `json:"code"`
	Name string `json:"name"`
	From int    `json:"from" doc:"the lowest score it fits"`
	To   int    `json:"to" doc:"the highest one"`
}

// kindReasons is what replies to a kind of letter state.
type kindReasons struct {
	Kind     channel.Kind `json:"kind"`
	Outcomes []choice     `json:"outcomes"`
	Refusals []string     `json:"refusals" doc:"outcomes whose reply has to name the remedies"`
	Remedy   string       `json:"remedy,omitempty" doc:"a sentence that does, to be checked by the bureau's lawyers"`
	Takes    bool         `json:"takes" doc:"a letter may be reclassified to it"`
}

func newOutcome(o reply.Outcome) choice { return choice{Code: string(o), Name: o.Name()} }

func newKindReasons(k channel.Kind) kindReasons {
	p := k.Profile()
	return kindReasons{Kind: k, Outcomes: list(ticket.Outcomes(k), newOutcome), Refusals: list(p.Refusals, same[string]), Remedy: p.Remedy, Takes: p.Takes}
}

type notificationsBody struct {
	Notifications []notificationBody `json:"notifications"`
}

type notificationBody struct {
	ID     string    `json:"id"`
	Unit   string    `json:"unit" doc:"unit id; user:<id> where it is for the caller in person"`
	To     string    `json:"to" example:"handler" doc:"handler, head, taskforce, leader, or post:<id>"`
	Ticket string    `json:"ticket" doc:"number"`
	Kind   string    `json:"kind" example:"clock.warn"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

type ticketsBody struct {
	Tickets []ticketSummary `json:"tickets"`
	Next    string          `json:"next" doc:"cursor of the next page; empty: no more"`
}

type ticketSummary struct {
	Number       string          `json:"number"`
	Kind         channel.Kind    `json:"kind"`
	Channel      channel.Source  `json:"channel"`
	Title        string          `json:"title" doc:"personal data masked"`
	Category     string          `json:"category"`
	District     string          `json:"district"`
	Status       ticket.Status   `json:"status"`
	Urgency      channel.Urgency `json:"urgency,omitempty" enum:"urgent,emergency"`
	Origin       string          `json:"origin,omitempty" doc:"platform it was passed on from"`
	OriginID     string          `json:"origin_id,omitempty" doc:"its number there"`
	Lead         string          `json:"lead" doc:"unit id"`
	Holder       string          `json:"holder,omitempty" doc:"user id of who has taken it"`
	Co           []coView        `json:"co" doc:"units asked for their opinion"`
	Supervised   bool            `json:"supervised"`
	Urges        int             `json:"urges"`
	Supervision  int             `json:"supervisions" doc:"times it was put under supervision in this round"`
	FeedbackDue  *time.Time      `json:"feedback_due_at,omitempty" doc:"until when the unit reports to those who supervise; absent: nobody waits for it"`
	Extension    *extensionView  `json:"extension,omitempty" doc:"asked for and not decided"`
	Stage        ticket.Stage    `json:"stage,omitempty" enum:"register,review,process,reply,archive" doc:"of a request for information"`
	Consultation string          `json:"consultation,omitempty" doc:"id of what an opinion is about"`
	Third        string          `json:"third,omitempty" enum:"third_party,other_agency,hearing,examination" doc:"what outside is waited for"`
	Rating       int             `json:"rating,omitempty" doc:"1 to 5"`
	Solved       bool            `json:"solved,omitempty" doc:"as the citizen sees it"`
	Round        int             `json:"round"`
	Returns      int             `json:"returns"`
	Restricted   bool            `json:"restricted"`
	DueAt        time.Time       `json:"due_at"`
	Provisional  bool            `json:"provisional"`
	Reason       string          `json:"reason,omitempty"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`
	Version      int64           `json:"version"`
	Excerpt      *excerptBody    `json:"excerpt,omitempty" doc:"only in a search: where its letter or reply says it"`
}

type excerptBody struct {
	Text  string        `json:"text" doc:"personal data masked"`
	Marks []excerptMark `json:"marks" doc:"what was looked for, in order"`
}

type excerptMark struct {
	From int `json:"from" doc:"characters (code points) before it"`
	To   int `json:"to"`
}

type coView struct {
	Unit   string `json:"unit"`
	Given  bool   `json:"given" doc:"the opinion is there"`
	Waived bool   `json:"waived" doc:"it did not come in time"`
}

type extensionView struct {
	Days   int       `json:"days"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

func newSummary(t ticket.Ticket) ticketSummary {
	var asked *extensionView
	if e := t.Extension; e != nil {
		asked = &extensionView{Days: e.N, Reason: e.Reason, By: e.By, At: shown(e.At)}
	}
	var stage ticket.Stage
	if t.Kind == channel.Disclosure {
		stage = t.Status.Stage()
	}
	return ticketSummary{
		Stage: stage, Third: t.Third, Consultation: t.Consultation,
		Urgency: t.Urgency, Origin: t.Origin.Platform, OriginID: t.Origin.ID, Holder: t.Holder,
		Co:         list(t.Co, func(c ticket.CoHandler) coView { return coView{Unit: c.Unit, Given: c.Given, Waived: c.Waived} }),
		Supervised: t.Supervised, Supervision: t.Supervisions, FeedbackDue: shownOrNil(t.FeedbackDue), Urges: t.Urges, Extension: asked, Rating: t.Rating, Solved: t.Solved,
		Number: t.Number, Kind: t.Kind, Channel: t.Source, Title: t.Title, Category: t.Category, District: t.District,
		Status: t.Status, Lead: t.Lead, Round: t.Round, Returns: t.Returns, Restricted: t.Restricted(),
		DueAt: shown(t.DueAt), Provisional: t.Provisional, Reason: t.Reason,
		CreatedAt: shown(t.CreatedAt), UpdatedAt: shown(t.UpdatedAt), Version: t.Version,
	}
}

type ticketBody struct {
	Ticket     ticketSummary  `json:"ticket"`
	Letter     letterView     `json:"letter"`
	Events     []eventView    `json:"events"`
	Drafts     []draftView    `json:"drafts"`
	Clocks     []clockView    `json:"clocks"`
	HasContact bool           `json:"has_contact" doc:"who wrote is known, and shown by …/contact alone"`
	Parent     string         `json:"parent,omitempty" doc:"number of the ticket it is answered with"`
	Children   []string       `json:"children" doc:"numbers of the tickets answered with it"`
	Moves      []ticket.Move  `json:"moves" doc:"what the viewer may do now"`
	Forms      []moveFormBody `json:"forms" doc:"what each of the moves needs, in the same order"`
	Findings   []remarkBody   `json:"findings" doc:"what a machine noticed in the latest reply, until it is released"`

	Disclosure *DisclosureBrief `json:"disclosure,omitempty" doc:"who may read the reply, see …/disclosure"`
	ErasedAt   *time.Time       `json:"erased_at,omitempty" doc:"when what people wrote was erased"`
	Hold       *holdBody        `json:"hold,omitempty" doc:"keeps it from being erased"`
	Discloses  bool             `json:"discloses" doc:"the viewer may decide now who may read the reply"`
	Appeals    []appealBody     `json:"appeals" nullable:"false" doc:"against its ratings"`

	Order string `json:"order,omitempty" doc:"id of the 12345 order it came with, for whoever works on those"`

	Review *replyReviewBody `json:"review,omitempty" doc:"how the reply of this round is read; its versions and changes: …/reviews/{id}"`
}

type replyReviewBody struct {
	TextSummary

	Ledger []actBody `json:"ledger" nullable:"false" doc:"who did what, in order"`
}

type letterView struct {
	Title        string      `json:"title"`
	Text         string      `json:"text"`
	Fields       []fieldView `json:"fields" doc:"what the kind asks for beside title and text"`
	Attachments  []fileView  `json:"attachments"`
	Conversation string      `json:"conversation,omitempty"`
	Consent      bool        `json:"publish_consent" doc:"its writer agreed that what was asked is published"`
	ReceivedAt   time.Time   `json:"received_at"`
}

type fieldView struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
}

func newFields(l *channel.Letter) []fieldView {
	out := []fieldView{}
	asked := l.Kind.Profile().Fields
	for i := range asked {
		if v := l.Fields[asked[i].Name]; v != "" {
			out = append(out, fieldView{Name: asked[i].Name, Label: asked[i].Label, Value: asked[i].Shown(v)})
		}
	}
	return out
}

type fileView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type" doc:"by content"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`

	Scan channel.Scan `json:"scan" enum:",waiting,clean,infected" doc:"what the virus scanner says; only clean ones and, without a scanner, unscanned ones (empty) are given to anybody"`
}

func newFile(a channel.Attachment) fileView {
	return fileView{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256, Scan: a.Scan}
}

type eventView struct {
	Seq    int64         `json:"seq"`
	Move   ticket.Move   `json:"move"`
	From   ticket.Status `json:"from"`
	To     ticket.Status `json:"to"`
	Actor  string        `json:"actor" doc:"user id; empty: the citizen or the system"`
	Unit   string        `json:"unit"`
	Reason string        `json:"reason,omitempty"`
	Note   string        `json:"note,omitempty" doc:"internal"`
	Public string        `json:"public,omitempty" doc:"what the citizen reads"`
	At     time.Time     `json:"at"`
}

type draftView struct {
	Round      int           `json:"round"`
	Revision   int           `json:"revision"`
	Text       string        `json:"text"`
	Outcome    reply.Outcome `json:"outcome"`
	Author     string        `json:"author"`
	At         time.Time     `json:"at"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	ApprovedAt *time.Time    `json:"approved_at,omitempty"`
	ReleasedAt *time.Time    `json:"released_at,omitempty"`
	Quotes     []quoteBody   `json:"quotes" nullable:"false" doc:"entries of the library that stand in it"`
}

type clockView struct {
	Purpose     deadline.Purpose `json:"purpose" doc:"which wait it bounds, see …/clocks"`
	Rule        string           `json:"rule"`
	Budget      deadline.Budget  `json:"budget"`
	Calendar    string           `json:"calendar"`
	StartedAt   time.Time        `json:"started_at"`
	DueAt       time.Time        `json:"due_at"`
	MetAt       *time.Time       `json:"met_at,omitempty"`
	BreachedAt  *time.Time       `json:"breached_at,omitempty"`
	Superseded  bool             `json:"superseded"`
	Provisional bool             `json:"provisional"`
	Explain     []deadline.Line  `json:"explain"`
}

func newTicket(v desk.TicketView) ticketBody {
	return ticketBody{
		Ticket: newSummary(v.Ticket),
		Letter: letterView{
			Title: v.Letter.Title, Text: v.Letter.Text, Fields: newFields(&v.Letter), Attachments: list(v.Files, newFile),
			Conversation: v.Letter.Conversation, Consent: v.Letter.Consent, ReceivedAt: shown(v.Letter.ReceivedAt),
		},
		Events: list(v.Events, newEvent), Drafts: list(v.Drafts, newDraft), Clocks: list(v.Clocks, newClock),
		HasContact: v.HasContact, Parent: v.Parent, Children: list(v.Children, same[string]), Moves: list(v.Moves, same[ticket.Move]), Forms: list(v.Forms, newMoveForm),
		Findings: list(v.Findings, newRemark), Appeals: list(v.Appeals, newAppeal), Review: newReplyReview(v.Review), Disclosure: newDisclosureBrief(v.Disclosure), Discloses: v.Discloses, Order: v.Order,
		ErasedAt: shownOrNil(v.Erased), Hold: newHoldOf(v.Hold),
	}
}

func newReplyReview(v *desk.TextView) *replyReviewBody {
	if v == nil {
		return nil
	}
	return &replyReviewBody{TextSummary: newTextSummary(*v), Ledger: list(v.Ledger, newAct)}
}

func newEvent(e ticket.Event) eventView {
	return eventView{
		Seq: e.Seq, Move: e.Move, From: e.From, To: e.To, Actor: e.Actor, Unit: e.Unit,
		Reason: e.Reason, Note: e.Note, Public: e.Public, At: shown(e.At),
	}
}

func newDraft(d reply.Draft) draftView {
	return draftView{
		Round: d.Round, Revision: d.Revision, Text: d.Text, Outcome: d.Outcome, Author: d.Author, At: shown(d.At),
		ApprovedBy: d.ApprovedBy, ApprovedAt: shownOrNil(d.ApprovedAt), ReleasedAt: shownOrNil(d.ReleasedAt),
		Quotes: list(d.Quotes, func(q reply.Quote) quoteBody { return quoteBody(q) }),
	}
}

func newClock(c deadline.Clock) clockView {
	return clockView{
		Purpose: c.Purpose, Rule: c.Rule, Budget: c.Budget, Calendar: c.Calendar, StartedAt: shown(c.StartedAt), DueAt: shown(c.DueAt),
		MetAt: shownOrNil(c.MetAt), BreachedAt: shownOrNil(c.BreachedAt), Superseded: c.SupersededBy != "",
		Provisional: c.Provisional, Explain: list(c.Explain, same[deadline.Line]),
	}
}
