package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

type reviewRow struct {
	bun.BaseModel `bun:"table:review"`

	ID          string `bun:",pk"`
	Kind        review.Kind
	Subject     string
	Audience    review.Audience
	Unit        string
	UnitPath    string
	State       review.State
	SealedChain []byte
	Live        int
	CreatedAt   stamp
	UpdatedAt   stamp
	Version     int64
}

type reviewVersionRow struct {
	bun.BaseModel `bun:"table:review_version"`

	ReviewID      string `bun:",pk"`
	N             int    `bun:",pk"`
	SealedContent []byte // what is not public yet may name people
	Hash          string
	WrittenAt     stamp
}

type reviewActRow struct {
	bun.BaseModel `bun:"table:review_act"`

	ReviewID   string `bun:",pk"`
	Seq        int    `bun:",pk"`
	SealedBody []byte // comments quote the text
}

// InsertReview implements [desk.ReviewWriter].
func (t *tx) InsertReview(ctx context.Context, it review.Item) error {
	chain, err := t.sealJSON(place("review.chain", it.ID), it.Chain)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, "", reviewRow{
		ID: it.ID, Kind: it.Kind, Subject: it.Subject, Audience: it.Audience, Unit: it.Unit, UnitPath: it.UnitPath, State: it.State, SealedChain: chain,
		Live: it.Live, CreatedAt: at(it.CreatedAt), UpdatedAt: at(it.UpdatedAt), Version: it.Version,
	})
	if err != nil {
		return failure("insert review", err)
	}
	return t.addToReview(ctx, &it, 0)
}

// UpdateReview implements [desk.ReviewWriter].
func (t *tx) UpdateReview(ctx context.Context, it review.Item, was int64) error {
	chain, err := t.sealJSON(place("review.chain", it.ID), it.Chain)
	if err != nil {
		return t.spoil(err)
	}
	n, err := t.exec(ctx, "UPDATE review SET state = $1, sealed_chain = $2, live = $3, updated_at = $4, version = $5 WHERE id = $6 AND version = $7",
		string(it.State), chain, it.Live, at(it.UpdatedAt), it.Version, it.ID, was)
	switch {
	case err != nil:
		return failure("update review", err)
	case n == 0:
		return t.spoil(problem.New(problem.Conflict, "review.stale", "稿件刚刚有了变化，请刷新后再操作。"))
	}
	return t.addToReview(ctx, &it, was)
}

// addToReview adds the acts after version was of it, and the versions they made:
// every act raises the version by one.
func (t *tx) addToReview(ctx context.Context, it *review.Item, was int64) error {
	had := 0
	var acts []reviewActRow
	for i := range it.Ledger {
		a := &it.Ledger[i]
		if int64(a.Seq) <= was {
			had = a.Version
			continue
		}
		sealed, err := t.sealJSON(reviewPlace("act", it.ID, a.Seq), a)
		if err != nil {
			return t.spoil(err)
		}
		acts = append(acts, reviewActRow{ReviewID: it.ID, Seq: a.Seq, SealedBody: sealed})
	}
	var versions []reviewVersionRow
	for _, v := range it.Versions[had:] {
		sealed, err := t.sealJSON(reviewPlace("version", it.ID, v.N), v.Content)
		if err != nil {
			return t.spoil(err)
		}
		versions = append(versions, reviewVersionRow{ReviewID: it.ID, N: v.N, SealedContent: sealed, Hash: v.Hash, WrittenAt: at(v.At)})
	}
	if _, err := insert(ctx, t, "", versions...); err != nil {
		return failure("insert versions of a review", err)
	}
	_, err := insert(ctx, t, "", acts...)
	return failure("insert acts of a review", err)
}

func reviewPlace(what, id string, n int) string {
	return place("review."+what, id+"/"+strconv.Itoa(n))
}

// Review implements [desk.ReviewReader].
func (v view) Review(ctx context.Context, id string) (review.Item, error) {
	return v.review(ctx, id, "")
}

// Review implements [desk.Tx]: it stays as read until the end.
func (t *tx) Review(ctx context.Context, id string) (review.Item, error) {
	return t.review(ctx, id, t.lock())
}

func (v view) review(ctx context.Context, id, lock string) (review.Item, error) {
	found, err := v.reviews(ctx, "WHERE id = $1", lock, clean(id))
	if err == nil && len(found) == 0 {
		err = problem.New(problem.NotFound, "review.not_found", "没有这份稿件。")
	}
	if err != nil {
		return review.Item{}, err
	}
	return found[0], nil
}

// Reviews implements [desk.ReviewReader].
func (v view) Reviews(ctx context.Context, f desk.ReviewFilter) ([]review.Item, error) {
	states, err := json.Marshal(f.States)
	if err != nil {
		return nil, failure("read reviews", err)
	}
	which, args := "WHERE state IN (SELECT value FROM "+v.each()+") AND audience = $2", []any{string(states), string(f.Audience)}
	if f.Kind != "" {
		args = append(args, string(f.Kind))
		which += " AND kind = $" + strconv.Itoa(len(args))
	}
	if f.Subject != "" {
		args = append(args, f.Subject)
		which += " AND subject = $" + strconv.Itoa(len(args))
	}
	if f.Live {
		which += " AND live > 0"
	}
	order := " ORDER BY updated_at, id"
	if f.Newest {
		order = " ORDER BY updated_at DESC, id DESC"
	}
	args = append(args, f.Limit)
	return v.reviews(ctx, which+order+" LIMIT $"+strconv.Itoa(len(args)), "", args...)
}

// reviews reads those that which names, and what belongs to them.
func (v view) reviews(ctx context.Context, which, lock string, args ...any) ([]review.Item, error) {
	rows, err := all[reviewRow](ctx, v, which+lock, args...)
	if err != nil {
		return nil, failure("read reviews", err)
	}
	rows = slices.DeleteFunc(rows, func(r reviewRow) bool { return len(r.SealedChain) == 0 }) // erased
	found, items := make([]review.Item, len(rows)), map[string]*review.Item{}
	for i := range rows {
		r := &rows[i]
		found[i] = review.Item{
			ID: r.ID, Kind: r.Kind, Subject: r.Subject, Audience: r.Audience, Unit: r.Unit, UnitPath: r.UnitPath, State: r.State, Live: r.Live,
			CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
		}
		if err := v.openJSON(place("review.chain", r.ID), r.SealedChain, &found[i].Chain); err != nil {
			return nil, err
		}
		items[r.ID] = &found[i]
	}
	const of = "WHERE review_id IN (SELECT id FROM review "
	versions, err := all[reviewVersionRow](ctx, v, of+which+") ORDER BY review_id, n", args...)
	if err != nil {
		return nil, failure("read versions of reviews", err)
	}
	acts, err := all[reviewActRow](ctx, v, of+which+") ORDER BY review_id, seq", args...)
	if err != nil {
		return nil, failure("read acts of reviews", err)
	}
	return found, v.fill(items, versions, acts)
}

// fill opens what belongs to reviews. One that changed between two readings is
// read as it was at the first.
func (v view) fill(items map[string]*review.Item, versions []reviewVersionRow, acts []reviewActRow) error {
	for i := range acts {
		r := &acts[i]
		it := items[r.ReviewID]
		if it == nil || int64(r.Seq) > it.Version {
			continue
		}
		var a review.Act
		if err := v.openJSON(reviewPlace("act", r.ReviewID, r.Seq), r.SealedBody, &a); err != nil {
			return err
		}
		it.Ledger = append(it.Ledger, a)
	}
	for i := range versions {
		r := &versions[i]
		it := items[r.ReviewID]
		if it == nil || len(it.Ledger) == 0 || r.N > it.Ledger[len(it.Ledger)-1].Version {
			continue
		}
		version := review.Version{N: r.N, Hash: r.Hash, At: r.WrittenAt.Time}
		if err := v.openJSON(reviewPlace("version", r.ReviewID, r.N), r.SealedContent, &version.Content); err != nil {
			return err
		}
		it.Versions = append(it.Versions, version)
	}
	return nil
}
