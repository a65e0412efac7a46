package ticket

import "jiesu/internal/problem"

// review checks the reply a move is about, and marks it.
func (t *Ticket) review(c Command) error {
	if !c.Move.aboutReply() {
		return nil
	}
	d := c.Draft
	if d == nil || d.Revision == 0 {
		return problem.New(problem.Conflict, "ticket.no_draft", "还没有拟写答复。")
	}
	if d.TicketID != t.ID || d.Round != t.Round {
		return problem.New(problem.Conflict, "ticket.draft", "这份答复不属于这张工单的本轮办理。")
	}
	if c.Move != SendBack {
		if err := t.suits(c.Move, d); err != nil {
			return err
		}
	}
	//nolint:exhaustive // aboutReply has sorted out the others
	switch c.Move {
	case Approve:
		return d.Approve(c.Actor, c.At)
	case SendBack:
		return d.SendBack()
	case Release:
		return d.Release(c.At)
	case Conclude: // whoever approved the result has read what becomes of every opinion
		if err := d.Approve(c.Actor, c.At); err != nil {
			return err
		}
		return d.Release(c.At)
	default:
		return d.Check()
	}
}

// aboutReply reports whether m is about the latest revision of the reply.
func (m Move) aboutReply() bool {
	switch m {
	case Draft, Submit, Vet, Approve, SendBack, Release, Conclude:
		return true
	case Open, Accept, Ask, Supply, Lapse, Decline, Dispatch, Reassign, Involve, Opine, Waive, Sign, Take, PutBack, Return,
		Extend, Grant, Refuse, Rate, Redo, Close, Merge, Join, Unmerge, Repeat, AnswerWith, Withdraw, TransferTo, Urge, Supervise, Feedback, Circular, Note,
		Reclassify, ConsultThird, ThirdReplied, ThirdSilent, Suspend, Resume, Brief, Postpone, Publish, Retract, Correct:
		return false
	}
	return false
}
