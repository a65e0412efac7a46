package server_test

import (
	"net/http"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

type shownView struct {
	ID, Query string
	Count     int
	More      bool
}

func (h *house) views(t *testing.T, token string) map[string]shownView {
	t.Helper()
	a := h.call(t, http.MethodGet, "/api/v1/staff/views", "", "Authorization", token)
	a.want(t, http.StatusOK, "")
	var b struct{ Views []shownView }
	a.into(t, &b)
	found := map[string]shownView{}
	for _, v := range b.Views {
		found[v.ID] = v
	}
	return found
}

func (h *house) listed(t *testing.T, token, query string) []string {
	t.Helper()
	a := h.call(t, http.MethodGet, "/api/v1/staff/tickets?limit=100&"+query, "", "Authorization", token)
	a.want(t, http.StatusOK, "")
	var b struct{ Tickets []struct{ Number string } }
	a.into(t, &b)
	var numbers []string
	for _, one := range b.Tickets {
		numbers = append(numbers, one.Number)
	}
	return numbers
}

func TestViewsCountWhatTheirListsShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	taskForce, admin := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "guanli")
	handler, neighbour, leader := "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "linju"), "Bearer "+h.signIn(t, "lingdao")
	letter := func(kind channel.Kind, title string) string {
		r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
			Source: channel.Web, Kind: kind, Title: title, Text: "请尽快处理这件事情。", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
		}})
		check(t, err)
		return r.Number
	}
	traffic, _ := letter(channel.Help, "路口红绿灯坏了"), letter(channel.Report, "举报一处赌博窝点")
	h.walk(t, traffic, []step{
		{taskForce, `"move":"accept"`}, {taskForce, `"move":"dispatch","unit":"traffic"`}, {handler, `"move":"sign"`}, {handler, `"move":"put_back"`},
	})
	want := func(token, name string, counts map[string]int) {
		t.Helper()
		found := h.views(t, token)
		for id, v := range found {
			if v.Query == "" {
				continue
			}
			if numbers := h.listed(t, token, v.Query); len(numbers) != v.Count || v.More {
				t.Errorf("%s: %s counts %d, its list shows %v", name, id, v.Count, numbers)
			}
		}
		for id, n := range counts {
			if v, ok := found[id]; ok != (n >= 0) || ok && v.Count != n {
				t.Errorf("%s: %s is %+v, want %d", name, id, v, n)
			}
		}
	}
	const missing = -1
	want(taskForce, "task force", map[string]int{"screening": 1, "unassigned": 1, "open": 2, "signals": 0, "callbacks": 0, "reviews": 0, "gaps": 0})
	want(leader, "leader", map[string]int{"screening": 0, "open": 1, "callbacks": missing}) // the report is not theirs
	want(handler, "handler", map[string]int{"unit": 1, "unassigned": 1, "mine": 0, "screening": missing, "signals": missing})
	want(neighbour, "another unit", map[string]int{"unit": 0, "open": 0})
	want(admin, "administrator", map[string]int{"open": missing, "mine": missing, "signals": missing})
	h.walk(t, traffic, []step{{handler, `"move":"take"`}})
	want(handler, "handler who took it", map[string]int{"unassigned": 0, "mine": 1})

	for query, n := range map[string]int{
		"channel=web&sort=created": 2, "channel=phone": 0, "district=east": 0, "due_before=2020-01-01T00:00:00Z": 0, "due_from=2020-01-01T00:00:00Z&sort=updated": 2,
	} {
		if got := h.listed(t, taskForce, query); len(got) != n {
			t.Errorf("%s finds %v, want %d", query, got, n)
		}
	}
	for _, query := range []string{"sort=random", "status=asleep", "due_before=tomorrow", "aspect=x"} {
		h.call(t, http.MethodGet, "/api/v1/staff/tickets?"+query, "", "Authorization", taskForce).want(t, http.StatusUnprocessableEntity, "request.invalid")
	}
	h.call(t, http.MethodGet, "/api/v1/staff/tickets", "", "Authorization", admin).want(t, http.StatusForbidden, "ticket.denied")
}
