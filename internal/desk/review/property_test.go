package review_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// told is what the test itself remembers: it does not ask the item.
type told struct {
	wrote  []string            // since the last approval, deputies and whom they stood in for
	bytes  review.Content      // of the newest version
	signed map[string][]string // step: who passed it, on those bytes
	seen   []review.Version    // every version, as it was when it was made
	audit  []review.Act        // every act, as it was when it was made
	live   map[int]bool        // what was published
}

func (k *told) note(r *rapid.T, it *review.Item, c *review.Command) {
	people := []string{c.By.ID}
	if c.For != nil {
		people = append(people, c.For.ID)
	}
	//nolint:exhaustive // the others are nothing to remember
	switch c.Move {
	case review.Edit:
		if it.State != review.Draft || len(it.Marks(len(it.Versions))) != 0 {
			r.Fatalf("edited, it is %s with %v", it.State, it.Marks(len(it.Versions)))
		}
		k.wrote, k.bytes, k.signed = append(k.wrote, people...), c.Content, map[string][]string{}
	case review.Pass:
		k.signed[c.Step] = people
		if it.State == review.Approved {
			k.approved(r, it)
			k.wrote = nil
		}
	case review.Publish:
		k.live[len(it.Versions)] = true
	}
}

// approved checks that all steps were passed, each by somebody else, none of
// whom wrote the text, and that the text is still that one.
func (k *told) approved(r *rapid.T, it *review.Item) {
	var all []string
	for _, s := range it.Chain.Steps {
		if len(k.signed[s.ID]) == 0 {
			r.Fatalf("approved without %s", s.Name)
		}
		all = append(all, k.signed[s.ID]...)
	}
	slices.Sort(all)
	if it.Audience == review.Public && (len(it.Chain.Steps) < 6 || len(slices.Compact(slices.Clone(all))) != len(all)) {
		r.Fatalf("read by %v in %d steps", all, len(it.Chain.Steps))
	}
	for _, id := range all {
		if slices.Contains(k.wrote, id) {
			r.Fatalf("%s approved what %v wrote", id, k.wrote)
		}
	}
	if got := it.Latest().Content; got.Body != k.bytes.Body || got.Title != k.bytes.Title || got.Disclosure != k.bytes.Disclosure {
		r.Fatalf("approved %+v, written %+v", got, k.bytes)
	}
}

// TestNothingIsPublishedUnread makes any moves by any people, right and wrong
// ones.
func TestNothingIsPublishedUnread(t *testing.T) {
	t.Parallel()
	published := map[review.Audience]int{}
	rapid.Check(t, func(r *rapid.T) {
		kind, to := review.Entry, review.Public
		if rapid.Bool().Draw(r, "reply") {
			kind, to = review.Reply, review.OnePerson
		}
		it := begun(t, kind, to, "handler")
		k := told{wrote: []string{"handler"}, bytes: it.Latest().Content, signed: map[string][]string{}, live: map[int]bool{}}
		k.seen, k.audit = copied(it.Versions), copied(it.Ledger)
		for range rapid.IntRange(1, 80).Draw(r, "moves") {
			c, before := anyCommand(r, &it), it
			err := it.Apply(c)
			if err != nil {
				if !reflect.DeepEqual(it, before) {
					r.Fatalf("%s was refused (%v), yet it changed", c.Move, err)
				}
				if problem.KindOf(err) == problem.Internal {
					r.Fatalf("%s: a mistake of somebody's is reported as ours: %v", c.Move, err)
				}
				continue
			}
			k.note(r, &it, &c)
			if n := len(k.audit); len(it.Ledger) != n+1 || !reflect.DeepEqual(it.Ledger[:n], k.audit) || it.Ledger[n].By.ID != c.By.ID {
				r.Fatalf("%s: the ledger was rewritten", c.Move)
			}
			if !reflect.DeepEqual(it.Versions[:len(k.seen)], k.seen) {
				r.Fatalf("%s: a version changed", c.Move)
			}
			k.seen, k.audit = copied(it.Versions), copied(it.Ledger)
			if it.Live != 0 && !k.live[it.Live] || it.State == review.Published && it.Live != len(it.Versions) {
				r.Fatalf("%s: version %d is public, published were %v", c.Move, it.Live, k.live)
			}
		}
		published[to] += len(k.live)
	})
	if published[review.Public] == 0 || published[review.OnePerson] == 0 {
		t.Errorf("nothing came through: %v", published)
	}
}

// copied is a copy that shares nothing with what it was made of.
func copied[T any](list []T) []T {
	out := slices.Clone(list)
	for i := range out {
		switch v := any(&out[i]).(type) {
		case *review.Version:
			v.Content.Attributes = slices.Clone(v.Content.Attributes)
		case *review.Act:
			v.Gates, v.Comments = slices.Clone(v.Gates), slices.Clone(v.Comments)
		}
	}
	return out
}

// anyCommand is mostly what would be right in a state, by somebody who might be
// the right one.
func anyCommand(r *rapid.T, it *review.Item) review.Command {
	next := map[review.State]review.Move{
		review.Draft: review.Submit, review.InReview: review.Pass, review.Returned: review.Resume,
		review.Approved: review.Publish, review.Published: review.Edit, review.Withdrawn: review.Edit,
	}
	roles := []string{"handler", "head", "editor", "taskforce", "leader"}
	m, role := next[it.State], rapid.SampledFrom(roles)
	if rapid.IntRange(0, 9).Draw(r, "otherwise") == 0 {
		m = rapid.SampledFrom(review.Moves()).Draw(r, "move")
	}
	if w, ok := it.Wait(); ok && rapid.IntRange(0, 4).Draw(r, "fitting") > 0 {
		role = rapid.SampledFrom(w.Step.Roles)
	}
	who := func(name string) string {
		return role.Draw(r, name) + rapid.SampledFrom([]string{"", "2", "3"}).Draw(r, name+" number")
	}
	c := command(it, m, who("by"))
	if rapid.IntRange(0, 5).Draw(r, "deputy") == 0 {
		absent := person(who("for"))
		c.For = &absent
	}
	c.At = c.At.Add(time.Duration(rapid.IntRange(0, 3).Draw(r, "hours")) * time.Hour)
	switch rapid.IntRange(0, 49).Draw(r, "flaw") {
	case 0:
		c.Hash = it.Versions[0].Hash
	case 1:
		c.Gates = c.Gates[:len(c.Gates)/2]
	case 2:
		c.Step = "review_3"
	case 3:
		c.By.Roles = roles
	case 4:
		c.Words, c.Reason = strings.Repeat("长", review.MaxWords+1), "x"
	case 5:
		c.Content = it.Versions[0].Content
	default:
	}
	return c
}
