package main

import "jiesu/internal/app"

type auditCommand struct {
	Verify *auditVerifyCommand `arg:"subcommand:verify" help:"Read the whole trail and name whatever was changed, removed, moved or cut off; exit code 3 then."`
	Heads  *auditHeadsCommand  `arg:"subcommand:heads" help:"Print where each lane ends: an anchor to keep elsewhere, for verify."`
	Export *auditExportCommand `arg:"subcommand:export" help:"Write the trail as JSON lines; the export itself is audited."`
}

type auditVerifyCommand struct {
	Anchor existingFile `arg:"--anchor" help:"What audit heads has printed earlier: shows a lane rewritten as a whole."`
}

func (c auditVerifyCommand) Run(r *run) error {
	return app.AuditVerify(r.ctx, r.config, r.environ, string(c.Anchor), r.out)
}

type auditHeadsCommand struct{}

func (auditHeadsCommand) Run(r *run) error {
	return app.AuditHeads(r.ctx, r.config, r.environ, r.out)
}

type auditExportCommand struct {
	From string `arg:"--from,required" help:"First day, YYYY-MM-DD, in Beijing."`
	To   string `arg:"--to,required" help:"Last day, YYYY-MM-DD, in Beijing."`
	Out  string `arg:"--out" help:"File to write, which must not be there yet; standard output by default."`
}

func (c auditExportCommand) Run(r *run) error {
	return app.AuditExport(r.ctx, r.config, r.environ, app.AuditSpan{From: c.From, To: c.To, Out: c.Out}, r.out)
}
