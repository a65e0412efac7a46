package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
)

// mostFindings bounds a report: whoever rewrote a lane need not be told of each
// of its entries.
const mostFindings = 100

// Head is where a lane ends: its last entry and that entry's hash.
type Head struct {
	Lane int
	Seq  int64
	Hash []byte
}

// String is h as one line of an anchor.
func (h Head) String() string { return fmt.Sprintf("%d %d %x", h.Lane, h.Seq, h.Hash) }

// ParseHeads reads what [Head.String] has written, one a line. Blank lines and
// those that begin with # are passed over.
func ParseHeads(r io.Reader) ([]Head, error) {
	var heads []Head
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		var h Head
		var hash string
		fields, err := fmt.Sscan(string(line), &h.Lane, &h.Seq, &hash)
		if h.Seq == 0 && fields == 2 {
			heads = append(heads, h) // an empty lane has no hash
			continue
		}
		if err == nil {
			h.Hash, err = hex.DecodeString(hash)
		}
		if err != nil || h.Lane < 0 || h.Lane >= Lanes || h.Seq < 0 {
			return nil, fmt.Errorf("line %d is not a lane, a number and a hash", n)
		}
		heads = append(heads, h)
	}
	return heads, lines.Err()
}

// Finding is one thing that is wrong with the trail.
type Finding struct {
	Lane int
	Seq  int64 // the entry
	What string
}

// String names lane, entry and what is wrong.
func (f Finding) String() string { return fmt.Sprintf("lane %d: entry %d %s", f.Lane, f.Seq, f.What) }

// Report is what a verification found.
type Report struct {
	Entries  int
	Heads    []Head // as the entries themselves end
	Findings []Finding
	Cut      bool // there were more findings than are listed
}

func (r *Report) add(f Finding) {
	if len(r.Findings) == mostFindings {
		r.Cut = true
		return
	}
	r.Findings = append(r.Findings, f)
}

// Trail is where entries are kept.
type Trail interface {
	// WalkAudit calls fn with every entry of a lane in order of Seq.
	WalkAudit(ctx context.Context, lane int, fn func(Entry) error) error
	Heads(ctx context.Context) ([]Head, error)
	// StrayAudit returns an entry of no known lane, if there is one.
	StrayAudit(ctx context.Context) (Entry, bool, error)
}

// Verify reads every lane and names whatever was changed, removed, moved or cut
// off. anchor are heads noted down earlier, elsewhere: they also show a lane
// rewritten as a whole. Entries that come meanwhile are no finding.
func Verify(ctx context.Context, t Trail, anchor []Head) (Report, error) {
	var r Report
	heads, err := t.Heads(ctx) // before the entries: the lanes only grow
	if err != nil {
		return r, err
	}
	stray, found, err := t.StrayAudit(ctx)
	if err != nil {
		return r, err
	}
	if found {
		r.add(Finding{stray.Lane, stray.Seq, "stands in a lane that does not exist"})
	}
	marks := make(map[int][]mark, Lanes)
	for _, h := range heads {
		marks[h.Lane] = append(marks[h.Lane], mark{Head: h, missing: "is missing: the lane was cut off", other: "is not the one the lane's head knows"})
	}
	for lane := range Lanes {
		if len(marks[lane]) == 0 {
			r.add(Finding{lane, 0, "has no head"})
		}
	}
	for _, h := range anchor {
		marks[h.Lane] = append(marks[h.Lane], mark{Head: h, missing: "is missing: the anchor knows it", other: "is not the one the anchor knows: the lane was rewritten"})
	}
	for lane := range Lanes {
		c := chain{report: &r, lane: lane, marks: marks[lane]}
		if err := t.WalkAudit(ctx, lane, func(e Entry) error { c.next(&e); return nil }); err != nil {
			return r, err
		}
		now, err := t.Heads(ctx)
		if err != nil {
			return r, err
		}
		c.end(now)
	}
	return r, nil
}

// mark is a hash an entry is known to have.
type mark struct {
	Head
	missing, other string
}

// chain follows one lane.
type chain struct {
	report *Report
	lane   int
	seq    int64 // of the last entry
	prev   []byte
	marks  []mark
}

// next checks one more entry. After a finding it goes on from what is stored,
// so that one change is one finding.
func (c *chain) next(e *Entry) {
	c.report.Entries++
	switch {
	case e.Seq > c.seq+1:
		c.report.add(Finding{c.lane, c.seq + 1, gap(c.seq+1, e.Seq-1)})
	case e.Seq <= c.seq:
		c.report.add(Finding{c.lane, e.Seq, "has a number no entry can have"})
	case !bytes.Equal(e.Prev, c.prev):
		c.report.add(Finding{c.lane, e.Seq, fmt.Sprintf("does not follow entry %d", c.seq)})
	}
	switch {
	case !bytes.Equal(e.Hash, e.sum()):
		c.report.add(Finding{c.lane, e.Seq, "was changed"})
	case LaneOf(e.Object) != c.lane:
		c.report.add(Finding{c.lane, e.Seq, "belongs to another lane"})
	}
	for _, m := range c.marks {
		if m.Seq == e.Seq && !bytes.Equal(m.Hash, e.Hash) {
			c.report.add(Finding{c.lane, e.Seq, m.other})
		}
	}
	if e.Seq > c.seq {
		c.seq, c.prev = e.Seq, e.Hash
	}
}

func gap(from, to int64) string {
	if from == to {
		return "is missing"
	}
	return fmt.Sprintf("is missing, and so are those up to %d", to)
}

// end checks that the lane reaches as far as it is known to, and not further
// than its head, read after the entries, says.
func (c *chain) end(now []Head) {
	for _, m := range c.marks {
		if m.Seq > c.seq {
			c.report.add(Finding{c.lane, c.seq + 1, m.missing})
		}
	}
	for _, h := range now {
		if h.Lane == c.lane && h.Seq < c.seq {
			c.report.add(Finding{c.lane, h.Seq + 1, "stands behind the lane's head"})
		}
	}
	c.report.Heads = append(c.report.Heads, Head{c.lane, c.seq, c.prev})
}
