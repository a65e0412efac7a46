package server_test

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/server"
	"jiesu/webhooks/open311"
)

// cityApp is a client written from the specification alone: it knows none of our
// types.
type cityApp struct {
	tb   testing.TB
	base string
	key  string
}

// get reads a list of objects, or one object as such a list.
func (a *cityApp) get(path string) (int, []map[string]any) {
	a.tb.Helper()
	resp, err := http.Get(a.base + path)
	return a.read(resp, err)
}

func (a *cityApp) send(form map[string]string) (int, []map[string]any) {
	a.tb.Helper()
	values := url.Values{"api_key": {a.key}}
	for name, v := range form {
		values.Set(name, v)
	}
	resp, err := http.PostForm(a.base+"/requests.json", values)
	return a.read(resp, err)
}

func (a *cityApp) read(resp *http.Response, err error) (int, []map[string]any) {
	a.tb.Helper()
	check(a.tb, err)
	raw, err := io.ReadAll(resp.Body)
	check(a.tb, err)
	check(a.tb, resp.Body.Close())
	if media := resp.Header.Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
		a.tb.Fatalf("%s: %s %s", resp.Request.URL.Path, media, raw)
	}
	var many []map[string]any
	if raw[0] != '[' {
		raw = []byte("[" + string(raw) + "]")
	}
	check(a.tb, json.Unmarshal(raw, &many))
	return resp.StatusCode, many
}

func withOpen311(o *options) {
	o.Open311 = &server.Open311{
		Jurisdiction: "city.example", Contact: "信箱专班", Keys: map[[32]byte]string{sha256.Sum256([]byte("a key of the test")): "city"},
		Services: []server.Open311Service{
			{Shown: open311.Service{Code: "site", Name: "网站找错", Type: open311.Batch}, Matter: desk.AppService{Code: "site", Kind: channel.SiteError, Category: "website"}},
			{Shown: open311.Service{Code: "light", Name: "信号灯建议", Type: open311.Batch}, Matter: desk.AppService{Code: "light", Kind: channel.Suggestion, Category: "traffic"}, Located: true},
		},
	}
}

// TestAnAppSpeaksOpen311 walks the specification as a client of others does.
func TestAnAppSpeaksOpen311(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withOpen311)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	app := &cityApp{tb: t, base: srv.URL + "/open311/v2", key: "a key of the test"}

	_, found := app.get("/discovery.json")
	endpoint, ok := found[0]["endpoints"].([]any)[0].(map[string]any)
	if !ok || endpoint["url"] != app.base {
		t.Fatalf("discovery: %v", found)
	}
	status, services := app.get("/services.json?jurisdiction_id=city.example")
	if status != 200 || len(services) != 2 || services[1]["service_code"] != "light" || services[1]["type"] != "batch" || services[1]["metadata"] != false {
		t.Fatalf("services: %d %v", status, services)
	}
	if status, d := app.get("/services/light.json"); status != 200 || len(d[0]["attributes"].([]any)) != 0 { //nolint:forcetypeassert // a list, as the format has it
		t.Errorf("definition: %d %v", status, d)
	}
	form := map[string]string{"service_code": "light", "description": "学校门口的灯太短，老人过不去。", "lat": "22.54", "long": "114.05", "first_name": "雷", "last_name": "李", "phone": "13800138000"}
	status, receipt := app.send(form)
	token, _ := receipt[0]["token"].(string)
	if status != 200 || len(token) != 26 || strings.Contains(asJSON(t, receipt), "service_request_id") {
		t.Fatalf("receipt: %d %v", status, receipt)
	}
	if _, again := app.send(form); again[0]["token"] != token {
		t.Errorf("sent again it is %v", again)
	}
	if status, pending := app.get("/tokens/" + token + ".json"); status != 200 || pending[0]["service_request_id"] != "" || pending[0]["token"] != token {
		t.Errorf("before anybody looked: %d %v", status, pending)
	}
	force := desk.Actor{ID: "f", Unit: assignment.TaskForce, Path: h.tree.Path(assignment.TaskForce), Scope: "*", Moves: []ticket.Move{ticket.Accept}}
	page, err := h.Tickets(t.Context(), force, desk.Filter{})
	check(t, err)
	if len(page.Tickets) != 1 {
		t.Fatalf("tickets: %+v", page.Tickets)
	}
	one := page.Tickets[0]
	_, err = h.Move(t.Context(), force, one.Number, desk.Command{Move: ticket.Accept, Version: one.Version})
	check(t, err)
	_, named := app.get("/tokens/" + token + ".json")
	id, _ := named[0]["service_request_id"].(string)
	status, requests := app.get("/requests/" + id + ".json")
	if id == "" || id == token || status != 200 || requests[0]["status"] != "open" || requests[0]["service_code"] != "light" {
		t.Fatalf("request %q: %d %v", id, status, requests)
	}
	for _, name := range []string{"requested_datetime", "updated_datetime", "expected_datetime"} {
		if at, err := time.Parse(time.RFC3339, requests[0][name].(string)); err != nil || at.IsZero() { //nolint:forcetypeassert // a text, as the format has it
			t.Errorf("%s: %v", name, err)
		}
	}
	shown := asJSON(t, requests) + asJSON(t, named) + asJSON(t, receipt)
	for _, secret := range []string{one.Number, "13800138000", "李", "老人"} {
		if strings.Contains(shown, secret) {
			t.Errorf("an answer tells %q", secret)
		}
	}
	if logs := h.log.String(); strings.Contains(logs, token) || strings.Contains(logs, id) {
		t.Error("a handle is in the log")
	}
}

func TestOpen311Refuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withOpen311)
	srv := httptest.NewServer(h.handler)
	t.Cleanup(srv.Close)
	app := &cityApp{tb: t, base: srv.URL + "/open311/v2", key: "a key of the test"}
	for path, want := range map[string]int{
		"/requests.json": 403, "/requests.json?service_code=light": 403, "/services.json?jurisdiction_id=elsewhere": 404, "/services/none.json": 404,
		"/services/light.xml": 404, "/tokens/none.json": 404, "/requests/none.json": 404, "/requests/.json": 404,
	} {
		if status, errs := app.get(path); status != want || errs[0]["code"] != float64(want) || errs[0]["description"] == "" {
			t.Errorf("%s: %d %v", path, status, errs)
		}
	}
	for name, c := range map[string]struct {
		form   map[string]string
		status int
		errors int
	}{
		"no key":          {map[string]string{"api_key": "", "service_code": "site", "description": "x"}, 400, 1},
		"another key":     {map[string]string{"api_key": "guessed", "service_code": "site", "description": "x"}, 403, 1},
		"nothing":         {map[string]string{}, 400, 2},
		"unknown service": {map[string]string{"service_code": "crime", "description": "x"}, 400, 1},
		"nowhere":         {map[string]string{"service_code": "light", "description": "x"}, 400, 1},
		"far out":         {map[string]string{"service_code": "light", "description": "x", "lat": "91", "long": "181"}, 400, 2},
		"a bad number":    {map[string]string{"service_code": "site", "description": "x", "phone": "12"}, 400, 1},
		"elsewhere":       {map[string]string{"service_code": "site", "description": "x", "jurisdiction_id": "y"}, 404, 1},
	} {
		if status, errs := app.send(c.form); status != c.status || len(errs) != c.errors {
			t.Errorf("%s: %d %v", name, status, errs)
		}
	}
	if status, _ := app.read(http.Post(app.base+"/requests.json", "application/json", strings.NewReader("{}"))); status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %d", status)
	}
	if page, err := h.Tickets(t.Context(), desk.Actor{Scope: "*"}, desk.Filter{}); err != nil || len(page.Tickets) != 0 {
		t.Errorf("refused, and kept: %+v, %v", page.Tickets, err)
	}
	off := newHouse(t, nil)
	for _, path := range []string{"/discovery.json", "/services.json", "/requests.json", "/tokens/x.json"} {
		if a := off.call(t, http.MethodGet, "/open311/v2"+path, ""); a.Status != http.StatusNotFound {
			t.Errorf("off by default, and %s is %d", path, a.Status)
		}
	}
}
