package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/audit"
)

// chain links n entries about one object.
func chain(n int) []audit.Entry {
	entries := make([]audit.Entry, n)
	var prev []byte
	for i := range entries {
		entries[i] = audit.Entry{
			At: time.Date(2026, 3, 2, 12, 0, i, 123_456_789, time.FixedZone("CST", 8*3600)), Actor: "u1", Action: "ticket.dispatch",
			Object: "ticket/1", Detail: map[string]string{"unit": fmt.Sprint("station-", i), "version": "2"},
		}
		entries[i].Link(int64(i), prev)
		prev = entries[i].Hash
	}
	return entries
}

func TestChainVerifies(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		if err := audit.Verify(chain(n)); err != nil {
			t.Errorf("%d entries: %v", n, err)
		}
	}
	first := chain(1)[0]
	if first.Seq != 1 || first.Prev != nil || first.Lane != audit.LaneOf("ticket/1") || len(first.Hash) != 32 {
		t.Errorf("the first entry: %+v", first)
	}
	if first.At.Location() != time.UTC || first.At.Nanosecond() != 123_456_000 {
		t.Errorf("the time is kept as %v, which a database would change", first.At)
	}
}

// TestEveryChangeShows changes any part of any entry.
func TestEveryChangeShows(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*audit.Entry){
		"lane":        func(e *audit.Entry) { e.Lane++ },
		"time":        func(e *audit.Entry) { e.At = e.At.Add(time.Microsecond) },
		"actor":       func(e *audit.Entry) { e.Actor = "u2" },
		"action":      func(e *audit.Entry) { e.Action = "ticket.close" },
		"object":      func(e *audit.Entry) { e.Object = "ticket/2" },
		"detail":      func(e *audit.Entry) { e.Detail["unit"] = "x" },
		"detail more": func(e *audit.Entry) { e.Detail["more"] = "x" },
		"detail less": func(e *audit.Entry) { delete(e.Detail, "unit") },
		"moved text":  func(e *audit.Entry) { e.Actor, e.Action = "u1t", "icket.dispatch" },
		"hash":        func(e *audit.Entry) { e.Hash[0] ^= 1 },
	} {
		for i := range 3 {
			entries := chain(3)
			change(&entries[i])
			if err := audit.Verify(entries); err == nil || !strings.Contains(err.Error(), fmt.Sprint("entry ", i+1)) {
				t.Errorf("%s of entry %d: %v", name, i+1, err)
			}
		}
	}
}

// TestRelinkedEntryShows: whoever can recompute one hash breaks the next link.
func TestRelinkedEntryShows(t *testing.T) {
	t.Parallel()
	entries := chain(3)
	entries[1].Actor = "u2"
	entries[1].Link(1, entries[0].Hash)
	if err := audit.Verify(entries); err == nil || !strings.Contains(err.Error(), "entry 3 does not follow entry 2") {
		t.Errorf("got %v", err)
	}
}

func TestGapsAndOrderShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := chain(rapid.IntRange(2, 8).Draw(t, "n"))
		i := rapid.IntRange(0, len(entries)-2).Draw(t, "i")
		removed := slices.Delete(slices.Clone(entries), i, i+1)
		if audit.Verify(removed) == nil {
			t.Fatalf("entry %d of %d is gone and nobody noticed", i+1, len(entries))
		}
		entries[i], entries[i+1] = entries[i+1], entries[i]
		if audit.Verify(entries) == nil {
			t.Fatalf("entries %d and %d changed places", i+1, i+2)
		}
	})
}

func TestLanes(t *testing.T) {
	t.Parallel()
	used := map[int]int{}
	for i := range 4000 {
		lane := audit.LaneOf(fmt.Sprint("ticket/", i))
		if lane < 0 || lane >= audit.Lanes || lane != audit.LaneOf(fmt.Sprint("ticket/", i)) {
			t.Fatalf("lane %d", lane)
		}
		used[lane]++
	}
	for lane := range audit.Lanes {
		if used[lane] < 100 {
			t.Errorf("lane %d got %d of 4000 objects: writers would queue on the others", lane, used[lane])
		}
	}
}
