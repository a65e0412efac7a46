package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

func testWeChatPeer(k *kit) {
	p := desk.WeChatPeer{
		Account: "main", OpenID: "o_x", Conversation: "c1", OpenUntil: noon().Add(48 * time.Hour), Left: 5, Phone: "13800000000", Credits: map[string]int{"T": 2},
	}
	insert := func(ctx context.Context, tx desk.Tx) error { return tx.InsertWeChatPeer(ctx, p) }
	k.change(insert)
	wantCode(k, k.InTx(k.Context(), insert), problem.Conflict, "wechat.stale")
	got, err := k.WeChatPeer(k.Context(), "main", "o_x")
	ok(k, err)
	same(k, "by openid", got, p)
	p.OpenUntil, p.Left, p.Phone, p.Credits = time.Time{}, 0, "", nil
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if _, err := tx.WeChatPeer(ctx, "main", "o_x"); err != nil {
			return err
		}
		return tx.UpdateWeChatPeer(ctx, p)
	})
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		got, err = tx.WeChatPeerOf(ctx, "c1")
		return err
	})
	same(k, "by conversation", got, p)
	for _, who := range [][2]string{{"mini", "o_x"}, {"main", "o_y"}} {
		_, err = k.WeChatPeer(k.Context(), who[0], who[1])
		wantCode(k, err, problem.NotFound, "wechat.unknown")
	}
	_, err = k.WeChatPeerOf(k.Context(), "c2")
	wantCode(k, err, problem.NotFound, "wechat.unknown")
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.UpdateWeChatPeer(ctx, desk.WeChatPeer{Account: "main", OpenID: "o_y"})
	})
	wantCode(k, err, problem.NotFound, "wechat.unknown")
}

// A token is replaced only by who knows the one before: of two replicas that
// fetch one at once neither throws away what the other has just fetched.
func testWeChatToken(k *kit) {
	_, err := k.WeChatToken(k.Context(), "main")
	wantCode(k, err, problem.NotFound, "wechat_token.not_found")
	a, b := desk.WeChatToken{Value: "a", Until: noon().Add(time.Hour)}, desk.WeChatToken{Value: "b", Until: noon().Add(2 * time.Hour)}
	for i, c := range []struct {
		was  string
		next desk.WeChatToken
		done bool
		left desk.WeChatToken
	}{
		{"", a, true, a},
		{"", b, false, a},
		{"b", b, false, a},
		{"a", b, true, b},
		{"a", desk.WeChatToken{}, false, b},
		{"b", desk.WeChatToken{}, true, desk.WeChatToken{}},
	} {
		var done bool
		k.change(func(ctx context.Context, tx desk.Tx) (err error) {
			done, err = tx.SaveWeChatToken(ctx, "main", c.was, c.next)
			return err
		})
		got, _ := k.WeChatToken(k.Context(), "main")
		if done != c.done || got != c.left {
			k.Errorf("step %d: done %t, token %v; want %t, %v", i, done, got, c.done, c.left)
		}
	}
}
