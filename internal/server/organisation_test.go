package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk/ticket/deadline"
)

// idOf is the user id of an account.
func (h *house) idOf(t *testing.T, login string) string {
	t.Helper()
	h.password(t, login)
	users, err := h.staff.Users(t.Context())
	check(t, err)
	for _, u := range users {
		if u.Login == login {
			return u.ID
		}
	}
	t.Fatalf("no account %s", login)
	return ""
}

func TestOnlyOrganisersSeeAndChangeTheOrganisation(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	roles := []string{"guanli", "zhuanban", "jingban", "lingdao", "bianji"}
	for _, r := range []struct {
		method, path, body string
		allowed            []bool
	}{
		{http.MethodGet, "/api/v1/staff/posts", "", []bool{true, true, false, false, false}},
		{http.MethodPost, "/api/v1/staff/posts", `{"id":"","unit":"x","name":"岗","role":"head"}`, []bool{true, true, false, false, false}},
		{http.MethodGet, "/api/v1/staff/holders", "", []bool{true, true, false, false, false}},
		{http.MethodGet, "/api/v1/staff/duty", "", []bool{true, true, false, false, false}},
		{http.MethodGet, "/api/v1/staff/deputies", "", []bool{true, true, false, false, false}},
		{http.MethodPost, "/api/v1/staff/holders", `{"post":"x","user":"y","from":"2026-01-01T00:00:00Z"}`, []bool{true, true, false, false, false}},
		{http.MethodPost, "/api/v1/staff/duty", `{"post":"x","user":"y","from":"2026-01-01T00:00:00Z","to":"2036-01-01T00:00:00Z"}`, []bool{true, true, false, false, false}},
		{http.MethodPost, "/api/v1/staff/deputies", `{"user":"x","deputy":"y","from":"2026-01-01T00:00:00Z","to":"2036-01-01T00:00:00Z","reason":"假"}`, []bool{true, true, false, false, false}},
		{http.MethodPost, "/api/v1/staff/duty/x/end", `{}`, []bool{true, true, false, false, false}},
		{http.MethodGet, "/api/v1/staff/recipients?to=head", "", []bool{true, true, false, false, false}},
		{http.MethodGet, "/api/v1/staff/catalogue", "", []bool{true, true, true, true, false}},
	} {
		for i, login := range roles {
			a := h.call(t, r.method, r.path, r.body, "Cookie", h.cookie(t, login))
			if denied := a.Status == http.StatusForbidden; denied == r.allowed[i] || a.Status >= http.StatusInternalServerError {
				t.Errorf("%s %s as %s: %d %s", r.method, r.path, login, a.Status, a.Body)
			}
		}
	}
}

func TestPostsDutyAndDeputies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	token := []string{"Authorization", "Bearer " + h.signIn(t, "guanli")}
	clerk, boss := h.idOf(t, "jingban"), h.idOf(t, "guanli") // both of the traffic unit
	from := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	at := func(hours int) string { return from.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	post := func(path string, body map[string]string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/staff"+path, asJSON(t, body), token...)
	}
	get := func(path string) *answer {
		a := h.call(t, http.MethodGet, "/api/v1/staff"+path, "", token...)
		a.want(t, http.StatusOK, "")
		return a
	}
	desk := map[string]string{"id": "desk", "unit": "traffic", "name": "交管信箱岗", "role": "handler"}
	post("/posts", desk).want(t, http.StatusCreated, "")
	post("/posts", desk).want(t, http.StatusConflict, "post.taken")
	post("/holders", map[string]string{"post": "desk", "user": clerk, "from": at(-2)}).want(t, http.StatusCreated, "")

	shift := map[string]string{"post": "desk", "user": clerk, "from": at(1), "to": at(3)}
	made := post("/duty", shift)
	made.want(t, http.StatusCreated, "")
	post("/duty", shift).want(t, http.StatusConflict, "duty.overlap")
	post("/duty", map[string]string{"post": "desk", "user": clerk, "from": at(-9), "to": at(-8)}).want(t, http.StatusBadRequest, "term.past")
	roster := get("/duty?from=" + at(0) + "&to=" + at(4)).Body
	if strings.Count(roster, `"target":"post:desk"`) != 2 || strings.Count(roster, `"id":`) != 1 {
		t.Errorf("one shift and the gaps before and after it: %s", roster)
	}
	h.call(t, http.MethodGet, "/api/v1/staff/duty?from="+at(4)+"&to="+at(0), "", token...).want(t, http.StatusBadRequest, "term.dates")
	end := "/duty/" + made.text(t, "id") + "/end"
	post("/deputies/"+made.text(t, "id")+"/end", nil).want(t, http.StatusNotFound, "term.not_found")
	post(end, nil).want(t, http.StatusNoContent, "")
	post(end, nil).want(t, http.StatusNotFound, "term.not_found")

	if who := get("/recipients?to=post:desk&unit=traffic"); !strings.Contains(who.Body, clerk) {
		t.Errorf("the holder is not told: %s", who.Body)
	}
	away := map[string]string{"user": clerk, "deputy": boss, "from": at(-2), "to": at(5), "reason": "休假，电话13800138000"}
	deputy := post("/deputies", away)
	deputy.want(t, http.StatusCreated, "")
	if strings.Contains(deputy.Body, "13800138000") {
		t.Errorf("a phone number is kept: %s", deputy.Body)
	}
	away["user"], away["deputy"] = boss, clerk
	post("/deputies", away).want(t, http.StatusConflict, "deputy.circle")
	if who := get("/recipients?to=post:desk&unit=traffic"); !strings.Contains(who.Body, `"user":"`+boss+`","for":"`+clerk) {
		t.Errorf("the deputy is not told: %s", who.Body)
	}
}

func TestNobodySeesATicketAboutThemselves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.password(t, "lingdao") // sees every unit
	_, err := h.staff.Create(t.Context(), access.User{Login: "other", Name: "诸葛清风", Unit: "patrol", UnitPath: h.tree.Path("patrol"), Roles: []access.Role{access.Handler}})
	check(t, err)
	check(t, h.LearnOrganisation(t.Context()))
	boss := []string{"Authorization", "Bearer " + h.signIn(t, "lingdao")}
	for text, seen := range map[string]bool{"民警诸葛清风态度恶劣。": true, "警官lingdao态度恶劣。": false} {
		made := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
			"kind": "complaint", "title": "投诉", "text": text, "contact": map[string]string{"name": "张三", "phone": "13800138000"},
		}), "Idempotency-Key", text[:6])
		made.want(t, http.StatusCreated, "")
		number := made.text(t, "number")
		one := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+number, "", boss...)
		if (one.Status == http.StatusOK) != seen {
			t.Errorf("%s: %d", text, one.Status)
		}
		if listed := h.call(t, http.MethodGet, "/api/v1/staff/tickets?limit=100", "", boss...); strings.Contains(listed.Body, number) != seen {
			t.Errorf("%s: in the list of whom it is about, or not in that of others", text)
		}
	}
}

func TestTheCatalogueIsShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	token := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	tomorrow := time.Now().In(deadline.Beijing()).AddDate(0, 0, 1)
	_, err := h.ImportCatalogue(t.Context(), []byte("rows: [{category: traffic, lead: legal, co: [traffic]}]"), tomorrow)
	check(t, err)
	for at, want := range map[string]string{"": `"version":0`, "?at=2020-01-01": `"version":0`, "?at=" + tomorrow.AddDate(0, 0, 1).Format(time.DateOnly): `"version":1`} {
		a := h.call(t, http.MethodGet, "/api/v1/staff/catalogue"+at, "", token...)
		a.want(t, http.StatusOK, "")
		if !strings.Contains(a.Body, want) {
			t.Errorf("at %q: %s", at, a.Body)
		}
	}
	h.call(t, http.MethodGet, "/api/v1/staff/catalogue?at=mars", "", token...).want(t, http.StatusBadRequest, "catalogue.date")
}
