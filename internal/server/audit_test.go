package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/audit"
)

const trail = "/api/v1/staff/audit"

// told is an entry as the API tells it.
type told struct {
	Action, Actor, By string
	Withheld          bool
	Subject           struct{ Kind, ID, Number, Name string }
	Details           []struct{ Code, Name, Value, Text string }
}

func tellsOf(t *testing.T, auditor func(method, path, body string) *answer, query url.Values) []told {
	t.Helper()
	a := auditor(http.MethodGet, trail+"?"+query.Encode(), "")
	a.want(t, http.StatusOK, "")
	var page struct{ Entries []told }
	a.into(t, &page)
	return page.Entries
}

func TestTheTrailIsForAuditorsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for _, login := range []string{"guanli", "zhuanban", "jingban", "fuzeren", "lingdao", "bianji"} {
		ask := h.by(t, h.signIn(t, login))
		for _, path := range []string{"", "/export", "/verification"} {
			ask(http.MethodGet, trail+path, "").want(t, http.StatusForbidden, "audit.denied")
		}
		ask(http.MethodPost, trail+"/verification", `{}`).want(t, http.StatusForbidden, "audit.denied")
	}
	ask := h.by(t, h.signIn(t, "shenji"))
	ask(http.MethodGet, "/api/v1/staff/tickets", "").want(t, http.StatusForbidden, "ticket.denied")
	ask(http.MethodGet, users, "").want(t, http.StatusForbidden, "user.denied")
	ask(http.MethodGet, trail+"?cursor=x", "").want(t, http.StatusBadRequest, "audit.cursor")
}

// TestReportsAreNotGivenAwayByTheTrail: that something was done is told, not with what.
func TestReportsAreNotGivenAwayByTheTrail(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	force := "Bearer " + h.signIn(t, "zhuanban")
	open := func(letter string) string {
		a := h.call(t, http.MethodPost, "/api/v1/letters", letter)
		a.want(t, http.StatusCreated, "")
		return a.text(t, "number")
	}
	help := open(`{"kind":"help","title":"路灯不亮","text":"学校门口的路灯不亮。"}`)
	report := open(`{"kind":"report","title":"聚众赌博","text":"楼下有人聚众赌博。"}`)
	about := open(`{"kind":"complaint","title":"督察支队态度不好","text":"督察支队的民警态度不好。"}`)
	for _, number := range []string{help, report, about} {
		h.walk(t, number, []step{{force, `"move":"note","note":"看过了"`}})
	}
	v, err := h.store.TicketByNumber(t.Context(), about)
	check(t, err)
	if !v.Avoids("bureau/inspection") {
		t.Fatalf("the inspection need not keep away: %v", v.Avoid)
	}
	hidden := []string{report, h.ticketID(t, report), about, h.ticketID(t, about)}

	auditor := h.by(t, h.signIn(t, "shenji"))
	all, file := auditor(http.MethodGet, trail+"?limit=100", ""), auditor(http.MethodGet, trail+"/export", "")
	for what, a := range map[string]*answer{"list": all, "file": file} {
		a.want(t, http.StatusOK, "")
		if !strings.Contains(a.Body, help) {
			t.Errorf("the %s lacks %s", what, help)
		}
		for _, secret := range hidden {
			if strings.Contains(a.Body, secret) {
				t.Errorf("the %s gives %s away", what, secret)
			}
		}
	}
	notes := tellsOf(t, auditor, url.Values{"action": {"ticket.note"}})
	withheld := 0
	for _, e := range notes {
		if e.Withheld {
			withheld++
			if e.By != "zhuanban" || e.Subject.Kind != "" || len(e.Details) > 0 {
				t.Errorf("withheld: %+v", e)
			}
		}
	}
	if len(notes) != 3 || withheld != 2 {
		t.Errorf("%d of %d notes are withheld, want 2 of 3", withheld, len(notes))
	}
	if got := tellsOf(t, auditor, url.Values{"subject": {help}}); len(got) < 2 || got[0].Action != "ticket.note" || got[0].Subject.Number != help {
		t.Errorf("about a ticket: %+v", got)
	}
	for _, subject := range append(slices.Clone(hidden), "ticket/"+hidden[1], "999999-0000-0000") {
		if got := tellsOf(t, auditor, url.Values{"subject": {subject}}); len(got) > 0 {
			t.Errorf("about %s: %+v", subject, got)
		}
	}
}

func TestTheTrailIsSearched(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	admin := h.by(t, h.signIn(t, "guanli"))
	id := admin(http.MethodPost, users, `{"login":"lisi","name":"李四","unit":"traffic","roles":["handler"]}`).text(t, "user")
	auditor := h.by(t, h.signIn(t, "shenji"))
	got := tellsOf(t, auditor, url.Values{"subject": {"LiSi"}})
	if len(got) != 1 || got[0].Action != "user.add" || got[0].By != "guanli" || got[0].Subject.Name != "李四" || got[0].Subject.ID != id {
		t.Fatalf("about somebody: %+v", got)
	}
	var details []string
	for _, d := range got[0].Details {
		details = append(details, d.Name+" "+d.Text)
	}
	if want := []string{"单位 交警支队", "角色 经办人"}; !slices.Equal(details, want) {
		t.Errorf("in words: %q, want %q", details, want)
	}
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	if got := tellsOf(t, auditor, url.Values{"from": {later}}); len(got) > 0 {
		t.Errorf("in an hour: %+v", got)
	}
	var page struct {
		Entries []told
		Next    string
	}
	auditor(http.MethodGet, trail+"?limit=1&actor=staff", "").into(t, &page)
	first := page.Entries[0].Action
	auditor(http.MethodGet, trail+"?limit=1&actor=staff&cursor="+page.Next, "").into(t, &page)
	if len(page.Entries) != 1 || first != "session.open" || page.Entries[0].Actor == "operator" && page.Entries[0].Action == first {
		t.Errorf("the second page: %+v after %s", page, first)
	}
	file := auditor(http.MethodGet, trail+"/export?subject=lisi", "")
	if !strings.Contains(file.Body, "账号：新增") || !strings.Contains(file.Header.Get("Content-Disposition"), "audit.csv") {
		t.Errorf("the file: %s", file.Body)
	}
	if acts := h.acts(t, "audit.export"); len(acts) != 1 || acts[0].Detail["entries"] != "1" {
		t.Errorf("that it left: %+v", acts)
	}
}

func TestTheChainsAreVerified(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	auditor := h.by(t, h.signIn(t, "shenji"))
	if a := auditor(http.MethodGet, trail+"/verification", ""); a.text(t, "state") != "none" {
		t.Errorf("before: %s", a.Body)
	}
	a := auditor(http.MethodPost, trail+"/verification", `{"begin":true}`)
	a.want(t, http.StatusOK, "")
	var v struct {
		State, By, Digest string
		Entries           int
		Findings, Lanes   []any
	}
	a.into(t, &v)
	if v.State != "done" || v.By != "shenji" || v.Entries == 0 || len(v.Findings) > 0 || len(v.Lanes) != audit.Lanes || len(v.Digest) != 64 {
		t.Errorf("a whole trail: %s", a.Body)
	}
	if again := auditor(http.MethodGet, trail+"/verification", ""); again.text(t, "digest") != v.Digest {
		t.Errorf("asked again: %s", again.Body)
	}
	if acts := h.acts(t, "audit.verify"); len(acts) != 1 || acts[0].Detail["digest"] != v.Digest {
		t.Errorf("in the trail: %+v", acts)
	}
}
