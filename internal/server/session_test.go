package server_test

import (
	"net/http"
	"slices"
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/server"
)

func TestSessionSaysWhatItsUserCanDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	for login, c := range map[string]struct{ yes, no []string }{
		"zhuanban": {[]string{"tickets", "channels", "review", "dispatch", "release"}, []string{"users", "draft", "sign"}},
		"jingban":  {[]string{"tickets", "drafts", "draft", "sign"}, []string{"users", "channels", "dispatch", "watch"}},
		"guanli":   {[]string{"users", "health"}, []string{"tickets", "contact", "dispatch"}},
	} {
		a := h.call(t, http.MethodGet, "/api/v1/staff/session", "", "Authorization", "Bearer "+h.signIn(t, login))
		a.want(t, http.StatusOK, "")
		user, _ := a.object(t)["user"].(map[string]any)
		can, _ := user["can"].([]any)
		for _, word := range c.yes {
			if !slices.Contains(can, any(word)) {
				t.Errorf("%s cannot %s: %v", login, word, can)
			}
		}
		for _, word := range c.no {
			if slices.Contains(can, any(word)) {
				t.Errorf("%s can %s", login, word)
			}
		}
	}
}

func TestEveryAbilityIsDescribedOnce(t *testing.T) {
	t.Parallel()
	described := server.Abilities()
	all := access.GrantOf(access.User{UnitPath: "bureau/x", Roles: access.Roles()})
	for _, word := range all.Can() {
		i := slices.Index(described, any(word))
		if i < 0 || slices.Contains(described[i+1:], any(word)) {
			t.Errorf("%q is not in the description of the API, or twice", word)
		}
	}
}
