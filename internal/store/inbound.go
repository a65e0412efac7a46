package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type inboundRow struct {
	bun.BaseModel `bun:"table:inbound"`

	Seq          int64
	ID           string
	Source       string
	Lane         []byte
	Type         string
	SealedBody   []byte
	ReceivedAt   stamp
	State        desk.InboundState
	Reason       string
	Detail       string
	Subject      string
	SealedAnswer []byte
	Version      int64
}

const arrivals = "SELECT seq, id, source, lane, type, sealed_body, received_at, state, reason, detail, subject, sealed_answer, version FROM inbound "

// InsertInbound implements [desk.InboundWriter].
func (t *tx) InsertInbound(ctx context.Context, id string, a desk.Arrival, now time.Time) error {
	n, err := t.exec(ctx, `INSERT INTO inbound (id, source, key, lane, type, sealed_body, received_at, state, reason, detail, subject, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '', '', '', 1) ON CONFLICT (source, key) DO NOTHING`,
		id, a.Source, t.keys.BlindIndex("inbound.key", a.Key), t.lane(a.Source, a.Lane), a.Type, t.keys.Seal(place("inbound.body", id), a.Body), at(now))
	if err == nil && n == 0 {
		return problem.New(problem.Conflict, "inbox.known", "这条消息已经收到过。")
	}
	return failure("keep an arrival", err)
}

// lane is the blind index of a lane; NULL for none.
func (b *base) lane(route, lane string) any {
	if lane == "" {
		return nil
	}
	return b.keys.BlindIndex("lane", route+"\x00"+lane)
}

// UpdateInbound implements [desk.InboundWriter].
func (t *tx) UpdateInbound(ctx context.Context, in desk.Inbound, was int64) error {
	n, err := t.exec(ctx, "UPDATE inbound SET state = $1, reason = $2, detail = $3, subject = $4, sealed_answer = $5, version = $6 WHERE id = $7 AND version = $8",
		string(in.State), in.Reason, in.Detail, in.Subject, t.seal(place("inbound.answer", in.ID), string(in.Answer)), in.Version, in.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "inbox.stale", "这条消息刚刚有了变化，请刷新后再试。"))
	}
	return failure("update an arrival", err)
}

const ofLane = `WHERE state = 'waiting' AND (id = $1 OR (source, lane) = (SELECT source, lane FROM inbound WHERE id = $1)) ORDER BY seq LIMIT $2`

// LaneOf implements [desk.InboundReader].
func (v view) LaneOf(ctx context.Context, id string, limit int) ([]desk.Inbound, error) {
	return v.inbounds(query[inboundRow](ctx, v, arrivals+ofLane, id, limit))
}

// LaneOf implements [desk.InboundReader].
func (t *tx) LaneOf(ctx context.Context, id string, limit int) ([]desk.Inbound, error) {
	return t.inbounds(query[inboundRow](ctx, t.view, arrivals+ofLane+t.lock(), id, limit))
}

// Inbound implements [desk.InboundReader].
func (v view) Inbound(ctx context.Context, id string) (desk.Inbound, error) {
	return v.inbound(query[inboundRow](ctx, v, arrivals+"WHERE id = $1", id))
}

// Inbound implements [desk.InboundReader].
func (t *tx) Inbound(ctx context.Context, id string) (desk.Inbound, error) {
	return t.inbound(query[inboundRow](ctx, t.view, arrivals+"WHERE id = $1"+t.lock(), id))
}

// InboundByKey implements [desk.InboundReader].
func (v view) InboundByKey(ctx context.Context, source, key string) (desk.Inbound, error) {
	return v.inbound(query[inboundRow](ctx, v, arrivals+"WHERE source = $1 AND key = $2", source, v.keys.BlindIndex("inbound.key", key)))
}

// InboundByKey implements [desk.InboundReader].
func (t *tx) InboundByKey(ctx context.Context, source, key string) (desk.Inbound, error) {
	return t.inbound(query[inboundRow](ctx, t.view, arrivals+"WHERE source = $1 AND key = $2"+t.lock(), source, t.keys.BlindIndex("inbound.key", key)))
}

// LastWaiting implements [desk.InboundReader].
func (v view) LastWaiting(ctx context.Context, source, lane string) (desk.Inbound, error) {
	return v.inbound(query[inboundRow](ctx, v, arrivals+"WHERE state = 'waiting' AND source = $1 AND lane = $2 ORDER BY seq DESC LIMIT 1", source, v.lane(source, lane)))
}

// Inbounds implements [desk.InboundReader].
func (v view) Inbounds(ctx context.Context, f desk.InboundFilter) ([]desk.Inbound, error) {
	var rows []inboundRow
	q := v.bun.NewSelect().Conn(v.built()).Model(&rows).ExcludeColumn("sealed_body", "sealed_answer").OrderExpr("seq DESC").Limit(int64(f.Limit))
	if !slices.Contains(f.States, desk.InboundDone) {
		q = q.Where("state <> 'done'") // there is an index of these
	}
	if f.Stuck.IsZero() {
		q = q.Where("state IN ?", bun.Tuple(f.States))
	} else {
		q = q.Where("(state IN ? OR state = 'waiting' AND received_at < ?)", bun.Tuple(f.States), at(f.Stuck))
	}
	if f.Source != "" {
		q = q.Where("source = ?", clean(f.Source))
	}
	if f.Before > 0 {
		q = q.Where("seq < ?", f.Before)
	}
	err := q.Scan(ctx)
	return v.inbounds(rows, err)
}

func (b *base) inbound(rows []inboundRow, err error) (desk.Inbound, error) {
	found, err := b.inbounds(rows, err)
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "inbox.not_found", "没有这条消息。")
	}
	if err != nil {
		return desk.Inbound{}, err
	}
	return found[0], nil
}

func (b *base) inbounds(rows []inboundRow, err error) ([]desk.Inbound, error) {
	if err != nil {
		return nil, failure("read arrivals", err)
	}
	found := make([]desk.Inbound, len(rows))
	for i, r := range rows {
		in := desk.Inbound{
			ID: r.ID, Seq: r.Seq, Source: r.Source, Type: r.Type, ReceivedAt: r.ReceivedAt.Time, State: r.State, Reason: r.Reason, Detail: r.Detail,
			Subject: r.Subject, Laned: r.Lane != nil, Version: r.Version,
		}
		if in.Body, err = b.open(place("inbound.body", r.ID), r.SealedBody); err != nil {
			return nil, err
		}
		if in.Answer, err = b.open(place("inbound.answer", r.ID), r.SealedAnswer); err != nil {
			return nil, err
		}
		found[i] = in
	}
	return found, nil
}
