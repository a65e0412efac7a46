package server_test

import (
	"context"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/server"
	"jiesu/webhooks/mailbox"
	"jiesu/webhooks/wechat"
	"jiesu/webhooks/wechat/wechattest"
)

func (deafDesk) ReceiveWeChat(context.Context, string, string, desk.WeChatMessage) (desk.Inbound, error) {
	return desk.Inbound{}, notKept()
}

func (deafDesk) ReceiveMail(context.Context, string, mailbox.Call) (desk.MailReceived, error) {
	return desk.MailReceived{}, notKept()
}

func (deafDesk) HasMailbox(string) bool { return true }

func (deafDesk) MaySendReceipts(string, netip.Addr) bool { return true }

func (deafDesk) ReceiveSMS(context.Context, string, netip.Addr, []byte) (string, error) {
	return "", notKept()
}

// notKept is what a store says that is not there.
func notKept() error {
	return problem.New(problem.Unavailable, "store.unavailable", "系统暂时无法保存或读取，请稍后再试。")
}

// TestTheStoreFailsAndEveryPeerTriesAgain: nobody is thanked for what is not kept.
func TestTheStoreFailsAndEveryPeerTriesAgain(t *testing.T) {
	t.Parallel()
	account, err := wechat.NewAccount("wx1", "token", "", wechat.Plain)
	check(t, err)
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Desk = deafDesk{o.Desk}
		o.WeChat = map[string]server.WeChatAccount{"plain": {Callback: account}}
	})
	q, body := (&wechattest.Pusher{AppID: "wx1", Token: "token"}).Push(textMessage("1", "你好"), time.Now())
	for path, body := range map[string]string{
		"/webhooks/wechat/plain?" + q.Encode(): body, "/webhooks/inbound/mayor": `{"id":"1"}`, "/webhooks/sms/key": `[]`,
	} {
		h.call(t, http.MethodPost, path, body).want(t, http.StatusServiceUnavailable, "store.unavailable")
	}
}
