package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
)

type supplyInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64"`
		Code   string `json:"query_code" maxLength:"128"`
		Text   string `json:"text" doc:"1 to 2,000 characters"`

		Attachments []string `json:"attachments,omitempty" nullable:"false" maxItems:"20" doc:"ids of uploaded files, at most 5"`
	}
}

type ratingInput struct {
	Body struct {
		Number  string `json:"number" maxLength:"64"`
		Code    string `json:"query_code" maxLength:"128"`
		Score   int    `json:"score" minimum:"1" maximum:"5" doc:"1 (worst) to 5 (best)"`
		Solved  bool   `json:"solved" doc:"whether the matter is solved"`
		Comment string `json:"comment,omitempty" doc:"up to 2,000 characters"`

		Reasons []string `json:"reasons,omitempty" nullable:"false" maxItems:"5" doc:"why; codes that fit the score"`
	}
}

type withdrawalInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64"`
		Code   string `json:"query_code" maxLength:"128"`
		Reason string `json:"reason,omitempty" doc:"up to 2,000 characters"`
	}
}

// ownLetterRoutes are what citizens may do with their letters, by number and
// query code.
func (s *Server) ownLetterRoutes() {
	op := func(id, path, summary string) operation {
		return operation{
			id: id, method: http.MethodPost, path: "/api/v1/letters/" + path, tag: "letters", status: http.StatusOK,
			summary: summary, problems: []int{http.StatusNotFound, http.StatusConflict},
		}
	}
	register(s, op("supply-letter", "supplements", "Complete a letter one was asked to complete"),
		func(ctx context.Context, in *supplyInput) (*body[timelineBody], error) {
			t, err := s.desk.Supply(ctx, in.Body.Number, in.Body.Code, desk.Supplied{Text: in.Body.Text, Attachments: in.Body.Attachments})
			return respond(newTimeline(t), s.guessed(ctx, in.Body.Number, err))
		})
	register(s, op("rate-letter", "ratings", "Rate the answer, once"),
		func(ctx context.Context, in *ratingInput) (*body[timelineBody], error) {
			t, err := s.desk.RateLetter(ctx, in.Body.Number, in.Body.Code, desk.LetterRating{Score: in.Body.Score, Solved: in.Body.Solved, Comment: in.Body.Comment, Reasons: in.Body.Reasons})
			return respond(newTimeline(t), s.guessed(ctx, in.Body.Number, err))
		})
	register(s, op("withdraw-letter", "withdrawals", "Take a letter back; a report stays"),
		func(ctx context.Context, in *withdrawalInput) (*body[timelineBody], error) {
			t, err := s.desk.Withdraw(ctx, in.Body.Number, in.Body.Code, in.Body.Reason)
			return respond(newTimeline(t), s.guessed(ctx, in.Body.Number, err))
		})
}
