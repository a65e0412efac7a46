package audit_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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

// trail is one lane in memory, with the head it had when it was whole.
type trail struct {
	entries []audit.Entry
	head    audit.Head
}

func (t trail) WalkAudit(_ context.Context, lane int, after int64, fn func(audit.Entry) error) error {
	for _, e := range t.entries {
		if lane == t.head.Lane && e.Seq > after {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t trail) Heads(context.Context) ([]audit.Head, error) {
	heads := make([]audit.Head, audit.Lanes)
	for lane := range heads {
		heads[lane].Lane = lane
	}
	heads[t.head.Lane] = t.head
	return heads, nil
}

func (t trail) StrayAudit(context.Context) (audit.Entry, bool, error) {
	return audit.Entry{}, false, nil
}

// whole is a trail that ends where its entries do.
func whole(entries []audit.Entry) trail {
	t := trail{entries: entries, head: audit.Head{Lane: audit.LaneOf("ticket/1")}}
	if n := len(entries); n > 0 {
		t.head.Seq, t.head.Hash = entries[n-1].Seq, slices.Clone(entries[n-1].Hash)
	}
	return t
}

// verify names everything wrong with entries that were whole once.
func (t trail) verify(anchor ...audit.Head) error {
	r, err := audit.Verify(context.Background(), t, anchor)
	if err != nil {
		return err
	}
	var all []error
	for _, f := range r.Findings {
		all = append(all, errors.New(f.String()))
	}
	return errors.Join(all...)
}

func TestChainVerifies(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		if err := whole(chain(n)).verify(); err != nil {
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
		"previous":    func(e *audit.Entry) { e.Prev = append(slices.Clone(e.Prev), 1) },
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
			kept := whole(chain(3))
			change(&kept.entries[i])
			if err := kept.verify(); err == nil || !strings.Contains(err.Error(), fmt.Sprint("entry ", i+1)) {
				t.Errorf("%s of entry %d: %v", name, i+1, err)
			}
		}
	}
}

// TestRelinkedEntryShows: whoever can recompute one hash breaks the next link.
func TestRelinkedEntryShows(t *testing.T) {
	t.Parallel()
	kept := whole(chain(3))
	kept.entries[1].Actor = "u2"
	kept.entries[1].Link(1, kept.entries[0].Hash)
	if err := kept.verify(); err == nil || !strings.Contains(err.Error(), "entry 3 does not follow entry 2") {
		t.Errorf("got %v", err)
	}
}

func TestGapsAndOrderShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := chain(rapid.IntRange(2, 8).Draw(t, "n"))
		i := rapid.IntRange(0, len(entries)-2).Draw(t, "i")
		removed := whole(entries)
		removed.entries = slices.Delete(slices.Clone(entries), i, i+1)
		if removed.verify() == nil {
			t.Fatalf("entry %d of %d is gone and nobody noticed", i+1, len(entries))
		}
		entries[i], entries[i+1] = entries[i+1], entries[i]
		if whole(entries).verify() == nil {
			t.Fatalf("entries %d and %d changed places", i+1, i+2)
		}
	})
}

// TestAStretchAtATime finds what one reading finds, wherever it stops and goes on.
func TestAStretchAtATime(t *testing.T) {
	t.Parallel()
	for most := 1; most <= 8; most++ {
		for changed := range 7 {
			kept := whole(chain(7))
			kept.entries[changed].Actor = "u2"
			want, err := audit.Verify(t.Context(), kept, nil)
			if err != nil || len(want.Findings) != 1 {
				t.Fatalf("one reading: %+v, %v", want, err)
			}
			c := audit.NewCheck()
			for stretches := 0; !c.Done; stretches++ {
				if err := c.Go(t.Context(), kept, nil, most); err != nil || stretches > 7/most {
					t.Fatalf("stretch %d of %d entries: %v", stretches, most, err)
				}
			}
			if !reflect.DeepEqual(c.Report, want) {
				t.Errorf("%d at a time found %+v, want %+v", most, c.Report, want)
			}
		}
	}
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

// TestACutTailShows: the head knows how far the lane went.
func TestACutTailShows(t *testing.T) {
	t.Parallel()
	for left := range 3 {
		kept := whole(chain(3))
		kept.entries = kept.entries[:left]
		if err := kept.verify(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("entry %d is missing: the lane was cut off", left+1)) {
			t.Errorf("%d of 3 entries left: %v", left, err)
		}
	}
	longer := whole(chain(3))
	longer.head.Seq, longer.head.Hash = 2, longer.entries[1].Hash
	if err := longer.verify(); err == nil || !strings.Contains(err.Error(), "entry 3 stands behind the lane's head") {
		t.Errorf("an entry behind the head: %v", err)
	}
}

// TestARewrittenLaneShowsAgainstAnAnchor: without a key anybody can link a lane
// anew; what was noted down elsewhere tells.
func TestARewrittenLaneShowsAgainstAnAnchor(t *testing.T) {
	t.Parallel()
	before := whole(chain(3))
	anchor, err := audit.ParseHeads(strings.NewReader("# noted down\n" + before.head.String() + "\n\n0 0 \n"))
	if err != nil || len(anchor) != 2 {
		t.Fatalf("read %v, %v", anchor, err)
	}
	grown := chain(5)
	if err := whole(grown).verify(anchor...); err != nil {
		t.Errorf("a lane that has grown: %v", err)
	}
	var prev []byte
	for i := range grown {
		grown[i].Actor = "u2"
		grown[i].Link(int64(i), prev)
		prev = grown[i].Hash
	}
	if err := whole(grown).verify(); err != nil {
		t.Fatalf("a lane linked anew shows without an anchor: %v", err)
	}
	if err := whole(grown).verify(anchor...); err == nil || !strings.Contains(err.Error(), "entry 3 is not the one the anchor knows") {
		t.Errorf("a rewritten lane: %v", err)
	}
	if err := whole(chain(2)).verify(anchor...); err == nil || !strings.Contains(err.Error(), "the anchor knows it") {
		t.Errorf("a lane cut off together with its head: %v", err)
	}
	for _, bad := range []string{"x", "1", "1 2", "16 1 ab", "1 -1 ab", "1 1 zz"} {
		if heads, err := audit.ParseHeads(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, heads)
		}
	}
}
