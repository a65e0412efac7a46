package live

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"jiesu/internal/problem"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"t":"hello","id":1,"v":1,"pass":"tk","last":{"epoch":"e1","seq":41},"client":{"kind":"web","ver":"1"}}`,
		`{"t":"send","id":2,"cid":"01J8","kind":"text","body":{"text":"居住证怎么续签"}}`,
		`{"t":"ack","seq":44}`, `{"t":"sync","after":-1,"limit":1e3}`, `[[[[[[[[[[]]]]]]]]]]`, "{\"t\":\"\xff\"}", `{"t":"x"}{}`, `"\\"`, `{"t":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parse(data)
		if err != nil {
			return
		}
		if got.T == "" || !utf8.Valid(data) || !json.Valid(data) {
			t.Errorf("accepted %q as %+v", data, got)
		}
		if depth(data) > maxDepth {
			t.Errorf("accepted nesting of %d", depth(data))
		}
	})
}

func TestDepthIgnoresText(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]int{
		`{"a":[1]}`: 2, `{"a":"[[[["}`: 1, `{"a":"\"[[["}`: 1, `"\\"`: 0, `[[]]]]]]`: 2,
	} {
		if got := depth([]byte(data)); got != want {
			t.Errorf("depth(%s) = %d, want %d", data, got, want)
		}
	}
}

func TestErrorFrameShowsNothingInternal(t *testing.T) {
	t.Parallel()
	secret := errors.New("pq: duplicate key 13800000000")
	for name, err := range map[string]error{
		"unknown":  secret,
		"internal": problem.New(problem.Internal, "store.broken", "column phone").Because(secret),
		"caused":   problem.New(problem.Conflict, "chat.cid_conflict", "编号已用。").Because(secret),
	} {
		frame := string(encode(errorFrame(3, err)))
		if strings.Contains(frame, "pq") || strings.Contains(frame, "138") || strings.Contains(frame, "column") {
			t.Errorf("%s: %s", name, frame)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	q := newQueue(3, 10, func() {})
	for i, want := range []bool{true, true, false} {
		if got := q.push([]byte("12345")); got != want {
			t.Errorf("push %d: %v, want %v", i, got, want)
		}
	}
	if n := len(q.take()); n != 2 {
		t.Errorf("took %d frames", n)
	}
	for i := range 4 {
		if got := q.push([]byte("1")); got != (i < 3) {
			t.Errorf("push %d after take: %v", i, got)
		}
	}
}

func TestBellForgetsWhoLeft(t *testing.T) {
	t.Parallel()
	bell := newRegistry[*listener]()
	h := &Hub{bell: bell}
	first, leaveFirst := listen(bell, "c")
	second, leaveSecond := listen(bell, "c")
	h.wake("c")
	h.wake("c") // adds nothing
	h.wake("nobody")
	leaveFirst()
	<-first
	<-second
	h.wake("c")
	select {
	case <-first:
		t.Error("rang for somebody who had left")
	default:
	}
	<-second
	leaveSecond()
	if len(bell.members) != 0 {
		t.Errorf("remembers %d conversations nobody listens to", len(bell.members))
	}
}

func TestNotesGiveWay(t *testing.T) {
	t.Parallel()
	q := newQueue(4, 100, func() {})
	for range 9 {
		q.note([]byte("1"))
	}
	if n := len(q.take()); n != 2 {
		t.Errorf("%d notes of nine were kept, want half of the room", n)
	}
}
