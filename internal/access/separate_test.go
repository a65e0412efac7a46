package access_test

import (
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// user is an account as it is now.
func (h *house) user(t *testing.T, login string) access.User {
	t.Helper()
	u, err := h.store.UserByLogin(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestThreeAdministratorsKeepEachOtherInCheck goes through who may do what to whom,
// with a security administrator and before there is one.
func TestThreeAdministratorsKeepEachOtherInCheck(t *testing.T) {
	t.Parallel()
	type act func(h *house, by access.User) error
	change := func(login string, to func(a *access.Account)) act {
		return func(h *house, by access.User) error {
			u := h.user(t, login)
			a := access.Account{Name: u.Name, Unit: u.Unit, UnitPath: u.UnitPath, Roles: u.Roles, Disabled: u.Disabled}
			to(&a)
			_, err := h.ChangeAccount(t.Context(), by, u.ID, u.Version, a)
			return err
		}
	}
	roles := func(login string, roles ...access.Role) act {
		return change(login, func(a *access.Account) { a.Roles = roles })
	}
	issue := func(login string) act {
		return func(h *house, by access.User) error {
			u := h.user(t, login)
			_, err := h.IssuePassword(t.Context(), by, u.ID, u.Version)
			return err
		}
	}
	add := func(roles ...access.Role) act {
		return func(h *house, by access.User) error {
			_, _, err := h.AddAccount(t.Context(), by, "new", access.Account{Name: "新", Unit: "patrol", UnitPath: "bureau/patrol", Roles: roles})
			return err
		}
	}
	for _, c := range []struct {
		name   string
		act    act
		by     string
		alone  string // what a system administrator hears before there is a security administrator
		wanted string // what is heard once there is one
	}{
		{"add an account without roles", add(), "admin", "", ""},
		{"add an account with a role", add(access.Handler), "admin", "", "user.roles"},
		{"add an account", add(), "security", "-", "user.denied"},
		{"give a role", roles("clerk", access.Head), "admin", "", "user.roles"},
		{"give a role", roles("clerk", access.Head), "security", "-", ""},
		{"give a role", roles("clerk", access.Head), "auditor", "user.denied", "user.denied"},
		{"take all roles", roles("clerk"), "security", "-", ""},
		{"make an administrator of two kinds", roles("clerk", access.Security, access.Auditor), "security", "-", "user.invalid"},
		{"make the auditor a system administrator", roles("auditor", access.Auditor, access.Admin), "admin", "user.invalid", "user.invalid"},
		{"rename", change("clerk", func(a *access.Account) { a.Name = "别人" }), "admin", "", ""},
		{"rename", change("clerk", func(a *access.Account) { a.Name = "别人" }), "security", "-", "user.denied"},
		{"disable", change("clerk", func(a *access.Account) { a.Disabled = true }), "security", "-", "user.denied"},
		{"disable the last auditor", change("auditor", func(a *access.Account) { a.Disabled = true }), "admin", "user.last_auditor", "user.last_auditor"},
		{"disable the last security administrator", change("security", func(a *access.Account) { a.Disabled = true }), "admin", "-", "user.last_security"},
		{"leave no system administrator", roles("admin", access.Handler), "security", "-", "user.last_admin"},
		{"give up the own role", roles("security", access.Handler), "security", "-", "user.last_security"},
		{"draw a password", issue("clerk"), "admin", "", ""},
		{"draw a password", issue("clerk"), "security", "-", "user.denied"},
		{"become the auditor by a password", issue("auditor"), "admin", "", "user.separate"},
		{"become the security administrator by a password", issue("security"), "admin", "-", "user.separate"},
		{"reset a factor", func(h *house, by access.User) error { return h.ResetFactor(t.Context(), by, h.user(t, "clerk").ID) }, "admin", "factor.none", "user.security"},
		{"end sessions", func(h *house, by access.User) error {
			return h.EndSessionsOf(t.Context(), by, h.user(t, "clerk").ID, "")
		}, "admin", "", "user.security"},
		{"end sessions", func(h *house, by access.User) error {
			return h.EndSessionsOf(t.Context(), by, h.user(t, "clerk").ID, "")
		}, "security", "-", ""},
	} {
		for _, with := range []bool{false, true} {
			want := c.alone
			if with {
				want = c.wanted
			}
			if want == "-" {
				continue
			}
			h := open(t)
			h.put(t, "admin", access.Admin)
			h.put(t, "auditor", access.Auditor)
			h.put(t, "clerk", access.Handler)
			if with {
				h.put(t, "security", access.Security)
			}
			err := c.act(h, h.user(t, c.by))
			if want == "" && err != nil || want != "" && !problem.HasCode(err, want) {
				t.Errorf("%s as %s (separated: %v): %v, want %q", c.name, c.by, with, err, want)
			}
		}
	}
}

// put adds an account without the time a hash takes.
func (h *house) put(t *testing.T, login string, roles ...access.Role) {
	t.Helper()
	u := access.User{ID: login, Login: login, Name: login, Unit: "patrol", UnitPath: "bureau/patrol", Roles: roles, PasswordHash: "x", CreatedAt: h.at, Version: 1}
	err := h.store.ChangeUser(t.Context(), &access.Act{At: h.at, By: "test", User: login, Action: "user.add"}, func([]access.User) (access.User, error) { return u, nil })
	if err != nil {
		t.Fatal(err)
	}
}
