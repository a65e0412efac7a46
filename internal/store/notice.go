package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

type noticeRow struct {
	bun.BaseModel `bun:"table:notice"`

	Year       int `bun:",pk"`
	Version    int `bun:",pk"`
	Status     deadline.Status
	Document   string
	Published  string
	Note       string
	Days       list[noticeDays]
	Reason     string
	ImportedBy string
	At         stamp
}

// noticeDays is what a notice says of days.
type noticeDays struct {
	Off  []deadline.Span `json:"off"`
	Work []string        `json:"work"`
}

// Notices implements [desk.CalendarReader].
func (v view) Notices(ctx context.Context) ([]desk.ImportedNotice, error) {
	rows, err := all[noticeRow](ctx, v, "ORDER BY year, version")
	if err != nil {
		return nil, failure("read notices", err)
	}
	notices := make([]desk.ImportedNotice, len(rows))
	for i, r := range rows {
		notices[i] = desk.ImportedNotice{
			Notice: deadline.Notice{
				Year: r.Year, Status: r.Status, Document: r.Document, Published: r.Published, Version: r.Version, Note: r.Note,
				Off: r.Days.V.Off, Work: r.Days.V.Work,
			},
			Reason: r.Reason, By: r.ImportedBy, At: r.At.Time,
		}
	}
	return notices, nil
}

// ClocksDueFrom implements [desk.CalendarReader].
func (v view) ClocksDueFrom(ctx context.Context, due time.Time, after string, limit int) ([]deadline.Clock, error) {
	const open = "met_at IS NULL AND superseded_by = ''"
	rows, err := all[clockRow](ctx, v, `WHERE `+open+` AND ticket_id IN (
		SELECT DISTINCT ticket_id FROM clock WHERE `+open+` AND ticket_id > $1 AND due_at >= $2 ORDER BY ticket_id LIMIT $3)
		ORDER BY ticket_id, started_at, id`, after, due.UnixMicro(), limit)
	if err != nil {
		return nil, failure("read open clocks", err)
	}
	return clocks(rows), nil
}

// InsertNotice implements [desk.CalendarWriter].
func (t *tx) InsertNotice(ctx context.Context, n desk.ImportedNotice) error {
	inserted, err := insert(ctx, t, " ON CONFLICT (year, version) DO NOTHING", noticeRow{
		Year: n.Year, Version: n.Version, Status: n.Status, Document: n.Document, Published: n.Published, Note: n.Note,
		Days: list[noticeDays]{noticeDays{Off: n.Off, Work: n.Work}}, Reason: n.Reason, ImportedBy: n.By, At: at(n.At),
	})
	if err == nil && inserted == 0 {
		return t.spoil(problem.New(problem.Conflict, "calendar.changed", "刚刚有人导入了同一年的放假安排，请重新预览。"))
	}
	return failure("insert notice", err)
}
