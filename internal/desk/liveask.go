package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

// What a citizen is shown to have said with a button.
const (
	askedPerson = "转人工"
	leftQueue   = "不等了"
)

const (
	recentWaits  = 10 // that an expected wait is made of
	recentEnough = 2 * time.Hour
)

// AskPerson lets a citizen ask for a person who answers: now if one is on duty, else
// what was said becomes a ticket in the same transaction.
func (d *Desk) AskPerson(ctx context.Context, conversationID, clientID, category string) (SaidResult, error) {
	if d.Chat.Wait == 0 {
		return SaidResult{}, problem.New(problem.NotFound, "chat.no_persons", "这里没有人工在线服务，请留给专班办理。")
	}
	return d.sayButton(ctx, conversationID, clientID, askedPerson, func(ctx context.Context, tx Tx, c conversation.Conversation) ([]conversation.Message, error) {
		thread, err := tx.Thread(ctx, threadKey("chat", conversationID), d.at())
		if err != nil {
			return nil, err
		}
		return d.ask(ctx, tx, c, category, thread.Entry)
	})
}

// LeaveQueue lets a citizen stop waiting.
func (d *Desk) LeaveQueue(ctx context.Context, conversationID, clientID string) (SaidResult, error) {
	return d.sayButton(ctx, conversationID, clientID, leftQueue, func(ctx context.Context, tx Tx, c conversation.Conversation) ([]conversation.Message, error) {
		return d.goOn(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.Leave}, by: byCitizen}, "", "已取消排队。您可以继续提问，也可以留给专班办理。")
	})
}

// sayButton stores what a citizen asked for with a button, and what follows.
func (d *Desk) sayButton(ctx context.Context, conversationID, clientID, text string, follow func(context.Context, Tx, conversation.Conversation) ([]conversation.Message, error)) (SaidResult, error) {
	if err := checkClientID(clientID); err != nil {
		return SaidResult{}, err
	}
	m, err := newMessage(conversationID, conversation.User, clientID, conversation.Text, map[string]string{"text": text}, d.at())
	if err != nil {
		return SaidResult{}, err
	}
	var skill string
	result, err := d.append(ctx, utterance{message: m, follow: func(ctx context.Context, tx Tx) ([]conversation.Message, error) {
		c, err := tx.Conversation(ctx, conversationID)
		if err != nil {
			return nil, err
		}
		skill = c.Skill
		return follow(ctx, tx, c)
	}})
	if err == nil && !result.Duplicate {
		d.wakeQueue(ctx, skill)
	}
	return result, err
}

// ask puts a conversation into the queue, where somebody is on duty for it, and
// returns what the citizen is told.
func (d *Desk) ask(ctx context.Context, tx Tx, c conversation.Conversation, category, entry string) ([]conversation.Message, error) {
	said, err := saidSince(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	at := d.at()
	wanted := c
	wanted.Skill, wanted.Avoid = d.skillOf(category, entry, said.text), d.aboutWhom(said.text)
	if !c.State.Live() && !d.served(&wanted) {
		return d.registerAlone(ctx, tx, wanted, "现在没有工作人员值班。", conversation.Leave)
	}
	next, err := d.moveChat(ctx, tx, c, chatMove{
		Change: conversation.Change{Move: conversation.Ask, At: at, Skill: wanted.Skill, Avoid: wanted.Avoid, From: said.from}, by: byCitizen,
	})
	if err != nil {
		return nil, err
	}
	s, err := d.standing(ctx, tx, &next)
	if err != nil {
		return nil, err
	}
	m, err := liveNotice(c.ID, d.queueWords(&s), next.State, "", at)
	return []conversation.Message{m}, err
}

// ChatStanding is how a citizen stands with people.
type ChatStanding struct {
	State    conversation.State
	Position int           // queued: 1 is next
	Wait     time.Duration // expected; 0: nobody can tell
	Name     string        // of the person, as the citizen reads it
}

// Standing tells how a citizen stands with people.
func (d *Desk) Standing(ctx context.Context, conversationID string) (ChatStanding, error) {
	c, err := d.Store.Conversation(ctx, conversationID)
	if err != nil {
		return ChatStanding{}, err
	}
	return d.standing(ctx, d.Store, &c)
}

func (d *Desk) standing(ctx context.Context, r LiveReader, c *conversation.Conversation) (ChatStanding, error) {
	s := ChatStanding{State: c.State}
	switch c.State {
	case conversation.Queued:
		queue, err := r.LiveChats(ctx)
		if err != nil {
			return s, err
		}
		for i := range queue {
			if queue[i].State == conversation.Queued && queue[i].Skill == c.Skill {
				s.Position++
			}
			if queue[i].ID == c.ID {
				break
			}
		}
		s.Wait, err = d.expected(ctx, r, c.Skill)
		return s, err
	case conversation.Person:
		clerks, err := r.Clerks(ctx)
		i := slices.IndexFunc(clerks, func(k Clerk) bool { return k.User == c.Clerk })
		if dir := d.people.Load(); dir != nil && i >= 0 {
			p, _ := dir.Person(c.Clerk)
			s.Name = d.clerkName(p.Unit, p.Name, clerks[i].Number)
		}
		return s, err
	case conversation.Bot, conversation.Handed, conversation.Ended:
	}
	return s, nil
}

// expected is how long somebody waits for a person, judged by those who waited last;
// 0: there were none.
func (d *Desk) expected(ctx context.Context, r LiveReader, skill string) (time.Duration, error) {
	waits, err := r.ChatWaits(ctx, skill, d.at().Add(-recentEnough), recentWaits)
	if err != nil || len(waits) == 0 {
		return 0, err
	}
	slices.Sort(waits)
	return max(time.Second, waits[len(waits)/2].Truncate(time.Second)), nil
}

// queueWords tell somebody where they stand.
func (d *Desk) queueWords(s *ChatStanding) string {
	words := "正在为您转接工作人员，您排在第" + strconv.Itoa(s.Position) + "位。"
	if s.Wait > 0 {
		words += "参考刚才的情况，大约要等" + minutes(s.Wait) + "分钟。"
	} else {
		words += "要等多久现在还不知道。"
	}
	return words + minutes(d.Chat.Wait) + "分钟没有人接待的，直接为您登记工单。"
}

// minutes is a duration in minutes, of which one that has begun counts.
func minutes(d time.Duration) string {
	return strconv.Itoa(int((d + time.Minute - 1) / time.Minute))
}

// clerkName is a clerk as citizens read them: the unit with a number, or with the
// name where the bureau wants that.
func (d *Desk) clerkName(unit, name string, number int) string {
	u, _ := d.Tree.ByID(unit)
	if d.Chat.Names {
		return u.Name + " " + name
	}
	return u.Name + strconv.Itoa(number) + "号"
}

// withPeople follows what is said where people answer or are asked for; ok is false
// where the robot is to answer. It is asked in the transaction that stores what the
// robot would say: that never comes after a person has begun.
func (d *Desk) withPeople(ctx context.Context, tx Tx, said *conversation.Message, out *response) (ms []conversation.Message, ok bool, err error) {
	c, err := tx.Conversation(ctx, said.Conversation)
	if err != nil {
		return nil, false, err
	}
	asks := d.Chat.Wait > 0 && out.decision.Answer != nil && out.decision.Answer.Entry == "line:"+conversation.HumanLine
	switch {
	case c.State == conversation.Queued && asks: // where there is nothing to see, they ask again
		s, err := d.standing(ctx, tx, &c)
		if err != nil {
			return nil, false, err
		}
		m, err := liveNotice(c.ID, d.queueWords(&s), c.State, "", said.At)
		return []conversation.Message{m}, true, err
	case c.State.Live():
		ms, err = d.besidePeople(ctx, tx, c, said, out.decision)
		return ms, true, err
	case asks:
		ms, err = d.ask(ctx, tx, c, "", out.thread.Entry)
		return ms, true, err
	case c.State == conversation.Ended:
		_, err = d.moveChat(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.Resume, At: said.At}, by: byCitizen})
	}
	return nil, false, err
}

// besidePeople is what the robot still says where people answer: what to do first in
// danger, for that does not wait for anybody to read. Whoever is complained of now
// does not go on reading.
func (d *Desk) besidePeople(ctx context.Context, tx Tx, c conversation.Conversation, said *conversation.Message, decision knowledge.Decision) ([]conversation.Message, error) {
	ms, err := d.keepAway(ctx, tx, c, said)
	if err != nil || decision.Kind != knowledge.Emergency {
		return ms, err
	}
	m, err := robot(c.ID, decision, said.At)
	return append([]conversation.Message{m}, ms...), err
}
