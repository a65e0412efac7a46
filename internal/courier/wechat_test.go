package courier_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
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
		return courier.NewWeChatAccount("main", wechat.NewClient(servers.Client(), servers.URL, "wx1", "secret"), h.store, h.now)
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
