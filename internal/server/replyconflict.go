package server

import (
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/reply"
)

// basedOnBody names a revision of the reply.
type basedOnBody struct {
	Round    int `json:"round" minimum:"1"`
	Revision int `json:"revision" minimum:"0" doc:"0: there was none"`
}

func (b *basedOnBody) revision() *desk.Revision {
	if b == nil {
		return nil
	}
	return &desk.Revision{Round: b.Round, Number: b.Revision}
}

// ReplyConflict is what two people have made of the same reply.
type ReplyConflict struct {
	Base   replyText `json:"base" doc:"what both went on from"`
	Theirs draftView `json:"theirs" doc:"as it is saved; revision 0: nothing is, in this round"`
	Mine   replyText `json:"mine" doc:"as it was sent"`
}

type replyText struct {
	Text    string        `json:"text"`
	Outcome reply.Outcome `json:"outcome" doc:"empty: none yet"`
}

func newReplyConflict(c *desk.ReplyConflict) *ReplyConflict {
	text := func(d *reply.Draft) replyText { return replyText{Text: d.Text, Outcome: d.Outcome} }
	return &ReplyConflict{Base: text(&c.Base), Theirs: newDraft(c.Theirs), Mine: text(&c.Mine)}
}
