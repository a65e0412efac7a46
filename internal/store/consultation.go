package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/problem"
)

type consultationRow struct {
	bun.BaseModel `bun:"table:consultation"`

	ID         string `bun:",pk"`
	Unit       string
	State      consultation.State
	OpensAt    stamp
	ReportedAt stamp
	CreatedAt  stamp
	SealedBody []byte // what is not public yet may name people
	Version    int64
}

func (b *base) consultationRow(c *consultation.Consultation) (consultationRow, error) {
	sealed, err := b.sealJSON(place("consultation.body", c.ID), c)
	return consultationRow{
		ID: c.ID, Unit: c.Unit, State: c.State, OpensAt: at(c.OpensAt), ReportedAt: at(c.Reported), CreatedAt: at(c.CreatedAt),
		SealedBody: sealed, Version: c.Version,
	}, err
}

// InsertConsultation implements [desk.ConsultationWriter].
func (t *tx) InsertConsultation(ctx context.Context, c consultation.Consultation) error {
	row, err := t.consultationRow(&c)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", row)
	return failure("insert consultation", err)
}

// UpdateConsultation implements [desk.ConsultationWriter].
func (t *tx) UpdateConsultation(ctx context.Context, c consultation.Consultation, was int64) error {
	row, err := t.consultationRow(&c)
	if err != nil {
		return t.spoil(err)
	}
	n, err := t.exec(ctx, "UPDATE consultation SET state = $1, opens_at = $2, reported_at = $3, sealed_body = $4, version = $5 WHERE id = $6 AND version = $7",
		string(row.State), row.OpensAt, row.ReportedAt, row.SealedBody, row.Version, row.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "consultation.stale", "这一期征求意见刚刚有了变化，请刷新后再操作。"))
	}
	return failure("update consultation", err)
}

// Consultation implements [desk.ConsultationReader].
func (v view) Consultation(ctx context.Context, id string) (consultation.Consultation, error) {
	return v.consultation(ctx, id, "")
}

// Consultation implements [desk.Tx]: it stays as read until the end.
func (t *tx) Consultation(ctx context.Context, id string) (consultation.Consultation, error) {
	return t.consultation(ctx, id, t.lock())
}

func (v view) consultation(ctx context.Context, id, lock string) (consultation.Consultation, error) {
	found, err := v.consultations(ctx, "WHERE id = $1"+lock, clean(id))
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "consultation.not_found", "没有这一期征求意见。")
	}
	if err != nil {
		return consultation.Consultation{}, err
	}
	return found[0], nil
}

// Consultations implements [desk.ConsultationReader].
func (v view) Consultations(ctx context.Context, states []consultation.State, limit int) ([]consultation.Consultation, error) {
	text, err := json.Marshal(states)
	if err != nil {
		return nil, failure("read consultations", err)
	}
	return v.consultations(ctx, "WHERE state IN (SELECT value FROM "+v.each()+") ORDER BY COALESCE(opens_at, created_at) DESC, id DESC LIMIT $2", string(text), limit)
}

func (v view) consultations(ctx context.Context, tail string, args ...any) ([]consultation.Consultation, error) {
	rows, err := all[consultationRow](ctx, v, tail, args...)
	if err != nil {
		return nil, failure("read consultations", err)
	}
	found := make([]consultation.Consultation, len(rows))
	for i := range rows {
		if err := v.openJSON(place("consultation.body", rows[i].ID), rows[i].SealedBody, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Opinions implements [desk.ConsultationReader].
func (v view) Opinions(ctx context.Context, consultationID, after string, limit int) ([]desk.Opinion, error) {
	const which = "WHERE consultation = $1 AND consultation <> '' AND id > $2 ORDER BY id LIMIT $3"
	rows, err := all[ticketRow](ctx, v, which, clean(consultationID), clean(after), limit)
	if err != nil {
		return nil, failure("read opinions", err)
	}
	drafts, err := all[draftRow](ctx, v, "WHERE ticket_id IN (SELECT id FROM ticket "+which+") ORDER BY round, revision", clean(consultationID), clean(after), limit)
	if err != nil {
		return nil, failure("read dispositions", err)
	}
	newest := make(map[string]*draftRow, len(rows))
	for i := range drafts {
		newest[drafts[i].TicketID] = &drafts[i]
	}
	found := make([]desk.Opinion, len(rows))
	for i := range rows {
		found[i].Ticket = rows[i].ticket()
		if r := newest[rows[i].ID]; r != nil {
			d, err := v.draft(r)
			if err != nil {
				return nil, err
			}
			found[i].Disposition = &d
		}
	}
	return found, nil
}

type figuresRow struct {
	Opened   int
	Opinions int
	Reported int
}

// ConsultationFigures implements [desk.ConsultationReader].
func (v view) ConsultationFigures(ctx context.Context, from, until time.Time) (desk.ConsultationFigures, error) {
	rows, err := query[figuresRow](ctx, v, `SELECT
		(SELECT count(*) FROM consultation WHERE opens_at >= $1 AND opens_at < $2 AND state NOT IN ('draft', 'approved')) AS opened,
		(SELECT count(*) FROM ticket WHERE consultation <> '' AND kind = $3 AND created_at >= $1 AND created_at < $2) AS opinions,
		(SELECT count(*) FROM consultation WHERE reported_at >= $1 AND reported_at < $2) AS reported`, at(from), at(until), string(channel.Opinion))
	if err != nil || len(rows) == 0 {
		return desk.ConsultationFigures{}, failure("count consultations", err)
	}
	return desk.ConsultationFigures(rows[0]), nil
}
