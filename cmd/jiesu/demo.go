package main

import "jiesu/internal/app"

type demoCommand struct {
	Tickets *demoTicketsCommand `arg:"subcommand:tickets" help:"Fill a fresh installation with made-up tickets, marked 【演示】 and with the origin demo; they cannot be removed again."`
	City    *demoCityCommand    `arg:"subcommand:12345" help:"Play a city's 12345 platform: it dispatches orders, decides, calls back and has them done again, with faults on demand."`
}

type demoTicketsCommand struct {
	Count int    `arg:"--count" default:"1000" help:"How many."`
	Seed  uint64 `arg:"--seed" default:"1" help:"Equal seeds, counts and days make equal tickets; what is there already is kept."`
	Until string `arg:"--until" help:"The last day of their two years, YYYY-MM-DD; now by default. What was due since then is past, too."`
	Force bool   `arg:"--force" help:"Even beside real letters."`
}

func (c demoTicketsCommand) Run(r *run) error {
	return app.DemoTickets(r.ctx, r.config, r.environ, app.Demo{Seed: c.Seed, Count: c.Count, Until: c.Until, Force: c.Force}, r.now, r.out)
}
