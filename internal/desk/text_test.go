package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// as in the tests of tickets, and with what the role allows with public texts.
func (h *house) person(id, unit string, role access.Role) desk.Actor {
	a := h.as(id, unit, role)
	a.Publishes = access.GrantOf(access.User{Roles: []access.Role{role}}).Publish
	return a
}

func wantCode(t *testing.T, err error, kind problem.Kind, code string) {
	t.Helper()
	if problem.KindOf(err) != kind || !problem.HasCode(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// pointers are where a refusal points at.
func pointers(err error) []string {
	var ps []string
	if e, ok := errors.AsType[*problem.Error](err); ok {
		for _, f := range e.Fields {
			ps = append(ps, f.Pointer)
		}
	}
	return ps
}

// readers take the six steps of a public text of the traffic police.
func (h *house) readers() []desk.Actor {
	return []desk.Actor{
		h.person("handler2", "traffic", access.Handler), h.person("head", "traffic", access.Head), h.person("editor", "cyber", access.Editor),
		h.person("force", assignment.TaskForce, access.TaskForce), h.person("force2", assignment.TaskForce, access.TaskForce), h.person("leader", h.Tree.Root().ID, access.Leader),
	}
}

func (h *house) writer() desk.Actor { return h.person("writer", "traffic", access.Handler) }

func closure(attributes ...review.Attribute) review.Content {
	return review.Content{
		Title: "环城路临时封闭", Body: "因抢修，环城路今日起封闭，请绕行。", Attributes: attributes,
		Disclosure: review.Disclosure{Decision: review.Full, Reason: "concern"},
	}
}

func emergency(until time.Time) review.Content {
	return closure(review.Attribute{Name: "level", Value: "emergency"}, review.Attribute{Name: "until", Value: until.Format(time.RFC3339)})
}

func (h *house) draft(t *testing.T, c review.Content) desk.TextView {
	t.Helper()
	v, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Notice, Content: c})
	must(t, err)
	return v
}

// takes makes a move on the version that is there.
func (h *house) takes(t *testing.T, a desk.Actor, id string, c desk.TextCommand) (desk.TextView, error) {
	t.Helper()
	v, err := h.Text(t.Context(), h.readers()[3], id)
	must(t, err)
	if w, ok := v.Wait(); ok && c.Step == "" {
		c.Step = w.Step.ID
	}
	if c.Move == review.Pass {
		c.Gates = review.Gates()
	}
	c.Hash = v.Latest().Hash
	return h.MoveText(t.Context(), a, id, c)
}

// approved lets a text pass all six steps.
func (h *house) approved(t *testing.T, id string) {
	t.Helper()
	_, err := h.takes(t, h.writer(), id, desk.TextCommand{Move: review.Submit})
	must(t, err)
	for _, a := range h.readers() {
		_, err := h.takes(t, a, id, desk.TextCommand{Move: review.Pass})
		must(t, err)
	}
}

func TestANoticeIsReadBySixPeopleBeforeThePublicReadsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.draft(t, emergency(h.now().Add(24*time.Hour)))
	h.approved(t, v.ID)
	if all, err := h.Notices(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("before it is published: %v %v", all, err)
	}
	_, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Publish})
	wantCode(t, err, problem.Denied, "review.denied")
	_, err = h.takes(t, h.readers()[3], v.ID, desk.TextCommand{Move: review.Publish})
	must(t, err)
	all, err := h.Notices(t.Context())
	must(t, err)
	if len(all) != 1 || all[0].Title != "环城路临时封闭" || all[0].Level != desk.EmergencyNotice || all[0].Unit != "交警支队" {
		t.Errorf("the public reads %+v", all)
	}
	a, err := h.Admit(t.Context(), "", "")
	must(t, err)
	said, err := h.store.Messages(t.Context(), a.Conversation, 0, 10)
	must(t, err)
	if len(said) != 1 || !strings.Contains(string(said[0].Body), "环城路临时封闭") {
		t.Errorf("a chat begins with %v", said)
	}
	h.pass(24 * time.Hour)
	if all, err := h.Notices(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after its time: %v %v", all, err)
	}
	trail, err := h.store.Trail(t.Context(), "review/"+v.ID)
	must(t, err)
	did := []string{}
	for _, e := range trail {
		did = append(did, e.Action)
	}
	want := []string{"review.write", "review.submit", "review.pass", "review.pass", "review.pass", "review.pass", "review.pass", "review.pass", "review.refused", "review.publish"}
	if !slices.Equal(did, want) {
		t.Errorf("trail %v, want %v", did, want)
	}
	if trail[8].Detail["code"] != "review.denied" || trail[9].Actor != "force" {
		t.Errorf("trail %+v", []audit.Entry{trail[8], trail[9]})
	}
}

func TestAnEditOfAPublishedNoticeLeavesTheOldOneUntilItIsReadAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.draft(t, closure())
	h.approved(t, v.ID)
	publish := func() {
		_, err := h.takes(t, h.readers()[3], v.ID, desk.TextCommand{Move: review.Publish})
		must(t, err)
	}
	publish()
	next := closure()
	next.Body = "抢修延长到周五，请继续绕行。"
	_, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Edit, Content: next})
	must(t, err)
	n, err := h.Notice(t.Context(), v.ID)
	if err != nil || n.Text != closure().Body || n.Versions != 1 {
		t.Errorf("meanwhile: %+v %v", n, err)
	}
	h.approved(t, v.ID)
	publish()
	n, err = h.Notice(t.Context(), v.ID)
	if err != nil || n.Text != next.Body || n.Versions != 2 {
		t.Errorf("then: %+v %v", n, err)
	}
	_, err = h.takes(t, h.readers()[5], v.ID, desk.TextCommand{Move: review.Withdraw, Reason: "outdated", Words: "道路已经恢复。"})
	must(t, err)
	_, err = h.Notice(t.Context(), v.ID)
	wantCode(t, err, problem.NotFound, "notice.not_found")
}

func TestWhatIsNoNotice(t *testing.T) {
	t.Parallel()
	h := open(t)
	soon := func(d time.Duration) string { return h.now().Add(d).Format(time.RFC3339) }
	for name, c := range map[string]struct {
		content review.Content
		field   string
	}{
		"a schedule in the past":         {closure(review.Attribute{Name: "from", Value: soon(-time.Hour)}), "/attributes/from"},
		"an end in the past":             {closure(review.Attribute{Name: "until", Value: soon(-time.Hour)}), "/attributes/until"},
		"an end before its start":        {closure(review.Attribute{Name: "from", Value: soon(2 * time.Hour)}, review.Attribute{Name: "until", Value: soon(time.Hour)}), "/attributes/until"},
		"an emergency without an end":    {closure(review.Attribute{Name: "level", Value: "emergency"}), "/attributes/until"},
		"an emergency that never ends":   {emergency(h.now().Add(31 * 24 * time.Hour)), "/attributes/until"},
		"a level nobody knows":           {closure(review.Attribute{Name: "level", Value: "loud"}), "/attributes/level"},
		"a time nobody can read":         {closure(review.Attribute{Name: "from", Value: "明天"}), "/attributes/from"},
		"something a notice has nothing": {closure(review.Attribute{Name: "colour", Value: "red"}), "/attributes"},
	} {
		_, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Notice, Content: c.content})
		if at := pointers(err); !problem.HasCode(err, "notice.invalid") || len(at) != 1 || at[0] != c.field {
			t.Errorf("%s: %v at %v, want %s", name, err, at, c.field)
		}
	}
	_, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Reply, Content: closure()})
	wantCode(t, err, problem.Invalid, "review.kind")
	_, err = h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Notice, Unit: "cyber", Content: closure()})
	wantCode(t, err, problem.Denied, "review.denied")
}

func TestATextWithPersonalDataIsSubmittedOnlyWithAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := closure()
	c.Body = "请联系王建国，手机13800138000。"
	v := h.draft(t, c)
	_, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit})
	wantCode(t, err, problem.Invalid, "review.blocked")
	if !strings.HasPrefix(strings.Join(pointers(err), ""), "/body") {
		t.Errorf("points at %v", pointers(err))
	}
	after, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit, Words: "值班电话，本人同意公开。"})
	must(t, err)
	if after.State != review.InReview || len(after.Findings) == 0 {
		t.Errorf("state %s, findings %v", after.State, after.Findings)
	}
}

func TestOthersTextsAreNotThere(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.draft(t, closure())
	stranger := h.person("stranger", "cyber", access.Handler)
	_, err := h.Text(t.Context(), stranger, v.ID)
	wantCode(t, err, problem.NotFound, "review.not_found")
	_, err = h.MoveText(t.Context(), stranger, v.ID, desk.TextCommand{Move: review.Submit, Hash: v.Latest().Hash})
	wantCode(t, err, problem.NotFound, "review.not_found")
	found, err := h.Texts(t.Context(), stranger, desk.ReviewFilter{}, false)
	if err != nil || len(found) != 0 {
		t.Errorf("a list of %v, %v", found, err)
	}
	_, err = h.Texts(t.Context(), desk.Actor{ID: "nobody"}, desk.ReviewFilter{}, false)
	wantCode(t, err, problem.Denied, "review.denied")
}

func TestALateStepIsRemindedOfUntilItIsTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account(t, "editor", "cyber", access.Editor)
	must(t, h.LearnOrganisation(t.Context()))
	v := h.draft(t, closure())
	v, err := h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit})
	must(t, err)
	told := func(unit, kind string) int {
		t.Helper()
		h.work(t)
		ns, err := h.store.Notifications(t.Context(), []string{unit}, 100)
		must(t, err)
		return len(slices.DeleteFunc(ns, func(n desk.Notification) bool { return n.Kind != kind }))
	}
	if n := told("traffic", "review.step"); n != 1 {
		t.Errorf("the first reader was told %d times", n)
	}
	list, err := h.Texts(t.Context(), h.readers()[0], desk.ReviewFilter{States: []review.State{review.InReview}}, true)
	if err != nil || len(list) != 1 || !list[0].Due.Equal(v.Due) {
		t.Errorf("what waits for the reader: %+v, %v", list, err)
	}
	if list, err = h.Texts(t.Context(), h.readers()[1], desk.ReviewFilter{}, true); err != nil || len(list) != 0 {
		t.Errorf("what waits for the next one: %+v, %v", list, err)
	}
	h.pass(v.Due.Sub(h.now()) + time.Second)
	if n, m := told("traffic", "review.late"), told(assignment.TaskForce, "review.late"); n != 1 || m != 1 {
		t.Errorf("after the date: unit %d, task force %d", n, m)
	}
	h.pass(48 * time.Hour)                           // the day has just begun: the next working day ends tomorrow
	if n := told("traffic", "review.late"); n != 3 { // the reader again, and now the head
		t.Errorf("a working day later: %d", n)
	}
	for _, a := range h.readers()[:2] {
		_, err = h.takes(t, a, v.ID, desk.TextCommand{Move: review.Pass})
		must(t, err)
	}
	if n := told("cyber", "review.step"); n != 1 {
		t.Errorf("the editor was told %d times", n)
	}
	h.pass(12 * time.Hour)
	if n := told("traffic", "review.late"); n != 3 {
		t.Errorf("after it was taken: %d", n)
	}
}

func TestADeputyReadsInAnothersNameAndCountsAsBoth(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Rights = func(roles []string, path string) desk.Actor {
		g := access.GrantOf(access.User{UnitPath: path, Roles: []access.Role{access.Role(roles[0])}})
		return desk.Actor{Scope: g.Scope, Drafts: g.Drafts, Reviews: g.Reviews}
	}
	h.account(t, "head", "traffic", access.Head)
	h.account(t, "handler2", "traffic", access.Handler)
	h.account(t, "aide", "traffic", access.Handler)
	organiser := h.taskForce("force")
	organiser.Organises = true
	_, err := h.AddTerm(t.Context(), organiser, assignment.Term{
		Kind: assignment.Standing, User: "head", Deputy: "aide", From: h.now(), Until: h.now().Add(24 * time.Hour), Reason: "出差",
	})
	must(t, err)
	must(t, h.LearnOrganisation(t.Context()))
	v := h.draft(t, closure())
	_, err = h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit})
	must(t, err)
	_, err = h.takes(t, h.readers()[0], v.ID, desk.TextCommand{Move: review.Pass})
	must(t, err)
	aide := h.person("aide", "traffic", access.Handler)
	after, err := h.takes(t, aide, v.ID, desk.TextCommand{Move: review.Pass})
	must(t, err)
	if act := after.Ledger[len(after.Ledger)-1]; act.By.ID != "aide" || act.For.ID != "head" || act.Step != "review_1" {
		t.Errorf("signed by %+v for %+v in %s", act.By, act.For, act.Step)
	}
	// Who has read in another's name does not write a version and read it again.
	c := closure()
	c.Body = "改过的内容。"
	_, err = h.takes(t, aide, v.ID, desk.TextCommand{Move: review.Edit, Content: c})
	must(t, err)
	_, err = h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit})
	must(t, err)
	_, err = h.takes(t, h.readers()[0], v.ID, desk.TextCommand{Move: review.Pass})
	must(t, err)
	_, err = h.takes(t, aide, v.ID, desk.TextCommand{Move: review.Pass})
	wantCode(t, err, problem.Denied, "review.own")
}
