package main

import "jiesu/internal/app"

type demoCityCommand struct {
	Platform   string       `arg:"--platform,required" help:"The platform as the desk has it configured, with the HMAC adapter and no mapping."`
	URL        address      `arg:"--url" default:"http://127.0.0.1:8080" help:"The desk."`
	SecretFile existingFile `arg:"--secret-file,required" help:"A file with the secret both sides sign with."`
	Algorithm  algorithm    `arg:"--algorithm" default:"sha256" help:"What is signed with: sha256, sm3."`
	Listen     string       `arg:"--listen" default:"127.0.0.1:8085" help:"Where the desk's operations are taken."`
	Orders     int          `arg:"--orders" default:"1" help:"How many are dispatched."`

	RefuseReturns int  `arg:"--refuse-returns" default:"1" help:"How many returns of an order are refused before one is granted."`
	RejectResults int  `arg:"--reject-results" default:"0" help:"How many results of an order are sent back before one is accepted."`
	Unsatisfied   int  `arg:"--unsatisfied" default:"1" help:"How many dispatches of an order end with an appellant who is not satisfied."`
	Differ        bool `arg:"--differ" help:"List the open orders wrongly: one left out, one with another date, one that is nobody's."`

	Broken   int  `arg:"--broken" help:"Fault: so many tries of an operation are answered 500."`
	Gone     int  `arg:"--gone" help:"Fault: so many tries after these are cut off unread."`
	Lost     int  `arg:"--lost" help:"Fault: so many tries after these are taken and cut off."`
	Hang     int  `arg:"--hang" help:"Fault: so many tries after these are taken and not answered in time."`
	Twice    bool `arg:"--twice" help:"Fault: every message of the platform comes twice."`
	Shuffled bool `arg:"--shuffled" help:"Fault: an urge comes before its order."`
}

func (c demoCityCommand) Run(r *run) error {
	city := app.City{Platform: c.Platform, URL: string(c.URL), SecretFile: string(c.SecretFile), Algorithm: string(c.Algorithm), Listen: c.Listen}
	city.Orders, city.RefuseReturns, city.RejectResults, city.Unsatisfied, city.Differ = c.Orders, c.RefuseReturns, c.RejectResults, c.Unsatisfied, c.Differ
	f := &city.Faults
	f.Broken, f.Gone, f.Lost, f.Hang, f.Twice, f.Shuffled = c.Broken, c.Gone, c.Lost, c.Hang, c.Twice, c.Shuffled
	return app.DemoCity(r.ctx, city, r.now, r.out)
}
