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
	Mini     bool           // a mini program: nothing is said in the answer to a message itself
	Site     string         // where the public pages are, such as https://www.example.gov.cn; empty: they are not told of
	Quota    int            // how many messages may follow one of theirs
	Progress WeChatTemplate // of a mini program or a service account
}

// WeChatTemplate is a message that tells somebody who has agreed to it that a
// letter has moved. The names are those of its values; empty ones are left out.
type WeChatTemplate struct {
	ID     string // empty: there is none
	Number string
	State  string
	At     string
	Page   string // of the mini program, or on the web; the number is added to it
}

// WeChatMessage is what somebody sent to an account, or did there.
type WeChatMessage struct {
	OpenID string        `json:"open_id"`
	Type   WeChatType    `json:"type"`
	Text   string        `json:"text,omitempty"`  // typed, recognised, or what a place or a link says in words
	Media  string        `json:"media,omitempty"` // of pictures and voices: the id they are fetched by
	Grants []WeChatGrant `json:"grants,omitempty"`
	Raw    []byte        `json:"raw"` // as WeChat sent it, verified
}

// WeChatGrant is whether somebody wants messages made from a template, or has got
// the last one.
type WeChatGrant struct {
	Template string `json:"template"`
	Accepted bool   `json:"accepted"`
}

// WeChatType is what a message is to the desk.
type WeChatType string

// The types of messages.
const (
	WeChatText       WeChatType = "text"  // typed, or recognised in a voice
	WeChatVoice      WeChatType = "voice" // nothing was recognised
	WeChatImage      WeChatType = "image"
	WeChatFilm       WeChatType = "film"
	WeChatRemark     WeChatType = "remark"  // a place or a link
	WeChatFollow     WeChatType = "follow"  // somebody follows the account
	WeChatLeave      WeChatType = "leave"   // and does no longer
	WeChatMenu       WeChatType = "menu"    // chose from the account's menu
	WeChatEnter      WeChatType = "enter"   // opened the account: it may say something for a while
	WeChatGrants     WeChatType = "grants"  // agreed to messages, or does no longer
	WeChatSent       WeChatType = "sent"    // what became of messages they had agreed to
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

// weChatTurn is what somebody did, and what is to come of it. It is worked out
// before the transaction that stores it, which others wait for.
type weChatTurn struct {
	message WeChatMessage
	account WeChatAccount
	who     WeChatPeer
	begun   *newChat   // nil: they are known
	heard   *utterance // nil: nothing that belongs into the conversation
	media   *WeChatMedia
	words   string // what is answered beside what the conversation says
}

// weChatTurnOf works out what comes of a message.
func (d *Desk) weChatTurnOf(ctx context.Context, in *Inbound) (weChatTurn, error) {
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
	t.who, err = d.Store.WeChatPeer(ctx, name, m.OpenID)
	switch {
	case err != nil && problem.KindOf(err) == problem.NotFound:
		if t.begun, err = d.begin(ctx, d.at()); err != nil {
			return weChatTurn{}, err
		}
		t.who = WeChatPeer{Account: name, OpenID: m.OpenID, Conversation: t.begun.ID}
	case err != nil:
		return weChatTurn{}, err
	}
	err = d.weChatAnswer(ctx, in, &t)
	if problem.KindOf(err) == problem.Invalid || problem.KindOf(err) == problem.NotFound { // it is theirs to put right
		t.heard, t.words, err = nil, sentenceOf(err), nil
	}
	return t, err
}

// weChatAnswer decides what a message is answered with.
func (d *Desk) weChatAnswer(ctx context.Context, in *Inbound, t *weChatTurn) error {
	m := &t.message
	switch m.Type {
	case WeChatText, WeChatMenu:
		return d.weChatText(ctx, in.ID, m.Text, t)
	case WeChatRemark:
		return t.note(in.ID, m.Text, weChatNoted, d.at())
	case WeChatImage, WeChatVoice:
		return t.keepMedia(in, d.at())
	case WeChatFilm:
		words := weChatFilm
		if t.account.Site != "" {
			words += "\n" + t.account.Site + "/letters/new"
		}
		return t.note(in.ID, "〔发送了视频，没有随信提交〕", words, d.at())
	case WeChatFollow:
		t.words = d.fixedLine("smalltalk.hello").Text + "\n" + weChatHandOver + "\n" + weChatProgress
	case WeChatLeave, WeChatEnter, WeChatGrants, WeChatSent, WeChatOther, WeChatUnknown, WeChatUnreadable:
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
func (d *Desk) weChatText(ctx context.Context, id, text string, t *weChatTurn) error {
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
		u, err = d.hearHandOver(ctx, t.who.Conversation, id, Opening{Letter: channel.Letter{Source: channel.WeChat}})
	default:
		u, err = d.hearSaid(ctx, Said{Conversation: t.who.Conversation, ClientID: id, Kind: conversation.Text, Text: text})
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
		_, stored, err := appendIn(ctx, tx, *t.heard)
		if err != nil {
			return "", err
		}
		said = append(said, stored[min(1, len(stored)):]...) // they know what they said themselves
	}
	words := fitWeChat(joined(spokenOnWeChat(said, t.account.Site), t.words), "", "")
	who, err := tx.WeChatPeer(ctx, t.who.Account, t.who.OpenID)
	if err != nil {
		return "", err
	}
	if err := t.act(ctx, tx, &who, at); err != nil {
		return "", err
	}
	if t.account.Mini && words != "" {
		who.Left--
	}
	return words, tx.UpdateWeChatPeer(ctx, who)
}

// act stores what a message does beside what it says.
func (t *weChatTurn) act(ctx context.Context, tx Tx, who *WeChatPeer, at time.Time) error {
	who.after(&t.message, t.account.Quota, at)
	switch {
	case t.media != nil:
		return sendFor(ctx, tx, *t.media)
	case t.message.Type == WeChatSent:
		return lostOnWeChat(ctx, tx, who, t.message.Grants)
	case t.message.Type == WeChatLeave:
		return tx.SaveThread(ctx, threadKey("chat", who.Conversation), conversation.Thread{}, at)
	}
	return nil
}

// after notes what somebody did: how long and how often they may be written to,
// and which messages they want.
func (p *WeChatPeer) after(m *WeChatMessage, quota int, at time.Time) {
	switch m.Type {
	case WeChatText, WeChatVoice, WeChatImage, WeChatFilm, WeChatRemark:
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
	case WeChatSent, WeChatOther, WeChatUnknown, WeChatUnreadable:
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

// tell tells of what has been stored.
func (t *weChatTurn) tell(w Waker) {
	if t.heard == nil {
		w.Wake(t.who.Conversation)
		return
	}
	t.heard.tell(w)
}

// spend uses up an agreement for a delivery, which gets its id so that what becomes
// of it can be noted.
func (p *WeChatPeer) spend(template string, v *Delivery, id string) {
	p.Credits[template]--
	if p.Told == nil {
		p.Told = map[string]string{}
	}
	v.ID, p.Told[template] = id, id
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
