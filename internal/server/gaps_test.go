package server_test

import (
	"net/http"
	"net/url"
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
	page := h.browse(t, h.enter(t, "bianji"), http.MethodGet, "/staff/gaps?state=watched", nil)
	if page.Status != http.StatusOK || !strings.Contains(page.Body, "以来，2人问了3次") || !strings.Contains(page.Body, "平衡车能不能上路") {
		t.Errorf("the page: %d %s", page.Status, page.Body)
	}
	editor, unit := "Bearer "+h.signIn(t, "bianji"), "Bearer "+h.signIn(t, "jingban")
	found := h.call(t, http.MethodGet, "/api/v1/staff/gaps?state=watched", "", "Authorization", editor)
	found.want(t, http.StatusOK, "")
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

// gapPage makes a task of the traffic detachment of what ten people ask, and
// returns its page.
func (h *house) gapPage(t *testing.T, text string) string {
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
			return "/staff/gaps/" + g.ID
		}
	}
	t.Fatalf("no task of %q in %+v", text, found)
	return ""
}

// TestAGapIsDecidedOnItsPage: those who look after answers give it to a unit,
// decline it or merge it; others see neither the forms nor, of another unit, the page.
func TestAGapIsDecidedOnItsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	page := h.gapPage(t, "电动自行车刹车坏了能上路吗")
	other := h.gapPage(t, "孩子改姓需要什么手续")
	acts := []string{`value="assign"`, `value="decline"`, `value="merge"`}
	for login, sees := range map[string]bool{"zhuanban": true, "jingban": false} {
		a := h.browse(t, h.cookie(t, login), http.MethodGet, page, nil)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "10次、10人，自") || !strings.Contains(a.Body, "电动自行车刹车坏了能上路吗") || !strings.Contains(a.Body, "起草解读") {
			t.Errorf("%s: %d %s", login, a.Status, a.Body)
		}
		for _, act := range acts {
			if strings.Contains(a.Body, act) != sees {
				t.Errorf("%s is shown %s: %t", login, act, !sees)
			}
		}
	}
	decline := url.Values{"move": {"decline"}, "version": {"3"}, "reason": {"mixed"}, "words": {"不是同一件事。"}}
	for _, try := range []struct {
		who, method, path string
		form              url.Values
		status            int
	}{
		{"linju", http.MethodGet, page, nil, http.StatusNotFound},
		{"linju", http.MethodGet, page + "/draft", nil, http.StatusNotFound},
		{"linju", http.MethodPost, page, decline, http.StatusNotFound},
		{"linju", http.MethodPost, page + "/draft", url.Values{"version": {"2"}, "title": {"问"}, "body": {"答"}}, http.StatusNotFound},
		{"jingban", http.MethodPost, page, decline, http.StatusForbidden},
		{"lingdao", http.MethodGet, page + "/draft", nil, http.StatusForbidden},
	} {
		if a := h.browse(t, h.cookie(t, try.who), try.method, try.path, try.form); a.Status != try.status || strings.Contains(a.Body, `name="move" value="decline"`) {
			t.Errorf("%s %s %s: %d %s", try.who, try.method, try.path, a.Status, a.Body)
		}
	}
	keeper := h.cookie(t, "zhuanban")
	decline.Set("version", "1")
	a := h.browse(t, keeper, http.MethodPost, page, decline)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "刚刚有了变化") || !strings.Contains(a.Body, "不是同一件事。") || !strings.Contains(a.Body, `value="mixed" selected`) {
		t.Errorf("declined as it was before: %d %s", a.Status, a.Body)
	}
	assign := url.Values{"move": {"assign"}, "version": {"3"}, "unit": {"patrol"}}
	if a = h.browse(t, keeper, http.MethodPost, page, assign); a.Status != http.StatusSeeOther || a.Header.Get("Location") != page {
		t.Fatalf("assigned: %d %s", a.Status, a.Body)
	}
	if a = h.browse(t, h.cookie(t, "linju"), http.MethodGet, page, nil); a.Status != http.StatusOK || !strings.Contains(a.Body, "转给治巡支队") {
		t.Errorf("the unit it was given to: %d %s", a.Status, a.Body)
	}
	merge := url.Values{"move": {"merge"}, "version": {"4"}, "into": {strings.TrimPrefix(other, "/staff/gaps/")}}
	if a = h.browse(t, keeper, http.MethodPost, page, merge); a.Status != http.StatusSeeOther {
		t.Fatalf("merged: %d %s", a.Status, a.Body)
	}
	if a = h.browse(t, keeper, http.MethodGet, page, nil); !strings.Contains(a.Body, `href="`+other+`">另一个问题`) || strings.Contains(a.Body, `name="move"`) {
		t.Errorf("once merged: %s", a.Body)
	}
}

// TestAGapIsAnsweredOnItsPage: the entry begins with a released reply without what
// tells who got it; what was typed is not lost when somebody is still named in it.
func TestAGapIsAnsweredOnItsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	page, writer := h.gapPage(t, "电动自行车刹车坏了能上路吗"), h.cookie(t, "jingban")
	sent := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"consult","category":"traffic","title":"电动自行车刹车坏了能上路吗","text":"请问有什么规定。","contact":{"name":"李四","phone":"13800138001"}}`)
	sent.want(t, http.StatusCreated, "")
	number := sent.text(t, "number")
	if a := h.browse(t, writer, http.MethodGet, page+"/draft?ticket="+number, nil); a.Status != http.StatusNotFound || !strings.Contains(a.Body, `id="ticket-problem"`) || !strings.Contains(a.Body, number) {
		t.Errorf("a letter of which the unit knows nothing: %d %s", a.Status, a.Body)
	}
	force, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	h.walk(t, number, []step{
		{force, `"move":"dispatch","unit":"traffic"`},
		{handler, `"move":"sign"`},
		{handler, `"move":"draft","outcome":"explained","text":"李四先生（电话13800138001）：平衡车不得上路。"`},
		{handler, `"move":"submit","override":"只答复来信人本人。"`},
		{"Bearer " + h.signIn(t, "fuzeren"), passes},
		{force, passes},
		{force, `"move":"release"`},
	})
	check(t, h.GatherQuestions(t.Context()))
	if a := h.browse(t, writer, http.MethodGet, page, nil); !strings.Contains(a.Body, `<option value="`+number+`">`) {
		t.Errorf("the reply is not offered: %s", a.Body)
	}
	form := h.browse(t, writer, http.MethodGet, page+"/draft?ticket="+number, nil)
	if form.Status != http.StatusOK || strings.Contains(form.Body, "13800138001") || !strings.Contains(form.Body, "【电话号码】") || !strings.Contains(form.Body, "正文第") {
		t.Errorf("proposed: %d %s", form.Status, form.Body)
	}
	typed := url.Values{
		"version": {"1"}, "ticket": {number}, "title": {"平衡车可以上路吗？"}, "body": {"李四（电话13800138001）的平衡车不得上路。"}, "category": {"交管"}, "audience": {"both"},
		"variants": {"平衡车能上路吗\n骑平衡车罚款吗\n平衡车交警管吗\n平衡车算什么车\n平衡车能骑去上班吗"}, "basis": {"law-1 | 第十一条"}, "certainty": {"A"},
		"valid_from": {"2026-01-01"}, "review_by": {time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}, "reason": {"concern"},
	}
	for _, refused := range []struct {
		version string
		status  int
		tells   string
	}{{"1", http.StatusConflict, "刚刚有了变化"}, {"3", http.StatusUnprocessableEntity, "电话"}} {
		typed.Set("version", refused.version)
		a := h.browse(t, writer, http.MethodPost, page+"/draft", typed)
		if a.Status != refused.status || !strings.Contains(a.Body, refused.tells) || !strings.Contains(a.Body, "的平衡车不得上路。") || !strings.Contains(a.Body, "【电话号码】") || !strings.Contains(a.Body, `name="version" value="3"`) {
			t.Errorf("version %s: %d %s", refused.version, a.Status, a.Body)
		}
	}
	typed.Set("body", "平衡车不得在道路上骑行，只能在封闭的场地使用。")
	a := h.browse(t, writer, http.MethodPost, page+"/draft", typed)
	text := a.Header.Get("Location")
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(text, "/staff/reviews/") {
		t.Fatalf("drafted: %d %s", a.Status, a.Body)
	}
	if a = h.browse(t, writer, http.MethodGet, page, nil); !strings.Contains(a.Body, `href="`+text+`"`) || !strings.Contains(a.Body, "起草解读。") {
		t.Errorf("once drafted: %s", a.Body)
	}
	if a = h.browse(t, writer, http.MethodGet, page+"/draft", nil); a.Status != http.StatusSeeOther {
		t.Errorf("drafted twice: %d %s", a.Status, a.Body)
	}
}
