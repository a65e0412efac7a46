package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks"
)

type endpointRow struct {
	bun.BaseModel `bun:"table:webhook_endpoint"`

	ID           string `bun:",pk"`
	SealedURL    []byte // may hold a token
	Description  string
	Types        list[[]webhooks.Type]
	SealedSecret []byte
	SealedFormer []byte
	FormerUntil  stamp
	State        desk.EndpointState
	CreatedBy    string
	CreatedAt    stamp
	UpdatedAt    stamp
	Version      int64
}

func (b *base) sealSecret(column, id string, s webhooks.Secret) []byte {
	return b.seal(place("webhook."+column, id), string(s))
}

// InsertEndpoint implements [desk.EndpointWriter].
func (t *tx) InsertEndpoint(ctx context.Context, e desk.Endpoint) error {
	_, err := insert(ctx, t, "", endpointRow{
		ID: e.ID, SealedURL: t.seal(place("webhook.url", e.ID), clean(e.URL)), Description: clean(e.Description), Types: list[[]webhooks.Type]{e.Types},
		SealedSecret: t.sealSecret("secret", e.ID, e.Secret), SealedFormer: t.sealSecret("former", e.ID, e.Former), FormerUntil: at(e.FormerUntil),
		State: e.State, CreatedBy: e.CreatedBy, CreatedAt: at(e.CreatedAt), UpdatedAt: at(e.UpdatedAt), Version: e.Version,
	})
	return failure("insert webhook endpoint", err)
}

// UpdateEndpoint implements [desk.EndpointWriter].
func (t *tx) UpdateEndpoint(ctx context.Context, e desk.Endpoint, was int64) error {
	n, err := t.exec(ctx, `UPDATE webhook_endpoint SET sealed_secret = $1, sealed_former = $2, former_until = $3, state = $4, updated_at = $5, version = $6
		WHERE id = $7 AND version = $8`,
		t.sealSecret("secret", e.ID, e.Secret), t.sealSecret("former", e.ID, e.Former), at(e.FormerUntil), string(e.State), at(e.UpdatedAt), e.Version, e.ID, was)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.Conflict, "webhook.stale", "这个推送地址刚刚有了变化，请刷新后再操作。"))
	}
	return failure("update webhook endpoint", err)
}

// Endpoint implements [desk.EndpointReader].
func (v view) Endpoint(ctx context.Context, id string) (desk.Endpoint, error) {
	return v.endpoint(ctx, id, "")
}

// Endpoint implements [desk.Tx]: it stays as read until the end.
func (t *tx) Endpoint(ctx context.Context, id string) (desk.Endpoint, error) {
	return t.endpoint(ctx, id, t.lock())
}

func (v view) endpoint(ctx context.Context, id, lock string) (desk.Endpoint, error) {
	r, err := one[endpointRow](ctx, v, "WHERE id = $1"+lock, clean(id))
	if err != nil {
		return desk.Endpoint{}, missing("webhook", "没有这个推送地址。", err)
	}
	return v.openEndpoint(&r)
}

// Endpoints implements [desk.EndpointReader].
func (v view) Endpoints(ctx context.Context) ([]desk.Endpoint, error) {
	rows, err := all[endpointRow](ctx, v, "ORDER BY created_at, id")
	if err != nil {
		return nil, failure("read webhook endpoints", err)
	}
	found := make([]desk.Endpoint, len(rows))
	for i := range rows {
		if found[i], err = v.openEndpoint(&rows[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (v view) openEndpoint(r *endpointRow) (desk.Endpoint, error) {
	e := desk.Endpoint{
		ID: r.ID, Description: r.Description, Types: r.Types.V, FormerUntil: r.FormerUntil.Time, State: r.State,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
	url, err := v.open(place("webhook.url", r.ID), r.SealedURL)
	if err != nil {
		return e, err
	}
	e.URL = string(url)
	if e.Secret, err = v.open(place("webhook.secret", r.ID), r.SealedSecret); err != nil {
		return e, err
	}
	e.Former, err = v.open(place("webhook.former", r.ID), r.SealedFormer)
	return e, err
}

// sentWithin is how many of the newest deliveries attempts are looked for.
const sentWithin = 100

// SentAttempts implements [desk.EndpointReader].
func (v view) SentAttempts(ctx context.Context, route string, limit int) ([]desk.SentAttempt, error) {
	rows, err := query[struct {
		attemptRow

		Kind string
	}](ctx, v, `SELECT a.*, d.kind FROM delivery_attempt AS a JOIN (SELECT id, seq, kind FROM delivery WHERE route = $1 ORDER BY seq DESC LIMIT $2) AS d
		ON d.id = a.delivery_id ORDER BY a.at DESC, d.seq DESC, a.no DESC LIMIT $3`, route, sentWithin, limit)
	if err != nil {
		return nil, failure("read attempts of a route", err)
	}
	sent := make([]desk.SentAttempt, len(rows))
	for i, r := range rows {
		sent[i] = desk.SentAttempt{Attempt: r.attempt(), Kind: r.Kind}
	}
	return sent, nil
}
