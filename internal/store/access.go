package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/access"
	"jiesu/internal/audit"
)

type staffRow struct {
	bun.BaseModel `bun:"table:staff"`

	ID           string `bun:",pk"`
	Login        string
	Name         string
	Unit         string
	UnitPath     string
	Roles        list[[]access.Role]
	PasswordHash string
	MustChange   bool
	Disabled     bool
	CreatedAt    stamp
}

type sessionRow struct {
	bun.BaseModel `bun:"table:session"`

	TokenHash []byte `bun:",pk"`
	UserID    string
	CreatedAt stamp
	SeenAt    stamp
	ExpiresAt stamp
}

func (r *staffRow) user() access.User {
	return access.User{
		ID: r.ID, Login: r.Login, Name: r.Name, Unit: r.Unit, UnitPath: r.UnitPath, Roles: r.Roles.V, PasswordHash: r.PasswordHash,
		MustChange: r.MustChange, Disabled: r.Disabled, CreatedAt: r.CreatedAt.Time,
	}
}

// UserByLogin implements [access.Store].
func (s *Store) UserByLogin(ctx context.Context, login string) (access.User, error) {
	return s.user(ctx, "WHERE login = $1", login)
}

// UserByID implements [access.Store].
func (s *Store) UserByID(ctx context.Context, id string) (access.User, error) {
	return s.user(ctx, "WHERE id = $1", id)
}

func (s *Store) user(ctx context.Context, tail, key string) (access.User, error) {
	r, err := one[staffRow](ctx, s.view, tail, key)
	if err != nil {
		return access.User{}, missing("user", "没有找到这个账号。", err)
	}
	return r.user(), nil
}

// Users implements [access.Store], by login.
func (s *Store) Users(ctx context.Context) ([]access.User, error) {
	rows, err := all[staffRow](ctx, s.view, "ORDER BY login")
	if err != nil {
		return nil, failure("read users", err)
	}
	users := make([]access.User, len(rows))
	for i := range rows {
		users[i] = rows[i].user()
	}
	return users, nil
}

// SaveUser implements [access.Store].
func (s *Store) SaveUser(ctx context.Context, u access.User) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := insert(ctx, t, ` ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, unit = excluded.unit,
			unit_path = excluded.unit_path, roles = excluded.roles, password_hash = excluded.password_hash,
			must_change = excluded.must_change, disabled = excluded.disabled`,
			staffRow{
				ID: u.ID, Login: u.Login, Name: u.Name, Unit: u.Unit, UnitPath: u.UnitPath, Roles: list[[]access.Role]{u.Roles},
				PasswordHash: u.PasswordHash, MustChange: u.MustChange, Disabled: u.Disabled,
				CreatedAt: at(u.CreatedAt),
			})
		return conflict("user.taken", "登录名已被使用。", err)
	})
}

// SaveSession implements [access.Store].
func (s *Store) SaveSession(ctx context.Context, se access.Session) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := insert(ctx, t, " ON CONFLICT (token_hash) DO UPDATE SET seen_at = excluded.seen_at, expires_at = excluded.expires_at",
			sessionRow{
				TokenHash: se.TokenHash, UserID: se.UserID, CreatedAt: at(se.CreatedAt), SeenAt: at(se.SeenAt), ExpiresAt: at(se.ExpiresAt),
			})
		return failure("save session", err)
	})
}

// SessionByToken implements [access.Store]. Whether it has expired is the
// caller's to say.
func (s *Store) SessionByToken(ctx context.Context, tokenHash []byte) (access.Session, error) {
	r, err := one[sessionRow](ctx, s.view, "WHERE token_hash = $1", tokenHash)
	if err != nil {
		return access.Session{}, missing("session", "请重新登录。", err)
	}
	return access.Session{
		TokenHash: r.TokenHash, UserID: r.UserID, CreatedAt: r.CreatedAt.Time, SeenAt: r.SeenAt.Time, ExpiresAt: r.ExpiresAt.Time,
	}, nil
}

// RecordAttempt implements [access.Store].
func (s *Store) RecordAttempt(ctx context.Context, a access.Attempt) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		return t.Record(ctx, audit.Entry{
			At: a.At, Actor: a.User, Action: "session." + string(a.Outcome), Object: "staff/" + a.User, Detail: map[string]string{"from": a.From},
		})
	})
}

// DropSessions implements [access.Store].
func (s *Store) DropSessions(ctx context.Context, userID string, tokenHash []byte) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		var err error
		if tokenHash == nil {
			_, err = t.exec(ctx, "DELETE FROM session WHERE user_id = $1", userID)
		} else {
			_, err = t.exec(ctx, "DELETE FROM session WHERE user_id = $1 AND token_hash = $2", userID, tokenHash)
		}
		return failure("drop sessions", err)
	})
}
