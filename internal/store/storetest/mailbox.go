package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// testMail: one a ticket, guarded by its version, listed while its answer waits to
// be entered.
func testMail(k *kit) {
	var made []desk.Mail
	for i, waiting := range []string{"b", "", "a"} {
		m := desk.Mail{Ticket: k.open(nil).ID, Source: "mayor", Digest: "d", Waiting: waiting, Version: 1}
		if i == 2 {
			m.EnteredBy, m.EnteredAt = "u1", noon()
		}
		made = append(made, m)
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveMail(ctx, m, 0) })
	}
	waiting, err := k.WaitingMail(k.Context(), "mayor", 9)
	ok(k, err)
	same(k, "waiting", waiting, []desk.Mail{made[2], made[0]})
	waiting, err = k.WaitingMail(k.Context(), "mayor", 1)
	ok(k, err)
	same(k, "the first", waiting, made[2:])
	waiting, err = k.WaitingMail(k.Context(), "province", 9)
	ok(k, err)
	same(k, "of another source", waiting, []desk.Mail{})
	m := made[0]
	m.Waiting, m.EnteredBy, m.EnteredAt, m.Version = "", "u2", noon().Add(time.Minute), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveMail(ctx, m, 1) })
	got, err := k.Mail(k.Context(), m.Ticket)
	ok(k, err)
	same(k, "entered", got, m)
	for _, was := range []int64{0, 1} {
		err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveMail(ctx, m, was) })
		wantCode(k, err, problem.Conflict, "mailbox.stale")
	}
	_, err = k.Mail(k.Context(), "nobody")
	wantCode(k, err, problem.NotFound, "mailbox.not_found")
}
