package access

import (
	"context"
	"strings"
	"time"

	"jiesu/internal/problem"
)

// Outcome is how an attempt to sign in ended.
type Outcome string

// The outcomes of an attempt.
const (
	Opened Outcome = "open"
	Failed Outcome = "fail"
	Locked Outcome = "lock" // too many attempts: this one was not even compared
	Asked  Outcome = "ask"  // the password was right, and a code is asked for
	Miss   Outcome = "code" // the code was wrong
	// Ceiling is written where an account is tried from so many places that it is slowed
	// down for all that are not known.
	Ceiling Outcome = "ceiling"
)

// Attempt is one try to sign in, as the audit trail keeps it.
type Attempt struct {
	At      time.Time
	User    string // id; "unknown" where no account has the login: people type passwords into that field
	Outcome Outcome
	From    string // the part of the address a log may hold
}

// Note writes an attempt down.
func (s *Service) Note(ctx context.Context, login string, o Outcome, from string) error {
	a := Attempt{At: s.now(), User: "unknown", Outcome: o, From: from}
	u, err := s.store.UserByLogin(ctx, strings.ToLower(strings.TrimSpace(login)))
	switch {
	case err == nil:
		a.User = u.ID
	case problem.KindOf(err) != problem.NotFound:
		return err
	}
	return s.store.RecordAttempt(ctx, a)
}
