package server

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// signIn signs somebody in and writes down how it went, before anybody learns
// of it: what cannot be written down does not happen.
func (s *Server) signIn(ctx context.Context, in *signInInput) (token string, e access.Entered, err error) {
	account := strings.ToLower(strings.TrimSpace(in.Body.Login))
	outcome := access.Locked
	if err = s.try(ctx, "password", account, answered{in.CaptchaToken, in.CaptchaAnswer}); err == nil {
		if token, e, err = s.access.SignIn(ctx, account, in.Body.Password, fromWhere(ctx)); err != nil {
			outcome = access.Failed
		} else {
			outcome = openedOr(&e)
		}
	}
	return token, e, s.noted(ctx, account, outcome, err)
}

// proveFactor completes half a session with a code.
func (s *Server) proveFactor(ctx context.Context, code string) (token string, e access.Entered, err error) {
	who := callerOf(ctx)
	outcome := access.Locked
	if err = s.try(ctx, "factor", who.user.Login, answered{}); err == nil {
		if token, e, err = s.access.ProveFactor(ctx, who.token, code); err == nil {
			return token, e, nil // it has written that down itself
		}
		if !problem.HasCode(err, "factor.wrong") {
			return "", e, err
		}
		outcome = access.Miss
	}
	return "", e, s.noted(ctx, who.user.Login, outcome, err)
}

// signInAs signs in whoever a provider of identities has sent.
func (s *Server) signInAs(ctx context.Context, c access.Claim) (token string, e access.Entered, err error) {
	outcome := access.Failed
	if token, e, err = s.access.SignInAs(ctx, c, fromWhere(ctx)); err == nil {
		outcome = openedOr(&e)
	}
	return token, e, s.noted(ctx, e.Login, outcome, err)
}

func openedOr(e *access.Entered) access.Outcome {
	if e.Needs == access.NeedsFactor {
		return access.Asked
	}
	return access.Opened
}

// noted writes down how an attempt went, and returns its failure.
func (s *Server) noted(ctx context.Context, account string, o access.Outcome, err error) error {
	switch kind := problem.KindOf(err); {
	case err != nil && kind != problem.Limited && kind != problem.Unauthenticated && o != access.Miss:
		return err // out of order, a question, or too busy to compare: no attempt was made
	case o == access.Locked && !s.once(ctx, "lock/"+account+"/"+rateKey(callerOf(ctx).address), 15*time.Minute):
		return err
	}
	if errNote := s.access.Note(ctx, account, o, auditable(callerOf(ctx).address)); errNote != nil {
		return errNote
	}
	return err
}

func fromWhere(ctx context.Context) access.Place {
	who := callerOf(ctx)
	return access.Place{Network: auditable(who.address), Device: who.device}
}

// auditable is as much of an address as the trail keeps: enough to tell a desk
// from the outside world, too little to tell who sits at it.
func auditable(a netip.Addr) string {
	if a.Is6() {
		return masked(a, 64)
	}
	return masked(a, 24)
}
