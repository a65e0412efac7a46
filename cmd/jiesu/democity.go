package main

import "jiesu/internal/app"

type demoCityCommand struct {
	Platform   string  `help:"The platform as the desk has it configured, with the HMAC adapter and no mapping." required:""`
	URL        address `name:"url" help:"The desk." default:"http://127.0.0.1:8080"`
	SecretFile string  `help:"A file with the secret both sides sign with." required:"" type:"existingfile"`
	Algorithm  string  `help:"What is signed with." enum:"sha256,sm3" default:"sha256"`
	Listen     string  `help:"Where the desk's operations are taken." default:"127.0.0.1:8085"`
	Orders     int     `help:"How many are dispatched." default:"1"`

	RefuseReturns int  `help:"How many returns of an order are refused before one is granted." default:"1"`
	RejectResults int  `help:"How many results of an order are sent back before one is accepted." default:"0"`
	Unsatisfied   int  `help:"How many dispatches of an order end with an appellant who is not satisfied." default:"1"`
	Differ        bool `help:"List the open orders wrongly: one left out, one with another date, one that is nobody's."`

	Broken   int  `help:"Fault: so many tries of an operation are answered 500." group:"Faults"`
	Gone     int  `help:"Fault: so many tries after these are cut off unread." group:"Faults"`
	Lost     int  `help:"Fault: so many tries after these are taken and cut off." group:"Faults"`
	Hang     int  `help:"Fault: so many tries after these are taken and not answered in time." group:"Faults"`
	Twice    bool `help:"Fault: every message of the platform comes twice." group:"Faults"`
	Shuffled bool `help:"Fault: an urge comes before its order." group:"Faults"`
}

func (c demoCityCommand) Run(r *run) error {
	city := app.City{Platform: c.Platform, URL: string(c.URL), SecretFile: c.SecretFile, Algorithm: c.Algorithm, Listen: c.Listen}
	city.Orders, city.RefuseReturns, city.RejectResults, city.Unsatisfied, city.Differ = c.Orders, c.RefuseReturns, c.RejectResults, c.Unsatisfied, c.Differ
	f := &city.Faults
	f.Broken, f.Gone, f.Lost, f.Hang, f.Twice, f.Shuffled = c.Broken, c.Gone, c.Lost, c.Hang, c.Twice, c.Shuffled
	return app.DemoCity(r.ctx, city, r.now, r.out)
}
