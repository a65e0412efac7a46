package store

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

type orderOpRow struct {
	bun.BaseModel `bun:"table:hotline_op"`

	ID          string `bun:",pk"`
	OrderID     string
	Kind        hotline.OpKind
	State       desk.OpState
	DraftedBy   string
	ConfirmedBy string
	CreatedAt   stamp
	ConfirmedAt stamp
	AlarmAt     stamp
	TypedBy     string
	TypedAt     stamp
	Supersedes  string
	SealedBody  []byte
	Version     int64
}

type orderFileRow struct {
	bun.BaseModel `bun:"table:hotline_file"`

	OrderID    string `bun:",pk"`
	N          int    `bun:",pk"`
	State      desk.FileState
	Attachment string
	Reason     string
	Tries      int
	SealedBody []byte // where it lies, which may say more than it should
}

type differenceRow struct {
	bun.BaseModel `bun:"table:hotline_difference"`

	ID       string `bun:",pk"`
	Platform string
	Number   string
	Dispatch string
	Kind     desk.DifferenceKind
	OrderID  string
	Ours     string
	Theirs   string
	Since    stamp
	ClosedAt stamp
}

// InsertOrderOp implements [desk.OrderWriter].
func (t *tx) InsertOrderOp(ctx context.Context, op desk.OrderOp) error {
	body, err := t.sealJSON(place("hotline_op.body", op.ID), op.Op)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", orderOpRow{
		ID: op.ID, OrderID: op.OrderID, Kind: op.Kind, State: op.State, DraftedBy: op.DraftedBy, ConfirmedBy: op.ConfirmedBy, CreatedAt: at(op.CreatedAt),
		ConfirmedAt: at(op.ConfirmedAt), AlarmAt: at(op.AlarmAt), TypedBy: op.TypedBy, TypedAt: at(op.TypedAt), Supersedes: op.Supersedes,
		SealedBody: body, Version: op.Version,
	})
	return failure("insert operation", err)
}

// UpdateOrderOp implements [desk.OrderWriter].
func (t *tx) UpdateOrderOp(ctx context.Context, op desk.OrderOp, was int64) error {
	body, err := t.sealJSON(place("hotline_op.body", op.ID), op.Op)
	if err != nil {
		return t.spoil(err)
	}
	n, err := t.exec(ctx, `UPDATE hotline_op SET state = $1, drafted_by = $2, confirmed_by = $3, confirmed_at = $4, typed_by = $5, typed_at = $6, sealed_body = $7,
		version = $8 WHERE id = $9 AND version = $10`, string(op.State), clean(op.DraftedBy), clean(op.ConfirmedBy), at(op.ConfirmedAt), clean(op.TypedBy),
		at(op.TypedAt), body, op.Version, op.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "order.stale", "这项操作刚刚有了变化，请刷新后再试。"))
	}
	return failure("update operation", err)
}

// OrderOp implements [desk.OrderWorkReader].
func (v view) OrderOp(ctx context.Context, id string) (desk.OrderOp, error) {
	r, err := one[orderOpRow](ctx, v, "WHERE id = $1", id)
	if err != nil {
		return desk.OrderOp{}, missing("order", "没有这项操作，或不在您的权限范围内。", err)
	}
	return v.orderOp(&r)
}

// OrderOps implements [desk.OrderWorkReader].
func (v view) OrderOps(ctx context.Context, orderID string) ([]desk.OrderOp, error) {
	return v.orderOps(all[orderOpRow](ctx, v, "WHERE order_id = $1 ORDER BY created_at, id", orderID))
}

// OpsIn implements [desk.OrderWorkReader].
func (v view) OpsIn(ctx context.Context, f desk.OrderFilter, state desk.OpState) ([]desk.OrderOp, error) {
	var rows []orderOpRow
	err := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("state = ?", state).Where("order_id IN (?)", v.visibleOrders(&f)).
		OrderExpr("created_at, id").Limit(int64(f.Limit)).Scan(ctx)
	return v.orderOps(rows, err)
}

// visibleOrders are the ids of a platform's orders whose tickets a viewer may see.
func (v view) visibleOrders(f *desk.OrderFilter) *bun.SelectQuery {
	q := v.bun.NewSelect().TableExpr("hotline_order").Column("id").Where("ticket_id IN (?)", v.visible(&f.Visible))
	if f.Platform != "" {
		q = q.Where("platform = ?", clean(f.Platform))
	}
	return q
}

func (v view) orderOps(rows []orderOpRow, err error) ([]desk.OrderOp, error) {
	if err != nil {
		return nil, failure("read operations", err)
	}
	found := make([]desk.OrderOp, len(rows))
	for i := range rows {
		if found[i], err = v.orderOp(&rows[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (v view) orderOp(r *orderOpRow) (desk.OrderOp, error) {
	op := desk.OrderOp{
		ID: r.ID, OrderID: r.OrderID, Kind: r.Kind, State: r.State, DraftedBy: r.DraftedBy, ConfirmedBy: r.ConfirmedBy, CreatedAt: r.CreatedAt.Time,
		ConfirmedAt: r.ConfirmedAt.Time, AlarmAt: r.AlarmAt.Time, TypedBy: r.TypedBy, TypedAt: r.TypedAt.Time, Supersedes: r.Supersedes, Version: r.Version,
	}
	err := v.openJSON(place("hotline_op.body", r.ID), r.SealedBody, &op.Op)
	return op, err
}

// InsertOrderFiles implements [desk.OrderWriter].
func (t *tx) InsertOrderFiles(ctx context.Context, fs ...desk.OrderFile) error {
	rows := make([]orderFileRow, len(fs))
	for i, f := range fs {
		body, err := t.sealJSON(filePlace(f.OrderID, f.N), f.File)
		if err != nil {
			return t.spoil(err)
		}
		rows[i] = orderFileRow{OrderID: f.OrderID, N: f.N, State: f.State, Attachment: f.Attachment, Reason: f.Reason, Tries: f.Tries, SealedBody: body}
	}
	_, err := insert(ctx, t, "", rows...)
	return failure("insert files of an order", err)
}

// UpdateOrderFile implements [desk.OrderWriter].
func (t *tx) UpdateOrderFile(ctx context.Context, f desk.OrderFile, was desk.FileState, tries int) error {
	n, err := t.exec(ctx, `UPDATE hotline_file SET state = $1, attachment = $2, reason = $3, tries = $4
		WHERE order_id = $5 AND n = $6 AND state = $7 AND tries = $8`,
		string(f.State), f.Attachment, clean(f.Reason), f.Tries, f.OrderID, f.N, string(was), tries)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "order.file_taken", "这个附件刚刚有了变化，请刷新后再试。"))
	}
	return failure("update file of an order", err)
}

// OrderFiles implements [desk.OrderWorkReader].
func (v view) OrderFiles(ctx context.Context, orderID string) ([]desk.OrderFile, error) {
	return v.orderFiles(all[orderFileRow](ctx, v, "WHERE order_id = $1 ORDER BY n", orderID))
}

// WaitingFiles implements [desk.OrderWorkReader].
func (v view) WaitingFiles(ctx context.Context, limit int) ([]desk.OrderFile, error) {
	return v.orderFiles(all[orderFileRow](ctx, v, "WHERE state = 'waiting' ORDER BY tries, order_id, n LIMIT $1", limit))
}

func (v view) orderFiles(rows []orderFileRow, err error) ([]desk.OrderFile, error) {
	if err != nil {
		return nil, failure("read files of orders", err)
	}
	files := make([]desk.OrderFile, len(rows))
	for i, r := range rows {
		files[i] = desk.OrderFile{OrderID: r.OrderID, N: r.N, State: r.State, Attachment: r.Attachment, Reason: r.Reason, Tries: r.Tries}
		if err := v.openJSON(filePlace(r.OrderID, r.N), r.SealedBody, &files[i].File); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func filePlace(orderID string, n int) string {
	return place("hotline_file.body", orderID+"/"+strconv.Itoa(n))
}

// SaveDifference implements [desk.OrderWriter].
func (t *tx) SaveDifference(ctx context.Context, d desk.Difference) error {
	_, err := insert(ctx, t, " ON CONFLICT (id) DO UPDATE SET ours = excluded.ours, theirs = excluded.theirs, closed_at = excluded.closed_at", differenceRow{
		ID: d.ID, Platform: d.Platform, Number: d.Number, Dispatch: d.Dispatch, Kind: d.Kind, OrderID: d.OrderID, Ours: d.Ours, Theirs: d.Theirs,
		Since: at(d.Since), ClosedAt: at(d.ClosedAt),
	})
	return failure("save difference", err)
}

// Differences implements [desk.OrderWorkReader].
func (v view) Differences(ctx context.Context, f desk.OrderFilter) ([]desk.Difference, error) {
	var rows []differenceRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("closed_at IS NULL").Where("(order_id = '' OR order_id IN (?))", v.visibleOrders(&f)).
		OrderExpr("platform, since, id").Limit(int64(f.Limit))
	if f.Platform != "" {
		q = q.Where("platform = ?", clean(f.Platform))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, failure("read differences", err)
	}
	found := make([]desk.Difference, len(rows))
	for i, r := range rows {
		found[i] = desk.Difference{
			ID: r.ID, Platform: r.Platform, Number: r.Number, Dispatch: r.Dispatch, Kind: r.Kind, OrderID: r.OrderID, Ours: r.Ours, Theirs: r.Theirs,
			Since: r.Since.Time, ClosedAt: r.ClosedAt.Time,
		}
	}
	return found, nil
}
