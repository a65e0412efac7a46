package access

import (
	"context"
	"time"
)

// Store keeps accounts and sessions. Missing rows are problem.NotFound.
type Store interface {
	AccountStore
	SessionStore
	// RecordAttempt writes an attempt into the audit trail.
	RecordAttempt(ctx context.Context, a Attempt) error
	// RecordAct writes an act into the audit trail, and does nothing else.
	RecordAct(ctx context.Context, a Act) error
}

// AccountStore keeps accounts.
type AccountStore interface {
	UserByLogin(ctx context.Context, login string) (User, error)
	UserByID(ctx context.Context, id string) (User, error)
	Users(ctx context.Context) ([]User, error)
	// ChangeUser inserts or replaces what change makes of one of all accounts, in one
	// transaction with its audit entry and the end of sessions the act asks for. Until
	// then no other account changes either. change may run again; a taken login is
	// problem.Conflict.
	ChangeUser(ctx context.Context, a Act, change func(all []User) (User, error)) error
}

// SessionStore keeps sessions.
type SessionStore interface {
	// OpenSession keeps a session of an account that is enabled and still has that hash
	// of its password; otherwise it is NotFound.
	OpenSession(ctx context.Context, s Session, passwordHash string) error
	// TouchSession notes that a session was used; one that has ended stays so.
	TouchSession(ctx context.Context, tokenHash []byte, at time.Time) error
	SessionByToken(ctx context.Context, tokenHash []byte) (Session, error)
	// Sessions returns those of a user, or of everybody, used last first. Some may have
	// run out.
	Sessions(ctx context.Context, userID string) ([]Session, error)
	DropSession(ctx context.Context, tokenHash []byte) error
	// EndSessions ends sessions of the user of an act, with its audit entry: the one
	// with a hash, or without one all but another; both nil: all.
	EndSessions(ctx context.Context, a Act, one, but []byte) error
}
