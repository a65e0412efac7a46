package consultation

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// Result is what is said of the opinions when all is over.
type Result struct {
	Text   string // as drafted; [Result.Public] is what is shown
	Review Review
	Tally  Tally // as approved
}

// Public is the text without the personal data a machine can see.
func (r *Result) Public() string { return seal.Mask(r.Text) }

// Tally is how the opinions add up.
type Tally struct {
	Received  int // withdrawn ones included
	Withdrawn int
	Pending   int // nobody has said what becomes of them
	Outcomes  []Outcome
	Deciders  []string // user ids: who said what becomes of them
	Mark      string   // another one once any of it is decided otherwise
}

// Outcome is what became of some of the opinions.
type Outcome struct {
	Outcome reply.Outcome
	N       int
	Reasons []Reason // most frequent first
}

// Reason is why something becomes of one opinion, or of many at once. Its text
// is masked.
type Reason struct {
	Text string
	N    int
}

// Tallying adds opinions up, one after the other in a fixed order.
type Tallying struct {
	tally   Tally
	reasons map[reply.Outcome]map[string]int
	mark    []byte
}

// Withdrawn counts an opinion that was taken back.
func (t *Tallying) Withdrawn() {
	t.tally.Received++
	t.tally.Withdrawn++
}

// Pending counts one nobody has decided about.
func (t *Tallying) Pending() {
	t.tally.Received++
	t.tally.Pending++
}

// Decided counts one with what becomes of it.
func (t *Tallying) Decided(d reply.Draft) {
	t.tally.Received++
	if t.reasons == nil {
		t.reasons = map[reply.Outcome]map[string]int{}
	}
	if t.reasons[d.Outcome] == nil {
		t.reasons[d.Outcome] = map[string]int{}
	}
	t.reasons[d.Outcome][seal.Mask(d.Text)]++
	if !slices.Contains(t.tally.Deciders, d.Author) {
		t.tally.Deciders = append(t.tally.Deciders, d.Author)
	}
	sum := sha256.Sum256(append(t.mark, d.ID...))
	t.mark = sum[:]
}

// Tally is the sum.
func (t *Tallying) Tally() Tally {
	sum := t.tally
	sum.Mark = hex.EncodeToString(t.mark)
	for _, o := range reply.Adoption() {
		out := Outcome{Outcome: o}
		for text, n := range t.reasons[o] {
			out.N += n
			out.Reasons = append(out.Reasons, Reason{text, n})
		}
		slices.SortFunc(out.Reasons, func(a, b Reason) int {
			if a.N != b.N {
				return b.N - a.N
			}
			return strings.Compare(a.Text, b.Text)
		})
		sum.Outcomes = append(sum.Outcomes, out)
	}
	return sum
}

// Effective is how many opinions were not taken back.
func (t *Tally) Effective() int { return t.Received - t.Withdrawn }

// DraftResult writes what is said of the opinions.
func (c *Consultation) DraftResult(by, text string, at time.Time) error {
	if err := c.in(Closed); err != nil {
		return err
	}
	if f := channel.CheckText("/text", "反馈说明", text, MaxText); f != nil {
		return problem.New(problem.Invalid, "consultation.result", f.Message).With(*f)
	}
	r := Result{}
	if c.Result != nil {
		r = *c.Result
	}
	r.Text, r.Tally = strings.TrimSpace(text), Tally{}
	r.Review.Write(by, at)
	c.Result = &r
	c.stamp(at)
	return nil
}

// ApproveResult approves the text and what becomes of every opinion.
func (c *Consultation) ApproveResult(by string, t Tally, at time.Time) error {
	if err := c.in(Closed); err != nil {
		return err
	}
	switch {
	case c.Result == nil:
		return problem.New(problem.Conflict, "consultation.no_result", "还没有起草反馈说明。")
	case t.Pending > 0:
		return Undecided()
	case slices.Contains(t.Deciders, by):
		return problem.New(problem.Denied, "consultation.own", "您写过其中意见的采纳情况，请由其他人审核。")
	}
	r := *c.Result
	r.Tally = t
	if r.Review.Approved() && c.Result.Tally.Mark != t.Mark { // decided otherwise meanwhile: it is read anew
		r.Review.ApprovedBy = ""
	}
	if err := r.Review.Approve(by, at); err != nil {
		return err
	}
	c.Result = &r
	c.stamp(at)
	return nil
}

// Publish publishes the approved result, where the opinions are as they were
// when it was approved.
func (c *Consultation) Publish(t Tally, at time.Time) error {
	if err := c.in(Closed); err != nil {
		return err
	}
	switch {
	case t.Pending > 0:
		return Undecided()
	case c.Result == nil || !c.Result.Review.Approved():
		return problem.New(problem.Conflict, "consultation.unapproved", "反馈说明还没有审核通过，不能公布。")
	case t.Mark != c.Result.Tally.Mark || t.Effective() != c.Result.Tally.Effective():
		return problem.New(problem.Conflict, "consultation.changed", "审核以后有意见的采纳情况变了，请重新审核。")
	}
	c.State, c.Reported = Reported, at
	c.stamp(at)
	return nil
}

// Undecided says that an opinion still waits for what becomes of it.
func Undecided() error {
	return problem.New(problem.Conflict, "consultation.undecided", "还有意见没有写明是否采纳和理由，不能公布结果。")
}
