package server_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/job"
	"jiesu/internal/problem"
	"jiesu/internal/server"
	"jiesu/webhooks/hotline"
)

// platforms is a house with a 12345 platform that calls, and one that does not.
func platforms(t *testing.T) (h *house, city *hotline.Platform) {
	t.Helper()
	lock, err := hotline.NewHMAC("app", []byte("a secret of the tests, long enough"), "sha256", rand.Reader)
	check(t, err)
	city = &hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}
	h = newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Hotlines = map[string]*hotline.Platform{"city": city}
	})
	h.Platforms = []desk.Platform{{ID: "city", Name: "市12345热线", Read: city.Read}, {ID: "county", Name: "县12345热线"}}
	return h, city
}

// post signs a message as the platform does and sends it.
func (h *house) post(t *testing.T, city *hotline.Platform, path, body string, at time.Time) *answer {
	t.Helper()
	r := hotline.Request{Method: http.MethodPost, Path: path, Header: http.Header{}, Body: []byte(body)}
	check(t, city.Lock.Seal(t.Context(), &r, at))
	var header []string
	for name := range r.Header {
		header = append(header, name, r.Header.Get(name))
	}
	return h.call(t, r.Method, path, body, header...)
}

func (h *house) worked(t *testing.T) {
	t.Helper()
	runner := job.New(job.Options{Store: h.store, Worker: h.Desk, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	check(t, runner.Once(t.Context()))
}

const hotlineOrder = `{"act":"dispatch","order_no":%q,"dispatch_seq":1,"order":{"order_no":%q,"dispatch_seq":1,"appeal_type":"complaint","title":"路灯不亮","content":"中山路的路灯坏了，请找13800138000。","appellant":{"name":"张三","phone":"13800138000"}}}`

// TestAPlatformIsHeardOnceItIsKnown: what is not certainly its own is refused
// alike; what was sent again has no second effect; what cannot be stored is for
// the platform to send again.
func TestAPlatformIsHeardOnceItIsKnown(t *testing.T) {
	t.Parallel()
	h, city := platforms(t)
	const path = "/webhooks/12345/city"
	order, now := fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now()
	for name, a := range map[string]*answer{
		"unsigned":       h.call(t, http.MethodPost, path, order),
		"stale":          h.post(t, city, path, order, now.Add(-time.Hour)),
		"of another":     h.post(t, city, "/webhooks/12345/county", order, now),
		"of nobody here": h.post(t, city, "/webhooks/12345/nobody", order, now),
	} {
		a.want(t, http.StatusForbidden, "hook.denied")
		if strings.Contains(a.Body, "13800138000") {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	for range 2 {
		if a := h.post(t, city, path, order, now); a.Status != http.StatusOK || a.Body != `{"code":"0"}` {
			t.Errorf("taken: %d %s", a.Status, a.Body)
		}
	}
	if a := h.post(t, city, path, `{"act":"nonsense"`, now); a.Status != http.StatusOK {
		t.Errorf("nonsense of the platform's own: %d %s", a.Status, a.Body)
	}
	h.post(t, city, path, strings.Repeat("x", 2<<20), now).want(t, http.StatusRequestEntityTooLarge, "request.too_large")
	h.worked(t)
	force := h.cookie(t, "zhuanban")
	board := h.browse(t, force, http.MethodGet, "/staff/orders", nil)
	for _, want := range []string{"N1", "路灯不亮", "待签收", "有1条平台消息无法处理"} {
		if !strings.Contains(board.Body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if n := strings.Count(board.Body, ">N1</a>"); n != 1 {
		t.Errorf("the order is there %d times", n)
	}
	if log := h.log.String(); strings.Contains(log, "13800138000") || strings.Contains(log, "X-Sign") {
		t.Error("the log has what was sent")
	}
}

// TestTheStoreFailsAndThePlatformTriesAgain: a message that is not kept is not
// taken.
func TestTheStoreFailsAndThePlatformTriesAgain(t *testing.T) {
	t.Parallel()
	lock, err := hotline.NewHMAC("app", []byte("a secret of the tests, long enough"), "sha256", rand.Reader)
	check(t, err)
	city := &hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Hotlines = map[string]*hotline.Platform{"city": city}
		o.Desk = deafDesk{o.Desk}
	})
	h.post(t, city, "/webhooks/12345/city", fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now()).want(t, http.StatusServiceUnavailable, "store.unavailable")
}

// deafDesk keeps nothing.
type deafDesk struct{ server.Desk }

func (deafDesk) Receive(context.Context, desk.Arrival) (desk.Inbound, error) {
	return desk.Inbound{}, notKept()
}

// TestOrdersArePutThroughByTwoPeople: proposed on the page by one, changed by the
// other, confirmed by the first; nobody else gets in.
func TestOrdersArePutThroughByTwoPeople(t *testing.T) {
	t.Parallel()
	h, city := platforms(t)
	h.post(t, city, "/webhooks/12345/city", fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now())
	h.worked(t)
	o, err := h.store.LatestOrder(t.Context(), "city", "N1")
	check(t, err)
	page := "/staff/orders/" + o.ID
	for _, login := range []string{"jingban", "linju", "lingdao", "bianji"} {
		for _, path := range []string{"/staff/orders", page, "/api/v1/staff/orders", "/api/v1/staff/orders/" + o.ID, "/staff/orders/export?platform=county"} {
			if a := h.call(t, http.MethodGet, path, "", "Cookie", h.cookie(t, login)); a.Status != http.StatusForbidden {
				t.Errorf("%s at %s: %d", login, path, a.Status)
			}
		}
	}
	force, other := h.cookie(t, "zhuanban"), h.cookie(t, "zhuanban2")
	act := func(cookie string, status int, form url.Values) *answer {
		t.Helper()
		a := h.browse(t, cookie, http.MethodPost, page, form)
		if a.Status != status {
			t.Fatalf("%v: %d %s", form, a.Status, a.Body)
		}
		return a
	}
	act(force, http.StatusUnprocessableEntity, url.Values{"move": {"return"}, "version": {"1"}, "reason": {"not_our_duty"}})
	act(force, http.StatusSeeOther, url.Values{"move": {"return"}, "version": {"1"}, "reason": {"not_our_duty"}, "text": {"属于城管部门"}})
	ops, err := h.store.OrderOps(t.Context(), o.ID)
	check(t, err)
	op := url.Values{"op": {ops[0].ID}, "version": {"1"}, "move": {"confirm"}}
	if a := act(force, http.StatusForbidden, op); !strings.Contains(a.Body, "另一人确认") {
		t.Errorf("the drafter is told %s", a.Body)
	}
	act(other, http.StatusSeeOther, url.Values{"op": {ops[0].ID}, "version": {"1"}, "move": {"revise"}, "kind": {"return"}, "reason": {"not_our_duty"}, "text": {"属于城管部门职责"}})
	op.Set("version", "2")
	act(other, http.StatusForbidden, op)
	act(force, http.StatusSeeOther, op)
	if a := h.browse(t, force, http.MethodGet, page, nil); !strings.Contains(a.Body, "已申请退单") || !strings.Contains(a.Body, "属于城管部门职责") || strings.Contains(a.Body, "13800138000") {
		t.Errorf("the page says %s", a.Body)
	}
}

// TestASheetOfOrders: tried first, imported once.
func TestASheetOfOrders(t *testing.T) {
	t.Parallel()
	h, _ := platforms(t)
	book, err := hotline.WriteOrders([]hotline.Order{{OrderNo: "M1", Title: "路灯不亮", Content: "中山路的路灯坏了。", AppealType: hotline.Help}})
	check(t, err)
	const load = "/api/v1/staff/orders/import?platform=county"
	send := func(login, query, sheet string) *answer {
		t.Helper()
		return h.by(t, login, http.MethodPost, load+query, sheet, "Content-Type", "application/octet-stream")
	}
	send("jingban", "", string(book)).want(t, http.StatusForbidden, "order.denied")
	tried := send("zhuanban", "", string(book))
	tried.want(t, http.StatusOK, "")
	if !strings.Contains(tried.Body, `"applied":false`) || !strings.Contains(tried.Body, `"outcome":"new"`) {
		t.Errorf("tried: %s", tried.Body)
	}
	if _, err := h.store.LatestOrder(t.Context(), "county", "M1"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a sheet that was tried was taken: %v", err)
	}
	for _, want := range []string{"new", "known"} {
		if a := send("zhuanban", "&apply=true", string(book)); a.Status != http.StatusOK || !strings.Contains(a.Body, `"outcome":"`+want+`"`) {
			t.Errorf("imported: %d %s", a.Status, a.Body)
		}
	}
	for _, path := range []string{"/form", "/export?platform=county"} {
		if a := h.by(t, "zhuanban", http.MethodGet, "/api/v1/staff/orders"+path, ""); a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Content-Type"), "spreadsheetml") {
			t.Errorf("%s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
	send("zhuanban", "", "no workbook").want(t, http.StatusBadRequest, "order.sheet")
}

// TestALetterIsGivenAwayByTwoPeople: proposed on the page, with what is missing said
// there; by nobody who must not see the letter.
func TestALetterIsGivenAwayByTwoPeople(t *testing.T) {
	t.Parallel()
	h, _ := platforms(t)
	opened := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"路灯坏了","text":"中山路的路灯坏了，请找13800138000。","contact":{"phone":"13800138000"}}`)
	number := opened.text(t, "number")
	force, other := h.cookie(t, "zhuanban"), h.cookie(t, "zhuanban2")
	form := url.Values{"ticket": {number}, "platform": {"city"}, "suggest": {"市城管局"}}
	if a := h.browse(t, h.cookie(t, "jingban"), http.MethodPost, "/staff/orders/push", form); a.Status != http.StatusForbidden {
		t.Errorf("a handler: %d", a.Status)
	}
	if a := h.browse(t, force, http.MethodPost, "/staff/orders/push", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "市城管局") || !strings.Contains(a.Body, "推送理由") {
		t.Errorf("without a reason: %d %s", a.Status, a.Body)
	}
	body := fmt.Sprintf(`{"ticket":%q,"platform":"city","opinion":"属于市政设施"}`, number)
	a := h.call(t, http.MethodPost, "/api/v1/staff/orders", body, "Authorization", "Bearer "+h.signIn(t, "zhuanban"))
	if a.Status != http.StatusCreated || strings.Contains(a.Body, "13800138000") || !strings.Contains(a.Body, `"outward":true`) {
		t.Fatalf("proposed: %d %s", a.Status, a.Body)
	}
	o, err := h.store.LatestOrder(t.Context(), "city", number)
	check(t, err)
	ops, err := h.store.OrderOps(t.Context(), o.ID)
	check(t, err)
	confirm := url.Values{"op": {ops[0].ID}, "version": {"1"}, "move": {"confirm"}}
	if a := h.browse(t, force, http.MethodPost, "/staff/orders/"+o.ID, confirm); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "另一人确认") {
		t.Errorf("confirmed alone: %d", a.Status)
	}
	if a := h.browse(t, other, http.MethodPost, "/staff/orders/"+o.ID, confirm); a.Status != http.StatusSeeOther {
		t.Fatalf("confirmed: %d %s", a.Status, a.Body)
	}
	if a := h.browse(t, force, http.MethodGet, "/staff/orders/"+o.ID, nil); !strings.Contains(a.Body, "已推送") || strings.Contains(a.Body, "13800138000") {
		t.Errorf("the page says %s", a.Body)
	}
}

// TestAFileGoesWithAReturn: it is uploaded with the form, and named with what it is.
func TestAFileGoesWithAReturn(t *testing.T) {
	t.Parallel()
	h, city := platforms(t)
	h.Platforms[0].Files = city.Dialect.Files
	h.post(t, city, "/webhooks/12345/city", fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now())
	h.worked(t)
	o, err := h.store.LatestOrder(t.Context(), "city", "N1")
	check(t, err)
	force := h.cookie(t, "zhuanban")
	a := h.sendFile(t, "/staff/orders/"+o.ID, force, "职责清单.txt", "属于城管部门", map[string]string{"move": "return", "version": "1", "reason": "not_our_duty", "text": "属于城管部门"})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("proposed: %d %s", a.Status, a.Body)
	}
	page := h.browse(t, force, http.MethodGet, "/staff/orders/"+o.ID, nil)
	if !strings.Contains(page.Body, "职责清单.txt（text/plain，18 字节，SHA-256 ") || !strings.Contains(page.Body, `name="files"`) {
		t.Errorf("the page says %s", page.Body)
	}
}
