package main

import "jiesu/internal/app"

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Read the whole trail and name whatever was changed, removed, moved or cut off; exit code 3 then."`
	Heads  auditHeadsCommand  `cmd:"" help:"Print where each lane ends: an anchor to keep elsewhere, for verify."`
	Export auditExportCommand `cmd:"" help:"Write the trail as JSON lines; the export itself is audited."`
}

type auditVerifyCommand struct {
	Anchor string `help:"What audit heads has printed earlier: shows a lane rewritten as a whole." type:"existingfile"`
}

func (c auditVerifyCommand) Run(r *run) error {
	return app.AuditVerify(r.ctx, r.config, r.environ, c.Anchor, r.out)
}

type auditHeadsCommand struct{}

func (auditHeadsCommand) Run(r *run) error {
	return app.AuditHeads(r.ctx, r.config, r.environ, r.out)
}

type auditExportCommand struct {
	From string `help:"First day, YYYY-MM-DD, in Beijing." required:""`
	To   string `help:"Last day, YYYY-MM-DD, in Beijing." required:""`
	Out  string `help:"File to write, which must not be there yet; standard output by default."`
}

func (c auditExportCommand) Run(r *run) error {
	return app.AuditExport(r.ctx, r.config, r.environ, app.AuditSpan{From: c.From, To: c.To, Out: c.Out}, r.out)
}
