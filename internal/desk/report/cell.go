package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Step is what a report counts: a step of a ticket's life, or something of a
// year that is counted elsewhere.
type Step string

// The steps of tickets.
const (
	Received    Step = "received"
	Assigned    Step = "assigned" // to a unit
	Replied     Step = "answered" // Good: in time; Code: the outcome
	Joined      Step = "joined"   // answered with the ticket it was merged into
	Declined    Step = "declined"
	Withdrawn   Step = "withdrawn" // Code lapse: not completed in time
	Transferred Step = "transferred"
	Concluded   Step = "concluded" // an opinion, with the result it is part of
	GivenBack   Step = "returned"
	Reopened    Step = "redone"
	MadePublic  Step = "published" // the reply; Firsts: for the first time
	Graded      Step = "rated"     // Code: 1 to 5; Good: solved

	// Topic counts the letters about one matter; Code: the id of the first of them.
	Topic Step = "topic"

	// Reclassified ends the way of a ticket as one of its kind.
	Reclassified Step = "reclassified"
)

// What is counted for a year elsewhere.
const (
	Consultations     Step = "consultations"
	ConsultOpinions   Step = "opinions"
	ConsultResults    Step = "results"
	Questions         Step = "questions" // the assistant was asked
	AnnualNew         Step = "annual_new"
	AnnualCarried     Step = "annual_carried"
	AnnualDone        Step = "annual_done" // Code: step and code of the end
	AnnualOutstanding Step = "annual_open"
)

// Ends reports whether a ticket is over with s, until it is redone.
func (s Step) Ends() bool {
	return slices.Contains([]Step{Replied, Joined, Declined, Withdrawn, Transferred, Concluded, Reclassified}, s)
}

// Steps returns every step reports count, in the order their forms name them.
func Steps() []Step {
	return []Step{
		Received, Assigned, Replied, Joined, Declined, Withdrawn, Transferred, Concluded, GivenBack, Reopened, MadePublic, Graded,
		Consultations, ConsultOpinions, ConsultResults, Questions, AnnualNew, AnnualCarried, AnnualDone, AnnualOutstanding,
	}
}

// Cell is how often something happened in a month, by everything a report can
// be broken down by. All numbers are whole, so that sums do not depend on their
// order. Of reports (举报) there is the kind alone.
type Cell struct {
	Unit     string // id of whose work it was
	Category string
	Channel  string
	District string
	Kind     string // as it was then
	Step     Step
	Code     string // outcome, reason or rating

	N       int64
	Good    int64 // in time; solved
	Firsts  int64 // ends of tickets that were never redone before
	Seconds int64 // from the beginning of the round to its end
}

// key is everything but the numbers.
func (c *Cell) key() Cell {
	k := *c
	k.N, k.Good, k.Firsts, k.Seconds = 0, 0, 0, 0
	return k
}

func (c *Cell) compare(o *Cell) int {
	return cmp.Or(cmp.Compare(c.Unit, o.Unit), cmp.Compare(c.Category, o.Category), cmp.Compare(c.Channel, o.Channel),
		cmp.Compare(c.District, o.District), cmp.Compare(c.Kind, o.Kind), cmp.Compare(c.Step, o.Step), cmp.Compare(c.Code, o.Code))
}

// Sum adds up cells that differ in their numbers alone, and puts them in order.
func Sum(cells []Cell) []Cell {
	byKey := make(map[Cell]*Cell, len(cells))
	var sums []*Cell
	for i := range cells {
		c := &cells[i]
		sum := byKey[c.key()]
		if sum == nil {
			k := c.key()
			sum = &k
			byKey[k] = sum
			sums = append(sums, sum)
		}
		sum.N += c.N
		sum.Good += c.Good
		sum.Firsts += c.Firsts
		sum.Seconds += c.Seconds
	}
	slices.SortFunc(sums, (*Cell).compare)
	all := make([]Cell, len(sums))
	for i, c := range sums {
		all[i] = *c
	}
	return all
}

// Digest is the SHA-256 of cells, in whatever order they are.
func Digest(cells []Cell) string {
	hash := sha256.New()
	for _, c := range Sum(cells) {
		_, _ = fmt.Fprintf(hash, "%q %q %q %q %q %q %q %d %d %d %d\n", // a hash never fails to write
			c.Unit, c.Category, c.Channel, c.District, c.Kind, c.Step, c.Code, c.N, c.Good, c.Firsts, c.Seconds)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Name is the Chinese name of a step of tickets, or empty for what is counted
// elsewhere.
func (s Step) Name() string {
	switch s {
	case Received:
		return "登记"
	case Assigned:
		return "派单"
	case Replied:
		return "发出答复"
	case Joined:
		return "随主件答复"
	case Declined:
		return "不予受理"
	case Withdrawn:
		return "撤回"
	case Transferred:
		return "转出"
	case Concluded:
		return "公布采纳情况"
	case GivenBack:
		return "退单"
	case Reopened:
		return "重办"
	case MadePublic:
		return "公开答复"
	case Graded:
		return "评价"
	case Reclassified:
		return "更改类别"
	case AnnualNew:
		return "本年新收"
	case AnnualCarried:
		return "上年结转"
	case AnnualDone:
		return "本年办结"
	case AnnualOutstanding:
		return "结转下年"
	case Topic, Consultations, ConsultOpinions, ConsultResults, Questions:
	}
	return ""
}
