package main

import "jiesu/internal/app"

type demoCommand struct {
	Tickets demoTicketsCommand `cmd:"" help:"Fill a fresh installation with made-up tickets, marked 【演示】 and with the origin demo; they cannot be removed again."`
	City    demoCityCommand    `cmd:"" name:"12345" help:"Play a city's 12345 platform: it dispatches orders, decides, calls back and has them done again, with faults on demand."`
}

type demoTicketsCommand struct {
	Count int    `help:"How many." default:"1000"`
	Seed  uint64 `help:"Equal seeds, counts and days make equal tickets; what is there already is kept." default:"1"`
	Until string `help:"The last day of their two years, YYYY-MM-DD; now by default. What was due since then is past, too."`
	Force bool   `help:"Even beside real letters."`
}

func (c demoTicketsCommand) Run(r *run) error {
	return app.DemoTickets(r.ctx, r.config, r.environ, app.Demo{Seed: c.Seed, Count: c.Count, Until: c.Until, Force: c.Force}, r.now, r.out)
}
