package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const (
	maxPageKey = 64 // bytes of the key of a page
	lookBack   = 12 // messages in which the question of an answer is looked for
	plausible  = 10 // candidates that may have been offered for a question
	bestScore  = 5
	neutral    = 3
	pagePrefix = "page/" // and the key of a page, in place of a conversation's id
)

// Rated tells where a rating stands. The first one of a message stays.
type Rated struct {
	Seq       int64
	Score     int
	At        time.Time
	Duplicate bool
}

// PageFeedback is what somebody said on a page, outside of any chat.
type PageFeedback struct {
	Key   string // of the page: sending it twice is sending it once
	Text  string // what was asked
	Entry string // chosen or rated; empty: none of the options
	Score int    // 1..5; 0: not a rating but a choice
}

// Rate keeps what a citizen thinks of an answer in the own chat: 1 to 5. Only
// the first rating of a message counts; a repeat returns it.
func (d *Desk) Rate(ctx context.Context, conversationID string, seq int64, score int) (Rated, error) {
	if score < 1 || score > bestScore {
		return Rated{}, problem.New(problem.Invalid, "chat.score", "评价应为1到5分。")
	}
	ms, err := d.Store.Messages(ctx, conversationID, max(0, seq-lookBack), int(min(lookBack, max(1, seq))))
	if err != nil {
		return Rated{}, err
	}
	e, ok := exchangeOf(ms, func(m *conversation.Message, b *AnswerBody) bool {
		return m.Seq == seq && b.Decision == knowledge.Answer
	})
	if !ok {
		return Rated{}, problem.New(problem.Invalid, "chat.not_rated", "这条消息不能评价。")
	}
	f := Feedback{Conversation: conversationID, Seq: seq, Kind: Rating, Score: score, At: d.at()}
	var r Rated
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		first, err := tx.NoteFeedback(ctx, f)
		if err == nil && first {
			r = Rated{Seq: seq, Score: score, At: f.At}
			return d.learnRating(ctx, tx, f, e)
		}
		if err == nil {
			var before Feedback
			before, err = tx.FeedbackOn(ctx, conversationID, seq, Rating)
			r = Rated{Seq: seq, Score: before.Score, At: before.At, Duplicate: true}
		}
		return err
	})
	return r, err
}

// Heed keeps what somebody said on a page about the answer to a question. What
// cannot have been shown for the question is passed over: the form is anybody's
// to fill.
func (d *Desk) Heed(ctx context.Context, p PageFeedback) error {
	if p.Key == "" || len(p.Key) > maxPageKey || p.Score < 0 || p.Score > bestScore || channel.CheckText("/text", "问题", p.Text, channel.MaxText) != nil {
		return nil
	}
	e := exchange{question: seal.Mask(p.Text)}
	decision, scored, err := d.Decide(ctx, e.question)
	if err != nil || !shownFor(decision, scored, p.Entry) {
		return err
	}
	e.answer, e.sources = NewAnswerBody(decision), 1
	f := Feedback{Conversation: pagePrefix + p.Key, Kind: Click, Score: p.Score, At: d.at()}
	if p.Score > 0 {
		f.Kind, e.answer.Answer = Rating, &AnswerReply{Entry: p.Entry}
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		first, err := tx.NoteFeedback(ctx, f)
		switch {
		case err != nil || !first:
			return err
		case f.Kind == Rating:
			return d.learnRating(ctx, tx, f, e)
		default:
			return d.learnChoice(ctx, tx, f, e, p.Entry)
		}
	})
}

// shownFor reports whether entry may have been shown for a question that ended
// in decision; an empty entry stands for "none of these".
func shownFor(decision knowledge.Decision, scored []knowledge.Scored, entry string) bool {
	switch {
	case decision.Kind == knowledge.Answer:
		return decision.Answer.Entry == entry || slices.ContainsFunc(decision.More, func(r knowledge.Reply) bool { return r.Entry == entry })
	case decision.Kind != knowledge.Clarify:
		return false
	case entry == "":
		return true
	}
	return slices.ContainsFunc(scored[:min(plausible, len(scored))], func(s knowledge.Scored) bool { return s.Entry == entry })
}

// learn counts what became of a message in the transaction that stores it, and
// keeps a choice as votes.
func (d *Desk) learn(ctx context.Context, tx Tx, s Said, decision knowledge.Decision) error {
	if s.Kind != conversation.Choice {
		c := d.outcome(decision)
		return d.count(ctx, tx, s.Conversation, c.category, c.event)
	}
	c, err := tx.Conversation(ctx, s.Conversation)
	if err != nil {
		return err
	}
	ms, err := tx.Messages(ctx, s.Conversation, max(0, c.Head-lookBack), lookBack)
	if err != nil {
		return err
	}
	e, ok := exchangeOf(ms, func(_ *conversation.Message, b *AnswerBody) bool {
		return b.Decision == knowledge.Clarify && (s.Entry == "" || b.offers(s.Entry))
	})
	if !ok { // chosen without having been offered: that tells nothing about a question
		return nil
	}
	f := Feedback{Conversation: s.Conversation, Seq: e.seq, Kind: Click, At: d.at()}
	first, err := tx.NoteFeedback(ctx, f)
	if err != nil || !first {
		return err
	}
	return d.learnChoice(ctx, tx, f, e, s.Entry)
}

// exchange is a question with what was said to it.
type exchange struct {
	question string // masked
	answer   AnswerBody
	seq      int64 // of the answer
	sources  int   // entries the answer rests on
}

// exchangeOf finds the last answer that fits, and the question it was given to.
func exchangeOf(ms []conversation.Message, fits func(*conversation.Message, *AnswerBody) bool) (exchange, bool) {
	var e exchange
	for i := range slices.Backward(ms) {
		m := &ms[i]
		switch {
		case e.seq == 0 && m.Role == conversation.Robot && m.Kind == conversation.Answer:
			var b AnswerBody
			if json.Unmarshal(m.Body, &b) == nil && fits(m, &b) {
				e.answer, e.seq, e.sources = b, m.Seq, len(m.Sources)
			}
		case e.seq > 0 && m.Role == conversation.User && m.Kind == conversation.Text:
			var b struct {
				Text string `json:"text"`
			}
			if json.Unmarshal(m.Body, &b) == nil {
				e.question = seal.Mask(b.Text)
			}
			return e, true
		}
	}
	return e, e.seq > 0
}

func (b *AnswerBody) offers(entry string) bool {
	return slices.ContainsFunc(b.Options, func(o AnswerOption) bool { return o.Entry == entry })
}

// learnChoice keeps a choice: for the entry chosen, or against all offered.
func (d *Desk) learnChoice(ctx context.Context, tx Tx, f Feedback, e exchange, entry string) error {
	votes, event := []Vote{{Entry: entry, Kind: Click, Agrees: true}}, Resolved
	if entry == "" {
		votes, event = nil, Refused
		for _, o := range e.answer.Options {
			votes = append(votes, Vote{Entry: o.Entry, Kind: Click})
		}
	}
	if err := d.learnVotes(ctx, tx, f, e.question, votes...); err != nil {
		return err
	}
	category := ""
	if len(e.answer.Options) > 0 {
		category = d.category(e.answer.Options[0].Entry)
	}
	return d.count(ctx, tx, f.Conversation, category, event)
}

// learnRating keeps a rating. Of several answers in one message nobody knows
// which was meant.
func (d *Desk) learnRating(ctx context.Context, tx Tx, f Feedback, e exchange) error {
	event := Indifferent
	switch {
	case f.Score > neutral:
		event = Liked
	case f.Score < neutral:
		event = Disliked
	}
	if event == Disliked && e.question != "" {
		if err := d.keepAsked(ctx, tx, onPage(f.Conversation), CauseDisliked, e.question); err != nil {
			return err
		}
	}
	entry := e.answer.Answer.Entry
	if event != Indifferent && e.sources == 1 && d.category(entry) != "" {
		if err := d.learnVotes(ctx, tx, f, e.question, Vote{Entry: entry, Kind: Rating, Agrees: event == Liked}); err != nil {
			return err
		}
	}
	return d.count(ctx, tx, f.Conversation, d.category(entry), event)
}

// learnVotes keeps votes from a chat or a page, but nothing from a report (举报).
func (d *Desk) learnVotes(ctx context.Context, tx Tx, f Feedback, question string, votes ...Vote) error {
	reported, err := onPage(f.Conversation).reported(ctx, tx)
	if err != nil || reported {
		return err
	}
	_, err = d.addVotes(ctx, tx, question, votes...)
	return err
}

// voted is the text of a masked question under which votes for it are kept.
func voted(question string) string {
	return clip(strings.TrimSpace(question), conversation.MaxText)
}

// addVotes counts votes for a masked question, and returns the id of its label.
// A text without words is no question.
func (d *Desk) addVotes(ctx context.Context, tx Tx, question string, votes ...Vote) (string, error) {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return "", err
	}
	question = voted(question)
	key := questionKey(analyzer, question)
	if key == "" || len(votes) == 0 {
		return "", nil
	}
	at := d.at()
	return tx.AddVotes(ctx, Label{ID: newID(), Key: key, Question: question, Votes: votes, FirstAt: at, LastAt: at})
}

func (d *Desk) count(ctx context.Context, tx Tx, lane, category string, event AnswerEvent) error {
	return tx.CountAnswers(ctx, lane, AnswerCount{Day: dayOf(d.at()), Category: category, Event: event, N: 1})
}

// category is that of an entry of the library; fixed lines have none.
func (d *Desk) category(entry string) string {
	e, ok := d.Library().Entry(entry)
	if !ok {
		return ""
	}
	return e.Category
}
