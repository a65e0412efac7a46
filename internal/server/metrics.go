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
	handler   http.Handler
}

// newMetrics registers what the edge measures. Labels are route templates and
// codes, so their number is bounded.
func newMetrics(r *prometheus.Registry, connections func() int) (*metrics, error) {
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
		handler: promhttp.HandlerFor(r, promhttp.HandlerOpts{}),
	}
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiesu_chat_connections", Help: "Open chat sockets.",
	}, func() float64 { return float64(connections()) })
	for _, c := range []prometheus.Collector{m.requests, m.duration, m.decisions, m.limited, m.searches, m.attempts, open, collectors.NewGoCollector()} {
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
