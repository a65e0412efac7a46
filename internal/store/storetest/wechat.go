package storetest

import (
	"context"
	"errors"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

func testWeChatPeer(k *kit) {
	p := desk.WeChatPeer{
		Account: "main", OpenID: "o_x", Conversation: "c1", OpenUntil: noon().Add(48 * time.Hour), Left: 5, Phone: "13800000000", Credits: map[string]int{"T": 2}, Told: map[string]string{"T": "d1"},
	}
	insert := func(ctx context.Context, tx desk.Tx) error { return tx.InsertWeChatPeer(ctx, p) }
	k.change(insert)
	wantCode(k, k.InTx(k.Context(), insert), problem.Conflict, "wechat.stale")
	got, err := k.WeChatPeer(k.Context(), "main", "o_x")
	ok(k, err)
	same(k, "by openid", got, p)
	p.OpenUntil, p.Left, p.Phone, p.Credits, p.Told = time.Time{}, 0, "", nil, nil
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

// Media is leased to one at a time, and what waits for a ticket is kept a while.
func testWeChatMedia(k *kit) {
	m := desk.WeChatMedia{
		ID: "m1", Account: "main", Conversation: "c1", Type: desk.WeChatImage, Media: "MEDIA", State: desk.FileWaiting, NextAt: noon(), At: noon(),
	}
	later := m
	later.ID, later.NextAt, later.At = "m2", noon().Add(time.Hour), noon().Add(time.Minute)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertWeChatMedia(ctx, later), tx.InsertWeChatMedia(ctx, m))
	})
	claim := func(at time.Time) (found []desk.WeChatMedia) {
		k.change(func(ctx context.Context, tx desk.Tx) (err error) {
			found, err = tx.ClaimWeChatMedia(ctx, at, at.Add(time.Minute), 9)
			return err
		})
		return found
	}
	m.NextAt, m.Tries = noon().Add(time.Minute), 1
	same(k, "due", claim(noon()), []desk.WeChatMedia{m})
	same(k, "leased", len(claim(noon().Add(time.Second))), 0)
	same(k, "after the lease", claim(noon().Add(time.Minute))[0].Tries, 2)
	loose, err := k.LooseWeChatMedia(k.Context(), "c1")
	ok(k, err)
	same(k, "of no ticket yet", len(loose), 2)

	kept := func(a string) func(ctx context.Context, tx desk.Tx) error {
		m := loose[0]
		m.State, m.Attachment, m.Reason = desk.FileKept, a, ""
		return func(ctx context.Context, tx desk.Tx) error { return tx.UpdateWeChatMedia(ctx, m) }
	}
	for _, id := range []string{"kept", "loose"} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.InsertAttachment(ctx, channel.Attachment{ID: id, Name: "微信图片.jpg", At: noon()}, []byte("a picture"))
		})
	}
	k.change(kept("kept"))
	swept := func(days int) (left []string) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			_, err := sweep(ctx, tx, noon().AddDate(0, 0, days))
			return err
		})
		for _, id := range []string{"kept", "loose"} {
			if _, err := k.AttachmentInfo(k.Context(), id); err == nil {
				left = append(left, id)
			}
		}
		return left
	}
	same(k, "after two days", swept(2), []string{"kept"})
	swept(8) // forgets where it came from
	same(k, "after a week", len(swept(8)), 0)
	_, err = k.WeChatMedia(k.Context(), "m1")
	wantCode(k, err, problem.NotFound, "wechat.media")

	later.Ticket, later.State, later.Reason = "t1", desk.FileFailed, "没有取回。"
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertWeChatMedia(ctx, desk.WeChatMedia{ID: "m2", Account: "main", Conversation: "c1", Type: desk.WeChatImage, Media: "MEDIA", NextAt: later.NextAt, At: later.At}), tx.UpdateWeChatMedia(ctx, later))
	})
	swept(30)
	got, err := k.WeChatMedia(k.Context(), "m2")
	ok(k, err)
	same(k, "of a ticket", got, later)
}
