package access

import "context"

// Store keeps accounts and sessions. Missing rows are problem.NotFound.
type Store interface {
	UserByLogin(ctx context.Context, login string) (User, error)
	UserByID(ctx context.Context, id string) (User, error)
	Users(ctx context.Context) ([]User, error)
	// SaveUser inserts or replaces by ID; a taken login is problem.Conflict.
	SaveUser(ctx context.Context, u User) error
	SaveSession(ctx context.Context, s Session) error
	SessionByToken(ctx context.Context, tokenHash []byte) (Session, error)
	// DropSessions removes one session, or all of a user when tokenHash is nil.
	DropSessions(ctx context.Context, userID string, tokenHash []byte) error
	// RecordAttempt writes an attempt into the audit trail.
	RecordAttempt(ctx context.Context, a Attempt) error
}
