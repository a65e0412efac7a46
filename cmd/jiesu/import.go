package main

import "jiesu/internal/app"

type importCommand struct {
	Source string       `arg:"positional,required" help:"The mailbox, as the file of channels names it."`
	Path   existingFile `arg:"positional,required" help:"A workbook, CSV or JSON."`
	Apply  bool         `arg:"--apply" help:"Take the letters that are in order; without it nothing is changed."`
	As     string       `arg:"--as" help:"Login of the account that takes them."`
	Errors string       `arg:"--errors" help:"File to write the rows that are refused to, with the reasons, as CSV."`
}

func (c importCommand) Run(r *run) error {
	if c.Apply && c.As == "" {
		return usageError("--apply needs --as")
	}
	return app.ImportMail(r.ctx, r.config, r.environ, app.MailImport{Source: c.Source, Path: string(c.Path), Apply: c.Apply, As: c.As, Errors: c.Errors}, r.now, r.out)
}
