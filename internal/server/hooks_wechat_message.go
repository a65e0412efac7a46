package server

import (
	"strings"

	"jiesu/internal/desk"
	"jiesu/webhooks/wechat"
)

// weChatMessage is what a message means to the desk.
func weChatMessage(m *wechat.Message, raw []byte) desk.WeChatMessage {
	h := desk.WeChatMessage{OpenID: m.From, Type: desk.WeChatUnknown, Text: m.Text, Media: m.Media.ID, Raw: raw}
	switch m.Type {
	case "text":
		h.Type = desk.WeChatText
	case "voice":
		h.Type = desk.WeChatText
		if strings.TrimSpace(m.Text) == "" {
			h.Type = desk.WeChatVoice
		}
	case "image":
		h.Type = desk.WeChatImage
	case "video", "shortvideo":
		h.Type = desk.WeChatFilm
	case "location":
		h.Type, h.Text = desk.WeChatRemark, "位置："+m.Place.Label+"（"+m.Place.Latitude+"，"+m.Place.Longitude+"）"
	case "link":
		h.Type, h.Text = desk.WeChatRemark, "链接："+m.Link.Title+" "+m.Link.URL
	case "miniprogrampage":
		h.Type, h.Text = desk.WeChatRemark, "小程序页面："+m.Link.Title
	case "event":
		weChatEvent(m, &h)
	}
	return h
}

func weChatEvent(m *wechat.Message, h *desk.WeChatMessage) {
	h.Type = desk.WeChatOther
	switch m.Event.Name {
	case "subscribe":
		h.Type = desk.WeChatFollow
	case "unsubscribe":
		h.Type = desk.WeChatLeave
	case "SCAN", "user_enter_tempsession":
		h.Type = desk.WeChatEnter
	case "CLICK":
		h.Type, h.Text = desk.WeChatMenu, m.Event.Key
	case "subscribe_msg_popup_event", "subscribe_msg_change_event":
		h.Type = desk.WeChatGrants
		for _, g := range m.Grant {
			if g.Accepted || m.Event.Name == "subscribe_msg_change_event" { // who says no once keeps what was agreed to before
				h.Grants = append(h.Grants, desk.WeChatGrant{Template: g.Template, Accepted: g.Accepted})
			}
		}
	case "subscribe_msg_sent_event":
		h.Type = desk.WeChatSent
		for _, g := range m.Grant {
			h.Grants = append(h.Grants, desk.WeChatGrant{Template: g.Template, Accepted: g.Failure == "0"})
		}
	}
}
