package storetest

import (
	"context"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

func testPeople(k *kit) {
	for _, u := range []access.User{
		{ID: "u2", Login: "b", Name: "乙", Unit: "traffic", Roles: []access.Role{access.Head, access.Handler}, CreatedAt: noon()},
		{ID: "u1", Login: "c", Name: "甲", Unit: "legal", CreatedAt: noon()},
		{ID: "u3", Login: "a", Name: "丙", Unit: "legal", CreatedAt: noon(), Disabled: true},
	} {
		ok(k, k.account(u))
	}
	got, err := k.People(k.Context())
	ok(k, err)
	same(k, "people", got, []assignment.Person{{ID: "u1", Name: "甲", Unit: "legal"}, {ID: "u2", Name: "乙", Unit: "traffic", Roles: []string{"head", "handler"}}})
}

func testTerms(k *kit) {
	post := assignment.Post{ID: "p", Unit: "mailbox", Name: "值班岗", Role: "taskforce"}
	hour := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Hour) }
	open := assignment.Term{ID: "t1", Kind: assignment.Holding, Post: "p", User: "u1", From: hour(-9)}
	shift := assignment.Term{ID: "t2", Kind: assignment.Shift, Unit: "mailbox", User: "u1", From: hour(1), Until: hour(3)}
	deputy := assignment.Term{ID: "t3", Kind: assignment.Standing, User: "u1", Deputy: "u2", From: hour(1), Until: hour(2), Reason: "休假"}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		ok(k, tx.HoldDirectory(ctx))
		ok(k, tx.InsertPost(ctx, post))
		for _, t := range []assignment.Term{deputy, shift, open} {
			ok(k, tx.InsertTerm(ctx, t))
		}
		return nil
	})
	posts, err := k.Posts(k.Context())
	ok(k, err)
	same(k, "posts", posts, []assignment.Post{post})
	wantCode(k, k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertPost(ctx, post) }), problem.Conflict, "post.taken")
	terms := func(since time.Time) []assignment.Term {
		got, err := k.Terms(k.Context(), since)
		ok(k, err)
		return got
	}
	same(k, "terms", terms(hour(0)), []assignment.Term{open, shift, deputy})
	same(k, "not ended later", terms(hour(2)), []assignment.Term{open, shift})

	end := func(id string, at time.Time) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.EndTerm(ctx, id, at) })
	}
	ok(k, end("t1", hour(1)))
	ok(k, end("t2", hour(2)))
	ok(k, end("t3", hour(0))) // before it began
	open.Until, shift.Until, deputy.Until = hour(1), hour(2), hour(1)
	same(k, "ended", terms(hour(0)), []assignment.Term{open, shift, deputy})
	for _, id := range []string{"t1", "t3", "nothing"} {
		wantCode(k, end(id, hour(5)), problem.NotFound, "term.not_found")
	}
	wantCode(k, end("t3", hour(0)), problem.NotFound, "term.not_found")
}

func testCatalogue(k *kit) {
	v := assignment.Version{Number: 1, From: noon(), Rows: []assignment.Row{{Category: "traffic", District: "*", Lead: "@branch", Co: []string{"traffic"}}, {Category: "dogs", Lead: "patrol"}}}
	put := func() error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertCatalogue(ctx, v, noon()) })
	}
	ok(k, put())
	wantCode(k, put(), problem.Conflict, "catalogue.taken")
	got, err := k.CatalogueVersions(k.Context())
	ok(k, err)
	same(k, "versions", got, []assignment.Version{v})
}
