package review

import "math/bits"

// most bounds what is compared piece by piece: the product of the pieces of two
// texts as long as they may be. What is beyond is shown as changed as a whole.
const most = MaxBody * MaxBody

// run is a piece of two lists: n of a, beginning at a, against m of b.
type run struct {
	a, b, n, m int
	same       bool
}

// align lays two lists beside each other so that as much as possible is the same
// (a longest common subsequence).
func align(a, b []string) []run {
	head, tail := 0, 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	n, m := len(a)-head-tail, len(b)-head-tail
	var t tape
	t.add(head, head, true)
	switch {
	case n == 0 || m == 0 || n*m > most:
		t.add(n, m, false)
	default:
		t.fill(a[head:head+n], b[head:head+m])
	}
	t.add(tail, tail, true)
	return t.runs
}

// tape is written from left to right.
type tape struct {
	runs []run
	a, b int
}

func (t *tape) add(n, m int, same bool) {
	if n+m == 0 {
		return
	}
	if k := len(t.runs); k > 0 && t.runs[k-1].same == same {
		t.runs[k-1].n += n
		t.runs[k-1].m += m
	} else {
		t.runs = append(t.runs, run{t.a, t.b, n, m, same})
	}
	t.a += n
	t.b += m
}

// fill writes the longest common subsequence of a and b, walking back through
// the table.
func (t *tape) fill(a, b []string) {
	table := raises(a, b)
	kept := make([]int, len(a)) // which of b it is, plus one
	for i, j := len(a), len(b); i > 0 && j > 0; {
		switch {
		case !table.raises(j-1, i-1):
			i--
		case j > 1 && table.raises(j-2, i-1):
			j--
		default:
			kept[i-1] = j
			i--
			j--
		}
	}
	done := 0
	for _, j := range kept {
		if j == 0 {
			t.add(1, 0, false)
			continue
		}
		t.add(0, j-1-done, false)
		t.add(1, 1, true)
		done = j
	}
	t.add(0, len(b)-done, false)
}

// table says for every beginning of b at which pieces of a the longest common
// subsequence grows: a bit that is not set.
type table struct {
	width int // words a row
	bits  []uint64
}

func (t *table) raises(row, col int) bool {
	return t.bits[row*t.width+col/64]>>(col%64)&1 == 0
}

// raises fills the table, 64 pieces of a at a time (the bit-vector algorithm of
// Crochemore et al., 2001).
func raises(a, b []string) table {
	t := table{width: (len(a) + 63) / 64}
	where := map[string][]uint64{} // the places of each piece in a
	for i, piece := range a {
		if where[piece] == nil {
			where[piece] = make([]uint64, t.width)
		}
		where[piece][i/64] |= 1 << (i % 64)
	}
	t.bits = make([]uint64, t.width*len(b))
	above := make([]uint64, t.width)
	for i := range above {
		above[i] = ^uint64(0)
	}
	for j, piece := range b {
		row, match := t.bits[j*t.width:(j+1)*t.width], where[piece]
		copy(row, above)
		var carry uint64
		for i, m := range match { // none where it is nowhere in a
			u := row[i] & m
			var sum uint64
			sum, carry = bits.Add64(row[i], u, carry)
			row[i] = sum | row[i]&^m
		}
		above = row
	}
	return t
}
