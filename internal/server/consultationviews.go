package server

import (
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
)

// contentBody is what the public reads, as it is drafted. Its rules are the desk's.
type contentBody struct {
	Title       string `json:"title" doc:"1 to 60 characters, one line"`
	Text        string `json:"text" doc:"what is asked about; 1 to 10,000 characters"`
	Explanation string `json:"explanation" doc:"起草说明"`
	How         string `json:"how" doc:"how opinions are sent beside this site"`
	Contact     string `json:"contact" doc:"for questions"`
	Ground      string `json:"ground" doc:"the law it rests on"`
	OpensOn     string `json:"opens_on,omitempty" example:"2026-12-01" doc:"in Beijing; empty: as soon as it is approved"`
	Days        int    `json:"days" example:"30" doc:"natural days; the first is not counted"`
	Short       string `json:"short_reason,omitempty" doc:"why it is shorter than the rule wants; shown to the public"`
}

type consultationsBody struct {
	Consultations []ConsultationSummary `json:"consultations" nullable:"false"`
}

// ConsultationSummary is one consultation in a list.
type ConsultationSummary struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Unit       string             `json:"unit" doc:"shown name"`
	State      consultation.State `json:"state" enum:"draft,approved,open,closed,reported"`
	OpensAt    *time.Time         `json:"opens_at,omitempty"`
	ClosesAt   *time.Time         `json:"closes_at,omitempty" doc:"the last instant at which an opinion is taken"`
	ReportedAt *time.Time         `json:"reported_at,omitempty" doc:"when the result was published"`
}

func newConsultationSummary(v desk.ConsultationView) ConsultationSummary {
	return ConsultationSummary{
		ID: v.ID, Title: v.Content.Title, Unit: v.Owner, State: v.State, OpensAt: shownOrNil(v.OpensAt), ClosesAt: shownOrNil(v.Period.ClosesAt),
		ReportedAt: shownOrNil(v.Reported),
	}
}

// ConsultationBody is one with everything the public is told.
type ConsultationBody struct {
	ConsultationSummary

	Text        string          `json:"text"`
	Explanation string          `json:"explanation"`
	How         string          `json:"how"`
	Contact     string          `json:"contact"`
	Ground      string          `json:"ground"`
	Days        int             `json:"days"`
	Short       string          `json:"short_reason,omitempty" doc:"why it is shorter than the rule wants"`
	Rule        string          `json:"rule"`
	Explain     []deadline.Line `json:"explain" nullable:"false" doc:"day by day, how the last day came about"`
	Changes     []periodChange  `json:"changes" nullable:"false" doc:"how the period was lengthened"`
	Result      *resultBody     `json:"result,omitempty" doc:"once it is published"`
}

type periodChange struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Before time.Time `json:"before"`
	After  time.Time `json:"after"`
}

type resultBody struct {
	Text      string        `json:"text"`
	Received  int           `json:"received" doc:"withdrawn ones included"`
	Withdrawn int           `json:"withdrawn"`
	Outcomes  []outcomeBody `json:"outcomes" nullable:"false"`
}

type outcomeBody struct {
	Outcome reply.Outcome `json:"outcome" enum:"adopted,partly_adopted,not_adopted"`
	Name    string        `json:"name"`
	Count   int           `json:"count"`
	Reasons []reasonBody  `json:"reasons" nullable:"false"`
}

type reasonBody struct {
	Text  string `json:"text" doc:"personal data masked"`
	Count int    `json:"count" doc:"opinions it was given for"`
}

func newOutcomeBody(o consultation.Outcome) outcomeBody {
	return outcomeBody{
		Outcome: o.Outcome, Name: o.Outcome.Name(), Count: o.N,
		Reasons: list(o.Reasons, func(r consultation.Reason) reasonBody { return reasonBody{Text: r.Text, Count: r.N} }),
	}
}

func newResult(text string, t *consultation.Tally) resultBody {
	return resultBody{Text: text, Received: t.Received, Withdrawn: t.Withdrawn, Outcomes: list(t.Outcomes, newOutcomeBody)}
}

func newConsultation(v desk.ConsultationView) ConsultationBody {
	c := v.Content
	out := ConsultationBody{
		ConsultationSummary: newConsultationSummary(v), Text: c.Text, Explanation: c.Explanation, How: c.How, Contact: c.Contact, Ground: c.Ground,
		Days: v.Period.Days, Short: c.Short, Rule: v.Period.Rule, Explain: list(v.Period.Explain, same[deadline.Line]),
		Changes: list(v.Changes, func(c consultation.Change) periodChange {
			return periodChange{At: shown(c.At), Reason: c.Reason, Before: shown(c.Before.ClosesAt), After: shown(c.After)}
		}),
	}
	if v.State == consultation.Reported {
		r := newResult(v.Result.Public(), &v.Result.Tally)
		out.Result = &r
	}
	return out
}

type staffConsultationBody struct {
	ConsultationBody

	Content contentBody `json:"content" doc:"as it was drafted last"`
	Review  reviewBody  `json:"review"`
	Draft   *draftBody  `json:"draft_result,omitempty" doc:"what is to be said of the opinions"`
	Now     resultBody  `json:"now" doc:"what has become of the opinions until now, as it would be published"`
	Pending int         `json:"pending" doc:"opinions nobody has decided about"`
	Version int64       `json:"version"`
	OwnerID string      `json:"unit_id"`
	Name    string      `json:"state_name"`
	Updated time.Time   `json:"updated_at"`
}

type reviewBody struct {
	Authors    []string   `json:"authors" nullable:"false" doc:"user ids; none of them approves it"`
	At         *time.Time `json:"at,omitempty"`
	ApprovedBy string     `json:"approved_by,omitempty"`
	ApprovedAt *time.Time `json:"approved_at,omitempty"`
}

type draftBody struct {
	Text   string     `json:"text"`
	Shown  string     `json:"shown" doc:"as it would be published"`
	Review reviewBody `json:"review"`
}

func newReview(r consultation.Review) reviewBody {
	return reviewBody{Authors: list(r.Authors, same[string]), At: shownOrNil(r.At), ApprovedBy: r.ApprovedBy, ApprovedAt: shownOrNil(r.ApprovedAt)}
}

func newStaffConsultation(v desk.ConsultationView) staffConsultationBody {
	out := staffConsultationBody{
		ConsultationBody: newConsultation(v), Content: contentBody(v.Content), Review: newReview(v.Review), Now: newResult("", &v.Now),
		Pending: v.Now.Pending, Version: v.Version, OwnerID: v.Unit, Name: v.State.Name(), Updated: shown(v.UpdatedAt),
	}
	if r := v.Result; r != nil {
		out.Draft = &draftBody{Text: r.Text, Shown: r.Public(), Review: newReview(r.Review)}
		out.Now.Text = r.Public()
	}
	return out
}

type opinionsBody struct {
	Opinions []opinionBody `json:"opinions" nullable:"false"`
	Next     string        `json:"next" doc:"after of the next page; empty: no more"`
}

type opinionBody struct {
	Number      string        `json:"number"`
	Status      ticket.Status `json:"status"`
	ReceivedAt  time.Time     `json:"received_at"`
	Text        string        `json:"text" doc:"personal data masked"`
	Fields      []fieldView   `json:"fields" nullable:"false"`
	Disposition *draftView    `json:"disposition,omitempty" doc:"what becomes of it, and why"`
}

func newOpinion(o desk.OpinionView) opinionBody {
	out := opinionBody{
		Number: o.Ticket.Number, Status: o.Ticket.Status, ReceivedAt: shown(o.Letter.ReceivedAt), Text: o.Letter.Text, Fields: newFields(&o.Letter),
	}
	if o.Disposition != nil {
		d := newDraft(*o.Disposition)
		out.Disposition = &d
	}
	return out
}

type consultationFiguresBody struct {
	Opened   int `json:"opened" doc:"期数"`
	Opinions int `json:"opinions" doc:"收到意见数量"`
	Reported int `json:"reported" doc:"公布调查结果期数"`
}
