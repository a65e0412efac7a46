package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk/review"
	"jiesu/internal/web/portal"
)

type textFieldsInput struct {
	Kind review.Kind `query:"kind" required:"true" enum:"entry,notice"`
}

type textFieldsBody struct {
	Fields []textFieldBody `json:"fields" nullable:"false" doc:"in the order a form shows them"`
	Reason string          `json:"reason" doc:"of full disclosure: what a form begins with"`
	Long   int             `json:"long" doc:"most characters of the body"`
}

type textFieldBody struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Type    string   `json:"type" enum:"select,text,lines,date,datetime-local" doc:"lines: one item a line"`
	Hint    string   `json:"hint,omitempty"`
	Options []choice `json:"options" nullable:"false" doc:"of a select"`
}

func newTextField(f portal.TextField) textFieldBody {
	out := textFieldBody{Name: f.Name, Label: f.Label, Type: f.Type, Hint: f.Hint, Options: []choice{}}
	for _, o := range f.Options {
		if o.Value != "" { // that nothing is chosen yet
			out.Options = append(out.Options, choice{o.Value, o.Name})
		}
	}
	if len(f.Options) > 0 {
		out.Type = "select"
	}
	return out
}

func (s *Server) textFieldRoutes() {
	register(s, operation{
		id: "text-fields", method: http.MethodGet, path: "/api/v1/staff/reviews/fields", tag: "reviews", status: http.StatusOK,
		summary: "What is published with a text of a kind, for its form", audience: staffOnly,
	}, func(_ context.Context, in *textFieldsInput) (*body[textFieldsBody], error) {
		f := blankText(s.desk.Catalogue(), in.Kind)
		return respond(textFieldsBody{Fields: list(f.Fields, newTextField), Reason: f.Reason, Long: f.Long}, nil)
	})
}
