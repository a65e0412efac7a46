package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// badly is a letter that was answered and rated worst.
func (h *house) badly(t *testing.T, force, handler, head string) (number, code string) {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "complaint", "category": "traffic", "title": "路灯不亮", "text": "中山路的路灯坏了。", "contact": map[string]string{"name": "韩梅梅", "phone": "13911110000"},
	}))
	a.want(t, http.StatusCreated, "")
	number, code = a.text(t, "number"), a.text(t, "query_code")
	h.answer(t, number, "已经报修。", force, handler, head)
	h.call(t, http.MethodPost, "/api/v1/letters/ratings", asJSON(t, map[string]any{"number": number, "query_code": code, "score": 1, "solved": false})).want(t, http.StatusOK, "")
	return number, code
}

// TestAppealsOverHTTP: another unit sees nothing, whoever appeals does not decide,
// what is late is refused with the date, and the citizen reads what came of it.
func TestAppealsOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	var later time.Duration
	h.Now = func() time.Time { return time.Now().Add(later) }
	force, handler, head, other := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"), "Bearer "+h.signIn(t, "linju")
	number, code := h.badly(t, force, handler, head)
	file := func(token string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/staff/appeals", asJSON(t, map[string]any{"ticket": number, "reason": "mistaken", "words": "来信人来电说点错了。"}), "Authorization", token)
	}
	file(other).want(t, http.StatusNotFound, "ticket.not_found")
	file(force).want(t, http.StatusForbidden, "appeal.denied")
	later = 30 * 24 * time.Hour
	late := file(head)
	late.want(t, http.StatusConflict, "appeal.late")
	if !strings.Contains(late.Body, "期限到20") {
		t.Errorf("it does not name the date: %s", late.Body)
	}
	later = 0
	filed := file(head)
	filed.want(t, http.StatusCreated, "")
	file(handler).want(t, http.StatusConflict, "appeal.twice")
	decide := func(token string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/staff/appeals/"+filed.text(t, "id")+"/decision", `{"version":1,"uphold":true,"words":"已核实。"}`, "Authorization", token)
	}
	decide(head).want(t, http.StatusForbidden, "appeal.denied")
	for token, may := range map[string]struct{ see, decide bool }{force: {true, true}, head: {true, false}, other: {}} {
		l := h.call(t, http.MethodGet, "/api/v1/staff/appeals", "", "Authorization", token)
		if strings.Contains(l.Body, number) != may.see || strings.Contains(l.Body, `"may_decide":true`) != may.decide {
			t.Errorf("the list: %s", l.Body)
		}
	}
	decided := decide(force)
	decided.want(t, http.StatusOK, "")
	for _, want := range []string{`"state":"upheld"`, `"struck":true`} {
		if !strings.Contains(decided.Body, want) {
			t.Errorf("decided: %s", decided.Body)
		}
	}
	view := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number, "", "Authorization", handler)
	if !strings.Contains(view.Body, "已核实") {
		t.Errorf("the unit does not see why: %s", view.Body)
	}
	if l := h.lookup(t, number, code); !strings.Contains(l.Body, "不计入满意度统计") || strings.Contains(l.Body, "已核实") {
		t.Errorf("the citizen reads %s", l.Body)
	}
}

// TestThePageOfCalls: the number of a telephone is shown for a reason alone, what
// was refused keeps what was typed, and the page is for whoever has to do with it.
func TestThePageOfCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	caller, unit, editor := h.cookie(t, "zhuanban"), h.cookie(t, "fuzeren"), h.cookie(t, "bianji")
	number, _ := h.badly(t, "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"))
	shows := func(a *answer, status int, has, lacks string) {
		t.Helper()
		if a.Status != status || !strings.Contains(a.Body, has) || strings.Contains(a.Body, lacks) {
			t.Errorf("%d, want %d with %q and without %q: %s", a.Status, status, has, lacks, a.Body)
		}
	}
	const phone = "13911110000"
	if a := h.browse(t, editor, http.MethodGet, "/staff/callbacks", nil); a.Status != http.StatusForbidden {
		t.Errorf("an editor: %d", a.Status)
	}
	shows(h.browse(t, unit, http.MethodGet, "/staff/callbacks", nil), http.StatusOK, "提出申诉", number)
	list := h.browse(t, caller, http.MethodGet, "/staff/callbacks", nil)
	shows(list, http.StatusOK, number, phone)
	_, rest, _ := strings.Cut(list.Body, `href="/staff/callbacks/`)
	id, _, _ := strings.Cut(rest, `"`)
	call := "/staff/callbacks/" + id
	if a := h.browse(t, unit, http.MethodGet, call, nil); a.Status != http.StatusForbidden {
		t.Errorf("the unit opens a call: %d", a.Status)
	}
	shows(h.browse(t, caller, http.MethodGet, call, nil), http.StatusOK, "很差，问题没有解决", phone)
	shows(h.browse(t, caller, http.MethodPost, call+"/contact", url.Values{"reason": {" "}}), http.StatusUnprocessableEntity, "没有办成", phone)
	shows(h.browse(t, caller, http.MethodPost, call+"/contact", url.Values{"reason": {"电话回访"}}), http.StatusOK, phone, "没有办成")
	if n := len(h.acts(t, "contact.reveal")); n != 1 {
		t.Errorf("%d looks are in the trail", n)
	}
	shows(h.browse(t, caller, http.MethodPost, call, url.Values{"version": {"1"}, "result": {"unwanted"}, "note": {"来信人不愿多说"}}), http.StatusUnprocessableEntity, "来信人不愿多说", phone)
	if a := h.browse(t, caller, http.MethodPost, call, url.Values{"version": {"1"}, "result": {"unwanted"}, "then": {"explain"}, "note": {"已经修好。"}}); a.Status != http.StatusSeeOther {
		t.Errorf("recorded: %d %s", a.Status, a.Body)
	}
	shows(h.browse(t, caller, http.MethodGet, call, nil), http.StatusOK, "已经办完", phone)
	appeal := url.Values{"ticket": {number}, "reason": {"mistaken"}, "words": {"来信人说点错了。"}}
	if a := h.browse(t, unit, http.MethodPost, "/staff/appeals", appeal); a.Status != http.StatusSeeOther {
		t.Errorf("appealed: %d %s", a.Status, a.Body)
	}
	shows(h.browse(t, unit, http.MethodPost, "/staff/appeals", appeal), http.StatusConflict, "来信人说点错了。</textarea>", phone)
	list = h.browse(t, caller, http.MethodGet, "/staff/callbacks", nil)
	shows(list, http.StatusOK, "来信人误选了评价档次", phone)
	_, rest, _ = strings.Cut(list.Body, `action="/staff/appeals/`)
	id, _, _ = strings.Cut(rest, `"`)
	decision := url.Values{"version": {"7"}, "uphold": {"0"}, "words": {"录音显示没有点错。"}}
	shows(h.browse(t, caller, http.MethodPost, "/staff/appeals/"+id, decision), http.StatusConflict, "录音显示没有点错。</textarea>", phone)
	decision.Set("version", "1")
	if a := h.browse(t, caller, http.MethodPost, "/staff/appeals/"+id, decision); a.Status != http.StatusSeeOther {
		t.Errorf("decided: %d %s", a.Status, a.Body)
	}
}
