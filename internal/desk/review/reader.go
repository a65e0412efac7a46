package review

import (
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// actors refuses a command of nobody.
func (c *Command) actors() error {
	switch {
	case c.By.ID == "":
		return problem.New(problem.Internal, "review.actor", "缺少操作人。")
	case c.For != nil && (c.For.ID == "" || c.For.ID == c.By.ID):
		return problem.New(problem.Invalid, "review.deputy", "代理的对象不正确。")
	}
	return nil
}

// acting is who takes the step: whoever is stood in for.
func (c *Command) acting() *Person {
	if c.For != nil {
		return c.For
	}
	return &c.By
}

// people are those a command is held against: a deputy counts as both.
func (c *Command) people() []string {
	if c.For != nil {
		return []string{c.By.ID, c.For.ID}
	}
	return []string{c.By.ID}
}

// reads refuses who may not take the step, and a reading that is not complete.
func (it *Item) reads(c *Command) error {
	step := it.step()
	if c.Step != step.ID {
		return problem.New(problem.Conflict, "review.step", "这一步已经有人处理，或者还没有轮到。")
	}
	if err := it.impartial(c, step); err != nil {
		return err
	}
	if p := c.acting(); !step.takes(p) {
		return problem.New(problem.Denied, "review.role", "这一步“"+step.Name+"”不由您办理。")
	} else if step.Own && it.UnitPath != p.UnitPath && !strings.HasPrefix(it.UnitPath, p.UnitPath+"/") {
		return problem.New(problem.Denied, "review.unit", "这一步“"+step.Name+"”由稿件所属单位或者它的上级单位办理。")
	}
	if c.Move == Pass {
		return step.ticked(c)
	}
	return it.objects(c)
}

// impartial refuses who wrote the text, and who has taken another step.
func (it *Item) impartial(c *Command, step *Step) error {
	people, authors := c.people(), it.Authors(len(it.Versions))
	if slices.ContainsFunc(people, func(id string) bool { return slices.Contains(authors, id) }) {
		return problem.New(problem.Denied, "review.own", "不能审核、校对自己起草或者修改过的内容，代理也不可以，请由其他人办理。")
	}
	for i := range it.Ledger {
		a := &it.Ledger[i]
		if a.Version != len(it.Versions) || a.Step == "" || a.Step == step.ID || slices.Contains(step.SameAs, a.Step) {
			continue
		}
		if slices.ContainsFunc(a.people(), func(id string) bool { return slices.Contains(people, id) }) {
			return problem.New(problem.Denied, "review.twice", "同一人只能承担一步：“"+a.StepName+"”已经由您或者您代理的人办理，请由其他人办理。")
		}
	}
	return nil
}

func (s *Step) takes(p *Person) bool {
	return s.Post != "" && slices.Contains(p.Posts, s.Post) ||
		slices.ContainsFunc(s.Roles, func(role string) bool { return slices.Contains(p.Roles, role) })
}

// ticked refuses a pass that leaves a gate open.
func (s *Step) ticked(c *Command) error {
	var fields []problem.Field
	for _, g := range s.Gates {
		if !slices.Contains(c.Gates, g) {
			fields = append(fields, problem.Field{Pointer: "/gates/" + string(g), Code: "required", Message: "请确认" + g.Name() + "，或者写明理由退回。"})
		}
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "review.gates", "“"+s.Name+"”需要逐项确认。").With(fields...)
	}
	return nil
}

// objects refuses an objection that does not say to what.
func (it *Item) objects(c *Command) error {
	if c.Gate.Name() == "" {
		return problem.New(problem.Invalid, "review.gate", "请选择在哪一关没有通过。").With(problem.Field{Pointer: "/gate", Code: "unknown", Message: "请选择在哪一关没有通过。"})
	}
	refuse := func(code, message string) error {
		return problem.New(problem.Invalid, "review.comment", message).With(problem.Field{Pointer: "/comments", Code: code, Message: message})
	}
	if len(c.Comments) > maxComments {
		return refuse("too_many", "批注太多，请合并。")
	}
	body := []rune(it.Latest().Content.Body)
	for _, m := range c.Comments {
		if f := channel.CheckText("/comments", "批注", m.Text, MaxWords); f != nil {
			return refuse(f.Code, f.Message)
		}
		if m.From < 0 || m.From >= m.To || m.To > len(body) || string(body[m.From:m.To]) != m.Quote {
			return refuse("passage", "批注所指的段落与正文不符，请重新选择。")
		}
	}
	return nil
}
