package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/limit"
)

const users = "/api/v1/staff/users"

// account is one of the list of accounts.
type account struct {
	ID         string     `json:"id"`
	Login      string     `json:"login"`
	Unit       string     `json:"unit"`
	MustChange bool       `json:"must_change"`
	Disabled   bool       `json:"disabled"`
	SignedInAt *time.Time `json:"signed_in_at"`
	Sessions   int        `json:"sessions"`
	Version    int64      `json:"version"`
}

// by sends requests in somebody's name.
func (h *house) by(t *testing.T, token string) func(method, path, body string) *answer {
	t.Helper()
	return func(method, path, body string) *answer {
		t.Helper()
		return h.call(t, method, path, body, "Authorization", "Bearer "+token)
	}
}

// accountOf is how the list of accounts shows a login.
func accountOf(t *testing.T, admin func(method, path, body string) *answer, login string) account {
	t.Helper()
	var all struct{ Users []account }
	a := admin(http.MethodGet, users, "")
	a.want(t, http.StatusOK, "")
	a.into(t, &all)
	i := slices.IndexFunc(all.Users, func(u account) bool { return u.Login == login })
	if i < 0 {
		t.Fatalf("%s is not in %s", login, a.Body)
	}
	return all.Users[i]
}

func TestAccountsAreManagedByAdministrators(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	admin, force := h.by(t, h.signIn(t, "guanli")), h.by(t, h.signIn(t, "zhuanban"))
	const post, end = http.MethodPost, http.MethodDelete
	who := `"name":"李四","unit":"traffic","roles":["handler"]`
	added := admin(post, users, `{"login":" Lisi",`+who+`}`)
	added.want(t, http.StatusCreated, "")
	id, password := added.text(t, "user"), added.text(t, "password")
	one := users + "/" + id

	for what, a := range map[string]*answer{
		"list": force(http.MethodGet, users, ""), "add": force(post, users, `{"login":"wang",`+who+`}`),
		"change": force(post, one, `{"version":1,`+who+`}`), "password": force(post, one+"/password", `{"version":1}`),
		"sessions": force(http.MethodGet, one+"/sessions", ""), "end all": force(end, one+"/sessions", ""), "end one": force(end, one+"/sessions/x", ""),
	} {
		if a.Status != http.StatusForbidden {
			t.Errorf("the task force may %s: %d %s", what, a.Status, a.Body)
		}
	}
	admin(post, users, `{"login":"lisi",`+who+`}`).want(t, http.StatusConflict, "user.taken")
	for what, body := range map[string]string{
		"login": `{"login":"李 四",` + who + `}`, "unit": `{"login":"wang","name":"王","unit":"nowhere","roles":["handler"]}`,
		"name":                          `{"login":"wang","name":" ","unit":"traffic","roles":["handler"]}`,
		"who gives roles to themselves": `{"login":"wang","name":"王","unit":"traffic","roles":["admin","security"]}`,
		"who watches over themselves":   `{"login":"wang","name":"王","unit":"traffic","roles":["admin","auditor"]}`,
	} {
		if a := admin(post, users, body); a.Status != http.StatusUnprocessableEntity || a.text(t, "code") != "user.invalid" {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	admin(post, users+"/nobody", `{"version":1,`+who+`}`).want(t, http.StatusNotFound, "user.not_found")
	if u := accountOf(t, admin, "lisi"); !u.MustChange || u.SignedInAt != nil || u.Sessions != 0 {
		t.Errorf("a new account: %+v", u)
	}

	h.passwords["lisi"] = password
	lisi := h.by(t, h.signIn(t, "lisi"))
	if u := accountOf(t, admin, "lisi"); u.SignedInAt == nil || u.Sessions != 1 {
		t.Errorf("who is signed in: %+v", u)
	}
	admin(end, one+"/sessions", "").want(t, http.StatusNoContent, "")
	lisi(http.MethodGet, "/api/v1/staff/session", "").want(t, http.StatusUnauthorized, "session.required")
	h.passwords["lisi"] = admin(post, one+"/password", `{"version":1}`).text(t, "password")
	admin(post, one+"/password", `{"version":1}`).want(t, http.StatusConflict, "user.stale")
	lisi = h.by(t, h.signIn(t, "lisi")) // with the new one
	admin(post, one, `{"version":2,"name":"李四","unit":"patrol","roles":["head"],"disabled":true}`).want(t, http.StatusNoContent, "")
	lisi(http.MethodGet, "/api/v1/staff/session", "").want(t, http.StatusUnauthorized, "session.required")
	h.call(t, post, "/api/v1/staff/session", asJSON(t, map[string]string{"login": "lisi", "password": h.passwords["lisi"]})).
		want(t, http.StatusUnauthorized, "session.refused")
	admin(post, one, `{"version":2,`+who+`}`).want(t, http.StatusConflict, "user.stale")
	if u := accountOf(t, admin, "lisi"); u.Unit != "patrol" || !u.Disabled || u.Sessions != 0 || u.Version != 3 {
		t.Errorf("who was disabled: %+v", u)
	}

	var acts []string
	for _, e := range append(h.acts(t, "user."), append(h.acts(t, "password."), h.acts(t, "session.end")...)...) {
		if e.Object == "staff/"+id {
			acts = append(acts, e.Action)
		}
		for _, v := range e.Detail {
			if strings.Contains(v, "李四") || strings.Contains(v, password) {
				t.Errorf("the trail tells %v", e.Detail)
			}
		}
	}
	slices.Sort(acts)
	want := []string{"password.issue", "session.end", "user.add", "user.change", "user.refused", "user.refused", "user.refused", "user.refused"}
	if !slices.Equal(acts, want) {
		t.Errorf("the trail tells %v, want %v", acts, want)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	admin := h.by(t, h.signIn(t, "guanli"))
	self := accountOf(t, admin, "guanli")
	change := func(roles string, disabled bool) *answer {
		return admin(http.MethodPost, users+"/"+self.ID, fmt.Sprintf(`{"version":1,"name":"管理","unit":"traffic","roles":[%s],"disabled":%t}`, roles, disabled))
	}
	change(`"head"`, false).want(t, http.StatusConflict, "user.last_admin")
	change(`"admin"`, true).want(t, http.StatusConflict, "user.last_admin")
	admin(http.MethodPost, users, `{"login":"second","name":"二","unit":"traffic","roles":["admin"]}`).want(t, http.StatusCreated, "")
	change(`"admin","taskforce"`, false).want(t, http.StatusForbidden, "user.own")
	change(`"admin"`, true).want(t, http.StatusForbidden, "user.own")
	admin(http.MethodPost, users+"/"+self.ID+"/password", `{"version":1}`).want(t, http.StatusForbidden, "user.own")
	change(`"admin"`, false).want(t, http.StatusNoContent, "") // the name alone
}

// TestOfTwoWhoDisableEachOtherOneStays however they meet.
func TestOfTwoWhoDisableEachOtherOneStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	first := h.by(t, h.signIn(t, "guanli"))
	h.passwords["second"] = first(http.MethodPost, users, `{"login":"second","name":"二","unit":"traffic","roles":["admin"]}`).text(t, "password")
	second := h.by(t, h.signIn(t, "second"))
	disable := func(u account) string {
		return fmt.Sprintf(`{"version":%d,"name":"管理","unit":"traffic","roles":["admin"],"disabled":true}`, u.Version)
	}
	a, b := accountOf(t, first, "guanli"), accountOf(t, first, "second")
	var status [2]int
	var both sync.WaitGroup
	both.Go(func() { status[0] = first(http.MethodPost, users+"/"+b.ID, disable(b)).Status })
	both.Go(func() { status[1] = second(http.MethodPost, users+"/"+a.ID, disable(a)).Status })
	both.Wait()
	won := 0
	for _, s := range status {
		switch s {
		case http.StatusNoContent:
			won++
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict:
		default:
			t.Errorf("a loser hears %d", s)
		}
	}
	all, err := h.staff.Users(t.Context())
	check(t, err)
	left := slices.DeleteFunc(all, func(u access.User) bool { return u.Disabled })
	if won != 1 || len(left) != 1 {
		t.Errorf("%v: %d won, %d administrators are left", status, won, len(left))
	}
}

func TestPeopleEndTheirOtherSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	password := h.password(t, "jingban")
	open := func(agent string) func(method, path, body string) *answer {
		a := h.call(t, http.MethodPost, "/api/v1/staff/session", asJSON(t, map[string]string{"login": "jingban", "password": password}), "User-Agent", agent)
		a.want(t, http.StatusCreated, "")
		return h.by(t, a.text(t, "token"))
	}
	here := open("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0")
	there, elsewhere := open("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"), open("curl/8")
	var seen struct {
		Sessions []struct {
			ID, Device, Network string
			Own                 bool
		}
	}
	list := func() []string {
		a := here(http.MethodGet, "/api/v1/staff/sessions", "")
		a.want(t, http.StatusOK, "")
		seen.Sessions = nil
		a.into(t, &seen)
		var devices []string
		for _, s := range seen.Sessions {
			if s.Network != "192.0.2.0/24" {
				t.Errorf("from %q", s.Network)
			}
			devices = append(devices, s.Device+map[bool]string{true: " own"}[s.Own])
		}
		slices.Sort(devices)
		return devices
	}
	if got := list(); !slices.Equal(got, []string{"Edge · Windows own", "Firefox · Linux", "其他程序"}) {
		t.Errorf("signed in %q", got)
	}
	for _, s := range seen.Sessions {
		status, code := http.StatusNoContent, ""
		switch {
		case s.Own:
			status, code = http.StatusNotFound, "session.not_found"
		case s.Device == "其他程序":
			continue
		}
		here(http.MethodDelete, "/api/v1/staff/sessions/"+s.ID, "").want(t, status, code)
	}
	there(http.MethodGet, "/api/v1/staff/session", "").want(t, http.StatusUnauthorized, "session.required")
	elsewhere(http.MethodGet, "/api/v1/staff/session", "").want(t, http.StatusOK, "")
	here(http.MethodDelete, "/api/v1/staff/sessions", "").want(t, http.StatusNoContent, "")
	elsewhere(http.MethodGet, "/api/v1/staff/session", "").want(t, http.StatusUnauthorized, "session.required")
	if got := list(); !slices.Equal(got, []string{"Edge · Windows own"}) {
		t.Errorf("still signed in %q", got)
	}
}

// TestColleaguesBehindOneAddressDoNotTakeEachOthersTurns, nor does whoever is nobody.
func TestColleaguesBehindOneAddressDoNotTakeEachOthersTurns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Config.Rates.Staff = limit.Rate{Count: 3, Period: time.Hour}
	})
	one, other := h.by(t, h.signIn(t, "zhuanban")), h.by(t, h.signIn(t, "jingban"))
	again, nobody := h.by(t, h.signIn(t, "zhuanban")), h.by(t, "made up")
	const who = "/api/v1/staff/session"
	for range 3 {
		nobody(http.MethodGet, who, "").want(t, http.StatusUnauthorized, "session.required")
	}
	nobody(http.MethodGet, who, "").want(t, http.StatusTooManyRequests, "rate.limited")
	for range 3 {
		one(http.MethodGet, who, "").want(t, http.StatusOK, "")
	}
	one(http.MethodGet, who, "").want(t, http.StatusTooManyRequests, "rate.limited")
	again(http.MethodGet, who, "").want(t, http.StatusTooManyRequests, "rate.limited") // a second session is the same person
	other(http.MethodGet, who, "").want(t, http.StatusOK, "")
}
