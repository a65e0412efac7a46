package wechat

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ErrRefused is what is not, or not certainly, WeChat's. Why is nobody's business.
var ErrRefused = errors.New("wechat: refused")

// Mode is how messages come, as it is set in WeChat's console. It is pinned: a
// message in another mode is refused, or anybody could leave the encryption out.
type Mode string

// The modes.
const (
	Plain  Mode = "plain"  // 明文模式
	Compat Mode = "compat" // 兼容模式: in the clear and encrypted; the clear copy is not used
	Safe   Mode = "safe"   // 安全模式
)

// maxAge is how far the timestamp of a request may be from now.
const maxAge = 10 * time.Minute

// Account is one Official Account or Mini Program as its callback is set up.
type Account struct {
	id, token string
	key       []byte // nil: plain mode
	mode      Mode
}

// NewAccount checks what the console shows: the account's appid, the token (3 to
// 32 letters and figures), in other than plain mode the EncodingAESKey (43
// characters), and the mode.
func NewAccount(appID, token, encodingKey string, mode Mode) (*Account, error) {
	a := &Account{id: appID, token: token, mode: mode}
	switch {
	case appID == "":
		return nil, errors.New("wechat: an appid is needed")
	case len(token) < 3 || len(token) > 32:
		return nil, errors.New("wechat: a token has 3 to 32 characters")
	case mode == Plain && encodingKey == "":
		return a, nil
	case mode != Plain && mode != Compat && mode != Safe:
		return nil, fmt.Errorf("wechat: unknown mode %q", mode)
	}
	key, ok := readKey(encodingKey)
	if !ok {
		return nil, errors.New("wechat: an EncodingAESKey has 43 characters of base64")
	}
	a.key = key
	return a, nil
}

// Query is what a request says beside its body.
type Query struct {
	Signature, MessageSignature, Timestamp, Nonce, EncryptType string
}

// fresh reports whether q was made about now.
func (q *Query) fresh(now time.Time) bool {
	seconds, err := strconv.ParseInt(q.Timestamp, 10, 64)
	return err == nil && time.Unix(seconds, 0).Sub(now).Abs() <= maxAge
}

// Echo answers the check of a callback address: the body is echo as it came. Echo
// is never encrypted here; that of WeCom is.
func (a *Account) Echo(q Query, echo string, now time.Time) (string, error) {
	if !signed(q.Signature, a.token, q.Timestamp, q.Nonce) || !q.fresh(now) {
		return "", ErrRefused
	}
	return echo, nil
}

// Verified is what a request says, in the clear: it is in the account's mode and
// was signed for it about now.
func (a *Account) Verified(q Query, body []byte, now time.Time) ([]byte, error) {
	if !q.fresh(now) {
		return nil, ErrRefused
	}
	if a.mode == Plain {
		if q.EncryptType == "aes" || !signed(q.Signature, a.token, q.Timestamp, q.Nonce) {
			return nil, ErrRefused
		}
		return body, nil
	}
	outer, _, err := read(body)
	if err != nil || q.EncryptType != "aes" || outer.Encrypt == "" || !signed(q.MessageSignature, a.token, q.Timestamp, q.Nonce, outer.Encrypt) {
		return nil, ErrRefused
	}
	inner, ok := open(a.key, a.id, outer.Encrypt)
	if !ok {
		return nil, ErrRefused
	}
	return inner, nil // only this was signed: what the outer copy says is not used
}
