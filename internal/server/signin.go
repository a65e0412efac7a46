package server

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
)

// lockNotes is how often one address that is refused further tries at an
// account is written down: hammering must not fill the trail.
func lockNotes() limit.Rate { return limit.Rate{Count: 1, Period: 15 * time.Minute} }

// signIn signs somebody in and writes down how it went, before anybody learns
// of it: what cannot be written down does not happen.
func (s *Server) signIn(ctx context.Context, login, password string) (token string, u access.User, err error) {
	account, from := strings.ToLower(strings.TrimSpace(login)), callerOf(ctx).address
	outcome := access.Locked
	if err = s.attempt(ctx, account); err == nil {
		outcome = access.Opened
		if token, u, err = s.access.SignIn(ctx, login, password, access.Place{Network: auditable(from), Device: callerOf(ctx).device}); err != nil {
			outcome = access.Failed
		}
	}
	switch kind := problem.KindOf(err); {
	case err != nil && kind != problem.Limited && kind != problem.Unauthenticated:
		return "", access.User{}, err // out of order, or too busy to compare: no attempt was made
	case outcome == access.Locked:
		d, errLimit := s.limiter.Allow(ctx, "password-lock/"+account+"/"+rateKey(from), lockNotes())
		if errLimit != nil || !d.Allowed {
			return "", access.User{}, err
		}
	}
	if errNote := s.access.Note(ctx, account, outcome, auditable(from)); errNote != nil {
		return "", access.User{}, errNote
	}
	if err != nil {
		return "", access.User{}, err
	}
	return token, u, nil
}

// auditable is as much of an address as the trail keeps: enough to tell a desk
// from the outside world, too little to tell who sits at it.
func auditable(a netip.Addr) string {
	if a.Is6() {
		return masked(a, 64)
	}
	return masked(a, 24)
}
