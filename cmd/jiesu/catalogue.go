package main

import "jiesu/internal/app"

type catalogueCommand struct {
	Import *catalogueImportCommand `arg:"subcommand:import" help:"Import a version of the responsibility catalogue; running servers follow within half a minute."`
}

type catalogueImportCommand struct {
	File existingFile `arg:"positional,required" help:"YAML: rows with category, district, lead, co."`
	From string       `arg:"--from,required" help:"YYYY-MM-DD from which it decides; not before today."`
}

func (c catalogueImportCommand) Run(r *run) error {
	return app.ImportCatalogue(r.ctx, r.config, r.environ, string(c.File), c.From, r.out)
}
