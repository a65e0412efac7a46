package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/internal/server"
)

// MailImport is a file with letters of a mailbox.
type MailImport struct {
	Source, Path string
	Apply        bool
	As           string // login of who takes them; needed to apply
	Errors       string // file for the rows that are refused; empty: none
}

// ImportMail prints what becomes of each letter of a file, and takes those that
// are in order where that is asked for.
func ImportMail(ctx context.Context, file string, environ []string, i MailImport, now func() time.Time, out io.Writer) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	channels, err := config.LoadChannels(c.Channels, environ)
	if err != nil {
		return err
	}
	a, err := New(ctx, c, channels, now, out, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(a.importMail(ctx, i, out), a.store.Close())
}

func (a *App) importMail(ctx context.Context, i MailImport, out io.Writer) error {
	by := desk.Actor{ID: "operator", Scope: "*", Contact: true, Channels: true}
	if i.Apply {
		u, err := a.store.UserByLogin(ctx, i.As)
		if err != nil {
			return fmt.Errorf("--as: %w", err)
		}
		g := access.GrantOf(u)
		by = actorOf(&u)
		by.Channels, by.Contact, by.Reports = g.Channels, g.Contact, g.Reports
	}
	raw, err := readBounded(os.DirFS(filepath.Dir(i.Path)), filepath.Base(i.Path))
	if err != nil {
		return err
	}
	plan, err := a.desk.ImportMail(ctx, by, i.Source, desk.MailFile{Name: filepath.Base(i.Path), Content: raw}, i.Apply)
	if refused, ok := errors.AsType[*problem.Error](err); ok && len(refused.Fields) > 0 {
		return fmt.Errorf("%w: [%s] %s", ErrRefused, refused.Fields[0].Code, refused.Fields[0].Message)
	}
	if err != nil {
		return err
	}
	if err := printMail(out, &plan); err != nil {
		return err
	}
	if i.Errors != "" && plan.Counts[desk.MailRefused] > 0 {
		table, err := server.Spreadsheet(plan.Refused())
		if err = errors.Join(err, os.WriteFile(i.Errors, table, 0o600)); err != nil {
			return err
		}
	}
	if !plan.Applied {
		_, err = fmt.Fprintln(out, "nothing was changed; run it again with --apply --as LOGIN to take them")
	}
	return err
}

func printMail(out io.Writer, p *desk.MailImport) error {
	var errs []error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		errs = append(errs, err)
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Outcome != desk.MailKnown {
			say("%d %s: %s %s\n", r.N, r.ID, r.Outcome, r.Number+r.Why())
		}
	}
	say("%d new, %d changed, %d known, %d refused\n", p.Counts[desk.MailNew], p.Counts[desk.MailChanged], p.Counts[desk.MailKnown], p.Counts[desk.MailRefused])
	return errors.Join(errs...)
}
