package review

import (
	"testing"

	"pgregory.net/rapid"
)

// longest counts by the book: how much of two lists can stay.
func longest(a, b []string) int {
	above := make([]int, len(b)+1)
	for _, x := range a {
		row := make([]int, len(b)+1)
		for j, y := range b {
			row[j+1] = max(row[j], above[j+1])
			if x == y {
				row[j+1] = above[j] + 1
			}
		}
		above = row
	}
	return above[len(b)]
}

// TestAlignKeepsAllThatCanStay takes lists of several words of bits.
func TestAlignKeepsAllThatCanStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		list := func(name string) []string {
			n := rapid.SampledFrom([]int{1, 63, 64, 65, 150}).Draw(r, "length of "+name)
			return rapid.SliceOfN(rapid.SampledFrom([]string{"甲", "乙", "丙", "丁"}), n, n).Draw(r, name)
		}
		a, b := list("a"), list("b")
		kept, i, j := 0, 0, 0
		for _, run := range align(a, b) {
			if run.a != i || run.b != j {
				r.Fatalf("%+v begins neither at %d nor at %d", run, i, j)
			}
			i, j = i+run.n, j+run.m
			if !run.same {
				continue
			}
			kept += run.n
			for k := range run.n {
				if run.n != run.m || a[run.a+k] != b[run.b+k] {
					r.Fatalf("%+v is not the same", run)
				}
			}
		}
		if best := longest(a, b); i != len(a) || j != len(b) || kept != best {
			r.Fatalf("%d of %d and %d stay, %d can", kept, i, j, best)
		}
	})
}
