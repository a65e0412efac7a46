package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
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

// Digest is one hash for all heads, to note down.
func Digest(heads []Head) []byte {
	sum := sha256.New()
	for _, h := range heads {
		_, _ = fmt.Fprintln(sum, h) // a hash never fails to write
	}
	return sum.Sum(nil)
}

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
	// WalkAudit calls fn with every entry of a lane after a number, in order of Seq.
	WalkAudit(ctx context.Context, lane int, after int64, fn func(Entry) error) error
	Heads(ctx context.Context) ([]Head, error)
	// StrayAudit returns an entry of no known lane, if there is one.
	StrayAudit(ctx context.Context) (Entry, bool, error)
}

// Verify reads every lane and names whatever was changed, removed, moved or cut
// off. anchor are heads noted down earlier, elsewhere: they also show a lane
// rewritten as a whole. Entries that come meanwhile are no finding.
func Verify(ctx context.Context, t Trail, anchor []Head) (Report, error) {
	c := NewCheck()
	err := c.Go(ctx, t, anchor, 0)
	return c.Report, err
}

// Check is a verification that goes through the trail a stretch at a time: a big one
// takes long. [NewCheck] begins one.
type Check struct {
	Report

	Done  bool
	Lane  int    // that is being read
	After int64  // number of the entry read last, in that lane
	Seq   int64  // of the last one of its chain
	Prev  []byte // its hash
}

// beginning stands before every number, also those no entry can have.
const beginning = math.MinInt64

// NewCheck returns a check that has not read anything.
func NewCheck() *Check { return &Check{After: beginning} }

// errEnough ends a stretch.
var errEnough = errors.New("enough for now")

// Go reads on, at most a number of entries; 0: all of them. A check that is done
// stays as it is.
func (c *Check) Go(ctx context.Context, t Trail, anchor []Head, most int) error {
	marks, err := c.marks(ctx, t, anchor) // before the entries: the lanes only grow
	if err != nil {
		return err
	}
	for left := most; c.Lane < Lanes; c.Lane, c.After, c.Seq, c.Prev = c.Lane+1, beginning, 0, nil {
		err := t.WalkAudit(ctx, c.Lane, c.After, func(e Entry) error {
			if most > 0 && left == 0 {
				return errEnough
			}
			left--
			c.next(&e, marks[c.Lane])
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
		now, err := t.Heads(ctx)
		if err != nil {
			return err
		}
		c.end(now, marks[c.Lane])
	}
	c.Done = true
	return nil
}

// marks are the hashes entries are known to have, by lane. Where a check begins it
// also looks at what stands outside of the lanes.
func (c *Check) marks(ctx context.Context, t Trail, anchor []Head) (map[int][]mark, error) {
	heads, err := t.Heads(ctx)
	if err != nil {
		return nil, err
	}
	marks := make(map[int][]mark, Lanes)
	for _, h := range heads {
		marks[h.Lane] = append(marks[h.Lane], mark{Head: h, missing: CutOff, other: NotTheHead})
	}
	if c.Lane == 0 && c.After == beginning {
		stray, found, err := t.StrayAudit(ctx)
		if err != nil {
			return nil, err
		}
		if found {
			c.add(Finding{Lane: stray.Lane, Seq: stray.Seq, Fault: Stray})
		}
		for lane := range Lanes {
			if len(marks[lane]) == 0 {
				c.add(Finding{Lane: lane, Fault: Headless})
			}
		}
	}
	for _, h := range anchor {
		marks[h.Lane] = append(marks[h.Lane], mark{Head: h, missing: Lost, other: Rewritten})
	}
	return marks, nil
}

// mark is a hash an entry is known to have.
type mark struct {
	Head
	missing, other Fault
}

// next checks one more entry. After a finding it goes on from what is stored,
// so that one change is one finding.
func (c *Check) next(e *Entry, marks []mark) {
	c.Entries++
	switch {
	case e.Seq > c.Seq+1:
		c.add(Finding{Lane: c.Lane, Seq: c.Seq + 1, Fault: Missing, Other: e.Seq - 1})
	case e.Seq <= c.Seq:
		c.add(Finding{Lane: c.Lane, Seq: e.Seq, Fault: BadNumber})
	case !bytes.Equal(e.Prev, c.Prev):
		c.add(Finding{Lane: c.Lane, Seq: e.Seq, Fault: Unlinked, Other: c.Seq})
	}
	switch {
	case !bytes.Equal(e.Hash, e.sum()):
		c.add(Finding{Lane: c.Lane, Seq: e.Seq, Fault: Changed})
	case LaneOf(e.Object) != c.Lane:
		c.add(Finding{Lane: c.Lane, Seq: e.Seq, Fault: Misplaced})
	}
	for _, m := range marks {
		if m.Seq == e.Seq && !bytes.Equal(m.Hash, e.Hash) {
			c.add(Finding{Lane: c.Lane, Seq: e.Seq, Fault: m.other})
		}
	}
	c.After = e.Seq
	if e.Seq > c.Seq {
		c.Seq, c.Prev = e.Seq, e.Hash
	}
}

// end checks that the lane reaches as far as it is known to, and not further
// than its head, read after the entries, says.
func (c *Check) end(now []Head, marks []mark) {
	for _, m := range marks {
		if m.Seq > c.Seq {
			c.add(Finding{Lane: c.Lane, Seq: c.Seq + 1, Fault: m.missing})
		}
	}
	for _, h := range now {
		if h.Lane == c.Lane && h.Seq < c.Seq {
			c.add(Finding{Lane: c.Lane, Seq: h.Seq + 1, Fault: Behind})
		}
	}
	c.Heads = append(c.Heads, Head{c.Lane, c.Seq, c.Prev})
}
