package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	soakEvery   = 5 * time.Second
	soakAnswers = 500.0 // a second
	soakSaid    = 200.0
	soakLetters = 20.0
)

// sample is a process at a moment.
type sample struct{ minutes, memory, goroutines float64 }

// soak has people ask, chat and write for a long time and looks whether memory and
// goroutines grow. The first quarter, in which caches fill, does not count.
func soak(ctx context.Context, b *bench) (v value, err error) {
	p, err := b.fresh(ctx)
	err = with(p, err, func(p *process) error {
		samples, err := load(ctx, p, b.soak)
		if err != nil {
			return err
		}
		counted := samples[len(samples)/4:]
		first, last := counted[0], counted[len(counted)-1]
		v.ours = slope(counted, func(s sample) float64 { return s.memory })
		v.remark = fmt.Sprintf("%v; %.0f → %.0f MiB; goroutines %.0f → %.0f, %+.2f a minute", b.soak, first.memory, last.memory,
			first.goroutines, last.goroutines, slope(counted, func(s sample) float64 { return s.goroutines }))
		return nil
	})
	return v, err
}

// load is all of it at once.
func load(ctx context.Context, p *process, during time.Duration) ([]sample, error) {
	asking, leaveAsking, err := askers(ctx, p, 50)
	defer leaveAsking()
	talking, leaveTalking, errTalking := talkers(ctx, p)
	defer leaveTalking()
	writing, leaveWriting, errWriting := letterWriters(ctx, p, 10)
	defer leaveWriting()
	if err := errors.Join(err, errTalking, errWriting); err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	errs := make([]error, 3)
	for i, part := range []struct {
		clients []step
		rate    float64
	}{{asking, soakAnswers}, {talking, soakSaid}, {writing, soakLetters}} {
		all.Go(func() { _, errs[i] = paced(ctx, part.clients, part.rate, during) })
	}
	var samples []sample
	begin := time.Now()
	for tick := time.NewTicker(soakEvery); time.Since(begin) < during && ctx.Err() == nil; {
		<-tick.C
		n, err := goroutines(ctx, p)
		if err != nil {
			return nil, err
		}
		samples = append(samples, sample{time.Since(begin).Minutes(), p.resident() / (1 << 20), n})
	}
	all.Wait()
	return samples, errors.Join(errs...)
}

func goroutines(ctx context.Context, p *process) (float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(said)) {
		if n, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			return strconv.ParseFloat(strings.TrimSpace(n), 64)
		}
	}
	return 0, errors.New("the program does not say how many goroutines it has")
}

// slope is how much a value grows in a minute, by least squares.
func slope(samples []sample, of func(sample) float64) float64 {
	var n, x, y, xx, xy float64
	for _, s := range samples {
		v := of(s)
		n, x, y, xx, xy = n+1, x+s.minutes, y+v, xx+s.minutes*s.minutes, xy+s.minutes*v
	}
	return (n*xy - x*y) / (n*xx - x*x)
}
