package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type deliveryRow struct {
	bun.BaseModel `bun:"table:delivery"`

	Seq        int64
	ID         string
	Route      string
	Kind       string
	Ticket     string
	SealedBody []byte
	State      desk.DeliveryState
	Reason     string
	Tries      int
	NextAt     stamp
	CreatedAt  stamp
	EndedAt    stamp
	AlarmAt    stamp
	Version    int64
}

type attemptRow struct {
	bun.BaseModel `bun:"table:delivery_attempt"`

	DeliveryID string `bun:",pk"`
	No         int    `bun:",pk"`
	At         stamp  `bun:",pk"`
	Took       int64  // microseconds
	Outcome    desk.Outcome
	Status     int
	Detail     string
}

const (
	deliveryColumns = "seq, id, route, kind, ticket, sealed_body, state, reason, tries, next_at, created_at, ended_at, alarm_at, version"
	// mayLeave chooses deliveries d by a time: the first of its lane, not leased, and
	// on a route that is not held.
	mayLeave = ` d.state = 'waiting' AND d.next_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)
		AND NOT EXISTS (SELECT 1 FROM delivery AS e WHERE e.route = d.route AND e.lane = d.lane AND e.seq < d.seq AND e.state IN ('waiting', 'dead'))
		AND NOT EXISTS (SELECT 1 FROM delivery_hold AS h WHERE h.route = d.route AND h.until > $1) `
)

// InsertDelivery implements [desk.DeliveryWriter].
func (t *tx) InsertDelivery(ctx context.Context, ds ...desk.Delivery) error {
	for _, d := range ds {
		_, err := t.exec(ctx, `INSERT INTO delivery (id, route, lane, kind, ticket, sealed_body, state, reason, tries, next_at, created_at, ended_at, alarm_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			d.ID, d.Route, t.lane(d.Route, d.Lane), d.Kind, d.Ticket, t.keys.Seal(place("delivery.body", d.ID), d.Body), string(d.State), clean(d.Reason), d.Tries,
			at(d.NextAt), at(d.CreatedAt), at(d.EndedAt), at(d.AlarmAt), d.Version)
		if err != nil {
			return failure("keep a delivery", err)
		}
	}
	return nil
}

// ClaimDeliveries implements [desk.DeliveryWriter].
func (t *tx) ClaimDeliveries(ctx context.Context, route string, now, until time.Time, limit int) ([]desk.Delivery, error) {
	claimed, err := t.deliveries(query[deliveryRow](ctx, t.view, `UPDATE delivery SET lease_until = $2, tries = tries + 1, version = version + 1 WHERE seq IN (
		SELECT d.seq FROM delivery AS d WHERE d.route = $3 AND`+mayLeave+`ORDER BY d.next_at, d.seq LIMIT $4`+t.skipLocked()+`) RETURNING `+deliveryColumns,
		at(now), at(until), route, limit))
	slices.SortFunc(claimed, func(a, b desk.Delivery) int { return int(a.Seq - b.Seq) })
	return claimed, t.spoil(err)
}

// UpdateDelivery implements [desk.DeliveryWriter]. What is sent never changes.
func (t *tx) UpdateDelivery(ctx context.Context, v desk.Delivery, was int64) error {
	n, err := t.exec(ctx, `UPDATE delivery SET state = $1, reason = $2, tries = $3, next_at = $4, ended_at = $5, lease_until = NULL, version = $6
		WHERE id = $7 AND version = $8`,
		string(v.State), clean(v.Reason), v.Tries, at(v.NextAt), at(v.EndedAt), v.Version, v.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "delivery.stale", "这条消息刚刚有了变化，请刷新后再试。"))
	}
	return failure("update a delivery", err)
}

// InsertAttempt implements [desk.DeliveryWriter].
func (t *tx) InsertAttempt(ctx context.Context, a desk.Attempt) error {
	_, err := insert(ctx, t, "", attemptRow{
		DeliveryID: a.Delivery, No: a.No, At: at(a.At), Took: a.Took.Microseconds(), Outcome: a.Outcome, Status: a.Status, Detail: clean(a.Detail),
	})
	return failure("keep an attempt", err)
}

// TakePlace implements [desk.DeliveryWriter].
func (t *tx) TakePlace(ctx context.Context, id, of string) error {
	var seqs [2]int64
	for i, one := range []string{id, of} {
		v, err := t.Delivery(ctx, one)
		if err != nil {
			return err
		}
		seqs[i] = v.Seq
	}
	for _, step := range [][2]int64{{seqs[0], -seqs[0]}, {seqs[1], seqs[0]}, {-seqs[0], seqs[1]}} { // no two rows ever have the same
		if _, err := t.exec(ctx, "UPDATE delivery SET seq = $1 WHERE seq = $2", step[1], step[0]); err != nil {
			return failure("give a delivery another's place", err)
		}
	}
	return nil
}

// HoldRoute implements [desk.DeliveryWriter].
func (t *tx) HoldRoute(ctx context.Context, route string, until time.Time) error {
	_, err := t.exec(ctx, "INSERT INTO delivery_hold (route, until) VALUES ($1, $2) ON CONFLICT (route) DO UPDATE SET until = excluded.until", route, at(until))
	return failure("hold a route", err)
}

// DueRoutes implements [desk.DeliveryReader].
func (v view) DueRoutes(ctx context.Context, now time.Time) ([]string, error) {
	rows, err := query[struct{ Route string }](ctx, v, "SELECT DISTINCT d.route FROM delivery AS d WHERE"+mayLeave+"ORDER BY d.route", at(now))
	if err != nil {
		return nil, failure("look for deliveries", err)
	}
	routes := make([]string, len(rows))
	for i, r := range rows {
		routes[i] = r.Route
	}
	return routes, nil
}

// Delivery implements [desk.DeliveryReader].
func (v view) Delivery(ctx context.Context, id string) (desk.Delivery, error) {
	return v.delivery(query[deliveryRow](ctx, v, "SELECT "+deliveryColumns+" FROM delivery WHERE id = $1", id))
}

// Delivery implements [desk.DeliveryReader].
func (t *tx) Delivery(ctx context.Context, id string) (desk.Delivery, error) {
	return t.delivery(query[deliveryRow](ctx, t.view, "SELECT "+deliveryColumns+" FROM delivery WHERE id = $1"+t.lock(), id))
}

// Deliveries implements [desk.DeliveryReader].
func (v view) Deliveries(ctx context.Context, f desk.DeliveryFilter) ([]desk.Delivery, error) {
	var rows []deliveryRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).OrderExpr("seq DESC").Limit(int64(f.Limit))
	if !f.Bodies {
		q = q.ExcludeColumn("sealed_body")
	}
	if len(f.IDs) > 0 {
		q = q.Where("id IN ?", bun.Tuple(f.IDs))
	}
	if len(f.States) > 0 {
		q = q.Where("state IN ?", bun.Tuple(f.States))
	}
	if f.Route != "" {
		q = q.Where("(route = ? OR route LIKE ?)", clean(f.Route), clean(f.Route)+"/%")
	}
	if f.Ticket != "" {
		q = q.Where("ticket = ?", clean(f.Ticket))
	}
	if f.Before > 0 {
		q = q.Where("seq < ?", f.Before)
	}
	err := q.Scan(ctx)
	return v.deliveries(rows, err)
}

// Attempts implements [desk.DeliveryReader].
func (v view) Attempts(ctx context.Context, id string) ([]desk.Attempt, error) {
	rows, err := query[attemptRow](ctx, v, "SELECT * FROM delivery_attempt WHERE delivery_id = $1 ORDER BY at, no", id)
	if err != nil {
		return nil, failure("read attempts", err)
	}
	found := make([]desk.Attempt, len(rows))
	for i, r := range rows {
		found[i] = r.attempt()
	}
	return found, nil
}

func (r *attemptRow) attempt() desk.Attempt {
	return desk.Attempt{
		Delivery: r.DeliveryID, No: r.No, At: r.At.Time, Took: time.Duration(r.Took) * time.Microsecond, Outcome: r.Outcome, Status: r.Status, Detail: r.Detail,
	}
}

func (b *base) delivery(rows []deliveryRow, err error) (desk.Delivery, error) {
	found, err := b.deliveries(rows, err)
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "delivery.not_found", "没有这条消息。")
	}
	if err != nil {
		return desk.Delivery{}, err
	}
	return found[0], nil
}

func (b *base) deliveries(rows []deliveryRow, err error) ([]desk.Delivery, error) {
	if err != nil {
		return nil, failure("read deliveries", err)
	}
	found := make([]desk.Delivery, len(rows))
	for i, r := range rows {
		found[i] = desk.Delivery{
			ID: r.ID, Seq: r.Seq, Route: r.Route, Kind: r.Kind, Ticket: r.Ticket, State: r.State, Reason: r.Reason, Tries: r.Tries,
			NextAt: r.NextAt.Time, CreatedAt: r.CreatedAt.Time, EndedAt: r.EndedAt.Time, AlarmAt: r.AlarmAt.Time, Version: r.Version,
		}
		if found[i].Body, err = b.open(place("delivery.body", r.ID), r.SealedBody); err != nil {
			return nil, err
		}
	}
	return found, nil
}
