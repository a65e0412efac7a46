package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
)

type previewInput struct {
	Body struct {
		Kind       channel.Kind    `json:"kind" example:"consult"`
		Channel    channel.Source  `json:"channel" example:"web"`
		Urgency    channel.Urgency `json:"urgency,omitempty" enum:"urgent,emergency" doc:"empty: ordinary"`
		ReceivedAt time.Time       `json:"received_at" example:"2026-09-30T16:00:00+08:00"`
	}
}

type previewBody struct {
	DueAt       time.Time       `json:"due_at"`
	Rule        string          `json:"rule"`
	RuleName    string          `json:"rule_name"`
	Basis       string          `json:"basis" doc:"what the rule rests on"`
	Certainty   string          `json:"certainty" enum:"S,S2,M,D" doc:"S: source read; S2: secondary source; M: to be checked; D: our default"`
	Budget      deadline.Budget `json:"budget"`
	Calendar    string          `json:"calendar"`
	Provisional bool            `json:"provisional" doc:"the date rests on a year whose holidays are not published yet"`
	Explain     []deadline.Line `json:"explain" doc:"day by day, how the date came about"`
}

func (s *Server) deadlineRoutes() {
	register(s, operation{
		id: "preview-deadline", method: http.MethodPost, path: "/api/v1/deadlines/preview", tag: "letters", status: http.StatusOK,
		summary: "Say until when a letter would have to be answered, and why",
	}, func(ctx context.Context, in *previewInput) (*body[previewBody], error) {
		d, err := s.desk.Preview(ctx, desk.DeadlinePreview{
			Kind: in.Body.Kind, Source: in.Body.Channel, Urgency: in.Body.Urgency, ReceivedAt: in.Body.ReceivedAt,
		})
		return respond(previewBody{
			DueAt: shown(d.Due), Rule: d.Rule, RuleName: d.By.Name, Basis: d.By.Basis, Certainty: d.By.Certainty, Budget: d.Budget,
			Calendar: d.Calendar, Provisional: d.Provisional, Explain: list(d.Explain, same[deadline.Line]),
		}, err)
	})
}
