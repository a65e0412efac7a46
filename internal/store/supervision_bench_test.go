package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket/deadline"
)

// benchTickets is how many tickets there are: the full measure, or what is asked
// for.
func benchTickets(b *testing.B, full, otherwise int) int {
	b.Helper()
	if asked, err := strconv.Atoi(os.Getenv("JIESU_BENCH_TICKETS")); err == nil && asked > 0 {
		return asked
	}
	b.Logf("MEASURED WITH %d TICKETS: JIESU_BENCH_TICKETS=%d is the full measure", otherwise, full)
	return otherwise
}

// BenchmarkSupervision counts and lists among many tickets, a tenth of them
// unanswered and a hundredth late. JIESU_BENCH_TICKETS says how many there are;
// the full measure is 1000000.
func BenchmarkSupervision(b *testing.B) {
	n := benchTickets(b, 1_000_000, 20_000)
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		url := fresh(b)
		s := open(b, url)
		manyClocks(b, s, url, n)
		runRaw(b, url, func(postgres bool) []string {
			number := "CAST(substr(id, 2) AS INTEGER)"
			if postgres {
				number = "CAST(substr(id, 2) AS BIGINT)"
			}
			at := benchTime().UnixMicro()
			return []string{
				`UPDATE ticket SET status = 'closed' WHERE id > 't' AND ` + number + ` % 10 <> 0`,
				fmt.Sprintf(`UPDATE ticket SET status = 'handling', lead = 'unit' || (%s / 10 %% 50), due_at = %d + (%s %% 100 - 10) * 3600000000,
					circular_at = %d, urges = CASE WHEN %s %% 1000 = 0 THEN 1 ELSE 0 END WHERE id > 't' AND %s %% 10 = 0`, number, at, number, at, number, number),
				"ANALYZE",
			}
		})
		leader := desk.Filter{Unit: "bureau", Viewer: "u1", At: benchTime()}
		b.Run("counts", func(b *testing.B) {
			for b.Loop() {
				counts, err := s.SupervisionCounts(b.Context(), leader)
				if err != nil || len(counts) < 50 {
					b.Fatal(len(counts), err)
				}
			}
		})
		for _, aspect := range desk.Aspects() {
			b.Run(string(aspect), func(b *testing.B) {
				f := leader
				f.Aspect, f.Limit = aspect, 50
				for b.Loop() {
					if _, err := s.Tickets(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkFreeze closes a month with many letters answered and rated, and adds
// it up. It is rolled back to be done again.
func BenchmarkFreeze(b *testing.B) {
	n := benchTickets(b, 100_000, 5_000)
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		url := fresh(b)
		s := open(b, url)
		manyClocks(b, s, url, n)
		at := benchTime().UnixMicro()
		runRaw(b, url, func(bool) []string {
			var texts []string
			for seq, move := range []string{"release", "rate"} {
				columns := "ticket_id, seq, id, move, from_status, to_status, actor, unit, reason, at, lead, score"
				texts = append(texts, fmt.Sprintf(`INSERT INTO event (%s) SELECT id, %d, '%s' || id, '%s', 'handling', 'answered', '', '', '', %d, 'traffic', %d FROM ticket`,
					columns, seq+2, move, move, at, 4*seq))
			}
			return append(texts, fmt.Sprintf(`UPDATE clock SET met_at = %d, next_at = NULL`, at), "ANALYZE")
		})
		rules, err := report.LoadRules()
		from, until, errMonth := deadline.ParseMonth("2026-03")
		if err := errors.Join(err, errMonth); err != nil {
			b.Fatal(err)
		}
		stop := make(chan struct{})
		peak := watchHeap(b, stop)
		for b.Loop() {
			tally := report.NewTally(rules)
			err := s.InTx(b.Context(), func(ctx context.Context, tx desk.Tx) error {
				if err := tx.FreezeFacts(ctx, "2026-03", from, until); err != nil {
					return err
				}
				return errors.Join(tx.EachFact(ctx, "2026-03", tally.Add), errUndo)
			})
			if !errors.Is(err, errUndo) || tally.Facts() != 2*n {
				b.Fatal(tally.Facts(), err)
			}
		}
		close(stop)
		b.ReportMetric(<-peak, "MB-heap-peak")
	})
}

// errUndo rolls a benchmark's work back.
var errUndo = errors.New("to be done again")
