package app

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/server"
	"jiesu/webhooks/wechat"
)

const (
	weChatTimeout = 10 * time.Second
	mediaTimeout  = time.Minute // shorter than the desk leases it for
)

// weChat are the WeChat accounts, as each room needs them.
type weChat struct {
	edge     map[string]server.WeChatAccount
	carriers courier.WeChat
}

// joinWeChat opens the accounts, and tells the desk of them; nothing is asked of
// WeChat's servers yet.
func (a *App) joinWeChat(parts *desk.Parts) (err error) {
	parts.WeChat = map[string]desk.WeChatAccount{}
	for name, c := range a.channels.WeChat {
		parts.WeChat[name] = desk.WeChatAccount{Mini: c.Kind == "mini", Site: c.Site, Quota: c.Quota(), Progress: desk.WeChatTemplate(c.Progress)}
	}
	a.weChat, err = a.newWeChat()
	parts.FetchMedia = a.weChat.carriers.Fetch
	return err
}

// weChatCallbacks are the accounts as WeChat's console has them.
func weChatCallbacks(c *config.Channels) (map[string]*wechat.Account, error) {
	callbacks := map[string]*wechat.Account{}
	for name, w := range c.WeChat {
		callback, err := wechat.NewAccount(w.AppID, w.Token.Reveal(), w.Key.Reveal(), wechat.Mode(w.Mode))
		if err != nil {
			return nil, fmt.Errorf("channels: wechat.%s: %w", name, err)
		}
		callbacks[name] = callback
	}
	return callbacks, nil
}

func (a *App) newWeChat() (weChat, error) {
	w := weChat{edge: map[string]server.WeChatAccount{}, carriers: courier.WeChat{}}
	callbacks, err := weChatCallbacks(&a.channels)
	if err != nil {
		return w, err
	}
	asking := a.guard.Client(courier.Limits{Timeout: weChatTimeout})
	fetching := a.guard.Client(courier.Limits{Timeout: mediaTimeout, Body: channel.MaxUpload})
	for name, callback := range callbacks {
		c := a.channels.WeChat[name]
		client := func(h *http.Client) *wechat.Client {
			return wechat.NewClient(h, cmp.Or(c.API, wechat.API), c.AppID, c.Secret.Reveal())
		}
		w.carriers[name] = courier.NewWeChatAccount(name, client(asking), client(fetching), a.store, a.now)
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
