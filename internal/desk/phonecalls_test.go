package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

func rings(kind channel.Kind, words string) desk.PhoneDraft {
	return desk.PhoneDraft{Line: "12345", Outcome: desk.PhoneTicket, Letter: channel.Letter{Kind: kind, Text: words, Contact: &channel.Contact{Phone: "13800138000"}}}
}

// logged is what a sees of today's calls.
func (h *house) logged(t *testing.T, a desk.Actor) []desk.PhoneView {
	t.Helper()
	l, err := h.PhoneLog(t.Context(), a, time.Time{})
	must(t, err)
	total := 0
	for _, c := range l.Counts {
		total += c.Total
	}
	if total != len(l.Calls) {
		t.Errorf("%s sees %d calls, and %d are counted", a.ID, len(l.Calls), total)
	}
	return l.Calls
}

func TestACallIsAnsweredOnTheSpot(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.handler("clerk", "traffic")
	p := rings(channel.Consult, "身份证丢了，怎么补办？我的电话是13800138000")
	hints, err := h.HintCall(t.Context(), a, p)
	must(t, err)
	if len(hints.Entries) == 0 || hints.Entries[0].ID != "id-card-lost" || hints.Category != "id-card" || hints.Emergency != nil || len(hints.Earlier) != 0 {
		t.Errorf("hints: %+v", hints)
	}
	p.Outcome, p.Entry, p.IdempotencyKey = desk.PhoneAnswered, "id-card-lost", "one click"
	r, err := h.RegisterCall(t.Context(), a, p)
	must(t, err)
	again, err := h.RegisterCall(t.Context(), a, p)
	must(t, err)
	if r.Ticket != nil || r.Repeated || !again.Repeated {
		t.Errorf("once %+v, twice %+v", r, again)
	}
	other := p
	other.Letter.Text = "别的事"
	if _, err := h.RegisterCall(t.Context(), a, other); !problem.HasCode(err, "idempotency.mismatch") {
		t.Errorf("another call with the same key: %v", err)
	}
	seen := h.logged(t, a)
	if len(seen) != 1 || seen[0].Entry != "id-card-lost" || seen[0].EntryVersion != 2 || seen[0].Phone != "138****8000" || strings.Contains(seen[0].Words, "13800138000") {
		t.Errorf("the log shows %+v", seen)
	}
	if hints, err = h.HintCall(t.Context(), a, p); err != nil || len(hints.Earlier) != 0 { // of this very moment
		t.Errorf("%+v, %v", hints.Earlier, err)
	}
	h.pass(time.Hour)
	if hints, err = h.HintCall(t.Context(), a, p); err != nil || len(hints.Earlier) != 1 {
		t.Errorf("the number that called before is not known: %+v, %v", hints.Earlier, err)
	}
	if hints, err = h.HintCall(t.Context(), h.handler("stranger", "legal"), p); err != nil || len(hints.Earlier) != 0 {
		t.Errorf("another unit is shown %+v, %v", hints.Earlier, err)
	}
}

func TestWhatACallHasToSay(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.handler("clerk", "traffic")
	answered := func(kind channel.Kind) func(*desk.PhoneDraft) {
		return func(p *desk.PhoneDraft) {
			p.Outcome, p.Entry, p.Letter.Kind = desk.PhoneAnswered, "id-card-lost", kind
		}
	}
	for name, c := range map[string]struct {
		edit    func(*desk.PhoneDraft)
		pointer string // empty: it is kept
	}{
		"no such line":         {func(p *desk.PhoneDraft) { p.Line = "10000" }, "/line"},
		"no number yet":        {func(p *desk.PhoneDraft) { p.Line = "report-gang" }, "/line"},
		"no outcome":           {func(p *desk.PhoneDraft) { p.Outcome = "" }, "/outcome"},
		"no words":             {func(p *desk.PhoneDraft) { p.Letter.Text = "  " }, "/text"},
		"no telephone number":  {func(p *desk.PhoneDraft) { p.Letter.Contact.Phone = "abc" }, "/contact/phone"},
		"answered with what?":  {func(p *desk.PhoneDraft) { p.Outcome, p.Entry = desk.PhoneAnswered, "dog-old" }, "/entry"},
		"a report, answered":   {answered(channel.Report), "/outcome"},
		"a complaint, ended":   {answered(channel.Complaint), "/outcome"},
		"a request, answered":  {answered(channel.Disclosure), "/outcome"},
		"silence":              {func(p *desk.PhoneDraft) { p.Outcome, p.Letter = desk.PhoneSilent, channel.Letter{} }, ""},
		"passed on":            {func(p *desk.PhoneDraft) { p.Outcome = desk.PhoneReferred }, ""},
		"who hides the number": {func(p *desk.PhoneDraft) { p.Letter.Contact = nil }, ""},
	} {
		p := rings(channel.Help, "请问补办身份证要带什么？")
		c.edit(&p)
		before := len(h.logged(t, a))
		_, err := h.RegisterCall(t.Context(), a, p)
		if c.pointer == "" {
			if err != nil || len(h.logged(t, a)) != before+1 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if got := strings.Join(pointers(err), " "); got != c.pointer || len(h.logged(t, a)) != before {
			t.Errorf("%s: %q (%v)", name, got, err)
		}
	}
	if _, err := h.RegisterCall(t.Context(), h.leader("boss"), rings(channel.Help, "问一下")); !problem.HasCode(err, "call.denied") {
		t.Errorf("who may not open tickets: %v", err)
	}
}

// TestDangerOnTheTelephone: whoever is in danger hears 110 before anybody writes.
func TestDangerOnTheTelephone(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.handler("clerk", "traffic")
	p := rings(channel.Help, "有人拿刀在追我，救命")
	hints, err := h.HintCall(t.Context(), a, p)
	must(t, err)
	if hints.Emergency == nil || !slices.Contains(hints.Emergency.Hotlines, "110") {
		t.Errorf("hints: %+v", hints)
	}
	if _, err := h.RegisterCall(t.Context(), a, p); !problem.HasCode(err, "call.danger") || len(h.logged(t, a)) != 0 {
		t.Errorf("nobody told the caller, and it is kept: %v", err)
	}
	p.Warned = true
	r, err := h.RegisterCall(t.Context(), a, p)
	must(t, err)
	if r.Ticket == nil || r.Ticket.Emergency == nil {
		t.Errorf("receipt: %+v", r)
	}
}

// TestWhoSeesACall: behind a call may be a ticket others must not know of.
func TestWhoSeesACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	clerk, colleague, force := h.handler("clerk", "traffic"), h.handler("colleague", "traffic"), h.taskForce("force")
	register := func(p desk.PhoneDraft) string {
		r, err := h.RegisterCall(t.Context(), clerk, p)
		must(t, err)
		return r.Ticket.Number
	}
	numbers := func(a desk.Actor) []string {
		var found []string
		for _, c := range h.logged(t, a) {
			found = append(found, c.Ticket)
		}
		slices.Sort(found)
		return found
	}
	consult := register(rings(channel.Consult, "驾驶证到期怎么换？"))
	report := register(rings(channel.Report, "楼下有人聚众赌博。"))
	about := rings(channel.Complaint, "办事窗口态度恶劣。")
	about.Names = []string{h.nameOf(t, "traffic")}
	complaint := register(about)

	if got := numbers(clerk); !slices.Equal(got, sorted(consult, report)) {
		t.Errorf("who took them sees %q", got)
	}
	if got := numbers(colleague); len(got) != 0 {
		t.Errorf("a colleague sees %q before anything is dispatched", got)
	}
	if got := numbers(force); !slices.Equal(got, sorted(consult, report, complaint)) {
		t.Errorf("the task force sees %q", got)
	}
	if got := numbers(h.handler("stranger", "legal")); len(got) != 0 {
		t.Errorf("another unit sees %q", got)
	}
	_, err := h.move(t, force, consult, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	must(t, err)
	if got := numbers(colleague); !slices.Equal(got, []string{consult}) {
		t.Errorf("a colleague of the unit it was dispatched to sees %q", got)
	}
	h.pass(time.Hour)
	hints, err := h.HintCall(t.Context(), force, rings(channel.Consult, "再问一下"))
	must(t, err)
	if len(hints.Earlier) != 2 || slices.ContainsFunc(hints.Earlier, func(v desk.PhoneView) bool { return v.Ticket == report }) {
		t.Errorf("the number of who reports a crime leads to the report: %+v", hints.Earlier)
	}
	if _, err := h.PhoneLog(t.Context(), desk.Actor{ID: "editor"}, time.Time{}); !problem.HasCode(err, "call.denied") {
		t.Errorf("an editor is told %v", err)
	}
}

func (h *house) nameOf(t *testing.T, unit string) string {
	t.Helper()
	u, ok := h.Tree.ByID(unit)
	if !ok {
		t.Fatal(unit)
	}
	return u.Name
}

func sorted(s ...string) []string { slices.Sort(s); return s }

// TestTheDirectoryOfHotlinesChanges by two people, on its day, and remembers.
func TestTheDirectoryOfHotlinesChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	force, boss := h.taskForce("force"), h.leader("boss")
	gang := func() channel.Listing {
		lines := h.HotlinesOn(time.Time{})
		return lines[slices.IndexFunc(lines, func(l channel.Listing) bool { return l.ID == "report-gang" })]
	}
	l := gang()
	l.Number, l.Unit, l.Hours = "0755-84450000", "criminal", "全天"
	tomorrow := h.now().AddDate(0, 0, 1)
	draft := desk.HotlineDraft{Lines: []channel.Listing{l}, From: tomorrow, Reason: "公布专用号码"}
	for name, c := range map[string]struct {
		edit func(*desk.HotlineDraft)
		code string
	}{
		"yesterday":          {func(p *desk.HotlineDraft) { p.From = h.now().AddDate(0, 0, -1) }, "hotline.past"},
		"no reason":          {func(p *desk.HotlineDraft) { p.Reason = "" }, "hotline.reason"},
		"no such unit":       {func(p *desk.HotlineDraft) { p.Lines[0].Unit = "navy" }, "hotline.unit"},
		"no such line":       {func(p *desk.HotlineDraft) { p.Lines[0].ID = "mine" }, "hotline.unknown"},
		"another category":   {func(p *desk.HotlineDraft) { p.Lines[0].Category = "guns" }, "hotline.in_use"},
		"no 110 any more":    {func(p *desk.HotlineDraft) { p.Lines[0] = h.HotlinesOn(time.Time{})[0]; p.Lines[0].Number = "111" }, "hotline.in_use"},
		"110 closed":         {func(p *desk.HotlineDraft) { p.Lines[0] = h.HotlinesOn(time.Time{})[0]; p.Lines[0].Closed = true }, "hotline.in_use"},
		"nothing to change":  {func(p *desk.HotlineDraft) { p.Lines = nil }, "hotline.lines"},
		"a report line gone": {func(p *desk.HotlineDraft) { p.Lines[0].Closed = true }, "hotline.invalid"},
	} {
		p := draft
		p.Lines = slices.Clone(draft.Lines)
		c.edit(&p)
		if _, err := h.ProposeHotlines(t.Context(), force, p); !problem.HasCode(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.ProposeHotlines(t.Context(), h.handler("clerk", "traffic"), draft); !problem.HasCode(err, "hotline.denied") {
		t.Errorf("a handler: %v", err)
	}
	c, err := h.ProposeHotlines(t.Context(), force, draft)
	must(t, err)
	if _, err := h.DecideHotlines(t.Context(), force, c.ID, c.Version, true, ""); !problem.HasCode(err, "hotline.own") {
		t.Errorf("who proposed it approves it: %v", err)
	}
	_, err = h.DecideHotlines(t.Context(), boss, c.ID, c.Version, true, "")
	must(t, err)
	if _, err := h.DecideHotlines(t.Context(), boss, c.ID, c.Version, false, "不行"); !problem.HasCode(err, "hotline.stale") {
		t.Errorf("decided twice: %v", err)
	}
	if gang().Number != "" {
		t.Error("it changed before its day")
	}
	h.pass(24 * time.Hour)
	if gang().Number != "0755-84450000" {
		t.Error("its day came, and nothing changed")
	}
	d, err := h.HotlineDirectory(t.Context(), force, tomorrow)
	must(t, err)
	i := slices.IndexFunc(d.Lines, func(l desk.HotlineView) bool { return l.ID == "report-gang" })
	if d.Lines[i].UnitName != h.nameOf(t, "criminal") || len(d.Changes) != 1 {
		t.Errorf("who answers there: %+v", d.Lines[i])
	}
	before, err := h.HotlineDirectory(t.Context(), force, tomorrow.AddDate(0, 0, -1))
	must(t, err)
	if before.Lines[i].Number != "" {
		t.Error("the day before says what came after it")
	}
	if trail, err := h.store.Trail(t.Context(), "hotlines/"+c.ID); err != nil || len(trail) != 4 {
		t.Errorf("the trail has %d, %v", len(trail), err)
	}
}

// TestWhoWasOnDutyBehindANumber: shifts of the unit, on that day.
func TestWhoWasOnDutyBehindANumber(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.account(t, "u1", "mailbox", access.TaskForce)
	force := h.taskForce("force")
	from := h.now().Add(time.Hour)
	_, err := h.AddTerm(t.Context(), force, assignment.Term{Kind: assignment.Shift, Unit: "mailbox", User: "u1", From: from, Until: from.Add(8 * time.Hour)})
	must(t, err)
	file, err := channel.ListingYAML([]channel.Listing{{Hotline: channel.Hotline{Number: "0755-12345678", Name: "局长信箱热线", Use: "来信咨询", Group: "police"}, Unit: "mailbox"}})
	must(t, err)
	tried, err := h.ImportHotlines(t.Context(), force, file, desk.HotlineDraft{}, false)
	must(t, err)
	if len(tried.Change.Lines) != 1 || tried.Applied {
		t.Errorf("tried: %+v", tried)
	}
	asked, err := h.ImportHotlines(t.Context(), force, file, desk.HotlineDraft{Reason: "新开热线"}, true)
	must(t, err)
	_, err = h.DecideHotlines(t.Context(), h.leader("boss"), asked.Change.ID, 1, true, "")
	must(t, err)
	for at, want := range map[time.Time]int{h.now(): 1, h.now().AddDate(0, 0, 1): 0} {
		d, err := h.HotlineDirectory(t.Context(), force, at)
		must(t, err)
		if last := d.Lines[len(d.Lines)-1]; last.Number != "0755-12345678" || len(last.OnDuty) != want {
			t.Errorf("on duty: %+v, want %d", last.OnDuty, want)
		}
	}
	whole, err := channel.ListingYAML(h.HotlinesOn(time.Time{}))
	must(t, err)
	if same, err := h.ImportHotlines(t.Context(), force, whole, desk.HotlineDraft{}, false); err != nil || len(same.Change.Lines) != 0 {
		t.Errorf("the directory itself changes %+v, %v", same.Change.Lines, err)
	}
	if _, err := h.ImportHotlines(t.Context(), force, whole, desk.HotlineDraft{Reason: "再来"}, true); !problem.HasCode(err, "hotline.same") {
		t.Errorf("the same again: %v", err)
	}
}
