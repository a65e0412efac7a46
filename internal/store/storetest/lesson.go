package storetest

import (
	"context"
	"sync/atomic"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// vote stores one vote for a question and returns the id of its label.
func (k *kit) vote(question string, at time.Time, votes ...desk.Vote) (id string) {
	k.Helper()
	l := desk.Label{ID: k.id(), Key: question, Question: question, Votes: votes, FirstAt: at, LastAt: at}
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		id, err = tx.AddVotes(ctx, l)
		return err
	})
	return id
}

func testVotes(k *kit) {
	click := desk.Vote{Entry: "e1", Kind: desk.Click, Agrees: true}
	bad := desk.Vote{Entry: "e2", Kind: desk.Rating}
	id := k.vote("张三丰的身份证丢了", noon(), click, bad)
	same(k, "the same question", k.vote("张三丰的身份证丢了", noon().Add(time.Hour), click), id)
	other := k.vote("护照丢了", noon(), desk.Vote{Kind: desk.Correction, Agrees: true, Count: 3})
	got, err := k.Label(k.Context(), id)
	ok(k, err)
	click.Count, bad.Count = 2, 1
	same(k, "label", got, desk.Label{
		ID: id, Question: "张三丰的身份证丢了", Votes: []desk.Vote{click, bad}, Count: 3,
		FirstAt: noon(), LastAt: noon().Add(time.Hour), State: desk.LabelWaiting, Entries: []string{}, Version: 1,
	})
	got, err = k.Label(k.Context(), other)
	ok(k, err)
	same(k, "counted at once", got.Count, 3)
	_, err = k.Label(k.Context(), "x")
	wantCode(k, err, problem.NotFound, "label.not_found")
}

// testVotesAtOnce: no vote is lost, whoever else votes.
func testVotesAtOnce(k *kit) {
	together(16, func(i int) {
		k.vote("大家都问", noon(), desk.Vote{Entry: []string{"e1", "e2"}[i%2], Kind: desk.Click, Agrees: true})
	})
	got, err := k.Labels(k.Context(), desk.LabelFilter{State: desk.LabelWaiting, Limit: 10})
	ok(k, err)
	same(k, "labels", len(got), 1)
	same(k, "count", got[0].Count, 16)
	same(k, "votes", got[0].Votes, []desk.Vote{
		{Entry: "e1", Kind: desk.Click, Agrees: true, Count: 8}, {Entry: "e2", Kind: desk.Click, Agrees: true, Count: 8},
	})
}

func testDecision(k *kit) {
	id := k.vote("身份证丢了", noon(), desk.Vote{Entry: "e1", Kind: desk.Click, Agrees: true})
	decided, err := k.Label(k.Context(), id)
	ok(k, err)
	decided.State, decided.Entries, decided.DecidedBy, decided.DecidedAt = desk.LabelConfirmed, []string{"e1", "e2"}, "u1", noon().Add(time.Hour)
	update := func(was int64) error {
		return k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateLabel(ctx, decided, was) })
	}
	ok(k, update(1))
	wantCode(k, update(1), problem.Conflict, "label.stale")
	k.vote("身份证丢了", noon().Add(2*time.Hour), desk.Vote{Entry: "e9", Kind: desk.Click, Agrees: true})
	got, err := k.Label(k.Context(), id)
	ok(k, err)
	decided.Version, decided.Count, decided.LastAt = 2, 2, noon().Add(2*time.Hour)
	decided.Votes = []desk.Vote{{Entry: "e1", Kind: desk.Click, Agrees: true, Count: 1}, {Entry: "e9", Kind: desk.Click, Agrees: true, Count: 1}}
	same(k, "a decision stays whatever is voted later", got, decided)
}

func testLabelQueue(k *kit) {
	clicked := desk.Vote{Entry: "e1", Kind: desk.Click, Agrees: true}
	rare := k.vote("少", noon(), clicked)
	often := k.vote("多", noon(), clicked, liked("e2"))
	late := k.vote("晚", noon().Add(time.Hour), clicked)
	queue := func(f desk.LabelFilter) (ids []string) {
		got, err := k.Labels(k.Context(), f)
		ok(k, err)
		for _, l := range got {
			ids = append(ids, l.ID)
		}
		return ids
	}
	same(k, "queue", queue(desk.LabelFilter{State: desk.LabelWaiting, Limit: 10}), []string{often, late, rare})
	same(k, "second page", queue(desk.LabelFilter{State: desk.LabelWaiting, After: 1, Limit: 1}), []string{late})
	same(k, "another state", queue(desk.LabelFilter{State: desk.LabelRejected, Limit: 10}), []string(nil))
	counts, err := k.LabelCounts(k.Context())
	ok(k, err)
	same(k, "counts", counts, map[desk.LabelState]int{desk.LabelWaiting: 3})
}

func liked(entry string) desk.Vote { return desk.Vote{Entry: entry, Kind: desk.Rating, Agrees: true} }

// testForgetLabel: a label goes that is of a chat's words alone, and no other.
func testForgetLabel(k *kit) {
	alone, shared, older := k.vote("只有他问", noon(), liked("e1"), liked("e2")), k.vote("大家都问", noon(), liked("e1"), liked("e2"), liked("e3")), k.vote("以前问过", noon().Add(-time.Hour), liked("e1"))
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, question := range []string{"只有他问", "大家都问", "以前问过", "没有人问"} {
			if err := tx.ForgetLabel(ctx, question, noon(), 2); err != nil {
				return err
			}
		}
		return nil
	})
	for id, kept := range map[string]bool{alone: false, shared: true, older: true} {
		_, err := k.Label(k.Context(), id)
		same(k, "label "+id, err == nil, kept)
	}
	got, err := k.Label(k.Context(), k.vote("只有他问", noon(), liked("e3")))
	ok(k, err)
	same(k, "votes of whoever asks it later", len(got.Votes), 1)
}

func testSweepLabels(k *kit) {
	old, fresh := k.vote("旧", noon(), liked("e1")), k.vote("新", noon(), liked("e1"))
	waiting := k.vote("等", noon(), liked("e1"))
	reject := func(id string, at time.Time) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.UpdateLabel(ctx, desk.Label{ID: id, State: desk.LabelRejected, Entries: []string{}, DecidedBy: "u1", DecidedAt: at}, 1)
		})
	}
	reject(old, noon().Add(-91*24*time.Hour))
	reject(fresh, noon().Add(-89*24*time.Hour))
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for _, f := range []desk.Feedback{
			{Conversation: "page/a", Kind: desk.Rating, At: noon().Add(-32 * 24 * time.Hour)},
			{Conversation: "page/b", Kind: desk.Rating, At: noon()},
			{Conversation: "c1", Kind: desk.Rating, At: noon().Add(-32 * 24 * time.Hour)},
		} {
			if _, err := tx.NoteFeedback(ctx, f); err != nil {
				return err
			}
		}
		_, err := sweep(ctx, tx, noon())
		return err
	})
	for conversation, kept := range map[string]bool{"page/a": false, "page/b": true, "c1": true} {
		_, err := k.FeedbackOn(k.Context(), conversation, 0, desk.Rating)
		same(k, "feedback on "+conversation, err == nil, kept)
	}
	_, err := k.Label(k.Context(), old)
	wantCode(k, err, problem.NotFound, "label.not_found")
	for _, id := range []string{fresh, waiting} {
		_, err = k.Label(k.Context(), id)
		ok(k, err)
	}
}

func testAnswerCounts(k *kit) {
	cell := func(day, category string, event desk.AnswerEvent, n int64) desk.AnswerCount {
		return desk.AnswerCount{Day: day, Category: category, Event: event, N: n}
	}
	together(8, func(int) {
		lane := k.id()
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.CountAnswers(ctx, lane, cell("2026-03-02", "身份证", desk.Answered, 1), cell("2026-03-02", "", desk.Unresolved, 2), cell("2026-03-02", "身份证", desk.Answered, 1))
		})
	})
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.CountAnswers(ctx, "x", cell("2026-03-01", "身份证", desk.Answered, 1), cell("2026-03-03", "户籍", desk.Liked, 1))
	})
	got, err := k.AnswerCounts(k.Context(), "2026-03-02", "2026-03-03")
	ok(k, err)
	same(k, "counts", got, []desk.AnswerCount{
		cell("2026-03-02", "", desk.Unresolved, 16), cell("2026-03-02", "身份证", desk.Answered, 16), cell("2026-03-03", "户籍", desk.Liked, 1),
	})
}

func testFeedback(k *kit) {
	f := desk.Feedback{Conversation: "c1", Seq: 2, Kind: desk.Rating, Score: 5, At: noon()}
	var firsts atomic.Int64
	together(8, func(int) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			first, err := tx.NoteFeedback(ctx, f)
			if first {
				firsts.Add(1)
			}
			return err
		})
	})
	same(k, "first", firsts.Load(), int64(1))
	other := f
	other.Score = 1
	k.change(func(ctx context.Context, tx desk.Tx) error {
		first, err := tx.NoteFeedback(ctx, other)
		same(k, "a second opinion", first, false)
		return err
	})
	got, err := k.FeedbackOn(k.Context(), "c1", 2, desk.Rating)
	ok(k, err)
	same(k, "feedback", got, f)
	_, err = k.FeedbackOn(k.Context(), "c1", 2, desk.Click)
	wantCode(k, err, problem.NotFound, "feedback.not_found")
}

func testSaidAfter(k *kit) {
	a, b := k.chat(), k.chat()
	old, robot := text("1", "旧"), text("", "机器人")
	old.At = noon().Add(-time.Hour)
	robot.Role = conversation.Robot
	first := k.say(a, old, text("2", "一"), robot, text("3", "二"))
	second := k.say(b, text("1", "三"))
	want := []conversation.Message{first[1], first[3], second[0]}
	got, err := k.SaidAfter(k.Context(), noon(), "", 0, 10)
	ok(k, err)
	same(k, "said", got, want)
	got, err = k.SaidAfter(k.Context(), noon(), a, 2, 1)
	ok(k, err)
	same(k, "next page", got, want[1:2])
}
