package audit

import "fmt"

// Fault is what may be wrong with an entry.
type Fault string

// The faults.
const (
	Missing    Fault = "missing"
	Unlinked   Fault = "unlinked"
	BadNumber  Fault = "bad_number"
	Changed    Fault = "changed"
	Misplaced  Fault = "misplaced"
	CutOff     Fault = "cut_off"
	NotTheHead Fault = "not_the_head"
	Behind     Fault = "behind_the_head"
	Headless   Fault = "headless"
	Stray      Fault = "stray"
	Lost       Fault = "lost"      // an anchor knows it
	Rewritten  Fault = "rewritten" // an anchor knows another one
)

// Finding is one thing that is wrong with the trail.
type Finding struct {
	Lane  int
	Seq   int64 // the entry
	Fault Fault
	Other int64 // of Missing: the last that is; of Unlinked: the one before
}

// String names lane, entry and what is wrong.
func (f Finding) String() string { return fmt.Sprintf("lane %d: entry %d %s", f.Lane, f.Seq, f.what()) }

func (f Finding) what() string {
	switch f.Fault {
	case Missing:
		if f.Other == f.Seq {
			return "is missing"
		}
		return fmt.Sprintf("is missing, and so are those up to %d", f.Other)
	case Unlinked:
		return fmt.Sprintf("does not follow entry %d", f.Other)
	case BadNumber:
		return "has a number no entry can have"
	case Changed:
		return "was changed"
	case Misplaced:
		return "belongs to another lane"
	case CutOff:
		return "is missing: the lane was cut off"
	case NotTheHead:
		return "is not the one the lane's head knows"
	case Behind:
		return "stands behind the lane's head"
	case Headless:
		return "has no head"
	case Stray:
		return "stands in a lane that does not exist"
	case Lost:
		return "is missing: the anchor knows it"
	case Rewritten:
		return "is not the one the anchor knows: the lane was rewritten"
	}
	return string(f.Fault)
}

// Name is the Chinese name of f.
func (f Fault) Name() string {
	switch f {
	case Missing:
		return "记录缺失"
	case Unlinked:
		return "与前一条接不上"
	case BadNumber:
		return "序号不合规"
	case Changed:
		return "内容被改动"
	case Misplaced:
		return "放错了链"
	case CutOff:
		return "链尾被截断"
	case NotTheHead:
		return "与链尾登记不符"
	case Behind:
		return "链尾之后多出记录"
	case Headless:
		return "链没有链尾登记"
	case Stray:
		return "不属于任何一条链"
	case Lost:
		return "缺少留存的链尾"
	case Rewritten:
		return "与留存的链尾不符，整链被改写"
	}
	return string(f)
}
