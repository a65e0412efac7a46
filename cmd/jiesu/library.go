package main

import (
	"errors"

	"jiesu/internal/app"
)

type faqExportCommand struct {
	Format string `help:"How." enum:"yaml,xlsx" default:"yaml"`
	Out    string `help:"File to write; with YAML a folder, unless it is named .yaml. Printed by default."`
}

func (c faqExportCommand) Run(r *run) error {
	return app.ExportLibrary(r.ctx, r.config, r.environ, app.Export{Format: c.Format, Out: c.Out}, r.out)
}

type faqImportCommand struct {
	Path  string `arg:"" help:"A workbook, a YAML file, or a folder of YAML files." type:"path"`
	Apply bool   `help:"Make the drafts; without it nothing is imported."`
	As    string `help:"Login of the account whose drafts they are."`
}

func (c faqImportCommand) Run(r *run) error {
	if c.Apply && c.As == "" {
		return errors.New("--apply needs --as")
	}
	return app.ImportLibrary(r.ctx, r.config, r.environ, app.LibraryImport{Path: c.Path, Apply: c.Apply, As: c.As}, r.out)
}
