package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// agreed is a letter whose writer lets the public read what was asked.
func agreed() channel.Letter {
	l := letter()
	l.Kind, l.Consent = channel.Help, true
	return l
}

// replied is a letter whose reply names people.
func replied(t *testing.T, l channel.Letter) *story {
	t.Helper()
	s := begin(t, open(t), desk.Opening{Letter: l})
	s.toHandling()
	s.answer("张三：信号灯已经修好。维修人员电话13800138001，办理民警李建国。")
	return s
}

func (s *story) discloses(a desk.Actor, c desk.DisclosureCommand) (desk.DisclosureView, error) {
	s.t.Helper()
	return s.Disclose(s.t.Context(), a, s.receipt.Number, c)
}

func redacted() desk.DisclosureCommand {
	return desk.DisclosureCommand{Decision: review.Redacted, Reason: "personal", Title: "学校门口的信号灯"}
}

// confirms accepts everything that is suggested.
func (s *story) confirms(v desk.DisclosureView) desk.DisclosureView {
	s.t.Helper()
	c := desk.RedactionCommand{Version: v.Version}
	for i := range v.Redactions {
		c.Confirm = append(c.Confirm, desk.Confirmation{N: i + 1})
	}
	v, err := s.ConfirmRedactions(s.t.Context(), s.handler, s.receipt.Number, c)
	must(s.t, err)
	return v
}

// publishes lets a text that was decided on pass all steps.
func (s *story) publishes(v desk.DisclosureView) {
	s.t.Helper()
	s.pass(time.Hour)
	s.approved(s.t, v.Text.ID)
	_, err := s.takes(s.t, s.readers()[3], v.Text.ID, desk.TextCommand{Move: review.Publish})
	must(s.t, err)
}

func (s *story) published(query string) []desk.PublicReplyView {
	s.t.Helper()
	page, err := s.PublicReplies(s.t.Context(), desk.ReplyFilter{Query: query})
	must(s.t, err)
	return page.Replies
}

func TestAReplyIsPublishedOnceWhatItHidesIsConfirmed(t *testing.T) {
	t.Parallel()
	s := replied(t, agreed())
	v, err := s.discloses(s.handler, redacted())
	must(t, err)
	var hidden []string
	for i := range v.Redactions {
		hidden = append(hidden, v.Redactions[i].Passage(&v.Source))
	}
	if want := []string{"张三", "13800138001", "李建国"}; !slices.Equal(hidden, want) {
		t.Errorf("a machine hides %v, want %v", hidden, want)
	}
	if c := v.Text.Latest().Content; strings.Contains(c.All(), "1380013") || !strings.Contains(c.Body, "【姓名】：信号灯") {
		t.Errorf("the first version reads %s", c.All())
	}
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Submit})
	wantCode(t, err, problem.Conflict, "disclosure.unconfirmed")
	if got := pointers(err); len(got) != 3 {
		t.Errorf("points at %v", got)
	}
	c := v.Text.Latest().Content
	c.Body += "欢迎监督。"
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Edit, Content: c})
	wantCode(t, err, problem.Conflict, "disclosure.unconfirmed")

	_, err = s.ConfirmRedactions(t.Context(), s.handler, s.receipt.Number, desk.RedactionCommand{Version: v.Version, Add: []review.Redaction{{Part: review.BodyPart, From: 0, To: 1}}})
	wantCode(t, err, problem.Invalid, "disclosure.redaction")
	v = s.confirms(v)
	v, err = s.ConfirmRedactions(t.Context(), s.handler, s.receipt.Number, desk.RedactionCommand{
		Version: v.Version, Confirm: []desk.Confirmation{{N: 1, With: "来信人"}}, Add: []review.Redaction{{Part: review.AskedPart, From: 0, To: 4, With: "某学校"}},
	})
	must(t, err)
	_, err = s.ConfirmRedactions(t.Context(), s.handler, s.receipt.Number, desk.RedactionCommand{Version: 1})
	wantCode(t, err, problem.Conflict, "disclosure.stale")
	s.publishes(v)

	found := s.published("信号灯 修好")
	if len(found) != 1 {
		t.Fatalf("found %+v", found)
	}
	p := found[0]
	if p.Title != "学校门口的信号灯" || p.Text != "来信人：信号灯已经修好。维修人员电话【电话号码】，办理民警【姓名】。" || !strings.HasPrefix(p.Asked, "某学校的信号灯") ||
		p.UnitName != "交警支队" || !p.Redacted || !p.Received.Before(p.Answered) || !p.Answered.Before(p.Published) {
		t.Errorf("the public reads %+v", p)
	}
	for after, want := range map[string]string{"soon": "replies.after", "1.": "replies.after", "1.x": ""} {
		page, err := s.PublicReplies(t.Context(), desk.ReplyFilter{After: after})
		if want == "" && (err != nil || len(page.Replies) > 0) || want != "" && !problem.HasCode(err, want) {
			t.Errorf("after %s: %+v, %v", after, page, err)
		}
	}
	line, err := s.Lookup(t.Context(), s.receipt.Number, s.receipt.QueryCode)
	must(t, err)
	if line.Published != p.ID || line.Steps[len(line.Steps)-1].Text != ticket.Publish.Public() {
		t.Errorf("its writer is shown %q, %v", line.Published, line.Steps)
	}

	_, err = s.discloses(s.handler, desk.DisclosureCommand{Version: v.Version, Decision: review.RequesterOnly, Reason: "own_matter"})
	wantCode(t, err, problem.Conflict, "disclosure.live")
	_, err = s.takes(t, s.readers()[5], p.ID, desk.TextCommand{Move: review.Withdraw, Reason: "disclosure", Words: "来信人不愿公开了。"})
	must(t, err)
	if left := s.published(""); len(left) != 0 {
		t.Errorf("withdrawn, the public reads %+v", left)
	}
	_, err = s.PublicReply(t.Context(), p.ID)
	wantCode(t, err, problem.NotFound, "reply.not_found")
	shown, err := s.Ticket(t.Context(), s.handler, s.receipt.Number)
	must(t, err)
	if d := shown.Disclosure; d == nil || d.By != s.handler.ID || d.Text.State != review.Withdrawn {
		t.Errorf("staff are shown %+v", d)
	}
	acts := s.audited(t, "ticket/"+shown.Ticket.ID)
	for _, act := range []string{"disclosure.decide", "disclosure.confirm", "disclosure.refused", "ticket.publish", "ticket.retract"} {
		if !slices.ContainsFunc(acts, func(did string) bool { return strings.HasSuffix(did, " "+act) }) {
			t.Errorf("the trail lacks %s: %v", act, acts)
		}
	}
}

// TestNothingOfALetterIsPublishedAgainstItsWriter: without consent neither its
// words nor its title, only what the bureau wrote.
func TestNothingOfALetterIsPublishedAgainstItsWriter(t *testing.T) {
	t.Parallel()
	l := agreed()
	l.Consent = false
	s := replied(t, l)
	c := redacted()
	c.Asked = "学校门口的信号灯坏了。"
	_, err := s.discloses(s.force, c)
	wantCode(t, err, problem.Conflict, "disclosure.consent")
	c.Asked, c.Title = "", ""
	v, err := s.discloses(s.force, c)
	must(t, err)
	content := v.Text.Latest().Content
	if len(content.Attributes) != 0 || strings.Contains(content.Title, "信号灯") || content.Title == "" {
		t.Errorf("made of it: %+v", content)
	}
	v = s.confirms(v)
	content.Attributes = []review.Attribute{{Name: "asked", Value: "信号灯坏了。"}}
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Edit, Content: content})
	wantCode(t, err, problem.Invalid, "disclosure.consent")
}

func TestAReplyThatIsNotPublished(t *testing.T) {
	t.Parallel()
	s := replied(t, agreed())
	v, err := s.discloses(s.handler, desk.DisclosureCommand{Decision: review.RequesterOnly, Reason: "own_matter", Note: "只涉及本人。"})
	must(t, err)
	if v.Text != nil || v.Source.Body != "" || v.By != s.handler.ID {
		t.Errorf("kept %+v", v)
	}
	_, err = s.ConfirmRedactions(t.Context(), s.handler, s.receipt.Number, desk.RedactionCommand{Version: v.Version})
	wantCode(t, err, problem.Conflict, "disclosure.none")
	_, err = s.discloses(s.handler, desk.DisclosureCommand{Version: v.Version, Decision: review.Full, Reason: "personal"})
	wantCode(t, err, problem.Invalid, "disclosure.invalid")

	whole := desk.DisclosureCommand{Version: v.Version, Decision: review.Full, Reason: "concern"}
	v, err = s.discloses(s.handler, whole)
	must(t, err)
	v = s.confirms(v)
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Submit})
	wantCode(t, err, problem.Conflict, "disclosure.not_full")

	v, err = s.discloses(s.handler, desk.DisclosureCommand{Version: v.Version, Decision: review.NotAtAll, Reason: "internal"})
	must(t, err)
	if v.Text.State != review.Withdrawn {
		t.Errorf("what was drafted is %s", v.Text.State)
	}
	was := v.Text
	whole.Version = v.Version
	v, err = s.discloses(s.handler, whole)
	must(t, err)
	if v.Text.ID == was.ID || v.Text.State != review.Draft {
		t.Errorf("decided anew, there is %s in %s", v.Text.ID, v.Text.State)
	}
	_, err = s.takes(t, s.writer(), was.ID, desk.TextCommand{Move: review.Edit, Content: closure()})
	wantCode(t, err, problem.Conflict, "disclosure.withdrawn")
	v = s.confirms(v)

	s.do(s.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Submit})
	wantCode(t, err, problem.Conflict, "disclosure.round")
	whole.Version = v.Version
	_, err = s.discloses(s.force, whole)
	wantCode(t, err, problem.Conflict, "disclosure.no_reply")
}

// TestWhoHasToDoWithPublication: nobody decides about, or reads, what is not theirs.
func TestWhoHasToDoWithPublication(t *testing.T) {
	t.Parallel()
	l := agreed()
	l.Kind = channel.Complaint
	s := begin(t, open(t), desk.Opening{Letter: l, Names: []string{"网安支队"}})
	s.toHandling()
	_, err := s.discloses(s.handler, redacted())
	wantCode(t, err, problem.Conflict, "disclosure.no_reply")
	s.answer("已核实。")
	for who, a := range map[string]desk.Actor{
		"another unit": s.person("other", "economic", access.Handler), "an editor": s.person("editor", "economic", access.Editor),
		"who it is about": s.person("named", "cyber", access.Head),
	} {
		if _, err := s.discloses(a, redacted()); !problem.HasCode(err, "ticket.not_found") {
			t.Errorf("%s decides: %v", who, err)
		}
		if _, err := s.Disclosure(t.Context(), a, s.receipt.Number); !problem.HasCode(err, "ticket.not_found") {
			t.Errorf("%s looks: %v", who, err)
		}
	}
	_, err = s.discloses(s.leader, redacted())
	wantCode(t, err, problem.Denied, "disclosure.denied")
	v, err := s.discloses(s.handler, redacted())
	must(t, err)

	named := s.person("named", "cyber", access.Editor)
	_, err = s.Text(t.Context(), named, v.Text.ID)
	wantCode(t, err, problem.NotFound, "review.not_found")
	_, err = s.MoveText(t.Context(), named, v.Text.ID, desk.TextCommand{Move: review.Pass, Hash: v.Text.Latest().Hash})
	wantCode(t, err, problem.NotFound, "review.not_found")
	for a, want := range map[*desk.Actor]int{&named: 0, {ID: "editor", Unit: "economic", Path: s.Tree.Path("economic"), Reviews: true}: 1} {
		if list, err := s.Texts(t.Context(), *a, desk.ReviewFilter{}, false); err != nil || len(list) != want {
			t.Errorf("%s is shown %d texts, %v", a.ID, len(list), err)
		}
	}
	s.account(t, "named", "cyber", access.Editor)
	s.account(t, "editor", "economic", access.Editor)
	must(t, s.LearnOrganisation(t.Context()))
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Submit})
	must(t, err)
	for _, a := range s.readers()[:2] {
		_, err = s.takes(t, a, v.Text.ID, desk.TextCommand{Move: review.Pass})
		must(t, err)
	}
	s.work(t)
	for unit, want := range map[string]bool{"cyber": false, "economic": true} {
		told, err := s.store.Notifications(t.Context(), []string{unit}, 10)
		must(t, err)
		if slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == "review.step" }) != want {
			t.Errorf("%s is told %+v", unit, told)
		}
	}
	v, err = s.discloses(s.handler, desk.DisclosureCommand{Version: v.Version, Decision: review.NotAtAll, Reason: "process"})
	must(t, err)
	again := redacted()
	again.Version = v.Version
	v, err = s.discloses(s.handler, again)
	must(t, err)
	if list, err := s.Texts(t.Context(), named, desk.ReviewFilter{}, false); err != nil || len(list) != 0 {
		t.Errorf("what was withdrawn is shown to whom it is about: %d texts, %v", len(list), err)
	}
	_, err = s.DraftText(t.Context(), s.writer(), desk.TextDraft{Kind: review.PublishedReply, Subject: "t", Content: v.Text.Latest().Content})
	wantCode(t, err, problem.Invalid, "review.kind")

	report := letter()
	report.Kind = channel.Report
	secret := begin(t, s.house, desk.Opening{Letter: report})
	secret.toHandling()
	secret.answer("线索已经核查。")
	_, err = secret.discloses(secret.force, desk.DisclosureCommand{Decision: review.Full, Reason: "concern"})
	wantCode(t, err, problem.Conflict, "disclosure.kind")
}

// TestFiguresOfLetters: they are counted once an hour, and reports are in none.
func TestFiguresOfLetters(t *testing.T) {
	t.Parallel()
	s := replied(t, agreed())
	v, err := s.discloses(s.handler, redacted())
	must(t, err)
	s.publishes(s.confirms(v))
	report := letter()
	report.Kind = channel.Report
	begin(t, s.house, desk.Opening{Letter: report})
	f, err := s.MessageFigures(t.Context())
	must(t, err)
	want := desk.MessageCounts{Received: 1, Accepted: 1, Answered: 1, OnTime: 1, Published: 1}
	if len(f.Months) != 12 || f.Months[0].MessageCounts != want || f.Months[0].Month != "2026-06" || f.Total != want || f.Months[11].Month != "2025-07" {
		t.Errorf("counted %+v", f)
	}
	begin(t, s.house, desk.Opening{Letter: agreed()})
	again, err := s.MessageFigures(t.Context())
	must(t, err)
	s.pass(time.Hour)
	later, err := s.MessageFigures(t.Context())
	must(t, err)
	if again.Total.Received != 1 || later.Total.Received != 2 || later.Total.Valid() != 2 {
		t.Errorf("counted %d at once, %d an hour later", again.Total.Received, later.Total.Received)
	}
}

// TestPublishedRepliesAreCountedOnce: the row of the yearly form counts replies by
// when they were first published, lists the tickets behind it and, counted again
// from the trail of events, is the same.
func TestPublishedRepliesAreCountedOnce(t *testing.T) {
	t.Parallel()
	s := replied(t, agreed())
	v, err := s.discloses(s.handler, redacted())
	must(t, err)
	v = s.confirms(v)
	s.publishes(v)
	edited := v.Text.Latest().Content
	edited.Body += "欢迎监督。"
	_, err = s.takes(t, s.writer(), v.Text.ID, desk.TextCommand{Move: review.Edit, Content: edited})
	must(t, err)
	s.publishes(v)
	if p := s.published("")[0]; p.Version != 2 || !strings.HasSuffix(p.Text, "欢迎监督。") {
		t.Errorf("the public reads version %d: %s", p.Version, p.Text)
	}
	_, err = s.takes(t, s.readers()[3], v.Text.ID, desk.TextCommand{Move: review.Withdraw, Reason: "outdated", Words: "路口已经改造。"})
	must(t, err)

	leader := watcher(s.leader)
	r, err := s.Report(t.Context(), leader, "2026", desk.ByUnit)
	must(t, err)
	row := ""
	for _, table := range r.Tables {
		for _, f := range table.Rows {
			if table.ID+"."+f.ID == "website.published" {
				row = f.Text()
			}
		}
	}
	recount := 0
	for _, e := range s.view().Events {
		if e.Move == ticket.Publish {
			recount++
		}
	}
	if row != "1" || recount != 2 {
		t.Errorf("published: %s, by %d events", row, recount)
	}
	behind, err := s.ReportTickets(t.Context(), leader, desk.Figure{Period: "2026", By: desk.ByUnit, ID: "website.published"})
	must(t, err)
	if len(behind.Tickets) != 1 || behind.Tickets[0].Number != s.receipt.Number {
		t.Errorf("behind it: %+v", behind.Tickets)
	}
}
