package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

type entriesInput struct {
	Category string `query:"category" maxLength:"40" example:"户籍" doc:"empty: every category"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type searchInput struct {
	Body struct {
		Text  string `json:"text" example:"身份证丢了" doc:"1 to 200 characters"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"50" default:"10"`
	}
}

type entryInput struct {
	ID string `path:"id" maxLength:"80" example:"idcard-lost"`
}

func (s *Server) libraryRoutes() {
	register(s, operation{
		id: "library", method: http.MethodGet, path: "/api/v1/library", tag: "library", status: http.StatusOK,
		summary: "Entries that answer today",
	}, func(_ context.Context, in *entriesInput) (*body[entriesBody], error) {
		entries := s.desk.Entries(in.Category)
		return respond(entriesBody{Entries: list(entries[:min(len(entries), in.Limit)], newBrief)}, nil)
	})
	register(s, operation{
		id: "library-search", method: http.MethodPost, path: "/api/v1/library/search", tag: "library", status: http.StatusOK,
		summary: "Entries about a text, best first",
	}, func(ctx context.Context, in *searchInput) (*body[entriesBody], error) {
		entries, err := s.desk.SearchEntries(ctx, in.Body.Text, in.Body.Limit)
		return respond(entriesBody{Entries: list(entries, newBrief)}, err)
	})
	register(s, operation{
		id: "library-entry", method: http.MethodGet, path: "/api/v1/library/{id}", tag: "library", status: http.StatusOK,
		summary: "One entry with its basis", problems: []int{http.StatusNotFound},
	}, func(_ context.Context, in *entryInput) (*body[entryBody], error) {
		e, err := s.desk.Entry(in.ID)
		return respond(newEntry(e), err)
	})
}

type entriesBody struct {
	Entries []brief `json:"entries"`
}

type brief struct {
	ID        string `json:"id"`
	Version   int    `json:"version"`
	Question  string `json:"question"`
	Category  string `json:"category"`
	Certainty string `json:"certainty" enum:"A,B,C"`
	Sample    bool   `json:"sample" doc:"true while no bureau has reviewed the text"`
}

func newBrief(e knowledge.Entry) brief {
	return brief{ID: e.ID, Version: e.Version, Question: e.Question, Category: e.Category, Certainty: e.Certainty, Sample: e.Sample}
}

type entryBody struct {
	ID        string           `json:"id"`
	Version   int              `json:"version"`
	Question  string           `json:"question"`
	Variants  []string         `json:"variants"`
	Answer    string           `json:"answer"`
	Category  string           `json:"category"`
	Audience  string           `json:"audience"`
	Basis     []basis          `json:"basis"`
	Owner     string           `json:"owner" doc:"unit id"`
	Item      *serviceItem     `json:"item,omitempty"`
	Local     string           `json:"local,omitempty" doc:"what the bureau must fill in or override"`
	Certainty string           `json:"certainty" enum:"A,B,C"`
	Sample    bool             `json:"sample"`
	ValidFrom string           `json:"valid_from" format:"date"`
	ValidTo   string           `json:"valid_to,omitempty" format:"date"`
	ReviewBy  string           `json:"review_by,omitempty" format:"date"`
	Documents []policyDocument `json:"documents"`
}

type basis struct {
	Document string `json:"document"`
	Title    string `json:"title"`
	Number   string `json:"number"`
	Article  string `json:"article,omitempty"`
}

type serviceItem struct {
	Conditions []string `json:"conditions"`
	Materials  []string `json:"materials"`
	Procedure  []string `json:"procedure"`
	TimeLimit  string   `json:"time_limit"`
	Fee        string   `json:"fee"`
}

type policyDocument struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Number    string `json:"number" doc:"文号"`
	Issuer    string `json:"issuer"`
	Index     string `json:"index" doc:"索引号"`
	Topic     string `json:"topic"`
	Written   string `json:"written"`
	Published string `json:"published"`
	Effective string `json:"effective"`
	Validity  string `json:"validity" enum:"in_force,amended,repealed,expired"`
	Kind      string `json:"kind"`
	Note      string `json:"note,omitempty"`
}

// dayOrNone is the day of t in Beijing; empty: there is none.
func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(beijing()).Format(time.DateOnly)
}

func newEntry(l desk.LibraryEntry) entryBody {
	e := l.Entry
	out := entryBody{
		ID: e.ID, Version: e.Version, Question: e.Question, Variants: list(e.Variants, same[string]), Answer: e.Answer,
		Category: e.Category, Audience: e.Audience, Owner: e.Owner, Local: e.Local, Certainty: e.Certainty, Sample: e.Sample,
		Basis:     list(e.Basis, func(b knowledge.Basis) basis { return basis(b) }),
		Documents: list(l.Documents, func(d knowledge.Document) policyDocument { return policyDocument(d) }),
		ValidFrom: e.ValidFrom.In(beijing()).Format(time.DateOnly), ValidTo: dayOrNone(e.ValidTo), ReviewBy: dayOrNone(e.ReviewBy),
	}
	if i := e.Item; i != nil {
		out.Item = &serviceItem{
			Conditions: list(i.Conditions, same[string]), Materials: list(i.Materials, same[string]),
			Procedure: list(i.Procedure, same[string]), TimeLimit: i.TimeLimit, Fee: i.Fee,
		}
	}
	return out
}

func same[T any](v T) T { return v }
