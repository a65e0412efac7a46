package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/job"
)

// What stands in a report and must stand nowhere else.
const (
	tipTitle  = "铁皮屋标记壹"
	tipText   = "河边铁皮屋里标记贰每晚聚赌"
	tipPhone  = "13911112222"
	tipWriter = "欧阳举报人"
	tipAnswer = "标记叁已经查处"
)

// tip sends a report in and has it answered by the traffic detachment.
func (h *house) tip(t *testing.T, force, handler string) (number, code string) {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "report", "category": "vice", "title": tipTitle, "text": tipText + "，我是" + tipWriter + "，电话" + tipPhone + "。",
		"contact": map[string]string{"name": tipWriter, "phone": tipPhone},
	}))
	a.want(t, http.StatusCreated, "")
	number, code = a.text(t, "number"), a.text(t, "query_code")
	h.answer(t, number, tipAnswer, force, handler, "Bearer "+h.signIn(t, "fuzeren"))
	return number, code
}

// answer has a letter answered by the traffic detachment.
func (h *house) answer(t *testing.T, number, text, force, handler, head string) {
	t.Helper()
	h.walk(t, number, []step{
		{force, `"move":"dispatch","unit":"traffic"`},
		{handler, `"move":"sign"`},
		{handler, `"move":"draft","outcome":"resolved","text":"` + text + `"`},
		{handler, `"move":"submit"`},
		{head, passes},
		{force, passes},
		{force, `"move":"release"`},
	})
}

// TestAReportIsNowhereButInItsOwnView goes through every list, search, figure,
// notice and log there is.
func TestAReportIsNowhereButInItsOwnView(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	ctx := t.Context()
	runner := job.New(job.Options{Store: h.Store, Worker: h.Desk, Now: time.Now, Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	tokens := map[string]string{}
	for _, login := range []string{"zhuanban", "guanli", "bianji", "lingdao", "jingban"} {
		tokens[login] = "Bearer " + h.signIn(t, login)
	}
	cookie := h.enter(t, "bianji")
	tokens["bianji"] = "Bearer " + h.signIn(t, "bianji")
	number, code := h.tip(t, tokens["zhuanban"], tokens["jingban"])
	ordinary := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "complaint", "category": "traffic", "title": "铁皮屋挡路", "text": "河边铁皮屋里每晚聚赌，车停满了路。", "contact": map[string]string{"name": "李四", "phone": tipPhone},
	}))
	ordinary.want(t, http.StatusCreated, "")
	check(t, runner.Once(ctx))
	check(t, h.LearnPast(ctx))
	check(t, h.GatherQuestions(ctx))
	check(t, runner.Once(ctx))
	h.call(t, http.MethodPost, "/api/v1/staff/tickets/"+number+"/contact", `{"reason":"核实"}`, "Authorization", tokens["zhuanban"]).want(t, http.StatusForbidden, "contact.sealed")

	secrets := []string{"标记", tipPhone, tipWriter}
	never := func(where, body string, more ...string) {
		t.Helper()
		for _, s := range append(more, secrets...) {
			if strings.Contains(body, s) {
				t.Errorf("%s shows %q", where, s)
			}
		}
	}
	marked := url.QueryEscape(tipTitle)
	for login, token := range tokens {
		for _, path := range []string{
			"/api/v1/staff/tickets", "/api/v1/staff/tickets?q=" + marked, "/api/v1/staff/tickets?kind=report", "/api/v1/staff/tickets?status=answered&q=" + number,
			"/api/v1/staff/callbacks", "/api/v1/staff/appeals", "/api/v1/staff/notifications", "/api/v1/staff/labels", "/api/v1/staff/gaps?state=watched", "/api/v1/staff/answers", "/api/v1/staff/unsealings", "/api/v1/staff/units",
			"/api/v1/staff/supervision", "/api/v1/staff/supervision/tickets?aspect=open", "/api/v1/staff/supervision/ledger.csv?aspect=open", "/api/v1/staff/circulars/2026-11",
			"/api/v1/staff/reports/2026?by=kind", "/api/v1/staff/reports/2026/tickets?figure=received", "/api/v1/staff/reports/2026/table.csv",
			"/api/v1/staff/tickets/" + ordinary.text(t, "number") + "/suggestions",
		} {
			a := h.call(t, http.MethodGet, path, "", "Authorization", token)
			if a.Status >= http.StatusInternalServerError {
				t.Errorf("%s as %s: %d", path, login, a.Status)
			}
			mine := login == "zhuanban" || login == "jingban"
			if strings.HasSuffix(path, "suggestions") || !mine && !strings.HasSuffix(path, "notifications") {
				never(path+" as "+login, a.Body, number)
			}
			never(path+" as "+login, a.Body)
		}
	}
	for _, path := range []string{
		"/metrics", "/api/v1/library", "/api/v1/library?q=" + marked, "/library?q=" + marked, "/api/v1/hotlines", "/api/v1/catalogue", "/openapi.json", "/readyz",
	} {
		body := h.call(t, http.MethodGet, path, "").Body
		never(path, strings.ReplaceAll(body, tipTitle, ""), number) // a search repeats its own words
	}
	for _, path := range []string{"/api/v1/staff/answers/table.csv", "/staff/print/reports/2026"} {
		never(path, h.call(t, http.MethodGet, path, "", "Cookie", cookie).Body, number)
	}
	never("an answer", h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"河边铁皮屋里每晚聚赌"}`).Body, number)
	if a := h.call(t, http.MethodPost, "/api/v1/letters/lookup", asJSON(t, map[string]string{"number": number, "query_code": code})); !strings.Contains(a.Body, tipAnswer) {
		t.Errorf("whoever reported does not see the reply: %s", a.Body)
	}
	unanswered, err := h.Store.Unanswered(ctx, 100)
	check(t, err)
	never("the editors' queue", fmt.Sprint(unanswered))
	past, err := h.Store.Past(ctx, desk.PastFilter{Limit: 100})
	check(t, err)
	never("what the desk learns from", fmt.Sprint(past), number)
	var jobs []desk.Job
	check(t, h.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		jobs, err = tx.ClaimJobs(ctx, time.Now().AddDate(1, 0, 0), time.Now(), 1000)
		return err
	}))
	for _, j := range jobs {
		never("a job", string(j.Args))
	}
	for _, e := range h.acts(t, "") {
		never("the trail", fmt.Sprint(e.Action, e.Object, e.Detail), code)
	}
	log := h.log.String()
	if !strings.Contains(log, "level=DEBUG") && !strings.Contains(log, "level=INFO") {
		t.Error("the log is empty: this test looks in the wrong place")
	}
	never("the log", log, code, url.QueryEscape("标记"))
}
