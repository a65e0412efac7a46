package desk_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

func TestALetterBecomesATicketWithUnitAndDate(t *testing.T) {
	t.Parallel()
	h := open(t)
	receipt, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	if receipt.Unit == "" || receipt.QueryCode == "" || len(receipt.Explain) == 0 {
		t.Errorf("the receipt is %+v", receipt)
	}
	// A complaint has seven working days: from Monday the 8th, over a weekend, to Wednesday the 17th.
	if got := receipt.DueAt.In(deadline.Beijing()).Format(time.DateTime); got != "2026-06-17 23:59:59" {
		t.Errorf("due %s", got)
	}
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), receipt.Number)
	must(t, err)
	if v.Ticket.Status != ticket.Received || !v.HasContact || len(v.Clocks) == 0 || len(v.Events) != 1 {
		t.Errorf("the ticket is %+v", v)
	}
	if strings.Contains(v.Ticket.Title, "138") {
		t.Errorf("the title shows a phone number: %s", v.Ticket.Title)
	}
	if v.Letter.Text != letter().Text {
		t.Errorf("the letter reads %q", v.Letter.Text)
	}
	_, err = h.store.Verify(t.Context())
	must(t, err)
}

func TestOnlyNumberAndCodeTogetherOpenTheTimeline(t *testing.T) {
	t.Parallel()
	h := open(t)
	receipt, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	other, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	line, err := h.Lookup(t.Context(), " "+strings.ReplaceAll(receipt.Number, "-", "")+" ", strings.ToLower(receipt.QueryCode))
	must(t, err)
	if line.Number != receipt.Number || len(line.Steps) != 1 || line.Reply != nil {
		t.Errorf("the timeline is %+v", line)
	}
	for name, pair := range map[string][2]string{
		"wrong code":          {receipt.Number, other.QueryCode},
		"wrong number":        {"261122-0000-0000", receipt.QueryCode},
		"empty":               {"", ""},
		"not even a number":   {"'; DROP TABLE ticket; --", "\x00"},
		"code of another one": {other.Number, receipt.QueryCode},
	} {
		_, err := h.Lookup(t.Context(), pair[0], pair[1])
		if !problem.HasCode(err, "ticket.not_found") || problem.KindOf(err) != problem.NotFound {
			t.Errorf("%s says %v", name, err)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := desk.Opening{Letter: letter(), IdempotencyKey: "form-1"}
	first, err := h.Open(t.Context(), o)
	must(t, err)
	again, err := h.Open(t.Context(), o)
	must(t, err)
	if again.Number != first.Number || again.QueryCode != first.QueryCode || !again.Repeated || first.Repeated {
		t.Errorf("the repeat got %+v after %+v", again, first)
	}
	o.Letter.Text = "另一件事"
	if _, err := h.Open(t.Context(), o); !problem.HasCode(err, "idempotency.mismatch") {
		t.Errorf("another letter under the key says %v", err)
	}
	o.IdempotencyKey = strings.Repeat("k", 1000)
	if _, err := h.Open(t.Context(), o); !problem.HasCode(err, "idempotency.key") {
		t.Errorf("an endless key says %v", err)
	}
}

func TestTheSameLetterSentFiftyTimesAtOnceIsOneTicket(t *testing.T) {
	t.Parallel()
	h := open(t)
	numbers := make([]string, 50)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() {
			r, err := h.Open(t.Context(), desk.Opening{Letter: letter(), IdempotencyKey: "double click"})
			if err != nil {
				t.Error(err)
			}
			numbers[i] = r.Number
		})
	}
	all.Wait()
	for _, n := range numbers {
		if n != numbers[0] {
			t.Fatalf("tickets %v", numbers)
		}
	}
	page, err := h.Tickets(t.Context(), h.taskForce("u1"), desk.Filter{})
	must(t, err)
	if len(page.Tickets) != 1 {
		t.Errorf("%d tickets", len(page.Tickets))
	}
}

func TestAnUnacceptableLetterLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, change := range map[string]func(*channel.Letter){
		"no text":            func(l *channel.Letter) { l.Text = "" },
		"unknown attachment": func(l *channel.Letter) { l.Attachments = []string{"nothing"} },
	} {
		l := letter()
		change(&l)
		_, err := h.Open(t.Context(), desk.Opening{Letter: l, IdempotencyKey: name})
		if p, ok := errors.AsType[*problem.Error](err); !ok || p.Code != "letter.invalid" || len(p.Fields) == 0 {
			t.Errorf("%s says %v", name, err)
		}
	}
	page, err := h.Tickets(t.Context(), h.taskForce("u1"), desk.Filter{})
	must(t, err)
	if len(page.Tickets) != 0 {
		t.Errorf("%d tickets were stored", len(page.Tickets))
	}
}

func TestAttachmentsComeAlong(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, err := h.Upload(t.Context(), "情况.txt", []byte("现场情况说明"))
	must(t, err)
	l := letter()
	l.Attachments = []string{a.ID}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), r.Number)
	must(t, err)
	if len(v.Files) != 1 || v.Files[0].ID != a.ID || v.Files[0].Name != "情况.txt" {
		t.Errorf("attachments are %+v", v.Files)
	}
	file, content, err := h.Attachment(t.Context(), h.taskForce("u1"), r.Number, a.ID)
	must(t, err)
	if string(content) != "现场情况说明" || file.Type != "text/plain" {
		t.Errorf("read %s, %q", file.Type, content)
	}
	stray, err := h.Upload(t.Context(), "别的.txt", []byte("别人的文件"))
	must(t, err)
	for name, try := range map[string]struct {
		who desk.Actor
		id  string
	}{"another letter's file": {h.taskForce("u1"), stray.ID}, "a foreign unit": {h.handler("p", "patrol"), a.ID}} {
		if _, _, err := h.Attachment(t.Context(), try.who, r.Number, try.id); problem.KindOf(err) != problem.NotFound {
			t.Errorf("%s says %v", name, err)
		}
	}
	if _, err := h.Upload(t.Context(), "x.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)); problem.KindOf(err) != problem.Unsupported {
		t.Errorf("a drawing that can hold scripts says %v", err)
	}
}

func TestAReportIsSeenByItsOwnHandlersOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Kind, l.Category, l.Contact = channel.Report, "drugs", nil
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	v, err := h.Ticket(t.Context(), h.taskForce("u1"), r.Number)
	must(t, err)
	if v.Ticket.Lead != "narcotics" || v.HasContact {
		t.Errorf("led by %s, contact %v", v.Ticket.Lead, v.HasContact)
	}
	if strings.Contains(r.Unit, "禁毒") {
		t.Errorf("the receipt tells who handles a report: %s", r.Unit)
	}
	if strings.Contains(v.Ticket.Title, "信号灯") {
		t.Errorf("the list shows what a report is about: %s", v.Ticket.Title)
	}
	handler := h.handler("n1", "narcotics")
	if _, err := h.Ticket(t.Context(), handler, r.Number); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a unit sees a report nobody has dispatched: %v", err)
	}
	_, err = h.move(t, h.taskForce("u1"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "narcotics"})
	must(t, err)
	_, err = h.Ticket(t.Context(), handler, r.Number)
	must(t, err)
	if _, err := h.RevealContact(t.Context(), handler, r.Number, "核实"); !problem.HasCode(err, "contact.sealed") {
		t.Errorf("a handler asking who reported gets %v", err)
	}
	leader := h.staff("boss", "bureau", ticket.Note)
	leader.Scope = "*"
	for name, a := range map[string]desk.Actor{"another unit": h.handler("t1", "traffic"), "a leader": leader} {
		if _, err := h.Ticket(t.Context(), a, r.Number); problem.KindOf(err) != problem.NotFound {
			t.Errorf("%s sees it: %v", name, err)
		}
		page, err := h.Tickets(t.Context(), a, desk.Filter{})
		must(t, err)
		if len(page.Tickets) != 0 {
			t.Errorf("%s finds it in the list", name)
		}
	}
}

func TestAComplaintNeverReachesTheUnitItIsAbout(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Title, l.Text = "投诉交警支队", "交警支队窗口态度恶劣。"
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	force := h.taskForce("u1")
	v, err := h.Ticket(t.Context(), force, r.Number)
	must(t, err)
	if v.Ticket.Lead == "traffic" {
		t.Fatal("routed to the unit complained about")
	}
	if _, err := h.move(t, force, r.Number, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}); !problem.HasCode(err, "ticket.avoid") {
		t.Errorf("dispatching it there says %v", err)
	}
}

func TestAComplaintAboutTheTaskForceIsNotItsOwnToScreen(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Title, l.Text = "投诉信箱专班", "“平安厅”局长信箱工作专班拖着不办。"
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	h.work(t)
	force, inspection := h.taskForce("clerk"), h.staff("inspector", "inspection", ticket.Dispatch, ticket.Decline)
	inspection.Scope, inspection.Reports = "*", true
	if _, err := h.Ticket(t.Context(), force, r.Number); problem.KindOf(err) != problem.NotFound {
		t.Errorf("the task force reads a complaint about itself: %v", err)
	}
	if _, err := h.RevealContact(t.Context(), force, r.Number, "核实"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("the task force learns who complained: %v", err)
	}
	told, err := h.Notifications(t.Context(), force, 10)
	must(t, err)
	if len(told) != 0 {
		t.Errorf("the task force is told of it: %+v", told)
	}
	_, err = h.move(t, inspection, r.Number, desk.Command{Move: ticket.Dispatch, Unit: "petitions"})
	must(t, err)
	_, err = h.move(t, h.handler("p", "petitions"), r.Number, desk.Command{Move: ticket.Return, Reason: "not_our_duty"})
	must(t, err)
	v, err := h.Ticket(t.Context(), inspection, r.Number)
	must(t, err)
	if v.Ticket.Lead != "bureau" {
		t.Errorf("what is about the task force was returned to %s", v.Ticket.Lead)
	}
}

// stuck is a source of randomness that repeats itself a few times.
type stuck struct {
	mu sync.Mutex
	n  int
}

func (s *stuck) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n++; s.n > 4 {
		return rand.Read(p)
	}
	clear(p)
	return len(p), nil
}

func TestANumberThatIsTakenIsDrawnAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Random = &stuck{}
	first, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	second, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	if first.Number != "260608-0000-0000" || second.Number == first.Number {
		t.Errorf("numbers %s and %s", first.Number, second.Number)
	}
}

func TestALetterAboutAPresentDangerSaysWhomToCallFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := letter()
	l.Title, l.Text = "快救我", "有人正在撬我家的门，我一个人在家。"
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	if r.Emergency == nil || !slices.Contains(r.Emergency.Hotlines, "110") {
		t.Fatalf("the receipt says %+v", r.Emergency)
	}
	h.work(t)
	told, err := h.Notifications(t.Context(), h.taskForce("u1"), 10)
	must(t, err)
	if len(told) != 1 || told[0].Kind != "ticket.emergency" {
		t.Errorf("the task force is told %+v", told)
	}
	calm, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	if calm.Emergency != nil {
		t.Errorf("a broken traffic light is an emergency: %+v", calm.Emergency)
	}
}

func TestPreviewTellsTheDateWithoutALetter(t *testing.T) {
	t.Parallel()
	h := open(t)
	got, err := h.Preview(t.Context(), desk.DeadlinePreview{Kind: channel.Consult, Source: channel.Web, ReceivedAt: monday()})
	must(t, err)
	if got.Due.In(deadline.Beijing()).Format(time.DateOnly) != "2026-06-15" || got.Provisional {
		t.Errorf("due %v, provisional %v", got.Due, got.Provisional)
	}
	got, err = h.Preview(t.Context(), desk.DeadlinePreview{Kind: channel.Consult, Source: channel.Web, ReceivedAt: time.Date(2026, 12, 30, 1, 0, 0, 0, time.UTC)})
	must(t, err)
	if !got.Provisional {
		t.Error("a date in a year without notice is not marked as provisional")
	}
	if _, err := h.Preview(t.Context(), desk.DeadlinePreview{Kind: "joke", Source: channel.Web}); problem.KindOf(err) != problem.Invalid {
		t.Errorf("an unknown kind says %v", err)
	}
}
