package app

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/store"
)

// ErrAuditBroken is returned where the audit trail is not whole.
var ErrAuditBroken = errors.New("the audit trail is not whole")

// AuditVerify reads the whole trail, prints how far each lane reaches, and fails
// with ErrAuditBroken where anything is wrong. anchor is a file AuditHeads has
// written earlier; empty: none.
func AuditVerify(ctx context.Context, file string, environ []string, anchor string, out io.Writer) error {
	var known []audit.Head
	if anchor != "" {
		f, err := os.Open(anchor) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		known, err = audit.ParseHeads(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("anchor %s: %w", anchor, err)
		}
	}
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		report, err := audit.Verify(ctx, s, known)
		if err != nil {
			return err
		}
		for _, h := range report.Heads {
			_, _ = fmt.Fprintf(out, "lane %d: %d entries, last hash %x\n", h.Lane, h.Seq, h.Hash)
		}
		for _, f := range report.Findings {
			_, _ = fmt.Fprintln(out, f)
		}
		if report.Cut {
			_, _ = fmt.Fprintln(out, "and more")
		}
		_, err = fmt.Fprintf(out, "%d lanes, %d entries, %d findings, %d heads of an anchor compared\n", audit.Lanes, report.Entries, len(report.Findings), len(known))
		if len(report.Findings) > 0 {
			return fmt.Errorf("%w: %s", ErrAuditBroken, report.Findings[0])
		}
		return err
	})
}

// AuditHeads prints where each lane ends, for AuditVerify to compare with later.
func AuditHeads(ctx context.Context, file string, environ []string, out io.Writer) error {
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		heads, err := s.Heads(ctx)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if _, err := fmt.Fprintln(out, h); err != nil {
				return err
			}
		}
		return nil
	})
}

// AuditSpan is what to export: whole days in Beijing, the last one included.
type AuditSpan struct{ From, To, Out string }

func (s AuditSpan) times() (from, to time.Time, err error) {
	days := make([]time.Time, 2)
	for i, text := range []string{s.From, s.To} {
		if days[i], err = time.ParseInLocation(time.DateOnly, text, deadline.Beijing()); err != nil {
			return from, to, fmt.Errorf("%q is not a day: write YYYY-MM-DD", text)
		}
	}
	from, to = days[0], days[1].AddDate(0, 0, 1)
	if !from.Before(to) {
		return from, to, errors.New("the last day is before the first")
	}
	return from, to, nil
}

// exported is one entry as a line of JSON.
type exported struct {
	Lane   int               `json:"lane"`
	Seq    int64             `json:"seq"`
	At     time.Time         `json:"at"`
	Actor  string            `json:"actor"`
	Action string            `json:"action"`
	Object string            `json:"object"`
	Detail map[string]string `json:"detail"`
	Prev   string            `json:"prev"`
	Hash   string            `json:"hash"`
}

// AuditExport writes the entries of a span as JSON lines, lane by lane. That
// somebody exports is written down before anything leaves.
func AuditExport(ctx context.Context, file string, environ []string, span AuditSpan, out io.Writer) error {
	from, to, err := span.times()
	if err != nil {
		return err
	}
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) (err error) {
		if span.Out != "" {
			f, errOpen := os.OpenFile(span.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errOpen != nil {
				return errOpen
			}
			defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
			out = f
		}
		err = s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
			return tx.Record(ctx, audit.Entry{
				At: time.Now(), Actor: "operator", Action: "audit.export", Object: "audit", Detail: map[string]string{"from": span.From, "to": span.To},
			})
		})
		if err != nil {
			return err
		}
		lines := bufio.NewWriter(out)
		for lane := range audit.Lanes {
			if err := exportLane(ctx, s, lane, from, to, json.NewEncoder(lines)); err != nil {
				return err
			}
		}
		return lines.Flush()
	})
}

func exportLane(ctx context.Context, s *store.Store, lane int, from, to time.Time, lines *json.Encoder) error {
	return s.WalkAudit(ctx, lane, math.MinInt64, func(e audit.Entry) error {
		if e.At.Before(from) || !e.At.Before(to) { // times are those of the acts: within a lane they need not ascend
			return nil
		}
		return lines.Encode(exported{
			Lane: e.Lane, Seq: e.Seq, At: e.At, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail,
			Prev: hex.EncodeToString(e.Prev), Hash: hex.EncodeToString(e.Hash),
		})
	})
}
