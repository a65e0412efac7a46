package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/server"
)

func TestTheSelfCheckIsShownAndMeasured(t *testing.T) {
	t.Parallel()
	var health desk.Health
	h := newHouse(t, func(o *options) {
		o.Config.TrustedProxies = server.TrustTest()
		o.Health = func() desk.Health { return health }
	})
	token := h.signIn(t, "zhuanban")
	ask := func() *answer {
		a := h.call(t, http.MethodGet, "/api/v1/staff/health", "", "Authorization", "Bearer "+token)
		a.want(t, http.StatusOK, "")
		return a
	}
	if a := ask(); !strings.Contains(a.Body, `"findings":[]`) || strings.Contains(a.Body, "checked_at") {
		t.Errorf("before the first look: %s", a.Body)
	}
	health = desk.Health{
		At: time.Date(2026, 6, 8, 4, 0, 0, 0, time.UTC), Swept: time.Date(2026, 6, 8, 3, 0, 0, 0, time.UTC), Lag: 1500 * time.Millisecond,
		Findings: []desk.Finding{{Kind: desk.ClockStranded, Count: 3, Tickets: []string{"J1"}}, {Kind: desk.JobGivenUp, Count: 1, Codes: []string{"notify.staff"}}},
	}
	a := ask()
	for _, want := range []string{
		`"checked_at":"2026-06-08T12:00:00+08:00"`, `"lag_seconds":1.5`, `"count":3`, `"tickets":["J1"]`, `"jobs":["notify.staff"]`, "没有下一步",
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("%s lacks %s", a.Body, want)
		}
	}
	if ready := h.call(t, http.MethodGet, "/readyz", ""); ready.Status != http.StatusOK {
		t.Errorf("readiness %d: findings must not take the desk away", ready.Status)
	}
	figures := h.call(t, http.MethodGet, "/metrics", "", "X-Forwarded-For", "127.0.0.1")
	for _, want := range []string{
		`jiesu_selfcheck_findings{kind="clock.stranded"} 3`, `jiesu_selfcheck_findings{kind="clock.late"} 0`, "jiesu_runner_lag_seconds 1.5",
		"jiesu_selfcheck_timestamp_seconds 1.7808912e+09",
	} {
		if !strings.Contains(figures.Body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}
