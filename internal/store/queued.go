package store

import (
	"context"
	"time"

	"jiesu/internal/desk"
)

// Queued is what waits in the queues.
type Queued struct {
	Jobs       []JobsWaiting
	Deliveries []DeliveriesWaiting
}

// JobsWaiting are jobs of a kind that are ready.
type JobsWaiting struct {
	Kind   string
	N      int
	Oldest time.Time // when the first of them is, or was, due
}

// DeliveriesWaiting are deliveries on a route that have not ended, or wait for staff.
type DeliveriesWaiting struct {
	Route string
	State desk.DeliveryState
	N     int
}

// Queued counts what waits.
func (s *Store) Queued(ctx context.Context) (Queued, error) {
	jobs, err := query[struct {
		Kind   string
		N      int
		Oldest stamp
	}](ctx, s.view, "SELECT kind, count(*) AS n, min(run_at) AS oldest FROM job WHERE state = 'ready' GROUP BY kind")
	if err != nil {
		return Queued{}, failure("count waiting jobs", err)
	}
	deliveries, err := query[DeliveriesWaiting](ctx, s.view, "SELECT route, state, count(*) AS n FROM delivery WHERE state IN ('waiting', 'dead') GROUP BY route, state")
	if err != nil {
		return Queued{}, failure("count waiting deliveries", err)
	}
	b := Queued{Deliveries: deliveries}
	for _, j := range jobs {
		b.Jobs = append(b.Jobs, JobsWaiting{Kind: j.Kind, N: j.N, Oldest: j.Oldest.Time})
	}
	return b, nil
}

// Clock is what time it is to the database; zero where that is a file of this machine.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	if !s.postgres {
		return time.Time{}, nil
	}
	rows, err := query[struct{ Now stamp }](ctx, s.view, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS now")
	if err != nil || len(rows) == 0 {
		return time.Time{}, failure("ask for the time", err)
	}
	return rows[0].Now.Time, nil
}
