package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu/internal/desk"
)

type healthBody struct {
	CheckedAt *time.Time    `json:"checked_at,omitempty" doc:"when the self-check last looked; left out before its first look"`
	SweptAt   *time.Time    `json:"swept_at,omitempty" doc:"when it had last gone through every unfinished ticket"`
	Lag       float64       `json:"lag_seconds" doc:"how long the oldest due step or job has waited"`
	Findings  []findingBody `json:"findings" doc:"what is wrong; empty: nothing"`
}

type findingBody struct {
	Kind    desk.FindingKind `json:"kind" enum:"clock.stranded,clock.late,clock.missing,pause.endless,runner.stalled,time.jumped,job.given_up,scan.stalled"`
	Text    string           `json:"text" doc:"for people"`
	Count   int              `json:"count"`
	Tickets []string         `json:"tickets" doc:"numbers of at most 20 tickets; never of reports"`
	Jobs    []string         `json:"jobs" doc:"kinds of the jobs that were given up"`
}

func newHealth(h desk.Health) healthBody {
	return healthBody{
		CheckedAt: shownOrNil(h.At), SweptAt: shownOrNil(h.Swept), Lag: rounded(h.Lag.Seconds()),
		Findings: list(h.Findings, func(f desk.Finding) findingBody {
			return findingBody{
				Kind: f.Kind, Text: f.Kind.Sentence() + "。", Count: f.Count, Tickets: list(f.Tickets, same[string]), Jobs: list(f.Codes, same[string]),
			}
		}),
	}
}

func (s *Server) healthRoutes() {
	register(s, operation{
		id: "health", method: http.MethodGet, path: "/api/v1/staff/health", tag: "tickets", audience: staffOnly, status: http.StatusOK,
		summary: "What the self-check of deadlines and jobs found in this process",
	}, func(ctx context.Context, _ *nothing) (*body[healthBody], error) {
		a := actorOf(ctx)
		if err := a.MaySeeHealth(); err != nil {
			return nil, err
		}
		return respond(newHealth(s.health()), nil)
	})
}

// healthFigures are the gauges of the self-check, read when they are asked for.
type healthFigures struct {
	health                 func() desk.Health
	findings, lag, checked *prometheus.Desc
}

func newHealthFigures(health func() desk.Health) *healthFigures {
	return &healthFigures{
		health:   health,
		findings: prometheus.NewDesc("jiesu_selfcheck_findings", "What the last self-check found, by kind.", []string{"kind"}, nil),
		lag:      prometheus.NewDesc("jiesu_runner_lag_seconds", "How long the oldest due step or job had waited at the last self-check.", nil, nil),
		checked:  prometheus.NewDesc("jiesu_selfcheck_timestamp_seconds", "When the self-check last looked, 0 before.", nil, nil),
	}
}

// Describe implements [prometheus.Collector].
func (g *healthFigures) Describe(to chan<- *prometheus.Desc) {
	to <- g.findings
	to <- g.lag
	to <- g.checked
}

// Collect implements [prometheus.Collector].
func (g *healthFigures) Collect(to chan<- prometheus.Metric) {
	h := g.health()
	counts := map[desk.FindingKind]int{}
	for _, f := range h.Findings {
		counts[f.Kind] = f.Count
	}
	for _, kind := range desk.FindingKinds() {
		to <- prometheus.MustNewConstMetric(g.findings, prometheus.GaugeValue, float64(counts[kind]), string(kind))
	}
	to <- prometheus.MustNewConstMetric(g.lag, prometheus.GaugeValue, h.Lag.Seconds())
	at := 0.0
	if !h.At.IsZero() {
		at = float64(h.At.UnixMilli()) / 1000
	}
	to <- prometheus.MustNewConstMetric(g.checked, prometheus.GaugeValue, at)
}
