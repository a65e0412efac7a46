package main

import "jiesu/internal/app"

type faqExportCommand struct {
	Format format `arg:"--format" default:"yaml" help:"How: yaml, xlsx."`
	Out    string `arg:"--out" help:"File to write; with YAML a folder, unless it is named .yaml. Printed by default."`
}

func (c faqExportCommand) Run(r *run) error {
	return app.ExportLibrary(r.ctx, r.config, r.environ, app.Export{Format: string(c.Format), Out: c.Out}, r.out)
}

type faqImportCommand struct {
	Path  string `arg:"positional,required" help:"A workbook, a YAML file, or a folder of YAML files."`
	Apply bool   `arg:"--apply" help:"Make the drafts; without it nothing is imported."`
	As    string `arg:"--as" help:"Login of the account whose drafts they are."`
}

func (c faqImportCommand) Run(r *run) error {
	if c.Apply && c.As == "" {
		return usageError("--apply needs --as")
	}
	return app.ImportLibrary(r.ctx, r.config, r.environ, app.LibraryImport{Path: c.Path, Apply: c.Apply, As: c.As}, r.out)
}
