package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// questions are asked in turn.
func questions() []string {
	return []string{
		"身份证丢了怎么补办", "户口怎么迁到外地", "第一次办护照要带什么材料", "驾驶证到期换证", "居住证怎么办理", "孩子出生怎么上户口",
		"港澳通行证签注", "无犯罪记录证明在哪里开", "养犬登记", "电动自行车上牌", "身份证到期了", "临时身份证", "改名字要什么手续", "网上被骗了钱怎么办",
	}
}

// asking are clients that ask questions outside of chats, each over its connection.
type asking func(ctx context.Context, p *process, n int) (clients []step, leave func(), err error)

// askers ask what others ask in the same minute: the desk remembers.
func askers(ctx context.Context, p *process, n int) (clients []step, leave func(), err error) {
	asked := questions()
	requests := make([][]byte, len(asked))
	for i, q := range asked {
		requests[i] = ask(q)
	}
	return askedBy(ctx, p, n, http.StatusOK, func(i int) func() []byte {
		next := i
		return func() []byte { next++; return requests[next%len(requests)] }
	})
}

// newAskers ask what nobody asked before.
func newAskers(ctx context.Context, p *process, n int) (clients []step, leave func(), err error) {
	var count atomic.Int64
	asked := questions()
	next := func() []byte {
		n := int(count.Add(1))
		return ask(fmt.Sprintf("%s 幸福路%d号", asked[n%len(asked)], n))
	}
	return askedBy(ctx, p, n, http.StatusOK, func(int) func() []byte { return next })
}

func ask(question string) []byte {
	return post("/api/v1/ask", "", "", fmt.Sprintf(`{"text":%q}`, question))
}

func answers(ctx context.Context, b *bench) (value, error)    { return b.answers(ctx, askers) }
func newAnswers(ctx context.Context, b *bench) (value, error) { return b.answers(ctx, newAskers) }

// answers are questions answered without anything being stored.
func (b *bench) answers(ctx context.Context, askers asking) (v value, err error) {
	during := time.Duration(b.seconds * float64(time.Second))
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := askers(ctx, p, many)
		defer leave()
		if err != nil {
			return err
		}
		v.ours, err = closed(ctx, clients, during)
		return err
	})
	if err != nil {
		return v, err
	}
	p, err = b.bare(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := echoes(ctx, p, "/echo", strings.Repeat("x", 128))
		defer leave()
		if err != nil {
			return err
		}
		v.bare, err = closed(ctx, clients, during)
		return err
	})
	return v, err
}

const answersRate = 5000

// answersPaced is what answers take at a fixed rate.
func answersPaced(ctx context.Context, b *bench) (value, error) {
	return b.answersAt(ctx, askers, many, answersRate, 0.99)
}

// newAnswerAlone is what an answer takes that has to be worked out, one after the other.
func newAnswerAlone(ctx context.Context, b *bench) (value, error) {
	return b.answersAt(ctx, newAskers, 1, 100, 0.5)
}

func (b *bench) answersAt(ctx context.Context, askers asking, n int, rate, share float64) (v value, err error) {
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		clients, leave, err := askers(ctx, p, n)
		defer leave()
		if err != nil {
			return err
		}
		took, err := paced(ctx, clients, rate, time.Duration(b.seconds*float64(time.Second)))
		v.ours, v.remark = took.at(share).Seconds()*1000, took.String()
		return err
	})
	return v, err
}

// remoteAnswers compares the median of answers found by Meilisearch with that of the
// call alone.
func remoteAnswers(ctx context.Context, b *bench) (v value, err error) {
	during := time.Duration(b.seconds * float64(time.Second))
	p, err := b.fresh(ctx, "JIESU_MEILISEARCH_URL="+b.meilisearch, "JIESU_MEILISEARCH_KEY="+meilisearchKey(), "JIESU_MEILISEARCH_PREFIX=yardstick")
	err = with(p, err, func(p *process) error {
		if err := inStep(ctx, p); err != nil {
			return err
		}
		clients, leave, err := askers(ctx, p, 1)
		defer leave()
		if err != nil {
			return err
		}
		took, err := paced(ctx, clients, 50, during)
		v.ours, v.remark = took.at(0.5).Seconds()*1000, took.String()
		if err != nil {
			return err
		}
		v.bare, err = direct(ctx, b, during)
		return err
	})
	return v, err
}
