package courier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks/wechat"
	"jiesu/webhooks/wechat/wechattest"
)

// replicas are an account as two processes see it.
func replicas(t *testing.T) (h *house, servers *wechattest.Server, a, b *courier.WeChatAccount) {
	t.Helper()
	h = open(t, nil)
	servers = wechattest.New("wx1", "secret")
	t.Cleanup(servers.Close)
	of := func() *courier.WeChatAccount {
		client := wechat.NewClient(servers.Client(), servers.URL, "wx1", "secret")
		return courier.NewWeChatAccount("main", client, client, h.store, h.now)
	}
	return h, servers, of(), of()
}

func parcel(t *testing.T, p desk.WeChatParcel) desk.Delivery {
	t.Helper()
	p.OpenID = "o_x"
	body, err := json.Marshal(p)
	must(t, err)
	return desk.Delivery{ID: "d1", Route: "wechat/main", Body: body}
}

// A token is fetched once for all, again when it ends, and once more when WeChat
// does not take it any longer: never in a circle.
func TestReplicasShareATokenOfWeChat(t *testing.T) {
	t.Parallel()
	h, servers, a, b := replicas(t)
	send := func() {
		t.Helper()
		var sending sync.WaitGroup
		for n := range 8 {
			account := a
			if n%2 == 0 {
				account = b
			}
			sending.Go(func() {
				if got := (courier.WeChat{"main": account}).Carry(t.Context(), parcel(t, desk.WeChatParcel{Text: "您好"})); got.Outcome != desk.Arrived {
					t.Errorf("sent: %+v", got)
				}
			})
		}
		sending.Wait()
	}
	send()
	if n := servers.Tokens(); n != 1 {
		t.Errorf("%d tokens for two replicas", n)
	}
	servers.Expire()
	send()
	if n := servers.Tokens(); n != 2 {
		t.Errorf("%d tokens after one was ended", n)
	}
	kept, err := h.store.WeChatToken(t.Context(), "main")
	must(t, err)
	if left := kept.Until.Sub(h.now()); left > 115*time.Minute || left < 113*time.Minute {
		t.Errorf("it is used for %s of two hours", left)
	}
	h.pass(2 * time.Hour)
	servers.Expire()
	send()
	if n := servers.Tokens(); n != 3 {
		t.Errorf("%d tokens after it ran out", n)
	}
	servers.Fail("/cgi-bin/message/custom/send", 40001, 40001)
	if got := (courier.WeChat{"main": a}).Carry(t.Context(), parcel(t, desk.WeChatParcel{Text: "您好"})); got.Outcome != desk.TryLater || got.Status != 40001 {
		t.Errorf("a token that is never good: %+v", got)
	}
}

// What WeChat refuses is told apart: later, otherwise, or for staff to see.
func TestWhatWeChatRefuses(t *testing.T) {
	t.Parallel()
	_, servers, a, _ := replicas(t)
	w := courier.WeChat{"main": a}
	const custom, subscribe = "/cgi-bin/message/custom/send", "/cgi-bin/message/subscribe/send"
	for _, c := range []struct {
		path    string
		code    int
		outcome desk.Outcome
		detail  string
	}{
		{custom, -1, desk.TryLater, "errcode -1"},
		{custom, 45009, desk.TryLater, "errcode 45009"},
		{custom, 48001, desk.TryLater, "errcode 48001"},
		{custom, 45015, desk.NotDelivered, "wechat.closed"},
		{custom, 45047, desk.NotDelivered, "wechat.closed"},
		{subscribe, 43101, desk.NotDelivered, "wechat.not_asked"},
		{custom, 40003, desk.NotDelivered, "wechat.refused"},
		{subscribe, 47003, desk.NotDelivered, "wechat.refused"},
	} {
		servers.Fail(c.path, c.code)
		p := desk.WeChatParcel{Text: "您好"}
		if c.path == subscribe {
			p = desk.WeChatParcel{Template: "T", Data: map[string]string{"character_string1": "261130-1234-5678"}}
		}
		if got := w.Carry(t.Context(), parcel(t, p)); got.Outcome != c.outcome || got.Detail != c.detail || got.Status != c.code {
			t.Errorf("%d: %+v", c.code, got)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := w.Carry(ended, parcel(t, desk.WeChatParcel{Text: "您好"})); got.Outcome == desk.Arrived {
		t.Errorf("nobody was asked: %+v", got)
	}
	for name, v := range map[string]desk.Delivery{
		"another account": {Route: "wechat/other"}, "no body": {Route: "wechat/main"},
	} {
		if got := w.Carry(t.Context(), v); got.Outcome == desk.Arrived || got.Detail == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What people sent is fetched with the account's token; what will not be there the
// next time either is told from what may be, and nothing repeats token or id.
func TestMediaIsFetched(t *testing.T) {
	t.Parallel()
	_, servers, a, _ := replicas(t)
	w := courier.WeChat{"main": a}
	servers.Media("M1", []byte("a picture"))
	servers.Media("V1", []byte(`{"video_url":"https://video.example/V1"}`))
	servers.Expire()
	if got, err := w.Fetch(t.Context(), "main", "M1"); err != nil || string(got) != "a picture" {
		t.Errorf("fetched %q, %v", got, err)
	}
	const path = "/cgi-bin/media/get"
	for name, c := range map[string]struct {
		codes   []int
		account string
		media   string
		kind    problem.Kind
		code    string
	}{
		"expired":         {nil, "main", "M-old", problem.NotFound, "wechat.media_gone"},
		"a film":          {nil, "main", "V1", problem.Invalid, "wechat.no_media"},
		"refused":         {[]int{41006}, "main", "M1", problem.Invalid, "wechat.no_media"},
		"busy":            {[]int{-1}, "main", "M1", problem.Unavailable, "wechat.unreachable"},
		"not granted":     {[]int{48001}, "main", "M1", problem.Unavailable, "wechat.unreachable"},
		"token twice bad": {[]int{40001, 40001}, "main", "M1", problem.Unavailable, "wechat.unreachable"},
		"no such account": {nil, "other", "M1", problem.Unavailable, "wechat.account"},
	} {
		servers.Fail(path, c.codes...)
		_, err := w.Fetch(t.Context(), c.account, c.media)
		if problem.KindOf(err) != c.kind || !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNothingOfWeChatIsLogged: whatever is asked and however it fails, what is
// logged of it holds no openid, no token, no media id and no secret.
func TestNothingOfWeChatIsLogged(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	var fail func(w http.ResponseWriter, r *http.Request)
	servers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/stable_token" && fail == nil {
			_, _ = io.WriteString(w, `{"access_token":"TOKEN","expires_in":7200}`)
			return
		}
		raw, _ := io.ReadAll(r.Body)
		if fail != nil {
			fail(w, r)
			return
		}
		_, _ = fmt.Fprintf(w, `{"errcode":40003,"errmsg":%q}`, "refused "+r.URL.RawQuery+string(raw))
	}))
	t.Cleanup(servers.Close)
	client := wechat.NewClient(servers.Client(), servers.URL, "wx1", "SECRET")
	w := courier.WeChat{"main": courier.NewWeChatAccount("main", client, client, h.store, h.now)}
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	ask := func() {
		_, err := w.Fetch(t.Context(), "main", "MEDIA")
		log.Error("fetched", "error", err)
		_, err = w["main"].PhoneNumber(t.Context(), "CODE")
		log.Error("asked", "error", err)
		_, err = w["main"].Login(t.Context(), "CODE")
		log.Error("asked", "error", err)
		got := w.Carry(t.Context(), parcel(t, desk.WeChatParcel{Text: "WORDS"}))
		log.Error("sent", "result", got)
	}
	ask()
	for _, f := range []func(w http.ResponseWriter, r *http.Request){
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere?"+r.URL.RawQuery, http.StatusFound)
		},
		func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.RawQuery, http.StatusBadGateway) },
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		fail = f
		ask()
	}
	servers.Close()
	ask()
	for _, secret := range []string{"TOKEN", "SECRET", "MEDIA", "CODE", "WORDS", "o_x"} {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("%s is logged: %s", secret, &logged)
		}
	}
	if strings.Count(logged.String(), "error=") < 12 {
		t.Errorf("little went wrong: %s", &logged)
	}
}
