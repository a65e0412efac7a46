package storetest

import (
	"context"
	"sync/atomic"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
	"jiesu/internal/problem"
)

// ask keeps a question of somebody.
func (k *kit) ask(person, text string, at time.Time) desk.Asked {
	k.Helper()
	q := desk.Asked{ID: k.id(), Person: person, Text: text, Channel: "chat", Cause: desk.CauseUnanswered, At: at}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertAsked(ctx, q) })
	q.Person = "" // nobody ever reads who it was
	return q
}

func (k *kit) gap(edit func(*gap.Gap)) gap.Gap {
	k.Helper()
	g := gap.New(k.id(), "交管", noon())
	if edit != nil {
		edit(&g)
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertGap(ctx, g) })
	return g
}

func (k *kit) place(gapID string, qs ...desk.Asked) {
	k.Helper()
	for _, q := range qs {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			n, err := tx.NextPlace(ctx)
			if err != nil {
				return err
			}
			return tx.PlaceAsked(ctx, q.ID, gapID, n)
		})
	}
}

// testAsked: questions wait in the order they came, and are counted in their gap
// by times and people.
func testAsked(k *kit) {
	second, first := k.ask("b", "无人机去哪里登记", noon().Add(time.Hour)), k.ask("a", "飞无人机要登记吗", noon())
	third := k.ask("a", "无人机登记收费吗", noon().Add(2*time.Hour))
	waiting, err := k.AskedWaiting(k.Context(), 2)
	ok(k, err)
	same(k, "waiting", waiting, []desk.Asked{first, second})
	g := k.gap(func(g *gap.Gap) { g.FirstAt = noon().Add(time.Minute) })
	k.place(g.ID, first, second, third)
	waiting, err = k.AskedWaiting(k.Context(), 2)
	ok(k, err)
	same(k, "still waiting", len(waiting), 0)
	for i, q := range []*desk.Asked{&first, &second, &third} {
		q.Gap, q.Place = g.ID, int64(i+1)
	}
	after, err := k.AskedAfter(k.Context(), 1, 5)
	ok(k, err)
	same(k, "behind the first", after, []desk.Asked{second, third})
	in, err := k.AskedIn(k.Context(), g.ID, 2)
	ok(k, err)
	same(k, "newest first", in, []desk.Asked{third, second})
	byID, err := k.AskedByID(k.Context(), []string{third.ID, "nothing"})
	ok(k, err)
	same(k, "by id", byID, []desk.Asked{third})
	got, err := k.Gap(k.Context(), g.ID)
	ok(k, err)
	g.Times, g.People, g.FirstAt, g.LastAt = 3, 2, noon(), noon().Add(2*time.Hour)
	same(k, "counted", got, g)
	lately, err := k.Lately(k.Context(), g.ID, noon().Add(time.Hour))
	ok(k, err)
	same(k, "lately", lately, gap.Heard{Times: 2, People: 2})
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.DropAsked(ctx, third.ID) })
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.ForgetAsker(ctx, "a") })
	byID, err = k.AskedByID(k.Context(), []string{first.ID, second.ID, third.ID})
	ok(k, err)
	same(k, "what is left", byID, []desk.Asked{second})
}

// testPlaces: everybody gets a place of their own, however many ask at once.
func testPlaces(k *kit) {
	const n = 8
	var taken [n + 1]atomic.Int32
	together(n, func(int) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			place, err := tx.NextPlace(ctx)
			if err == nil {
				taken[min(place, n)].Add(1)
			}
			return err
		})
	})
	for place := 1; place < n; place++ {
		if taken[place].Load() == 0 {
			k.Errorf("nobody got place %d", place)
		}
	}
}

// testMovedQuestions: somebody who asked in both gaps is one person.
func testMovedQuestions(k *kit) {
	from, to := k.gap(nil), k.gap(func(g *gap.Gap) { g.FirstAt, g.LastAt = noon().Add(time.Hour), noon().Add(time.Hour) })
	k.place(from.ID, k.ask("a", "一", noon()), k.ask("b", "二", noon().Add(2*time.Hour)))
	k.place(to.ID, k.ask("b", "三", noon().Add(time.Hour)), k.ask("c", "四", noon().Add(time.Hour)))
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.MoveAsked(ctx, from.ID, to.ID) })
	got, err := k.Gap(k.Context(), to.ID)
	ok(k, err)
	to.Times, to.People, to.FirstAt, to.LastAt = 4, 3, noon(), noon().Add(2*time.Hour)
	same(k, "both", got, to)
	in, err := k.AskedIn(k.Context(), to.ID, 10)
	ok(k, err)
	same(k, "questions", len(in), 4)
}

// testGaps: lists show one state and scope, most people first; two decisions at
// once cannot both be made, and no text is written for two gaps.
func testGaps(k *kit) {
	task := func(path string, people int) gap.Gap {
		return k.gap(func(g *gap.Gap) {
			g.Begin(path[len("bureau/"):], path, noon(), noon().Add(72*time.Hour))
			g.People, g.Times, g.Since, g.Bar, g.Words, g.Reason = people, people+1, noon(), 7, "张三说的", "known"
		})
	}
	few, many, branch := task("bureau/traffic", 2), task("bureau/traffic", 9), task("bureau/traffic-2", 5)
	k.gap(nil)
	list := func(f desk.GapFilter) []gap.Gap {
		k.Helper()
		f.State = gap.Open
		got, err := k.Gaps(k.Context(), f)
		ok(k, err)
		return got
	}
	same(k, "all", list(desk.GapFilter{Limit: 9}), []gap.Gap{many, branch, few})
	same(k, "second page", list(desk.GapFilter{Limit: 1, After: 1}), []gap.Gap{branch})
	same(k, "of a unit", list(desk.GapFilter{Limit: 9, Scope: "bureau/traffic"}), []gap.Gap{many, few})

	ok(k, many.Draft("text"))
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateGap(ctx, many, many.Version-1) })
	got, err := k.GapOf(k.Context(), "text")
	ok(k, err)
	same(k, "of the text", got, many)
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateGap(ctx, many, many.Version-1) })
	wantCode(k, err, problem.Conflict, "gap.stale")
	ok(k, few.Draft("text"))
	if err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateGap(ctx, few, few.Version-1) }); err == nil {
		k.Error("one text was written for two gaps")
	}
	_, err = k.GapOf(k.Context(), "")
	wantCode(k, err, problem.NotFound, "gap.not_found")
}

// testSweepQuestions: after a year a question counts no more, and a gap nobody
// asks about is gone.
func testSweepQuestions(k *kit) {
	g := k.gap(nil)
	old := k.ask("a", "旧", noon())
	k.place(g.ID, old)
	task := k.gap(func(g *gap.Gap) { g.Begin("traffic", "bureau/traffic", noon(), noon()) })
	k.change(func(ctx context.Context, tx desk.Tx) error {
		_, err := sweep(ctx, tx, noon().AddDate(2, 0, 0))
		return err
	})
	_, err := k.Gap(k.Context(), g.ID)
	wantCode(k, err, problem.NotFound, "gap.not_found")
	left, err := k.AskedByID(k.Context(), []string{old.ID})
	ok(k, err)
	same(k, "questions left", len(left), 0)
	if _, err := k.Gap(k.Context(), task.ID); err != nil {
		k.Errorf("a task was swept away: %v", err)
	}
}
