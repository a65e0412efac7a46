package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

func testConversation(k *kit) {
	id := k.chat()
	k.say(id, text("1", "a"), text("2", "b"))
	c, err := k.Conversation(k.Context(), id)
	ok(k, err)
	next := c
	next.Head, next.State, next.Ticket, next.Epoch, next.UpdatedAt = 1, conversation.Handed, "J1", "e2", noon().Add(time.Hour)
	next.TokenHash, next.Version, next.Skill, next.Since, next.Again = []byte("other"), 2, "traffic", noon(), true
	next.Clerk, next.Taken, next.From, next.Avoid = "u1", noon().Add(time.Second), 7, []string{"station-1", "user:u9"}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateConversation(ctx, next, 1) })
	got, err := k.Conversation(k.Context(), id)
	ok(k, err)
	next.Head = 2
	same(k, "everything but the head is updated", got, next)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.UpdateConversation(ctx, next, 1)
	})
	wantCode(k, err, problem.Conflict, "chat.stale")
}

func (k *kit) say(id string, ms ...conversation.Message) (stored []conversation.Message) {
	k.Helper()
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		stored, err = tx.Append(ctx, id, ms...)
		return err
	})
	return stored
}

func testAppend(k *kit) {
	id := k.chat()
	stored := k.say(id, text("1", "您好👋"), text("", "机器人"))
	stored = append(stored, k.say(id, text("", "又一句"))...)
	for i, m := range stored {
		same(k, "number", m.Seq, int64(i+1))
	}
	got, err := k.Messages(k.Context(), id, 0, 10)
	ok(k, err)
	same(k, "messages", got, stored)
	got, err = k.Messages(k.Context(), id, 1, 1)
	ok(k, err)
	same(k, "a gap", got, stored[1:2])
	one, err := k.MessageByClientID(k.Context(), id, conversation.User, "1")
	ok(k, err)
	same(k, "by client id", one, stored[0])
	for _, c := range []struct {
		id, client string
		role       conversation.Role
	}{{id, "2", conversation.User}, {id, "1", conversation.Staff}, {"x", "1", conversation.User}, {id, "", conversation.User}} {
		_, err = k.MessageByClientID(k.Context(), c.id, c.role, c.client)
		wantCode(k, err, problem.NotFound, "message.not_found")
	}
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.Append(ctx, "x", text("1", "a"))
		return err
	})
	wantCode(k, err, problem.NotFound, "conversation.not_found")
}

// testConcurrentAppend: numbers are 1..n without gaps, whoever writes, also
// where some transactions fail after they were given numbers.
func testConcurrentAppend(k *kit) {
	id := k.chat()
	together(32, func(i int) {
		for range 4 {
			err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
				if _, err := tx.Append(ctx, id, text(k.id(), "a"), text("", "b")); err != nil {
					return err
				}
				if i%4 == 1 {
					return errOurs
				}
				return nil
			})
			if (err != nil) != (i%4 == 1) {
				k.Errorf("append: %v", err)
			}
		}
	})
	got, err := k.Messages(k.Context(), id, 0, 1000)
	ok(k, err)
	same(k, "messages", len(got), 24*4*2)
	for i, m := range got {
		if m.Seq != int64(i+1) {
			k.Fatalf("message %d has number %d", i+1, m.Seq)
		}
	}
	c, err := k.Conversation(k.Context(), id)
	ok(k, err)
	same(k, "head", c.Head, int64(len(got)))
}

// testConversationIsHeld changes one conversation from many transactions that
// read it first: none may overwrite what another has written.
func testConversationIsHeld(k *kit) {
	id := k.chat()
	together(16, func(int) {
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			c, err := tx.Conversation(ctx, id)
			if err != nil {
				return err
			}
			c.Ticket += "x"
			return tx.UpdateConversation(ctx, c, c.Version)
		})
		if err != nil {
			k.Error(err)
		}
	})
	c, err := k.Conversation(k.Context(), id)
	ok(k, err)
	same(k, "changes", len(c.Ticket), 16)
}

func testDuplicate(k *kit) {
	id := k.chat()
	k.say(id, text("1", "a"))
	for _, ms := range [][]conversation.Message{
		{text("1", "a")},
		{text("2", "b"), text("1", "a")},
		{text("3", "b"), text("3", "b")},
	} {
		err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			_, err := tx.Append(ctx, id, ms...)
			wantCode(k, err, problem.Conflict, "chat.duplicate")
			return nil // even so nothing may be stored
		})
		wantCode(k, err, problem.Conflict, "chat.duplicate")
	}
	other := text("1", "c")
	other.Role = conversation.Robot
	stored := k.say(id, other)
	same(k, "another role may use the id; no number was lost", stored[0].Seq, int64(2))
}

func testPass(k *kit) {
	p := desk.Pass{Hash: []byte("p1"), Conversation: "c1", ExpiresAt: noon().Add(time.Minute)}
	late := desk.Pass{Hash: []byte("p2"), Conversation: "c1", ExpiresAt: noon()}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertPass(ctx, late); err != nil {
			return err
		}
		return tx.InsertPass(ctx, p)
	})
	take := func(hash string) (got desk.Pass, err error) {
		err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) (err error) {
			got, err = tx.TakePass(ctx, []byte(hash), noon())
			return err
		})
		return got, err
	}
	wins := make(chan desk.Pass, 8)
	together(8, func(int) {
		if got, err := take("p1"); err == nil {
			wins <- got
		} else {
			wantCode(k, err, problem.NotFound, "pass.not_found")
		}
	})
	same(k, "uses", len(wins), 1)
	same(k, "pass", <-wins, p)
	_, err := take("p2")
	wantCode(k, err, problem.NotFound, "pass.not_found")
}

func testThread(k *kit) {
	key, other := []byte("key"), []byte("other")
	read := func(key []byte, at time.Time) conversation.Thread {
		t, err := k.Thread(k.Context(), key, at)
		ok(k, err)
		return t
	}
	save := func(key []byte, t conversation.Thread, until time.Time) {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveThread(ctx, key, t, until) })
	}
	same(k, "before anything was said", read(key, noon()), conversation.Thread{})
	first := conversation.Thread{Entry: "e1", Asked: "身份证丢了怎么补办"}
	save(key, first, noon().Add(time.Minute))
	save(other, conversation.Thread{Open: "户口"}, noon().Add(time.Minute))
	same(k, "as saved", read(key, noon()), first)
	next := conversation.Thread{Open: "驾驶证", Offered: []string{"a", "b"}, Refused: []string{"c"}, Round: 2}
	save(key, next, noon().Add(time.Hour))
	same(k, "saved again", read(key, noon().Add(59*time.Minute)), next)
	same(k, "expired", read(key, noon().Add(time.Hour)), conversation.Thread{})
	save(key, conversation.Thread{}, noon().Add(time.Hour))
	same(k, "forgotten", read(key, noon()), conversation.Thread{})
	same(k, "another's", read(other, noon()), conversation.Thread{Open: "户口"})
	k.change(func(ctx context.Context, tx desk.Tx) error {
		n, err := sweep(ctx, tx, noon().Add(time.Minute))
		same(k, "swept", n, int64(1))
		return err
	})
	same(k, "after the sweep", read(other, noon()), conversation.Thread{})
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		if err := tx.SaveThread(ctx, key, first, noon().Add(time.Hour)); err != nil {
			return err
		}
		return errOurs
	})
	same(k, "rolled back", err, errOurs)
	same(k, "nothing of it stays", read(key, noon()), conversation.Thread{})
}
