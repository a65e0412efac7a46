package store

import (
	"context"
	"encoding/hex"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type weChatPeerRow struct {
	bun.BaseModel `bun:"table:wechat_peer"`

	Account      string `bun:",pk"`
	Person       []byte `bun:",pk"` // fingerprint of the openid
	Conversation string
	OpenUntil    stamp
	QuotaLeft    int
	SealedPeer   []byte
}

// weChatPerson is the sealed part of a row.
type weChatPerson struct {
	OpenID  string            `json:"open_id"`
	Phone   string            `json:"phone,omitempty"`
	Credits map[string]int    `json:"credits,omitempty"`
	Told    map[string]string `json:"told,omitempty"`
}

type weChatTokenRow struct {
	bun.BaseModel `bun:"table:wechat_token"`

	Account     string `bun:",pk"`
	Mark        []byte // fingerprint of the token
	SealedToken []byte
	GoodUntil   stamp
}

func (b *base) weChatMark(account, openID string) []byte {
	return b.keys.BlindIndex("wechat.person", account+"\x00"+openID)
}

func weChatPlace(account string, person []byte) string {
	return place("wechat_peer.peer", account+"/"+hex.EncodeToString(person))
}

// WeChatPeer implements [desk.WeChatReader].
func (v view) WeChatPeer(ctx context.Context, account, openID string) (desk.WeChatPeer, error) {
	return v.weChatPeer(ctx, "WHERE account = $1 AND person = $2", account, v.weChatMark(account, openID))
}

// WeChatPeer implements [desk.Tx]: whoever reads it there is about to change it.
func (t *tx) WeChatPeer(ctx context.Context, account, openID string) (desk.WeChatPeer, error) {
	return t.weChatPeer(ctx, "WHERE account = $1 AND person = $2"+t.lock(), account, t.weChatMark(account, openID))
}

// WeChatPeerOf implements [desk.WeChatReader].
func (v view) WeChatPeerOf(ctx context.Context, conversation string) (desk.WeChatPeer, error) {
	return v.weChatPeer(ctx, "WHERE conversation = $1", conversation)
}

// WeChatPeerOf implements [desk.Tx], like WeChatPeer.
func (t *tx) WeChatPeerOf(ctx context.Context, conversation string) (desk.WeChatPeer, error) {
	return t.weChatPeer(ctx, "WHERE conversation = $1"+t.lock(), conversation)
}

func (v view) weChatPeer(ctx context.Context, where string, args ...any) (desk.WeChatPeer, error) {
	rows, err := all[weChatPeerRow](ctx, v, where, args...)
	switch {
	case err != nil:
		return desk.WeChatPeer{}, failure("read a person on WeChat", err)
	case len(rows) == 0:
		return desk.WeChatPeer{}, problem.New(problem.NotFound, "wechat.unknown", "没有这位微信用户。")
	}
	r := rows[0]
	var known weChatPerson
	err = v.openJSON(weChatPlace(r.Account, r.Person), r.SealedPeer, &known)
	return desk.WeChatPeer{
		Account: r.Account, OpenID: known.OpenID, Conversation: r.Conversation, OpenUntil: r.OpenUntil.Time, Left: r.QuotaLeft,
		Phone: known.Phone, Credits: known.Credits, Told: known.Told,
	}, err
}

func (t *tx) weChatPeerRow(p desk.WeChatPeer) (weChatPeerRow, error) {
	person := t.weChatMark(p.Account, p.OpenID)
	sealed, err := t.sealJSON(weChatPlace(p.Account, person), weChatPerson{OpenID: p.OpenID, Phone: p.Phone, Credits: p.Credits, Told: p.Told})
	return weChatPeerRow{
		Account: p.Account, Person: person, Conversation: p.Conversation, OpenUntil: at(p.OpenUntil), QuotaLeft: p.Left, SealedPeer: sealed,
	}, err
}

// InsertWeChatPeer implements [desk.WeChatWriter].
func (t *tx) InsertWeChatPeer(ctx context.Context, p desk.WeChatPeer) error {
	row, err := t.weChatPeerRow(p)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", row)
	return conflict("wechat.stale", "这位微信用户已经登记。", err)
}

// UpdateWeChatPeer implements [desk.WeChatWriter].
func (t *tx) UpdateWeChatPeer(ctx context.Context, p desk.WeChatPeer) error {
	r, err := t.weChatPeerRow(p)
	if err != nil {
		return t.spoil(err)
	}
	n, err := t.exec(ctx, "UPDATE wechat_peer SET conversation = $1, open_until = $2, quota_left = $3, sealed_peer = $4 WHERE account = $5 AND person = $6",
		r.Conversation, r.OpenUntil, r.QuotaLeft, r.SealedPeer, r.Account, r.Person)
	if err == nil && n == 0 {
		return problem.New(problem.NotFound, "wechat.unknown", "没有这位微信用户。")
	}
	return failure("update a person on WeChat", err)
}

// WeChatToken implements [desk.WeChatReader].
func (v view) WeChatToken(ctx context.Context, account string) (desk.WeChatToken, error) {
	r, err := one[weChatTokenRow](ctx, v, "WHERE account = $1", account)
	if err != nil {
		return desk.WeChatToken{}, missing("wechat_token", "没有访问令牌。", err)
	}
	value, err := v.open(place("wechat_token.token", account), r.SealedToken)
	return desk.WeChatToken{Value: string(value), Until: r.GoodUntil.Time}, err
}

// SaveWeChatToken implements [desk.WeChatWriter].
func (t *tx) SaveWeChatToken(ctx context.Context, account, was string, next desk.WeChatToken) (bool, error) {
	mark := func(token string) []byte { return t.keys.BlindIndex("wechat.token", token) }
	row := weChatTokenRow{
		Account: account, Mark: mark(next.Value), SealedToken: t.seal(place("wechat_token.token", account), next.Value), GoodUntil: at(next.Until),
	}
	var n int64
	var err error
	switch {
	case next.Value == "":
		n, err = t.exec(ctx, "DELETE FROM wechat_token WHERE account = $1 AND mark = $2", account, mark(was))
	case was == "":
		n, err = insert(ctx, t, " ON CONFLICT (account) DO NOTHING", row)
	default:
		n, err = t.exec(ctx, "UPDATE wechat_token SET mark = $1, sealed_token = $2, good_until = $3 WHERE account = $4 AND mark = $5",
			row.Mark, row.SealedToken, row.GoodUntil, account, mark(was))
	}
	return n > 0, failure("save a token of WeChat", err)
}
