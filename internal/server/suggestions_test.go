package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/job"
)

// answered stores a letter that a unit has answered.
func (h *house) answered(tb testing.TB, unit, title, text string) {
	tb.Helper()
	r, err := h.Open(tb.Context(), desk.Opening{Letter: channel.Letter{Source: channel.Web, Kind: channel.Help, Title: title, Text: text}})
	check(tb, err)
	check(tb, h.Store.InTx(tb.Context(), func(ctx context.Context, tx desk.Tx) error {
		t, err := tx.TicketByNumber(ctx, r.Number)
		if err != nil {
			return err
		}
		was := t.Version
		t.Status, t.Lead, t.LeadPath, t.Version = ticket.Answered, unit, h.tree.Path(unit), was+1
		return tx.UpdateTicket(ctx, t, was)
	}))
}

// TestFromThePastToTheUnit walks the whole way: released tickets, a new letter,
// the suggestion with its reason, the dispatch above the bureau's bound.
func TestFromThePastToTheUnit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for i := range 30 {
		place := []string{"东门", "西门", "南街", "北路", "新村", "广场"}[i%6]
		h.answered(t, "traffic", place+"共享单车乱放", fmt.Sprintf("%s的共享单车横七竖八，第%d次反映，推婴儿车过不去，希望有人来清理。", place, i))
		h.answered(t, "patrol", place+"音响太吵", fmt.Sprintf("%s跳舞的音响开得很大，第%d次反映，老人孩子休息不好，劝也劝不住。", place, i))
	}
	check(t, h.LearnPast(t.Context()))
	h.AutoDispatch = 0.7
	sent := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"地铁口的单车","text":"地铁口的共享单车横七竖八，推婴儿车过不去，希望有人清理。13800138000"}`)
	sent.want(t, http.StatusCreated, "")
	path := "/api/v1/staff/tickets/" + sent.text(t, "number") + "/suggestions"

	force, handler, admin := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "admin")
	h.call(t, http.MethodGet, path, "").want(t, http.StatusUnauthorized, "session.required")
	h.call(t, http.MethodGet, path, "", "Authorization", admin).want(t, http.StatusNotFound, "ticket.not_found")
	h.call(t, http.MethodGet, path, "", "Authorization", handler).want(t, http.StatusNotFound, "ticket.not_found")
	got := h.call(t, http.MethodGet, path, "", "Authorization", force)
	got.want(t, http.StatusOK, "")
	var units, similar []any
	units, _ = got.object(t)["units"].([]any)
	similar, _ = got.object(t)["similar"].([]any)
	model, _ := got.object(t)["model"].(map[string]any)
	first, _ := units[0].(map[string]any)
	if first["unit"] != "traffic" || !strings.Contains(fmt.Sprint(first["reasons"]), "件已办结来信相似") {
		t.Errorf("the first unit is %v", first)
	}
	if len(similar) == 0 || model["examples"] != float64(60) || model["trained_at"] == nil {
		t.Errorf("similar %v, model %v", similar, model)
	}
	if strings.Contains(got.Body, "13800138000") || strings.Contains(got.Body, "query_code") {
		t.Errorf("the suggestions say too much: %s", got.Body)
	}

	runner := job.New(job.Options{Store: h.Store, Worker: h.Desk, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	check(t, runner.Once(t.Context()))
	after := h.call(t, http.MethodGet, path, "", "Authorization", handler) // the unit has it now
	after.want(t, http.StatusOK, "")
	seen := h.call(t, http.MethodGet, strings.TrimSuffix(path, "/suggestions"), "", "Authorization", handler)
	seen.want(t, http.StatusOK, "")
	if !strings.Contains(seen.Body, "系统自动派单") {
		t.Errorf("the ticket does not say who dispatched it: %s", seen.Body)
	}
}
