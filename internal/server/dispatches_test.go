package server_test

import (
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

// dispatched is what one of several tickets has become.
type dispatched struct {
	Number     string
	Dispatched bool
	Code       string
	Now        *struct {
		Status string
		Lead   string
	}
}

func (h *house) dispatches(t *testing.T, token, key string, body map[string]any) (all []dispatched, codes string) {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/staff/tickets/dispatches", asJSON(t, body), "Authorization", token, "Idempotency-Key", key)
	a.want(t, http.StatusOK, "")
	var b struct{ Results []dispatched }
	a.into(t, &b)
	var each []string
	for _, r := range b.Results {
		if r.Dispatched != (r.Code == "") {
			t.Errorf("%+v is neither done nor refused", r)
		}
		each = append(each, r.Code)
	}
	return b.Results, strings.Join(each, " ")
}

func (h *house) brought(t *testing.T, titles ...string) (tickets []map[string]any) {
	t.Helper()
	for _, title := range titles {
		r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
			Source: channel.Web, Kind: channel.Complaint, Title: title, Text: "请尽快处理。", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
		}})
		check(t, err)
		tickets = append(tickets, map[string]any{"number": r.Number, "version": 1})
	}
	return tickets
}

func TestSeveralTicketsAreDispatchedAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	taskForce, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	tickets := append(h.brought(t, "路口红绿灯坏了", "斑马线看不清", "投诉交警支队处理不公"), map[string]any{"number": "260101-0000-0000", "version": 1})
	dispatch := func(token, key, unit string) string {
		_, codes := h.dispatches(t, token, key, map[string]any{"tickets": tickets, "unit": unit})
		return codes
	}
	if got := dispatch(handler, "", "traffic"); got != strings.Repeat("ticket.not_found ", 3)+"ticket.not_found" {
		t.Errorf("a handler dispatches what is not theirs yet: %s", got)
	}
	for range 2 { // a repeat says the same, and does nothing twice
		if got := dispatch(taskForce, "key-1", "traffic"); got != "  ticket.avoid ticket.not_found" {
			t.Errorf("dispatched as %q", got)
		}
	}
	if got := dispatch(taskForce, "key-1", "patrol"); !strings.HasPrefix(got, strings.Repeat("idempotency.mismatch ", 2)) {
		t.Errorf("another request under the same key: %q", got)
	}
	if got := dispatch(taskForce, "", "traffic"); !strings.HasPrefix(got, strings.Repeat("ticket.stale ", 2)) {
		t.Errorf("dispatching again without a key: %q", got)
	}
	for _, body := range []string{`{"tickets":[],"unit":"traffic"}`, `{"unit":"traffic"}`, `{"tickets":[{"number":"x"}],"unit":"traffic"}`, `{"tickets":[{"number":"x","version":1,"move":"close"}]}`} {
		h.call(t, http.MethodPost, "/api/v1/staff/tickets/dispatches", body, "Authorization", taskForce).want(t, http.StatusUnprocessableEntity, "request.invalid")
	}
}

// TestWhoeverWasFasterIsNamedTicketByTicket: each to its own unit, some for the second
// time, and one that somebody has dispatched meanwhile stays where it is.
func TestWhoeverWasFasterIsNamedTicketByTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	token := "Bearer " + h.signIn(t, "zhuanban")
	tickets := h.brought(t, "路口红绿灯坏了", "广场音响太吵", "斑马线看不清")
	_, codes := h.dispatches(t, token, "", map[string]any{"tickets": tickets[2:], "unit": "patrol"})
	if codes != "" {
		t.Fatal(codes)
	}
	tickets[0]["unit"], tickets[1]["unit"], tickets[2]["unit"] = "traffic", "patrol", "traffic"
	got, codes := h.dispatches(t, token, "", map[string]any{"tickets": tickets, "note": "请尽快办"})
	if codes != "  ticket.stale" || got[2].Now == nil || got[2].Now.Status != "dispatched" || got[2].Now.Lead != "patrol" {
		t.Errorf("%q, %+v", codes, got[2])
	}
	for i, unit := range []string{"traffic", "patrol", "patrol"} {
		number, _ := tickets[i]["number"].(string)
		now, err := h.store.TicketByNumber(t.Context(), number)
		check(t, err)
		if now.Lead != unit {
			t.Errorf("ticket %d went to %s", i, now.Lead)
		}
		tickets[i]["version"], tickets[i]["move"], tickets[i]["unit"] = now.Version, "reassign", "criminal"
	}
	if _, codes := h.dispatches(t, token, "", map[string]any{"tickets": tickets, "reason": "wrong_unit"}); strings.Trim(codes, " ") != "" {
		t.Errorf("reassigned as %q", codes)
	}
}
