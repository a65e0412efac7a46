package assist

import (
	"context"
	"errors"
	"sync"
	"time"

	"jiesu/internal/problem"
)

const (
	failuresToOpen = 3
	firstRest      = 30 * time.Second
	longestRest    = 10 * time.Minute
)

// lane is one use of the model: how many calls at once, and whether the model is
// worth asking at all.
type lane struct {
	slots   chan struct{}
	now     func() time.Time
	changed func(open bool) // told when asking stops, and when it goes on

	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // nobody is asked before, once there were enough failures
	probing  bool
}

func newLane(atOnce int, now func() time.Time, changed func(open bool)) *lane {
	return &lane{slots: make(chan struct{}, atOnce), now: now, changed: changed}
}

// do asks once. It never waits for its turn: whoever finds the lane full or the
// breaker open hears so at once.
func (l *lane) do(ctx context.Context, ask func(ctx context.Context) error) error {
	select {
	case l.slots <- struct{}{}:
	default:
		return problem.New(problem.Unavailable, "assist.busy", "语言模型正忙，请稍后再试。").After(firstRest / 6)
	}
	defer func() { <-l.slots }()
	if !l.admit() {
		return problem.New(problem.Unavailable, "assist.resting", "语言模型暂时不可用，请稍后再试。").After(firstRest)
	}
	err := ask(ctx)
	l.settle(err, err != nil && errors.Is(ctx.Err(), context.Canceled))
	return err
}

// admit reports whether a call may be made. After a rest one call goes ahead of
// the others to see whether the model is back.
func (l *lane) admit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failures < failuresToOpen {
		return true
	}
	if l.probing || l.now().Before(l.until) {
		return false
	}
	l.probing = true
	return true
}

// settle takes in how a call ended. A caller who went away tells nothing about
// the model.
func (l *lane) settle(err error, left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.probing = false
	switch {
	case left:
	case err == nil:
		if l.failures >= failuresToOpen {
			l.changed(false)
		}
		l.failures = 0
	default:
		l.failures++
		if over := l.failures - failuresToOpen; over >= 0 {
			l.until = l.now().Add(rest(over))
			if over == 0 {
				l.changed(true)
			}
		}
	}
}

// rest doubles with every failure after the breaker opened.
func rest(over int) time.Duration {
	d := firstRest
	for range over {
		if d *= 2; d >= longestRest {
			return longestRest
		}
	}
	return d
}
