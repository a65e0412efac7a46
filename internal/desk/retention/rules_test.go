package retention_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk/retention"
)

func TestTheShippedRulesAreWhole(t *testing.T) {
	t.Parallel()
	r, err := retention.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Classes {
		if c.Certain && !strings.Contains(c.Basis, "法") {
			t.Errorf("%s names no law", c.ID)
		}
		if !c.Certain && !strings.Contains(c.Basis, "内部规定") {
			t.Errorf("%s is uncertain and does not say so", c.ID)
		}
	}
}

func TestRulesThatForgetSomethingAreRefused(t *testing.T) {
	t.Parallel()
	const whole = "version: 1\nclasses:\n"
	row := func(id, more string) string {
		return "  - {id: " + id + ", name: n, from: f, basis: b, " + more + "}\n"
	}
	for name, text := range map[string]string{
		"no version":       "classes: []\n",
		"nothing":          whole,
		"twice":            whole + row("jobs", "keep: {n: 1, unit: day}, does: delete") + row("jobs", "keep: {n: 1, unit: day}, does: delete"),
		"unknown":          whole + row("audit", "keep: {n: 1, unit: day}, does: delete"),
		"no period":        whole + row("jobs", "keep: {n: 1, unit: week}, does: delete"),
		"tickets deleted":  whole + row("tickets.x", "kinds: [consult], keep: {n: 1, unit: year}, does: delete"),
		"tickets at once":  whole + row("tickets.x", "kinds: [consult], keep: {n: 0, unit: day}, does: anonymise"),
		"nothing to do":    whole + row("jobs", "keep: {n: 1, unit: day}, does: forget"),
		"an unknown field": whole + row("jobs", "keep: {n: 1, unit: day}, does: delete, why: x"),
	} {
		if _, err := retention.ParseRules([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAPeriodFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	at := time.Date(2028, 2, 29, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		p    retention.Period
		want string
	}{{retention.Period{N: 200, Unit: "day"}, "2027-08-13"}, {retention.Period{N: 3, Unit: "year"}, "2025-03-01"}, {retention.Period{Unit: "day"}, "2028-02-29"}} {
		if got := test.p.Before(at).Format(time.DateOnly); got != test.want {
			t.Errorf("%s before: %s, want %s", test.p.Text(), got, test.want)
		}
	}
}
