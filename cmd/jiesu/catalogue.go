package main

import "jiesu/internal/app"

type catalogueCommand struct {
	Import catalogueImportCommand `cmd:"" help:"Import a version of the responsibility catalogue; running servers follow within half a minute."`
}

type catalogueImportCommand struct {
	File string `arg:"" help:"YAML: rows with category, district, lead, co." type:"existingfile"`
	From string `help:"YYYY-MM-DD from which it decides; not before today." required:""`
}

func (c catalogueImportCommand) Run(r *run) error {
	return app.ImportCatalogue(r.ctx, r.config, r.environ, c.File, c.From, r.out)
}
