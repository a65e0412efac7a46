package desk_test

import (
	"strings"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

const otherCatalogue = "rows: [{category: traffic, lead: legal, co: [traffic]}]"

func TestANewCatalogueDecidesFromItsDate(t *testing.T) {
	t.Parallel()
	h := open(t)
	day := h.now().AddDate(0, 0, 7)
	_, err := h.ImportCatalogue(t.Context(), []byte(otherCatalogue), day)
	must(t, err)
	for name, c := range map[string]struct {
		text string
		day  time.Time
		code string
	}{
		"unknown unit":    {"rows: [{category: traffic, lead: mars}]", day.AddDate(0, 0, 1), "catalogue.unknown_unit"},
		"the same date":   {otherCatalogue, day, "catalogue.from"},
		"an earlier date": {otherCatalogue, day.AddDate(0, 0, -1), "catalogue.from"},
		"a past date":     {otherCatalogue, h.now().AddDate(0, 0, -1), "catalogue.past"},
	} {
		if _, err := h.ImportCatalogue(t.Context(), []byte(c.text), c.day); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	must(t, h.LearnOrganisation(t.Context()))
	unit := func() (string, string) {
		l := letter()
		l.Kind = "help"
		receipt, err := h.Open(t.Context(), desk.Opening{Letter: l})
		must(t, err)
		v, err := h.Ticket(t.Context(), h.taskForce("tf"), receipt.Number)
		must(t, err)
		return v.Ticket.Lead, v.Events[0].Note
	}
	if got, note := unit(); got != "traffic" || !strings.HasPrefix(note, "派单目录第11条") {
		t.Errorf("before its date: %s, %s", got, note)
	}
	h.pass(7 * 24 * time.Hour)
	if got, note := unit(); got != "legal" || !strings.Contains(note, "派单目录第1条：类别“交管”；建议会办：交警支队") {
		t.Errorf("from its date on: %s, %s", got, note)
	}
	imports := 0
	for lane := range audit.Lanes {
		acts, err := h.store.AuditLane(t.Context(), lane)
		must(t, err)
		for _, a := range acts {
			if a.Action == "catalogue.import" {
				imports++
			}
		}
	}
	if imports != 1 {
		t.Errorf("%d imports in the audit trail, want the one that succeeded", imports)
	}
}
