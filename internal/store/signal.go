package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/internal/problem"
)

type signalRow struct {
	bun.BaseModel `bun:"table:signal"`

	ID         string `bun:",pk"`
	Pattern    signal.Pattern
	Level      signal.Level
	Category   string
	District   string
	Kin        string // "group" is a word of SQL
	Unit       string
	UnitPath   string
	Restricted bool
	State      signal.State
	Since      stamp
	RaisedAt   stamp
	UpdatedAt  stamp
	Response   string
	MergedInto string
	SealedBody []byte // passages of letters, and what people wrote
	Version    int64
}

type signalTicketRow struct {
	bun.BaseModel `bun:"table:signal_ticket"`

	SignalID string `bun:",pk"`
	TicketID string `bun:",pk"`
	Seq      int
}

// InsertSignal implements [desk.SignalWriter].
func (t *tx) InsertSignal(ctx context.Context, s signal.Signal) error {
	body, err := t.sealJSON(place("signal.body", s.ID), s.Body)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", signalRow{
		ID: s.ID, Pattern: s.Pattern, Level: s.Level, Category: s.Category, District: s.District, Kin: s.Group, Unit: s.Unit, UnitPath: s.UnitPath,
		Restricted: s.Restricted, State: s.State, Since: at(s.Since), RaisedAt: at(s.RaisedAt), UpdatedAt: at(s.UpdatedAt), Response: s.Response,
		MergedInto: s.Into, SealedBody: body, Version: s.Version,
	})
	if err != nil {
		return failure("insert signal", err)
	}
	return t.addTickets(ctx, &s, 0)
}

// UpdateSignal implements [desk.SignalWriter]. What raised it never changes.
func (t *tx) UpdateSignal(ctx context.Context, s signal.Signal, was int64) error {
	body, err := t.sealJSON(place("signal.body", s.ID), s.Body)
	if err != nil {
		return t.spoil(err)
	}
	n, err := t.exec(ctx, `UPDATE signal SET level = $1, category = $2, unit = $3, unit_path = $4, state = $5, updated_at = $6, response = $7, merged_into = $8,
		sealed_body = $9, version = $10 WHERE id = $11 AND version = $12`, string(s.Level), clean(s.Category), clean(s.Unit), clean(s.UnitPath), string(s.State),
		at(s.UpdatedAt), s.Response, s.Into, body, s.Version, s.ID, was)
	switch {
	case err != nil:
		return failure("update signal", err)
	case n == 0:
		return t.spoil(problem.New(problem.Conflict, "signal.stale", "这项信号刚刚有了变化，请刷新后再操作。"))
	}
	known, err := query[struct{ N int }](ctx, t.view, "SELECT count(*) AS n FROM signal_ticket WHERE signal_id = $1", s.ID)
	if err != nil {
		return failure("count tickets of a signal", err)
	}
	return t.addTickets(ctx, &s, known[0].N)
}

// addTickets adds the tickets after the first ones, which are there.
func (t *tx) addTickets(ctx context.Context, s *signal.Signal, known int) error {
	var rows []signalTicketRow
	for i := known; i < len(s.Tickets); i++ {
		rows = append(rows, signalTicketRow{SignalID: s.ID, TicketID: s.Tickets[i], Seq: i})
	}
	_, err := insert(ctx, t, "", rows...)
	return failure("insert tickets of a signal", err)
}

// Signal implements [desk.SignalReader].
func (v view) Signal(ctx context.Context, id string) (signal.Signal, error) {
	return v.signal(ctx, id, "")
}

// Signal implements [desk.Tx]: it stays as read until the end.
func (t *tx) Signal(ctx context.Context, id string) (signal.Signal, error) {
	return t.signal(ctx, id, t.lock())
}

func (v view) signal(ctx context.Context, id, lock string) (signal.Signal, error) {
	found, err := v.signals(ctx, "WHERE id = $1", lock, clean(id))
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "signal.not_found", "没有这项信号，或不在您的权限范围内。")
	}
	if err != nil {
		return signal.Signal{}, err
	}
	return found[0], nil
}

// Signals implements [desk.SignalReader].
func (v view) Signals(ctx context.Context, states []signal.State, limit int) ([]signal.Signal, error) {
	wanted, err := json.Marshal(states)
	if err != nil {
		return nil, failure("read signals", err)
	}
	return v.signals(ctx, "WHERE state IN (SELECT value FROM "+v.each()+") ORDER BY level = 'major' DESC, raised_at DESC, id DESC LIMIT $2", "", string(wanted), limit)
}

// SignalsOf implements [desk.SignalReader].
func (v view) SignalsOf(ctx context.Context, ticketIDs []string) ([]signal.Signal, error) {
	if len(ticketIDs) == 0 {
		return nil, nil
	}
	ids, err := json.Marshal(ticketIDs)
	if err != nil {
		return nil, failure("read signals of tickets", err)
	}
	const of = "WHERE id IN (SELECT signal_id FROM signal_ticket WHERE ticket_id IN (SELECT value FROM "
	return v.signals(ctx, of+v.each()+")) ORDER BY raised_at, id", "", string(ids))
}

// signals reads those that which names, and their tickets.
func (v view) signals(ctx context.Context, which, lock string, args ...any) ([]signal.Signal, error) {
	rows, err := all[signalRow](ctx, v, which+lock, args...)
	if err != nil || len(rows) == 0 {
		return nil, failure("read signals", err)
	}
	found, ids, place := make([]signal.Signal, len(rows)), make([]string, len(rows)), map[string]int{}
	for i := range rows {
		if found[i], err = v.openSignal(&rows[i]); err != nil {
			return nil, err
		}
		ids[i], place[rows[i].ID] = rows[i].ID, i
	}
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, failure("read tickets of signals", err)
	}
	tickets, err := all[signalTicketRow](ctx, v, "WHERE signal_id IN (SELECT value FROM "+v.each()+") ORDER BY signal_id, seq, ticket_id", string(wanted))
	if err != nil {
		return nil, failure("read tickets of signals", err)
	}
	for _, t := range tickets {
		s := &found[place[t.SignalID]]
		s.Tickets = append(s.Tickets, t.TicketID)
	}
	return found, nil
}

func (v view) openSignal(r *signalRow) (signal.Signal, error) {
	s := signal.Signal{
		ID: r.ID, Pattern: r.Pattern, Level: r.Level, Category: r.Category, District: r.District, Group: r.Kin, Unit: r.Unit, UnitPath: r.UnitPath,
		Restricted: r.Restricted, State: r.State, Since: r.Since.Time, RaisedAt: r.RaisedAt.Time, UpdatedAt: r.UpdatedAt.Time, Response: r.Response,
		Into: r.MergedInto, Version: r.Version,
	}
	err := v.openJSON(place("signal.body", r.ID), r.SealedBody, &s.Body)
	return s, err
}

// WrittenBySame implements [desk.SignalReader].
func (v view) WrittenBySame(ctx context.Context, letterID string, since time.Time) ([]string, error) {
	const same = `SELECT t.id FROM letter l JOIN ticket t ON t.letter_id = l.id
		WHERE l.phone_index = (SELECT phone_index FROM letter WHERE id = $1) AND t.created_at >= $2 AND t.kind NOT IN ($3, $4, $5) ORDER BY t.id`
	rows, err := query[struct{ ID string }](ctx, v, same, letterID, at(since), string(channel.Report), string(channel.Opinion), string(channel.Signal))
	if err != nil {
		return nil, failure("read letters of one person", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, nil
}

// Writers implements [desk.SignalReader].
func (v view) Writers(ctx context.Context, ticketIDs []string) (int, error) {
	if len(ticketIDs) == 0 {
		return 0, nil
	}
	ids, err := json.Marshal(ticketIDs)
	if err != nil {
		return 0, failure("count people", err)
	}
	rows, err := query[struct {
		N       int
		Unknown int
	}](ctx, v, `SELECT count(DISTINCT l.phone_index) AS n, count(*) - count(l.phone_index) AS unknown
		FROM ticket t JOIN letter l ON l.id = t.letter_id WHERE t.id IN (SELECT value FROM `+v.each()+`)`, string(ids))
	if err != nil {
		return 0, failure("count people", err)
	}
	return rows[0].N + min(1, rows[0].Unknown), nil
}
