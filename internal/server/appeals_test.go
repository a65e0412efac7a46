package server_test

import (
	"net/http"
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

// TestCallingBack: the number of a telephone is shown for a reason alone, and calls are
// for whoever makes them.
func TestCallingBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	number, _ := h.badly(t, "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"))
	const calls, phone = "/api/v1/staff/callbacks", "13911110000"
	list := h.asks(t, "zhuanban", http.MethodGet, calls, "")
	list.shows(t, "the list", 200, []string{number, `"cause":"bad_rating"`}, []string{phone})
	h.asks(t, "fuzeren", http.MethodGet, calls, "").want(t, http.StatusForbidden, "callback.denied")
	contact := "/api/v1/staff/tickets/" + number + "/contact"
	h.asks(t, "zhuanban", http.MethodPost, contact, `{"reason":" "}`).shows(t, "without a reason", 422, nil, []string{phone})
	h.asks(t, "zhuanban", http.MethodPost, contact, `{"reason":"电话回访"}`).shows(t, "whom to call", 200, []string{phone}, nil)
	if n := len(h.acts(t, "contact.reveal")); n != 1 {
		t.Errorf("%d looks are in the trail", n)
	}
	one := calls + "/" + list.callback(t, number) + "/calls"
	const unwanted = `{"version":1,"result":"unwanted","note":"已经修好。"`
	h.asks(t, "fuzeren", http.MethodPost, one, unwanted+`,"then":"explain"}`).want(t, http.StatusForbidden, "callback.denied")
	h.asks(t, "zhuanban", http.MethodPost, one, unwanted+`}`).shows(t, "not content, and nothing follows", 400, nil, nil)
	h.asks(t, "zhuanban", http.MethodPost, one, unwanted+`,"then":"explain"}`).want(t, http.StatusOK, "")
	h.asks(t, "zhuanban", http.MethodPost, one, unwanted+`,"then":"explain"}`).want(t, http.StatusConflict, "callback.stale")
}

// callback is the id of the bad rating's call-back of a ticket.
func (a *answer) callback(t *testing.T, number string) string {
	t.Helper()
	var l struct {
		Callbacks []struct{ ID, Ticket, Cause string }
	}
	a.into(t, &l)
	for _, c := range l.Callbacks {
		if c.Ticket == number && c.Cause == "bad_rating" {
			return c.ID
		}
	}
	t.Fatalf("no call-back of %s in %s", number, a.Body)
	return ""
}
