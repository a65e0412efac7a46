package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const maxSession = 64 // bytes

// Ask decides what to say to a question asked outside of a chat. Personal data
// is masked before the question is looked at or kept. A question the library
// cannot answer is noted for the editors. With a session what was talked about
// is remembered for a while; a repeat of a question in it is a new question.
func (d *Desk) Ask(ctx context.Context, q Question) (knowledge.Decision, error) {
	decision, _, err := d.Discuss(ctx, q)
	return decision, err
}

// Discuss is Ask for clients that carry what is talked about themselves: it
// also returns that.
func (d *Desk) Discuss(ctx context.Context, q Question) (knowledge.Decision, conversation.Thread, error) {
	t, err := q.turn()
	if err != nil {
		return knowledge.Decision{}, conversation.Thread{}, err
	}
	thread := d.carried(q.Thread)
	key := threadKey("ask", q.Session)
	if q.Session != "" {
		if thread, err = d.Store.Thread(ctx, key, d.at()); err != nil {
			return knowledge.Decision{}, conversation.Thread{}, err
		}
	}
	out, err := d.take(ctx, thread, t)
	if err != nil {
		return knowledge.Decision{}, conversation.Thread{}, err
	}
	if q.Choice == nil { // a choice was counted with the question it answers
		d.tally.add(d.outcome(out.decision), 1)
	}
	remember := q.Session != "" && (!thread.Empty() || !out.thread.Empty())
	if !remember && len(out.notes) == 0 {
		return out.decision, out.thread, nil
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if remember {
			if err := tx.SaveThread(ctx, key, out.thread, d.at().Add(conversation.ThreadLife)); err != nil {
				return err
			}
		}
		return d.noteUnanswered(ctx, tx, inSession(q.Session), out.notes)
	})
	if err != nil { // the citizen still gets the reply: an editor's list may miss one line, a follow-up its context
		d.Log.ErrorContext(ctx, "question not noted", "error", err)
	}
	return out.decision, out.thread, nil
}

// carried is a thread a client brought along, without what cannot be true.
func (d *Desk) carried(t conversation.Thread) conversation.Thread {
	if channel.CheckText("/open", "问题", t.Open, channel.MaxText) != nil {
		return conversation.Answered(d.known(t.Entry), d.question(t.Asked))
	}
	t = conversation.Thread{Open: seal.Mask(t.Open), Offered: d.entries(t.Offered), Refused: d.entries(t.Refused), Round: t.Round}
	if t.Round < 1 || t.Round > conversation.MaxRounds {
		t.Round = conversation.MaxRounds
	}
	return t
}

// known is id if it is an entry's, else empty.
func (d *Desk) known(id string) string {
	if _, ok := d.Library().Entry(id); !ok {
		return ""
	}
	return id
}

// question is text with its personal data masked if it can be a question, else
// empty.
func (d *Desk) question(text string) string {
	if channel.CheckText("/asked", "问题", text, channel.MaxText) != nil {
		return ""
	}
	return seal.Mask(text)
}

// entries keeps the ids of entries, no more than a thread holds.
func (d *Desk) entries(ids []string) []string {
	const most = 8
	var out []string
	for _, id := range ids[:min(most, len(ids))] {
		if d.known(id) != "" {
			out = append(out, id)
		}
	}
	return out
}

// turn checks a question and masks it.
func (q *Question) turn() (turn, error) {
	if len(q.Session) > maxSession {
		return turn{}, problem.New(problem.Invalid, "ask.session", "会话编号太长。")
	}
	if q.Choice != nil && q.Text == "" {
		return turn{choice: q.Choice}, nil
	}
	if f := channel.CheckText("/text", "问题", q.Text, channel.MaxText); f != nil {
		return turn{}, problem.New(problem.Invalid, "ask.invalid", f.Message).With(*f)
	}
	return turn{text: seal.Mask(q.Text), choice: q.Choice}, nil
}

// threadKey names what is remembered of a chat or a session, without telling
// which.
func threadKey(kind, id string) []byte { return digest("thread/" + kind + "/" + id) }

// Decide runs the gates, then the library, and also returns what the library
// was weighed by, best first; nothing where a gate decided. It stores nothing;
// text has its personal data masked.
func (d *Desk) Decide(ctx context.Context, text string) (knowledge.Decision, []knowledge.Scored, error) {
	r, err := d.read(ctx, knowledge.Topic{}, text)
	return r.Decision, r.Scored, err
}

// heard is what of a text is left for the library when the gates have passed
// it, and what they said.
type heard struct {
	rest    string
	gate    conversation.Verdict
	gated   bool
	tricked bool // it tries to give instructions to a machine
}

func hear(text string) heard {
	h := heard{rest: text}
	if h.gate, h.gated = conversation.Gate(text); h.gated {
		h.rest = h.gate.Beside
	}
	h.rest, h.tricked = conversation.Disarm(h.rest)
	return h
}

// read is Decide after something was talked about.
func (d *Desk) read(ctx context.Context, topic knowledge.Topic, text string) (knowledge.Reading, error) {
	h := hear(text)
	switch rest := h.rest; {
	case rest == "" && h.tricked:
		return knowledge.Reading{Decision: d.line(knowledge.SmallTalk, "smalltalk.instruction")}, nil
	case rest == "" && h.gated:
		return knowledge.Reading{Decision: d.line(h.gate.Kind, h.gate.Line)}, nil
	}
	rest, gated, tricked := h.rest, h.gated, h.tricked
	r, err := d.Matcher.Follow(ctx, d.Library(), topic, rest, d.at())
	if err != nil {
		return knowledge.Reading{}, err
	}
	switch kind := r.Decision.Kind; {
	case kind == knowledge.Answer && (!tricked || d.Library().NamesObject(rest)):
		d.completeAnswer(&r.Decision)
	case tricked:
		r.Decision = d.line(knowledge.SmallTalk, "smalltalk.instruction")
	case gated && (kind == knowledge.None || !d.Library().NamesObject(rest)):
		r.Decision = d.line(h.gate.Kind, h.gate.Line)
	case kind == knowledge.None || d.elsewhere(rest, r.Decision.Options):
		r.Decision = d.none(rest, r.Decision.Confidence)
	}
	r.Decision = d.ordered(ctx, r.Asked, r.Decision, r.Scored)
	return r, nil
}

// elsewhere reports whether text names something other authorities answer for
// that none of the options is about.
func (d *Desk) elsewhere(text string, options []knowledge.Option) bool {
	_, word := d.topics.Find(text)
	return word != "" && !slices.ContainsFunc(options, func(o knowledge.Option) bool {
		return d.Library().AsksAbout(o.Entry, word) && !d.Library().Elsewhere(text, o.Entry)
	})
}

// none says that the library has nothing for text, and whom to ask instead
// where that is known.
func (d *Desk) none(text string, confidence float64) knowledge.Decision {
	id, _ := d.topics.Find(text)
	if id == "" {
		id = "none.default"
	}
	decision := d.line(knowledge.None, id)
	decision.Confidence = confidence
	return decision
}

// completeAnswer says plainly what of a message with several questions is not
// answered.
func (d *Desk) completeAnswer(decision *knowledge.Decision) {
	for _, question := range decision.Missed {
		id, _ := d.topics.Find(question)
		if id == "" {
			id = "none.part"
		}
		l := d.fixedLine(id)
		decision.More = append(decision.More, knowledge.FixedReply(l.ID, question, l.Text))
		for _, n := range l.Hotlines {
			if !slices.Contains(decision.Hotlines, n) {
				decision.Hotlines = append(decision.Hotlines, n)
			}
		}
	}
}

// fixedLine is the line with an id; where a bureau's own library does not have
// it, the plain one of its kind.
func (d *Desk) fixedLine(id string) conversation.Line {
	l, ok := d.lines[id]
	switch {
	case ok:
		return l
	case strings.HasPrefix(id, "smalltalk.") && d.lines["smalltalk.test"].Text != "":
		return d.lines["smalltalk.test"]
	}
	return d.lines["none.default"]
}

// line is a decision to say a fixed sentence.
func (d *Desk) line(kind knowledge.Kind, id string) knowledge.Decision {
	l := d.fixedLine(id)
	reply := knowledge.FixedReply(l.ID, "", l.Text)
	return knowledge.Decision{Kind: kind, Confidence: 1, Answer: &reply, Hotlines: l.Hotlines}
}

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
