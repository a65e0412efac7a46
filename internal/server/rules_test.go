package server_test

import (
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/desk"
)

// TestRulesAreReadAndTried: whoever plans or watches reads what is decided by, and
// sees what would become of a letter, which leaves no trace.
func TestRulesAreReadAndTried(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	const path = "/api/v1/staff/rules"
	const letter = `{"kind":"complaint","district":"east","title":"交警打人","text":"交警支队的民警执法时把老人打伤了，我电话13911112222。"}`
	tokens := map[string]string{}
	for _, login := range []string{"zhuanban", "lingdao", "fuzeren", "jingban", "bianji", "admin"} {
		tokens[login] = "Bearer " + h.signIn(t, login)
	}
	for _, login := range []string{"jingban", "bianji"} {
		h.call(t, http.MethodGet, path, "", "Authorization", tokens[login]).want(t, http.StatusForbidden, "rules.denied")
		h.call(t, http.MethodPost, path+"/trial", letter, "Authorization", tokens[login]).want(t, http.StatusForbidden, "rules.denied")
	}
	var rules struct {
		Routing   struct{ Rules []struct{ ID, Unit string } }
		Deadlines struct {
			Hours string
			Rules []struct{ ID, Budget, Basis string }
		}
		Signals *struct{ Entries []struct{ ID string } }
	}
	h.call(t, http.MethodGet, path, "", "Authorization", tokens["admin"]).into(t, &rules)
	if len(rules.Routing.Rules) == 0 || rules.Deadlines.Rules[0].Budget != "5个工作日" || rules.Deadlines.Hours != "09:00—12:00、14:00—17:30" {
		t.Errorf("%+v", rules)
	}
	if rules.Signals != nil {
		t.Error("whoever sees no signals reads what they are found by")
	}

	before := len(h.acts(t, ""))
	got := h.call(t, http.MethodPost, path+"/trial", letter, "Authorization", tokens["zhuanban"])
	got.want(t, http.StatusOK, "")
	var trial struct {
		Unit, Rule, Reason string
		Avoid              []string
		Clocks             []struct{ Purpose, Owner string }
		Signals            []struct{ Passage, Owner, Level string }
	}
	got.into(t, &trial)
	if trial.Rule != "avoidance" || len(trial.Avoid) == 0 || !strings.Contains(trial.Reason, "回避") {
		t.Errorf("a complaint about a unit: %s", got.Body)
	}
	if len(trial.Clocks) == 0 || trial.Clocks[0].Purpose == "" || len(trial.Signals) == 0 || trial.Signals[0].Owner == trial.Avoid[0] {
		t.Errorf("clocks and signals: %s", got.Body)
	}
	if strings.Contains(got.Body, "13911112222") {
		t.Errorf("personal data comes back: %s", got.Body)
	}
	if admin := h.call(t, http.MethodPost, path+"/trial", letter, "Authorization", tokens["admin"]); !strings.Contains(admin.Body, `"signals":[]`) {
		t.Errorf("whoever sees no signals is told of one: %s", admin.Body)
	}
	for body, want := range map[string]string{
		`{"kind":"help","title":"","text":"x"}`:                     "rules.letter",
		`{"kind":"opinion","title":"a","text":"x"}`:                 "rules.letter",
		`{"kind":"help","title":"a","text":"x","category":"moon"}`:  "rules.letter",
		`{"kind":"help","title":"a","text":"x","channel":"pigeon"}`: "rules.letter",
	} {
		h.call(t, http.MethodPost, path+"/trial", body, "Authorization", tokens["zhuanban"]).want(t, http.StatusUnprocessableEntity, want)
	}
	page, err := h.Tickets(t.Context(), desk.Actor{ID: "x", Scope: "*", Reports: true}, desk.Filter{Limit: 1})
	check(t, err)
	if len(page.Tickets) != 0 || len(h.acts(t, "")) != before || strings.Contains(h.log.String(), "老人") {
		t.Error("a trial leaves a trace")
	}
}
