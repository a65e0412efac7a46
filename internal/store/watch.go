package store

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// mostCounted bounds what is counted: past it the figure is as alarming.
const mostCounted = 10_000

// watchedRow is a ticket with one of its open clocks, or with none.
type watchedRow struct {
	ID      string
	Number  string
	Kind    string
	Source  string
	Urgency string
	Origin  string
	Status  ticket.Status
	Purpose *deadline.Purpose
	Next    bool
	Pauses  *string
}

// Watched implements [desk.WatchReader]. One statement reads tickets and clocks
// together: a move that is made meanwhile is seen whole or not at all.
func (v view) Watched(ctx context.Context, after string, still bool, limit int) ([]desk.Watched, error) {
	// The conditions repeat those of the indexes, which are used only then.
	which := `SELECT id FROM ticket WHERE id > $1 AND status NOT IN ('closed', 'declined', 'withdrawn', 'transferred') ORDER BY id LIMIT $2`
	if still {
		which = `SELECT DISTINCT ticket_id AS id FROM clock WHERE next_at IS NULL AND met_at IS NULL AND superseded_by = ''
			AND ticket_id > $1 ORDER BY ticket_id LIMIT $2`
	}
	rows, err := query[watchedRow](ctx, v, `SELECT t.id, t.number, t.kind, t.source, t.urgency, t.origin, t.status, c.purpose,
		c.next_at IS NOT NULL AS next, c.pauses FROM (`+which+`) AS w JOIN ticket AS t ON t.id = w.id
		LEFT JOIN clock AS c ON c.ticket_id = t.id AND c.met_at IS NULL AND c.superseded_by = '' ORDER BY t.id`, after, limit)
	if err != nil {
		return nil, failure("read watched tickets", err)
	}
	var found []desk.Watched
	for i := range rows {
		r := &rows[i]
		if len(found) == 0 || found[len(found)-1].ID != r.ID {
			found = append(found, desk.Watched{ID: r.ID, Number: r.Number, Status: r.Status, Matter: deadline.Matter{
				Kind: r.Kind, Source: r.Source, Urgency: r.Urgency, Origin: r.Origin,
			}})
		}
		if r.Purpose == nil {
			continue
		}
		c, err := r.clock()
		if err != nil {
			return nil, failure("read watched clocks", err)
		}
		last := &found[len(found)-1]
		last.Clocks = append(last.Clocks, c)
	}
	return found, nil
}

func (r *watchedRow) clock() (desk.WatchedClock, error) {
	c := desk.WatchedClock{Purpose: *r.Purpose, Next: r.Next}
	if r.Next || r.Pauses == nil { // a clock with a step to come is not paused
		return c, nil
	}
	var pauses list[[]deadline.Pause]
	if err := pauses.Scan(*r.Pauses); err != nil {
		return c, err
	}
	whole := deadline.Clock{Pauses: pauses.V}
	if whole.Standing() {
		c.Paused = pauses.V[len(pauses.V)-1].Reason
	}
	return c, nil
}

// Backlog implements [desk.WatchReader].
func (v view) Backlog(ctx context.Context, now, late, givenUp time.Time) (desk.Backlog, error) {
	const due = ` FROM clock WHERE next_at IS NOT NULL AND met_at IS NULL AND superseded_by = '' AND next_at <= $1`
	b := desk.Backlog{Late: desk.Finding{Kind: desk.ClockLate}, GivenUp: desk.Finding{Kind: desk.JobGivenUp}}
	var err error
	if b.Clock, err = v.first(ctx, `SELECT next_at AS at`+due+` ORDER BY next_at LIMIT 1`, at(now)); err != nil {
		return b, err
	}
	b.Job, err = v.first(ctx, `SELECT run_at AS at FROM job WHERE state = 'ready' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
		ORDER BY run_at, id LIMIT 1`, at(now))
	if err != nil {
		return b, err
	}
	counted, err := query[struct{ N int }](ctx, v, `SELECT count(*) AS n FROM (SELECT 1 AS one`+due+` LIMIT $2) AS waiting`, at(late), mostCounted)
	if err != nil {
		return b, failure("count late clocks", err)
	}
	b.Late.Count = counted[0].N
	numbers, err := query[struct{ Number, Kind string }](ctx, v, `SELECT t.number, t.kind FROM (SELECT ticket_id, next_at`+due+` ORDER BY next_at LIMIT $2) AS c
		JOIN ticket AS t ON t.id = c.ticket_id ORDER BY c.next_at, t.id`, at(late), 20)
	if err != nil {
		return b, failure("read late clocks", err)
	}
	for _, n := range numbers {
		if channel.Kind(n.Kind) != channel.Report { // a report appears nowhere
			b.Late.Tickets = append(b.Late.Tickets, n.Number)
		}
	}
	kinds, err := query[struct {
		Kind string
		N    int
	}](ctx, v, `SELECT kind, count(*) AS n FROM job WHERE state = 'failed' AND run_at >= $1 GROUP BY kind ORDER BY kind`, at(givenUp))
	if err != nil {
		return b, failure("count jobs given up", err)
	}
	for _, k := range kinds {
		b.GivenUp.Count += k.N
		b.GivenUp.Codes = append(b.GivenUp.Codes, k.Kind)
	}
	return b, nil
}

// first is the one time a statement returns; zero where it returns none.
func (v view) first(ctx context.Context, text string, now stamp) (time.Time, error) {
	rows, err := query[struct{ At stamp }](ctx, v, text, now)
	if err != nil {
		return time.Time{}, failure("read the backlog", err)
	}
	if len(rows) == 0 {
		return time.Time{}, nil
	}
	return rows[0].At.Time, nil
}
