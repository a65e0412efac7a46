package access

import (
	"context"
	"time"
)

// Store keeps accounts and sessions. Missing rows are problem.NotFound.
type Store interface {
	AccountStore
	SessionStore
	FactorStore
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
	// then no other account changes either. change may run again, and may still say what
	// the act does; a taken login is problem.Conflict.
	ChangeUser(ctx context.Context, a *Act, change func(all []User) (User, error)) error
}

// FactorStore keeps second factors, and who is who at providers of identities.
type FactorStore interface {
	// Factor is that of a user; the zero value where there is none.
	Factor(ctx context.Context, user string) (Factor, error)
	// ChangeFactor replaces what change makes of the factor of the user of an act, in one
	// transaction with its audit entry and what the act does to sessions; of two at once
	// the second sees what the first has made. A zero factor is none. Without the session
	// the act replaces it is NotFound.
	ChangeFactor(ctx context.Context, a Act, change func(Factor) (Factor, error)) error
	UserByIdentity(ctx context.Context, i Identity) (User, error)
	// LinkIdentity makes an identity stand for the user of an act; one that stands for
	// somebody, or another of the same issuer for the user, is problem.Conflict.
	LinkIdentity(ctx context.Context, a Act, i Identity) error
}

// SessionStore keeps sessions.
type SessionStore interface {
	// OpenSession keeps a session of an account that is enabled and still has that hash
	// of its password; otherwise it is NotFound. Half a session is no sign-in yet.
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
