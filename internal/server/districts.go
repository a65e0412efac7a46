package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
)

type districtsInput struct {
	Period   string `query:"period" maxLength:"7" required:"true" example:"2026-11" doc:"a month, a quarter or a year"`
	Category string `query:"category" maxLength:"64" doc:"only letters of this category; empty: all"`
}

type districtsBody struct {
	Period   string             `json:"period"`
	Category string             `json:"category,omitempty"`
	Lines    []districtLineBody `json:"lines" nullable:"false" doc:"in the order of the organisation: this is no ranking"`
	Total    districtLineBody   `json:"total" doc:"null also where it would tell what one district alone leaves out"`
}

type districtLineBody struct {
	District  string `json:"district" doc:"code; empty: not said"`
	Name      string `json:"name"`
	Received  *int64 `json:"received" doc:"letters; null: fewer than five"`
	Answered  *int64 `json:"answered" doc:"null: fewer than five"`
	Late      *int64 `json:"late" doc:"of the answered; null: fewer than five were answered"`
	Rated     *int64 `json:"rated" doc:"null: fewer than five"`
	Satisfied *int64 `json:"satisfied" doc:"of the rated; null: fewer than five were rated"`
	Signals   *int   `json:"signals,omitempty" doc:"weak signals raised, of those the caller may open; missing: the caller sees none"`
}

// districtRoutes are how districts compare.
func (s *Server) districtRoutes() {
	register(s, operation{
		id: "districts", method: http.MethodGet, path: "/api/v1/staff/districts", tag: "reports", status: http.StatusOK, audience: staffOnly,
		summary: "What came from which district and how it went, in the units one looks after; never reports (举报)",
	}, func(ctx context.Context, in *districtsInput) (*body[districtsBody], error) {
		b, err := s.desk.Districts(ctx, actorOf(ctx), in.Period, in.Category)
		line := func(l desk.DistrictLine) districtLineBody {
			shown := districtLineBody{
				District: l.District, Name: l.Name, Received: l.Received, Answered: l.Answered, Late: l.Late, Rated: l.Rated, Satisfied: l.Satisfied,
			}
			if b.Signals {
				shown.Signals = &l.Signals
			}
			return shown
		}
		return respond(districtsBody{Period: b.Name, Category: b.Category, Lines: list(b.Lines, line), Total: line(b.Total)}, err)
	})
}
