package review

import (
	"cmp"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// Apply makes a move. One that is refused is a problem with a stable code, and
// changes nothing.
func (it *Item) Apply(c Command) error {
	if err := it.admit(&c); err != nil {
		return err
	}
	//nolint:exhaustive // the others change the state alone
	switch c.Move {
	case Edit:
		if err := it.write(&c); err != nil {
			return err
		}
	case Submit:
		it.Chain = c.Chain
	case Publish:
		it.Live = len(it.Versions)
	case Withdraw:
		it.Live = 0
	}
	it.enter(&c)
	return nil
}

// write makes a version of what c brings.
func (it *Item) write(c *Command) error {
	content := c.Content.tidied()
	if err := content.check(it.Audience); err != nil {
		return err
	}
	v := Version{N: len(it.Versions) + 1, Content: content, Hash: content.sum(), At: c.At}
	if last := it.Latest(); last != nil && last.Hash == v.Hash {
		return problem.New(problem.Conflict, "review.unchanged", "内容没有变化，不需要保存。")
	}
	it.Versions = append(slices.Clip(it.Versions), v)
	return nil
}

// enter makes the move an act of the ledger and leads to where it leads.
func (it *Item) enter(c *Command) {
	last := it.Latest()
	a := Act{
		Seq: len(it.Ledger) + 1, Move: c.Move, From: it.State, To: it.after(c.Move), Version: last.N, Hash: last.Hash, Chain: it.Chain.Version,
		By: c.By.signer(), Reason: c.Reason, Words: strings.TrimSpace(c.Words), At: c.At,
	}
	if c.For != nil {
		a.For = c.For.signer()
	}
	if c.Move.reads() {
		step := it.step()
		a.Step, a.StepName, a.Gates = step.ID, step.Name, slices.DeleteFunc(Gates(), func(g Gate) bool { return !slices.Contains(c.Gates, g) })
	}
	if c.Move == SendBack {
		a.Gate, a.Comments = c.Gate, slices.Clone(c.Comments)
	}
	it.Ledger = append(slices.Clip(it.Ledger), a)
	it.State, it.UpdatedAt = a.To, c.At
	it.Version++
}

// after is the state m leads to: the last pass approves.
func (it *Item) after(m Move) State {
	if m == Pass && len(it.Marks(len(it.Versions))) == len(it.Chain.Steps)-1 {
		return Approved
	}
	return cmp.Or(m.rule().to, it.State)
}

// admit refuses what the rules do not allow.
func (it *Item) admit(c *Command) error {
	r, last := c.Move.rule(), it.Latest()
	if err := c.actors(); err != nil {
		return err
	}
	switch {
	case r.name == "":
		return problem.New(problem.Invalid, "review.unknown_move", "没有这种操作。")
	case last == nil || c.Hash != last.Hash:
		return problem.New(problem.Conflict, "review.stale", "稿件已经有了新的版本，请重新阅读后再操作。")
	case !slices.Contains(r.from, it.State):
		return problem.New(problem.Conflict, "review.state", "稿件现在是“"+it.State.Name()+"”，不能进行这项操作。")
	}
	if c.Move.reads() {
		if err := it.reads(c); err != nil {
			return err
		}
	}
	if c.Move == SendBack {
		r.reasons = c.Gate.Reasons()
	}
	if _, known := reason(r.reasons, c.Reason); !known && (len(r.reasons) > 0 || c.Reason != "") {
		return problem.New(problem.Invalid, "review.reason", "请选择理由。").With(problem.Field{Pointer: "/reason", Code: "unknown", Message: "请选择理由。"})
	}
	if r.words || c.Words != "" {
		if f := channel.CheckText("/words", "说明", c.Words, MaxWords); f != nil {
			return problem.New(problem.Invalid, "review.words", f.Message).With(*f)
		}
	}
	//nolint:exhaustive // the others need no more
	switch c.Move {
	case Submit:
		return it.submits(c)
	case Publish:
		return it.publishes()
	}
	return nil
}

// submits refuses a chain that is none for the text.
func (it *Item) submits(c *Command) error {
	if err := c.Chain.check(); err != nil || !c.Chain.fits(it.Kind, it.Audience) {
		return problem.New(problem.Internal, "review.chain", "审核流程不适用于这份稿件。").Because(err)
	}
	return nil
}

// publishes looks once more at what the state says: every step was passed, on
// these bytes.
func (it *Item) publishes() error {
	last := it.Latest()
	marks := it.Marks(last.N)
	whole := len(it.Chain.Steps) > 0 && len(marks) == len(it.Chain.Steps) && last.Content.sum() == last.Hash
	for i := range marks {
		whole = whole && marks[i].Step == it.Chain.Steps[i].ID && marks[i].Hash == last.Hash
	}
	if !whole {
		return problem.New(problem.Internal, "review.incomplete", "审核记录与稿件不一致，不能发布。")
	}
	return nil
}
