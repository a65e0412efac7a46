package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"jiesu/internal/desk/ticket/deadline"
)

type districtBoard struct {
	Lines []districtNumbers
	Total districtNumbers
}

type districtNumbers struct {
	District                  string
	Received, Answered, Rated *int64
	Signals                   *int
}

// TestDistrictsTellOfNobody: a number fewer than five letters are behind is left out,
// and so is the sum that would tell it; reports (举报) have no district at all; a head
// reads of the own unit, and counts no signal about a letter to keep away from.
func TestDistrictsTellOfNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	write := func(kind, category, district, text string) {
		t.Helper()
		h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
			"kind": kind, "category": category, "district": district, "title": "情况反映", "text": text, "contact": map[string]string{"name": "张三", "phone": "13800138000"},
		})).want(t, http.StatusCreated, "")
	}
	for i := range 6 {
		write("help", "traffic", "east", fmt.Sprintf("第%d盏路灯坏了。", i))
	}
	for i := range 4 {
		write("help", "traffic", "west", fmt.Sprintf("第%d个井盖松了。", i))
	}
	write("report", "vice", "west", tipText)
	write("complaint", "police-conduct", "coast", "交警支队的民警执法时把老人打伤了。") // a signal, and the detachment has to keep away
	month := h.Now().In(deadline.Beijing()).Format("2006-01")
	ask := func(login, query string) districtBoard {
		t.Helper()
		got := h.call(t, http.MethodGet, "/api/v1/staff/districts?period="+month+query, "", "Authorization", "Bearer "+h.signIn(t, login))
		got.want(t, http.StatusOK, "")
		var b districtBoard
		got.into(t, &b)
		return b
	}
	received := func(b districtBoard, district string) string {
		t.Helper()
		for _, l := range append(b.Lines, b.Total) {
			switch {
			case l.District != district:
			case l.Received == nil:
				return "few"
			default:
				return strconv.FormatInt(*l.Received, 10)
			}
		}
		return "no line"
	}
	for _, c := range []struct {
		login, query, east, west string
		alone                    bool // one district is left out
	}{
		{"lingdao", "", "6", "few", false},
		{"zhuanban", "&category=traffic", "6", "few", true},
		{"lingdao", "&category=vice", "0", "0", false},
		{"fuzeren", "", "6", "few", true},
		{"linju", "", "0", "0", false},
	} {
		b := ask(c.login, c.query)
		if east, west := received(b, "east"), received(b, "west"); east != c.east || west != c.west {
			t.Errorf("%s%s: %s and %s, want %s and %s", c.login, c.query, east, west, c.east, c.west)
		}
		if c.alone && b.Total.Received != nil { // with two left out, the sum tells of neither
			t.Errorf("%s: the sum %d tells what is left out", c.login, *b.Total.Received)
		}
	}
	raised := func(login string) int {
		t.Helper()
		for _, l := range ask(login, "").Lines {
			if l.District == "coast" && l.Signals != nil {
				return *l.Signals
			}
		}
		return -1
	}
	if whole, avoided := raised("lingdao"), raised("fuzeren"); whole != 1 || avoided != 0 {
		t.Errorf("signals: %d, and %d for whom the letter is about", whole, avoided)
	}
	for _, login := range []string{"jingban", "bianji"} {
		h.call(t, http.MethodGet, "/api/v1/staff/districts?period="+month, "", "Authorization", "Bearer "+h.signIn(t, login)).want(t, http.StatusForbidden, "supervision.denied")
	}
	h.call(t, http.MethodGet, "/api/v1/staff/districts?period=soon", "", "Authorization", "Bearer "+h.signIn(t, "lingdao")).want(t, http.StatusBadRequest, "report.period")
}
