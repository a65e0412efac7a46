package assignment_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

func TestTheVersionInForceWhenTheLetterCameDecides(t *testing.T) {
	t.Parallel()
	r := router(t)
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	r.Adopt([]assignment.Version{
		{Number: 2, From: march.AddDate(0, 1, 0), Rows: []assignment.Row{{Category: "traffic", Lead: "command"}}},
		{Number: 1, From: march, Rows: []assignment.Row{
			{Category: "traffic", Lead: "legal"},
			{Category: "traffic", District: "*", Lead: "@branch", Co: []string{"traffic"}},
			{Category: "traffic", District: "west", Lead: "patrol", Co: []string{"traffic", "branch-west"}},
		}},
	})
	for name, c := range map[string]struct {
		at             time.Time
		district, kind string
		category       string
		unit, rule, co string
	}{
		"before the first":      {march.Add(-time.Second), "west", "help", "traffic", "traffic", "catalogue-0/11", ""},
		"from its first moment": {march, "", "help", "traffic", "legal", "catalogue-1/1", ""},
		"any district":          {march, "east", "help", "traffic", "branch-east", "catalogue-1/2", "traffic"},
		"the closest row":       {march, "west", "help", "traffic", "patrol", "catalogue-1/3", "traffic branch-west"},
		"the next version":      {march.AddDate(0, 2, 0), "west", "help", "traffic", "command", "catalogue-2/1", ""},
		"not in it":             {march, "west", "help", "exit-entry", "exit-entry", "exit-entry", ""},
		"an error of the site":  {march, "west", "site_error", "traffic", "office-open", "website", ""},
	} {
		got := r.Route(request{Kind: c.kind, Category: c.category, District: c.district, Text: "请处理", At: c.at})
		if got.Unit != c.unit || got.Rule != c.rule || strings.Join(got.Co, " ") != c.co {
			t.Errorf("%s: got %+v, want %s by %s with %q", name, got, c.unit, c.rule, c.co)
		}
	}
	got := r.Route(request{Kind: "help", Category: "traffic", District: "west", At: march})
	if want := "派单目录第3条：类别“交管”，城西分局辖区；建议会办：交警支队、城西分局"; got.Reason != want {
		t.Errorf("reason %q, want %q", got.Reason, want)
	}
	got = r.Route(request{Kind: "report", Category: "traffic", District: "west", Text: "城西分局", At: march})
	if got.Unit != "patrol" || strings.Join(got.Co, " ") != "traffic" {
		t.Errorf("an avoided unit may have to help: %+v", got)
	}
}

func TestBadCataloguesAreRefused(t *testing.T) {
	t.Parallel()
	r := router(t)
	for text, code := range map[string]string{
		"rows: []": "catalogue.invalid",
		"rows: ]":  "catalogue.invalid",
		"rows: [{category: traffic, lead: traffic, colour: red}]":                                                "catalogue.invalid",
		"rows: [{category: mars, lead: traffic}]":                                                                "catalogue.unknown_category",
		"rows: [{category: traffic, lead: mars}]":                                                                "catalogue.unknown_unit",
		"rows: [{category: traffic}]":                                                                            "catalogue.unknown_unit",
		"rows: [{category: traffic, lead: '@branch'}]":                                                           "catalogue.unknown_unit",
		"rows: [{category: traffic, lead: traffic, co: [mars]}]":                                                 "catalogue.unknown_unit",
		"rows: [{category: traffic, lead: traffic, co: [traffic]}]":                                              "catalogue.doubled",
		"rows: [{category: traffic, lead: traffic, co: [legal, legal]}]":                                         "catalogue.doubled",
		"rows: [{category: traffic, district: mars, lead: traffic}]":                                             "catalogue.unknown_district",
		"rows: [{category: traffic, lead: traffic}, {category: traffic, lead: legal}]":                           "catalogue.doubled",
		"rows: [{category: dogs, district: '*', lead: '@branch'}, {category: dogs, district: '*', lead: legal}]": "catalogue.doubled",
	} {
		_, err := r.ParseCatalogue([]byte(text))
		if problem.KindOf(err) != problem.Invalid || !problem.HasCode(err, code) {
			t.Errorf("%s: %v, want %s", text, err, code)
		}
	}
}

func TestAComplaintAboutAnOfficerAvoidsTheirUnit(t *testing.T) {
	t.Parallel()
	r := router(t)
	r.KnowOfficers([]assignment.Officer{
		{ID: "u1", Name: "欧阳 明月", Unit: "branch-east"},
		{ID: "u2", Name: "高山", Unit: "inspection"},
		{ID: "u3", Name: "李", Unit: "legal"},
		{ID: "u4", Name: "司马局", Unit: "bureau"},
		{ID: "u5", Name: "高山", Unit: "traffic"},
	})
	for name, c := range map[string]struct {
		q          request
		unit, why  string
		avoid, not string
	}{
		"rank before":             {request{Kind: "complaint", Text: "民警欧阳明月推诿"}, "inspection", "officer", "branch-east station-east-1 user:u1", "user:u2"},
		"rank after":              {request{Kind: "complaint", Category: "traffic", Text: "那位欧阳明月（警官）骂人"}, "inspection", "officer", "user:u1", ""},
		"in its own field":        {request{Kind: "complaint", Names: []string{"欧阳明月"}}, "inspection", "officer", "branch-east user:u1", ""},
		"namesakes":               {request{Kind: "report", Category: "drugs", Text: "高山警官通风报信"}, "narcotics", "officer", "inspection traffic user:u2 user:u5", ""},
		"of who would look at it": {request{Kind: "complaint", Text: "民警高山不管"}, "petitions", "officer", "inspection user:u2", ""},
		"of the bureau itself":    {request{Kind: "complaint", Text: "警官司马局不管"}, "inspection", "officer", "user:u4", "bureau"},
		"only a word":             {request{Kind: "complaint", Category: "traffic", Text: "高山路口的灯坏了"}, "traffic", "", "", "user:u2"},
		"not a complaint":         {request{Kind: "praise", Category: "traffic", Text: "民警欧阳明月很好"}, "traffic", "", "", "user:u1"},
	} {
		got := r.Route(c.q)
		if got.Unit != c.unit || got.Why != c.why || slices.Contains(got.Avoid, c.not) {
			t.Errorf("%s: got %+v, want %s", name, got, c.unit)
		}
		for id := range strings.FieldsSeq(c.avoid) {
			if !slices.Contains(got.Avoid, id) {
				t.Errorf("%s: %s is not avoided: %v", name, id, got.Avoid)
			}
		}
		if strings.Contains(got.Reason, "欧阳") || strings.Contains(got.Reason, "高山") {
			t.Errorf("%s: the reason names somebody", name)
		}
	}
}
