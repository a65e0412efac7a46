package storetest

import (
	"context"
	"errors"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

func testSweep(k *kit) {
	old, gone := noon().Add(-40*24*time.Hour), noon()
	done, waiting := k.job("done"), k.job("waiting")
	done.CreatedAt, waiting.CreatedAt = old, old
	done.State = desk.JobDone
	recent := k.job("recent")
	recent.State = desk.JobFailed
	ok(k, k.account(access.User{ID: "u1", CreatedAt: old}))
	ok(k, k.OpenSession(k.Context(), access.Session{TokenHash: []byte("s1"), UserID: "u1", ExpiresAt: gone, CreatedAt: old, SeenAt: old}, ""))
	ok(k, k.OpenSession(k.Context(), access.Session{TokenHash: []byte("s2"), UserID: "u1", ExpiresAt: gone.Add(1000), CreatedAt: old, SeenAt: old}, ""))
	var deleted int64
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		err = errors.Join(
			tx.InsertPass(ctx, desk.Pass{Hash: []byte("p1"), ExpiresAt: gone}),
			tx.InsertPass(ctx, desk.Pass{Hash: []byte("p2"), ExpiresAt: gone.Add(time.Minute)}),
			tx.SaveIdempotency(ctx, desk.Idempotency{Scope: "x", Key: []byte("1"), ExpiresAt: gone}),
			tx.SaveIdempotency(ctx, desk.Idempotency{Scope: "x", Key: []byte("2"), ExpiresAt: gone.Add(time.Minute)}),
			tx.Enqueue(ctx, done, waiting, recent),
		)
		if err != nil {
			return err
		}
		deleted, err = sweep(ctx, tx, noon())
		return err
	})
	same(k, "deleted", deleted, int64(4))
	_, err := k.SessionByToken(k.Context(), []byte("s2"))
	ok(k, err)
	_, err = k.Idempotent(k.Context(), "x", []byte("2"))
	ok(k, err)
	counts, err := k.JobCounts(k.Context())
	ok(k, err)
	same(k, "jobs", counts, map[desk.JobState]int{desk.JobReady: 1, desk.JobFailed: 1})
}

func testUnits(k *kit) {
	units := []assignment.Unit{
		{ID: "b", Name: "市局", Path: "b", Level: assignment.Bureau},
		{ID: "m", Name: "信箱专班", Parent: "b", Path: "b/m", Level: assignment.Detachment, Aliases: []string{"专班", "信箱"}},
		{ID: "z", Name: "东城分局", Parent: "b", Path: "b/z", Level: assignment.Branch, District: "east"},
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.SaveUnits(ctx, []assignment.Unit{units[2], {ID: "b", Name: "旧名", Path: "b"}, units[1]})
	})
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, units[:1]) })
	got, err := k.Units(k.Context())
	ok(k, err)
	same(k, "units", got, units)
	many := make([]assignment.Unit, 50)
	for i := range many {
		many[i] = assignment.Unit{ID: k.id(), Path: "b/" + k.id()}
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, many) })
	got, err = k.Units(k.Context())
	ok(k, err)
	same(k, "many", len(got), 53)
}

func act(object string) audit.Entry {
	return audit.Entry{
		At: noon().Add(789), Actor: "u1", Action: "ticket.dispatch", Object: object, Detail: map[string]string{"unit": "station", "odd": "\x00\xff"},
	}
}

func testAuditChain(k *kit) {
	for range 3 {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return errors.Join(tx.Record(ctx, act("ticket/1")), tx.Record(ctx, act("ticket/2")), tx.Record(ctx, act("ticket/1")))
		})
	}
	n, err := k.Verify(k.Context())
	ok(k, err)
	same(k, "sound entries", n, 9)
	chain, err := k.AuditLane(k.Context(), audit.LaneOf("ticket/1"))
	ok(k, err)
	last := chain[len(chain)-1]
	same(k, "entry", []string{last.Actor, last.Action, last.Detail["unit"]}, []string{"u1", "ticket.dispatch", "station"})
	same(k, "time", last.At, noon())
}

// testAuditConcurrent records in several lanes at once and in opposite order:
// no deadlock, no gap.
func testAuditConcurrent(k *kit) {
	objects := []string{"ticket/1", "ticket/2", "ticket/3", "ticket/4", "ticket/5"}
	together(32, func(i int) {
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			for n := range objects {
				at := n
				if i%2 == 1 {
					at = len(objects) - 1 - n
				}
				if err := tx.Record(ctx, act(objects[at])); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			k.Error(err)
		}
	})
	n, err := k.Verify(k.Context())
	ok(k, err)
	same(k, "sound entries", n, 32*len(objects))
}
