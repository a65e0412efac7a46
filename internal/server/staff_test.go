package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jiesu/internal/desk"
)

const html = "text/html"

// own is the password accounts of these tests choose for themselves.
const own = "four words in a row"

// browse sends a form, or gets a page, as a browser with a session would.
func (h *house) browse(t *testing.T, cookie, method, path string, fields url.Values, header ...string) *answer {
	t.Helper()
	header = append([]string{"Accept", html, "Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"}, header...)
	return h.call(t, method, path, fields.Encode(), header...)
}

// enter signs an account in on the page, with a password of its own.
func (h *house) enter(t *testing.T, login string) (cookie string) {
	t.Helper()
	first := h.password(t, login)
	_, u, err := h.staff.SignIn(t.Context(), login, first)
	check(t, err)
	check(t, h.staff.ChangePassword(t.Context(), u, first, own))
	h.passwords[login] = own
	return h.signInPage(t, login, own)
}

func (h *house) signInPage(t *testing.T, login, password string) (cookie string) {
	t.Helper()
	a := h.browse(t, "", http.MethodPost, "/staff/sign-in", url.Values{"login": {login}, "password": {password}})
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/staff" {
		t.Fatalf("signing in: %d %s", a.Status, a.Body)
	}
	set := a.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("the session's cookie lacks %s: %s", want, set)
		}
	}
	cookie, _, _ = strings.Cut(set, ";")
	return cookie
}

func TestStaffPagesAndRoutesByRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const yes, no = true, false
	roles := []string{"zhuanban", "guanli", "bianji", "lingdao", "jingban"} // task force, admin, editor, leader, handler
	for _, r := range []struct {
		method, path, body string
		allowed            []bool
	}{
		{http.MethodPost, "/api/v1/staff/explain", `{"text":"身份证丢了"}`, []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/api/v1/staff/labels", "", []bool{yes, yes, yes, no, no}},
		{http.MethodPost, "/api/v1/staff/labels", `{"question":"身份证丢了","entry":"idcard-lost"}`, []bool{yes, yes, yes, no, yes}},
		{http.MethodPost, "/api/v1/staff/labels/x/decision", `{"version":1,"state":"rejected"}`, []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/api/v1/staff/answers", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/api/v1/staff/answers/table.csv", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/api/v1/staff/tickets", "", []bool{yes, no, no, yes, yes}},
		{http.MethodGet, "/api/v1/staff/unsealings", "", []bool{yes, no, no, yes, yes}},
		{http.MethodPost, "/api/v1/staff/tickets/x/unsealings", `{"reason":"核实"}`, []bool{yes, no, no, no, yes}},
		{http.MethodPost, "/api/v1/staff/tickets/x/unsealings/y/decision", `{"approve":true,"reason":"同意"}`, []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/api/v1/staff/proofs", `{"text":"来信收悉。"}`, []bool{yes, yes, yes, yes, yes}},
		{http.MethodGet, "/api/v1/staff/supervision", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/supervision/tickets", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/supervision/ledger.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/circulars/2026-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/circulars/2026-10/table.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/scores/2026-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/appeals", "", []bool{yes, no, no, yes, yes}},
		{http.MethodPost, "/api/v1/staff/appeals", `{"ticket":"x","reason":"mistaken","words":"点错了。"}`, []bool{no, no, no, no, yes}},
		{http.MethodPost, "/api/v1/staff/appeals/x/decision", `{"version":1,"uphold":true,"words":"属实。"}`, []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/callbacks", "", []bool{yes, no, no, no, no}},
		{http.MethodPost, "/api/v1/staff/callbacks/x/calls", `{"version":1,"result":"no_answer"}`, []bool{yes, no, no, no, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-10", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-10/tickets?figure=received", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025-Q3/recount", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025/table.csv", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/reports/2025/table.xlsx", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/api/v1/staff/health", "", []bool{yes, yes, no, no, no}},
		{http.MethodGet, "/staff", "", []bool{yes, yes, yes, yes, yes}},
		{http.MethodGet, "/staff/explain", "", []bool{yes, yes, yes, no, no}},
		{http.MethodPost, "/staff/explain", "text=身份证丢了", []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/staff/labels", "", []bool{yes, yes, yes, no, no}},
		{http.MethodPost, "/staff/labels", "question=身份证丢了&entry=none", []bool{yes, yes, yes, no, yes}},
		{http.MethodPost, "/staff/labels/x", "action=reject&version=1", []bool{yes, yes, yes, no, no}},
		{http.MethodGet, "/staff/answers", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/staff/answers.csv", "", []bool{yes, yes, yes, yes, no}},
		{http.MethodGet, "/staff/supervision", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/staff/supervision?aspect=red&unit=traffic", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/staff/scores", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/staff/reports?period=2025", "", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/staff/reviews/new?kind=notice", "", []bool{yes, no, yes, no, yes}},
		{http.MethodGet, "/api/v1/staff/library/export", "", []bool{yes, no, yes, yes, yes}},
		{http.MethodPost, "/api/v1/staff/library/import", "id: a", []bool{yes, no, yes, no, yes}},
		{http.MethodGet, "/staff/library", "", []bool{yes, no, yes, yes, yes}},
		{http.MethodGet, "/staff/library/idcard-lost", "", []bool{yes, no, yes, yes, yes}},
		{http.MethodPost, "/staff/library/idcard-lost", "act=given&version=3", []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/staff/library/idcard-lost", "act=withdraw&version=3&sure=1", []bool{yes, no, no, yes, no}},
		{http.MethodPost, "/staff/library/idcard-lost", "act=document&document=law-1&sure=1", []bool{yes, no, no, yes, no}},
		{http.MethodGet, "/staff/password", "", []bool{yes, yes, yes, yes, yes}},
	} {
		for i, login := range roles {
			cookie := h.cookie(t, login)
			header := []string{"Cookie", cookie}
			if !strings.HasPrefix(r.path, "/api/") {
				header = append(header, "Accept", html, "Content-Type", "application/x-www-form-urlencoded")
			}
			a := h.call(t, r.method, r.path, r.body, header...)
			if strings.HasPrefix(r.path, "/staff") && a.Status == http.StatusForbidden && !strings.Contains(a.Body, "工作台") {
				t.Errorf("%s %s as %s: refused without a way back", r.method, r.path, login)
			}
			if denied := a.Status == http.StatusForbidden; denied == r.allowed[i] || a.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %d", r.method, r.path, login, a.Status)
			}
		}
	}
}

// cookie signs in once for each account.
func (h *house) cookie(t *testing.T, login string) string {
	t.Helper()
	if h.cookies == nil {
		h.cookies = map[string]string{}
	}
	if h.cookies[login] == "" {
		h.cookies[login] = h.enter(t, login)
	}
	return h.cookies[login]
}

// by sends a request of a browser an account is signed in with.
func (h *house) by(t *testing.T, login, method, path, body string, header ...string) *answer {
	t.Helper()
	return h.call(t, method, path, body, append([]string{"Cookie", h.cookie(t, login)}, header...)...)
}

func TestABrowserWithoutSessionIsSentToSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for _, path := range []string{"/staff", "/staff/explain", "/staff/labels", "/staff/answers", "/staff/answers.csv", "/staff/password"} {
		a := h.call(t, http.MethodGet, path, "", "Accept", html)
		if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/staff/sign-in" {
			t.Errorf("%s: %d to %q", path, a.Status, a.Header.Get("Location"))
		}
	}
	if a := h.call(t, http.MethodGet, "/staff/sign-in", "", "Accept", html); a.Status != http.StatusOK || !strings.Contains(a.Body, "工作人员登录") {
		t.Errorf("the form: %d", a.Status)
	}
}

func TestSigningInOnThePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	first := h.password(t, "zhuanban")
	for _, try := range []url.Values{{"login": {"zhuanban"}, "password": {"guessed it"}}, {"login": {"nobody"}, "password": {"guessed it"}}, {}} {
		a := h.browse(t, "", http.MethodPost, "/staff/sign-in", try)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "账号或密码不正确") || strings.Contains(a.Body, "guessed it") || a.Header.Get("Set-Cookie") != "" || a.Header.Get("Www-Authenticate") != "" {
			t.Errorf("%v: %d %v %s", try, a.Status, a.Header, a.Body)
		}
	}
	if a := h.browse(t, "", http.MethodPost, "/staff/sign-in", url.Values{"login": {"zhuanban"}, "password": {first}}, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); a.Status != http.StatusForbidden {
		t.Errorf("signing in from another site: %d", a.Status)
	}
	cookie := h.signInPage(t, "zhuanban", first)
	if a := h.browse(t, cookie, http.MethodGet, "/staff/explain", nil); a.Header.Get("Location") != "/staff/password" {
		t.Errorf("with a password somebody else set: %d to %q", a.Status, a.Header.Get("Location"))
	}
	if a := h.browse(t, cookie, http.MethodPost, "/staff/password", url.Values{"old": {first}, "new": {"short"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "至少12个字符") || strings.Contains(a.Body, first) {
		t.Errorf("a weak password: %d", a.Status)
	}
	a := h.browse(t, cookie, http.MethodPost, "/staff/password", url.Values{"old": {first}, "new": {own}})
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/staff/sign-in?changed=1" {
		t.Errorf("changing it: %d %s", a.Status, a.Body)
	}
	if a := h.browse(t, cookie, http.MethodGet, "/staff", nil); a.Status != http.StatusSeeOther {
		t.Errorf("the old session: %d", a.Status)
	}
	cookie = h.signInPage(t, "zhuanban", own)
	if a := h.browse(t, cookie, http.MethodGet, "/staff", nil); a.Status != http.StatusOK || !strings.Contains(a.Body, "问题标注") {
		t.Errorf("at work: %d", a.Status)
	}
	if a := h.browse(t, cookie, http.MethodPost, "/staff/sign-out", nil); a.Status != http.StatusSeeOther {
		t.Errorf("signing out: %d", a.Status)
	}
	if a := h.browse(t, cookie, http.MethodGet, "/staff", nil); a.Status != http.StatusSeeOther {
		t.Errorf("after signing out: %d", a.Status)
	}
}

func TestAnExplanationShowsHowTheScoreCameAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const question = "我电话13800138000，身份证号11010519491231002X，身份证弄丢了怎么去补办"
	token := h.signIn(t, "zhuanban")
	a := h.call(t, http.MethodPost, "/api/v1/staff/explain", asJSON(t, map[string]string{"text": question}), "Authorization", "Bearer "+token)
	a.want(t, http.StatusOK, "")
	cookie := h.enter(t, "zhuanban")
	page := h.browse(t, cookie, http.MethodPost, "/staff/explain", url.Values{"text": {question + "\r\n谢谢"}})
	if page.Status != http.StatusOK {
		t.Fatalf("the page: %d %s", page.Status, page.Body)
	}
	code := h.browse(t, cookie, http.MethodPost, "/staff/explain", url.Values{"text": {question + "\r\n<script>"}})
	if code.Status != http.StatusOK || strings.Contains(strings.ReplaceAll(code.Body, `<script src="/static/`, ""), "<script>") || !strings.Contains(code.Body, "<code>gate</code>") {
		t.Errorf("code: %d %s", code.Status, code.Body)
	}
	for name, body := range map[string]string{"API": a.Body, "page": page.Body} {
		for _, want := range []string{"answer.sure", "idcard-lost", "char_entry", "candidates"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for _, absent := range []string{"13800138000", "11010519491231002X", "<script>"} {
			if strings.Contains(strings.ReplaceAll(body, `<script src="/static/`, ""), absent) {
				t.Errorf("%s shows %s", name, absent)
			}
		}
	}
	if unanswered, err := h.Store.Unanswered(t.Context(), 10); err != nil || len(unanswered) != 0 {
		t.Errorf("explaining left %v, %v", unanswered, err)
	}
	if log := h.log.String(); strings.Contains(log, "身份证") || strings.Contains(log, "13800138000") {
		t.Error("the log holds the question")
	}
}

func TestALabelIsDecidedOnThePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	clerk, editor := h.signIn(t, "jingban"), h.enter(t, "bianji")
	a := h.call(t, http.MethodPost, "/api/v1/staff/labels", `{"question":"电话13800138000，狗狗上户","entry":"dog-licence"}`, "Authorization", "Bearer "+clerk)
	a.want(t, http.StatusCreated, "")
	id := a.text(t, "id")
	list := h.browse(t, editor, http.MethodGet, "/staff/labels", nil)
	for _, want := range []string{"狗狗上户", "经办人更正为“养狗要办什么证？”", `value="dog-licence"`, "待确认"} {
		if !strings.Contains(list.Body, want) {
			t.Errorf("the list lacks %s", want)
		}
	}
	if strings.Contains(list.Body, "13800138000") {
		t.Error("the list shows a telephone number")
	}
	decide := func(fields url.Values) *answer {
		return h.browse(t, editor, http.MethodPost, "/staff/labels/"+id, fields)
	}
	if a := decide(url.Values{"action": {"confirm"}, "version": {"1"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "请至少选一条") {
		t.Errorf("nothing chosen: %d", a.Status)
	}
	if a := decide(url.Values{"action": {"confirm"}, "version": {"1"}, "other": {"nothing-like-it"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "没有这个编号") {
		t.Errorf("an unknown entry: %d", a.Status)
	}
	if a := decide(url.Values{"action": {"confirm"}, "version": {"1"}, "entry": {"dog-licence"}}); a.Status != http.StatusSeeOther {
		t.Errorf("confirming: %d %s", a.Status, a.Body)
	}
	if a := decide(url.Values{"action": {"reject"}, "version": {"1"}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "刚刚被别人处理过") {
		t.Errorf("what was decided meanwhile: %d", a.Status)
	}
	if a := h.browse(t, editor, http.MethodGet, "/staff/labels?state=confirmed", nil); !strings.Contains(a.Body, "已确认，由") || !strings.Contains(a.Body, "养狗要办什么证") {
		t.Errorf("the confirmed: %s", a.Body)
	}
	if a := h.browse(t, editor, http.MethodGet, "/staff/labels?state=evil", nil); a.Status >= http.StatusInternalServerError || a.Status < http.StatusBadRequest {
		t.Errorf("an unknown state: %d", a.Status)
	}
	if a := h.browse(t, editor, http.MethodGet, "/staff/labels?after=-9", nil); a.Status != http.StatusOK {
		t.Errorf("a strange page: %d", a.Status)
	}
	weeks := h.browse(t, editor, http.MethodGet, "/staff/answers", nil)
	if weeks.Status != http.StatusOK || !strings.Contains(weeks.Body, "养犬") {
		t.Errorf("the week: %d %s", weeks.Status, weeks.Body)
	}
	table := h.browse(t, editor, http.MethodGet, "/staff/answers.csv", nil)
	if !strings.HasPrefix(table.Body, "\xEF\xBB\xBF周,从,到") || !strings.Contains(table.Body, ",否,养犬,0,0,0,0,0,0,0,0,0,0,1") {
		t.Errorf("the table: %q", table.Body)
	}
}

func TestManyLabelsTakeSeveralPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	cookie, actor := h.enter(t, "bianji"), desk.Actor{ID: "u1", Correct: true}
	for i := range 23 {
		_, err := h.Correct(t.Context(), actor, desk.Objection{Question: fmt.Sprintf("第%d个问题怎么办", i)})
		check(t, err)
	}
	first := h.browse(t, cookie, http.MethodGet, "/staff/labels", nil)
	next := regexp.MustCompile(`href="(/staff/labels\?state=waiting&amp;after=20)"`).FindStringSubmatch(first.Body)
	if n := strings.Count(first.Body, `class="label"`); n != 20 || next == nil {
		t.Fatalf("the first page shows %d, next %v", n, next)
	}
	second := h.browse(t, cookie, http.MethodGet, strings.ReplaceAll(next[1], "&amp;", "&"), nil)
	if n := strings.Count(second.Body, `class="label"`); n != 3 || strings.Contains(second.Body, "下一页") {
		t.Errorf("the second page shows %d", n)
	}
}

func TestRatingAnAnswerOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.call(t, http.MethodPost, "/api/v1/chat/passes", "{}")
	conversation, bearer := a.text(t, "conversation"), "Bearer "+a.text(t, "token")
	base := "/api/v1/chat/" + conversation
	h.call(t, http.MethodPost, base+"/messages", `{"kind":"text","body":{"text":"身份证丢了怎么补办"}}`, "Authorization", bearer, "Idempotency-Key", "c1").want(t, http.StatusCreated, "")
	rate := func(body string, header ...string) *answer {
		return h.call(t, http.MethodPost, base+"/ratings", body, header...)
	}
	rate(`{"seq":2,"score":5}`).want(t, http.StatusUnauthorized, "chat.token")
	rate(`{"seq":2,"score":5}`, "Authorization", "Bearer other").want(t, http.StatusForbidden, "chat.forbidden")
	rate(`{"seq":2,"score":6}`, "Authorization", bearer).want(t, http.StatusUnprocessableEntity, "request.invalid")
	rate(`{"seq":1,"score":5}`, "Authorization", bearer).want(t, http.StatusBadRequest, "chat.not_rated")
	first := rate(`{"seq":2,"score":5}`, "Authorization", bearer)
	first.want(t, http.StatusCreated, "")
	again := rate(`{"seq":2,"score":1}`, "Authorization", bearer)
	again.want(t, http.StatusCreated, "")
	if o := again.object(t); o["dup"] != true || o["score"] != 5.0 {
		t.Errorf("rated again: %s", again.Body)
	}
}

func TestRatingOnThePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	asked := h.browse(t, "", http.MethodPost, "/ask", url.Values{"text": {"身份证丢了怎么补办"}})
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(asked.Body)
	if key == nil || !strings.Contains(asked.Body, "有用吗") {
		t.Fatalf("the answer cannot be rated: %s", asked.Body)
	}
	for range 2 {
		a := h.browse(t, "", http.MethodPost, "/ask/rating", url.Values{"key": {key[1]}, "text": {"身份证丢了怎么补办"}, "entry": {"idcard-lost"}, "score": {"1"}})
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "已经收到您的评价") || !strings.Contains(a.Body, "户籍窗口") {
			t.Fatalf("rating: %d %s", a.Status, a.Body)
		}
	}
	labels, err := h.Labels(t.Context(), desk.Actor{Edits: true}, desk.LabelFilter{State: desk.LabelWaiting, Limit: 10})
	check(t, err)
	if len(labels) != 1 || len(labels[0].Votes) != 1 || labels[0].Votes[0] != (desk.Vote{Entry: "idcard-lost", Kind: desk.Rating, Count: 1}) {
		t.Errorf("kept %+v", labels)
	}
}
