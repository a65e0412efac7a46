package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"jiesu/internal/desk"
)

// BenchmarkSupervision counts and lists among many tickets, a tenth of them
// unanswered and a hundredth late. JIESU_BENCH_TICKETS says how many there are;
// the full measure is 1000000.
func BenchmarkSupervision(b *testing.B) {
	n := 20_000
	if asked, err := strconv.Atoi(os.Getenv("JIESU_BENCH_TICKETS")); err == nil && asked > 0 {
		n = asked
	} else {
		b.Logf("MEASURED WITH %d TICKETS: JIESU_BENCH_TICKETS=1000000 is the full measure", n)
	}
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
