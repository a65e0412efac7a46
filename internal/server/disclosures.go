package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
)

type disclosureInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Version  int64           `json:"version" minimum:"0" doc:"of the decision as it was seen, 0 for none; a newer one is a conflict"`
		Decision review.Decision `json:"decision" enum:"full,redacted,requester_only,none"`
		Reason   string          `json:"reason" maxLength:"64" doc:"a code of the decision's list, see …/reviews/reasons"`
		Note     string          `json:"note,omitempty" doc:"internal"`
		Title    string          `json:"title,omitempty" doc:"what the public reads over it; empty: the letter's own or, without consent, its category"`
		Asked    string          `json:"asked,omitempty" doc:"what was asked, shortened; only with consent. Empty: how the letter begins"`
	}
}

type redactionsInput struct {
	Number string `path:"number" maxLength:"64"`
	Body   struct {
		Version int64              `json:"version" doc:"of the decision as it was seen; a newer one is a conflict"`
		Confirm []confirmationBody `json:"confirm,omitempty" maxItems:"300" doc:"passages that are hidden, or stay after all"`
		Add     []markBody         `json:"add,omitempty" maxItems:"300" doc:"further passages to hide"`
	}
}

type confirmationBody struct {
	N    int    `json:"n" doc:"number of the redaction, from 1"`
	With string `json:"with,omitempty" doc:"what the public reads instead; empty: as suggested"`
	Keep bool   `json:"keep,omitempty" doc:"it stays as it is"`
}

type markBody struct {
	Part review.Part `json:"part" enum:"title,asked,body"`
	From int         `json:"from" doc:"first character, counted from 0"`
	To   int         `json:"to" doc:"behind the last one"`
	With string      `json:"with,omitempty"`
	Why  string      `json:"why,omitempty"`
}

// DisclosureBrief is who may read a reply, as somebody decided. It is exported
// because the schema leaves out what is embedded otherwise.
type DisclosureBrief struct {
	Version  int64           `json:"version"`
	Round    int             `json:"round" doc:"whose reply it is about"`
	Decision review.Decision `json:"decision"`
	Name     string          `json:"decision_name"`
	Reason   string          `json:"reason"`
	Note     string          `json:"note,omitempty"`
	By       string          `json:"by" doc:"user id"`
	At       time.Time       `json:"at"`
	Text     *TextSummary    `json:"text,omitempty" doc:"where the text for the public stands, see …/reviews/{id}"`
}

type disclosureBody struct {
	DisclosureBrief

	Consent    bool            `json:"consent" doc:"the writer agreed that what was asked is published"`
	Source     sourceBody      `json:"source" doc:"as it was written; positions of redactions count in it. Empty for who may not see who wrote"`
	Redactions []redactionBody `json:"redactions" nullable:"false"`
}

type sourceBody struct {
	Title string `json:"title"`
	Asked string `json:"asked"`
	Body  string `json:"body"`
}

type redactionBody struct {
	N         int         `json:"n"`
	Part      review.Part `json:"part" enum:"title,asked,body"`
	From      int         `json:"from"`
	To        int         `json:"to"`
	Passage   string      `json:"passage" doc:"what stands there"`
	Code      string      `json:"code,omitempty" doc:"of what a machine found"`
	Why       string      `json:"why"`
	With      string      `json:"with"`
	Keep      bool        `json:"keep"`
	Confirmed string      `json:"confirmed_by,omitempty" doc:"user id; absent: nobody has, and the text cannot be submitted"`
}

func newDisclosureBrief(v *desk.DisclosureView) *DisclosureBrief {
	if v == nil {
		return nil
	}
	out := &DisclosureBrief{
		Version: v.Version, Round: v.Round, Decision: v.Decision, Name: v.Decision.Name(), Reason: v.Reason, Note: v.Note, By: v.By, At: shown(v.At),
	}
	if v.Text != nil {
		text := newTextSummary(*v.Text)
		out.Text = &text
	}
	return out
}

func newDisclosure(v desk.DisclosureView) disclosureBody {
	out := disclosureBody{DisclosureBrief: *newDisclosureBrief(&v), Consent: v.Consent, Source: sourceBody(v.Source), Redactions: []redactionBody{}}
	for i, r := range v.Redactions {
		out.Redactions = append(out.Redactions, redactionBody{
			N: i + 1, Part: r.Part, From: r.From, To: r.To, Passage: r.Passage(&v.Source), Code: r.Code, Why: r.Why, With: r.With, Keep: r.Keep, Confirmed: r.By,
		})
	}
	return out
}

func (s *Server) disclosureRoutes() {
	s.undisclosedRoutes()
	op := func(id, method, path, summary string, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/tickets/{number}/disclosure" + path, tag: "replies", summary: summary,
			status: http.StatusOK, problems: append(problems, http.StatusNotFound), audience: staffOnly,
		}
	}
	register(s, op("disclosure", http.MethodGet, "", "Who may read the reply to a ticket, and what is hidden in what the public reads"),
		func(ctx context.Context, in *ticketInput) (*body[disclosureBody], error) {
			v, err := s.desk.Disclosure(ctx, actorOf(ctx), in.Number)
			return respond(newDisclosure(v), err)
		})
	register(s, op("disclose", http.MethodPost, "", "Decide who may read the reply; for the public it makes a text that others read first", http.StatusConflict),
		func(ctx context.Context, in *disclosureInput) (*body[disclosureBody], error) {
			b := in.Body
			v, err := s.desk.Disclose(ctx, actorOf(ctx), in.Number, desk.DisclosureCommand{
				Version: b.Version, Decision: b.Decision, Reason: b.Reason, Note: b.Note, Title: b.Title, Asked: b.Asked,
			})
			return respond(newDisclosure(v), err)
		})
	register(s, op("confirm-redactions", http.MethodPost, "/redactions", "Confirm or change what is hidden, passage by passage; until all are confirmed the text cannot be submitted", http.StatusConflict),
		func(ctx context.Context, in *redactionsInput) (*body[disclosureBody], error) {
			b := in.Body
			v, err := s.desk.ConfirmRedactions(ctx, actorOf(ctx), in.Number, desk.RedactionCommand{
				Version: b.Version, Confirm: list(b.Confirm, func(c confirmationBody) desk.Confirmation { return desk.Confirmation(c) }),
				Add: list(b.Add, func(m markBody) review.Redaction {
					return review.Redaction{Part: m.Part, From: m.From, To: m.To, With: m.With, Why: m.Why}
				}),
			})
			return respond(newDisclosure(v), err)
		})
}
