package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// reviewed is a new text, written at a time.
func (k *kit) reviewed(at time.Time) review.Item {
	k.Helper()
	it, err := review.Item{ID: k.id(), Kind: review.Reply, Subject: "t1", Audience: review.OnePerson, Unit: "traffic", UnitPath: "bureau/traffic"}.Begin(review.Command{
		By: review.Person{ID: "author", Name: "张三"}, At: at,
		Content: review.Content{Title: "答复", Body: "请到车管所办理。", Attributes: []review.Attribute{{Name: "basis", Value: "第八条"}}, Disclosure: review.Disclosure{Decision: review.Full, Reason: "concern"}},
	})
	ok(k, err)
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertReview(ctx, it) })
	return it
}

// apply makes moves of a text and stores them together.
func (k *kit) apply(it *review.Item, cs ...review.Command) {
	k.Helper()
	was := it.Version
	for _, c := range cs {
		c.Hash = it.Latest().Hash
		ok(k, it.Apply(c))
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateReview(ctx, *it, was) })
	got, err := k.Review(k.Context(), it.ID)
	ok(k, err)
	same(k, "kept", got, *it)
}

func testReviews(k *kit) {
	rules, err := review.LoadRules()
	ok(k, err)
	chain, err := rules.Chain(review.Reply, review.OnePerson)
	ok(k, err)
	head := review.Person{ID: "head", Name: "李四", Unit: "traffic", UnitPath: "bureau/traffic", Roles: []string{"head"}}
	author := review.Person{ID: "author", Name: "张三"}
	later, sooner := k.reviewed(noon().Add(time.Minute)), k.reviewed(noon())
	first := later
	k.apply(&later, review.Command{Move: review.Submit, By: author, Chain: chain, At: noon().Add(time.Hour)})
	k.apply(
		&later,
		review.Command{
			Move: review.SendBack, By: head, For: &review.Person{ID: "chief", UnitPath: "bureau", Roles: []string{"head"}}, Step: "unit",
			Gate: review.Wording, Reason: "unclear", Words: "请写明地址。", Comments: []review.Comment{{From: 2, To: 5, Quote: "车管所", Text: "哪一个？"}}, At: noon().Add(2 * time.Hour),
		},
		review.Command{
			Move: review.Edit, By: author, At: noon().Add(3 * time.Hour),
			Content: review.Content{Title: "答复", Body: "请到长安路1号办理。", Disclosure: review.Disclosure{Decision: review.RequesterOnly, Reason: "own_matter"}},
		},
		review.Command{Move: review.Submit, By: author, Chain: chain, At: noon().Add(4 * time.Hour)},
	)
	k.apply(&later, review.Command{Move: review.Pass, By: head, Step: "unit", Gates: review.Gates(), At: noon().Add(5 * time.Hour)})

	ok(k, first.Apply(review.Command{Move: review.Submit, By: author, Hash: first.Latest().Hash, Chain: chain, At: noon()}))
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateReview(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "review.stale")
	got, err := k.Reviews(k.Context(), desk.ReviewFilter{States: review.States(), Audience: review.OnePerson, Subject: "t1", Kind: review.Reply, Limit: 10})
	ok(k, err)
	same(k, "the longest wait first", got, []review.Item{sooner, later})
	got, err = k.Reviews(k.Context(), desk.ReviewFilter{States: []review.State{review.InReview}, Audience: review.OnePerson, Limit: 10})
	ok(k, err)
	same(k, "in a state", got, []review.Item{later})
	got, err = k.Reviews(k.Context(), desk.ReviewFilter{States: review.States(), Audience: review.OnePerson, Limit: 1})
	ok(k, err)
	same(k, "no more than asked for", got, []review.Item{sooner})
	got, err = k.Reviews(k.Context(), desk.ReviewFilter{States: review.States(), Audience: review.OnePerson, Newest: true, Limit: 1})
	ok(k, err)
	same(k, "the newest first", got, []review.Item{later})
	for _, f := range []desk.ReviewFilter{
		{States: review.States(), Audience: review.Public, Limit: 10},
		{States: review.States(), Audience: review.OnePerson, Kind: review.Entry, Limit: 10},
		{States: review.States(), Audience: review.OnePerson, Subject: "t2", Limit: 10},
	} {
		got, err = k.Reviews(k.Context(), f)
		ok(k, err)
		same(k, "of others", len(got), 0)
	}
	_, err = k.Review(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "review.not_found")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		held, err := tx.Review(ctx, later.ID)
		same(k, "inside a transaction", held, later)
		return err
	})
}
