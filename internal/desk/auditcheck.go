package desk

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"jiesu/internal/audit"
)

// auditStretch is how many entries one request checks: about a second's work.
const auditStretch = 50_000

// AuditCheck is a check of the whole trail: under way, or done.
type AuditCheck struct {
	audit.Check

	By      string // user id of who began it
	BeganAt time.Time
	DoneAt  time.Time
	Version int64 // 0: nobody has checked yet
	Total   int64 // entries there were when this was asked for
}

// AuditChecked returns the latest check.
func (d *Desk) AuditChecked(ctx context.Context, a Actor) (AuditCheck, error) {
	if err := a.mayAudit(); err != nil {
		return AuditCheck{}, err
	}
	c, err := d.Store.AuditCheck(ctx)
	if err != nil {
		return c, err
	}
	heads, err := d.Store.Heads(ctx)
	c.Total = 0
	for _, h := range heads {
		c.Total += h.Seq
	}
	return c, err
}

// CheckAudit goes on with the check that is under way by a bounded stretch, or begins
// one. What a check found is itself in the trail.
func (d *Desk) CheckAudit(ctx context.Context, a Actor, begin bool) (AuditCheck, error) {
	c, err := d.AuditChecked(ctx, a)
	if err != nil {
		return c, err
	}
	was := c.Version
	if begin || was == 0 {
		c = AuditCheck{Check: *audit.NewCheck(), By: a.ID, BeganAt: d.at(), Total: c.Total}
	}
	if c.Done {
		return c, nil
	}
	if err := c.Go(ctx, d.Store, nil, auditStretch); err != nil {
		return c, err
	}
	c.Version = was + 1
	if c.Done {
		c.DoneAt = d.at()
	}
	return c, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SaveAuditCheck(ctx, c, was); err != nil || !c.Done {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: c.DoneAt, Actor: a.ID, Action: "audit.verify", Object: "audit", Detail: map[string]string{
			"entries": strconv.Itoa(c.Entries), "findings": strconv.Itoa(len(c.Findings)), "digest": hex.EncodeToString(audit.Digest(c.Heads)),
		}})
	})
}
