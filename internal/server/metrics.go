package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type metrics struct {
	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	limited   *prometheus.CounterVec
	searches  *prometheus.CounterVec
	attempts  *prometheus.HistogramVec
	frames    *prometheus.HistogramVec
	handler   http.Handler
}

// newMetrics registers what the edge measures. Labels are route templates and
// codes, so their number is bounded.
func newMetrics(r *prometheus.Registry, connections func() (citizens, staff int)) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiesu_http_requests_total", Help: "Requests by method, route template and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiesu_http_request_duration_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30},
		}, []string{"method", "route"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiesu_decisions_total", Help: "What questions ended in.",
		}, []string{"decision"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiesu_rate_limited_total", Help: "Requests refused for their rate, by class.",
		}, []string{"class"}),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiesu_searches_total", Help: "Searches for candidates by engine and outcome.",
		}, []string{"engine", "outcome"}),
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiesu_delivery_attempt_duration_seconds", Help: "Attempts to deliver to other systems, by carrier and outcome.",
			Buckets: []float64{.01, .05, .1, .5, 1, 5, 15, 30},
		}, []string{"carrier", "outcome"}),
		frames: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiesu_chat_frame_duration_seconds", Help: "Time to do what citizens ask for over sockets, by type of frame and outcome.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"frame", "outcome"}),
		handler: promhttp.HandlerFor(r, promhttp.HandlerOpts{}),
	}
	open := func(kind string, count func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "jiesu_chat_connections", Help: "Open sockets of citizens and of staff.", ConstLabels: prometheus.Labels{"of": kind},
		}, count)
	}
	citizens := open("citizens", func() float64 { n, _ := connections(); return float64(n) })
	staff := open("staff", func() float64 { _, n := connections(); return float64(n) })
	for _, c := range []prometheus.Collector{m.requests, m.duration, m.decisions, m.limited, m.searches, m.attempts, m.frames, citizens, staff, collectors.NewGoCollector()} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(method, route).Observe(took.Seconds())
}

// decided counts what a question ended in, in a chat or outside of one.
func (m *metrics) decided(decision string) { m.decisions.WithLabelValues(decision).Inc() }

// handled counts a frame of a citizen; both words come from short lists.
func (m *metrics) handled(frame, outcome string, took time.Duration) {
	m.frames.WithLabelValues(frame, outcome).Observe(took.Seconds())
}
