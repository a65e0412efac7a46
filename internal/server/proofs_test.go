package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestProofs: a reviewer is told where to look, and nothing personal is said
// again.
func TestProofs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	sent := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"report","title":"线索","text":"有人在巷口赌博。"}`)
	sent.want(t, http.StatusCreated, "")
	number := sent.text(t, "number")
	force, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	for name, c := range map[string]struct {
		as, body string
		status   int
		code     string
		holds    []string
	}{
		"nobody":      {"", `{"text":"好"}`, 401, "session.required", nil},
		"clean":       {handler, `{"text":"来信收悉，已安排民警核实。","public":true}`, 200, "", []string{`"blocked":false`, `"findings":[]`, `"lexicon":"20`}},
		"public":      {handler, `{"text":"请联系王丽华女士，电话13800138000。","public":true}`, 200, "", []string{`"blocked":true`, `"code":"person.name"`, `"from":3,"to":6`, "王**", "【电话号码】"}},
		"to one":      {handler, `{"text":"王丽华女士：电话13800138000已登记。"}`, 200, "", []string{`"blocked":false`, `"severity":"note"`, `"severity":"warn"`}},
		"refusal":     {handler, `{"text":"决定不予公开。","kind":"disclosure","outcome":"withheld"}`, 200, "", []string{`"blocked":true`, `"code":"remedy.missing"`}},
		"basis":       {handler, `{"text":"依据《婚姻法》处理。"}`, 200, "", []string{`"code":"law.over"`}},
		"hotline":     {handler, `{"text":"请拨打12389。","public":true}`, 200, "", []string{`"findings":[]`}},
		"calendar":    {handler, `{"text":"自2026年9月30日起3个工作日内，即2026年10月3日前答复。"}`, 200, "", []string{`"code":"date.term"`, "2026年10月10日"}},
		"a report's":  {force, `{"text":"举报人是该店员工王丽华先生。","number":"` + number + `"}`, 200, "", []string{`"code":"person.reporter"`, `"blocked":true`}},
		"not theirs":  {handler, `{"text":"好","number":"` + number + `"}`, 404, "ticket.not_found", nil},
		"no text":     {handler, `{"text":" "}`, 422, "proof.invalid", nil},
		"too long":    {handler, `{"text":"` + strings.Repeat("字", 5001) + `"}`, 422, "proof.invalid", nil},
		"kind":        {handler, `{"text":"好","kind":"x"}`, 422, "proof.invalid", nil},
		"outcome":     {handler, `{"text":"好","kind":"help","outcome":"withheld"}`, 422, "proof.invalid", nil},
		"wrong field": {handler, `{"text":"好","nunber":"x"}`, 422, "request.invalid", nil},
	} {
		a := h.call(t, http.MethodPost, "/api/v1/staff/proofs", c.body, "Authorization", c.as)
		a.want(t, c.status, c.code)
		for _, want := range c.holds {
			if !strings.Contains(a.Body, want) {
				t.Errorf("%s: %s is not in %s", name, want, a.Body)
			}
		}
		for _, never := range []string{"13800138000", "丽华"} {
			if strings.Contains(a.Body, never) {
				t.Errorf("%s: %s is said again in %s", name, never, a.Body)
			}
		}
	}
}
