package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// move makes a move of a conversation, as clerks do at once.
func (k *kit) move(id string, ch conversation.Change) error {
	return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		c, err := tx.Conversation(ctx, id)
		if err != nil {
			return err
		}
		next, err := c.Apply(ch)
		if err != nil {
			return err
		}
		return tx.UpdateConversation(ctx, next, c.Version)
	})
}

// testLiveChats: of many clerks who take one conversation at once one has it; whoever
// had somebody before goes first, then whoever has waited longest.
func testLiveChats(k *kit) {
	var ids []string
	for i := range 3 {
		ids = append(ids, k.chat())
		ok(k, k.move(ids[i], conversation.Change{Move: conversation.Ask, At: noon().Add(time.Duration(i) * time.Minute), Skill: "traffic"}))
	}
	k.chat()
	order := func() (got []string) {
		chats, err := k.LiveChats(k.Context())
		ok(k, err)
		for _, c := range chats {
			got = append(got, c.ID)
		}
		return got
	}
	same(k, "in the order they came", order(), ids)
	wins := make(chan string, 8)
	together(8, func(i int) {
		clerk := fmt.Sprint("u", i)
		err := k.move(ids[2], conversation.Change{Move: conversation.Take, At: noon().Add(time.Hour), Clerk: clerk})
		if err == nil {
			wins <- clerk
		} else {
			wantCode(k, err, problem.Conflict, "chat.taken")
		}
	})
	same(k, "clerks who have it", len(wins), 1)
	c, err := k.Conversation(k.Context(), ids[2])
	ok(k, err)
	same(k, "is with the one who won", c.Clerk, <-wins)
	ok(k, k.move(ids[2], conversation.Change{Move: conversation.Requeue, At: noon().Add(2 * time.Hour), Skill: "traffic"}))
	same(k, "again before the others", order(), []string{ids[2], ids[0], ids[1]})
	ok(k, k.move(ids[0], conversation.Change{Move: conversation.Leave, At: noon()}))
	same(k, "gone", order(), []string{ids[2], ids[1]})
}

func testChatSteps(k *kit) {
	id := k.chat()
	step := func(n int, move conversation.Move, skill string, waited time.Duration) desk.ChatStep {
		return desk.ChatStep{
			ID: k.id(), Conversation: id, At: noon().Add(time.Duration(n) * time.Minute), Move: move, By: "citizen", Clerk: "u1", Skill: skill, Waited: waited, Note: "电话13800138000",
		}
	}
	steps := []desk.ChatStep{
		step(0, conversation.Ask, "traffic", 0), step(1, conversation.Take, "traffic", time.Minute), step(2, conversation.Take, "dogs", time.Hour),
		step(3, conversation.Take, "traffic", 3*time.Minute),
	}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, s := range slices.Backward(steps) {
			ok(k, tx.InsertChatStep(ctx, s))
		}
		return nil
	})
	got, err := k.ChatSteps(k.Context(), id)
	ok(k, err)
	same(k, "steps", got, steps)
	for name, c := range map[string]struct {
		since time.Time
		limit int
		want  []time.Duration
	}{
		"all":     {noon(), 9, []time.Duration{3 * time.Minute, time.Minute}},
		"the new": {noon().Add(2 * time.Minute), 9, []time.Duration{3 * time.Minute}},
		"the few": {noon(), 1, []time.Duration{3 * time.Minute}},
		"none":    {noon().Add(time.Hour), 9, []time.Duration{}},
	} {
		got, err := k.ChatWaits(k.Context(), "traffic", c.since, c.limit)
		ok(k, err)
		same(k, name, got, c.want)
	}
}

// testClerks: everybody has one number, whoever comes at once.
func testClerks(k *kit) {
	together(12, func(i int) {
		ok(k, k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			_, err := tx.Attend(ctx, fmt.Sprint("u", i%4), noon())
			return err
		}))
	})
	clerks, err := k.Clerks(k.Context())
	ok(k, err)
	for i, c := range clerks {
		same(k, "number", c.Number, i+1)
	}
	same(k, "clerks", len(clerks), 4)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		c, err := tx.Attend(ctx, clerks[2].User, noon().Add(time.Hour))
		same(k, "seen again", c, desk.Clerk{User: clerks[2].User, Number: 3, Seen: noon().Add(time.Hour)})
		return err
	})
}

func testPhrases(k *kit) {
	p := desk.ChatPhrase{ID: k.id(), Category: "traffic", Title: "二", Text: "请带身份证。", UpdatedBy: "u1", UpdatedAt: noon(), Version: 1}
	own, other := p, p
	own.ID, own.Owner, own.Title = k.id(), "u1", "一"
	other.ID, other.Owner = k.id(), "u2"
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, p := range []desk.ChatPhrase{p, own, other} {
			ok(k, tx.InsertPhrase(ctx, p))
		}
		return nil
	})
	got, err := k.Phrases(k.Context(), "u1")
	ok(k, err)
	same(k, "everybody's and the own", got, []desk.ChatPhrase{own, p})
	next := p
	next.Text, next.Retired, next.Version = "请带户口簿。", true, 2
	update := func() error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdatePhrase(ctx, next, 1) })
	}
	ok(k, update())
	wantCode(k, update(), problem.Conflict, "phrase.stale")
	one, err := k.Phrase(k.Context(), p.ID)
	ok(k, err)
	same(k, "changed", one, next)
	_, err = k.Phrase(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "phrase.not_found")
}
