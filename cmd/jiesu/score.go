package main

import "jiesu/internal/app"

type scoreCommand struct {
	Freeze *scoreFreezeCommand `arg:"subcommand:freeze" help:"Close a month that is over: its facts and rules are kept once and for all. The serving desk does it on the first of the next."`
	Show   *scoreShowCommand   `arg:"subcommand:show" help:"Work out the sheet of a closed month anew and print it; exit code 3 where it is not what was kept."`
}

type scoreFreezeCommand struct {
	Month string `arg:"--month,required" help:"YYYY-MM."`
}

func (c scoreFreezeCommand) Run(r *run) error {
	return app.ScoreFreeze(r.ctx, r.config, r.environ, r.now, c.Month, r.out)
}

type scoreShowCommand struct {
	Month string `arg:"--month,required" help:"YYYY-MM."`
	JSON  bool   `arg:"--json" help:"Print JSON."`
}

func (c scoreShowCommand) Run(r *run) error {
	return app.ScoreShow(r.ctx, r.config, r.environ, r.now, c.Month, c.JSON, r.out)
}
