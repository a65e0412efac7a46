package server_test

import (
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

func TestSeveralTicketsAreDispatchedAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	taskForce, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	var numbers []string
	for _, title := range []string{"路口红绿灯坏了", "斑马线看不清", "投诉交警支队处理不公"} {
		r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
			Source: channel.Web, Kind: channel.Complaint, Title: title, Text: "请尽快处理。", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
		}})
		check(t, err)
		numbers = append(numbers, r.Number)
	}
	dispatch := func(token, key, unit string) string {
		body := asJSON(t, map[string]any{"numbers": append(numbers, "260101-0000-0000"), "unit": unit})
		a := h.call(t, http.MethodPost, "/api/v1/staff/tickets/dispatches", body, "Authorization", token, "Idempotency-Key", key)
		a.want(t, http.StatusOK, "")
		var b struct {
			Results []struct {
				Number     string
				Dispatched bool
				Code       string
			}
		}
		a.into(t, &b)
		var all []string
		for _, r := range b.Results {
			if r.Dispatched != (r.Code == "") {
				t.Errorf("%+v is neither done nor refused", r)
			}
			all = append(all, r.Code)
		}
		return strings.Join(all, " ")
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
	if got := dispatch(taskForce, "", "traffic"); !strings.HasPrefix(got, strings.Repeat("ticket.move ", 2)) {
		t.Errorf("dispatching again without a key: %q", got)
	}
	for _, body := range []string{`{"numbers":[],"unit":"traffic"}`, `{"unit":"traffic"}`} {
		h.call(t, http.MethodPost, "/api/v1/staff/tickets/dispatches", body, "Authorization", taskForce).want(t, http.StatusUnprocessableEntity, "request.invalid")
	}
}
