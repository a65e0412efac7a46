package server

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"jiesu/internal/limit"
	"jiesu/internal/problem"
)

type brokenLimiter struct{}

func (brokenLimiter) Allow(context.Context, string, limit.Rate) (limit.Decision, error) {
	return limit.Decision{}, errors.New("no limiter")
}

func TestAnAnswerPassesOnceAndInTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	limiter := limit.NewMemory(clock, 1000)
	q := newCaptcha([]byte("key"), limiter, clock)
	replica := newCaptcha([]byte("key"), limiter, clock) // another process of the same desk
	stranger := newCaptcha(nil, limiter, clock)
	right := func(q *captcha, token, answer string) bool {
		ok, err := q.right(t.Context(), token, answer)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for name, typed := range map[string]func(words string) string{
		"as it stands":      func(w string) string { return w },
		"digits":            copied,
		"wide digits":       func(w string) string { return strings.Map(func(d rune) rune { return d - '0' + '０' }, copied(w)) },
		"with the sentence": func(w string) string { return "请照着填写：" + w + " 。" },
	} {
		asked := q.question()
		if len([]rune(asked.words)) != 4 || !right(replica, asked.Token, typed(asked.words)) {
			t.Errorf("%s: the copy of %s is refused", name, asked.words)
		}
		if right(q, asked.Token, typed(asked.words)) {
			t.Errorf("%s: an answer passed twice", name)
		}
	}
	asked := q.question()
	last := "零"
	if copied(asked.words)[3] == '0' {
		last = "一"
	}
	forged := []byte(asked.Token)
	forged[3] ^= 1
	for name, c := range map[string]struct{ token, answer string }{
		"another answer":   {asked.Token, string([]rune(asked.words)[:3]) + last},
		"no answer":        {asked.Token, ""},
		"no token":         {"", asked.words},
		"no token of ours": {"####", asked.words},
		"a forged token":   {string(forged), asked.words},
		"another desk's":   {stranger.question().Token, asked.words},
	} {
		if right(q, c.token, c.answer) {
			t.Errorf("%s passes", name)
		}
	}
	now = now.Add(captchaLife + time.Second)
	if right(q, asked.Token, asked.words) {
		t.Error("an answer passes after its time")
	}
	q.limiter = brokenLimiter{}
	asked = q.question()
	if _, err := q.right(t.Context(), asked.Token, asked.words); problem.KindOf(err) != problem.Unavailable {
		t.Errorf("without a limiter nobody knows whether it was used: %v", err)
	}
}
