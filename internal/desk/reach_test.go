package desk_test

import (
	"encoding/json"
	"maps"
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

// reachable is a house that sends messages.
func reachable(t *testing.T) *house {
	t.Helper()
	h := open(t)
	h.ReachWith(desk.Reach{
		Site: "https://jiesu.example.gov.cn", SMS: "fake", Values: []desk.TemplateValue{desk.ValueNumber, desk.ValueState, desk.ValueLink}, Mail: true,
		Robots: []desk.GroupRobot{{Name: "traffic", Unit: "traffic"}, {Name: "force", Unit: assignment.TaskForce, About: []string{"ticket"}}},
		Read: func(body []byte) (reports []desk.SMSReport, leaving []string, err error) {
			var push struct {
				Reports []desk.SMSReport
				Leaving []string
			}
			err = json.Unmarshal(body, &push)
			return push.Reports, push.Leaving, err
		},
	})
	h.Rights = func(roles []string, path string) desk.Actor {
		a := rightsOf(roles, path)
		g := access.GrantOf(access.User{Roles: []access.Role{access.Role(roles[0])}, UnitPath: path})
		a.Scope, a.Reports = g.Scope, g.Reports
		return a
	}
	return h
}

// sentOn are the deliveries on routes that begin so, oldest first, with their bodies.
func (h *house) sentOn(t *testing.T, route string) []desk.Delivery {
	t.Helper()
	found, err := h.store.Deliveries(t.Context(), desk.DeliveryFilter{Route: route, Limit: 99})
	must(t, err)
	slices.Reverse(found)
	for i := range found {
		found[i], err = h.store.Delivery(t.Context(), found[i].ID)
		must(t, err)
	}
	return found
}

// curious is a letter whose writer wants to be told both ways.
func curious() channel.Letter {
	l := letter()
	l.Contact.Email, l.Contact.ByMail, l.Contact.BySMS = "zhang@example.com", true, true
	return l
}

// discreet fails where a rendered notice holds anything of a letter or its writer.
// The address it goes to is not part of what is read.
func discreet(t *testing.T, v *desk.Delivery, l channel.Letter) {
	t.Helper()
	text := strings.NewReplacer(`"phone":"13800138000"`, "", `"to":"zhang@example.com"`, "").Replace(string(v.Body))
	for _, secret := range []string{l.Title, l.Text, "信号灯", "学校", l.Contact.Name, l.Contact.Phone, "zhang"} {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("%s tells %q: %s", v.Route, secret, v.Body)
		}
	}
}

func TestWhoWroteIsToldAsTheyAsked(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	s := begin(t, h, desk.Opening{Letter: curious()})
	s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请补充路口的名称。"})
	for route, state := range map[string]string{"sms": "待您补充", "mail": "需要补充内容"} {
		sent := h.sentOn(t, route)
		if len(sent) != 2 || sent[0].Kind != "ticket.open" || sent[1].Kind != "ticket.ask" || sent[1].State != desk.DeliveryWaiting {
			t.Fatalf("%s: %+v", route, sent)
		}
		for i := range sent {
			discreet(t, &sent[i], curious())
		}
		if body := string(sent[1].Body); !strings.Contains(body, s.receipt.Number) || !strings.Contains(body, state) || !strings.Contains(body, "https://jiesu.example.gov.cn/letters") {
			t.Errorf("%s says %s", route, body)
		}
	}
	_, told, err := h.ToldOf(t.Context(), s.force, s.receipt.Number)
	must(t, err)
	if len(told) != 4 || told[0].To != "138****8000" || told[2].To != "z***@example.com" || told[0].What != "待您补充" {
		t.Errorf("staff read %+v", told)
	}
	if _, _, err := h.ToldOf(t.Context(), h.handler("u9", "patrol"), s.receipt.Number); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("another unit reads who was told: %v", err)
	}
}

func TestWhyNobodyWasTold(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	reasons := func(l channel.Letter) map[string]string {
		t.Helper()
		s := begin(t, h, desk.Opening{Letter: l})
		s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请补充。"})
		why := map[string]string{}
		for _, route := range []string{"sms", "mail"} {
			for _, v := range h.sentOn(t, route) {
				if v.Ticket == s.receipt.Number && v.Kind == "ticket.ask" {
					why[route] = v.Reason
				}
			}
		}
		return why
	}
	nobody, landline, silent := letter(), letter(), letter()
	nobody.Contact = nil
	landline.Contact = &channel.Contact{Phone: "0660-3370110"}
	for name, c := range map[string]struct {
		letter    channel.Letter
		sms, mail string
	}{
		"no contact": {nobody, "reach.no_contact", "reach.no_contact"},
		"a landline": {landline, "reach.no_mobile", "reach.no_email"},
		"not asked":  {silent, "reach.not_asked", "reach.no_email"},
		"asked":      {curious(), "", ""},
	} {
		if got := reasons(c.letter); got["sms"] != c.sms || got["mail"] != c.mail {
			t.Errorf("%s: %v", name, got)
		}
	}
	h.ReachWith(desk.Reach{Mail: true})
	if got := reasons(curious()); got["sms"] != "reach.not_configured" || got["mail"] != "" {
		t.Errorf("without short messages: %v", got)
	}
}

// mailAtOnce has people told by e-mail at once.
func (h *house) mailAtOnce(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		must(t, h.SetNotices(t.Context(), desk.Actor{ID: id}, desk.NoticeSetting{Email: id + "@example.com", How: desk.NoticesAtOnce}))
	}
}

// TestWhoReportsIsNeverMessaged: not even a row is left that would show the report.
func TestWhoReportsIsNeverMessaged(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	h.account(t, "boss", assignment.TaskForce, access.TaskForce)
	h.account(t, "head", "traffic", access.Head)
	must(t, h.LearnOrganisation(t.Context()))
	h.mailAtOnce(t, "boss", "head")
	l := curious()
	l.Kind = channel.Report
	s := begin(t, h, desk.Opening{Letter: l})
	s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请补充。"})
	h.work(t)
	h.pass(2 * time.Minute)
	h.work(t)
	for _, route := range []string{"sms", "robot"} {
		if sent := h.sentOn(t, route); len(sent) > 0 {
			t.Errorf("%s tells of a report: %+v", route, sent)
		}
	}
	sent := h.sentOn(t, "mail")
	if len(sent) != 1 || sent[0].Ticket != "" || !strings.Contains(string(sent[0].Body), "有一件受限来信") || !strings.Contains(string(sent[0].Body), "boss@") || strings.Contains(string(sent[0].Body), s.receipt.Number) {
		t.Errorf("those who may see it are told %+v", sent)
	}
	if _, told, err := h.ToldOf(t.Context(), s.force, s.receipt.Number); err != nil || len(told) > 0 {
		t.Errorf("%v, %v", told, err)
	}
}

func TestMessagesCanBeEndedUnlessTheLawWantsThem(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	begin(t, h, desk.Opening{Letter: curious()})
	var m desk.Email
	must(t, json.Unmarshal(h.sentOn(t, "mail")[0].Body, &m))
	token, ok := strings.CutPrefix(m.Unsubscribe, "https://jiesu.example.gov.cn/unsubscribe/")
	if !ok || strings.Contains(token, "zhang") {
		t.Fatalf("ended at %q", m.Unsubscribe)
	}
	for _, forged := range []string{"", "x", token[:len(token)-4] + "AAAA"} {
		if err := h.OptOut(t.Context(), forged, true); problem.KindOf(err) != problem.NotFound || err == nil {
			t.Errorf("%q ends messages: %v", forged, err)
		}
	}
	must(t, h.OptOut(t.Context(), token, true))
	last := func(kind channel.Kind) desk.Delivery {
		l := curious()
		l.Kind, l.Contact.Email = kind, "Zhang@example.com" // the same mailbox
		begin(t, h, desk.Opening{Letter: l})
		sent := h.sentOn(t, "mail")
		return sent[len(sent)-1]
	}
	if v := last(channel.Complaint); v.State != desk.DeliverySkipped || v.Reason != "reach.opted_out" {
		t.Errorf("after leaving: %+v", v)
	}
	s := begin(t, h, desk.Opening{Letter: petition()})
	s.do(s.force, desk.Command{Move: ticket.Decline, Reason: "litigation", Text: "依法由人民法院办理。"})
	sent := h.sentOn(t, "mail")
	v := sent[len(sent)-1]
	if v.State != desk.DeliveryWaiting || v.Kind != "ticket.decline" || strings.Contains(string(v.Body), "unsubscribe") || !strings.Contains(string(v.Body), "依法应当告知") {
		t.Errorf("what the law wants: %s %+v", v.Body, v)
	}
	must(t, h.OptOut(t.Context(), token, false))
	h.pass(time.Hour)
	if v := last(channel.Complaint); v.State != desk.DeliveryWaiting {
		t.Errorf("after coming back: %+v", v)
	}
}

func petition() channel.Letter {
	l := curious()
	l.Kind, l.Fields = channel.Petition, map[string]string{"request": "请重新处理。"}
	return l
}

// TestWhatBecameOfAShortMessage: reports, by our id or the provider's, and people
// who answer that they want no more.
func TestWhatBecameOfAShortMessage(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	begin(t, h, desk.Opening{Letter: curious()})
	v := h.sentOn(t, "sms")[0]
	must(t, h.Settle(t.Context(), v, desk.Attempt{Delivery: v.ID, No: 1, At: h.now(), Outcome: desk.Arrived, Detail: "G1"}, 0))
	push := func(body string) desk.Delivery {
		_, err := h.Receive(t.Context(), desk.Arrival{Source: "sms/fake", Key: desk.Fingerprint([]byte(body)), Type: "application/json", Body: []byte(body)})
		must(t, err)
		h.work(t)
		return h.sentOn(t, "sms")[0]
	}
	if got := push(`{"Reports":[{"Receipt":"of somebody else"},{"Receipt":"G1","Arrived":true}]}`); got.Reason != "sms.arrived" || got.State != desk.DeliverySent {
		t.Errorf("%+v", got)
	}
	if got := push(`{"Reports":[{"Delivery":"` + v.ID + `"}]}`); got.Reason != "sms.lost" {
		t.Errorf("%+v", got)
	}
	push(`{"Leaving":["+8613800138000"]}`)
	begin(t, h, desk.Opening{Letter: curious()})
	sent := h.sentOn(t, "sms")
	if got := sent[len(sent)-1]; got.Reason != "reach.opted_out" {
		t.Errorf("after leaving: %+v", got)
	}
	page, err := h.Arrivals(t.Context(), h.taskForce("u1"), desk.InboundFilter{})
	must(t, err)
	if len(page.Arrivals) > 0 {
		t.Errorf("not taken: %+v", page.Arrivals)
	}
}

func TestStaffAreToldTogetherAndInWorkingHours(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	h.account(t, "daily", "traffic", access.Handler)
	must(t, h.LearnOrganisation(t.Context()))
	must(t, h.SetNotices(t.Context(), desk.Actor{ID: "daily"}, desk.NoticeSetting{Email: "daily@example.com", How: desk.DailyNotices}))
	silent := letter() // whose writer is told nothing
	var numbers []string
	for range 2 {
		s := begin(t, h, desk.Opening{Letter: silent})
		s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
		numbers = append(numbers, s.receipt.Number)
	}
	h.work(t)
	if sent := h.sentOn(t, "robot/traffic"); len(sent) > 0 {
		t.Fatalf("told one by one: %+v", sent)
	}
	h.pass(2 * time.Minute)
	h.work(t)
	h.work(t)
	sent := h.sentOn(t, "robot/traffic")
	if len(sent) != 1 {
		t.Fatalf("told in %d messages", len(sent))
	}
	discreet(t, &sent[0], silent)
	var text desk.RobotText
	must(t, json.Unmarshal(sent[0].Body, &text))
	for _, want := range append(numbers, "请签收", "到期", "交") {
		if !strings.Contains(text.Text, want) {
			t.Errorf("no %s in %s", want, text.Text)
		}
	}
	h.pass(9 * time.Hour) // the evening
	s := begin(t, h, desk.Opening{Letter: silent})
	s.do(s.force, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	h.work(t)
	h.pass(time.Hour)
	h.work(t)
	if sent := h.sentOn(t, "robot/traffic"); len(sent) != 1 {
		t.Errorf("told in the evening: %+v", sent[1:])
	}
	urgent := letter()
	urgent.Urgency, urgent.Source = channel.Critical, channel.Phone
	clerk := h.taskForce("u2")
	begin(t, h, desk.Opening{Letter: urgent, Actor: &clerk})
	h.work(t)
	h.pass(6 * time.Second)
	h.work(t)
	if sent := h.sentOn(t, "robot/force"); len(sent) != 2 { // the two of the morning together, and this
		t.Errorf("what is urgent waits: %d", len(sent))
	}
	h.pass(14 * time.Hour) // the next morning
	h.work(t)
	if sent := h.sentOn(t, "robot/traffic"); len(sent) != 2 || !strings.Contains(string(sent[1].Body), s.receipt.Number) {
		t.Errorf("not told in the morning: %+v", sent)
	}
	var mails []desk.Delivery
	for _, v := range h.sentOn(t, "mail") {
		if v.Kind == desk.JobDigest {
			mails = append(mails, v)
			discreet(t, &v, silent)
		}
	}
	if len(mails) != 1 || !strings.Contains(string(mails[0].Body), numbers[0]) || !strings.Contains(string(mails[0].Body), s.receipt.Number) {
		t.Errorf("the day's summary: %+v", mails)
	}
}

func TestNobodyReadsOfWhatTheyMustKeepAwayFrom(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	h.account(t, "boss", assignment.TaskForce, access.TaskForce)
	h.account(t, "clerk", "traffic", access.Handler)
	must(t, h.LearnOrganisation(t.Context()))
	h.mailAtOnce(t, "boss", "clerk")
	s := begin(t, h, desk.Opening{Letter: letter(), Names: []string{"clerk"}})
	if avoid := s.view().Ticket.Avoid; !slices.Contains(avoid, assignment.AboutUser("clerk")) {
		t.Fatalf("avoids %v", avoid)
	}
	h.work(t)
	h.pass(2 * time.Minute)
	h.work(t)
	if sent := h.sentOn(t, "robot"); len(sent) > 0 {
		t.Errorf("a group reads of it: %+v", sent)
	}
	var to []string
	for _, v := range h.sentOn(t, "mail") {
		var m desk.Email
		if v.Kind == desk.JobDigest {
			must(t, json.Unmarshal(v.Body, &m))
			to = append(to, m.To)
		}
	}
	if !slices.Equal(to, []string{"boss@example.com"}) {
		t.Errorf("told: %v", to)
	}
}

func TestHowStaffAreToldIsTheirOwn(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	a := h.handler("u1", "traffic")
	for code, s := range map[string]desk.NoticeSetting{
		"/how": {How: "hourly"}, "/email": {How: desk.DailyNotices, Email: "a@example.com\r\nBcc: b@example.com"},
	} {
		if err := h.SetNotices(t.Context(), a, s); !slices.Contains(pointers(err), code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	must(t, h.SetNotices(t.Context(), a, desk.NoticeSetting{How: desk.DailyNotices, Email: " a@example.com "}))
	s, err := h.NoticeSettingOf(t.Context(), a)
	must(t, err)
	if s.Email != "a@example.com" || s.How != desk.DailyNotices {
		t.Errorf("%+v", s)
	}
	if err := h.SetNotices(t.Context(), a, desk.NoticeSetting{How: desk.NoNotices}); !problem.HasCode(err, "notice_setting.stale") {
		t.Errorf("an old page: %v", err)
	}
}

// TestAnAddressIsNotFlooded: however many letters name it, an address hears of one
// that was registered in an hour and of five steps a day, and always of what the
// law wants told.
func TestAnAddressIsNotFlooded(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	lawful := begin(t, h, desk.Opening{Letter: petition()})
	var s *story
	for range 6 {
		s = begin(t, h, desk.Opening{Letter: curious()})
		s.do(s.force, desk.Command{Move: ticket.Ask, Text: "请补充。"})
	}
	lawful.do(lawful.force, desk.Command{Move: ticket.Ask, Text: "请补充。"})
	for _, route := range []string{"sms", "mail"} {
		got := map[string]int{}
		for _, v := range h.sentOn(t, route) {
			name := "letter"
			if v.Ticket == lawful.receipt.Number {
				name = "petition"
			}
			got[name+" "+v.Kind+" "+v.Reason]++
		}
		want := map[string]int{
			"petition ticket.open ": 1, "letter ticket.open reach.too_many": 6,
			"letter ticket.ask ": 4, "letter ticket.ask reach.too_many": 2, "petition ticket.ask ": 1,
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v", route, got)
		}
	}
	_, told, err := h.ToldOf(t.Context(), s.force, s.receipt.Number)
	must(t, err)
	if !slices.ContainsFunc(told, func(m desk.Told) bool { return strings.Contains(m.Why, "太多") }) {
		t.Errorf("staff do not read why: %+v", told)
	}
}
