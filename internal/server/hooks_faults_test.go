package server_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/server"
	"jiesu/webhooks/wechat"
	"jiesu/webhooks/wechat/wechattest"
)

// stuckDesk answers nobody on WeChat.
type stuckDesk struct{ server.Desk }

func (stuckDesk) AnswerWeChat(ctx context.Context, _ desk.Inbound) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// TestWeChatDoesNotWaitForAnAnswer: it hangs up after five seconds and asks again;
// told before that not to wait, it gets the answer once there is one.
func TestWeChatDoesNotWaitForAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		account, err := wechat.NewAccount("wx1", "token", "", wechat.Plain)
		check(t, err)
		h := newHouse(t, func(o *options) {
			o.Config.Rates = generous()
			o.Desk = stuckDesk{o.Desk}
			o.WeChat = map[string]server.WeChatAccount{"plain": {Callback: account}}
		})
		h.WeChat = map[string]desk.WeChatAccount{"plain": {Quota: 5}}
		began := time.Now()
		q, body := (&wechattest.Pusher{AppID: "wx1", Token: "token"}).Push(textMessage("1", "你好"), began)
		a := h.push(t, "plain", q, body)
		if took := time.Since(began); a.Status != http.StatusOK || a.Body != "success" || took >= 5*time.Second {
			t.Errorf("after %s: %d %q", took, a.Status, a.Body)
		}
		h.worked(t)
		waiting, err := h.store.Deliveries(t.Context(), desk.DeliveryFilter{Limit: 9})
		check(t, err)
		if len(waiting) != 1 || waiting[0].State != desk.DeliveryWaiting || waiting[0].NextAt.After(time.Now()) {
			t.Errorf("its answer: %+v", waiting)
		}
	})
}

// TestWhoWritesTooMuchMayLeave: questions are limited; what WeChat tells of
// somebody is not.
func TestWhoWritesTooMuchMayLeave(t *testing.T) {
	t.Parallel()
	h, _ := weChatHouse(t)
	p := &wechattest.Pusher{AppID: "wx1", Token: "token"}
	send := func(message string) string {
		q, body := p.Push(message, time.Now())
		return h.push(t, "plain", q, body).Body
	}
	for n := 1; !strings.Contains(send(textMessage(strconv.Itoa(n), "查进度")), "太快"); n++ {
		if n > 200 {
			t.Fatal("nobody writes too much")
		}
	}
	if got := send(`{"ToUserName":"gh_x","FromUserName":"o_secret","CreateTime":1,"MsgType":"event","Event":"unsubscribe"}`); got != "success" {
		t.Errorf("who leaves is told %s", got)
	}
	who, err := h.store.WeChatPeer(t.Context(), "plain", "o_secret")
	check(t, err)
	if who.Left != 0 {
		t.Errorf("who has left may still be written to: %+v", who)
	}
}
