package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"jiesu/faq"
	"jiesu/internal/access"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/search"
	"jiesu/internal/store"
)

// Export is where the library goes, and how.
type Export struct {
	Format string // yaml, xlsx
	Out    string // a file; with YAML a folder, unless it is named .yaml; empty: printed
}

// ExportLibrary writes the library in use.
func ExportLibrary(ctx context.Context, file string, environ []string, x Export, out io.Writer) error {
	return withLibrary(ctx, file, environ, func(c config.Config, _ *store.Store, d *desk.Desk) error {
		rows, err := d.ExportLibrary(ctx, desk.Actor{ID: "operator", Reviews: true})
		if err != nil {
			return err
		}
		if x.Format == "yaml" && x.Out != "" && path.Ext(x.Out) != ".yaml" {
			return writeFolders(rows, c.Library, x.Out, out)
		}
		write := func(rows []sheet.Row) ([]byte, error) { return sheet.YAML(rows...) }
		if x.Format == "xlsx" {
			write = sheet.Workbook
		}
		raw, err := write(rows)
		switch {
		case err != nil:
			return err
		case x.Out == "":
			_, err = out.Write(raw)
			return err
		}
		return errors.Join(os.WriteFile(x.Out, raw, 0o600), wrote(rows, x.Out, out))
	})
}

func wrote(rows []sheet.Row, where string, out io.Writer) error {
	_, err := fmt.Fprintf(out, "%d entries in %s\n", len(rows), where)
	return err
}

// writeFolders writes one file an entry, in the folders of the library in use.
// What no folder has gets one of its own: a category is people's words, and no
// name of a folder.
func writeFolders(rows []sheet.Row, library, root string, out io.Writer) error {
	lib, err := faq.Load(LibraryFiles(library))
	if err != nil {
		return err
	}
	folders := map[string]string{}
	for _, e := range lib.Entries {
		folders[e.Category] = path.Base(path.Dir(e.Path))
	}
	for _, r := range rows {
		folder := folders[r.Cells["category"]]
		if folder == "" {
			folder = "other"
		}
		folder = filepath.Join(root, "library", folder)
		raw, err := sheet.YAML(r)
		if err == nil {
			err = os.MkdirAll(folder, 0o750)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, r.Cells[sheet.ID]+".yaml"), raw, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return wrote(rows, root, out)
}

// LibraryImport are files with entries to be imported.
type LibraryImport struct {
	Path  string // of a file or a folder
	Apply bool
	As    string // login of whose drafts they are; needed to apply
}

// ErrRefused is returned where nothing can be imported.
var ErrRefused = errors.New("nothing was imported")

// ImportLibrary prints what becomes of each row that is not in the library
// already, and makes the drafts where that is asked for.
func ImportLibrary(ctx context.Context, file string, environ []string, i LibraryImport, out io.Writer) error {
	files, err := sheetFiles(i.Path)
	if err != nil {
		return err
	}
	return withLibrary(ctx, file, environ, func(_ config.Config, s *store.Store, d *desk.Desk) error {
		a := desk.Actor{ID: "operator", Drafts: "*", Reviews: true}
		if i.Apply {
			u, err := s.UserByLogin(ctx, i.As)
			if err != nil {
				return fmt.Errorf("--as: %w", err)
			}
			a = actorOf(&u)
		}
		plan, err := d.ImportLibrary(ctx, a, files, false)
		if err != nil {
			return err
		}
		if err := printImport(out, &plan); err != nil {
			return err
		}
		switch {
		case len(plan.Faults) > 0:
			return ErrRefused
		case !i.Apply:
			_, err = fmt.Fprintln(out, "nothing was imported; run it again with --apply --as LOGIN to make the drafts")
			return err
		}
		if plan, err = d.ImportLibrary(ctx, a, files, true); err == nil {
			_, err = fmt.Fprintf(out, "%d drafts made; they answer once they were reviewed and published\n", plan.Counts[desk.ImportNew]+plan.Counts[desk.ImportChanged])
		}
		return err
	})
}

// actorOf is an account as the desk sees it, with what it takes to draft.
func actorOf(u *access.User) desk.Actor {
	var roles []string
	for _, r := range u.Roles {
		roles = append(roles, string(r))
	}
	a := rights(roles, u.UnitPath)
	a.ID, a.Name, a.Unit, a.Path, a.Roles = u.ID, u.Name, u.Unit, u.UnitPath, roles
	return a
}

func printImport(out io.Writer, p *desk.LibraryImport) error {
	var errs []error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		errs = append(errs, err)
	}
	for _, r := range p.Rows {
		if r.Outcome != desk.ImportSame {
			say("%s %s: %s\n", place(r.File, r.N), r.Entry, strings.Join(append([]string{string(r.Outcome)}, r.Fields...), " "))
		}
	}
	for _, f := range p.Faults {
		say("%s %s [%s] %s\n", place(f.File, f.Row), f.Column, f.Code, f.Message)
	}
	c := p.Counts
	say("%d new, %d changed, %d drafted already, %d same, %d refused\n",
		c[desk.ImportNew], c[desk.ImportChanged], c[desk.ImportDrafted], c[desk.ImportSame], c[desk.ImportRefused])
	return errors.Join(errs...)
}

func place(file string, row int) string { return fmt.Sprintf("%s:%d", file, row) }

// sheetFiles reads a file, or the YAML of a folder: that below library/ where it
// is a whole library.
func sheetFiles(name string) ([]sheet.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		raw, err := readBounded(os.DirFS(filepath.Dir(name)), filepath.Base(name))
		return []sheet.File{{Name: filepath.Base(name), Content: raw}}, err
	}
	folder := os.DirFS(name)
	if inner, err := fs.Stat(folder, "library"); err == nil && inner.IsDir() {
		if folder, err = fs.Sub(folder, "library"); err != nil {
			return nil, err
		}
	}
	var files []sheet.File
	err = fs.WalkDir(folder, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		raw, err := readBounded(folder, name)
		files = append(files, sheet.File{Name: name, Content: raw})
		return err
	})
	return files, err
}

// readBounded reads a file as far as it could be imported, and a byte more.
func readBounded(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, sheet.MaxBytes+1))
	return raw, errors.Join(err, f.Close())
}

// withLibrary runs fn with a desk that has the library in use and answers nobody.
func withLibrary(ctx context.Context, file string, environ []string, fn func(config.Config, *store.Store, *desk.Desk) error) error {
	return withStore(ctx, file, environ, func(c config.Config, s *store.Store) error {
		parts, err := newParts(ctx, c.Library, search.NewEmbedded())
		if err != nil {
			return err
		}
		parts.Store, parts.Rights, parts.Now, parts.Log = s, rights, time.Now, slog.New(slog.DiscardHandler)
		return fn(c, s, desk.New(parts))
	})
}
