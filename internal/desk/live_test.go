package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// counter is a citizen in a chat, and those who may answer there.
type counter struct {
	*house
	t      *testing.T
	id     string
	ana    desk.Actor // of the task force
	bo     desk.Actor // too
	patrol desk.Actor // handles traffic
	said   int
}

func atCounter(t *testing.T) *counter {
	t.Helper()
	h := open(t)
	h.answersChats(t)
	c := &counter{house: h, t: t, ana: h.taskForce("ana"), bo: h.taskForce("bo"), patrol: h.handler("cop", "traffic")}
	c.id = admitted(t, h).Conversation
	return c
}

// answersChats puts people into the house who answer in chats.
func (h *house) answersChats(t *testing.T) {
	t.Helper()
	h.Chat = desk.ChatRules{Wait: 3 * time.Minute, Away: 4 * time.Minute, Each: 2}
	h.Rights = func(roles []string, path string) desk.Actor {
		u := access.User{UnitPath: path}
		for _, r := range roles {
			u.Roles = append(u.Roles, access.Role(r))
		}
		g := access.GrantOf(u)
		return desk.Actor{Scope: g.Scope, Chats: g.Chats, Reports: g.Reports}
	}
	for id, unit := range map[string]string{"ana": assignment.TaskForce, "bo": assignment.TaskForce} {
		h.account(t, id, unit, access.TaskForce)
	}
	h.account(t, "cop", "traffic", access.Handler)
	h.account(t, "head", "traffic", access.Head)
	must(t, h.LearnOrganisation(t.Context()))
}

func (c *counter) writes(text string) desk.SaidResult {
	c.t.Helper()
	c.said++
	r, err := c.Say(c.t.Context(), say(c.house, c.id, fmt.Sprint("c", c.said), text))
	must(c.t, err)
	return r
}

func (c *counter) asks(category string) {
	c.t.Helper()
	c.said++
	_, err := c.AskPerson(c.t.Context(), c.id, fmt.Sprint("c", c.said), category)
	must(c.t, err)
}

func (c *counter) replies(a desk.Actor, text string) error {
	c.said++
	_, err := c.ReplyInChat(c.t.Context(), a, c.id, desk.ChatReply{ClientID: fmt.Sprint("s", c.said), Text: text})
	return err
}

func (c *counter) now() conversation.Conversation {
	c.t.Helper()
	now, err := c.Conversation(c.t.Context(), c.id)
	must(c.t, err)
	return now
}

// heard is what the citizen was told since a message: role and text.
func (c *counter) heard(after int64) (lines []string) {
	c.t.Helper()
	ms, err := c.Messages(c.t.Context(), c.id, after, 200)
	must(c.t, err)
	for _, m := range ms {
		text, _ := bodyOf(c.t, m)["text"].(string)
		lines = append(lines, string(m.Role)+"："+text)
	}
	return lines
}

func (c *counter) last() string {
	c.t.Helper()
	return strings.Join(c.heard(c.now().Head-1), "")
}

func (c *counter) is(state conversation.State, clerk string) {
	c.t.Helper()
	if now := c.now(); now.State != state || now.Clerk != clerk {
		c.t.Errorf("it is %s with %q, want %s with %q", now.State, now.Clerk, state, clerk)
	}
}

func (c *counter) takes(a desk.Actor) {
	c.t.Helper()
	must(c.t, c.TakeChat(c.t.Context(), a, c.id))
}

func refusedWith(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !problem.HasCode(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestAPersonAnswersAndTheRobotKeepsSilent(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.writes("驾驶证到期怎么换")
	c.writes("转人工")
	c.is(conversation.Queued, "")
	if got := c.last(); got != "system：正在为您转接工作人员，您排在第1位。要等多久现在还不知道。3分钟没有人接待的，直接为您登记工单。" {
		t.Error(got)
	}
	b, err := c.ChatBoard(t.Context(), c.patrol)
	must(t, err)
	if len(b.Queued) != 1 || b.Queued[0].Skill != "traffic" || len(b.Queues) == 0 || b.Queues[0].Waiting != 1 {
		t.Errorf("the queue of those who know the matter of the last answer: %+v", b)
	}
	if head := c.now().Head; c.writes("身份证丢了怎么补办").Head != head+1 {
		t.Error("the robot answers somebody who waits for a person")
	}
	c.takes(c.patrol)
	c.is(conversation.Person, "cop")
	if got := c.last(); got != "system：交警支队1号正在为您服务。" {
		t.Error(got)
	}
	refusedWith(t, "a second clerk", c.TakeChat(t.Context(), c.ana, c.id), "chat.taken")
	refusedWith(t, "a reply of somebody else", c.replies(c.ana, "您好"), "chat.not_yours")
	must(t, c.replies(c.patrol, "您好，请说。"))
	head := c.now().Head
	if r := c.writes("身份证丢了怎么补办"); r.Head != head+1 {
		t.Errorf("the robot talks over a person: %+v", r)
	}
	if c.writes("有人正在砸我家的门，救命"); !strings.HasPrefix(c.last(), "bot：") || !strings.Contains(c.last(), "110") {
		t.Errorf("110 first, whoever answers: %s", c.last())
	}
	must(t, c.HandBackChat(t.Context(), c.patrol, c.id, "问的是身份证"))
	c.is(conversation.Bot, "")
	if c.writes("身份证丢了怎么补办"); !strings.HasPrefix(c.last(), "bot：") {
		t.Error("the robot does not answer again")
	}
	want := []string{"citizen chat.ask", "cop chat.take", "ana chat.refused", "ana chat.refused", "cop chat.say", "cop chat.hand_back"}
	if got := c.audited(t, "chat/"+c.id); !slices.Equal(got, want) {
		t.Errorf("the trail tells %q", got)
	}
}

// TestNeverBothAtOnce lets a clerk take a conversation while its citizen asks: once a
// person has begun, nothing of the robot comes.
func TestNeverBothAtOnce(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	for round := range 4 {
		c.asks("")
		var both sync.WaitGroup
		for i := range 6 {
			both.Go(func() {
				_, err := c.Say(t.Context(), say(c.house, c.id, fmt.Sprint("r", round, i), "身份证丢了怎么补办"))
				if err != nil {
					t.Error(err)
				}
			})
		}
		won := make(chan string, 2)
		for _, a := range []desk.Actor{c.ana, c.bo} {
			both.Go(func() {
				if err := c.TakeChat(t.Context(), a, c.id); err == nil {
					won <- a.ID
				} else if !problem.HasCode(err, "chat.taken") {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if len(won) != 1 {
			t.Fatalf("%d clerks have it", len(won))
		}
		winner := c.ana
		if <-won == "bo" {
			winner = c.bo
		}
		both.Go(func() {
			if err := c.HandBackChat(t.Context(), winner, c.id, ""); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			if _, err := c.Say(t.Context(), say(c.house, c.id, fmt.Sprint("h", round), "身份证丢了怎么补办")); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
	}
	state := conversation.Bot
	ms, err := c.Messages(t.Context(), c.id, 0, 200)
	must(t, err)
	for _, m := range ms {
		if s, ok := bodyOf(t, m)["chat"].(string); ok {
			state = conversation.State(s)
		}
		if m.Role == conversation.Robot && state.Live() {
			t.Errorf("message %d: the robot speaks while it is %s", m.Seq, state)
		}
	}
}

func TestWhereNobodyAnswersATicketIsOpened(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]func(c *counter){
		"after hours":      func(c *counter) { c.pass(12 * time.Hour); c.asks("") },
		"nobody by roster": func(c *counter) { c.roster("ana", 2*time.Hour); c.roster("bo", 2*time.Hour); c.asks("") },
		"too long a wait": func(c *counter) {
			c.asks("")
			c.pass(3*time.Minute - time.Second)
			c.work(c.t)
			c.is(conversation.Queued, "")
			c.pass(time.Second)
			c.work(c.t)
		},
		"the clerk is gone after hours": func(c *counter) {
			c.asks("")
			c.takes(c.ana)
			c.pass(12 * time.Hour)
			c.work(c.t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := atCounter(t)
			c.writes("我想了解一下你们的工作")
			what(c)
			c.is(conversation.Handed, "")
			heard := strings.Join(c.heard(0), "\n")
			if number := c.now().Ticket; number == "" || !strings.Contains(heard, "编号："+number) || !strings.Contains(heard, "答复期限：") || !strings.Contains(heard, "已为您登记工单") {
				t.Errorf("the citizen heard %s", heard)
			}
			v, err := c.Ticket(t.Context(), c.ana, c.now().Ticket)
			must(t, err)
			if v.Ticket.Kind != channel.Consult {
				t.Errorf("it is a %s", v.Ticket.Kind)
			}
			if v.Letter.Text != "我想了解一下你们的工作" {
				t.Errorf("the letter says %q", v.Letter.Text)
			}
		})
	}
	tip := atCounter(t)
	tip.writes("楼下有人卖那个东西")
	tip.pass(12 * time.Hour)
	tip.asks("drugs")
	if _, err := tip.Ticket(t.Context(), tip.patrol, tip.now().Ticket); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("a tip is read by others: %v", err)
	}
	if v, err := tip.Ticket(t.Context(), tip.ana, tip.now().Ticket); err != nil || v.Ticket.Kind != channel.Report || v.Letter.Text != "楼下有人卖那个东西" {
		t.Errorf("a tip became %+v, %v", v.Ticket, err)
	}
	c := atCounter(t)
	c.pass(12 * time.Hour)
	c.writes("转人工")
	if c.is(conversation.Bot, ""); !strings.Contains(c.last(), "请先说明您的问题") {
		t.Errorf("without a word there is nothing to make a letter of: %s", c.last())
	}
}

// roster plans a shift that begins after a time.
func (c *counter) roster(user string, after time.Duration) {
	c.t.Helper()
	a := c.ana
	a.Organises = true
	_, err := c.AddTerm(c.t.Context(), a, assignment.Term{
		Kind: assignment.Shift, Unit: assignment.TaskForce, User: user, From: c.house.now().Add(after), Until: c.house.now().Add(after + time.Hour),
	})
	must(c.t, err)
	must(c.t, c.LearnOrganisation(c.t.Context()))
}

func TestAClerkWhoIsGoneLosesTheChat(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.writes("我想了解一下电动自行车上牌")
	c.asks("")
	c.takes(c.ana)
	first := c.id
	c.id = admitted(t, c.house).Conversation
	c.asks("traffic")
	c.id = first
	c.pass(3 * time.Minute)
	must(t, c.Attend(t.Context(), c.ana))
	c.pass(2 * time.Minute) // longer than Away since the chat was taken, not since the sign of life
	c.work(t)
	c.is(conversation.Person, "ana")
	c.pass(2 * time.Minute)
	c.work(t)
	c.is(conversation.Queued, "")
	if got := c.last(); got != "system：接待您的工作人员暂时离线，已为您排到最前面。" {
		t.Error(got)
	}
	c.takes(c.bo)
	c.pass(20 * time.Minute)
	must(t, c.EndChat(t.Context(), c.bo, c.id, ""))
	c.is(conversation.Ended, "")
	c.work(t)
	c.is(conversation.Ended, "")
	if c.writes("身份证丢了怎么补办"); !strings.HasPrefix(c.last(), "bot：") {
		t.Error("nobody answers after the end")
	}
	c.is(conversation.Bot, "")
}

func TestTransferKeepsTheTranscriptAndTheNote(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.writes("我的电话13800138000，办护照")
	c.asks("exit-entry")
	c.takes(c.ana)
	transfer := func(x desk.ChatTransfer) error { return c.TransferChat(t.Context(), c.ana, c.id, x) }
	refusedWith(t, "without a note", transfer(desk.ChatTransfer{Skill: "traffic"}), "chat.note")
	refusedWith(t, "nowhere", transfer(desk.ChatTransfer{Note: "请接"}), "chat.transfer")
	refusedWith(t, "to both", transfer(desk.ChatTransfer{To: "bo", Skill: "traffic", Note: "请接"}), "chat.transfer")
	refusedWith(t, "unknown category", transfer(desk.ChatTransfer{Skill: "mars", Note: "请接"}), "chat.transfer")
	refusedWith(t, "somebody who is not there", transfer(desk.ChatTransfer{To: "bo", Note: "请接"}), "chat.clerk_away")
	must(t, c.Attend(t.Context(), c.bo))
	must(t, c.Attend(t.Context(), c.patrol))
	refusedWith(t, "somebody of another trade", transfer(desk.ChatTransfer{To: "cop", Note: "请接"}), "chat.clerk_away")
	must(t, transfer(desk.ChatTransfer{To: "bo", Note: "问护照，材料齐"}))
	c.is(conversation.Person, "bo")
	_, err := c.ChatOf(t.Context(), c.ana, c.id, 0)
	refusedWith(t, "whoever gave it away", err, "chat.not_found")
	v, err := c.ChatOf(t.Context(), c.bo, c.id, 0)
	must(t, err)
	if text, _ := bodyOf(t, v.Messages[0])["text"].(string); text != "我的电话13800138000，办护照" || v.Steps[len(v.Steps)-1].Note != "问护照，材料齐" || v.Names["ana"] != "ana" {
		t.Errorf("the colleague reads %q, %+v", text, v.Steps)
	}
	must(t, c.TransferChat(t.Context(), c.bo, c.id, desk.ChatTransfer{Skill: "traffic", Note: "其实问驾照"}))
	c.is(conversation.Queued, "")
	if heard := strings.Join(c.heard(0), "\n"); strings.Contains(heard, "问护照") || !strings.Contains(heard, "已为您转接“交管”方面的工作人员") {
		t.Errorf("the citizen heard %s", heard)
	}
	if v, err = c.ChatOf(t.Context(), c.patrol, c.id, 0); err != nil || strings.Contains(string(v.Messages[0].Body), "13800138000") {
		t.Errorf("who may take it reads %s, %v", v.Messages[0].Body, err)
	}
	c.takes(c.patrol)
	number, err := c.ChatToTicket(t.Context(), c.patrol, c.id, desk.Opening{Letter: channel.Letter{Kind: channel.Help, Title: "换驾照", Category: "traffic"}})
	must(t, err)
	c.is(conversation.Handed, "")
	tv, err := c.Ticket(t.Context(), c.ana, number)
	must(t, err)
	if tv.Ticket.Kind != channel.Help || tv.Ticket.Title != "换驾照" || tv.Ticket.Category != "traffic" || tv.Events[0].Actor != "cop" {
		t.Errorf("the ticket: %+v", tv.Ticket)
	}
}

// TestATransferWakesTheNewQueue: whoever waits there is one place further back.
func TestATransferWakesTheNewQueue(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	waiting := admitted(t, c.house).Conversation
	_, err := c.AskPerson(t.Context(), waiting, "w1", "traffic")
	must(t, err)
	c.writes("办护照")
	c.asks("exit-entry")
	c.takes(c.ana)
	c.mu.Lock()
	c.woken = nil
	c.mu.Unlock()
	must(t, c.TransferChat(t.Context(), c.ana, c.id, desk.ChatTransfer{Skill: "traffic", Note: "其实问驾照"}))
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.woken, waiting) {
		t.Errorf("nobody tells those who wait for the traffic police where they stand: woken %v", c.woken)
	}
}

func TestWhoMayNotSeeAConversation(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.writes("我要举报有人贩毒")
	c.said++
	_, err := c.HandOver(t.Context(), c.id, "report", desk.Opening{Letter: channel.Letter{Kind: channel.Report, Category: "drugs"}})
	must(t, err)
	_, err = c.ChatOf(t.Context(), c.ana, c.id, 0)
	refusedWith(t, "a conversation with the library", err, "chat.not_found")
	c.writes("交警支队的民警态度恶劣，我要投诉")
	c.asks("traffic")
	for who, a := range map[string]desk.Actor{
		"the unit it is about": c.patrol, "its head": c.as("head", "traffic", access.Head), "another trade": c.handler("x", "exit-entry"),
	} {
		_, err := c.ChatOf(t.Context(), a, c.id, 0)
		refusedWith(t, who, err, "chat.not_found")
		refusedWith(t, who, c.TakeChat(t.Context(), a, c.id), "chat.not_found")
		b, err := c.ChatBoard(t.Context(), a)
		if must(t, err); len(b.Queued)+len(b.Mine) > 0 {
			t.Errorf("%s sees it in the queue", who)
		}
	}
	for _, a := range []desk.Actor{c.leader("boss"), c.as("ed", "bureau", access.Editor)} {
		_, err := c.ChatBoard(t.Context(), a)
		refusedWith(t, a.ID, err, "chat.denied")
		refusedWith(t, a.ID, c.TakeChat(t.Context(), a, c.id), "chat.denied")
	}
	c.takes(c.ana)
	v, err := c.ChatOf(t.Context(), c.ana, c.id, 0)
	must(t, err)
	for _, m := range v.Messages {
		if strings.Contains(string(m.Body), "贩毒") || strings.Contains(string(m.Body), "query_code") {
			t.Errorf("of the report before, the clerk reads %s", m.Body)
		}
	}
	c.writes("信箱专班ana也态度恶劣，你们信箱专班的民警都推诿")
	if now := c.now(); now.State != conversation.Queued {
		t.Errorf("whoever is complained of goes on: %+v", now)
	}
	refusedWith(t, "a colleague of the same unit", c.TakeChat(t.Context(), c.bo, c.id), "chat.not_found")
}

func TestWhatAClerkSaysIsReadByTheMachineFirst(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	c.asks("")
	c.takes(c.ana)
	head := c.now().Head
	forbidden := "出国到香港不用护照。"
	refusedWith(t, "a forbidden wording", c.replies(c.ana, forbidden), "chat.blocked")
	if c.now().Head != head {
		t.Error("a refused reply went out")
	}
	r := desk.ChatReply{ClientID: "s", Text: forbidden, Override: "引用对方的原话"}
	for range 2 {
		said, err := c.ReplyInChat(t.Context(), c.ana, c.id, r)
		if must(t, err); said.Seq != head+1 {
			t.Errorf("a repeat is message %d", said.Seq)
		}
	}
	act := lastAct(t, c.house, "chat/"+c.id, "chat.say")
	if act.Detail["override"] == "" || act.Detail["findings"] == "" {
		t.Errorf("the trail does not say why: %+v", act)
	}
	_, err := c.ReplyInChat(t.Context(), c.ana, c.id, desk.ChatReply{ClientID: "s", Text: "别的话"})
	refusedWith(t, "other words under the same id", err, "chat.cid_conflict")
	_, err = c.ReplyInChat(t.Context(), c.ana, c.id, desk.ChatReply{ClientID: "e", Entry: "id-card-lost"})
	must(t, err)
	ms, err := c.Messages(t.Context(), c.id, c.now().Head-1, 1)
	must(t, err)
	if m := ms[0]; m.Role != conversation.Staff || m.Kind != conversation.Answer || len(m.Sources) != 1 || m.Sources[0].Entry != "id-card-lost" || !strings.HasSuffix(m.Name, "专班1号") {
		t.Errorf("an entry goes out as %+v", m)
	}
	_, err = c.ReplyInChat(t.Context(), c.ana, c.id, desk.ChatReply{ClientID: "o", Entry: "dog-old"})
	refusedWith(t, "an entry that is not valid", err, "library.not_found")
}

func TestAClerkHasSoManyChats(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	for i := range 3 {
		c.id = admitted(t, c.house).Conversation
		c.asks("")
		if err := c.TakeChat(t.Context(), c.ana, c.id); (err == nil) != (i < 2) {
			t.Errorf("chat %d: %v", i, err)
		}
	}
	s, err := c.Standing(t.Context(), c.id)
	must(t, err)
	if s.Position != 1 || s.Wait != time.Second {
		t.Errorf("who waits is told %+v: the others were taken at once", s)
	}
	c.said++
	_, err = c.LeaveQueue(t.Context(), c.id, "leave")
	must(t, err)
	c.is(conversation.Bot, "")
	_, err = c.LeaveQueue(t.Context(), c.id, "leave again")
	refusedWith(t, "who does not wait", err, "chat.not_queued")
}
