package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/limit"
	"jiesu/internal/store"
)

// acts lists what the whole trail tells of one kind of acts, with the details.
func (h *house) acts(t *testing.T, prefix string) []audit.Entry {
	t.Helper()
	kept, ok := h.Store.(*store.Store)
	if !ok {
		t.Fatalf("the store is a %T", h.Store)
	}
	var found []audit.Entry
	for lane := range audit.Lanes {
		entries, err := kept.AuditLane(t.Context(), lane)
		check(t, err)
		for _, e := range entries {
			if strings.HasPrefix(e.Action, prefix) {
				found = append(found, e)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b audit.Entry) int { return a.At.Compare(b.At) })
	return found
}

func TestSignInsAreInTheTrail(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Config.Rates.Password = limit.Rate{Count: 3, Period: time.Hour}
	})
	right := h.password(t, "zhuanban")
	try := func(login, password string, status int) {
		t.Helper()
		a := h.call(t, http.MethodPost, "/api/v1/staff/session", asJSON(t, map[string]string{"login": login, "password": password}))
		if a.Status != status {
			t.Fatalf("%s: %d %s", login, a.Status, a.Body)
		}
	}
	try("zhuanban", "a guess", http.StatusUnauthorized)
	try("Zhuanban", "another guess", http.StatusUnauthorized)
	try("zhuanban", right, http.StatusCreated)
	for range 3 { // however often: written down once
		try("zhuanban", right, http.StatusTooManyRequests)
	}
	try("my password by mistake", "x", http.StatusUnauthorized)
	users, err := h.staff.Users(t.Context())
	check(t, err)
	want := []string{users[0].ID + " session.fail", users[0].ID + " session.fail", users[0].ID + " session.open", users[0].ID + " session.lock", "unknown session.fail"}
	var got []string
	for _, e := range h.acts(t, "session.") {
		got = append(got, e.Actor+" "+e.Action)
		if e.Detail["from"] != "192.0.2.0/24" {
			t.Errorf("the trail tells the address %v", e.Detail)
		}
		for _, v := range e.Detail {
			if strings.Contains(v, "guess") || strings.Contains(v, "mistake") || strings.Contains(v, right) {
				t.Errorf("the trail holds what was typed: %v", e.Detail)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail tells %v, want %v", got, want)
	}
}
