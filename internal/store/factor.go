package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

type factorRow struct {
	bun.BaseModel `bun:"table:factor"`

	UserID       string `bun:",pk"`
	SealedSecret []byte
	Since        stamp
	LastStep     int64
	Recovery     list[[][]byte]
}

type identityRow struct {
	bun.BaseModel `bun:"table:identity"`

	Issuer   string `bun:",pk"`
	Subject  string `bun:",pk"`
	UserID   string
	LinkedAt stamp
}

// factorPlace binds a secret to whose it is.
func factorPlace(user string) string { return place("factor.secret", user) }

// Factor implements [access.FactorStore].
func (s *Store) Factor(ctx context.Context, user string) (access.Factor, error) {
	return s.factor(ctx, user)
}

func (v view) factor(ctx context.Context, user string) (access.Factor, error) {
	r, err := one[factorRow](ctx, v, "WHERE user_id = $1", user)
	if errors.Is(err, sql.ErrNoRows) {
		return access.Factor{}, nil
	}
	if err != nil {
		return access.Factor{}, failure("read a second factor", err)
	}
	secret, err := v.open(factorPlace(user), r.SealedSecret)
	return access.Factor{Secret: string(secret), Since: r.Since.Time, LastStep: r.LastStep, Recovery: r.Recovery.V}, err
}

// ChangeFactor implements [access.FactorStore].
func (s *Store) ChangeFactor(ctx context.Context, a access.Act, change func(access.Factor) (access.Factor, error)) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		// The row of the account is held: of two who give the same code one is second.
		n, err := t.exec(ctx, "UPDATE staff SET factor = factor WHERE id = $1", a.User)
		switch {
		case err != nil:
			return failure("hold an account", err)
		case n == 0:
			return problem.New(problem.NotFound, "user.not_found", "没有找到这个账号。")
		}
		f, err := t.factor(ctx, a.User)
		if err != nil {
			return err
		}
		if f, err = change(f); err != nil {
			return err
		}
		if err := t.saveFactor(ctx, a.User, &f); err != nil {
			return err
		}
		return t.conclude(ctx, &a)
	})
}

func (t *tx) saveFactor(ctx context.Context, user string, f *access.Factor) error {
	_, err := t.exec(ctx, "UPDATE staff SET factor = $1 WHERE id = $2", f.Secret != "" && !f.Since.IsZero(), user)
	switch {
	case err != nil:
	case f.Secret == "":
		_, err = t.exec(ctx, "DELETE FROM factor WHERE user_id = $1", user)
	default:
		_, err = insert(ctx, t, ` ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, since = excluded.since,
			last_step = excluded.last_step, recovery = excluded.recovery`,
			factorRow{UserID: user, SealedSecret: t.seal(factorPlace(user), f.Secret), Since: at(f.Since), LastStep: f.LastStep, Recovery: list[[][]byte]{f.Recovery}})
	}
	return failure("write a second factor", err)
}

// UserByIdentity implements [access.FactorStore].
func (s *Store) UserByIdentity(ctx context.Context, i access.Identity) (access.User, error) {
	return s.user(ctx, "WHERE id = (SELECT user_id FROM identity WHERE issuer = $1 AND subject = $2)", i.Issuer, i.Subject)
}

// LinkIdentity implements [access.FactorStore].
func (s *Store) LinkIdentity(ctx context.Context, a access.Act, i access.Identity) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := insert(ctx, t, "", identityRow{Issuer: i.Issuer, Subject: i.Subject, UserID: a.User, LinkedAt: at(a.At)})
		if err != nil {
			return conflict("user.linked", "这个账号已经与另一个身份对应。", err)
		}
		return t.recordAct(ctx, a)
	})
}
