package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/server"
	"jiesu/webhooks/wechat"
	"jiesu/webhooks/wechat/wechattest"
)

const weChatKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// weChatHouse has an Official Account in every mode, and a mini program.
func weChatHouse(t *testing.T) (*house, *wechattest.Server) {
	t.Helper()
	servers := wechattest.New("wxmini", "secret")
	t.Cleanup(servers.Close)
	open := func(id, key string, mode wechat.Mode) *wechat.Account {
		a, err := wechat.NewAccount(id, "token", key, mode)
		check(t, err)
		return a
	}
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.WeChat = map[string]server.WeChatAccount{
			"plain":  {Callback: open("wx1", "", wechat.Plain)},
			"compat": {Callback: open("wx1", weChatKey, wechat.Compat)},
			"safe":   {Callback: open("wx1", weChatKey, wechat.Safe)},
			"mini":   {Callback: open("wxmini", weChatKey, wechat.Safe), Mini: loggingIn{wechat.NewClient(servers.Client(), servers.URL, "wxmini", "secret")}},
		}
	})
	h.WeChat = map[string]desk.WeChatAccount{"plain": {Quota: 5}, "compat": {Quota: 5}, "safe": {Quota: 5}, "mini": {Mini: true, Quota: 5}}
	return h, servers
}

// loggingIn keeps no token.
type loggingIn struct{ *wechat.Client }

func (l loggingIn) PhoneNumber(ctx context.Context, code string) (string, error) {
	token, err := l.StableToken(ctx)
	if err != nil {
		return "", err
	}
	return l.Client.PhoneNumber(ctx, token.Value, code)
}

// push sends a message as WeChat does.
func (h *house) push(t *testing.T, account string, q url.Values, body string) *answer {
	t.Helper()
	return h.call(t, http.MethodPost, "/webhooks/wechat/"+account+"?"+q.Encode(), body, "Content-Type", "text/xml")
}

func textMessage(id, text string) string {
	return fmt.Sprintf(`<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[o_secret]]></FromUserName><CreateTime>1348831860</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%s</MsgId></xml>`, text, id)
}

func jsonMessage(id, text string) string {
	return fmt.Sprintf(`{"ToUserName":"gh_x","FromUserName":"o_secret","CreateTime":1348831860,"MsgType":"text","Content":%q,"MsgId":%s}`, text, id)
}

// In every mode and format a question is answered in the same breath, by a client
// of its own that encrypts and signs; a second try gets the same.
func TestMessagesOnWeChatAreAnswered(t *testing.T) {
	t.Parallel()
	h, _ := weChatHouse(t)
	modes := map[string]*wechattest.Pusher{
		"plain": {AppID: "wx1", Token: "token"}, "compat": {AppID: "wx1", Token: "token", Key: weChatKey, Compat: true}, "safe": {AppID: "wx1", Token: "token", Key: weChatKey},
	}
	for account, p := range modes {
		for n, message := range []string{textMessage("9223372036854775807", "身份证丢了怎么补办"), jsonMessage("9223372036854775806", "身份证丢了怎么补办")} {
			var first string
			for try := range 2 {
				q, body := p.Push(message, time.Now())
				a := h.push(t, account, q, body)
				got, err := p.Read(a.Body)
				if a.Status != http.StatusOK || err != nil || got.ToUserName != "o_secret" || got.FromUserName != "gh_x" || !strings.HasPrefix(got.Content, "本人到任意派出所") {
					t.Errorf("%s, message %d, try %d: %d %q, %+v, %v", account, n, try, a.Status, a.Body, got, err)
				}
				if try > 0 && got.Content != first {
					t.Errorf("%s: the second try gets %q, the first got %q", account, got.Content, first)
				}
				first = got.Content
			}
		}
		who, err := h.store.WeChatPeer(t.Context(), account, "o_secret")
		check(t, err)
		c, err := h.Conversation(t.Context(), who.Conversation)
		check(t, err)
		if c.Head != 4 {
			t.Errorf("%s: %d messages of two questions that came twice", account, c.Head)
		}
		checked := h.call(t, http.MethodGet, "/webhooks/wechat/"+account+"?"+p.Query(time.Now()).Encode()+"&echostr=4375120948345356249", "")
		if checked.Body != "4375120948345356249" || !strings.HasPrefix(checked.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: the address is checked: %q", account, checked.Body)
		}
	}
	if log := h.log.String(); strings.Contains(log, "o_secret") || strings.Contains(log, "身份证") || strings.Contains(log, "nonce") {
		t.Error("the log tells who asked, or what")
	}
}

// Whatever is not WeChat's is refused in one way; whatever is and makes no sense
// is kept for people.
func TestWhatIsNotWeChatsIsRefused(t *testing.T) {
	t.Parallel()
	h, _ := weChatHouse(t)
	p := &wechattest.Pusher{AppID: "wx1", Token: "token", Key: weChatKey}
	plain := &wechattest.Pusher{AppID: "wx1", Token: "token"}
	message := textMessage("1", "你好")
	good := func() (url.Values, string) { return p.Push(message, time.Now()) }
	for name, c := range map[string]func() (account string, q url.Values, body string){
		"a wrong signature": func() (string, url.Values, string) {
			q, b := good()
			q.Set("msg_signature", strings.Repeat("0", 40))
			return "safe", q, b
		},
		"the plain one only": func() (string, url.Values, string) {
			q, b := good()
			q.Set("msg_signature", q.Get("signature"))
			return "safe", q, b
		},
		"an hour old": func() (string, url.Values, string) {
			q, b := p.Push(message, time.Now().Add(-time.Hour))
			return "safe", q, b
		},
		"an hour early": func() (string, url.Values, string) {
			q, b := p.Push(message, time.Now().Add(time.Hour))
			return "safe", q, b
		},
		"another appid": func() (string, url.Values, string) {
			q, b := (&wechattest.Pusher{AppID: "wx2", Token: "token", Key: weChatKey}).Push(message, time.Now())
			return "safe", q, b
		},
		"plain instead of safe":   func() (string, url.Values, string) { q, b := plain.Push(message, time.Now()); return "safe", q, b },
		"plain instead of compat": func() (string, url.Values, string) { q, b := plain.Push(message, time.Now()); return "compat", q, b },
		"safe instead of plain":   func() (string, url.Values, string) { q, b := good(); return "plain", q, b },
		"an unknown account":      func() (string, url.Values, string) { q, b := good(); return "none", q, b },
		"a broken envelope":       func() (string, url.Values, string) { return resigned("QUJD") },
		"wrong padding":           func() (string, url.Values, string) { return resigned(strings.Repeat("A", 86) + "==") },
		"a DOCTYPE":               func() (string, url.Values, string) { q, b := good(); return "safe", q, "<!DOCTYPE x>" + b },
		"no body":                 func() (string, url.Values, string) { q, _ := good(); return "safe", q, "" },
	} {
		account, q, body := c()
		if a := h.push(t, account, q, body); a.Status != http.StatusForbidden || a.Body != "forbidden" {
			t.Errorf("%s: %d %q", name, a.Status, a.Body)
		}
	}
	if a := h.push(t, "safe", url.Values{}, strings.Repeat("x", 300<<10)); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("300 KiB: %d", a.Status)
	}
	for name, body := range map[string]string{
		"a DOCTYPE inside": "<!DOCTYPE x>" + message, "half of one": message[:80], "a type nobody knows": strings.ReplaceAll(message, "[text]", "[hologram]"),
		"an event":              `{"ToUserName":"gh_x","FromUserName":"o_secret","CreateTime":1,"MsgType":"event","Event":"unsubscribe"}`,
		"an event nobody knows": `{"ToUserName":"gh_x","FromUserName":"o_secret","CreateTime":2,"MsgType":"event","Event":"hologram"}`,
	} {
		q, b := p.Push(body, time.Now())
		if a := h.push(t, "safe", q, b); a.Status != http.StatusOK || a.Body != "success" {
			t.Errorf("%s: %d %q", name, a.Status, a.Body)
		}
	}
	seen, err := h.store.Inbounds(t.Context(), desk.InboundFilter{States: []desk.InboundState{desk.InboundUnprocessable, desk.InboundDone}, Limit: 9})
	check(t, err)
	reasons := map[string]int{}
	for _, in := range seen {
		reasons[in.Reason]++
	}
	if len(seen) != 5 || reasons["wechat.unreadable"] != 2 || reasons["wechat.unknown_type"] != 1 {
		t.Errorf("kept: %v", reasons)
	}
}

// resigned is an envelope that is signed and cannot be opened.
func resigned(encrypted string) (string, url.Values, string) {
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {"7"}, "encrypt_type": {"aes"}, "msg_signature": {wechat.Signature("token", stamp, "7", encrypted)}}
	return "safe", q, "<xml><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

// A mini program logs its person in, and goes on with the chat of the website.
func TestAMiniProgramLogsIn(t *testing.T) {
	t.Parallel()
	h, servers := weChatHouse(t)
	servers.Code("c1", "o_secret")
	servers.Code("c2", "o_secret")
	servers.Phone("p1", "13800000000")
	login := func(account, code string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/wechat/"+account+"/session", `{"code":"`+code+`"}`)
	}
	login("mini", "wrong").want(t, http.StatusUnauthorized, "wechat.code")
	login("safe", "c1").want(t, http.StatusNotFound, "wechat.account")
	servers.Fail("/sns/jscode2session", -1)
	login("mini", "c2").want(t, http.StatusServiceUnavailable, "wechat.unavailable")
	first := login("mini", "c1")
	first.want(t, http.StatusCreated, "")
	if strings.Contains(first.Body, "session_key") || strings.Contains(first.Body, "o_secret") {
		t.Errorf("it tells what stays on the server: %s", first.Body)
	}
	conversation, token := first.text(t, "conversation"), first.text(t, "token")
	owner := []string{"Authorization", "Bearer " + token}
	said := h.call(t, http.MethodPost, "/api/v1/chat/"+conversation+"/messages", `{"kind":"text","body":{"text":"身份证丢了怎么补办"}}`, append([]string{"Idempotency-Key", "k1"}, owner...)...)
	said.want(t, http.StatusCreated, "")
	phone := func(conversation, code string, header ...string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/wechat/mini/phone", `{"conversation":"`+conversation+`","code":"`+code+`"}`, header...)
	}
	phone(conversation, "p1").want(t, http.StatusUnauthorized, "chat.token")
	phone(conversation, "p1", "Authorization", "Bearer wrong").want(t, http.StatusForbidden, "chat.forbidden")
	if a := phone(conversation, "p1", owner...); a.Status != http.StatusOK || !strings.Contains(a.Body, "138****0000") {
		t.Errorf("the phone: %d %s", a.Status, a.Body)
	}
	phone(conversation, "p1", owner...).want(t, http.StatusUnauthorized, "wechat.code")
	agreed := h.call(t, http.MethodPost, "/api/v1/wechat/mini/subscriptions", `{"conversation":"`+conversation+`","templates":["T"]}`, owner...)
	agreed.want(t, http.StatusNoContent, "")
	p := &wechattest.Pusher{AppID: "wxmini", Token: "token", Key: weChatKey}
	q, body := p.Push(jsonMessage("1", "身份证丢了怎么补办"), time.Now())
	if a := h.push(t, "mini", q, body); a.Body != "success" {
		t.Errorf("a customer-service message is answered with %q", a.Body)
	}
	waiting, err := h.store.Deliveries(t.Context(), desk.DeliveryFilter{States: []desk.DeliveryState{desk.DeliveryWaiting}, Limit: 9})
	check(t, err)
	if len(waiting) != 1 || waiting[0].Route != "wechat/mini" {
		t.Errorf("its answer: %+v", waiting)
	}
	if log := h.log.String(); strings.Contains(log, "o_secret") || strings.Contains(log, "13800000000") || strings.Contains(log, token) {
		t.Error("the log tells who logged in")
	}
}
