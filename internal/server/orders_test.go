package server_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
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
	board := h.asks(t, "zhuanban", http.MethodGet, "/api/v1/staff/orders", "")
	board.shows(t, "the board", http.StatusOK, []string{"路灯不亮", `"state":"to_sign"`, `"unprocessable":1`}, []string{"13800138000"})
	if n := strings.Count(board.Body, `"order_no":"N1"`); n != 1 {
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

// TestOrdersArePutThroughByTwoPeople: proposed by one, changed by the other, confirmed
// by the first; nobody else gets in.
func TestOrdersArePutThroughByTwoPeople(t *testing.T) {
	t.Parallel()
	h, city := platforms(t)
	h.post(t, city, "/webhooks/12345/city", fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now())
	h.worked(t)
	o, err := h.store.LatestOrder(t.Context(), "city", "N1")
	check(t, err)
	const orders = "/api/v1/staff/orders"
	for _, login := range []string{"jingban", "linju", "lingdao", "bianji"} {
		for _, path := range []string{orders, orders + "/" + o.ID, orders + "/export?platform=county"} {
			h.asks(t, login, http.MethodGet, path, "").want(t, http.StatusForbidden, "order.denied")
		}
	}
	move := func(login, move string, status int) *answer {
		t.Helper()
		a := h.asks(t, login, http.MethodPost, orders+"/"+o.ID+"/moves", move)
		if a.Status != status {
			t.Fatalf("%s: %d %s", move, a.Status, a.Body)
		}
		return a
	}
	move("zhuanban", `{"move":"return","version":1,"return":{"reason_code":"not_our_duty","reason":""}}`, http.StatusBadRequest)
	move("zhuanban", `{"move":"return","version":1,"return":{"reason_code":"not_our_duty","reason":"属于城管部门"}}`, http.StatusOK)
	ops, err := h.store.OrderOps(t.Context(), o.ID)
	check(t, err)
	act := func(login, act string, status int) *answer {
		t.Helper()
		a := h.asks(t, login, http.MethodPost, orders+"/operations/"+ops[0].ID, act)
		if a.Status != status {
			t.Fatalf("%s: %d %s", act, a.Status, a.Body)
		}
		return a
	}
	act("zhuanban", `{"move":"confirm","version":1}`, http.StatusForbidden).shows(t, "the drafter", http.StatusForbidden, []string{"另一人确认"}, nil)
	act("zhuanban2", `{"move":"revise","version":1,"return":{"reason_code":"not_our_duty","reason":"属于城管部门职责"}}`, http.StatusOK)
	act("zhuanban2", `{"move":"confirm","version":2}`, http.StatusForbidden)
	act("zhuanban", `{"move":"confirm","version":2}`, http.StatusOK)
	h.asks(t, "zhuanban", http.MethodGet, orders+"/"+o.ID, "").shows(t, "the order", http.StatusOK, []string{`"state":"return_asked"`, "属于城管部门职责"}, []string{"13800138000"})
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
		return h.asks(t, login, http.MethodPost, load+query, sheet, "Content-Type", "application/octet-stream")
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
		if a := h.asks(t, "zhuanban", http.MethodGet, "/api/v1/staff/orders"+path, ""); a.Status != http.StatusOK || !strings.Contains(a.Header.Get("Content-Type"), "spreadsheetml") {
			t.Errorf("%s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
	send("zhuanban", "", "no workbook").want(t, http.StatusBadRequest, "order.sheet")
}

// TestALetterIsGivenAwayByTwoPeople: not without a reason, and not by who must not
// see the letter.
func TestALetterIsGivenAwayByTwoPeople(t *testing.T) {
	t.Parallel()
	h, _ := platforms(t)
	opened := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"路灯坏了","text":"中山路的路灯坏了，请找13800138000。","contact":{"phone":"13800138000"}}`)
	number := opened.text(t, "number")
	const orders = "/api/v1/staff/orders"
	push := func(login, opinion string) *answer {
		return h.asks(t, login, http.MethodPost, orders, asJSON(t, map[string]string{"ticket": number, "platform": "city", "opinion": opinion, "suggest_unit": "市城管局"}))
	}
	push("jingban", "属于市政设施").want(t, http.StatusForbidden, "order.denied")
	push("zhuanban", "").shows(t, "without a reason", http.StatusUnprocessableEntity, []string{"推送理由"}, nil)
	push("zhuanban", "属于市政设施").shows(t, "proposed", http.StatusCreated, []string{`"outward":true`, "市城管局"}, []string{"13800138000"})
	o, err := h.store.LatestOrder(t.Context(), "city", number)
	check(t, err)
	ops, err := h.store.OrderOps(t.Context(), o.ID)
	check(t, err)
	confirm := func(login string) *answer {
		return h.asks(t, login, http.MethodPost, orders+"/operations/"+ops[0].ID, `{"move":"confirm","version":1}`)
	}
	confirm("zhuanban").shows(t, "confirmed alone", http.StatusForbidden, []string{"另一人确认"}, nil)
	confirm("zhuanban2").shows(t, "confirmed", http.StatusOK, nil, nil)
	h.asks(t, "zhuanban", http.MethodGet, orders+"/"+o.ID, "").shows(t, "the order", http.StatusOK, []string{`"state":"push`}, []string{"13800138000"})
}

// TestAFileGoesWithAReturn: it is uploaded before, and named with what it is.
func TestAFileGoesWithAReturn(t *testing.T) {
	t.Parallel()
	h, city := platforms(t)
	h.Platforms[0].Files = city.Dialect.Files
	h.post(t, city, "/webhooks/12345/city", fmt.Sprintf(hotlineOrder, "N1", "N1"), time.Now())
	h.worked(t)
	o, err := h.store.LatestOrder(t.Context(), "city", "N1")
	check(t, err)
	sent, kind := form(t, "file", "职责清单.txt", []byte("属于城管部门"))
	uploaded := h.asks(t, "zhuanban", http.MethodPost, "/api/v1/attachments", sent, "Content-Type", kind)
	uploaded.want(t, http.StatusCreated, "")
	back := map[string]any{"reason_code": "not_our_duty", "reason": "属于城管部门", "attachments": []string{uploaded.text(t, "id")}}
	a := h.asks(t, "zhuanban", http.MethodPost, "/api/v1/staff/orders/"+o.ID+"/moves", asJSON(t, map[string]any{"move": "return", "version": 1, "return": back}))
	a.shows(t, "proposed", http.StatusOK, []string{`"name":"职责清单.txt","type":"text/plain","size":18,"sha256":"`, `"attachments":[{"id":"` + uploaded.text(t, "id")}, nil)
}
