package app

import (
	"cmp"
	"fmt"
	"net/url"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/server"
	"jiesu/webhooks/wechat"
)

const weChatTimeout = 10 * time.Second

// weChat are the WeChat accounts, as each room needs them.
type weChat struct {
	edge     map[string]server.WeChatAccount
	carriers courier.WeChat
}

// weChatAccounts are the accounts as the desk knows them.
func (a *App) weChatAccounts() map[string]desk.WeChatAccount {
	accounts := map[string]desk.WeChatAccount{}
	for name, c := range a.channels.WeChat {
		accounts[name] = desk.WeChatAccount{Mini: c.Kind == "mini", Site: c.Site, Quota: c.Quota(), Progress: desk.WeChatTemplate(c.Progress)}
	}
	return accounts
}

// newWeChat opens the accounts; nothing is asked of WeChat's servers yet.
func (a *App) newWeChat() (weChat, error) {
	w := weChat{edge: map[string]server.WeChatAccount{}, carriers: courier.WeChat{}}
	for name, c := range a.channels.WeChat {
		callback, err := wechat.NewAccount(c.AppID, c.Token.Reveal(), c.Key.Reveal(), wechat.Mode(c.Mode))
		if err != nil {
			return w, fmt.Errorf("channels: wechat.%s: %w", name, err)
		}
		api, err := url.Parse(cmp.Or(c.API, wechat.API))
		if err != nil {
			return w, fmt.Errorf("channels: wechat.%s.api: not an address", name)
		}
		guard, err := courier.NewGuard(api.Hostname()) // the operator names it: it may be a proxy of the bureau
		if err != nil {
			return w, fmt.Errorf("channels: wechat.%s.api: %w", name, err)
		}
		client := wechat.NewClient(guard.Client(courier.Limits{Timeout: weChatTimeout}), api.String(), c.AppID, c.Secret.Reveal())
		w.carriers[name] = courier.NewWeChatAccount(name, client, a.store, a.now)
		w.edge[name] = server.WeChatAccount{Callback: callback}
		if c.Kind == "mini" {
			w.edge[name] = server.WeChatAccount{Callback: callback, Mini: w.carriers[name]}
		}
	}
	return w, nil
}

// route is how messages leave for WeChat: an answer is of use for a day, not for
// a week.
func (w *weChat) route() courier.Route {
	const together = 4
	return courier.Route{
		Carrier: w.carriers, Timeout: weChatTimeout, Together: together,
		Pauses: []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour},
	}
}
