package courier

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks/wechat"
)

// When a token is no longer used: this long before it ends, less than which it may
// have when it is fetched; and a little earlier, so that replicas do not all fetch.
const (
	tokenMargin = 5 * time.Minute
	tokenSpread = time.Minute
	tokenAtMost = 30 * time.Second // where it has no longer than the margin
)

// WeChat carries messages to people on WeChat, by the names of its accounts.
type WeChat map[string]*WeChatAccount

// Carry implements [Carrier].
func (w WeChat) Carry(ctx context.Context, v desk.Delivery) Result {
	name := desk.NameOf(v.Route)
	account, ok := w[name]
	if !ok {
		return Result{Outcome: desk.TryLater, Detail: "no such account in the file of channels"}
	}
	var p desk.WeChatParcel
	if json.Unmarshal(v.Body, &p) != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "the body cannot be read"}
	}
	return weChatResult(account.withToken(ctx, func(ctx context.Context, token string) error {
		if p.Text != "" {
			return account.client.SendText(ctx, token, p.OpenID, p.Text)
		}
		return account.client.Subscribe(ctx, token, wechat.Subscription{To: p.OpenID, Template: p.Template, Page: p.Page, Data: p.Data, Official: p.Official})
	}))
}

// weChatResult is what became of an attempt. Nobody is kept from later messages
// by one that WeChat does not let through.
func weChatResult(err error) Result {
	if err == nil {
		return Result{Outcome: desk.Arrived}
	}
	r := Result{Outcome: desk.TryLater}
	if code, ok := wechat.CodeOf(err); ok {
		r.Status, r.Detail = code, "errcode "+strconv.Itoa(code)
	}
	switch wechat.FailureOf(err) {
	case wechat.Unclear:
		r.Outcome = desk.NobodyKnows
	case wechat.Closed:
		r.Outcome, r.Detail = desk.NotDelivered, "wechat.closed"
	case wechat.NotAsked:
		r.Outcome, r.Detail = desk.NotDelivered, "wechat.not_asked"
	case wechat.Wrong, wechat.BadCode, wechat.Gone:
		r.Outcome, r.Detail = desk.NotDelivered, desk.WeChatRefused
	case wechat.Busy, wechat.OldToken, wechat.Setup:
	}
	return r
}

// WeChatTokens keeps the tokens all replicas use.
type WeChatTokens interface {
	InTx(ctx context.Context, fn func(ctx context.Context, tx desk.Tx) error) error
	WeChatToken(ctx context.Context, account string) (desk.WeChatToken, error)
}

// WeChatAccount asks WeChat's servers on behalf of one account. It is safe for
// concurrent use.
type WeChatAccount struct {
	name   string
	client *wechat.Client
	files  *wechat.Client
	tokens WeChatTokens
	now    func() time.Time

	fetching sync.Mutex // one at a time in this process; replicas get the same token
}

// NewWeChatAccount returns an account by its name with us. What people sent is
// fetched by files, which waits longer and reads more.
func NewWeChatAccount(name string, c, files *wechat.Client, tokens WeChatTokens, now func() time.Time) *WeChatAccount {
	return &WeChatAccount{name: name, client: c, files: files, tokens: tokens, now: now}
}

// Fetch gets what somebody sent to an account. It fulfils [desk.FetchMedia]. Causes
// are told by their kind alone: WeChat's servers may repeat what they were asked.
func (w WeChat) Fetch(ctx context.Context, name, media string) (content []byte, err error) {
	account, ok := w[name]
	if !ok {
		return nil, problem.New(problem.Unavailable, "wechat.account", "配置中没有这个微信账号。")
	}
	err = account.withToken(ctx, func(ctx context.Context, token string) (err error) {
		content, err = account.files.Media(ctx, token, media)
		return err
	})
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case err == nil:
		return content, nil
	case large:
		return nil, problem.New(problem.TooLarge, "attachment.too_large", "文件太大。")
	case errors.Is(err, wechat.ErrNoMedia), wechat.FailureOf(err) == wechat.Wrong:
		return nil, problem.New(problem.Invalid, "wechat.no_media", "微信没有给出文件。")
	case wechat.FailureOf(err) == wechat.Gone:
		return nil, problem.New(problem.NotFound, "wechat.media_gone", "微信已经不再保存（只保存3天）。")
	}
	return nil, problem.New(problem.Unavailable, "wechat.unreachable", "一直没能从微信取回。").Because(err)
}

// Login tells the openid of whom a code of wx.login is of.
func (a *WeChatAccount) Login(ctx context.Context, code string) (string, error) {
	return a.client.Login(ctx, code)
}

// PhoneNumber is the number behind a code of the phone button.
func (a *WeChatAccount) PhoneNumber(ctx context.Context, code string) (number string, err error) {
	err = a.withToken(ctx, func(ctx context.Context, token string) (err error) {
		number, err = a.client.PhoneNumber(ctx, token, code)
		return err
	})
	return number, err
}

// withToken calls with the token in use, and once more with a fresh one where
// WeChat says that it is no good.
func (a *WeChatAccount) withToken(ctx context.Context, call func(ctx context.Context, token string) error) error {
	token, err := a.token(ctx)
	if err != nil {
		return err
	}
	err = call(ctx, token)
	if wechat.FailureOf(err) != wechat.OldToken {
		return err
	}
	if err := a.save(ctx, token, desk.WeChatToken{}); err != nil {
		return err
	}
	if token, err = a.token(ctx); err != nil {
		return err
	}
	return call(ctx, token)
}

func (a *WeChatAccount) token(ctx context.Context) (string, error) {
	a.fetching.Lock()
	defer a.fetching.Unlock()
	was, err := a.tokens.WeChatToken(ctx, a.name)
	switch {
	case err != nil && problem.KindOf(err) != problem.NotFound:
		return "", err
	case err == nil && a.now().Before(was.Until):
		return was.Value, nil
	}
	got, err := a.client.StableToken(ctx)
	if err != nil {
		return "", err
	}
	life := max(tokenAtMost, got.Life-tokenMargin-rand.N(tokenSpread)) //nolint:gosec // spreads load, guards nothing
	err = a.save(ctx, was.Value, desk.WeChatToken{Value: got.Value, Until: a.now().Add(life)})
	return got.Value, err // of two good ones either will do
}

// save keeps next instead of what was; where another was quicker, theirs stays.
func (a *WeChatAccount) save(ctx context.Context, was string, next desk.WeChatToken) error {
	return a.tokens.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.SaveWeChatToken(ctx, a.name, was, next)
		return err
	})
}
