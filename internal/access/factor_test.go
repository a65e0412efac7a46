package access_test

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// code is what the telephone shows at a time.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// enrolled is somebody with a second factor, and how they got it.
func enrolled(t *testing.T, h *house, login string) (password, secret string, recovery []string) {
	t.Helper()
	ctx := t.Context()
	password = h.add(t, login, access.Handler)
	token, _, err := h.SignIn(ctx, login, password, access.Place{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.BeginFactor(ctx, token, "wrong"); !problem.HasCode(err, "password.old") {
		t.Errorf("enrolling without the password says %v", err)
	}
	e, err := h.BeginFactor(ctx, token, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.ConfirmFactor(ctx, token, "000000"); !problem.HasCode(err, "factor.wrong") {
		t.Errorf("a wrong code says %v", err)
	}
	fresh, recovery, err := h.ConfirmFactor(ctx, token, code(t, e.Secret, h.at))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, token); err == nil {
		t.Error("the session from before the factor still lives")
	}
	if u, err := h.Authenticate(ctx, fresh); err != nil || u.Needs == access.NeedsFactor {
		t.Errorf("whoever has just given a code is asked for one: %v %v", u.Needs, err)
	}
	return password, e.Secret, recovery
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	password, secret, recovery := enrolled(t, h, "zhang")
	signIn := func() string {
		t.Helper()
		token, e, err := h.SignIn(ctx, "zhang", password, access.Place{})
		if err != nil || e.Needs != access.NeedsFactor {
			t.Fatalf("the password alone: %v, %v", e.Needs, err)
		}
		return token
	}
	half := signIn()
	if _, err := h.Still(ctx, half); !problem.HasCode(err, "session.required") {
		t.Errorf("half a session keeps a connection open: %v", err)
	}
	if _, _, err := h.ProveFactor(ctx, half, code(t, secret, h.at)); !problem.HasCode(err, "factor.wrong") {
		t.Errorf("the code it was enrolled with, again: %v", err)
	}
	for name, at := range map[string]time.Duration{"too old": -time.Minute, "too new": time.Minute} {
		if _, _, err := h.ProveFactor(ctx, half, code(t, secret, h.at.Add(at))); !problem.HasCode(err, "factor.wrong") {
			t.Errorf("%s: %v", name, err)
		}
	}
	next := code(t, secret, h.at.Add(30*time.Second)) // a telephone that is ahead
	whole, e, err := h.ProveFactor(ctx, half, next[:3]+" "+next[3:])
	if err != nil || e.Needs == access.NeedsFactor || whole == half {
		t.Fatalf("the right code: %v, %v", e.Needs, err)
	}
	if _, err := h.Authenticate(ctx, half); err == nil {
		t.Error("half a session is left")
	}
	if _, _, err := h.ProveFactor(ctx, signIn(), next); !problem.HasCode(err, "factor.wrong") {
		t.Errorf("the same code twice: %v", err)
	}
	if _, _, err := h.ProveFactor(ctx, signIn(), recovery[3]); err != nil {
		t.Errorf("a code for recovery: %v", err)
	}
	if _, _, err := h.ProveFactor(ctx, signIn(), recovery[3]); !problem.HasCode(err, "factor.wrong") {
		t.Errorf("the same code for recovery twice: %v", err)
	}
	late := signIn()
	if f, err := h.OwnFactor(ctx, e.User); err != nil || !f.Active || f.Recovery != 9 || len(recovery) != 10 {
		t.Errorf("%+v, %v", f, err)
	}
	h.at = h.at.Add(5 * time.Minute)
	if _, _, err := h.ProveFactor(ctx, late, code(t, secret, h.at)); !problem.HasCode(err, "session.required") {
		t.Errorf("after five minutes: %v", err)
	}

	if err := h.RemoveFactor(ctx, whole, password, "000000"); !problem.HasCode(err, "factor.wrong") {
		t.Errorf("taking it away without a code: %v", err)
	}
	if err := h.RemoveFactor(ctx, whole, password, code(t, secret, h.at)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, whole); err == nil {
		t.Error("a session outlived the factor")
	}
	if _, e, err := h.SignIn(ctx, "zhang", password, access.Place{}); err != nil || e.Needs != access.NeedsPassword {
		t.Errorf("without a factor: %q, %v", e.Needs, err)
	}
}

func TestWhoMustEnrolDoesSoFirst(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	password := h.add(t, "zhang", access.Handler)
	h.Service = access.NewService(h.store, func() time.Time { return h.at }, access.Rules{FactorRequired: true, ProviderOnly: true})
	if _, _, err := h.SignIn(ctx, "zhang", password, access.Place{}); !problem.HasCode(err, "session.refused") {
		t.Errorf("a password where there is a provider: %v", err)
	}
	root := h.add(t, "root", access.Admin)
	if _, e, err := h.SignIn(ctx, "root", root, access.Place{}); err != nil || e.Needs != access.NeedsPassword {
		t.Errorf("the administrator: %q, %v", e.Needs, err)
	}
	claim := access.Claim{Identity: access.Identity{Issuer: "i", Subject: "1"}, Login: "Zhang"}
	for _, c := range []struct {
		proved bool
		want   access.Need
	}{{false, access.NeedsEnrolment}, {true, ""}} {
		claim.Factor = c.proved
		token, e, err := h.SignInAs(ctx, claim, access.Place{})
		if err != nil || e.Needs != c.want || e.Login != "zhang" {
			t.Errorf("proved %v: %q, %v", c.proved, e.Needs, err)
		}
		if u, err := h.Authenticate(ctx, token); err != nil || u.Needs != c.want {
			t.Errorf("later: %q, %v", u.Needs, err)
		}
	}
}

// TestAnIdentityIsOneAccount: a provider that gives a login to somebody else, or one
// person another login, leads nowhere new.
func TestAnIdentityIsOneAccount(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	h.put(t, "zhang", access.Handler)
	h.put(t, "li", access.Admin)
	for _, c := range []struct{ subject, login, want string }{
		{"1", "zhang", "zhang"},
		{"1", "li", "zhang"},  // linked by now, whatever the login
		{"2", "zhang", ""},    // somebody else with the same login
		{"3", "nobody", ""},   // accounts are not made
		{"3", " LI ", "li"},   // as people type it
		{"3", "zhang", "li"},  // and that stays
		{"4", "disabled", ""}, // see below
	} {
		if c.login == "disabled" {
			h.put(t, "gone", access.Handler)
			err := h.store.ChangeUser(ctx, &access.Act{At: h.at, User: "gone"}, func([]access.User) (access.User, error) {
				return access.User{ID: "gone", Login: "disabled", Disabled: true, CreatedAt: h.at}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		_, e, err := h.SignInAs(ctx, access.Claim{Identity: access.Identity{Issuer: "i", Subject: c.subject}, Login: c.login}, access.Place{})
		if c.want == "" && !problem.HasCode(err, "session.no_account") || c.want != "" && (err != nil || e.Login != c.want) {
			t.Errorf("%+v: %q, %v", c, e.Login, err)
		}
	}
}
