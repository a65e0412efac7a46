package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

// phoneBody is a call as whoever took it writes it down.
type phoneBody struct {
	Line     string            `json:"line" maxLength:"64" example:"12345" doc:"id of the hotline that was called, see …/hotlines"`
	Outcome  desk.PhoneOutcome `json:"outcome" enum:"ticket,answered,referred,silent,abusive,wrong_number"`
	Kind     channel.Kind      `json:"kind,omitempty" example:"consult"`
	Title    string            `json:"title,omitempty" doc:"none: the first words"`
	Text     string            `json:"text,omitempty" doc:"the caller's words; needed unless nobody asked for anything"`
	Category string            `json:"category,omitempty"`
	District string            `json:"district,omitempty"`
	Urgency  channel.Urgency   `json:"urgency,omitempty" enum:"urgent,emergency,"`
	Contact  *contactBody      `json:"contact,omitempty"`
	About    []string          `json:"about,omitempty" nullable:"false" maxItems:"10" doc:"units or officers a complaint or report is about: they are kept away"`
	Fields   letterFields      `json:"fields,omitempty"`
	Entry    string            `json:"entry,omitempty" maxLength:"80" doc:"answered: with which entry of the library"`
	Warned   bool              `json:"warned,omitempty" doc:"the caller was told to call 110 first, or put through; needed where the words tell of a present danger"`
}

func (b phoneBody) draft(key string) desk.PhoneDraft {
	l := letterBody{
		Kind: b.Kind, Title: b.Title, Text: b.Text, Category: b.Category, District: b.District, Contact: b.Contact, Fields: b.Fields,
	}.letter(channel.Phone)
	l.Urgency = b.Urgency
	return desk.PhoneDraft{IdempotencyKey: key, Line: b.Line, Outcome: b.Outcome, Letter: l, Names: b.About, Entry: b.Entry, Warned: b.Warned}
}

type phoneInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"a repeat with the same key is recorded once"`
	Body phoneBody
}

type phoneReceiptBody struct {
	Outcome desk.PhoneOutcome `json:"outcome"`
	Ticket  *receiptBody      `json:"ticket,omitempty"`
}

type hintsBody struct {
	Unit      string          `json:"unit,omitempty" doc:"name of where a ticket would go"`
	Reason    string          `json:"reason,omitempty"`
	Category  string          `json:"category,omitempty" doc:"what it may be filed under"`
	Emergency *emergencyBody  `json:"emergency,omitempty" doc:"what to say first"`
	Entries   []hintEntryBody `json:"entries" nullable:"false" doc:"what it may be answered with"`
	Earlier   []phoneCallBody `json:"earlier" nullable:"false" doc:"calls from the same number, of those the reader may see"`
}

type hintEntryBody struct {
	Entry    string `json:"entry"`
	Version  int    `json:"version"`
	Question string `json:"question"`
	Text     string `json:"text"`
}

type phoneCallBody struct {
	ID       string            `json:"id"`
	At       time.Time         `json:"at"`
	By       string            `json:"by"`
	Unit     string            `json:"unit"`
	Line     string            `json:"line"`
	Number   string            `json:"number" doc:"of the line, then"`
	Outcome  desk.PhoneOutcome `json:"outcome"`
	Kind     channel.Kind      `json:"kind,omitempty"`
	Category string            `json:"category,omitempty"`
	District string            `json:"district,omitempty"`
	Ticket   string            `json:"ticket,omitempty"`
	Title    string            `json:"title,omitempty"`
	Entry    string            `json:"entry,omitempty"`
	Version  int               `json:"version,omitempty" doc:"of the entry"`
	Words    string            `json:"words,omitempty" doc:"masked; of a call without a ticket"`
	Phone    string            `json:"phone,omitempty" doc:"masked"`
	Warned   bool              `json:"warned"`
}

type phoneLogBody struct {
	Day    string           `json:"day" example:"2026-11-01"`
	Calls  []phoneCallBody  `json:"calls" nullable:"false" doc:"newest first"`
	Counts []phoneCountBody `json:"counts" nullable:"false" doc:"of these calls, by line"`
	Cut    bool             `json:"cut" doc:"there were more, which are neither shown nor counted"`
}

type phoneCountBody struct {
	Line     string                    `json:"line"`
	Number   string                    `json:"number"`
	Name     string                    `json:"name"`
	Outcomes map[desk.PhoneOutcome]int `json:"outcomes"`
	Total    int                       `json:"total"`
}

func newPhoneCall(v desk.PhoneView) phoneCallBody {
	return phoneCallBody{
		ID: v.ID, At: shown(v.At), By: v.By, Unit: v.Unit, Line: v.Line, Number: v.Number, Outcome: v.Outcome, Kind: v.Kind, Category: v.Category,
		District: v.District, Ticket: v.Ticket, Title: v.Title, Entry: v.Entry, Version: v.EntryVersion, Words: v.Words, Phone: v.Phone, Warned: v.Warned,
	}
}

// phoneRoutes are for whoever answers the bureau's lines.
func (s *Server) phoneRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/calls" + path, tag: "hotlines", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, op("register-call", http.MethodPost, "", "Record a call: as a ticket, as answered on the spot, or as what else it was", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *phoneInput) (*body[phoneReceiptBody], error) {
			r, err := s.desk.RegisterCall(ctx, actorOf(ctx), in.Body.draft(in.Key))
			b := phoneReceiptBody{Outcome: r.Outcome}
			if r.Ticket != nil {
				t := newReceipt(*r.Ticket)
				b.Ticket = &t
			}
			return respond(b, err)
		})
	register(s, op("hint-call", http.MethodPost, "/hints", "What helps before a call is recorded; nothing is kept", http.StatusOK),
		func(ctx context.Context, in *phoneInput) (*body[hintsBody], error) {
			h, err := s.desk.HintCall(ctx, actorOf(ctx), in.Body.draft(""))
			return respond(newHints(h), err)
		})
	register(s, op("call-log", http.MethodGet, "", "The calls of a day, of the own unit and the own ones", http.StatusOK),
		func(ctx context.Context, in *OnInput) (*body[phoneLogBody], error) {
			day, err := beginningOf(in.On, "hotline.day")
			if err != nil {
				return nil, err
			}
			l, err := s.desk.PhoneLog(ctx, actorOf(ctx), day)
			return respond(phoneLogBody{
				Day: dateOf(l.Day), Calls: list(l.Calls, newPhoneCall), Cut: l.Cut,
				Counts: list(l.Counts, func(c desk.PhoneCount) phoneCountBody { return phoneCountBody(c) }),
			}, err)
		})
}

func newHints(h desk.PhoneHints) hintsBody {
	b := hintsBody{
		Unit: h.Unit, Reason: h.Reason, Category: h.Category, Earlier: list(h.Earlier, newPhoneCall),
		Entries: list(h.Entries, func(e desk.PhoneAnswer) hintEntryBody { return hintEntryBody{e.ID, e.Version, e.Question, e.Text} }),
	}
	if e := h.Emergency; e != nil {
		b.Emergency = &emergencyBody{Text: e.Text, Hotlines: list(e.Hotlines, same[string])}
	}
	return b
}
