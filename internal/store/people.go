package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

type postRow struct {
	bun.BaseModel `bun:"table:post"`

	ID   string `bun:",pk"`
	Unit string
	Name string
	Role string
}

type termRow struct {
	bun.BaseModel `bun:"table:term"`

	ID       string `bun:",pk"`
	Kind     assignment.TermKind
	Post     string
	Unit     string
	UserID   string
	DeputyID string
	FromAt   stamp
	UntilAt  stamp
	Reason   string
}

type catalogueRow struct {
	bun.BaseModel `bun:"table:catalogue_version"`

	Number     int `bun:",pk"`
	FromAt     stamp
	Entries    list[[]assignment.Row]
	ImportedAt stamp
}

// People implements [desk.DirectoryReader].
func (v view) People(ctx context.Context) ([]assignment.Person, error) {
	rows, err := all[staffRow](ctx, v, "ORDER BY id")
	if err != nil {
		return nil, failure("read people", err)
	}
	people := make([]assignment.Person, 0, len(rows))
	for i := range rows {
		if r := &rows[i]; !r.Disabled {
			p := assignment.Person{ID: r.ID, Name: r.Name, Unit: r.Unit}
			for _, role := range r.Roles.V {
				p.Roles = append(p.Roles, string(role))
			}
			people = append(people, p)
		}
	}
	return people, nil
}

// Posts implements [desk.DirectoryReader].
func (v view) Posts(ctx context.Context) ([]assignment.Post, error) {
	rows, err := all[postRow](ctx, v, "ORDER BY id")
	if err != nil {
		return nil, failure("read posts", err)
	}
	posts := make([]assignment.Post, len(rows))
	for i, r := range rows {
		posts[i] = assignment.Post{ID: r.ID, Unit: r.Unit, Name: r.Name, Role: r.Role}
	}
	return posts, nil
}

// Terms implements [desk.DirectoryReader].
func (v view) Terms(ctx context.Context, since time.Time) ([]assignment.Term, error) {
	rows, err := all[termRow](ctx, v, "WHERE until_at IS NULL OR until_at > $1 ORDER BY from_at, id", since.UnixMicro())
	if err != nil {
		return nil, failure("read terms", err)
	}
	terms := make([]assignment.Term, len(rows))
	for i, r := range rows {
		terms[i] = assignment.Term{
			ID: r.ID, Kind: r.Kind, Post: r.Post, Unit: r.Unit, User: r.UserID, Deputy: r.DeputyID,
			From: r.FromAt.Time, Until: r.UntilAt.Time, Reason: r.Reason,
		}
	}
	return terms, nil
}

// CatalogueVersions implements [desk.DirectoryReader].
func (v view) CatalogueVersions(ctx context.Context) ([]assignment.Version, error) {
	rows, err := all[catalogueRow](ctx, v, "ORDER BY number")
	if err != nil {
		return nil, failure("read catalogue", err)
	}
	versions := make([]assignment.Version, len(rows))
	for i, r := range rows {
		versions[i] = assignment.Version{Number: r.Number, From: r.FromAt.Time, Rows: r.Entries.V}
	}
	return versions, nil
}

// HoldDirectory implements [desk.DirectoryWriter]. SQLite has one writer anyway.
func (t *tx) HoldDirectory(ctx context.Context) error {
	if !t.postgres {
		return nil
	}
	_, err := t.exec(ctx, "LOCK TABLE post, term, catalogue_version IN SHARE ROW EXCLUSIVE MODE")
	return failure("hold the directory", err)
}

// InsertPost implements [desk.DirectoryWriter].
func (t *tx) InsertPost(ctx context.Context, p assignment.Post) error {
	_, err := insert(ctx, t, "", postRow{ID: p.ID, Unit: p.Unit, Name: p.Name, Role: p.Role})
	return conflict("post.taken", "已有这个编号的岗位。", err)
}

// InsertTerm implements [desk.DirectoryWriter].
func (t *tx) InsertTerm(ctx context.Context, m assignment.Term) error {
	_, err := insert(ctx, t, "", termRow{
		ID: m.ID, Kind: m.Kind, Post: m.Post, Unit: m.Unit, UserID: m.User, DeputyID: m.Deputy, FromAt: at(m.From), UntilAt: at(m.Until), Reason: m.Reason,
	})
	return failure("insert term", err)
}

// EndTerm implements [desk.DirectoryWriter].
func (t *tx) EndTerm(ctx context.Context, id string, when time.Time) error {
	n, err := t.exec(ctx, `UPDATE term SET until_at = CASE WHEN from_at > $1 THEN from_at ELSE $1 END
		WHERE id = $2 AND (until_at IS NULL OR until_at > $1 AND until_at > from_at)`, when.UnixMicro(), id)
	if err == nil && n == 0 {
		return t.spoil(problem.New(problem.NotFound, "term.not_found", "没有这项安排，或者已经结束。"))
	}
	return failure("end term", err)
}

// InsertCatalogue implements [desk.DirectoryWriter].
func (t *tx) InsertCatalogue(ctx context.Context, v assignment.Version, when time.Time) error {
	_, err := insert(ctx, t, "", catalogueRow{
		Number: v.Number, FromAt: at(v.From), Entries: list[[]assignment.Row]{v.Rows}, ImportedAt: at(when),
	})
	return conflict("catalogue.taken", "派单目录刚刚被别人更新过，请重试。", err)
}
