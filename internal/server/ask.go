package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
)

type askInput struct {
	Body struct {
		Text    string  `json:"text,omitempty" example:"居住证到期了怎么续签？" doc:"1 to 5,000 characters; may be empty with a choice"`
		Session string  `json:"session,omitempty" maxLength:"64" doc:"a random id of the client's own: for half an hour after each question the next one is understood in its context. Whoever knows it continues the conversation"`
		Choice  *string `json:"choice,omitempty" maxLength:"200" doc:"in a session, instead of a text: the entry chosen from the options offered; empty: none of these"`
	}
}

func (s *Server) askRoutes() {
	register(s, operation{
		id: "ask", method: http.MethodPost, path: "/api/v1/ask", tag: "ask", status: http.StatusOK,
		summary: "Ask a question and get a reviewed answer, a choice, or neither",
	}, func(ctx context.Context, in *askInput) (*body[desk.AnswerBody], error) {
		d, err := s.desk.Ask(ctx, desk.Question{Text: in.Body.Text, Session: in.Body.Session, Choice: in.Body.Choice})
		if err != nil {
			return nil, err
		}
		s.metrics.decided(string(d.Kind))
		return respond(desk.NewAnswerBody(d), nil)
	})
	register(s, operation{
		id: "catalogue", method: http.MethodGet, path: "/api/v1/catalogue", tag: "ask", status: http.StatusOK,
		summary: "What forms offer to choose from",
	}, func(context.Context, *nothing) (*body[catalogueBody], error) {
		return respond(newCatalogue(s.desk.Catalogue()), nil)
	})
}

type catalogueBody struct {
	Kinds      []kindChoice   `json:"kinds"`
	Categories []choice       `json:"categories"`
	Districts  []choice       `json:"districts"`
	Library    []libraryCount `json:"library"`
}

type kindChoice struct {
	Code     channel.Kind     `json:"code" example:"consult"`
	Name     string           `json:"name" example:"咨询"`
	Identity channel.Identity `json:"identity" enum:"optional,anonymous,required" doc:"whether a name is welcome, not needed at all, or needed"`
	Hint     string           `json:"hint"`
	IDNumber bool             `json:"id_number" doc:"the number of the identity card is needed too"`
	Address  bool             `json:"address" doc:"an address is asked for"`
	Fields   []kindField      `json:"fields" doc:"asked for beside title and text, sent as fields"`
}

type kindField struct {
	Name     string            `json:"name" example:"description"`
	Label    string            `json:"label"`
	Hint     string            `json:"hint"`
	Type     channel.FieldType `json:"type" enum:"text,choice"`
	Required bool              `json:"required"`
	Max      int               `json:"max,omitempty" doc:"characters of a text"`
	Options  []choice          `json:"options" doc:"of a choice"`
}

func newKindChoice(k channel.Kind) kindChoice {
	p := k.Profile()
	return kindChoice{
		Code: k, Name: p.Name, Identity: p.Identity, Hint: p.Hint, IDNumber: p.IDNumber, Address: p.Address,
		Fields: list(p.Fields, func(f channel.Field) kindField {
			return kindField{
				Name: f.Name, Label: f.Label, Hint: f.Hint, Type: f.Type, Required: f.Required, Max: f.Max,
				Options: list(f.Options, func(o channel.Option) choice { return choice{Code: o.Value, Name: o.Name} }),
			}
		}),
	}
}

type choice struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type libraryCount struct {
	Category string `json:"category" example:"户籍"`
	Count    int    `json:"count" example:"24"`
}

func newCatalogue(c desk.Catalogue) catalogueBody {
	return catalogueBody{
		Kinds:      list(c.Kinds, newKindChoice),
		Categories: list(c.Categories, func(a assignment.Category) choice { return choice{Code: a.Code, Name: a.Name} }),
		Districts:  list(c.Districts, func(u assignment.Unit) choice { return choice{Code: u.District, Name: u.Name} }),
		Library:    list(c.Library, func(l desk.LibraryCategory) libraryCount { return libraryCount{Category: l.Name, Count: l.Count} }),
	}
}
