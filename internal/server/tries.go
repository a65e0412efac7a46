package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/limit"
	"jiesu/internal/problem"
)

// Who guesses passwords, or codes, is slowed down in three circles:
//
//   - one address at one account (Rates.Password);
//   - one account from everywhere (ceilings), for guessers have many addresses;
//   - a question from the last third of that on (captcha).
//
// Guessing locks out nobody: a browser somebody has signed in with is known by a mark,
// and counted alone in all of them. Who guesses has no such browser; who
// owns the account mostly does, and whoever does not waits minutes, never for good.

// markCookie makes a browser known.
const (
	markCookie = "jiesu_known"
	markLife   = 180 * 24 * time.Hour
	alarmEvery = 6 * time.Hour // of one account
)

// ceilings are how often an account may be tried, the longest first. The delay grows from less than a minute to nearly half an hour.
func ceilings(kind string) []limit.Rate {
	if kind == "factor" { // three of a million codes are right at a time: 30 tries a day find one in 30 years
		return []limit.Rate{{Count: 30, Period: 24 * time.Hour}, {Count: 10, Period: 15 * time.Minute}}
	}
	return []limit.Rate{{Count: 60, Period: 24 * time.Hour}, {Count: 40, Period: 2 * time.Hour}, {Count: 20, Period: 15 * time.Minute}}
}

// once reports whether something was not done within a period: hammering must fill
// neither the trail nor anybody's notices.
func (s *Server) once(ctx context.Context, key string, period time.Duration) bool {
	d, err := s.limiter.Allow(ctx, "once/"+key, limit.Rate{Count: 1, Period: period})
	return err == nil && d.Allowed
}

// answered is the answer to a question, see captcha.
type answered struct{ token, answer string }

// try counts one try at the password or the codes of an account.
func (s *Server) try(ctx context.Context, kind, account string, a answered) error {
	scope := account
	if mark, ok := s.known(ctx, account); ok {
		scope += "/known/" + mark
		if _, err := s.counted(ctx, kind+"/"+scope, s.config.Rates.Password); err != nil {
			return err
		}
	} else if err := s.attempt(ctx, kind, account); err != nil {
		return err
	}
	for _, rate := range ceilings(kind) {
		d, err := s.counted(ctx, kind+"-ceiling/"+rate.Period.String()+"/"+scope, rate)
		if err != nil {
			s.alarm(ctx, account)
			return err
		}
		if kind == "password" && soft(d, rate) {
			if err := s.questioned(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// questioned asks whoever was not asked yet because of where they come from.
func (s *Server) questioned(ctx context.Context, a answered) error {
	who := callerOf(ctx)
	if who.hurried {
		return nil
	}
	who.hurried = true
	if needed, err := s.unanswered(ctx, a.token, a.answer); !needed || err != nil {
		return err
	}
	return s.asks(ctx)
}

// attempt counts one try at an account from one place. Others may still sign in to
// the account from elsewhere.
func (s *Server) attempt(ctx context.Context, kind, account string) error {
	_, err := s.counted(ctx, kind+"/"+account+"/"+rateKey(callerOf(ctx).address), s.config.Rates.Password)
	return err
}

// counted counts one try under a key. Without a limiter nobody gets in.
func (s *Server) counted(ctx context.Context, key string, rate limit.Rate) (limit.Decision, error) {
	d, err := s.limiter.Allow(ctx, key, rate)
	if err != nil {
		return d, problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues("password").Inc()
		return d, problem.New(problem.Limited, "session.locked", "尝试次数太多，请稍后再试。").After(d.RetryAfter)
	}
	return d, nil
}

// alarm tells whose account is tried from many places, the security administrators and
// the trail. Failing to is no reason to let a guesser on.
func (s *Server) alarm(ctx context.Context, account string) {
	if !s.once(ctx, "alarm/"+account, alarmEvery) {
		return
	}
	err := s.access.Note(ctx, account, access.Ceiling, auditable(callerOf(ctx).address))
	u, watching, errWho := s.access.Alarm(ctx, account)
	if err == nil && errWho == nil && u.ID != "" {
		err = errors.Join(s.tell(ctx, desk.AccountGuessed, "", u), s.tell(ctx, desk.AccountAttacked, u.Login, watching...))
	}
	if err = errors.Join(err, errWho); err != nil {
		s.log.ErrorContext(ctx, "tell of guesses at an account", "error", err)
	}
}

// tell leaves people a notice about an account.
func (s *Server) tell(ctx context.Context, what desk.AccountNews, about string, people ...access.User) error {
	return s.desk.TellOfAccount(ctx, what, about, list(people, func(u access.User) string { return u.ID }))
}

// known is the mark of a browser with which somebody has signed in to an account.
func (s *Server) known(ctx context.Context, account string) (mark string, ok bool) {
	mark, mac, found := strings.Cut(callerOf(ctx).mark, ".")
	return mark, found && hmac.Equal([]byte(mac), []byte(s.sealOf("known", account, mark)))
}

// markOf makes a browser known to an account; one that is keeps its mark, and with it
// what was counted.
func (s *Server) markOf(ctx context.Context, account string) *http.Cookie {
	mark, ok := s.known(ctx, account)
	if !ok {
		mark = rand.Text()
	}
	return &http.Cookie{ //nolint:gosec // Secure wherever the client came over TLS, as with the session
		Name: markCookie, Value: mark + "." + s.sealOf("known", account, mark), Path: sessionPath, MaxAge: int(markLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: callerOf(ctx).secure,
	}
}

// sealOf is a mark that only this desk, at any replica, can put on texts.
func (s *Server) sealOf(purpose string, texts ...string) string {
	h := hmac.New(sha256.New, s.captcha.key)
	h.Write([]byte(purpose + "\x00" + strings.Join(texts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
