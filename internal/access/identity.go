package access

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/problem"
)

// Identity is somebody at a provider of identities: a subject means nothing without
// its issuer.
type Identity struct{ Issuer, Subject string }

// Claim is what a provider of identities says of whoever comes from it.
type Claim struct {
	Identity

	Login  string // of the account it stands for, as far as the provider knows
	Factor bool   // a second factor was proved there, and the operator trusts that
}

// SignInAs opens a session of the account a claim stands for. The first time, that is
// the account of that login, and remembered: from then on a provider that calls
// somebody else by the login gains nothing. No account is ever made here.
func (s *Service) SignInAs(ctx context.Context, c Claim, from Place) (string, Entered, error) {
	refused := problem.New(problem.Unauthenticated, "session.no_account", "统一身份认证已通过，但这里没有与您对应的可用账号。请联系系统管理员。")
	u, err := s.store.UserByIdentity(ctx, c.Identity)
	if problem.KindOf(err) == problem.NotFound {
		u, err = s.link(ctx, &c)
	}
	switch kind := problem.KindOf(err); {
	case kind == problem.NotFound || kind == problem.Conflict || err == nil && u.Disabled:
		return "", Entered{}, refused
	case err != nil:
		return "", Entered{}, err
	}
	token, e, err := s.enter(ctx, &u, Session{Place: from, Way: ByProvider, Proved: c.Factor})
	if problem.KindOf(err) == problem.Unauthenticated {
		err = refused
	}
	return token, e, err
}

// link remembers the account a claim stands for.
func (s *Service) link(ctx context.Context, c *Claim) (User, error) {
	u, err := s.store.UserByLogin(ctx, strings.ToLower(strings.TrimSpace(c.Login)))
	if err != nil || u.Disabled {
		return u, err
	}
	return u, s.store.LinkIdentity(ctx, s.act(u.ID, u.ID, "user.link"), c.Identity)
}

// Alarm is who hears that an account is tried from many places: whose it is, and the
// security administrators, or whoever stands in for them. Nobody where there is none.
func (s *Service) Alarm(ctx context.Context, login string) (user User, watching []User, err error) {
	all, err := s.store.Users(ctx)
	i := slices.IndexFunc(all, func(u User) bool { return u.Login == login })
	if err != nil || i < 0 {
		return User{}, nil, err
	}
	for _, u := range all {
		if u.ID != all[i].ID && secures(all, &u) {
			watching = append(watching, u)
		}
	}
	return all[i], watching, nil
}
