package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiesu/internal/limit"
	"jiesu/internal/server"
)

// guesser tries passwords and codes from as many addresses as it likes.
type guesser struct {
	h    *house
	next int
}

// tries a body from an address of its own, answering what is asked.
func (g *guesser) tries(t *testing.T, path, body string, header ...string) *answer {
	t.Helper()
	g.next++
	header = append(header, "X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", 1+g.next/250, 1+g.next%250))
	a := g.h.call(t, http.MethodPost, path, body, header...)
	if asked, ok := a.object(t)["captcha"].(map[string]any); ok {
		answer := digitsOf(fmt.Sprint(asked["text"]))
		a = g.h.call(t, http.MethodPost, path, body, append(header, "Captcha-Token", fmt.Sprint(asked["token"]), "Captcha-Answer", answer)...)
	}
	return a
}

func guessable(t *testing.T) *house {
	t.Helper()
	return newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		o.Config.Rates.Password = limit.Rate{Count: 8, Period: 15 * time.Minute}
		o.Config.TrustedProxies = server.TrustTest()
	})
}

// TestGuessingFromEverywhereIsSlowedDownAndLocksOutNobody: who has signed in with a
// browser before goes on with it, and hears of the guesses.
func TestGuessingFromEverywhereIsSlowedDownAndLocksOutNobody(t *testing.T) {
	t.Parallel()
	h := guessable(t)
	baomi := h.by(t, h.signIn(t, "baomi"))
	right := asJSON(t, map[string]string{"login": "jingban", "password": h.password(t, "jingban")})
	known := ""
	for _, set := range h.call(t, http.MethodPost, session, right).Header.Values("Set-Cookie") {
		if strings.HasPrefix(set, "jiesu_known=") {
			known, _, _ = strings.Cut(set, ";")
			for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/api/v1/staff/session"} {
				if !strings.Contains(set, want) {
					t.Errorf("the mark lacks %s: %s", want, set)
				}
			}
		}
	}
	g := &guesser{h: h}
	asked, let := 0, 0
	for range 30 {
		a := h.call(t, http.MethodPost, session, `{"login":"jingban","password":"guess"}`, "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", g.next))
		g.next++
		switch a.Status {
		case http.StatusUnauthorized:
			let++
		case http.StatusTooManyRequests:
			if strings.Contains(a.Body, "captcha.needed") {
				asked++
			}
		}
	}
	last := g.tries(t, session, `{"login":"jingban","password":"guess"}`)
	last.want(t, http.StatusTooManyRequests, "session.locked")
	if let > 15 || asked == 0 || last.Header.Get("Retry-After") == "" {
		t.Errorf("%d of 30 guesses were compared, %d asked", let, asked)
	}
	g.tries(t, session, right).want(t, http.StatusTooManyRequests, "session.locked") // whoever it is
	in := g.tries(t, session, right, "Cookie", known)
	in.want(t, http.StatusCreated, "")
	g.tries(t, session, right, "Cookie", known+"x").want(t, http.StatusTooManyRequests, "session.locked")
	other := asJSON(t, map[string]string{"login": "fuzeren", "password": h.password(t, "fuzeren")})
	g.tries(t, session, other).want(t, http.StatusCreated, "") // other accounts are not slower

	if own := h.by(t, in.text(t, "token"))(http.MethodGet, "/api/v1/staff/notifications", ""); strings.Count(own.Body, "account.guessed") != 1 {
		t.Errorf("whose account it is hears %s", own.Body)
	}
	if told := baomi(http.MethodGet, "/api/v1/staff/notifications", ""); strings.Count(told.Body, "account.attacked") != 1 || !strings.Contains(told.Body, "jingban") {
		t.Errorf("the security administrator hears %s", told.Body)
	}
	ceiling := h.acts(t, "session.ceiling")
	if len(ceiling) != 1 || ceiling[0].Detail["from"] == "" {
		t.Errorf("the trail tells %v", ceiling)
	}
	for range 10 { // even a known browser is no way around the first circle
		last = g.tries(t, session, `{"login":"jingban","password":"guess"}`, "Cookie", known)
	}
	last.want(t, http.StatusTooManyRequests, "session.locked")
}

// TestCodesAreNotRunThrough by whoever knows the password and has many addresses.
func TestCodesAreNotRunThrough(t *testing.T) {
	t.Parallel()
	h := guessable(t)
	_, secret, _ := h.enrols(t, "jingban")
	half := h.signIn(t, "jingban")
	g := &guesser{h: h}
	let := 0
	for range 14 {
		a := g.tries(t, session+"/factor", `{"code":"123456"}`, "Authorization", "Bearer "+half)
		if a.Status == http.StatusUnprocessableEntity {
			let++
		}
	}
	g.tries(t, session+"/factor", fmt.Sprintf(`{"code":%q}`, shows(t, secret, 0)), "Authorization", "Bearer "+half).
		want(t, http.StatusTooManyRequests, "session.locked")
	if let != 10 {
		t.Errorf("%d codes were compared", let)
	}
	if missed := len(h.acts(t, "session.code")); missed != 10 {
		t.Errorf("the trail tells of %d wrong codes", missed)
	}
}
