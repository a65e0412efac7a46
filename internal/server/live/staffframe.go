package live

import (
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
)

type staffWelcome struct {
	T     string `json:"t"`
	ID    int64  `json:"id"`
	SID   string `json:"sid"`
	PingS int    `json:"ping_s"`
}

type changedFrame struct {
	T      string   `json:"t"`
	Topics []string `json:"topics"`
}

type staffMessage struct {
	Chat string `json:"chat"`
	Message
}

type boardFrame struct {
	T string `json:"t"`
	ChatBoard
}

// ChatBoard is what a clerk sees of the chat desk, on the socket and over HTTP.
type ChatBoard struct {
	Open   bool        `json:"open" doc:"it is a time people answer"`
	OnDuty bool        `json:"on_duty" doc:"by the roster"`
	Each   int         `json:"each" doc:"conversations one may have at once"`
	Queues []ChatQueue `json:"queues" nullable:"false" doc:"that the clerk answers for"`
	Queued []ChatBrief `json:"queued" nullable:"false" doc:"in the order they are to be taken"`
	Mine   []ChatBrief `json:"mine" nullable:"false"`
}

// ChatQueue is how many wait for somebody who knows a matter.
type ChatQueue struct {
	Category string     `json:"category,omitempty" doc:"none: no matter in particular"`
	Name     string     `json:"name"`
	Waiting  int        `json:"waiting"`
	Oldest   *time.Time `json:"oldest,omitempty" doc:"since when the first of them waits"`
}

// ChatBrief is a conversation in a list; what was said is not in there.
type ChatBrief struct {
	ID       string             `json:"id"`
	State    conversation.State `json:"state" enum:"queued,person"`
	Category string             `json:"category,omitempty"`
	Name     string             `json:"category_name,omitempty"`
	Since    time.Time          `json:"since" doc:"queued, or taken"`
	Again    bool               `json:"again" doc:"somebody had it before: it goes first"`
	Head     int64              `json:"head" doc:"highest sequence number"`
	Version  int64              `json:"version"`
}

// NewChatBoard is the wire form of b.
func NewChatBoard(b desk.ChatBoard) ChatBoard {
	out := ChatBoard{Open: b.Open, OnDuty: b.OnDuty, Each: b.Each, Queues: []ChatQueue{}, Queued: []ChatBrief{}, Mine: []ChatBrief{}}
	for _, q := range b.Queues {
		shownQueue := ChatQueue{Category: q.Skill, Name: q.Name, Waiting: q.Waiting}
		if !q.Oldest.IsZero() {
			oldest := shown(q.Oldest)
			shownQueue.Oldest = &oldest
		}
		out.Queues = append(out.Queues, shownQueue)
	}
	for i := range b.Queued {
		out.Queued = append(out.Queued, NewChatBrief(&b.Queued[i]))
	}
	for i := range b.Mine {
		out.Mine = append(out.Mine, NewChatBrief(&b.Mine[i]))
	}
	return out
}

// NewChatBrief is the wire form of b.
func NewChatBrief(b *desk.ChatBrief) ChatBrief {
	return ChatBrief{ID: b.ID, State: b.State, Category: b.Skill, Name: b.SkillName, Since: shown(b.Since), Again: b.Again, Head: b.Head, Version: b.Version}
}
