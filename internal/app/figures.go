package app

import (
	"database/sql"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"jiesu/internal/search"
)

// figures are what the desk measures of itself beside what the edge does. No label
// but those from short lists.
type figures struct {
	registry *prometheus.Registry
	jobs     *prometheus.HistogramVec
	steps    prometheus.Counter
	alone    prometheus.Counter
	unsealed prometheus.Gauge
	spans    *prometheus.CounterVec
	due      *prometheus.GaugeVec
	erased   *prometheus.GaugeVec
}

func newFigures(database func() sql.DBStats, index *search.Guarded) (*figures, error) {
	f := &figures{
		registry: prometheus.NewRegistry(),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiesu_job_duration_seconds", Help: "Attempts at jobs, by kind and whether they failed.",
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 5, 60, 600},
		}, []string{"kind", "outcome"}),
		steps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "jiesu_clock_steps_total", Help: "Steps of deadlines that were due and done.",
		}),
		alone: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "jiesu_redis_failures_total", Help: "Times Redis did not answer and this replica counted for itself.",
		}),
		unsealed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "jiesu_reseal_remaining", Help: "Values that are still to be sealed under the current key.",
		}),
		spans: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiesu_trace_spans_total", Help: "Spans that were sent to the collector, and dropped because it did not take them.",
		}, []string{"outcome"}),
		due: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "jiesu_retention_due", Help: "What was kept long enough and is still there after the last run of this replica, by class.",
		}, []string{"class"}),
		erased: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "jiesu_retention_erased", Help: "What has gone so far, as of the last run of this replica, by class.",
		}, []string{"class"}),
	}
	used := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiesu_database_connections", Help: "Connections to the database in use.",
	}, func() float64 { return float64(database().InUse) })
	waited := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "jiesu_database_wait_seconds_total", Help: "Time waited for a connection to the database.",
	}, func() float64 { return database().WaitDuration.Seconds() })
	var err error
	for _, c := range []prometheus.Collector{f.jobs, f.steps, f.alone, f.unsealed, f.spans, f.due, f.erased, used, waited, collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		err = errors.Join(err, f.registry.Register(c))
	}
	return f, errors.Join(err, f.engine(index))
}

// engine shows how the remote engine stands with this process, and its repairs.
func (f *figures) engine(index *search.Guarded) (err error) {
	if index.Standing() == search.None {
		return nil
	}
	for _, s := range search.Standings() {
		err = errors.Join(err, f.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "jiesu_search_engine", Help: "How Meilisearch stands with this replica; 1 for the state it is in.", ConstLabels: prometheus.Labels{"state": string(s)},
		}, func() float64 {
			if index.Standing() == s {
				return 1
			}
			return 0
		})))
	}
	for how, count := range map[string]func(rebuilt, amended int64) int64{
		"rebuilt": func(rebuilt, _ int64) int64 { return rebuilt },
		"amended": func(_, amended int64) int64 { return amended },
	} {
		err = errors.Join(err, f.registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "jiesu_search_repairs_total", Help: "Times the index of Meilisearch differed from the library and was brought into step.", ConstLabels: prometheus.Labels{"how": how},
		}, func() float64 { return float64(count(index.Repairs())) })))
	}
	return err
}

// worked counts the end of an attempt at a job.
func (f *figures) worked(kind string, took time.Duration, err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	f.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

// fired counts steps of deadlines.
func (f *figures) fired(n int) { f.steps.Add(float64(n)) }
