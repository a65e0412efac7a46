package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/job"
	"jiesu/internal/store"
)

// BenchmarkClocks lets a runner wake up for a tenth of many open clocks, due at
// 100,000 a minute, and measures how late their steps are stored. The notices
// are carried out meanwhile. JIESU_BENCH_CLOCKS says how many clocks are open;
// the full measure is 1000000.
func BenchmarkClocks(b *testing.B) {
	running := 100_000
	if n, err := strconv.Atoi(os.Getenv("JIESU_BENCH_CLOCKS")); err == nil && n > 0 {
		running = n
	} else {
		b.Logf("MEASURED WITH %d OPEN CLOCKS: JIESU_BENCH_CLOCKS=1000000 is the full measure", running)
	}
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		url := fresh(b)
		s := open(b, url)
		due := running / 10
		over := time.Minute * time.Duration(due) / 100_000
		manyClocks(b, s, url, running)
		heap := heapMB()
		begin := time.Now().Add(2 * time.Second).UTC().Truncate(time.Microsecond)
		spreadClocks(b, url, due, begin, over)
		b.ResetTimer()
		late := &lateness{Store: s, want: due, all: make(chan struct{})}
		peak := watchHeap(b, late.all)
		runClocks(b, late)
		b.StopTimer()
		slices.Sort(late.lags)
		at := func(share float64) float64 { return late.lags[int(share*float64(due-1))].Seconds() * 1000 }
		b.ReportMetric(at(0.5), "ms-lag-p50")
		b.ReportMetric(at(0.99), "ms-lag-p99")
		b.ReportMetric(at(1), "ms-lag-max")
		b.ReportMetric(heap, "MB-heap-before")
		b.ReportMetric(<-peak, "MB-heap-peak")
	})
}

// runClocks runs a runner until every step has been stored.
func runClocks(b *testing.B, late *lateness) {
	b.Helper()
	router, err := assignment.LoadRouter()
	if err != nil {
		b.Fatal(err)
	}
	calendar, errCalendar := deadline.LoadCalendar()
	profile, errProfile := deadline.LoadProfile()
	if errCalendar != nil || errProfile != nil {
		b.Fatal(errCalendar, errProfile)
	}
	d := desk.New(desk.Parts{Store: late, Tree: router.Tree(), Calendar: calendar, Profile: profile, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	r := job.New(job.Options{Store: late, Worker: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	r.Start(b.Context())
	select {
	case <-late.all:
	case <-time.After(10 * time.Minute):
		b.Errorf("%d of %d steps after ten minutes", len(late.lags), late.want)
	}
	r.Stop()
}

// lateness notes how long after their time steps are durable.
type lateness struct {
	desk.Store
	want int
	all  chan struct{}
	mu   sync.Mutex
	lags []time.Duration
}

func (l *lateness) InTx(ctx context.Context, fn func(context.Context, desk.Tx) error) error {
	var stepped []deadline.Clock
	err := l.Store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		stepped = nil
		return fn(ctx, &noting{Tx: tx, stepped: &stepped})
	})
	now := time.Now()
	if err != nil || len(stepped) == 0 {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range stepped {
		l.lags = append(l.lags, now.Sub(c.Steps[c.NextStep-1].At))
	}
	if len(l.lags) == l.want {
		close(l.all)
	}
	return nil
}

type noting struct {
	desk.Tx
	stepped *[]deadline.Clock
}

func (n *noting) StepClocks(ctx context.Context, clocks []deadline.Clock) error {
	*n.stepped = append(*n.stepped, clocks...)
	return n.Tx.StepClocks(ctx, clocks)
}

func heapMB() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// watchHeap returns the most that was allocated until stop.
func watchHeap(b *testing.B, stop <-chan struct{}) <-chan float64 {
	b.Helper()
	peak := make(chan float64, 1)
	go func() {
		looking := time.NewTicker(50 * time.Millisecond)
		defer looking.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				peak <- float64(most) / (1 << 20)
				return
			case <-looking.C:
			}
		}
	}()
	return peak
}

// rawSQL is the database without the store: nothing else makes a million rows in
// a minute.
func rawSQL(b *testing.B, url string) (db *sql.DB, postgres bool) {
	b.Helper()
	driver := "pgx"
	if postgres = strings.HasPrefix(url, "postgres"); !postgres {
		driver, url = "sqlite", "file:"+url+"?_pragma=busy_timeout(60000)&_pragma=cache_size(-400000)&_pragma=synchronous(OFF)"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		b.Fatal(err)
	}
	return db, postgres
}

func runRaw(b *testing.B, url string, texts func(postgres bool) []string) {
	b.Helper()
	db, postgres := rawSQL(b, url)
	for _, text := range texts(postgres) {
		if _, err := db.ExecContext(b.Context(), text); err != nil {
			b.Fatal(text, err)
		}
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// manyClocks copies one ticket with its letter and its clock n times.
func manyClocks(b *testing.B, s *store.Store, url string, n int) {
	b.Helper()
	o := newOpening(0)
	o.clocks[0].NextAt = time.Now().Add(1000 * time.Hour)
	err := s.InTx(b.Context(), func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertTicket(ctx, o.letter, o.ticket, nil); err != nil {
			return err
		}
		return tx.InsertClock(ctx, o.clocks[0])
	})
	if err != nil {
		b.Fatal(err)
	}
	runRaw(b, url, func(postgres bool) []string {
		numbers, id := fmt.Sprintf("(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %d) SELECT n FROM c)", n-1), "printf('%s%%07d', n)"
		if postgres {
			numbers, id = fmt.Sprintf("(SELECT generate_series(1, %d) AS n)", n-1), "'%s' || lpad(n::text, 7, '0')"
		}
		copied := func(table string, changed map[string]string) string {
			var to, from []string
			for _, c := range columnsOf(b, url, table) {
				to = append(to, c)
				if prefix, ok := changed[c]; ok {
					c = fmt.Sprintf(id, prefix)
				}
				from = append(from, c)
			}
			return "INSERT INTO " + table + " (" + strings.Join(to, ", ") + ") SELECT " + strings.Join(from, ", ") + " FROM " + table + ", " + numbers + " AS many"
		}
		return []string{
			copied("letter", map[string]string{"id": "l"}),
			copied("ticket", map[string]string{"id": "t", "number": "N", "letter_id": "l"}),
			copied("clock", map[string]string{"id": "c", "ticket_id": "t"}),
			"ANALYZE",
		}
	})
}

func columnsOf(b *testing.B, url, table string) []string {
	b.Helper()
	db, _ := rawSQL(b, url)
	defer func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}()
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			b.Error(err)
		}
	}()
	columns, err := rows.Columns()
	if err != nil || rows.Err() != nil {
		b.Fatal(err, rows.Err())
	}
	return columns
}

// spreadClocks makes the clocks 1 to due fire evenly from begin on.
func spreadClocks(b *testing.B, url string, due int, begin time.Time, over time.Duration) {
	b.Helper()
	runRaw(b, url, func(postgres bool) []string {
		n, steps := "CAST(substr(id, 2) AS INTEGER)", `'[{"name":"warn","to":"handler","at":"' || strftime('%%Y-%%m-%%dT%%H:%%M:%%S', due.at / 1000000, 'unixepoch') || printf('.%%06dZ', due.at %% 1000000) || '"}]'`
		if postgres {
			n = "substr(id, 2)::integer"
			steps = `'[{"name":"warn","to":"handler","at":"' || to_char(to_timestamp(due.at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '.' || lpad((due.at %% 1000000)::text, 6, '0') || 'Z"}]'`
		}
		return []string{fmt.Sprintf(`UPDATE clock SET next_step = 0, next_at = due.at, steps = `+steps+`
			FROM (SELECT id AS due_id, %d + CAST(%s AS BIGINT) * %d AS at FROM clock WHERE id > 'c' AND id <= 'c%07d') AS due WHERE clock.id = due.due_id`,
			begin.UnixMicro(), n, over.Microseconds()/int64(due), due)}
	})
}
