package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/retention"
	"jiesu/internal/store"
)

// retain does what the retention rules ask for, and measures what is left. Whichever
// replica has the job measures it.
func (a *App) retain(ctx context.Context) error {
	if err := a.desk.Retain(ctx); err != nil {
		return err
	}
	k, err := a.desk.WhatIsKept(ctx)
	for i := range k.Classes {
		c := &k.Classes[i]
		a.figures.due.WithLabelValues(string(c.ID)).Set(float64(c.Due))
		a.figures.erased.WithLabelValues(string(c.ID)).Set(float64(c.Erased.N))
	}
	return err
}

// retentionReport is what the doctor says about what is kept.
func retentionReport(ctx context.Context, s *store.Store) (string, error) {
	rules, err := retention.LoadRules()
	if err != nil {
		return "", err
	}
	k, err := desk.New(desk.Parts{Store: s, Keeping: rules, Now: time.Now, Log: slog.New(slog.DiscardHandler)}).WhatIsKept(ctx)
	var due, erased int64
	for i := range k.Classes {
		due, erased = due+k.Classes[i].Due, erased+k.Classes[i].Erased.N
	}
	return fmt.Sprintf("rules %d, %d due, %d erased", k.Version, due, erased), err
}
