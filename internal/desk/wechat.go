package desk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// WeChatAccount is an Official Account or a mini program as the desk knows it.
type WeChatAccount struct {
	Mini     bool   // a mini program: nothing is said in the answer to a message itself
	Site     string // where the public pages are, such as https://www.example.gov.cn; empty: they are not told of
	Quota    int    // how many messages may follow one of theirs
	Progress WeChatTemplate
}

// WeChatTemplate is a message that tells somebody who has agreed to it that a
// letter has moved. The names are those of its values; empty ones are left out.
type WeChatTemplate struct {
	ID     string // empty: there is none
	Number string
	State  string
	At     string
	Page   string // of the mini program; the number is added to it
}

// WeChatMessage is what somebody sent to an account, or did there.
type WeChatMessage struct {
	OpenID string        `json:"open_id"`
	Type   WeChatType    `json:"type"`
	Text   string        `json:"text,omitempty"` // typed, recognised, or what a place or a link says in words
	Media  string        `json:"media,omitempty"`
	Grants []WeChatGrant `json:"grants,omitempty"`
	Raw    []byte        `json:"raw"` // as WeChat sent it, verified
}

// WeChatGrant is whether somebody wants messages made from a template.
type WeChatGrant struct {
	Template string `json:"template"`
	Accepted bool   `json:"accepted"`
}

// WeChatType is what a message is to the desk.
type WeChatType string

// The types of messages.
const (
	WeChatText       WeChatType = "text"    // typed, or recognised in a voice
	WeChatVoice      WeChatType = "voice"   // nothing was recognised
	WeChatImage      WeChatType = "image"   // or a film
	WeChatRemark     WeChatType = "remark"  // a place or a link
	WeChatFollow     WeChatType = "follow"  // somebody follows the account
	WeChatLeave      WeChatType = "leave"   // and does no longer
	WeChatMenu       WeChatType = "menu"    // chose from the account's menu
	WeChatEnter      WeChatType = "enter"   // opened the account: it may say something for a while
	WeChatGrants     WeChatType = "grants"  // agreed to messages, or does no longer
	WeChatOther      WeChatType = "other"   // did something the desk has no use for
	WeChatUnknown    WeChatType = "unknown" // sent something the desk does not know
	WeChatUnreadable WeChatType = "unreadable"
)

// How long an account may write to somebody after what they did.
const (
	weChatOpen    = 48 * time.Hour // after a message
	weChatGlance  = time.Minute    // after anything else
	weChatGlanced = 2              // messages then
)

// weChatTurn is what somebody did, and what is to come of it. Where WeChat waits for
// the answer it is worked out before the transaction, which others wait for; what a
// job takes, and what something else came before, is worked out inside.
type weChatTurn struct {
	message WeChatMessage
	account WeChatAccount
	who     WeChatPeer
	begun   *newChat   // nil: they are known
	heard   *utterance // nil: nothing that belongs into the conversation
	words   string     // what is answered beside what the conversation says
}

// weChatTurnOf works out what comes of a message.
func (d *Desk) weChatTurnOf(ctx context.Context, r Reader, in *Inbound) (weChatTurn, error) {
	name := NameOf(in.Source)
	t := weChatTurn{account: d.WeChat[name]}
	err := json.Unmarshal(in.Body, &t.message)
	m := &t.message
	switch _, ours := d.WeChat[name]; {
	case err != nil || m.Type == WeChatUnreadable:
		return t, problem.New(problem.Invalid, "wechat.unreadable", "微信发来的消息无法读取。")
	case m.Type == WeChatUnknown:
		return t, problem.New(problem.Invalid, "wechat.unknown_type", "微信发来了系统还不认识的一类消息。")
	case !ours:
		return t, problem.New(problem.Invalid, "wechat.account", "配置中没有这个微信账号。")
	}
	t.who, err = r.WeChatPeer(ctx, name, m.OpenID)
	switch {
	case err != nil && problem.KindOf(err) == problem.NotFound:
		if t.begun, err = d.begin(ctx, d.at()); err != nil {
			return weChatTurn{}, err
		}
		t.who = WeChatPeer{Account: name, OpenID: m.OpenID, Conversation: t.begun.ID}
	case err != nil:
		return weChatTurn{}, err
	}
	err = d.weChatAnswer(ctx, r, in.ID, m, &t)
	if problem.KindOf(err) == problem.Invalid || problem.KindOf(err) == problem.NotFound { // it is theirs to put right
		t.heard, t.words, err = nil, sentenceOf(err), nil
	}
	return t, err
}

// weChatAnswer decides what a message is answered with.
func (d *Desk) weChatAnswer(ctx context.Context, r Reader, id string, m *WeChatMessage, t *weChatTurn) error {
	switch m.Type {
	case WeChatText, WeChatMenu:
		return d.weChatText(ctx, r, id, m.Text, t)
	case WeChatRemark:
		return t.note(id, m.Text, weChatNoted, d.at())
	case WeChatImage:
		words := weChatPicture
		if t.account.Site != "" {
			words += "\n" + t.account.Site + "/letters/new"
		}
		return t.note(id, "〔发送了图片，没有随信提交〕", words, d.at())
	case WeChatVoice:
		t.words = weChatUnheard
	case WeChatFollow:
		t.words = d.fixedLine("smalltalk.hello").Text + "\n" + weChatHandOver + "\n" + weChatProgress
	case WeChatLeave, WeChatEnter, WeChatGrants, WeChatOther, WeChatUnknown, WeChatUnreadable:
	}
	return nil
}

// note keeps a remark for the task force, which nobody answers but with words.
func (t *weChatTurn) note(id, text, words string, at time.Time) error {
	m, err := newMessage(t.who.Conversation, conversation.User, id, conversation.Text, map[string]string{"text": text}, at)
	t.words = words
	t.heard = &utterance{message: m, follow: silence}
	return err
}

// weChatText does what was asked for in words.
func (d *Desk) weChatText(ctx context.Context, r Reader, id, text string, t *weChatTurn) error {
	number, code, pair := numberAndCode(text)
	var u utterance
	var err error
	switch {
	case pair: // the code is a secret: it does not belong into the conversation
		line, err := d.Lookup(ctx, number, code)
		if err == nil {
			t.words = plainTimeline(&line)
		}
		return err
	case asksProgress(text):
		t.words = weChatProgress
		return nil
	case asksHandOver(text) && t.begun != nil:
		t.words = weChatNothing
		return nil
	case asksHandOver(text):
		u, err = d.hearHandOver(ctx, r, t.who.Conversation, id, Opening{Letter: channel.Letter{Source: channel.WeChat}})
	default:
		u, err = d.hearSaid(ctx, r, Said{Conversation: t.who.Conversation, ClientID: id, Kind: conversation.Text, Text: text})
	}
	t.heard = &u
	return err
}

// store stores what comes of a message and returns what is answered.
func (t *weChatTurn) store(ctx context.Context, tx Tx, at time.Time) (string, error) {
	var said []conversation.Message
	if t.begun != nil {
		if err := t.begun.store(ctx, tx); err != nil {
			return "", err
		}
		said = t.begun.greeting
		if err := tx.InsertWeChatPeer(ctx, t.who); err != nil {
			return "", err
		}
	}
	if t.heard != nil {
		_, more, err := appendIn(ctx, tx, *t.heard)
		if err != nil {
			return "", err
		}
		said = append(said, more...)
	}
	words := fitWeChat(joined(spokenOnWeChat(said, t.account.Site), t.words), "", "")
	who, err := tx.WeChatPeer(ctx, t.who.Account, t.who.OpenID)
	if err != nil {
		return "", err
	}
	who.after(&t.message, t.account.Quota, at)
	if t.account.Mini && words != "" {
		who.Left--
	}
	if t.message.Type == WeChatLeave {
		if err := tx.SaveThread(ctx, threadKey("chat", who.Conversation), conversation.Thread{}, at); err != nil {
			return "", err
		}
	}
	return words, tx.UpdateWeChatPeer(ctx, who)
}

// after notes what somebody did: how long and how often they may be written to,
// and which messages they want.
func (p *WeChatPeer) after(m *WeChatMessage, quota int, at time.Time) {
	switch m.Type {
	case WeChatText, WeChatVoice, WeChatImage, WeChatRemark:
		p.OpenUntil, p.Left = at.Add(weChatOpen), quota
	case WeChatFollow, WeChatMenu, WeChatEnter:
		if until := at.Add(weChatGlance); until.After(p.OpenUntil) || p.Left == 0 {
			p.OpenUntil, p.Left = until, weChatGlanced
		}
	case WeChatLeave:
		p.OpenUntil, p.Left, p.Credits = time.Time{}, 0, nil
	case WeChatGrants:
		for _, g := range m.Grants {
			p.grant(g)
		}
	case WeChatOther, WeChatUnknown, WeChatUnreadable:
	}
}

// grant counts a message somebody agreed to; who refuses one gets none any more.
func (p *WeChatPeer) grant(g WeChatGrant) {
	if p.Credits == nil {
		p.Credits = map[string]int{}
	}
	if !g.Accepted {
		delete(p.Credits, g.Template)
		return
	}
	p.Credits[g.Template]++
}

// joined is what two have to say, one under the other.
func joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "\n\n" + second
}

// sentenceOf is what a problem tells people.
func sentenceOf(err error) string {
	p, _ := errors.AsType[*problem.Error](err)
	return p.Public
}
