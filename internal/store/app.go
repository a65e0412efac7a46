package store

import (
	"context"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
)

type appRequestRow struct {
	bun.BaseModel `bun:"table:app_request"`

	TokenHash []byte `bun:",pk"`
	IDHash    []byte
	TicketID  string
	Client    string
	Service   string
	SentAt    stamp
}

// InsertAppRequest implements [desk.AppWriter].
func (t *tx) InsertAppRequest(ctx context.Context, r desk.AppRequest) error {
	_, err := insert(ctx, t, "", appRequestRow{
		TokenHash: r.TokenHash, IDHash: r.IDHash, TicketID: r.TicketID, Client: r.Client, Service: r.Service, SentAt: at(r.SentAt),
	})
	return failure("insert a request of an app", err)
}

// AppRequestByToken implements [desk.AppReader].
func (v view) AppRequestByToken(ctx context.Context, hash []byte) (desk.AppRequest, error) {
	return v.appRequest(ctx, "WHERE token_hash = $1", hash)
}

// AppRequestByID implements [desk.AppReader].
func (v view) AppRequestByID(ctx context.Context, hash []byte) (desk.AppRequest, error) {
	return v.appRequest(ctx, "WHERE id_hash = $1", hash)
}

func (v view) appRequest(ctx context.Context, where string, hash []byte) (desk.AppRequest, error) {
	r, err := one[appRequestRow](ctx, v, where, hash)
	if err != nil {
		return desk.AppRequest{}, missing("request", "没有查到。", err)
	}
	return desk.AppRequest{TokenHash: r.TokenHash, IDHash: r.IDHash, TicketID: r.TicketID, Client: r.Client, Service: r.Service, SentAt: r.SentAt.Time}, nil
}
