package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

type jobRow struct {
	bun.BaseModel `bun:"table:job"`

	ID         string `bun:",pk"`
	Kind       string
	Key        string
	Args       string
	State      desk.JobState
	RunAt      stamp
	LeaseUntil stamp
	Attempts   int
	LastError  string
	CreatedAt  stamp
}

type notificationRow struct {
	bun.BaseModel `bun:"table:notification"`

	ID     string `bun:",pk"`
	Unit   string
	Post   string
	Ticket string
	Kind   string
	Text   string
	At     stamp
}

// Enqueue implements [desk.QueueWriter].
func (t *tx) Enqueue(ctx context.Context, jobs ...desk.Job) error {
	rows := make([]jobRow, len(jobs))
	for i, j := range jobs {
		rows[i] = jobRow{
			ID: j.ID, Kind: j.Kind, Key: j.Key, Args: string(j.Args), State: j.State, RunAt: at(j.RunAt), LeaseUntil: at(j.LeaseUntil),
			Attempts: j.Attempts, LastError: j.LastError, CreatedAt: at(j.CreatedAt),
		}
		if rows[i].State == "" {
			rows[i].State = desk.JobReady
		}
	}
	_, err := insert(ctx, t, " ON CONFLICT (key) DO NOTHING", rows...)
	return failure("enqueue", err)
}

// ClaimJobs implements [desk.QueueWriter].
func (t *tx) ClaimJobs(ctx context.Context, now, until time.Time, limit int) ([]desk.Job, error) {
	rows, err := query[jobRow](ctx, t.view, `UPDATE job SET lease_until = $1, attempts = attempts + 1 WHERE id IN (
		SELECT id FROM job WHERE state = 'ready' AND run_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
		ORDER BY run_at, id LIMIT $3`+t.skipLocked()+`) RETURNING `+modelOf[jobRow](t.base).columns, at(until), at(now), limit)
	if err != nil {
		return nil, failure("claim jobs", t.spoil(err))
	}
	jobs := make([]desk.Job, len(rows))
	for i, r := range rows {
		jobs[i] = desk.Job{
			ID: r.ID, Kind: r.Kind, Key: r.Key, Args: []byte(r.Args), State: r.State, RunAt: r.RunAt.Time,
			LeaseUntil: r.LeaseUntil.Time, Attempts: r.Attempts, LastError: r.LastError, CreatedAt: r.CreatedAt.Time,
		}
	}
	slices.SortFunc(jobs, func(a, b desk.Job) int {
		if c := a.RunAt.Compare(b.RunAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return jobs, nil
}

// FinishJob implements [desk.QueueWriter]: done, failed, or ready again at
// RunAt. Who lost the lease meanwhile has no say any more.
func (t *tx) FinishJob(ctx context.Context, j desk.Job) error {
	n, err := t.exec(ctx, "UPDATE job SET state = $1, run_at = $2, lease_until = NULL, last_error = $3 WHERE id = $4 AND state = 'ready' AND attempts = $5",
		string(j.State), at(j.RunAt), clean(j.LastError), j.ID, j.Attempts)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "job.lost", "任务已由别处接手。"))
	}
	return failure("finish job", err)
}

// JobCounts implements [desk.QueueReader].
func (v view) JobCounts(ctx context.Context) (map[desk.JobState]int, error) {
	rows, err := query[struct {
		State desk.JobState
		N     int
	}](ctx, v, "SELECT state, count(*) AS n FROM job GROUP BY state")
	if err != nil {
		return nil, failure("count jobs", err)
	}
	counts := map[desk.JobState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

// InsertNotification implements [desk.QueueWriter].
func (t *tx) InsertNotification(ctx context.Context, n desk.Notification) error {
	_, err := insert(ctx, t, " ON CONFLICT (id) DO NOTHING", notificationRow{
		ID: n.ID, Unit: n.Unit, Post: n.To, Ticket: n.Ticket, Kind: n.Kind, Text: n.Text, At: at(n.At),
	})
	return failure("notify", err)
}

// Notifications implements [desk.QueueReader].
func (v view) Notifications(ctx context.Context, units []string, limit int) ([]desk.Notification, error) {
	var rows []notificationRow
	err := v.bun.NewSelect().Conn(v.built()).Model(&rows).Where("unit IN ?", bun.Tuple(units)).
		OrderExpr("at DESC, id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, failure("read notifications", err)
	}
	out := make([]desk.Notification, len(rows))
	for i, r := range rows {
		out[i] = desk.Notification{ID: r.ID, Unit: r.Unit, To: r.Post, Ticket: r.Ticket, Kind: r.Kind, Text: r.Text, At: r.At.Time}
	}
	return out, nil
}
