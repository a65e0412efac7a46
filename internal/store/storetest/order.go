package storetest

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/order"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// order stores an order for a new ticket.
func (k *kit) order(number, dispatch string, edit func(*ticket.Ticket)) desk.Order {
	k.Helper()
	t := k.open(edit)
	o := desk.Order{
		ID: k.id(), Platform: "city", Number: number, Dispatch: dispatch, State: order.ToSign, TicketID: t.ID, Ticket: t.Number, ReplyBy: noon().Add(time.Hour),
		ReceivedAt: noon(), UpdatedAt: noon(), Version: 1,
		Body: hotline.Order{OrderNo: hotline.ID(number), Content: "路灯不亮", Appellant: hotline.Appellant{Name: "张三", Phone: "13800138000"}},
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertOrder(ctx, o) })
	return o
}

// testOrders: a dispatch is one order, the latest of a number is found, and a
// second writer is told so.
func testOrders(k *kit) {
	first := k.order("N1", "1", nil)
	second := k.order("N1", "2", nil)
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
		again := first
		again.ID = k.id()
		return tx.InsertOrder(ctx, again)
	})
	wantCode(k, err, problem.Conflict, "order.known")
	got, err := k.OrderByDispatch(k.Context(), "city", "N1", "1")
	ok(k, err)
	same(k, "by its dispatch", got, first)
	got, err = k.LatestOrder(k.Context(), "city", "N1")
	ok(k, err)
	same(k, "the latest", got, second)
	got, err = k.OrderOfTicket(k.Context(), first.TicketID)
	ok(k, err)
	same(k, "of a ticket", got, first)
	_, err = k.LatestOrder(k.Context(), "other", "N1")
	wantCode(k, err, problem.NotFound, "order.not_found")

	first.State, first.Urges, first.ReplyBy, first.Version = order.Archived, 2, noon().Add(2*time.Hour), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrder(ctx, first, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrder(ctx, first, 1) })
	wantCode(k, err, problem.Conflict, "order.stale")
	got, err = k.Order(k.Context(), first.ID)
	ok(k, err)
	same(k, "after the change", got, first)
	open, err := k.OpenOrders(k.Context(), "city")
	ok(k, err)
	same(k, "open", open, []desk.Order{second})

	given := k.open(nil)
	out := desk.Order{
		ID: k.id(), Platform: "city", Number: given.Number, Outward: true, State: order.Pushed, TicketID: given.ID, Ticket: given.Number,
		ReceivedAt: noon(), UpdatedAt: noon(), Version: 1,
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertOrder(ctx, out) })
	out.Theirs, out.Version = "P9", 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrder(ctx, out, 1) })
	for _, number := range []string{given.Number, "P9"} {
		got, err = k.LatestOrder(k.Context(), "city", number)
		ok(k, err)
		same(k, "known as "+number, got, out)
	}
	some, err := k.Orders(k.Context(), desk.OrderFilter{Visible: desk.Filter{Reports: true}, IDs: []string{first.ID, out.ID}, States: order.States(), Limit: 9})
	ok(k, err)
	same(k, "by their ids", len(some), 2)
}

// testOrdersVisible: lists hold what the viewer may see, and reports nobody else.
func testOrdersVisible(k *kit) {
	plain := k.order("N1", "1", func(t *ticket.Ticket) { t.Avoid, t.LeadPath = []string{"patrol"}, "bureau/traffic" })
	report := k.order("N2", "1", func(t *ticket.Ticket) { t.Kind = channel.Report })
	all := desk.OrderFilter{Visible: desk.Filter{Reports: true}, States: order.States(), Limit: 10}
	for name, test := range map[string]struct {
		f    desk.OrderFilter
		want []desk.Order
	}{
		"task force":         {all, []desk.Order{plain, report}},
		"no reports":         {desk.OrderFilter{States: order.States(), Limit: 10}, []desk.Order{plain}},
		"a unit kept away":   {desk.OrderFilter{Visible: desk.Filter{Unit: "patrol", Scope: "bureau/patrol"}, States: order.States(), Limit: 10}, []desk.Order{}},
		"another platform":   {desk.OrderFilter{Visible: desk.Filter{Reports: true}, Platform: "other", States: order.States(), Limit: 10}, []desk.Order{}},
		"in no state of any": {desk.OrderFilter{Visible: desk.Filter{Reports: true}, States: []order.State{order.Returned}, Limit: 10}, []desk.Order{}},
	} {
		got, err := k.Orders(k.Context(), test.f)
		ok(k, err)
		same(k, name, got, test.want)
	}
	counts, err := k.OrderCounts(k.Context(), desk.Filter{})
	ok(k, err)
	same(k, "counts", counts, []desk.OrderCount{{Platform: "city", State: order.ToSign, N: 1}})

	op := desk.OrderOp{
		ID: k.id(), OrderID: report.ID, Kind: hotline.OpComplete, State: desk.OpProposed, DraftedBy: "u1", CreatedAt: noon(), AlarmAt: noon().Add(time.Hour),
		Op: hotline.Op{Kind: hotline.OpComplete, Complete: &hotline.Complete{Result: hotline.Solved, Content: "已办结。"}}, Version: 1,
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertOrderOp(ctx, op) })
	found := desk.Difference{ID: k.id(), Platform: "city", Number: "N2", Kind: desk.StateDiffers, OrderID: report.ID, Ours: "to_sign", Theirs: "handling", Since: noon()}
	missing := desk.Difference{ID: k.id(), Platform: "city", Number: "N9", Kind: desk.MissingHere, Since: noon().Add(time.Second)}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.SaveDifference(ctx, found); err != nil {
			return err
		}
		return tx.SaveDifference(ctx, missing)
	})
	for _, test := range []struct {
		f           desk.OrderFilter
		ops         []desk.OrderOp
		differences []desk.Difference
	}{
		{all, []desk.OrderOp{op}, []desk.Difference{found, missing}},
		{desk.OrderFilter{Limit: 10}, []desk.OrderOp{}, []desk.Difference{missing}},
	} {
		ops, err := k.OpsIn(k.Context(), test.f, desk.OpProposed)
		ok(k, err)
		same(k, "operations", ops, test.ops)
		differences, err := k.Differences(k.Context(), test.f)
		ok(k, err)
		same(k, "differences", differences, test.differences)
	}
	found.ClosedAt = noon()
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveDifference(ctx, found) })
	left, err := k.Differences(k.Context(), all)
	ok(k, err)
	same(k, "differences that are not closed", left, []desk.Difference{missing})
}

// testOrderWork: an act is known by its key, an operation is changed by one at a
// time, a file waits until it was tried.
func testOrderWork(k *kit) {
	o := k.order("N1", "1", nil)
	a := desk.OrderAct{ID: k.id(), OrderID: o.ID, Platform: "city", Key: "N1|1|urge|7", At: noon(), Act: hotline.Act{Kind: hotline.ActUrge, OrderNo: "N1", Opinion: "请尽快"}}
	op := desk.OrderOp{ID: k.id(), OrderID: o.ID, Kind: hotline.OpSign, State: desk.OpToType, CreatedAt: noon(), Supersedes: "op-0", Op: hotline.Op{Kind: hotline.OpSign}, Version: 1}
	f := desk.OrderFile{OrderID: o.ID, N: 1, State: desk.FileWaiting, File: hotline.Attachment{Name: "照片.jpg", FetchURL: "https://city.example/1"}}
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertOrderAct(ctx, a); err != nil {
			return err
		}
		if err := tx.InsertOrderFiles(ctx, f); err != nil {
			return err
		}
		return tx.InsertOrderOp(ctx, op)
	})
	id, known, err := k.ActKnown(k.Context(), "city", a.Key)
	ok(k, err)
	same(k, "the act is known", []any{id, known}, []any{o.ID, true})
	_, known, err = k.ActKnown(k.Context(), "other", a.Key)
	ok(k, err)
	same(k, "at another platform", known, false)
	acts, err := k.OrderActs(k.Context(), o.ID)
	ok(k, err)
	same(k, "acts", acts, []desk.OrderAct{a})

	op.State, op.TypedBy, op.TypedAt, op.Version = desk.OpTyped, "u1", noon(), 2
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrderOp(ctx, op, 1) })
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrderOp(ctx, op, 1) })
	wantCode(k, err, problem.Conflict, "order.stale")
	ops, err := k.OrderOps(k.Context(), o.ID)
	ok(k, err)
	same(k, "operations", ops, []desk.OrderOp{op})
	_, err = k.OrderOp(k.Context(), "nothing")
	wantCode(k, err, problem.NotFound, "order.not_found")

	waiting, err := k.WaitingFiles(k.Context(), 10)
	ok(k, err)
	same(k, "files that wait", waiting, []desk.OrderFile{f})
	f.State, f.Reason, f.Tries = desk.FileFailed, "order.file_gone", 1
	fail := func(ctx context.Context, tx desk.Tx) error { return tx.UpdateOrderFile(ctx, f, desk.FileWaiting, 0) }
	k.change(fail)
	wantCode(k, k.InTx(k.Context(), fail), problem.Conflict, "order.file_taken")
	waiting, err = k.WaitingFiles(k.Context(), 10)
	ok(k, err)
	same(k, "files that wait no more", waiting, []desk.OrderFile{})
	files, err := k.OrderFiles(k.Context(), o.ID)
	ok(k, err)
	same(k, "files", files, []desk.OrderFile{f})
}
