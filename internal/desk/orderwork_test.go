package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// TestAPlatformWithoutAConnection: a sheet brings orders in, once; what has to go
// there is typed.
func TestAPlatformWithoutAConnection(t *testing.T) {
	t.Parallel()
	c := connected(t)
	rows := []desk.ImportedAct{
		{Row: 2, Act: dispatch("M1", nil)},
		{Row: 3, Act: dispatch("M2", func(o *hotline.Order) { o.Content = "" })},
		{Row: 4, Fault: "办结期限不是日期"},
	}
	outcomes := func(apply bool) (got []desk.ActOutcome) {
		t.Helper()
		taken, err := c.ImportActs(t.Context(), c.force, "county", rows, apply)
		must(t, err)
		for _, r := range taken {
			got = append(got, r.Outcome)
			if r.Outcome == desk.ActRefused && r.Reason == "" {
				t.Errorf("row %d is refused for no reason", r.Row)
			}
		}
		return got
	}
	for i, want := range [][]desk.ActOutcome{{"new", "refused", "refused"}, {"new", "refused", "refused"}, {"known", "refused", "refused"}} {
		if got := outcomes(i > 0); !slices.Equal(got, want) {
			t.Errorf("time %d: %v, want %v", i+1, got, want)
		}
	}
	blind := c.house.handler("blind", "patrol")
	blind.Orders = true
	if taken, err := c.ImportActs(t.Context(), blind, "county", rows[:1], true); err != nil || taken[0].Outcome != desk.ActKnown || taken[0].Ticket != "" {
		t.Errorf("who may not see it is told its number: %+v, %v", taken, err)
	}
	if _, err := c.ImportActs(t.Context(), c.force, "city", rows, true); !problem.HasCode(err, "order.platform") {
		t.Errorf("orders of a connected platform are typed in: %v", err)
	}
	o, err := c.store.LatestOrder(t.Context(), "county", "M1")
	must(t, err)
	c.receipt.Number = o.Ticket
	c.toHandling()
	waiting, err := c.OrdersToType(t.Context(), c.force, "county")
	must(t, err)
	if len(waiting) != 2 || waiting[0].Kind != hotline.OpSign || waiting[1].Kind != hotline.OpProgress {
		t.Fatalf("to be typed: %+v", waiting)
	}
	sign := waiting[0]
	if _, err := c.TypeOp(t.Context(), c.force, sign.ID, sign.Version, c.now().Add(time.Hour)); !problem.HasCode(err, "order.typed_at") {
		t.Errorf("typed in the future: %v", err)
	}
	v, err := c.TypeOp(t.Context(), c.force, sign.ID, sign.Version, time.Time{})
	must(t, err)
	if v.Ops[0].State != desk.OpTyped || v.Ops[0].TypedBy != "force" {
		t.Errorf("typed: %+v", v.Ops[0].OrderOp)
	}
	_, err = c.EnterAct(t.Context(), c.force, o.ID, hotline.Act{Kind: hotline.ActUrge, Opinion: "请尽快"})
	must(t, err)
	if got := c.view().Ticket.Urges; got != 1 {
		t.Errorf("urged %d times", got)
	}
	if kinds, _ := c.sent(); len(kinds) != 0 {
		t.Errorf("sent %v to a platform without a connection", kinds)
	}
	c.pass(72 * time.Hour)
	c.work(t)
	notices, err := c.Notifications(t.Context(), c.force, 50)
	must(t, err)
	if !slices.ContainsFunc(notices, func(n desk.Notification) bool { return n.Kind == "order.untyped" }) {
		t.Error("nobody is told what was not typed in time")
	}
}

// TestWhatAPlatformListsIsCompared: every difference is a row, and closes itself.
func TestWhatAPlatformListsIsCompared(t *testing.T) {
	t.Parallel()
	c := connected(t)
	for _, n := range []string{"N1", "N2", "N3"} {
		c.told(dispatch(n, nil))
	}
	listed := []hotline.Listed{
		{OrderNo: "N1", DispatchSeq: 1, State: hotline.ToSign, ReplyBy: monday().Add(72 * time.Hour)},
		{OrderNo: "N2", DispatchSeq: 1, State: hotline.Handling, ReplyBy: monday().Add(48 * time.Hour)},
		{OrderNo: "N9", DispatchSeq: 1, State: hotline.ToSign},
	}
	kinds := func(n int) (found []string) {
		t.Helper()
		got, err := c.Reconcile(t.Context(), "city", listed)
		must(t, err)
		b, err := c.OrderBoard(t.Context(), c.force, desk.OrderQuery{})
		must(t, err)
		for _, d := range b.Differences {
			found = append(found, d.Number+" "+string(d.Kind))
		}
		if got != n || len(found) != n {
			t.Errorf("%d differences, shown %v", got, found)
		}
		slices.Sort(found)
		return found
	}
	want := []string{"N2 deadline", "N2 state", "N3 missing_there", "N9 missing_here"}
	for range 2 { // a second comparison doubles nothing
		if got := kinds(4); !slices.Equal(got, want) {
			t.Errorf("differences are %v, want %v", got, want)
		}
	}
	c.work(t)
	notices, err := c.Notifications(t.Context(), c.force, 50)
	must(t, err)
	if n := slices.IndexFunc(notices, func(n desk.Notification) bool { return n.Kind == "order.differs" }); n < 0 {
		t.Error("nobody is told")
	}
	listed = []hotline.Listed{listed[0], {OrderNo: "N2"}, {OrderNo: "N3"}}
	kinds(0)
}

// TestFilesArePulledAndChecked: what cannot be kept is shown, and never in the way
// of the rest.
func TestFilesArePulledAndChecked(t *testing.T) {
	t.Parallel()
	c := connected(t)
	reachable := false
	c.FetchFile = func(_ context.Context, platform string, f hotline.Attachment) ([]byte, error) {
		if platform != "city" || f.Name == "late.txt" && !reachable {
			return nil, errors.New("connection refused")
		}
		return []byte("说明"), nil
	}
	c.told(dispatch("N1", func(o *hotline.Order) {
		o.Attachments = []hotline.Attachment{
			{Name: "ok.txt", FetchURL: "https://city.example/1"},
			{Name: "late.txt", FetchURL: "https://city.example/2"},
			{Name: "changed.txt", FetchURL: "https://city.example/3", SHA256: strings.Repeat("0", 64)},
			{Name: "large.txt", FetchURL: "https://city.example/4", Size: channel.MaxUpload + 1},
		}
	}))
	if err := c.PullFiles(t.Context()); !problem.HasCode(err, "order.files_wait") {
		t.Errorf("with one that waits: %v", err)
	}
	states := func(want ...string) {
		t.Helper()
		var got []string
		for _, f := range c.latest("N1").Files {
			got = append(got, string(f.State)+" "+f.Reason)
		}
		if !slices.Equal(got, want) {
			t.Errorf("files are %q, want %q", got, want)
		}
	}
	states("kept ", "waiting order.file_unreachable", "failed order.file_changed", "failed attachment.too_large")
	reachable = true
	must(t, c.PullFiles(t.Context()))
	states("kept ", "kept ", "failed order.file_changed", "failed attachment.too_large")
	if files := c.view().Files; len(files) != 2 || files[0].Name != "ok.txt" {
		t.Errorf("the letter has %+v", files)
	}
}

// TestAStricterDateCounts: a platform that urges with an earlier date moves it.
func TestAStricterDateCounts(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	sooner := monday().Add(30 * time.Hour)
	c.told(hotline.Act{Kind: hotline.ActUrge, OrderNo: "N1", Deadlines: &hotline.Deadlines{ReplyBy: sooner}})
	if got := c.clock(deadline.Answer).DueAt; got.After(sooner) {
		t.Errorf("due %s, wanted by %s", got, sooner)
	}
	sooner = monday().Add(29 * time.Hour)
	c.told(hotline.Act{Kind: hotline.ActReceipt, OrderNo: "N1", Receipt: &hotline.Receipt{Taken: true}, Deadlines: &hotline.Deadlines{ReplyBy: sooner}})
	if got := c.view().Ticket; got.DueAt.After(sooner) || !got.Origin.Due.Equal(sooner) {
		t.Errorf("with a receipt: due %s, the platform's date is %s, wanted by %s", got.DueAt, got.Origin.Due, sooner)
	}
}
