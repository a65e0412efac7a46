package store

import (
	"context"
	"encoding/json"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// stepRow is what firing a step changes of a clock.
type stepRow struct {
	ID         string `json:"id"`
	Steps      string `json:"steps"`
	NextStep   int    `json:"next_step"`
	NextAt     *int64 `json:"next_at"`
	BreachedAt *int64 `json:"breached_at"`
	Was        int64  `json:"was"`
}

// StepClocks implements [desk.StepWriter] with one statement, whose text is the
// same however many clocks there are.
func (t *tx) StepClocks(ctx context.Context, clocks []deadline.Clock) error {
	if len(clocks) == 0 {
		return nil
	}
	rows := make([]stepRow, len(clocks))
	for i := range clocks {
		c := &clocks[i]
		steps, err := json.Marshal(c.Steps)
		if err != nil {
			return t.spoil(failure("step clocks", err))
		}
		rows[i] = stepRow{c.ID, clean(string(steps)), c.NextStep, micros(at(c.NextAt)), micros(at(c.BreachedAt)), c.Version - 1}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return t.spoil(failure("step clocks", err))
	}
	from := `(SELECT value->>'id' AS id, value->>'steps' AS steps, value->>'next_step' AS next_step, value->>'next_at' AS next_at,
		value->>'breached_at' AS breached_at, value->>'was' AS was FROM json_each($1)) AS v`
	if t.postgres {
		from = "json_to_recordset($1::json) AS v (id text, steps text, next_step integer, next_at bigint, breached_at bigint, was bigint)"
	}
	n, err := t.exec(ctx, `UPDATE clock SET steps = v.steps, next_step = v.next_step, next_at = v.next_at, breached_at = v.breached_at,
		version = clock.version + 1 FROM `+from+` WHERE clock.id = v.id AND clock.version = v.was`, string(text))
	if err != nil {
		return failure("step clocks", err)
	}
	if n != int64(len(clocks)) {
		return t.spoil(stale())
	}
	return nil
}

func micros(s stamp) *int64 {
	if s.IsZero() {
		return nil
	}
	n := s.UnixMicro()
	return &n
}

// TicketsByID implements [desk.MergeReader].
func (v view) TicketsByID(ctx context.Context, ids []string) ([]ticket.Ticket, error) {
	return v.ticketsBy(ctx, "id", ids)
}

// TicketsByNumber implements [desk.MergeReader].
func (v view) TicketsByNumber(ctx context.Context, numbers []string) ([]ticket.Ticket, error) {
	return v.ticketsBy(ctx, "number", numbers)
}

func (v view) ticketsBy(ctx context.Context, column string, values []string) ([]ticket.Ticket, error) {
	if len(values) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, failure("read tickets", err)
	}
	rows, err := all[ticketRow](ctx, v, "WHERE "+column+" IN (SELECT value FROM "+v.each()+")", string(text))
	if err != nil {
		return nil, failure("read tickets", err)
	}
	found := make([]ticket.Ticket, len(rows))
	for i := range rows {
		found[i] = rows[i].ticket()
	}
	return found, nil
}

// each is the rows of a JSON list of texts, the first parameter.
func (v view) each() string {
	if v.postgres {
		return "json_array_elements_text($1::json)"
	}
	return "json_each($1)"
}
