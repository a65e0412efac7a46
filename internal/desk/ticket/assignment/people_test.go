package assignment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

func begin() time.Time { return time.Date(2026, 6, 8, 0, 0, 0, 0, time.UTC) }

func hour(n int) time.Time { return begin().Add(time.Duration(n) * time.Hour) }

func directory(t *testing.T) assignment.Directory {
	t.Helper()
	return assignment.Directory{
		Tree: tree(t),
		People: []assignment.Person{
			{ID: "tf1", Unit: "mailbox", Roles: []string{"taskforce"}},
			{ID: "tf2", Unit: "mailbox", Roles: []string{"taskforce"}},
			{ID: "boss", Unit: "bureau", Roles: []string{"leader"}},
			{ID: "east-head", Unit: "branch-east", Roles: []string{"head"}},
			{ID: "east-1", Unit: "branch-east", Roles: []string{"handler"}},
			{ID: "s1", Unit: "station-east-1", Roles: []string{"handler"}},
			{ID: "s2", Unit: "station-east-1", Roles: []string{"handler"}},
		},
		Posts: []assignment.Post{{ID: "duty", Unit: "mailbox", Name: "值班岗", Role: "taskforce"}, {ID: "chief", Unit: "station-east-1", Name: "所长", Role: "head"}},
		Terms: []assignment.Term{
			{ID: "1", Kind: assignment.Holding, Post: "duty", User: "tf1", From: hour(0)},
			{ID: "2", Kind: assignment.Shift, Post: "duty", User: "tf2", From: hour(8), Until: hour(16)},
			{ID: "3", Kind: assignment.Shift, Unit: "station-east-1", User: "s2", From: hour(8), Until: hour(16)},
			{ID: "4", Kind: assignment.Shift, Unit: "station-east-1", User: "s1", From: hour(20), Until: hour(24)},
			{ID: "5", Kind: assignment.Standing, User: "s2", Deputy: "s1", From: hour(10), Until: hour(12), Reason: "外出"},
			{ID: "6", Kind: assignment.Standing, User: "s1", Deputy: "east-1", From: hour(11), Until: hour(13), Reason: "外出"},
		},
	}
}

func TestWhoIsTold(t *testing.T) {
	t.Parallel()
	d := directory(t)
	for name, c := range map[string]struct {
		to, unit string
		at       int
		avoid    string
		want     string // user, or deputy<user
	}{
		"on duty":                          {"handler", "station-east-1", 9, "", "s2"},
		"nobody on duty":                   {"handler", "station-east-1", 17, "", "s1 s2"},
		"away: the deputy":                 {"handler", "station-east-1", 10, "", "s1<s2"},
		"the deputy is away too":           {"handler", "station-east-1", 11, "", "east-1<s2"},
		"end of a shift is not in it":      {"handler", "station-east-1", 16, "", "s1 s2"},
		"the unit above":                   {"handler", "station-east-2", 9, "", "east-1"},
		"its head":                         {"head", "station-east-2", 9, "", "east-head"},
		"a unit without anybody":           {"handler", "narcotics", 9, "", "boss"},
		"task force by duty":               {"taskforce", "", 9, "", "tf2"},
		"task force by post":               {"taskforce", "", 17, "", "tf1"},
		"leader":                           {"leader", "traffic", 9, "", "boss"},
		"a post on duty":                   {"post:duty", "", 9, "", "tf2"},
		"a post held":                      {"post:duty", "", 17, "", "tf1"},
		"a post nobody holds":              {"post:chief", "", 17, "", "east-head"},
		"no such post":                     {"post:mars", "station-east-1", 17, "", "east-head"},
		"no such unit":                     {"handler", "mars", 9, "", "tf2"},
		"an avoided unit":                  {"handler", "station-east-1", 9, "station-east-1", "east-1"},
		"the branch above it too":          {"handler", "station-east-1", 9, "branch-east", "boss"},
		"an avoided person":                {"handler", "station-east-1", 17, "user:s1", "s2"},
		"the task force itself":            {"taskforce", "", 9, "mailbox", "boss"},
		"everybody but one who may screen": {"leader", "", 9, "mailbox user:boss", "east-head"},
	} {
		var got []string
		for _, r := range d.Resolve(c.to, c.unit, hour(c.at), strings.Fields(c.avoid)...) {
			if r.Reason == "" {
				t.Errorf("%s: no reason for %s", name, r.User)
			}
			if r.For != "" {
				r.User += "<" + r.For
			}
			got = append(got, r.User)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

// TestItNeverStopsSilently asks for anybody at any time while only one leader is
// left who is free of the matter.
func TestItNeverStopsSilently(t *testing.T) {
	t.Parallel()
	d := directory(t)
	units := append(d.Tree.Units(), assignment.Unit{ID: "mars"})
	rapid.Check(t, func(t *rapid.T) {
		to := rapid.SampledFrom([]string{"handler", "head", "taskforce", "leader", "post:duty", "post:chief", "post:mars", "mars"}).Draw(t, "to")
		unit := rapid.SampledFrom(units).Draw(t, "unit").ID
		var avoid []string
		for _, u := range rapid.SliceOfN(rapid.SampledFrom(d.Tree.Units()[1:]), 0, 30).Draw(t, "avoid") {
			avoid = append(avoid, u.ID)
		}
		for _, p := range rapid.SliceOfN(rapid.SampledFrom(d.People), 0, 5).Draw(t, "persons") {
			if p.ID != "boss" {
				avoid = append(avoid, assignment.AboutUser(p.ID))
			}
		}
		found := d.Resolve(to, unit, hour(rapid.IntRange(-2, 30).Draw(t, "at")), avoid...)
		if len(found) == 0 {
			t.Fatal("nobody is told")
		}
		for _, r := range found {
			p, _ := d.Person(r.User)
			for _, id := range avoid {
				if id == assignment.AboutUser(p.ID) || strings.Contains("/"+d.Tree.Path(p.Unit)+"/", "/"+id+"/") {
					t.Fatalf("%s is told, and is avoided", p.ID)
				}
			}
		}
	})
}

func TestTermsAreChecked(t *testing.T) {
	t.Parallel()
	type term = assignment.Term
	for name, c := range map[string]struct {
		t    term
		code string
	}{
		"fine shift":              {term{Kind: assignment.Shift, Post: "duty", User: "tf2", From: hour(16), Until: hour(20)}, ""},
		"fine holder":             {term{Kind: assignment.Holding, Post: "chief", User: "east-head", From: hour(0)}, ""},
		"fine deputy":             {term{Kind: assignment.Standing, User: "s1", Deputy: "s2", From: hour(13), Until: hour(14), Reason: "培训"}, ""},
		"ends before it begins":   {term{Kind: assignment.Shift, Post: "duty", User: "tf2", From: hour(9), Until: hour(9)}, "term.dates"},
		"open shift":              {term{Kind: assignment.Shift, Post: "duty", User: "tf2", From: hour(20)}, "term.dates"},
		"unknown user":            {term{Kind: assignment.Shift, Post: "duty", User: "mars", From: hour(0), Until: hour(1)}, "term.unknown_user"},
		"unknown post":            {term{Kind: assignment.Holding, Post: "mars", User: "tf2", From: hour(0)}, "term.unknown_post"},
		"unknown unit":            {term{Kind: assignment.Shift, Unit: "mars", User: "tf2", From: hour(0), Until: hour(1)}, "term.unknown_unit"},
		"post and unit":           {term{Kind: assignment.Shift, Post: "duty", Unit: "mailbox", User: "tf2", From: hour(0), Until: hour(1)}, "duty.target"},
		"on duty in two places":   {term{Kind: assignment.Shift, Unit: "mailbox", User: "tf2", From: hour(15), Until: hour(17)}, "duty.overlap"},
		"holder of a unit below":  {term{Kind: assignment.Holding, Post: "chief", User: "tf2", From: hour(0)}, "holder.unit"},
		"holds it already":        {term{Kind: assignment.Holding, Post: "duty", User: "tf1", From: hour(5)}, "holder.overlap"},
		"deputy of oneself":       {term{Kind: assignment.Standing, User: "s1", Deputy: "s1", From: hour(0), Until: hour(1), Reason: "x"}, "deputy.self"},
		"deputy of another unit":  {term{Kind: assignment.Standing, User: "s1", Deputy: "tf1", From: hour(0), Until: hour(1), Reason: "x"}, "deputy.unit"},
		"deputy from below":       {term{Kind: assignment.Standing, User: "east-1", Deputy: "s1", From: hour(0), Until: hour(1), Reason: "x"}, "deputy.unit"},
		"deputy without a reason": {term{Kind: assignment.Standing, User: "s1", Deputy: "s2", From: hour(13), Until: hour(14), Reason: " "}, "deputy.reason"},
		"two deputies":            {term{Kind: assignment.Standing, User: "s2", Deputy: "east-1", From: hour(11), Until: hour(14), Reason: "x"}, "deputy.overlap"},
		"circle":                  {term{Kind: assignment.Standing, User: "s1", Deputy: "s2", From: hour(9), Until: hour(11), Reason: "x"}, "deputy.circle"},
	} {
		d := directory(t)
		err := d.CheckTerm(c.t)
		if (c.code == "") != (err == nil) || c.code != "" && !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestPostsAreChecked(t *testing.T) {
	t.Parallel()
	d := directory(t)
	for code, p := range map[string]assignment.Post{
		"post.id": {ID: "a b", Unit: "legal", Role: "head"}, "post.taken": {ID: "duty", Unit: "legal", Role: "head"},
		"post.unknown_unit": {ID: "x", Unit: "mars", Role: "head"}, "post.role": {ID: "x", Unit: "legal", Role: "admin"},
	} {
		if err := d.CheckPost(p); !problem.HasCode(err, code) {
			t.Errorf("%+v: %v, want %s", p, err, code)
		}
	}
	if err := d.CheckPost(assignment.Post{ID: "x", Unit: "legal", Role: "head"}); err != nil {
		t.Error(err)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	d := directory(t)
	var got []string
	for _, g := range d.Gaps(hour(0), hour(22)) {
		got = append(got, fmt.Sprintf("%s %v-%v", g.Target, g.From.Sub(begin()).Hours(), g.Until.Sub(begin()).Hours()))
	}
	want := "post:duty 0-8, post:duty 16-22, station-east-1 0-8, station-east-1 16-20"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if gaps := d.Gaps(hour(9), hour(15)); len(gaps) > 0 {
		t.Errorf("covered, yet %v", gaps)
	}
}
