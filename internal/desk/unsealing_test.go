package desk_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// report opens a report and dispatches it to the narcotics detachment.
func report(t *testing.T, h *house, anonymous bool) (number, id string) {
	t.Helper()
	l := letter()
	l.Kind, l.Category, l.Title, l.Text = channel.Report, "drugs", "楼下有人贩毒", "楼下有人贩毒。举报人张三，电话13800138000。"
	if anonymous {
		l.Contact = nil
	}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	v, err := h.move(t, h.taskForce("clerk"), r.Number, desk.Command{Move: ticket.Dispatch, Unit: "narcotics"})
	must(t, err)
	return r.Number, v.Ticket.ID
}

// picture is a small photograph.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))))
	return b.Bytes()
}

// trail lists what was done to a ticket.
func (h *house) trail(t *testing.T, id string) []string {
	t.Helper()
	chain, err := h.store.AuditLane(t.Context(), audit.LaneOf("ticket/"+id))
	must(t, err)
	var acts []string
	for _, e := range chain {
		if e.Object == "ticket/"+id && (strings.HasPrefix(e.Action, "unsealing.") || e.Action == "contact.reveal") {
			acts = append(acts, e.Actor+" "+e.Action)
			for _, v := range e.Detail {
				if strings.Contains(v, "核实线索") || strings.Contains(v, "13800138000") {
					t.Errorf("the trail holds %s", v)
				}
			}
		}
	}
	return acts
}

func TestTwoPeopleUnsealAReport(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	number, id := report(t, h, false)
	handler, clerk, boss := h.handler("n1", "narcotics"), h.taskForce("clerk"), h.leader("boss")
	for name, a := range map[string]desk.Actor{"the handler": handler, "the task force": clerk} {
		if _, err := h.RevealContact(ctx, a, number, "核实"); !problem.HasCode(err, "contact.sealed") {
			t.Errorf("%s alone gets %v", name, err)
		}
	}
	u, err := h.RequestUnsealing(ctx, handler, number, "核实线索")
	must(t, err)
	if _, err := h.RequestUnsealing(ctx, handler, number, "再来一次"); !problem.HasCode(err, "unsealing.open") {
		t.Errorf("a second request says %v", err)
	}
	if _, err := h.RevealContact(ctx, handler, number, "核实"); !problem.HasCode(err, "contact.sealed") {
		t.Errorf("before the decision: %v", err)
	}
	for name, a := range map[string]desk.Actor{"the leader": boss, "the task force": clerk, "the requester": handler} {
		us, err := h.PendingUnsealings(ctx, a, desk.UnsealingPending)
		must(t, err)
		if len(us) != 1 || us[0].Reason != "核实线索" {
			t.Errorf("%s finds %+v", name, us)
		}
	}
	u, err = h.DecideUnsealing(ctx, boss, number, u.ID, true, "确有必要")
	must(t, err)
	if _, err := h.DecideUnsealing(ctx, clerk, number, u.ID, false, "晚了"); !problem.HasCode(err, "unsealing.decided") {
		t.Errorf("deciding twice says %v", err)
	}
	if _, err := h.RevealContact(ctx, clerk, number, "核实"); !problem.HasCode(err, "contact.sealed") {
		t.Errorf("somebody else's approval serves the clerk: %v", err)
	}
	for i := range 3 {
		c, err := h.RevealContact(ctx, handler, number, "核实")
		must(t, err)
		if c.Phone != "13800138000" {
			t.Errorf("look %d shows %+v", i+1, c)
		}
	}
	if _, err := h.RevealContact(ctx, handler, number, "核实"); !problem.HasCode(err, "contact.sealed") {
		t.Errorf("a fourth look: %v", err)
	}
	want := []string{"n1 unsealing.request", "boss unsealing.granted", "n1 contact.reveal", "n1 contact.reveal", "n1 contact.reveal"}
	if got := h.trail(t, id); !slices.Equal(got, want) {
		t.Errorf("the trail tells %v, want %v", got, want)
	}
}

func TestAnApprovalEndsAfterADay(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	number, id := report(t, h, false)
	handler, boss := h.handler("n1", "narcotics"), h.leader("boss")
	u, err := h.RequestUnsealing(ctx, handler, number, "核实线索")
	must(t, err)
	_, err = h.DecideUnsealing(ctx, boss, number, u.ID, true, "确有必要")
	must(t, err)
	h.pass(24 * time.Hour)
	if _, err := h.RevealContact(ctx, handler, number, "核实"); !problem.HasCode(err, "contact.sealed") {
		t.Errorf("a day later: %v", err)
	}
	h.work(t)
	// Undecided requests end too, and can be made again.
	_, err = h.RequestUnsealing(ctx, handler, number, "核实线索")
	must(t, err)
	h.pass(3*24*time.Hour - time.Second)
	h.work(t)
	pending, err := h.PendingUnsealings(ctx, boss, desk.UnsealingPending)
	must(t, err)
	if len(pending) != 1 {
		t.Errorf("a second too early: %+v", pending)
	}
	h.pass(time.Second)
	if _, err := h.DecideUnsealing(ctx, boss, number, pending[0].ID, true, "晚了"); !problem.HasCode(err, "unsealing.decided") {
		t.Errorf("deciding an expired request says %v", err)
	}
	h.work(t)
	expired, err := h.PendingUnsealings(ctx, boss, desk.UnsealingExpired)
	must(t, err)
	if len(expired) != 2 {
		t.Errorf("expired: %+v", expired)
	}
	third, err := h.RequestUnsealing(ctx, handler, number, "核实线索")
	must(t, err)
	_, err = h.DecideUnsealing(ctx, boss, number, third.ID, false, "没有必要")
	must(t, err)
	want := []string{
		"n1 unsealing.request", "boss unsealing.granted", "system unsealing.expired",
		"n1 unsealing.request", "system unsealing.expired", "n1 unsealing.request", "boss unsealing.refused",
	}
	if got := h.trail(t, id); !slices.Equal(got, want) {
		t.Errorf("the trail tells %v, want %v", got, want)
	}
}

func TestWhoMayNotUnseal(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	number, _ := report(t, h, false)
	clerk, handler := h.taskForce("clerk"), h.handler("n1", "narcotics")
	colleague := h.handler("n2", "narcotics")
	colleague.Unseal = true // somebody of the task force who also serves there
	own, err := h.RequestUnsealing(ctx, clerk, number, "核实线索")
	must(t, err)
	for name, test := range map[string]struct {
		actor desk.Actor
		code  string
	}{
		"the requester":     {clerk, "unsealing.own"},
		"the handling unit": {colleague, "unsealing.handling"},
		"a handler":         {handler, "unsealing.denied"},
	} {
		if _, err := h.DecideUnsealing(ctx, test.actor, number, own.ID, true, "同意"); !problem.HasCode(err, test.code) {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
	_, err = h.DecideUnsealing(ctx, h.taskForce("clerk2"), number, own.ID, true, "同意")
	must(t, err)
	other, _ := report(t, h, false)
	if _, err := h.DecideUnsealing(ctx, h.leader("boss"), other, own.ID, true, "同意"); !problem.HasCode(err, "unsealing.not_found") {
		t.Errorf("under another number: %v", err)
	}
	if _, err := h.RequestUnsealing(ctx, h.handler("t1", "traffic"), number, "好奇"); !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("a unit that does not see it: %v", err)
	}
	nameless, _ := report(t, h, true)
	if _, err := h.RequestUnsealing(ctx, handler, nameless, "核实线索"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("nobody gave a name: %v", err)
	}
	if _, err := h.RequestUnsealing(ctx, handler, number, ""); !problem.HasCode(err, "unsealing.reason") {
		t.Errorf("without a reason: %v", err)
	}
	plain, err := h.Open(ctx, desk.Opening{Letter: letter()})
	must(t, err)
	if _, err := h.RequestUnsealing(ctx, clerk, plain.Number, "核实"); !problem.HasCode(err, "unsealing.not_sealed") {
		t.Errorf("an ordinary letter: %v", err)
	}
}

func TestWhomAReportIsAboutNeverDecides(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	l := letter()
	l.Kind, l.Category, l.Title, l.Text = channel.Report, "drugs", "举报信箱专班", "“平安厅”局长信箱工作专班压着举报不办。"
	r, err := h.Open(ctx, desk.Opening{Letter: l})
	must(t, err)
	inspector := h.staff("inspector", "inspection", ticket.Dispatch)
	inspector.Scope, inspector.Reports, inspector.Contact = "*", true, true
	u, err := h.RequestUnsealing(ctx, inspector, r.Number, "核实线索")
	must(t, err)
	clerk := h.taskForce("clerk")
	if _, err := h.DecideUnsealing(ctx, clerk, r.Number, u.ID, true, "同意"); !problem.HasCode(err, "unsealing.not_found") {
		t.Errorf("the task force decides: %v", err)
	}
	us, err := h.PendingUnsealings(ctx, clerk, desk.UnsealingPending)
	must(t, err)
	if len(us) != 0 {
		t.Errorf("the task force learns of it: %+v", us)
	}
	h.work(t)
	told, err := h.Notifications(ctx, clerk, 10)
	must(t, err)
	if len(told) != 0 {
		t.Errorf("the task force is told: %+v", told)
	}
	told, err = h.Notifications(ctx, h.leader("boss"), 10)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == "unsealing.request" && n.Ticket == r.Number }) {
		t.Errorf("the leaders are not told: %+v", told)
	}
}

func TestAReportDoesNotNameItsWriter(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	up, err := h.Upload(ctx, "张三的举报.png", picture(t))
	must(t, err)
	l := letter()
	l.Kind, l.Category, l.Title, l.Text, l.Attachments = channel.Report, "drugs", "张三举报贩毒", "我是张三，电话13800138000，楼下有人贩毒。", []string{up.ID}
	r, err := h.Open(ctx, desk.Opening{Letter: l})
	must(t, err)
	clerk := h.taskForce("clerk")
	v, err := h.Ticket(ctx, clerk, r.Number)
	must(t, err)
	for _, text := range []string{v.Letter.Title, v.Letter.Text, v.Ticket.Title, v.Files[0].Name} {
		if strings.Contains(text, "张三") || strings.Contains(text, "13800138000") {
			t.Errorf("the view shows %q", text)
		}
	}
	if !strings.Contains(v.Letter.Text, "楼下有人贩毒") || v.Files[0].Name != "附件1.png" {
		t.Errorf("the view lost what it is about: %q, %q", v.Letter.Text, v.Files[0].Name)
	}
	file, _, err := h.Attachment(ctx, clerk, r.Number, up.ID)
	must(t, err)
	if file.Name != "附件1.png" {
		t.Errorf("the file is called %q", file.Name)
	}
}
