package server

import (
	"context"
	"net/http"
	"slices"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
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

func (s *Server) textFieldRoutes() {
	register(s, operation{
		id: "text-fields", method: http.MethodGet, path: "/api/v1/staff/reviews/fields", tag: "reviews", status: http.StatusOK,
		summary: "What is published with a text of a kind, for its form", audience: staffOnly,
	}, func(_ context.Context, in *textFieldsInput) (*body[textFieldsBody], error) {
		return respond(textFields(s.desk.Catalogue(), in.Kind), nil)
	})
}

func textFields(c desk.Catalogue, k review.Kind) textFieldsBody {
	f := textFieldsBody{Fields: noticeFields(), Reason: "interest", Long: review.MaxBody}
	if k == review.Entry {
		f.Fields, f.Reason = entryFields(c), "concern"
	}
	for i := range f.Fields {
		one := &f.Fields[i]
		one.Label = nameIn(attributeNames(), one.Name)
		if one.Type == "" {
			one.Type = "select"
		} else {
			one.Options = []choice{}
		}
	}
	return f
}

func noticeFields() []textFieldBody {
	return []textFieldBody{
		{Name: "level", Options: []choice{{"ordinary", "普通"}, {"emergency", "紧急：在所有页面和新对话的最前面显示"}}},
		{Name: "from", Type: "datetime-local", Hint: "不填写的，发布后立即显示。"},
		{Name: "until", Type: "datetime-local", Hint: "紧急公告必须填写，最长三十天。"},
	}
}

func entryFields(c desk.Catalogue) []textFieldBody {
	categories := []choice{}
	for _, l := range c.Library {
		if o := (choice{l.Name, l.Name}); !slices.Contains(categories, o) {
			categories = append(categories, o)
		}
	}
	return []textFieldBody{
		{Name: "variants", Type: "lines", Hint: "群众会怎么问，一行一种，至少五种。"},
		{Name: "category", Options: categories},
		{Name: "audience", Options: []choice{{"both", "个人和企业"}, {"person", "个人"}, {"enterprise", "企业"}}},
		{Name: "keywords", Type: "lines", Hint: "选填，一行一个。"},
		{Name: "basis", Type: "lines", Hint: "一行一件：文件编号 | 条款。"},
		{Name: "certainty", Options: []choice{{"A", "A，已核对原文"}, {"B", "B，来自转述"}, {"C", "C，需要本地核实"}}},
		{Name: "local", Type: "lines", Hint: "选填，本地和通行做法不同的地方。"},
		{Name: "publish_at", Type: "datetime-local", Hint: "选填，定时发布；不填写的，发布后立即使用。"},
		{Name: "valid_from", Type: "date"},
		{Name: "valid_to", Type: "date", Hint: "选填。"},
		{Name: "review_by", Type: "date", Hint: "最迟在这一天复核。"},
		{Name: "item_conditions", Type: "lines", Hint: "选填，一行一项。"},
		{Name: "item_materials", Type: "lines", Hint: "选填，一行一项。"},
		{Name: "item_procedure", Type: "lines", Hint: "选填，一行一步。"},
		{Name: "item_time_limit", Type: "text", Hint: "选填。"},
		{Name: "item_fee", Type: "text", Hint: "选填。"},
	}
}
