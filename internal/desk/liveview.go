package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// maxTranscript is how many messages of a conversation are read at once.
const maxTranscript = 200

// ChatBrief is a conversation in a list. What is said in it is not in there.
type ChatBrief struct {
	ID        string
	State     conversation.State
	Skill     string // category code
	SkillName string
	Since     time.Time // queued, or taken
	Again     bool      // somebody had it before: it goes first
	Head      int64
	Version   int64
}

// ChatQueue is how many wait for somebody who knows a matter.
type ChatQueue struct {
	Skill   string // category code; empty: no matter in particular
	Name    string
	Waiting int
	Oldest  time.Time // since when the first of them waits; zero: nobody does
}

// ChatBoard is what a clerk sees of the chat desk.
type ChatBoard struct {
	Open   bool        // it is a time people answer
	OnDuty bool        // and the clerk is on duty then
	Each   int         // conversations one may have at once
	Queues []ChatQueue // those the clerk answers for: the general one first
	Queued []ChatBrief // in the order they are to be taken
	Mine   []ChatBrief
}

// ChatBoard shows the queues a answers for, and what a has.
func (d *Desk) ChatBoard(ctx context.Context, a Actor) (ChatBoard, error) {
	a = d.deputed(a)
	if !chatting(&a) {
		return ChatBoard{}, notChatting()
	}
	chats, err := d.Store.LiveChats(ctx)
	if err != nil {
		return ChatBoard{}, err
	}
	b := ChatBoard{Open: d.atWork(d.at()), OnDuty: d.rostered(a.ID, a.Unit), Each: d.Chat.Each}
	if a.Chats == "*" {
		b.Queues = append(b.Queues, ChatQueue{Name: "不分类别"})
	}
	for _, c := range d.skills(&a) {
		b.Queues = append(b.Queues, ChatQueue{Skill: c.Code, Name: c.Name})
	}
	for i := range chats {
		switch c := &chats[i]; {
		case c.Clerk == a.ID:
			b.Mine = append(b.Mine, d.chatBrief(c))
		case c.State == conversation.Queued && d.mayServe(&a, c):
			b.Queued = append(b.Queued, d.chatBrief(c))
			b.count(c)
		}
	}
	return b, nil
}

func (b *ChatBoard) count(c *conversation.Conversation) {
	i := slices.IndexFunc(b.Queues, func(q ChatQueue) bool { return q.Skill == c.Skill })
	if i < 0 {
		return
	}
	q := &b.Queues[i]
	q.Waiting++
	if q.Oldest.IsZero() || c.Since.Before(q.Oldest) {
		q.Oldest = c.Since
	}
}

func (d *Desk) chatBrief(c *conversation.Conversation) ChatBrief {
	b := ChatBrief{ID: c.ID, State: c.State, Skill: c.Skill, SkillName: d.Router.CategoryName(c.Skill), Since: c.Since, Again: c.Again, Head: c.Head, Version: c.Version}
	if c.State == conversation.Person {
		b.Since = c.Taken
	}
	return b
}

// ChatView is a conversation with what was said and done in it.
type ChatView struct {
	ChatBrief

	Messages []conversation.Message
	More     bool              // there are newer ones than these
	Steps    []ChatStep        // since a person was asked for
	Names    map[string]string // of those in the steps, by user id
}

// ChatOf shows a conversation that a has, or may take: then with personal data masked.
// Messages are those after a number.
func (d *Desk) ChatOf(ctx context.Context, a Actor, id string, after int64) (ChatView, error) {
	a = d.deputed(a)
	c, ms, err := d.transcript(ctx, &a, id, after, maxTranscript)
	if err != nil {
		return ChatView{}, err
	}
	v := ChatView{ChatBrief: d.chatBrief(&c), Messages: ms, Names: map[string]string{}}
	if n := len(ms); n > 0 {
		v.More = ms[n-1].Seq < c.Head
	}
	if v.Steps, err = d.Store.ChatSteps(ctx, id); err != nil {
		return v, err
	}
	for i := range slices.Backward(v.Steps) {
		if v.Steps[i].Move == conversation.Ask { // before it was another matter, perhaps for others
			v.Steps = v.Steps[i:]
			break
		}
	}
	if dir := d.people.Load(); dir != nil {
		for i := range v.Steps {
			for _, user := range []string{v.Steps[i].By, v.Steps[i].Clerk} {
				if p, ok := dir.Person(user); ok {
					v.Names[user] = p.Name
				}
			}
		}
	}
	return v, nil
}

// Transcript returns what was said in a conversation a has, or may take, after a
// number.
func (d *Desk) Transcript(ctx context.Context, a Actor, id string, after int64, limit int) ([]conversation.Message, error) {
	a = d.deputed(a)
	_, ms, err := d.transcript(ctx, &a, id, after, limit)
	return ms, err
}

func (d *Desk) transcript(ctx context.Context, a *Actor, id string, after int64, limit int) (conversation.Conversation, []conversation.Message, error) {
	if !chatting(a) {
		return conversation.Conversation{}, nil, notChatting()
	}
	c, err := d.Store.Conversation(ctx, id)
	mine := c.State == conversation.Person && c.Clerk == a.ID
	switch {
	case err != nil && problem.KindOf(err) != problem.NotFound:
		return c, nil, err
	case err != nil, !mine && (c.State != conversation.Queued || !d.mayServe(a, &c)):
		return c, nil, noChat()
	}
	ms, err := d.Store.Messages(ctx, id, max(c.From, after), limit)
	for i := range ms {
		if err == nil {
			err = hideFrom(&ms[i], mine && a.Contact)
		}
	}
	return c, ms, err
}

// hideFrom hides what became of the citizen's letters, which may be reports (举报),
// and their personal data from whoever only looks whether to answer.
func hideFrom(m *conversation.Message, named bool) error {
	if m.Role != conversation.System && (m.Role != conversation.User || named) {
		return nil
	}
	hide := func(s string) string { return s }
	if m.Role == conversation.User {
		hide = seal.Mask
	}
	return retell(m, false, hide)
}

// ChatColleagues lists who a conversation that a has can be given to, those with the
// fewest conversations first.
func (d *Desk) ChatColleagues(ctx context.Context, a Actor, id string) ([]ChatColleague, error) {
	if !chatting(&a) {
		return nil, notChatting()
	}
	c, err := d.Store.Conversation(ctx, id)
	if err != nil && problem.KindOf(err) == problem.NotFound || err == nil && c.Clerk != a.ID {
		return nil, noChat()
	}
	if err != nil {
		return nil, err
	}
	all, err := d.colleagues(ctx, d.Store, &c)
	all = slices.DeleteFunc(all, func(k ChatColleague) bool { return k.User == a.ID })
	slices.SortStableFunc(all, func(x, y ChatColleague) int { return cmp.Compare(x.Chats, y.Chats) })
	return all, err
}
