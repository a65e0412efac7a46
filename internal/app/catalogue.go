package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/store"
)

// ImportCatalogue stores the file as a new version of the responsibility
// catalogue, in force from a date on.
func ImportCatalogue(ctx context.Context, file string, environ []string, catalogue, from string, out io.Writer) error {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return fmt.Errorf("--from: want YYYY-MM-DD, not %q", from)
	}
	data, err := os.ReadFile(catalogue) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		router, err := assignment.LoadRouter()
		if err != nil {
			return err
		}
		d := desk.New(desk.Parts{Store: s, Router: router, Tree: router.Tree(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		v, err := d.ImportCatalogue(ctx, data, day)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "version %d of the catalogue, %d rows, decides from %s\n", v.Number, len(v.Rows), from)
		return err
	})
}
