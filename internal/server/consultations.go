package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/ticket/reply"
)

type consultationInput struct {
	ID string `path:"id" maxLength:"64"`
}

type draftConsultationInput struct {
	Body struct {
		Unit    string      `json:"unit,omitempty" maxLength:"64" doc:"unit id; empty: the own one"`
		Content contentBody `json:"content"`
	}
}

type moveConsultationInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Move    desk.ConsultationMove `json:"move" enum:"edit,lengthen,draft_result"`
		Version int64                 `json:"version" doc:"of the consultation as it was seen; a newer one is a conflict"`
		Content *contentBody          `json:"content,omitempty" doc:"edit: all of it"`
		Days    int                   `json:"days,omitempty" doc:"lengthen: in all, counted from the day it opened"`
		Reason  string                `json:"reason,omitempty" doc:"lengthen: shown to the public"`
		Text    string                `json:"text,omitempty" doc:"draft_result: what is said of the opinions"`
	}
}

type opinionsInput struct {
	ID    string `path:"id" maxLength:"64"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type disposeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Numbers []string      `json:"numbers" nullable:"false" maxItems:"100" doc:"of the opinions; one reason serves all of them"`
		Outcome reply.Outcome `json:"outcome" enum:"adopted,partly_adopted,not_adopted"`
		Reason  string        `json:"reason" doc:"1 to 5,000 characters; published with the result"`
	}
}

type figuresInput struct {
	Year int `query:"year" required:"true" minimum:"2000" maximum:"2100"`
}

func (s *Server) consultationRoutes() {
	public := func(id, path, summary string, problems ...int) operation {
		return operation{id: id, method: http.MethodGet, path: "/api/v1/consultations" + path, tag: "consultations", summary: summary, status: http.StatusOK, problems: problems}
	}
	register(s, public("consultations", "", "What the public is or was asked, newest first"),
		func(ctx context.Context, _ *nothing) (*body[consultationsBody], error) {
			all, err := s.desk.Consultations(ctx)
			return respond(consultationsBody{Consultations: list(all, newConsultationSummary)}, err)
		})
	register(s, public("consultation", "/{id}", "One consultation with its text, its dates day by day, and its result", http.StatusNotFound),
		func(ctx context.Context, in *consultationInput) (*body[ConsultationBody], error) {
			v, err := s.desk.Consultation(ctx, in.ID)
			return respond(newConsultation(v), err)
		})
	s.staffConsultationRoutes()
}

func (s *Server) staffConsultationRoutes() {
	staffOp := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/consultations" + path, tag: "consultations", summary: summary,
			status: status, problems: problems, audience: staffOnly,
		}
	}
	register(s, staffOp("staff-consultations", http.MethodGet, "", "Consultations of the own units, drafts included", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[consultationsBody], error) {
			all, err := s.desk.StaffConsultations(ctx, actorOf(ctx))
			return respond(consultationsBody{Consultations: list(all, newConsultationSummary)}, err)
		})
	register(s, staffOp("draft-consultation", http.MethodPost, "", "Draft a consultation; it is read as a text of its own: see …/reviews?subject=", http.StatusCreated),
		func(ctx context.Context, in *draftConsultationInput) (*body[staffConsultationBody], error) {
			v, err := s.desk.DraftConsultation(ctx, actorOf(ctx), in.Body.Unit, consultation.Content(in.Body.Content))
			return respond(newStaffConsultation(v), err)
		})
	register(s, staffOp("staff-consultation", http.MethodGet, "/{id}", "A consultation with what has become of its opinions until now", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *consultationInput) (*body[staffConsultationBody], error) {
			v, err := s.desk.StaffConsultation(ctx, actorOf(ctx), in.ID)
			return respond(newStaffConsultation(v), err)
		})
	register(s, staffOp("move-consultation", http.MethodPost, "/{id}/moves", "Do something with a consultation", http.StatusOK, http.StatusNotFound, http.StatusConflict), s.moveConsultation)
	register(s, staffOp("opinions", http.MethodGet, "/{id}/opinions", "The opinions with what becomes of them; personal data masked", http.StatusOK, http.StatusNotFound),
		func(ctx context.Context, in *opinionsInput) (*body[opinionsBody], error) {
			os, next, err := s.desk.Opinions(ctx, actorOf(ctx), in.ID, in.After, in.Limit)
			return respond(opinionsBody{Opinions: list(os, newOpinion), Next: next}, err)
		})
	register(s, staffOp("participation-record", http.MethodGet, "/{id}/record.csv", "Who took part, for the review of legality: every opinion with what became of it; personal data masked", http.StatusOK, http.StatusNotFound), s.participationRecord)
	register(s, staffOp("dispose-opinions", http.MethodPost, "/{id}/dispositions", "Say what becomes of some opinions and why, one reason for all", http.StatusNoContent, http.StatusNotFound, http.StatusConflict),
		func(ctx context.Context, in *disposeInput) (*nothing, error) {
			return &nothing{}, s.desk.Dispose(ctx, actorOf(ctx), in.ID, desk.Disposal{Numbers: in.Body.Numbers, Outcome: in.Body.Outcome, Reason: in.Body.Reason})
		})
	register(s, staffOp("consultation-figures", http.MethodGet, "/figures", "征集调查 of a calendar year: opened, opinions received, results published", http.StatusOK),
		func(ctx context.Context, in *figuresInput) (*body[consultationFiguresBody], error) {
			f, err := s.desk.YearOfConsultations(ctx, actorOf(ctx), in.Year)
			return respond(consultationFiguresBody(f), err)
		})
}

func (s *Server) moveConsultation(ctx context.Context, in *moveConsultationInput) (*body[staffConsultationBody], error) {
	b := in.Body
	c := desk.ConsultationCommand{Move: b.Move, Version: b.Version, Days: b.Days, Reason: b.Reason, Text: b.Text}
	if b.Content != nil {
		c.Content = consultation.Content(*b.Content)
	}
	v, err := s.desk.MoveConsultation(ctx, actorOf(ctx), in.ID, c)
	return respond(newStaffConsultation(v), err)
}
