package store

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/ticket/assignment"
)

type unitRow struct {
	bun.BaseModel `bun:"table:unit"`

	ID       string `bun:",pk"`
	Name     string
	Parent   string
	Path     string
	Level    assignment.Level
	District string
	Aliases  list[[]string]
}

// SaveUnits implements [desk.DirectoryWriter].
func (t *tx) SaveUnits(ctx context.Context, units []assignment.Unit) error {
	rows := make([]unitRow, len(units))
	for i, u := range units {
		rows[i] = unitRow{
			ID: u.ID, Name: u.Name, Parent: u.Parent, Path: u.Path, Level: u.Level, District: u.District, Aliases: list[[]string]{u.Aliases},
		}
	}
	_, err := insert(ctx, t, ` ON CONFLICT (id) DO UPDATE SET name = excluded.name, parent = excluded.parent, path = excluded.path,
		level = excluded.level, district = excluded.district, aliases = excluded.aliases`, rows...)
	return failure("save units", err)
}

// Units implements [desk.DirectoryReader], every unit before those below it.
func (v view) Units(ctx context.Context) ([]assignment.Unit, error) {
	rows, err := all[unitRow](ctx, v, "")
	if err != nil {
		return nil, failure("read units", err)
	}
	units := make([]assignment.Unit, len(rows))
	for i, r := range rows {
		units[i] = assignment.Unit{
			ID: r.ID, Name: r.Name, Parent: r.Parent, Path: r.Path, Level: r.Level, District: r.District, Aliases: r.Aliases.V,
		}
	}
	// Here, because the databases do not agree on the order of letters.
	slices.SortFunc(units, func(a, b assignment.Unit) int { return strings.Compare(a.Path, b.Path) })
	return units, nil
}
