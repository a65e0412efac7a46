package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"jiesu/internal/desk/conversation"
)

// JobTendChat looks after a conversation that waits for a person or has one.
const JobTendChat = "chat.tend"

// tending are the arguments of such a job. Every move begins another one.
type tending struct {
	Chat    string `json:"chat"`
	Version int64  `json:"version"`
}

func (d *Desk) tendJob(c *conversation.Conversation, due, at time.Time) Job {
	key := c.ID + "/" + strconv.FormatInt(c.Version, 10) + "/" + strconv.FormatInt(due.UnixMicro(), 10)
	return readyJob(JobTendChat, key, tending{c.ID, c.Version}, due, at)
}

// patience is how long a conversation may stay as it is without a sign of life of
// people.
func (d *Desk) patience(s conversation.State) time.Duration {
	if s == conversation.Queued {
		return d.Chat.Wait
	}
	return d.Chat.Away
}

// tendChat lets nobody wait for ever: who waited long enough gets a ticket, and a
// conversation whose clerk is gone goes to the next one, before all others.
func (d *Desk) tendChat(ctx context.Context, tx Tx, j Job) (committed func(), err error) {
	args, err := argsOf[tending](j)
	if err != nil {
		return nil, err
	}
	c, err := tx.Conversation(ctx, args.Chat)
	if err != nil || c.Version != args.Version || !c.State.Live() {
		return func() {}, err
	}
	due, err := d.chatDue(ctx, tx, &c)
	if err != nil {
		return nil, err
	}
	if at := d.at(); at.Before(due) {
		return func() {}, tx.Enqueue(ctx, d.tendJob(&c, due, at))
	}
	var told []conversation.Message
	switch {
	case c.State == conversation.Queued:
		told, err = d.registerAlone(ctx, tx, c, "工作人员暂时都在忙，没能及时接待您。", conversation.Leave)
	case d.served(&c):
		told, err = d.requeue(ctx, tx, c, c.Skill, bySystem, "", "接待您的工作人员暂时离线，已为您排到最前面。")
	default:
		told, err = d.registerAlone(ctx, tx, c, "接待您的工作人员已经离线，现在没有其他人值班。", conversation.End)
	}
	if err != nil {
		return nil, err
	}
	return func() { d.waker.Wake(c.ID); d.wakeQueue(ctx, c.Skill) }, d.tellChat(ctx, tx, c.ID, told...)
}

// chatDue is when something has to happen unless people act before.
func (d *Desk) chatDue(ctx context.Context, r LiveReader, c *conversation.Conversation) (time.Time, error) {
	if c.State == conversation.Queued {
		return c.Since.Add(d.Chat.Wait), nil
	}
	clerks, err := r.Clerks(ctx)
	if err != nil {
		return time.Time{}, err
	}
	seen := c.Taken
	if i := slices.IndexFunc(clerks, func(k Clerk) bool { return k.User == c.Clerk }); i >= 0 && clerks[i].Seen.After(seen) {
		seen = clerks[i].Seen
	}
	return seen.Add(d.Chat.Away), nil
}

// requeue puts a conversation that somebody had before all others.
func (d *Desk) requeue(ctx context.Context, tx Tx, c conversation.Conversation, skill, by, note, words string) ([]conversation.Message, error) {
	return d.goOn(ctx, tx, c, chatMove{Change: conversation.Change{Move: conversation.Requeue, Skill: skill}, by: by, note: note}, "", words)
}

// keepAway takes note of whom a message complains of. A clerk it is about does not
// go on: somebody else does.
func (d *Desk) keepAway(ctx context.Context, tx Tx, c conversation.Conversation, said *conversation.Message) ([]conversation.Message, error) {
	var body noticeBody
	if err := json.Unmarshal(said.Body, &body); err != nil {
		return nil, err
	}
	was := len(c.Avoid)
	for _, id := range d.aboutWhom(body.Text) {
		if !slices.Contains(c.Avoid, id) {
			c.Avoid = append(c.Avoid, id)
		}
	}
	if len(c.Avoid) == was {
		return nil, nil
	}
	if err := tx.UpdateConversation(ctx, c, c.Version); err != nil {
		return nil, err
	}
	if c.State != conversation.Person || !d.clerkAvoided(&c) {
		return nil, nil
	}
	return d.requeue(ctx, tx, c, c.Skill, bySystem, "", "已为您换一位工作人员，请稍等。")
}

// clerkAvoided reports whether a conversation is about the clerk who has it.
func (d *Desk) clerkAvoided(c *conversation.Conversation) bool {
	dir := d.people.Load()
	if dir == nil {
		return false
	}
	p, _ := dir.Person(c.Clerk)
	return concerned(c.Avoid, d.Tree.Path(p.Unit), c.Clerk)
}
