package storetest

import (
	"context"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// testDigest: what is due for somebody is taken once, and told in its order.
func testDigest(k *kit) {
	line := func(id, to string, after time.Duration) desk.DigestLine {
		return desk.DigestLine{ID: id, Recipient: to, Kind: "ticket.dispatch", Ticket: "J1", At: noon().Add(after), DueAt: noon().Add(after)}
	}
	second, first, later, other := line("2", "robot/a", time.Minute), line("1", "robot/a", 0), line("3", "robot/a", time.Hour), line("4", "user/u1", 0)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.AddToDigest(ctx, second, first, later, other) })
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.AddToDigest(ctx, first) })
	take := func(until time.Time) (lines []desk.DigestLine) {
		k.change(func(ctx context.Context, tx desk.Tx) (err error) {
			lines, err = tx.TakeDigest(ctx, "robot/a", until)
			return err
		})
		return lines
	}
	same(k, "due", take(noon().Add(2*time.Minute)), []desk.DigestLine{first, second})
	same(k, "taken twice", len(take(noon().Add(2*time.Minute))), 0)
	same(k, "later", take(noon().Add(2*time.Hour)), []desk.DigestLine{later})
}

// testNoticeSettings: nobody is told who never said so, and of two changes at once
// one is refused.
func testNoticeSettings(k *kit) {
	read := func() desk.NoticeSetting {
		s, err := k.NoticeSetting(k.Context(), "u1")
		ok(k, err)
		return s
	}
	same(k, "never set", read(), desk.NoticeSetting{User: "u1", How: desk.NoNotices})
	save := func(s desk.NoticeSetting, was int64) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveNoticeSetting(ctx, s, was) })
	}
	set := desk.NoticeSetting{User: "u1", Email: "a@example.com", How: desk.DailyNotices, Version: 1}
	ok(k, save(set, 0))
	same(k, "set", read(), set)
	if err := save(set, 0); !problem.HasCode(err, "notice_setting.stale") {
		k.Errorf("an old page overwrites: %v", err)
	}
	set.How, set.Email, set.Version = desk.NoNotices, "", 2
	ok(k, save(set, 1))
	same(k, "changed", read(), set)
	said, err := k.NoticeSettings(k.Context(), []string{"u1", "u2"})
	ok(k, err)
	same(k, "of those who have said", said, []desk.NoticeSetting{set})
}

// testMessageCount: messages are counted by address and span, and a span that is
// over counts no more.
func testMessageCount(k *kit) {
	a, b := []byte("somebody"), []byte("somebody else")
	for i, c := range []struct {
		who   []byte
		until time.Time
		n     int
	}{{a, noon(), 1}, {a, noon(), 2}, {b, noon(), 1}, {a, noon().Add(time.Hour), 1}, {a, noon().Add(time.Hour), 2}} {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			n, err := tx.CountMessage(ctx, c.who, c.until)
			same(k, "message "+strconv.Itoa(i), n, c.n)
			return err
		})
	}
}

// testOptOut: who leaves has left until they come back; what a provider has taken
// is found by its receipt.
func testOptOut(k *kit) {
	who := []byte("sixteen bytes of")
	for _, step := range []struct{ set, out bool }{{true, true}, {true, true}, {true, false}, {false, false}} {
		if step.set {
			k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SetOptOut(ctx, who, step.out, noon()) })
		}
		out, err := k.OptedOut(k.Context(), who)
		ok(k, err)
		same(k, "out", out, step.out)
	}
	d := k.delivery("")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertDelivery(ctx, d); err != nil {
			return err
		}
		if err := tx.KeepReceipt(ctx, []byte("r1"), d.ID); err != nil {
			return err
		}
		return tx.KeepReceipt(ctx, []byte("r1"), d.ID)
	})
	id, err := k.DeliveryOfReceipt(k.Context(), []byte("r1"))
	ok(k, err)
	same(k, "delivery", id, d.ID)
	if _, err := k.DeliveryOfReceipt(k.Context(), []byte("r2")); problem.KindOf(err) != problem.NotFound || err == nil {
		k.Errorf("a receipt of nothing: %v", err)
	}
}
