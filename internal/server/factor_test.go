package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pquerna/otp/totp"

	"jiesu/internal/access"
	"jiesu/internal/server"
	"jiesu/internal/server/live"
)

const (
	session = "/api/v1/staff/session"
	factor  = "/api/v1/staff/factor"
)

// shows is what the app on a telephone shows some steps of time from now.
func shows(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	check(t, err)
	return code
}

// enrols gives an account a second factor, over HTTP, and returns the token of the
// session it ends up with.
func (h *house) enrols(t *testing.T, login string) (token, secret string, recovery []any) {
	t.Helper()
	me := h.by(t, h.signIn(t, login))
	me(http.MethodPost, factor, `{"password":"wrong"}`).want(t, http.StatusUnprocessableEntity, "password.old")
	drawn := me(http.MethodPost, factor, asJSON(t, map[string]string{"password": h.password(t, login)}))
	drawn.want(t, http.StatusCreated, "")
	secret = drawn.text(t, "secret")
	if path := drawn.text(t, "path"); !regexp.MustCompile(`^(M\d+ \d+h1v1h-1z)+$`).MatchString(path) || !strings.Contains(drawn.text(t, "uri"), secret) {
		t.Errorf("not to be drawn: %s", drawn.Body)
	}
	me(http.MethodPost, factor+"/confirmation", `{"code":"000000"}`).want(t, http.StatusUnprocessableEntity, "factor.wrong")
	done := me(http.MethodPost, factor+"/confirmation", fmt.Sprintf(`{"code":%q}`, shows(t, secret, -1)))
	done.want(t, http.StatusCreated, "")
	me(http.MethodGet, session, "").want(t, http.StatusUnauthorized, "session.required")
	recovery, _ = done.object(t)["recovery"].([]any)
	return done.text(t, "token"), secret, recovery
}

// TestWhatComesFirstIsRefusedEverywhereElse: of all routes there are, those with a
// session do nothing until what has to be done first is done.
func TestWhatComesFirstIsRefusedEverywhereElse(t *testing.T) {
	t.Parallel()
	var o options
	h := newHouse(t, func(given *options) { given.Config.Rates = generous(); o = *given })
	_, _, recovery := h.enrols(t, "zhuanban")
	half := h.call(t, http.MethodPost, session, asJSON(t, map[string]string{"login": "zhuanban", "password": h.password(t, "zhuanban")}))
	half.want(t, http.StatusCreated, "")
	if half.text(t, "needs") != "factor" || strings.Contains(half.Body, "user") || strings.Contains(half.Header.Get("Set-Cookie"), "jiesu_known") || len(recovery) != 10 {
		t.Errorf("half a session: %s", half.Body)
	}
	h.drawn(t, "jingban")
	fresh, plain := h.signIn(t, "jingban"), h.signIn(t, "fuzeren")
	o.Access = access.NewService(h.store, time.Now, access.Rules{FactorRequired: true})
	strict, err := server.New(o)
	check(t, err)
	for _, c := range []struct {
		who, token, code string
		handler          http.Handler
		open             []string
	}{
		{"half a session", half.text(t, "token"), "factor.needed", h.handler, []string{"DELETE /api/v1/staff/session", "POST /api/v1/staff/session/factor"}},
		{"with a password of others", fresh, "password.must_change", h.handler, []string{"DELETE /api/v1/staff/session", "GET /api/v1/staff/session", "POST /api/v1/staff/password"}},
		{"without a factor where one is required", plain, "factor.must_enrol", strict.Handler(), []string{
			"DELETE /api/v1/staff/session", "GET /api/v1/staff/factor", "GET /api/v1/staff/session", "POST /api/v1/staff/factor", "POST /api/v1/staff/factor/confirmation",
		}},
	} {
		here := &house{handler: c.handler}
		var open []string
		for _, r := range server.Routes(h.server) {
			name := r.Method + " " + r.Path
			if server.IsOpen(h.server, r.Method, r.Path) || name == "DELETE /api/v1/staff/session" {
				continue
			}
			body := ""
			if r.Method == http.MethodPost {
				body = `{}`
			}
			a := here.call(t, r.Method, parameter.ReplaceAllString(r.Path, "x"), body, "Authorization", "Bearer "+c.token)
			if a.Status != http.StatusForbidden || a.text(t, "code") != c.code {
				open = append(open, name)
			}
		}
		here.call(t, http.MethodDelete, session, "", "Authorization", "Bearer "+c.token).want(t, http.StatusNoContent, "")
		open = append(open, "DELETE /api/v1/staff/session")
		slices.Sort(open)
		if !slices.Equal(open, c.open) {
			t.Errorf("%s: open are %v, want %v", c.who, open, c.open)
		}
	}
}

// loop is a relay between replicas without a network.
type loop struct {
	mu    sync.Mutex
	heard []func([]byte)
	here  sync.WaitGroup // those that will listen
}

func (l *loop) Tell(_ context.Context, message []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, heard := range l.heard {
		heard(message)
	}
	return nil
}

func (l *loop) Hear(ctx context.Context, heard func([]byte), _ func()) {
	l.mu.Lock()
	l.heard = append(l.heard, heard)
	l.mu.Unlock()
	l.here.Done()
	<-ctx.Done()
}

// TestWhoIsOutIsOutAtEveryReplica: what one replica does to somebody's sessions ends
// their connections at another, told by it, or by looking where nobody tells.
func TestWhoIsOutIsOutAtEveryReplica(t *testing.T) {
	t.Parallel()
	if live.DefaultTimes().Check > 5*time.Second {
		t.Error("without a relay it takes longer than five seconds")
	}
	for name, act := range map[string]func(admin func(method, path, body string) *answer, u account) *answer{
		"sessions end": func(admin func(method, path, body string) *answer, u account) *answer {
			return admin(http.MethodDelete, users+"/"+u.ID+"/sessions", "")
		},
		"disabled": func(admin func(method, path, body string) *answer, u account) *answer {
			return admin(http.MethodPost, users+"/"+u.ID, fmt.Sprintf(`{"version":%d,"name":"x","unit":"traffic","roles":["handler"],"disabled":true}`, u.Version))
		},
		"another role": func(admin func(method, path, body string) *answer, u account) *answer {
			return admin(http.MethodPost, users+"/"+u.ID, fmt.Sprintf(`{"version":%d,"name":"x","unit":"traffic","roles":["head"]}`, u.Version))
		},
	} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", told: ", told), func(t *testing.T) { t.Parallel(); outElsewhere(t, told, act) })
		}
	}
}

func outElsewhere(t *testing.T, told bool, act func(admin func(method, path, body string) *answer, u account) *answer) {
	t.Helper()
	var o options
	h := newHouse(t, func(given *options) {
		given.Config.Rates, given.Config.ChatTimes.Check = generous(), time.Hour
		if told {
			relay := &loop{}
			relay.here.Add(2)
			given.Relay = relay
		}
		o = *given
	})
	if !told {
		o.Config.ChatTimes.Check = 10 * time.Millisecond
	}
	elsewhere, err := server.New(o)
	check(t, err)
	elsewhere.Start(t.Context())
	t.Cleanup(func() { check(t, elsewhere.Stop(context.Background())) })
	if relay, ok := o.Relay.(*loop); ok {
		relay.here.Wait()
	}
	srv := httptest.NewServer(elsewhere.Handler())
	defer srv.Close()
	token := h.signIn(t, "jingban")
	header := http.Header{"Sec-Websocket-Protocol": {"jiesu-staff.v1"}, "Authorization": {"Bearer " + token}}
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/v1/staff/live", header)
	check(t, err)
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	check(t, ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1}))
	var f struct{ T string }
	check(t, ws.ReadJSON(&f)) // welcomed: it is known there

	admin := h.by(t, h.signIn(t, "guanli"))
	act(admin, accountOf(t, admin, "jingban")).want(t, http.StatusNoContent, "")
	there := &house{handler: elsewhere.Handler()}
	there.by(t, token)(http.MethodGet, session, "").want(t, http.StatusUnauthorized, "session.required")
	for err == nil {
		_, _, err = ws.ReadMessage()
	}
	if !websocket.IsCloseError(err, live.CloseDenied) {
		t.Errorf("the connection ended with %v", err)
	}
}
