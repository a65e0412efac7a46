package conversation

import (
	"slices"
	"time"

	"jiesu/internal/problem"
)

// Move changes who answers in a conversation.
type Move string

// The moves of a conversation.
const (
	Ask      Move = "ask"       // the citizen asks for a person
	Leave    Move = "leave"     // and waits no longer
	Take     Move = "take"      // a clerk begins to answer
	Transfer Move = "transfer"  // and lets another one go on
	Requeue  Move = "requeue"   // or it waits again: for another skill, or because the clerk is gone
	HandBack Move = "hand_back" // the library answers again
	End      Move = "end"
	Register Move = "ticket" // it becomes a ticket
	Resume   Move = "resume" // the citizen goes on after the end
)

// Moves returns every move, in the order of a conversation's life.
func Moves() []Move {
	return []Move{Ask, Leave, Take, Transfer, Requeue, HandBack, End, Register, Resume}
}

// rule is the table of moves: from where a move may be made, and where it leads.
func (m Move) rule() (from []State, to State) {
	switch m {
	case Ask:
		return []State{Bot, Handed, Ended}, Queued
	case Leave:
		return []State{Queued}, Bot
	case Take:
		return []State{Queued}, Person
	case Transfer:
		return []State{Person}, Person
	case Requeue:
		return []State{Person}, Queued
	case HandBack:
		return []State{Person}, Bot
	case End:
		return []State{Person}, Ended
	case Register:
		return []State{Bot, Handed, Queued, Person, Ended}, Handed
	case Resume:
		return []State{Ended}, Bot
	}
	return nil, ""
}

// Change is a move with what it needs.
type Change struct {
	Move   Move
	At     time.Time
	Skill  string   // of Ask and Requeue
	From   int64    // of Ask
	Avoid  []string // of Ask
	Clerk  string   // of Take and Transfer
	Ticket string   // of Register: its number
}

// Apply returns c after a change. A move that cannot be made from where c stands is
// a Conflict that says why, and c stays as it is.
func (c Conversation) Apply(ch Change) (Conversation, error) {
	from, to := ch.Move.rule()
	if !slices.Contains(from, c.State) {
		return c, c.refuse(ch.Move)
	}
	had := c.State == Person
	c.State, c.UpdatedAt, c.Version = to, ch.At, c.Version+1
	c.Since, c.Clerk, c.Taken = time.Time{}, "", time.Time{}
	switch to {
	case Queued:
		c.Since, c.Skill, c.Again = ch.At, ch.Skill, had
		if ch.Move == Ask {
			c.From, c.Avoid = ch.From, ch.Avoid
		}
	case Person:
		c.Clerk, c.Taken, c.Again = ch.Clerk, ch.At, false
	case Bot, Handed, Ended:
		c.Skill, c.Again, c.From, c.Avoid = "", false, 0, nil
	}
	if ch.Move == Register {
		c.Ticket = ch.Ticket
	}
	return c, nil
}

// refuse says why a move cannot be made.
func (c *Conversation) refuse(m Move) error {
	code, words := "chat.state", "这段对话的状态已经变化，请刷新后再试。"
	switch {
	case m == Ask && c.State == Queued:
		code, words = "chat.queued", "您已经在排队，请稍等。"
	case m == Ask && c.State == Person:
		code, words = "chat.attended", "工作人员正在为您服务。"
	case m == Take && c.State == Person:
		code, words = "chat.taken", "这段对话已由同事接待。"
	case m == Take:
		code, words = "chat.gone", "对方已经不在排队。"
	case m == Leave:
		code, words = "chat.not_queued", "您现在没有在排队。"
	}
	return problem.New(problem.Conflict, code, words)
}
