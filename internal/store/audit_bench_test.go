package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk"
)

// BenchmarkAudit reads a trail of a hundred thousand acts, of which one in a thousand
// is a look at who wrote.
func BenchmarkAudit(b *testing.B) {
	const acts, together = 100_000, 1000
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		s := open(b, fresh(b))
		for n := 0; n < acts; n += together {
			err := s.InTx(b.Context(), func(ctx context.Context, tx desk.Tx) error {
				var err error
				for i := n; i < n+together; i++ {
					e := audit.Entry{At: benchTime().Add(time.Duration(i) * time.Second), Actor: "u1", Action: "ticket.note", Object: fmt.Sprint("ticket/", i%5000), Detail: map[string]string{"unit": "traffic"}}
					if i%1000 == 0 {
						e.Action = "contact.reveal"
					}
					err = errors.Join(err, tx.Record(ctx, e))
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.Run("verify", func(b *testing.B) {
			for b.Loop() {
				if r, err := audit.Verify(b.Context(), s, nil); err != nil || r.Entries != acts || len(r.Findings) > 0 {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(b.N)*acts/b.Elapsed().Seconds(), "acts/s")
		})
		for name, f := range map[string]desk.AuditFilter{
			"newest": {}, "rare": {Actions: []string{"contact.reveal", "audit.export"}}, "subject": {Objects: []string{"ticket/7"}}, "none-of-hers": {Actor: "u2"},
		} {
			f.Limit = 51
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if _, err := s.AuditEntries(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
