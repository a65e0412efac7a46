package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

func TestTicketsAreFoundByWhatTheySay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	taskForce, handler, neighbour := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "linju")
	letter := func(kind channel.Kind, title, text string) string {
		r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
			Source: channel.Web, Kind: kind, Title: title, Text: text, Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
		}})
		check(t, err)
		return r.Number
	}
	lamp := letter(channel.Help, "红绿灯", "学校门口的信号灯坏了三天，我的电话13800138000，Please来看看。")
	letter(channel.Help, "另一件", "学校门口的人。我的信号灯坏了三天。")
	letter(channel.Report, "举报", "学校门口的信号灯旁有人赌博。")
	h.walk(t, lamp, []step{
		{taskForce, `"move":"dispatch","unit":"traffic"`},
		{handler, `"move":"sign"`},
		{handler, `"move":"draft","text":"已经更换灯泡并恢复供电。","outcome":"resolved"`},
	})
	finds := func(token, query string, want ...string) *answer {
		t.Helper()
		a := h.call(t, http.MethodGet, "/api/v1/staff/tickets?q="+url.QueryEscape(query), "", "Authorization", token)
		a.want(t, http.StatusOK, "")
		var b struct{ Tickets []struct{ Number string } }
		a.into(t, &b)
		var got []string
		for _, one := range b.Tickets {
			got = append(got, one.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
		return a
	}
	a := finds(taskForce, "学校门口的信号灯", lamp) // not the one with the same pairs of characters, and never the report
	var b struct {
		Tickets []struct {
			Excerpt struct {
				Text  string
				Marks []struct{ From, To int }
			}
		}
	}
	a.into(t, &b)
	if e := b.Tickets[0].Excerpt; len(e.Marks) != 1 || string([]rune(e.Text)[e.Marks[0].From:e.Marks[0].To]) != "学校门口的信号灯" || strings.Contains(a.Body, "13800138000") {
		t.Errorf("the excerpt is %+v", e)
	}
	finds(taskForce, "please 三天", lamp)
	finds(taskForce, "13800138000")
	finds(taskForce, lamp, lamp)
	finds(handler, "信号灯坏了", lamp)
	finds(neighbour, "信号灯坏了")
	finds(neighbour, lamp)
	finds(handler, "更换灯泡") // a draft is not what anybody was told
}
