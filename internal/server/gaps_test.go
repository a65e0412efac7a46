package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
)

// TestGapsOverHTTP: what people ask is read by who looks after answers, on the
// page and over the API, and by nobody of a unit it is no task of.
func TestGapsOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, session := range []string{"a", "b", "a"} {
		h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"平衡车能不能上路","session":"`+session+`"}`).want(t, http.StatusOK, "")
	}
	check(t, h.GatherQuestions(t.Context()))
	editor, unit := "Bearer "+h.signIn(t, "bianji"), "Bearer "+h.signIn(t, "jingban")
	found := h.call(t, http.MethodGet, "/api/v1/staff/gaps?state=watched", "", "Authorization", editor)
	found.want(t, http.StatusOK, "")
	if !strings.Contains(found.Body, `"times":3,"people":2`) || !strings.Contains(found.Body, "平衡车能不能上路") {
		t.Errorf("what is asked: %s", found.Body)
	}
	one := "/api/v1/staff/gaps/" + regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(found.Body)[1]
	for _, c := range []struct {
		method, path, body, who string
		status                  int
		code                    string
	}{
		{http.MethodGet, one, "", unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodGet, one + "/draft", "", unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, unit, http.StatusNotFound, "gap.not_found"},
		{http.MethodGet, one + "/draft", "", editor, http.StatusForbidden, "gap.denied"},
		{http.MethodPost, one + "/moves", `{"version":7,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, editor, http.StatusConflict, "gap.stale"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"nothing","words":"不是同一件事。"}`, editor, http.StatusUnprocessableEntity, "gap.invalid"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"assign","unit":"traffic"}`, editor, http.StatusConflict, "gap.state"},
		{http.MethodPost, one + "/moves", `{"version":1,"move":"decline","reason":"mixed","words":"不是同一件事。"}`, editor, http.StatusOK, ""},
		{http.MethodGet, "/api/v1/staff/gaps/nothing", "", editor, http.StatusNotFound, "gap.not_found"},
	} {
		h.call(t, c.method, c.path, c.body, "Authorization", c.who).want(t, c.status, c.code)
	}
}

// gapAsked makes a task of the traffic detachment of what ten people ask, and
// returns where it is.
func (h *house) gapAsked(t *testing.T, text string) string {
	t.Helper()
	for i := range 10 {
		h.call(t, http.MethodPost, "/api/v1/ask", asJSON(t, map[string]string{"text": text, "session": text + string(rune('a'+i))})).want(t, http.StatusOK, "")
	}
	check(t, h.GatherQuestions(t.Context()))
	keeper := desk.Actor{ID: "keeper", Scope: "*", Drafts: "*"}
	found, err := h.GapList(t.Context(), keeper, desk.GapFilter{State: gap.Open, Limit: 50})
	check(t, err)
	for _, g := range found {
		if g.Wordings[0] == text {
			_, err := h.MoveGap(t.Context(), keeper, g.ID, desk.GapCommand{Move: desk.AssignGap, Version: g.Version, Unit: "traffic"})
			check(t, err)
			return "/api/v1/staff/gaps/" + g.ID
		}
	}
	t.Fatalf("no task of %q in %+v", text, found)
	return ""
}

// TestAGapIsDecided: those who look after answers give it to a unit or merge it;
// others may not, and of another unit's they know nothing.
func TestAGapIsDecided(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	one := h.gapAsked(t, "电动自行车刹车坏了能上路吗")
	other := h.gapAsked(t, "孩子改姓需要什么手续")
	for login, moves := range map[string]string{"zhuanban": `"moves":["assign","decline","merge","draft"]`, "jingban": `"moves":["draft"]`} {
		if a := h.asks(t, login, http.MethodGet, one, ""); a.Status != http.StatusOK || !strings.Contains(a.Body, moves) || !strings.Contains(a.Body, `"times":10,"people":10`) {
			t.Errorf("%s: %d %s", login, a.Status, a.Body)
		}
	}
	const decline = `{"move":"decline","version":3,"reason":"mixed","words":"不是同一件事。"}`
	const draft = `{"version":2,"content":{"title":"问","body":"答","decision":"full","reason":"concern"}}`
	for _, try := range []struct {
		who, method, path, body string
		status                  int
		code                    string
	}{
		{"linju", http.MethodGet, one, "", http.StatusNotFound, "gap.not_found"},
		{"linju", http.MethodGet, one + "/draft", "", http.StatusNotFound, "gap.not_found"},
		{"linju", http.MethodPost, one + "/moves", decline, http.StatusNotFound, "gap.not_found"},
		{"linju", http.MethodPost, one + "/draft", draft, http.StatusNotFound, "gap.not_found"},
		{"jingban", http.MethodPost, one + "/moves", decline, http.StatusForbidden, "gap.denied"},
		{"lingdao", http.MethodGet, one + "/draft", "", http.StatusForbidden, "gap.denied"},
		{"zhuanban", http.MethodPost, one + "/moves", strings.Replace(decline, `"version":3`, `"version":1`, 1), http.StatusConflict, "gap.stale"},
		{"zhuanban", http.MethodPost, one + "/moves", `{"move":"assign","version":3,"unit":"patrol"}`, http.StatusOK, ""},
		{"linju", http.MethodGet, one, "", http.StatusOK, ""},
		{"zhuanban", http.MethodPost, one + "/moves", asJSON(t, map[string]any{"move": "merge", "version": 4, "into": strings.TrimPrefix(other, "/api/v1/staff/gaps/")}), http.StatusOK, ""},
	} {
		h.asks(t, try.who, try.method, try.path, try.body).want(t, try.status, try.code)
	}
	if a := h.asks(t, "zhuanban", http.MethodGet, one, ""); !strings.Contains(a.Body, `"state":"merged"`) || !strings.Contains(a.Body, `"moves":[]`) {
		t.Errorf("once merged: %s", a.Body)
	}
}

// TestAGapIsAnswered: the entry begins with a released reply without what tells who
// got it, and is refused while somebody is still named in it.
func TestAGapIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	one := h.gapAsked(t, "电动自行车刹车坏了能上路吗")
	sent := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"consult","category":"traffic","title":"电动自行车刹车坏了能上路吗","text":"请问有什么规定。","contact":{"name":"李四","phone":"13800138001"}}`)
	sent.want(t, http.StatusCreated, "")
	number := sent.text(t, "number")
	h.asks(t, "jingban", http.MethodGet, one+"/draft?ticket="+number, "").want(t, http.StatusNotFound, "ticket.not_found") // nothing the unit knows of
	h.answer(t, number, "李四先生（电话13800138001）：平衡车不得上路。", "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"))
	check(t, h.GatherQuestions(t.Context()))
	proposed := h.asks(t, "jingban", http.MethodGet, one+"/draft?ticket="+number, "")
	if proposed.Status != http.StatusOK || strings.Contains(proposed.Body, `"body":"李四`) || !strings.Contains(proposed.Body, "【电话号码】") || !strings.Contains(proposed.Body, `"field":"body"`) {
		t.Errorf("proposed: %d %s", proposed.Status, proposed.Body)
	}
	draft := func(version int, body string) *answer {
		attributes := []map[string]string{
			{"name": "category", "value": "交管"},
			{"name": "audience", "value": "both"},
			{"name": "basis", "value": "law-1 | 第十一条"},
			{"name": "certainty", "value": "A"},
			{"name": "variants", "value": "平衡车能上路吗\n骑平衡车罚款吗\n平衡车交警管吗\n平衡车算什么车\n平衡车能骑去上班吗"},
			{"name": "valid_from", "value": "2026-01-01"},
			{"name": "review_by", "value": time.Now().AddDate(1, 0, 0).Format(time.DateOnly)},
		}
		return h.asks(t, "jingban", http.MethodPost, one+"/draft", asJSON(t, map[string]any{"version": version, "ticket": number, "content": map[string]any{
			"title": "平衡车可以上路吗？", "body": body, "attributes": attributes, "decision": "full", "reason": "concern",
		}}))
	}
	draft(1, "平衡车不得上路。").want(t, http.StatusConflict, "gap.stale")
	if a := draft(3, "李四（电话13800138001）的平衡车不得上路。"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "手机号码") || strings.Contains(a.Body, "13800138001") {
		t.Errorf("somebody is named: %d %s", a.Status, a.Body)
	}
	draft(3, "平衡车不得在道路上骑行，只能在封闭的场地使用。").want(t, http.StatusCreated, "")
	if a := h.asks(t, "jingban", http.MethodGet, one, ""); !strings.Contains(a.Body, `"state":"drafted"`) || strings.Contains(a.Body, `"draft"`) {
		t.Errorf("once drafted: %s", a.Body)
	}
}
