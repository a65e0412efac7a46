package main

import "jiesu/internal/app"

type calendarCommand struct {
	Add    *calendarAddCommand    `arg:"subcommand:add" help:"Print the date N days or hours after a date (the start day is not counted)."`
	Show   *calendarShowCommand   `arg:"subcommand:show" help:"Print the holidays and make-up workdays of a year."`
	Import *calendarImportCommand `arg:"subcommand:import" help:"Import a State Council notice: its own text, or JSON. Prints what was understood and which dates move."`
}

type calendarAddCommand struct {
	Unit countedUnit `arg:"--unit" default:"working_day" help:"What to count; working hours are those of the deadline rules: working_day, natural_day, working_hour."`
	Date string      `arg:"positional,required" help:"YYYY-MM-DD; with working_hour also YYYY-MM-DDTHH:MM."`
	N    int         `arg:"positional,required" help:"How many."`
}

func (c calendarAddCommand) Run(r *run) error {
	return app.CalendarAdd(r.ctx, r.config, r.environ, app.Addition{Unit: string(c.Unit), Start: c.Date, N: c.N}, r.out, r.errs)
}

type calendarShowCommand struct {
	Year int `arg:"positional,required" help:"Which year."`
}

func (c calendarShowCommand) Run(r *run) error {
	return app.CalendarShow(r.ctx, r.config, r.environ, c.Year, r.out)
}

type calendarImportCommand struct {
	File      existingFile `arg:"positional,required" help:"The notice, as JSON or as text in UTF-8."`
	DryRun    bool         `arg:"--dry-run" help:"Only print what would change."`
	Yes       bool         `arg:"--yes" help:"Import what is printed; without it nothing is imported."`
	AsVersion int          `arg:"--as-version" help:"Version of the notice; to replace a published one it must be higher."`
	Reason    string       `arg:"--reason" help:"Why a published notice is replaced."`
}

func (c calendarImportCommand) Run(r *run) error {
	return app.CalendarImport(r.ctx, r.config, r.environ, app.Import{
		File: string(c.File), Confirmed: c.Yes && !c.DryRun, Version: c.AsVersion, Reason: c.Reason,
	}, r.out)
}
