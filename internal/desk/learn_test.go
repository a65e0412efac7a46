package desk_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

// editor decides, clerk corrects.
func (h *house) editor() desk.Actor {
	a := h.taskForce("editor1")
	a.Edits, a.Correct, a.Figures = true, true, true
	return a
}

func (h *house) clerk() desk.Actor {
	a := h.handler("clerk1", "traffic")
	a.Correct = true
	return a
}

// offered stores a question with a choice, whatever the library would say.
func (h *house) offered(t *testing.T, conversationID, question string, entries ...string) {
	t.Helper()
	body := desk.AnswerBody{Decision: knowledge.Clarify}
	for _, e := range entries {
		body.Options = append(body.Options, desk.AnswerOption{Entry: e, Question: e})
	}
	line := func(role conversation.Role, kind conversation.MessageKind, v any) conversation.Message {
		raw, err := json.Marshal(v)
		must(t, err)
		return conversation.Message{Role: role, Kind: kind, Body: raw, BodyHash: []byte("h"), At: h.now()}
	}
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.Append(ctx, conversationID,
			line(conversation.User, conversation.Text, map[string]string{"text": question}), line(conversation.Robot, conversation.Answer, body))
		return err
	}))
}

func (h *house) choose(t *testing.T, conversationID, cid, entry string) {
	t.Helper()
	_, err := h.Say(t.Context(), desk.Said{Conversation: conversationID, ClientID: cid, Kind: conversation.Choice, Entry: entry})
	must(t, err)
}

func (h *house) waiting(t *testing.T) []desk.Label {
	t.Helper()
	labels, err := h.Labels(t.Context(), h.editor(), desk.LabelFilter{State: desk.LabelWaiting, Limit: 100})
	must(t, err)
	return labels
}

func (h *house) total(t *testing.T) desk.WeekFigures {
	t.Helper()
	h.work(t)
	weeks, err := h.Figures(t.Context(), h.editor(), 1)
	must(t, err)
	return weeks[0].Total
}

// TestAReportTeachesNothing: what was asked in a chat that becomes a report is in no
// list of editors any more, and comes into none later; what others ask stays.
func TestAReportTeachesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	other, a := admitted(t, h), admitted(t, h)
	for _, c := range []string{other.Conversation, a.Conversation} {
		h.offered(t, c, "证件怎么办", "id-card-lost", "passport-first")
		h.choose(t, c, "c1", "")
	}
	h.offered(t, a.Conversation, "邻居王小明改装电动自行车", "id-card-lost", "passport-first")
	h.choose(t, a.Conversation, "c2", "")
	if got := h.waiting(t); len(got) != 2 {
		t.Fatalf("before: %+v", got)
	}
	_, err := h.Say(t.Context(), desk.Said{Conversation: a.Conversation, ClientID: "s1", Kind: conversation.Text, Text: "王小明天天改装"})
	must(t, err)
	_, err = h.HandOver(t.Context(), a.Conversation, "h1", desk.Opening{Letter: channel.Letter{Kind: channel.Report, Title: "改装电动自行车"}})
	must(t, err)
	h.offered(t, a.Conversation, "王小明改装电动自行车没人管", "id-card-lost")
	h.choose(t, a.Conversation, "c3", "id-card-lost")
	if got := h.waiting(t); len(got) != 1 || got[0].Question != "证件怎么办" {
		t.Errorf("after: %+v", got)
	}
	unanswered, err := h.store.Unanswered(t.Context(), 10)
	must(t, err)
	past, err := h.PastQuestions(t.Context(), monday())
	must(t, err)
	if len(unanswered) != 0 || len(past) != 1 || past[0].Text != "证件怎么办" {
		t.Errorf("unanswered %+v, to be replayed %+v", unanswered, past)
	}
}

func TestAChoiceIsAVoteOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	h.offered(t, a.Conversation, "我叫张三，电话13800138000，证件怎么办", "id-card-lost", "passport-first")
	h.choose(t, a.Conversation, "c1", "id-card-lost")
	h.choose(t, a.Conversation, "c1", "id-card-lost") // sent again
	h.choose(t, a.Conversation, "c2", "passport-first")
	h.choose(t, a.Conversation, "c3", "licence-renew") // was never offered
	got := h.waiting(t)
	if len(got) != 1 || got[0].Count != 1 || !slices.Equal(got[0].Votes, []desk.Vote{{Entry: "id-card-lost", Kind: desk.Click, Agrees: true, Count: 1}}) {
		t.Fatalf("votes: %+v", got)
	}
	if strings.Contains(got[0].Question, "138") || !strings.Contains(got[0].Question, "证件怎么办") {
		t.Errorf("kept as %q", got[0].Question)
	}
	if f := h.total(t); f.Resolved != 1 || f.Asked != 0 {
		t.Errorf("figures: %+v", f)
	}
}

func TestNoneOfTheOptionsSpeaksAgainstAll(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, b := admitted(t, h), admitted(t, h)
	h.offered(t, a.Conversation, "证件怎么办？", "id-card-lost", "passport-first")
	h.choose(t, a.Conversation, "c1", "")
	h.offered(t, b.Conversation, "证件 怎么办", "id-card-lost", "passport-first")
	h.choose(t, b.Conversation, "c1", "")
	got := h.waiting(t)
	want := []desk.Vote{{Entry: "id-card-lost", Kind: desk.Click, Count: 2}, {Entry: "passport-first", Kind: desk.Click, Count: 2}}
	if len(got) != 1 || !slices.Equal(got[0].Votes, want) {
		t.Errorf("votes: %+v", got)
	}
	if f := h.total(t); f.Refused != 2 {
		t.Errorf("figures: %+v", f)
	}
}

func TestTheFirstRatingOfAMessageStays(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "身份证丢了怎么补办"))
	must(t, err)
	first, err := h.Rate(t.Context(), a.Conversation, 2, 1)
	must(t, err)
	again, err := h.Rate(t.Context(), a.Conversation, 2, 5)
	must(t, err)
	if first.Duplicate || !again.Duplicate || again.Score != 1 || !again.At.Equal(first.At) {
		t.Errorf("rated %+v, then %+v", first, again)
	}
	got := h.waiting(t)
	if len(got) != 1 || !slices.Equal(got[0].Votes, []desk.Vote{{Entry: "id-card-lost", Kind: desk.Rating, Count: 1}}) {
		t.Errorf("votes: %+v", got)
	}
	if f := h.total(t); f.Disliked != 1 || f.Liked != 0 || f.Answered != 1 || f.Asked != 1 {
		t.Errorf("figures: %+v", f)
	}
	for name, try := range map[string]struct {
		seq   int64
		score int
		code  string
	}{
		"own message":  {1, 5, "chat.not_rated"},
		"not there":    {9, 5, "chat.not_rated"},
		"below":        {-4, 5, "chat.not_rated"},
		"no score":     {2, 0, "chat.score"},
		"beyond score": {2, 6, "chat.score"},
	} {
		if _, err := h.Rate(t.Context(), a.Conversation, try.seq, try.score); !problem.HasCode(err, try.code) {
			t.Errorf("%s says %v", name, err)
		}
	}
}

func TestPagesVoteOnlyForWhatTheyCanHaveShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, p := range []desk.PageFeedback{
		{Key: "k1", Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 5},
		{Key: "k1", Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 5},  // sent again
		{Key: "k2", Text: "身份证丢了怎么补办", Entry: "licence-renew", Score: 5}, // for another question
		{Key: "k3", Text: "红烧肉怎么做才好吃", Entry: "id-card-lost"},
		{Key: "", Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 5},
		{Key: "k4", Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 6},
		{Key: strings.Repeat("k", 65), Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 5},
		{Key: "k5", Text: "身份证丢了怎么补办", Entry: "id-card-lost", Score: 3}, // neither good nor bad
	} {
		must(t, h.Heed(t.Context(), p))
	}
	got := h.waiting(t)
	if len(got) != 1 || !slices.Equal(got[0].Votes, []desk.Vote{{Entry: "id-card-lost", Kind: desk.Rating, Agrees: true, Count: 1}}) {
		t.Errorf("votes: %+v", got)
	}
	if f := h.total(t); f.Liked != 1 || f.Neutral != 1 {
		t.Errorf("figures: %+v", f)
	}
}

func TestACorrectionIsDecidedByAnEditor(t *testing.T) {
	t.Parallel()
	h := open(t)
	label, err := h.Correct(t.Context(), h.clerk(), desk.Objection{Question: "电话13800138000，办本本要啥", Entry: "passport-first"})
	must(t, err)
	if strings.Contains(label.Question, "138") || label.State != desk.LabelWaiting {
		t.Errorf("proposed %+v", label)
	}
	decide := func(a desk.Actor, c desk.LabelDecision) (desk.Label, error) {
		return h.DecideLabel(t.Context(), a, label.ID, c)
	}
	yes := desk.LabelDecision{Version: 1, State: desk.LabelConfirmed, Entries: []string{"passport-first", "passport-first"}}
	for name, try := range map[string]struct {
		actor desk.Actor
		c     desk.LabelDecision
		code  string
	}{
		"a clerk":      {h.clerk(), yes, "answers.denied"},
		"no decision":  {h.editor(), desk.LabelDecision{Version: 1, State: desk.LabelWaiting}, "label.state"},
		"no entry":     {h.editor(), desk.LabelDecision{Version: 1, State: desk.LabelConfirmed, Entries: []string{"x"}}, "label.entry"},
		"another view": {h.editor(), desk.LabelDecision{Version: 7, State: desk.LabelConfirmed}, "label.stale"},
	} {
		if _, err := decide(try.actor, try.c); !problem.HasCode(err, try.code) {
			t.Errorf("%s says %v", name, err)
		}
	}
	decided, err := decide(h.editor(), yes)
	must(t, err)
	if decided.State != desk.LabelConfirmed || !slices.Equal(decided.Entries, []string{"passport-first"}) || decided.DecidedBy != "editor1" || !decided.DecidedAt.Equal(h.now()) {
		t.Errorf("decided %+v", decided)
	}
	taught, err := h.Taught(t.Context())
	must(t, err)
	if len(taught) != 1 || taught[0].ID != label.ID {
		t.Errorf("taught %+v", taught)
	}
	decided, err = decide(h.editor(), desk.LabelDecision{Version: 2, State: desk.LabelRejected})
	must(t, err)
	_, err = decide(h.editor(), desk.LabelDecision{Version: decided.Version, State: desk.LabelConfirmed})
	must(t, err)
	if f := h.total(t); f.Corrected != 2 {
		t.Errorf("figures: %+v", f)
	}
	if got := h.audited(t, "label/"+label.ID); !slices.Equal(got, []string{"clerk1 label.propose", "editor1 label.confirm", "editor1 label.reject", "editor1 label.confirm"}) {
		t.Errorf("audited %q", got)
	}
}

// audited lists who did what to an object.
func (h *house) audited(t *testing.T, object string) (acts []string) {
	t.Helper()
	lane, err := h.store.AuditLane(t.Context(), audit.LaneOf(object))
	must(t, err)
	for _, e := range lane {
		if e.Object == object {
			acts = append(acts, e.Actor+" "+e.Action)
		}
	}
	return acts
}

func TestCorrectionsThatAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, try := range map[string]struct {
		actor desk.Actor
		o     desk.Objection
		code  string
	}{
		"a leader":      {h.staff("leader", "bureau"), desk.Objection{Question: "问"}, "answers.denied"},
		"empty":         {h.clerk(), desk.Objection{}, "label.invalid"},
		"no words":      {h.clerk(), desk.Objection{Question: "？！"}, "label.invalid"},
		"endless":       {h.clerk(), desk.Objection{Question: strings.Repeat("问", 2001)}, "label.invalid"},
		"unknown entry": {h.clerk(), desk.Objection{Question: "问", Entry: "nothing"}, "label.entry"},
	} {
		if _, err := h.Correct(t.Context(), try.actor, try.o); !problem.HasCode(err, try.code) {
			t.Errorf("%s says %v", name, err)
		}
	}
	if got := h.waiting(t); len(got) != 0 {
		t.Errorf("kept %+v", got)
	}
}

// TestPastWeeksDoNotChange: figures belong to the day something happened on.
func TestPastWeeksDoNotChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := admitted(t, h)
	sunday := time.Date(2026, 6, 14, 15, 59, 0, 0, time.UTC) // 23:59 in Beijing
	h.pass(sunday.Sub(h.now()))
	_, err := h.Say(t.Context(), say(h, a.Conversation, "c1", "身份证丢了怎么补办"))
	must(t, err)
	_, err = h.Ask(t.Context(), desk.Question{Text: "红烧肉怎么做才好吃"})
	must(t, err)
	h.work(t)
	h.pass(2 * time.Minute)
	past, err := h.Figures(t.Context(), h.editor(), 2)
	must(t, err)
	_, err = h.Rate(t.Context(), a.Conversation, 2, 5)
	must(t, err)
	weeks, err := h.Figures(t.Context(), h.editor(), 2)
	must(t, err)
	if w := weeks[1]; w.Name != "2026-W24" || w.From != "2026-06-08" || w.To != "2026-06-14" || !w.Final || w.Total != past[1].Total ||
		w.Total.Asked != 2 || w.Total.Answered != 1 || w.Total.None != 1 || len(w.Categories) != 2 {
		t.Errorf("the week before: %+v", w)
	}
	if w := weeks[0]; w.Name != "2026-W25" || w.Final || w.Total != (desk.WeekFigures{Liked: 1}) || w.Categories[0].Category != "身份证" {
		t.Errorf("this week: %+v", w)
	}
	if _, err := h.Figures(t.Context(), h.clerk(), 2); !problem.HasCode(err, "answers.denied") {
		t.Errorf("a clerk sees figures: %v", err)
	}
}

func TestCountsSurviveAStoreThatFails(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.Ask(t.Context(), desk.Question{Text: "身份证丢了怎么补办"})
	must(t, err)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.StoreCounts(gone); err == nil {
		t.Error("counts were stored with a context that is over")
	}
	if f := h.total(t); f.Asked != 1 || f.Answered != 1 {
		t.Errorf("figures: %+v", f)
	}
	if f := h.total(t); f.Asked != 1 {
		t.Errorf("counted again: %+v", f)
	}
}

// TestConfirmedLabelsCountWithoutRestart while questions are being answered.
func TestConfirmedLabelsCountWithoutRestart(t *testing.T) {
	t.Parallel()
	h := open(t)
	const question = "身份证丢了怎么补办"
	prior := func() (string, float64) {
		_, scored, err := h.Decide(t.Context(), question)
		must(t, err)
		return scored[0].Entry, scored[0].Features()["popular"]
	}
	entry, before := prior()
	must(t, h.LearnPopularity(t.Context()))
	if _, got := prior(); before != 0 || got != 0 {
		t.Fatalf("nothing is confirmed, yet the prior is %v, then %v", before, got)
	}
	l, err := h.Correct(t.Context(), h.editor(), desk.Objection{Question: question})
	must(t, err)
	_, err = h.DecideLabel(t.Context(), h.editor(), l.ID, desk.LabelDecision{Version: 1, State: desk.LabelConfirmed, Entries: []string{entry}})
	must(t, err)
	var asking sync.WaitGroup
	asking.Go(func() {
		if _, _, err := h.Decide(t.Context(), question); err != nil {
			t.Error(err)
		}
	})
	err = h.LearnPopularity(t.Context())
	asking.Wait()
	must(t, err)
	if _, got := prior(); got != 1 {
		t.Errorf("the prior of the only entry confirmed is %v, want 1", got)
	}
}
