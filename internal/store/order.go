package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/order"
	"jiesu/internal/problem"
)

type orderRow struct {
	bun.BaseModel `bun:"table:hotline_order"`

	ID         string `bun:",pk"`
	Platform   string
	Number     string
	Dispatch   string
	Outward    bool
	Theirs     string
	State      order.State
	TicketID   string
	Ticket     string
	SignBy     stamp
	ReplyBy    stamp
	Urges      int
	ReceivedAt stamp
	UpdatedAt  stamp
	SealedBody []byte // who asked, and what about
	Version    int64
}

type orderActRow struct {
	bun.BaseModel `bun:"table:hotline_act"`

	ID         string `bun:",pk"`
	OrderID    string
	Platform   string
	ActKey     string
	At         stamp
	SealedBody []byte
}

// InsertOrder implements [desk.OrderWriter].
func (t *tx) InsertOrder(ctx context.Context, o desk.Order) error {
	body, err := t.sealJSON(place("hotline_order.body", o.ID), o.Body)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", orderRow{
		ID: o.ID, Platform: o.Platform, Number: o.Number, Dispatch: o.Dispatch, Outward: o.Outward, Theirs: o.Theirs, State: o.State, TicketID: o.TicketID, Ticket: o.Ticket,
		SignBy: at(o.SignBy), ReplyBy: at(o.ReplyBy), Urges: o.Urges, ReceivedAt: at(o.ReceivedAt), UpdatedAt: at(o.UpdatedAt), SealedBody: body, Version: o.Version,
	})
	return conflict("order.known", "这件工单的这一次派单已经登记。", err)
}

// UpdateOrder implements [desk.OrderWriter]. What was dispatched never changes.
func (t *tx) UpdateOrder(ctx context.Context, o desk.Order, was int64) error {
	n, err := t.exec(ctx, `UPDATE hotline_order SET state = $1, ticket_id = $2, ticket = $3, reply_by = $4, urges = $5, updated_at = $6, version = $7, theirs = $8
		WHERE id = $9 AND version = $10`, string(o.State), o.TicketID, o.Ticket, at(o.ReplyBy), o.Urges, at(o.UpdatedAt), o.Version, clean(o.Theirs), o.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "order.stale", "这件12345工单刚刚有了变化，请刷新后再操作。"))
	}
	return failure("update order", err)
}

// InsertOrderAct implements [desk.OrderWriter].
func (t *tx) InsertOrderAct(ctx context.Context, a desk.OrderAct) error {
	body, err := t.sealJSON(place("hotline_act.body", a.ID), a.Act)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", orderActRow{ID: a.ID, OrderID: a.OrderID, Platform: a.Platform, ActKey: a.Key, At: at(a.At), SealedBody: body})
	return failure("insert act of a platform", err)
}

// Order implements [desk.OrderReader].
func (v view) Order(ctx context.Context, id string) (desk.Order, error) {
	return v.oneOrder(ctx, "WHERE id = $1", id)
}

// OrderByDispatch implements [desk.OrderReader].
func (v view) OrderByDispatch(ctx context.Context, platform, number, dispatch string) (desk.Order, error) {
	return v.oneOrder(ctx, "WHERE platform = $1 AND number = $2 AND dispatch = $3", platform, number, dispatch)
}

// LatestOrder implements [desk.OrderReader].
func (v view) LatestOrder(ctx context.Context, platform, number string) (desk.Order, error) {
	return v.oneOrder(ctx, "WHERE platform = $1 AND (number = $2 OR theirs = $2) ORDER BY received_at DESC, id DESC", platform, number)
}

// OrderOfTicket implements [desk.OrderReader].
func (v view) OrderOfTicket(ctx context.Context, ticketID string) (desk.Order, error) {
	return v.oneOrder(ctx, "WHERE ticket_id = $1 ORDER BY received_at DESC, id DESC", ticketID)
}

func (v view) oneOrder(ctx context.Context, tail string, keys ...any) (desk.Order, error) {
	r, err := one[orderRow](ctx, v, tail, keys...)
	if err != nil {
		return desk.Order{}, missing("order", "没有这件12345工单，或不在您的权限范围内。", err)
	}
	return v.order(&r)
}

// Orders implements [desk.OrderReader].
func (v view) Orders(ctx context.Context, f desk.OrderFilter) ([]desk.Order, error) {
	var rows []orderRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("ticket_id IN (?)", v.visible(&f.Visible)).Where("state IN ?", bun.Tuple(f.States)).
		OrderExpr("reply_by IS NULL, reply_by, id").Limit(int64(f.Limit))
	if f.Platform != "" {
		q = q.Where("platform = ?", clean(f.Platform))
	}
	if len(f.IDs) > 0 {
		q = q.Where("id IN ?", bun.Tuple(f.IDs))
	}
	err := q.Scan(ctx)
	return v.orders(rows, err)
}

// OpenOrders implements [desk.OrderWorkReader].
func (v view) OpenOrders(ctx context.Context, platform string) ([]desk.Order, error) {
	var rows []orderRow
	err := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("platform = ?", clean(platform)).
		Where("state NOT IN ?", bun.Tuple([]order.State{order.Returned, order.Archived, order.Closed, order.Kept, order.Rejected})).OrderExpr("id").Scan(ctx)
	return v.orders(rows, err)
}

// OrderCounts implements [desk.OrderReader].
func (v view) OrderCounts(ctx context.Context, f desk.Filter) ([]desk.OrderCount, error) {
	counts := []desk.OrderCount{}
	err := v.bun.NewSelect().Conn(v.built()).TableExpr("hotline_order").ColumnExpr("platform, state, count(*) AS n").
		Where("ticket_id IN (?)", v.visible(&f)).GroupExpr("platform, state").OrderExpr("platform, state").Scan(ctx, &counts)
	return counts, failure("count orders", err)
}

// OrderActs implements [desk.OrderReader].
func (v view) OrderActs(ctx context.Context, orderID string) ([]desk.OrderAct, error) {
	rows, err := all[orderActRow](ctx, v, "WHERE order_id = $1 ORDER BY at, id", orderID)
	if err != nil {
		return nil, failure("read acts of a platform", err)
	}
	acts := make([]desk.OrderAct, len(rows))
	for i, r := range rows {
		acts[i] = desk.OrderAct{ID: r.ID, OrderID: r.OrderID, Platform: r.Platform, Key: r.ActKey, At: r.At.Time}
		if err := v.openJSON(place("hotline_act.body", r.ID), r.SealedBody, &acts[i].Act); err != nil {
			return nil, err
		}
	}
	return acts, nil
}

// ActKnown implements [desk.OrderReader].
func (v view) ActKnown(ctx context.Context, platform, key string) (orderID string, known bool, err error) {
	rows, err := all[orderActRow](ctx, v, "WHERE platform = $1 AND act_key = $2", platform, key)
	if err != nil || len(rows) == 0 {
		return "", false, failure("find act of a platform", err)
	}
	return rows[0].OrderID, true, nil
}

func (v view) orders(rows []orderRow, err error) ([]desk.Order, error) {
	if err != nil {
		return nil, failure("read orders", err)
	}
	found := make([]desk.Order, len(rows))
	for i := range rows {
		if found[i], err = v.order(&rows[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (v view) order(r *orderRow) (desk.Order, error) {
	o := desk.Order{
		ID: r.ID, Platform: r.Platform, Number: r.Number, Dispatch: r.Dispatch, Outward: r.Outward, Theirs: r.Theirs, State: r.State, TicketID: r.TicketID, Ticket: r.Ticket,
		SignBy: r.SignBy.Time, ReplyBy: r.ReplyBy.Time, Urges: r.Urges, ReceivedAt: r.ReceivedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
	err := v.openJSON(place("hotline_order.body", r.ID), r.SealedBody, &o.Body)
	return o, err
}
