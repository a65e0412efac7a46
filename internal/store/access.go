package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/problem"
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
	SignedInAt   stamp
	Version      int64
	Factor       bool
}

type sessionRow struct {
	bun.BaseModel `bun:"table:session"`

	TokenHash []byte `bun:",pk"`
	UserID    string
	CreatedAt stamp
	SeenAt    stamp
	ExpiresAt stamp
	Network   string
	Device    string
	Way       access.Way
	Proved    bool
}

func newSessionRow(se *access.Session) sessionRow {
	return sessionRow{
		TokenHash: se.TokenHash, UserID: se.UserID, CreatedAt: at(se.CreatedAt), SeenAt: at(se.SeenAt), ExpiresAt: at(se.ExpiresAt),
		Network: se.Network, Device: se.Device, Way: se.Way, Proved: se.Proved,
	}
}

func (r *sessionRow) session() access.Session {
	return access.Session{
		TokenHash: r.TokenHash, UserID: r.UserID, CreatedAt: r.CreatedAt.Time, SeenAt: r.SeenAt.Time, ExpiresAt: r.ExpiresAt.Time,
		Place: access.Place{Network: r.Network, Device: r.Device}, Way: r.Way, Proved: r.Proved,
	}
}

func (r *staffRow) user() access.User {
	return access.User{
		ID: r.ID, Login: r.Login, Name: r.Name, Unit: r.Unit, UnitPath: r.UnitPath, Roles: r.Roles.V, PasswordHash: r.PasswordHash,
		MustChange: r.MustChange, Disabled: r.Disabled, CreatedAt: r.CreatedAt.Time, SignedInAt: r.SignedInAt.Time, Version: r.Version,
		Factor: r.Factor,
	}
}

// UserByLogin implements [access.AccountStore].
func (s *Store) UserByLogin(ctx context.Context, login string) (access.User, error) {
	return s.user(ctx, "WHERE login = $1", login)
}

// UserByID implements [access.AccountStore].
func (s *Store) UserByID(ctx context.Context, id string) (access.User, error) {
	return s.user(ctx, "WHERE id = $1", id)
}

func (s *Store) user(ctx context.Context, tail string, keys ...any) (access.User, error) {
	r, err := one[staffRow](ctx, s.view, tail, keys...)
	if err != nil {
		return access.User{}, missing("user", "没有找到这个账号。", err)
	}
	return r.user(), nil
}

// Users implements [access.AccountStore], by login.
func (s *Store) Users(ctx context.Context) ([]access.User, error) { return s.users(ctx) }

func (v view) users(ctx context.Context) ([]access.User, error) {
	rows, err := all[staffRow](ctx, v, "ORDER BY login")
	if err != nil {
		return nil, failure("read users", err)
	}
	found := make([]access.User, len(rows))
	for i := range rows {
		found[i] = rows[i].user()
	}
	return found, nil
}

// ChangeUser implements [access.AccountStore].
func (s *Store) ChangeUser(ctx context.Context, a *access.Act, change func(all []access.User) (access.User, error)) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if t.postgres { // SQLite has one writer
			if _, err := t.exec(ctx, "LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return failure("hold accounts", err)
			}
		}
		known, err := t.users(ctx)
		if err != nil {
			return err
		}
		u, err := change(known)
		if err != nil {
			return err
		}
		if err := t.saveUser(ctx, &u); err != nil {
			return err
		}
		return t.conclude(ctx, a)
	})
}

// conclude does what an act does to sessions, and writes it into the trail.
func (t *tx) conclude(ctx context.Context, a *access.Act) error {
	if a.Replaces != nil {
		n, err := t.exec(ctx, "DELETE FROM session WHERE token_hash = $1", a.Replaces)
		switch {
		case err != nil:
			return failure("end a session", err)
		case n == 0:
			return problem.New(problem.NotFound, "session.not_found", "请重新登录。")
		}
	}
	if a.EndsSessions {
		if err := t.endSessions(ctx, a.User, nil, nil); err != nil {
			return err
		}
	}
	if a.Opens != nil {
		if err := t.openSession(ctx, a.Opens, ""); err != nil {
			return err
		}
	}
	return t.recordAct(ctx, *a)
}

// saveUser inserts or replaces an account; when it was last signed in to is
// [Store.OpenSession]'s to say, whether it has a second factor [Store.ChangeFactor]'s.
func (t *tx) saveUser(ctx context.Context, u *access.User) error {
	_, err := insert(ctx, t, ` ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, unit = excluded.unit,
		unit_path = excluded.unit_path, roles = excluded.roles, password_hash = excluded.password_hash,
		must_change = excluded.must_change, disabled = excluded.disabled, version = excluded.version`,
		staffRow{
			ID: u.ID, Login: u.Login, Name: u.Name, Unit: u.Unit, UnitPath: u.UnitPath, Roles: list[[]access.Role]{u.Roles},
			PasswordHash: u.PasswordHash, MustChange: u.MustChange, Disabled: u.Disabled,
			CreatedAt: at(u.CreatedAt), SignedInAt: at(u.SignedInAt), Version: u.Version,
		})
	return conflict("user.taken", "登录名已被使用。", err)
}

// OpenSession implements [access.SessionStore].
func (s *Store) OpenSession(ctx context.Context, se access.Session, passwordHash string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return t.openSession(ctx, &se, passwordHash) })
}

// openSession opens a session of an account whose password has that hash; an empty one
// is any.
func (t *tx) openSession(ctx context.Context, se *access.Session, passwordHash string) error {
	n, err := t.exec(ctx, "UPDATE staff SET signed_in_at = CASE WHEN factor AND NOT $4 THEN signed_in_at ELSE $1 END WHERE id = $2 AND ($3 = '' OR password_hash = $3) AND NOT disabled",
		at(se.CreatedAt), se.UserID, passwordHash, se.Proved)
	switch {
	case err != nil:
		return failure("note a sign-in", err)
	case n == 0:
		return problem.New(problem.NotFound, "user.not_found", "没有找到这个账号。")
	}
	_, err = insert(ctx, t, "", newSessionRow(se))
	return failure("open a session", err)
}

// TouchSession implements [access.SessionStore].
func (s *Store) TouchSession(ctx context.Context, tokenHash []byte, seen time.Time) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE session SET seen_at = $1 WHERE token_hash = $2", at(seen), tokenHash)
		return failure("touch a session", err)
	})
}

// SessionByToken implements [access.SessionStore]. Whether it has expired is the
// caller's to say.
func (s *Store) SessionByToken(ctx context.Context, tokenHash []byte) (access.Session, error) {
	r, err := one[sessionRow](ctx, s.view, "WHERE token_hash = $1", tokenHash)
	if err != nil {
		return access.Session{}, missing("session", "请重新登录。", err)
	}
	return r.session(), nil
}

// Sessions implements [access.SessionStore].
func (s *Store) Sessions(ctx context.Context, userID string) ([]access.Session, error) {
	rows, err := all[sessionRow](ctx, s.view, "WHERE user_id = $1 OR $1 = '' ORDER BY seen_at DESC, token_hash", userID)
	if err != nil {
		return nil, failure("read sessions", err)
	}
	found := make([]access.Session, len(rows))
	for i := range rows {
		found[i] = rows[i].session()
	}
	return found, nil
}

// RecordAttempt implements [access.Store].
func (s *Store) RecordAttempt(ctx context.Context, a access.Attempt) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		return t.Record(ctx, audit.Entry{
			At: a.At, Actor: a.User, Action: "session." + string(a.Outcome), Object: "staff/" + a.User, Detail: map[string]string{"from": a.From},
		})
	})
}

// RecordAct implements [access.Store].
func (s *Store) RecordAct(ctx context.Context, a access.Act) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return t.recordAct(ctx, a) })
}

func (t *tx) recordAct(ctx context.Context, a access.Act) error {
	return t.Record(ctx, audit.Entry{At: a.At, Actor: a.By, Action: a.Action, Object: "staff/" + a.User, Detail: a.Detail})
}

// DropSession implements [access.SessionStore].
func (s *Store) DropSession(ctx context.Context, tokenHash []byte) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM session WHERE token_hash = $1", tokenHash)
		return failure("drop a session", err)
	})
}

// EndSessions implements [access.SessionStore].
func (s *Store) EndSessions(ctx context.Context, a access.Act, one, but []byte) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.endSessions(ctx, a.User, one, but); err != nil {
			return err
		}
		return t.recordAct(ctx, a)
	})
}

// endSessions ends one session of a user, or all but another, or all.
func (t *tx) endSessions(ctx context.Context, userID string, one, but []byte) error {
	text, args := "DELETE FROM session WHERE user_id = $1", []any{userID}
	switch {
	case one != nil:
		text, args = text+" AND token_hash = $2", append(args, one)
	case but != nil:
		text, args = text+" AND token_hash <> $2", append(args, but)
	}
	_, err := t.exec(ctx, text, args...)
	return failure("end sessions", err)
}
