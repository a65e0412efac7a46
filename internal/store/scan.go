package store

import (
	"context"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

// ClaimUnscanned implements [desk.FileWriter].
func (t *tx) ClaimUnscanned(ctx context.Context, now, until time.Time) (string, error) {
	found, err := query[struct{ ID string }](ctx, t.view, `UPDATE attachment SET scan_at = $1 WHERE id IN (
		SELECT id FROM attachment WHERE scan = 'waiting' AND scan_at <= $2 ORDER BY scan_at, id LIMIT 1`+t.skipLocked()+`) RETURNING id`, at(until), at(now))
	if err != nil || len(found) == 0 {
		return "", failure("find a file to scan", t.spoil(err))
	}
	return found[0].ID, nil
}

// Scanned implements [desk.FileWriter].
func (t *tx) Scanned(ctx context.Context, id string, s channel.Scan, next time.Time) (letterID string, err error) {
	found, err := query[struct{ LetterID string }](ctx, t.view, "UPDATE attachment SET scan = $1, scan_at = $2 WHERE id = $3 AND scan = 'waiting' RETURNING letter_id", string(s), at(next), id)
	if err != nil || len(found) == 0 {
		return "", failure("keep what a scan found", t.spoil(err))
	}
	return found[0].LetterID, nil
}

// Unscanned implements [desk.ScanReader].
func (v view) Unscanned(ctx context.Context) (desk.Quarantine, error) {
	found, err := query[struct {
		Waiting  int
		Since    stamp
		Infected int
	}](ctx, v, `SELECT (SELECT count(*) FROM attachment WHERE scan = 'waiting') AS waiting, (SELECT min(at) FROM attachment WHERE scan = 'waiting') AS since,
		(SELECT count(*) FROM attachment WHERE scan = 'infected') AS infected`)
	if err != nil {
		return desk.Quarantine{}, failure("count files to scan", err)
	}
	return desk.Quarantine{Waiting: found[0].Waiting, Since: found[0].Since.Time, Infected: found[0].Infected}, nil
}

// LettersTicket implements [desk.ScanReader].
func (v view) LettersTicket(ctx context.Context, letterID string) (string, error) {
	r, err := one[ticketRow](ctx, v, "WHERE letter_id = $1", letterID)
	return r.ID, missing("ticket", "没有这件来信。", err)
}
