package desk_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

const braking = "电动自行车刹车不合格怎么处理"

func TestAnEntryAnswersOnceItIsPublished(t *testing.T) {
	t.Parallel()
	key := seal.GenerateKey("k1")
	h := reopen(t, filepath.Join(t.TempDir(), "desk.db"), key, monday())
	v := h.draftEntry(t, "brake", brake())
	h.approved(t, v.ID)
	must(t, h.ReloadLibrary(t.Context()))
	if entry, _ := h.answers(t, braking); entry == "brake" {
		t.Fatal("it answers before it is published")
	}
	must(t, h.release(t, v.ID))
	if entry, version := h.answers(t, braking); entry != "brake" || version != 1 {
		t.Errorf("%s version %d answers", entry, version)
	}
	e, err := h.Entry("brake")
	must(t, err)
	if e.Entry.Owner != "traffic" || e.Entry.Sample || e.Entry.Basis[0].Title != "中华人民共和国居民身份证法" || len(e.Documents) != 1 {
		t.Errorf("the public reads %+v", e)
	}
	again := reopen(t, h.path, key, h.now())
	must(t, again.ReloadLibrary(t.Context()))
	if _, err := again.Entry("brake"); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestALocalVersionTakesThePlaceOfTheShippedOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "id-card-lost", brake(with("title", "身份证丢了怎么补办？"), with("body", "请带户口簿到本市任意派出所申请补领，当场受理。"),
		with("category", "身份证"), with("variants", "身份证丢失补办\n补办身份证要什么材料\n身份证掉了怎么办\n遗失身份证如何补领\n身份证不见了去哪补")))
	if entry, version := h.answers(t, "身份证丢了怎么补办"); entry != "id-card-lost" || version != 3 {
		t.Errorf("%s version %d answers, want the local one, 3", entry, version)
	}
	for n, newest := range map[int]int{2: 3, 3: 3} {
		v, err := h.EntryVersion("id-card-lost", n)
		if err != nil || v.Newest != newest || v.Entry.Version != n || v.Published.IsZero() != (n == 2) {
			t.Errorf("version %d under its address: %+v %v", n, v, err)
		}
	}
	_, err := h.EntryVersion("id-card-lost", 4)
	wantCode(t, err, problem.NotFound, "library.no_version")
}

func TestAVersionWaitsForItsMoment(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "brake", brake())
	v, err := h.Text(t.Context(), h.writer(), h.items(t, "brake")[0].ID)
	must(t, err)
	soon := h.now().Add(48 * time.Hour)
	_, err = h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Edit, Content: brake(with("publish_at", soon.Format(time.RFC3339)), with("valid_to", "2026-06-20"))})
	must(t, err)
	h.approved(t, v.ID)
	must(t, h.release(t, v.ID))
	if _, version := h.answers(t, braking); version != 1 {
		t.Errorf("before its moment version %d answers", version)
	}
	if _, err := h.EntryVersion("brake", 2); !problem.HasCode(err, "library.no_version") {
		t.Errorf("a version to come is read: %v", err)
	}
	h.pass(48 * time.Hour)
	must(t, h.ReloadLibrary(t.Context()))
	if _, version := h.answers(t, braking); version != 2 {
		t.Errorf("from its moment on version %d answers", version)
	}
	h.pass(14 * 24 * time.Hour)
	if entry, _ := h.answers(t, braking); entry == "brake" {
		t.Error("it answers after its last day")
	}
}

// items are the texts about an entry.
func (h *house) items(t *testing.T, entry string) []desk.TextView {
	t.Helper()
	found, err := h.Texts(t.Context(), h.releaser(), desk.ReviewFilter{Kind: review.Entry, Subject: entry}, false)
	must(t, err)
	return found
}

func TestWhatRestsOnARepealedDocumentStopsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.released(t, "brake", brake())
	repeal := desk.DocumentStatus{Document: "law-resident-id-card", Validity: "repealed", Reason: "新法施行，旧法废止。", Source: "国务院公报2026年第16号"}
	_, err := h.SetDocument(t.Context(), h.writer(), repeal)
	wantCode(t, err, problem.Denied, "library.denied")
	touched, err := h.SetDocument(t.Context(), h.releaser(), repeal)
	must(t, err)
	if len(touched) != 5 {
		t.Errorf("%d entries rest on it", len(touched))
	}
	for _, q := range []string{braking, "身份证丢了怎么补办"} {
		if entry, _ := h.answers(t, q); entry != "" {
			t.Errorf("%s: %s still answers", q, entry)
		}
	}
	_, err = h.Entry("brake")
	wantCode(t, err, problem.NotFound, "library.revising")
	if found, err := h.SearchEntries(t.Context(), braking, 10); err != nil || len(found) != 0 {
		t.Errorf("found %v %v", found, err)
	}
	h.work(t)
	told, err := h.store.Notifications(t.Context(), []string{"traffic"}, 10)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == "library.revising" && n.To == "head" }) {
		t.Errorf("the unit hears %+v", told)
	}
	_, err = h.takes(t, h.writer(), h.items(t, "brake")[0].ID, desk.TextCommand{Move: review.Edit, Content: brake(with("local", "本市"))})
	if !problem.HasCode(err, "entry.invalid") || pointers(err)[0] != "/attributes/basis" {
		t.Errorf("a basis that is over is cited: %v", err)
	}
	repeal.Validity, repeal.Reason = "in_force", "登记有误，更正。"
	_, err = h.SetDocument(t.Context(), h.releaser(), repeal)
	must(t, err)
	if entry, _ := h.answers(t, braking); entry != "brake" {
		t.Errorf("put right, %q answers", entry)
	}
}

func TestARepealOnALaterDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.SetDocument(t.Context(), h.releaser(), desk.DocumentStatus{
		Document: "law-resident-id-card", Validity: "expired", From: h.now().Add(24 * time.Hour), Reason: "有效期届满。", Source: "本局公告",
	})
	must(t, err)
	if entry, _ := h.answers(t, "身份证丢了怎么补办"); entry != "id-card-lost" {
		t.Errorf("the day before %q answers", entry)
	}
	h.pass(24 * time.Hour)
	must(t, h.ReloadLibrary(t.Context()))
	if entry, _ := h.answers(t, "身份证丢了怎么补办"); entry != "" {
		t.Errorf("on the day %q answers", entry)
	}
}

func TestAWrongAnswerIsRecalled(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.released(t, "brake", brake())
	c := newChat(t, h)
	c.say(braking)
	w := desk.Withdrawal{Entry: "brake", Version: 1, Reason: "wrong", Words: "处理依据引用有误。"}
	_, err := h.StopEntry(t.Context(), h.writer(), w)
	wantCode(t, err, problem.Denied, "library.denied")
	r, err := h.StopEntry(t.Context(), h.releaser(), w)
	must(t, err)
	if len(r.Answers) != 1 || r.Answers[0].Conversation != c.id || r.Stopped.IsZero() || r.Hidden != 0 {
		t.Errorf("it was given to %+v", r)
	}
	if entry, _ := h.answers(t, braking); entry == "brake" {
		t.Error("it still answers")
	}
	if it, err := h.Text(t.Context(), h.releaser(), v.ID); err != nil || it.State != review.Withdrawn {
		t.Errorf("its text is %s, %v", it.State, err)
	}
	if p, err := h.EntryVersion("brake", 1); err != nil || p.Entry.Stopped != knowledge.Withdrawn {
		t.Errorf("under its address %+v %v", p, err)
	}
	_, err = h.StopEntry(t.Context(), h.releaser(), w)
	wantCode(t, err, problem.Conflict, "library.stopped")
	_, err = h.TellRecalled(t.Context(), h.releaser(), "brake", 1, "none")
	wantCode(t, err, problem.Invalid, "library.notice")
	n := h.draft(t, closure())
	h.approved(t, n.ID)
	_, err = h.takes(t, h.releaser(), n.ID, desk.TextCommand{Move: review.Publish})
	must(t, err)
	for range 2 { // asked twice, told once
		if told, err := h.TellRecalled(t.Context(), h.releaser(), "brake", 1, n.ID); err != nil || told != 1 {
			t.Errorf("told %d %v", told, err)
		}
		h.work(t)
	}
	said, err := h.store.Messages(t.Context(), c.id, 0, 20)
	must(t, err)
	if last := said[len(said)-1]; last.Kind != "notice" || len(said) != 3 {
		t.Errorf("the chat ends with %s of %d", last.Body, len(said))
	}
}

func TestWhatIsNoEntry(t *testing.T) {
	t.Parallel()
	h := open(t)
	day := func(d int) string { return h.now().AddDate(0, 0, d).Format(time.DateOnly) }
	for name, c := range map[string]struct {
		content review.Content
		field   string
	}{
		"a schedule in the past":     {brake(with("publish_at", h.now().Add(-time.Hour).Format(time.RFC3339))), "/attributes/publish_at"},
		"an end in the past":         {brake(with("valid_to", day(-1))), "/attributes/valid_to"},
		"a review in the past":       {brake(with("review_by", day(-1))), "/attributes/review_by"},
		"a day nobody can read":      {brake(with("valid_from", "明天")), "/attributes/valid_from"},
		"a document nobody knows":    {brake(with("basis", "law-none")), "/attributes/basis"},
		"what another entry asks":    {brake(with("variants", "怎么办理护照\n甲乙\n丙丁\n戊己\n庚辛")), "/attributes/variants"},
		"the same twice":             {brake(with("variants", "甲乙\n甲 乙？\n丙丁\n戊己\n庚辛")), "/attributes/variants"},
		"something an entry has not": {brake(with("colour", "red")), "/attributes/colour"},
	} {
		_, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Entry, Subject: "brake", Content: c.content})
		if at := pointers(err); !problem.HasCode(err, "entry.invalid") || len(at) != 1 || at[0] != c.field {
			t.Errorf("%s: %v at %v", name, err, at)
		}
	}
	_, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Entry, Subject: "Brake 1", Content: brake()})
	wantCode(t, err, problem.Invalid, "entry.id")
	v := h.draftEntry(t, "brake", brake(with("review_by", ""), with("variants", "刹车坏了")))
	_, err = h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Entry, Subject: "brake", Content: brake()})
	wantCode(t, err, problem.Conflict, "entry.under_work")
	_, err = h.takes(t, h.writer(), v.ID, desk.TextCommand{Move: review.Submit})
	if at := pointers(err); !slices.Equal(at, []string{"/attributes/variants", "/attributes/review_by"}) {
		t.Errorf("half a text is submitted: %v at %v", err, at)
	}
}

func TestAShippedEntryBecomesTheBureausOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	v, err := h.ReviseEntry(t.Context(), h.releaser(), "licence-renew")
	must(t, err)
	if c := v.Latest().Content; v.Subject != "licence-renew" || c.Title != "驾驶证到期怎么换？" || c.Body == "" {
		t.Errorf("it begins with %+v", c)
	}
}

// TestTheGoldenSetGatesARelease: nothing is published that was not measured, nor
// what takes the right answer away from a golden question.
func TestTheGoldenSetGatesARelease(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Golden = knowledge.Golden{Queries: []knowledge.Query{{ID: "q", Text: "身份证丢了怎么补办", Gold: []string{"id-card-lost"}}}}
	good, bad := h.draftEntry(t, "brake", brake()), h.draftEntry(t, "id-card-lost", brake(with("variants", "刹车线断了\n刹把松了怎么弄\n骑车刹不住\n前闸坏了\n后闸坏了")))
	h.approved(t, bad.ID)
	_, err := h.takes(t, h.releaser(), bad.ID, desk.TextCommand{Move: review.Publish})
	wantCode(t, err, problem.Conflict, "library.gate_pending")
	wantCode(t, h.release(t, bad.ID), problem.Conflict, "library.gate")
	gates, err := h.Gates(t.Context(), h.releaser(), bad.ID)
	must(t, err)
	if len(gates) != 1 || len(gates[0].Fell) == 0 || len(gates[0].Changes) != 1 || gates[0].Before.Recall1 != 1 || gates[0].After.Recall1 != 0 {
		t.Errorf("the reviewer reads %+v", gates)
	}
	if entry, _ := h.answers(t, "身份证丢了怎么补办"); entry != "id-card-lost" {
		t.Errorf("%q answers", entry)
	}
	h.approved(t, good.ID)
	must(t, h.release(t, good.ID))
}
