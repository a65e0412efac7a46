package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

func testLibraryActs(k *kit) {
	release := func(entry string, version int) knowledge.Act {
		return knowledge.Act{
			Kind: knowledge.Release, Entry: entry, Version: version, From: noon(), At: noon(), By: "u1", Review: "r1",
			Text: knowledge.Entry{ID: entry, Version: version, Question: "问", Variants: []string{"怎么问"}, Basis: []knowledge.Basis{{Document: "law-1"}}},
		}
	}
	put := func(a knowledge.Act) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			_, err := tx.InsertLibraryAct(ctx, a)
			return err
		})
	}
	over := knowledge.Act{Kind: knowledge.Status, Document: "law-1", Validity: "repealed", From: noon(), Words: "废止", At: noon(), By: "u1"}
	want := []knowledge.Act{release("a", 1), release("a", 2), over}
	for i, a := range want {
		ok(k, put(a))
		want[i].Seq = int64(i + 1)
	}
	wantCode(k, put(release("a", 2)), problem.Conflict, "library.stale")
	got, err := k.LibraryActs(k.Context(), 0)
	ok(k, err)
	same(k, "acts", got, want)
	got, err = k.LibraryActs(k.Context(), 2)
	ok(k, err)
	same(k, "later acts", got, want[2:])
}

func testGates(k *kit) {
	it := k.reviewed(noon())
	gate := func(seq int64) desk.Gate {
		return desk.Gate{
			Review: it.ID, Hash: "h", Seq: seq, After: knowledge.Report{Queries: 3, Recall1: 0.5}, Fell: []string{"precision"}, At: noon(),
			Changes: []knowledge.Change{{Text: "问", Before: "none", After: "answer a"}},
		}
	}
	for _, seq := range []int64{1, 4, 1} {
		k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertGate(ctx, gate(seq)) })
	}
	got, err := k.Gated(k.Context(), it.ID, "h")
	ok(k, err)
	same(k, "gates", got, []desk.Gate{gate(4), gate(1)})
	got, err = k.Gated(k.Context(), it.ID, "another")
	ok(k, err)
	same(k, "of another version", got, []desk.Gate{})
}

func testGiven(k *kit) {
	c := conversation.Conversation{ID: k.id(), Epoch: "e", State: conversation.Bot, CreatedAt: noon(), UpdatedAt: noon(), Version: 1}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertConversation(ctx, c); err != nil {
			return err
		}
		said := func(after time.Duration, role conversation.Role, sources ...conversation.Source) conversation.Message {
			return conversation.Message{Role: role, Kind: conversation.Text, Body: []byte(`{}`), Sources: sources, At: noon().Add(after)}
		}
		_, err := tx.Append(
			ctx, c.ID,
			said(0, conversation.User),
			said(1*time.Second, conversation.Robot, conversation.Source{Entry: "a_b", Version: 1}),
			said(2*time.Second, conversation.Robot, conversation.Source{Entry: "axb", Version: 1}, conversation.Source{Entry: "a_b", Version: 2}),
			said(3*time.Second, conversation.Robot, conversation.Source{Entry: "a_b", Version: 1}),
		)
		return err
	})
	for version, want := range map[int][]int64{1: {4, 2}, 2: {3}, 3: nil} {
		got, all, err := k.Given(k.Context(), "a_b", version, 10)
		ok(k, err)
		if all != len(got) {
			k.Errorf("%d of %d", len(got), all)
		}
		var seqs []int64
		for _, g := range got {
			seqs = append(seqs, g.Seq)
			if g.Conversation != c.ID || g.Ticket != "" || g.Report {
				k.Errorf("given %+v", g)
			}
		}
		same(k, "given", seqs, want)
	}
	got, all, err := k.Given(k.Context(), "a_b", 1, 1)
	ok(k, err)
	if len(got) != 1 || got[0].Seq != 4 || all != 2 {
		k.Errorf("the newest of two: %+v of %d", got, all)
	}
}
