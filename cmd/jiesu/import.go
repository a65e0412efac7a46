package main

import (
	"errors"

	"jiesu/internal/app"
)

type importCommand struct {
	Source string `arg:"" help:"The mailbox, as the file of channels names it."`
	Path   string `arg:"" help:"A workbook, CSV or JSON." type:"existingfile"`
	Apply  bool   `help:"Take the letters that are in order; without it nothing is changed."`
	As     string `help:"Login of the account that takes them."`
	Errors string `help:"File to write the rows that are refused to, with the reasons, as CSV."`
}

func (c importCommand) Run(r *run) error {
	if c.Apply && c.As == "" {
		return errors.New("--apply needs --as")
	}
	return app.ImportMail(r.ctx, r.config, r.environ, app.MailImport{Source: c.Source, Path: c.Path, Apply: c.Apply, As: c.As, Errors: c.Errors}, r.now, r.out)
}
