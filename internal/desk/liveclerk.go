package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// maxChatNote is the longest note for colleagues, in characters.
const maxChatNote = 500

// Attend notes that a is at the chat desk; whoever does not answer there is passed
// over.
func (d *Desk) Attend(ctx context.Context, a Actor) error {
	if a.Chats == "" {
		return nil
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Attend(ctx, a.ID, d.at())
		return err
	})
}

// act is what a clerk does with a conversation that is locked; it returns what the
// citizen is told.
type act func(ctx context.Context, tx Tx, c conversation.Conversation, me Clerk) ([]conversation.Message, error)

// TakeChat lets a answer from now on. Of two who take the same conversation at once
// one has it; the other reads "chat.taken".
func (d *Desk) TakeChat(ctx context.Context, a Actor, id string) error {
	return d.actOnChat(ctx, a, id, conversation.Take, func(ctx context.Context, tx Tx, c conversation.Conversation, me Clerk) ([]conversation.Message, error) {
		if err := d.room(ctx, tx, a.ID, "您同时接待的对话已经达到上限，请先结束一些。"); err != nil {
			return nil, err
		}
		name := d.clerkName(a.Unit, a.Name, me.Number)
		return d.goOn(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.Take, Clerk: a.ID}, by: a.ID}, name, name+"正在为您服务。")
	})
}

// HandBackChat lets the library answer again.
func (d *Desk) HandBackChat(ctx context.Context, a Actor, id, note string) error {
	return d.actOnChat(ctx, a, id, conversation.HandBack, func(ctx context.Context, tx Tx, c conversation.Conversation, _ Clerk) ([]conversation.Message, error) {
		if err := checkChatNote(note, false); err != nil {
			return nil, err
		}
		return d.goOn(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.HandBack}, by: a.ID, note: note}, "", "人工服务已结束，您可以继续提问，由机器人回答。")
	})
}

// EndChat ends what a has to say.
func (d *Desk) EndChat(ctx context.Context, a Actor, id, note string) error {
	return d.actOnChat(ctx, a, id, conversation.End, func(ctx context.Context, tx Tx, c conversation.Conversation, _ Clerk) ([]conversation.Message, error) {
		if err := checkChatNote(note, false); err != nil {
			return nil, err
		}
		return d.goOn(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.End}, by: a.ID, note: note}, "", "本次人工服务已结束。还有问题可以继续提问，需要时再找人工。")
	})
}

// ChatToTicket ends a conversation with a ticket of what was said in it, or of what
// a puts down, and returns its number.
func (d *Desk) ChatToTicket(ctx context.Context, a Actor, id string, o Opening) (number string, err error) {
	o.Actor = &a
	o.with = func(_ context.Context, _ Tx, n *opened) error {
		number = n.ticket.Number
		return nil
	}
	err = d.actOnChat(ctx, a, id, conversation.Register, func(ctx context.Context, tx Tx, c conversation.Conversation, _ Clerk) ([]conversation.Message, error) {
		return d.registerChat(ctx, tx, c, o, "已为您登记工单，由承办单位在期限内答复。")
	})
	return number, err
}

// ChatTransfer says who is to go on: a colleague, or whoever answers for a category.
type ChatTransfer struct {
	To    string // user id
	Skill string // category code
	Note  string // for them
}

// TransferChat lets somebody else go on. What was said goes along; the note stays
// behind the screen.
func (d *Desk) TransferChat(ctx context.Context, a Actor, id string, t ChatTransfer) error {
	return d.actOnChat(ctx, a, id, conversation.Transfer, func(ctx context.Context, tx Tx, c conversation.Conversation, _ Clerk) ([]conversation.Message, error) {
		if err := checkChatNote(t.Note, true); err != nil {
			return nil, err
		}
		switch {
		case (t.To == "") == (t.Skill == ""):
			return nil, badTransfer("请选择转给哪位同事，或者转给哪一类咨询的接待人员。")
		case t.To != "":
			return d.transferTo(ctx, tx, &a, c, &t)
		}
		wanted := c
		wanted.Skill = t.Skill
		if d.Router.CategoryName(t.Skill) == "" {
			return nil, badTransfer("没有这种类别。")
		}
		if !d.served(&wanted) {
			return nil, problem.New(problem.Conflict, "chat.nobody", "这类咨询现在没有人值班，可以转为工单。")
		}
		return d.requeue(ctx, tx, c, t.Skill, a.ID, t.Note, "已为您转接“"+d.Router.CategoryName(t.Skill)+"”方面的工作人员，请稍等。")
	})
}

// transferTo gives a conversation to a colleague who is there and has room.
func (d *Desk) transferTo(ctx context.Context, tx Tx, a *Actor, c conversation.Conversation, t *ChatTransfer) ([]conversation.Message, error) {
	colleagues, err := d.colleagues(ctx, tx, &c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(colleagues, func(k ChatColleague) bool { return k.User == t.To && k.User != a.ID })
	if i < 0 {
		return nil, problem.New(problem.Conflict, "chat.clerk_away", "这位同事现在不在线，或者不接待这类咨询，请转给别人或者放回队列。")
	}
	to := &colleagues[i]
	if to.Chats >= d.Chat.Each {
		return nil, problem.New(problem.Conflict, "chat.full", "这位同事同时接待的对话已经达到上限。")
	}
	m := chatMove{Change: conversation.Change{Move: conversation.Transfer, Clerk: t.To}, by: a.ID, note: t.Note}
	return d.goOn(ctx, tx, c, m, to.Shown, "您的对话已转给"+to.Shown+"。")
}

// goOn makes a move now and returns what the citizen is told of it.
func (d *Desk) goOn(ctx context.Context, tx Tx, c conversation.Conversation, m chatMove, name, words string) ([]conversation.Message, error) {
	m.At = d.at()
	next, err := d.moveChat(ctx, tx, c, m)
	if err != nil {
		return nil, err
	}
	told, err := liveNotice(c.ID, words, next.State, name, m.At)
	return []conversation.Message{told}, err
}

// actOnChat lets a do something with a conversation a may see, in one transaction
// with what the citizen is told. A refusal changes nothing, and is audited.
func (d *Desk) actOnChat(ctx context.Context, a Actor, id string, move conversation.Move, do act) error {
	a = d.deputed(a)
	var before, after string // the queues it was in, and is in
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := d.chatHeld(ctx, tx, &a, id, move)
		if err != nil {
			return err
		}
		me, err := tx.Attend(ctx, a.ID, d.at())
		if err != nil {
			return err
		}
		told, err := do(ctx, tx, c, me)
		if err != nil {
			return err
		}
		next, err := tx.Conversation(ctx, id)
		if err != nil {
			return err
		}
		before, after = c.Skill, next.Skill
		return d.tellChat(ctx, tx, id, told...)
	})
	if err != nil {
		return d.refusedChat(ctx, a, id, move, err)
	}
	d.waker.Wake(id)
	d.wakeQueue(ctx, before, after)
	return nil
}

// refusedChat audits a refusal and returns it.
func (d *Desk) refusedChat(ctx context.Context, a Actor, id string, move conversation.Move, refusal error) error {
	if lost := d.recordRefusal(ctx, a, "chat.refused", "chat/"+clip(id, 80), map[string]string{"move": string(move)}, refusal); lost != nil {
		return lost
	}
	return refusal
}

// chatHeld locks a conversation for what a wants to do with it: whoever has it does
// anything but take it, which those do who may answer in it. For anybody else it
// does not exist.
func (d *Desk) chatHeld(ctx context.Context, tx Tx, a *Actor, id string, move conversation.Move) (conversation.Conversation, error) {
	if !chatting(a) {
		return conversation.Conversation{}, notChatting()
	}
	c, err := tx.Conversation(ctx, id)
	switch {
	case err != nil && problem.KindOf(err) != problem.NotFound:
		return c, err
	case err == nil && c.Clerk == a.ID && c.State == conversation.Person:
		return c, nil
	case err != nil || !d.mayServe(a, &c):
		return c, noChat()
	case move != conversation.Take:
		return c, problem.New(problem.Conflict, "chat.not_yours", "这段对话现在不由您接待。")
	}
	return c, nil
}

// room refuses another conversation to a clerk who has as many as one may have. The
// clerk's row is locked by whoever asks for themselves.
func (d *Desk) room(ctx context.Context, r LiveReader, user, words string) error {
	chats, err := r.LiveChats(ctx)
	if err == nil && countOf(chats, user) >= d.Chat.Each {
		err = problem.New(problem.Conflict, "chat.full", words)
	}
	return err
}

func countOf(chats []conversation.Conversation, user string) (n int) {
	for i := range chats {
		if chats[i].Clerk == user {
			n++
		}
	}
	return n
}

// ChatColleague is somebody a conversation can be given to.
type ChatColleague struct {
	User  string
	Name  string
	Unit  string // name
	Shown string // as citizens read them
	Chats int    // they have now
}

// colleagues are those at the chat desk who may answer in c.
func (d *Desk) colleagues(ctx context.Context, r LiveReader, c *conversation.Conversation) ([]ChatColleague, error) {
	dir := d.people.Load()
	if dir == nil || d.Rights == nil {
		return nil, nil
	}
	clerks, err := r.Clerks(ctx)
	if err != nil {
		return nil, err
	}
	chats, err := r.LiveChats(ctx)
	if err != nil {
		return nil, err
	}
	var there []ChatColleague
	for _, k := range clerks {
		p, ok := dir.Person(k.User)
		if !ok || !d.at().Before(k.Seen.Add(d.Chat.Away)) {
			continue
		}
		if a := d.colleague(&p); d.mayServe(&a, c) {
			u, _ := d.Tree.ByID(p.Unit)
			there = append(there, ChatColleague{User: p.ID, Name: p.Name, Unit: u.Name, Shown: d.clerkName(p.Unit, p.Name, k.Number), Chats: countOf(chats, p.ID)})
		}
	}
	return there, nil
}

// chatting reports whether a answers in chats, or somebody a stands in for.
func chatting(a *Actor) bool {
	return a.Chats != "" || slices.ContainsFunc(a.Standing, func(away Actor) bool { return away.Chats != "" })
}

func checkChatNote(note string, needed bool) error {
	if strings.TrimSpace(note) == "" && !needed {
		return nil
	}
	if f := channel.CheckText("/note", "交接说明", note, maxChatNote); f != nil {
		return problem.New(problem.Invalid, "chat.note", f.Message).With(*f)
	}
	return nil
}

func badTransfer(message string) error {
	return problem.New(problem.Invalid, "chat.transfer", message).With(problem.Field{Pointer: "/skill", Code: "unknown", Message: message})
}

func noChat() error { return problem.New(problem.NotFound, "chat.not_found", "没有这段对话。") }
