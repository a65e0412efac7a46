package access_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// house is a service over a real database with a clock the test moves.
type house struct {
	*access.Service
	store *store.Store
	at    time.Time
}

func open(t *testing.T) *house {
	t.Helper()
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Config{URL: filepath.Join(t.TempDir(), "access.db"), Keyring: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{store: s, at: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)}
	h.Service = access.NewService(s, func() time.Time { return h.at }, access.Rules{})
	return h
}

func (h *house) add(t *testing.T, login string, roles ...access.Role) string {
	t.Helper()
	password, err := h.Create(t.Context(), access.User{Login: login, Name: "某人", Unit: "patrol", UnitPath: "bureau/patrol", Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return password
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	password := h.add(t, "Zhang.San", access.Handler)
	token, u, err := h.SignIn(ctx, " zhang.san ", password, access.Place{})
	if err != nil || u.Login != "zhang.san" || !u.MustChange {
		t.Fatalf("signed in as %+v, %v", u, err)
	}
	if again, err := h.Authenticate(ctx, token); err != nil || again.ID != u.ID {
		t.Fatalf("the session is not known: %v", err)
	}
	if err := h.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, token); !problem.HasCode(err, "session.required") {
		t.Errorf("a session that was ended says %v", err)
	}
	if err := h.SignOut(ctx, token); err != nil {
		t.Errorf("signing out twice says %v", err)
	}
}

func TestRefusalsLookTheSame(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	h.add(t, "zhang", access.Handler)
	for _, try := range [][2]string{{"zhang", "wrong"}, {"nobody", "wrong"}, {"", ""}, {"zhang", strings.Repeat("x", 10_000)}} {
		_, _, err := h.SignIn(ctx, try[0], try[1], access.Place{})
		if !problem.HasCode(err, "session.refused") {
			t.Errorf("%q says %v", try[0], err)
		}
	}
	if _, err := h.Authenticate(ctx, "no such token"); !problem.HasCode(err, "session.required") {
		t.Errorf("an unknown token says %v", err)
	}
}

func TestGuessingNeitherLocksNorChangesAnAccount(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	password := h.add(t, "zhang", access.Handler)
	_, u, err := h.SignIn(ctx, "zhang", password, access.Place{})
	if err != nil {
		t.Fatal(err)
	}
	var guesses sync.WaitGroup
	for range 6 { // each costs a whole password hash, and nobody waits for more than five seconds
		guesses.Go(func() {
			if _, _, err := h.SignIn(ctx, "zhang", "guess", access.Place{}); err == nil {
				t.Error("a guess was right")
			}
		})
	}
	if err := h.ChangePassword(ctx, u.User, password, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	guesses.Wait()
	if _, _, err := h.SignIn(ctx, "zhang", "correct horse battery", access.Place{}); err != nil {
		t.Errorf("the password changed meanwhile: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	for name, rest := range map[string][]time.Duration{
		"idle":        {61 * time.Minute},
		"working day": {50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute, 50 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, ctx := open(t), t.Context()
			token, _, err := h.SignIn(ctx, "zhang", h.add(t, "zhang", access.Handler), access.Place{})
			if err != nil {
				t.Fatal(err)
			}
			for i, d := range rest {
				h.at = h.at.Add(d)
				_, err = h.Authenticate(ctx, token)
				if err != nil && i < len(rest)-1 {
					t.Fatalf("ended after %v steps: %v", i+1, err)
				}
			}
			if !problem.HasCode(err, "session.required") {
				t.Errorf("the session still lives: %v", err)
			}
		})
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	password := h.add(t, "zhangsan", access.Handler)
	token, u, err := h.SignIn(ctx, "zhangsan", password, access.Place{})
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string][3]string{
		"wrong old":  {"nope", "correct horse battery", "password.old"},
		"short":      {password, "short", "password.weak"},
		"with login": {password, "ZhangSan-2026-strong", "password.weak"},
		"the same":   {password, password, "password.weak"},
		"endless":    {password, strings.Repeat("a", 300), "password.weak"},
	} {
		if err := h.ChangePassword(ctx, u.User, try[0], try[1]); !problem.HasCode(err, try[2]) {
			t.Errorf("%s says %v", name, err)
		}
	}
	if err := h.ChangePassword(ctx, u.User, password, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, token); err == nil {
		t.Error("a session from before the change still lives")
	}
	if _, u, err = h.SignIn(ctx, "zhangsan", "correct horse battery", access.Place{}); err != nil || u.MustChange {
		t.Errorf("the new password: %v, must change %v", err, u.MustChange)
	}
}

func TestResetEndsSessions(t *testing.T) {
	t.Parallel()
	h, ctx := open(t), t.Context()
	token, _, err := h.SignIn(ctx, "zhang", h.add(t, "zhang", access.Handler), access.Place{})
	if err != nil {
		t.Fatal(err)
	}
	password, err := h.Reset(ctx, "zhang")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, token); err == nil {
		t.Error("the old session still lives")
	}
	if _, u, err := h.SignIn(ctx, "zhang", password, access.Place{}); err != nil || !u.MustChange {
		t.Errorf("the new password: %v", err)
	}
	if _, err := h.Reset(ctx, "nobody"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("an unknown login says %v", err)
	}
}

func TestLoginIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.add(t, "zhang", access.Handler)
	if _, err := h.Create(t.Context(), access.User{Login: "ZHANG"}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("a taken login says %v", err)
	}
}

func TestGivingUpWhileWaitingToHash(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.SignIn(ctx, "zhang", "x", access.Place{}); err == nil {
		t.Error("signed in although nobody waits")
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	grant := func(roles ...access.Role) access.Grant {
		return access.GrantOf(access.User{UnitPath: "bureau/patrol", Roles: roles})
	}
	if g := grant(); g.Scope != "" || len(g.Moves) > 0 {
		t.Errorf("nobody in particular may %+v", g)
	}
	if g := grant(access.Admin); g.Scope != "" || !g.Users || g.Contact {
		t.Errorf("an administrator may %+v", g)
	}
	if g := grant(access.Handler); g.Scope != "bureau/patrol" || g.Reports {
		t.Errorf("a handler may %+v", g)
	}
	if g := grant(access.Leader); g.Scope != "*" || g.Contact || !slices.Equal(g.Moves, []string{"approve", "circular", "grant", "note", "refuse", "send_back", "supervise", "urge"}) {
		t.Errorf("a leader may %+v", g)
	}
	both := grant(access.TaskForce, access.Handler)
	if both.Scope != "*" || !both.Reports || !slices.Contains(both.Moves, "draft") || !slices.Contains(both.Moves, "release") || len(slices.Compact(slices.Clone(both.Moves))) != len(both.Moves) {
		t.Errorf("task force and handler may %+v", both)
	}
	if len(access.Roles()) != 8 {
		t.Error("a role is missing")
	}
}
