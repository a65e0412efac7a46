package main

import "jiesu/internal/app"

type keysCommand struct {
	Generate *keysGenerateCommand `arg:"subcommand:generate" help:"Print a new key for a file of master keys."`
	List     *keysListCommand     `arg:"subcommand:list" help:"List the sealing keys and how much is sealed under each."`
	Rotate   *keysRotateCommand   `arg:"subcommand:rotate" help:"Add a key that seals from now on; what is sealed under others is sealed anew in the background."`
	Use      *keysUseCommand      `arg:"subcommand:use" help:"Seal with a key that was staged."`
	Rewrap   *keysRewrapCommand   `arg:"subcommand:rewrap" help:"Wrap the sealing keys with the last of the master keys."`
	Reseal   *keysResealCommand   `arg:"subcommand:reseal" help:"Seal what is under other keys anew, now."`
	Retire   *keysRetireCommand   `arg:"subcommand:retire" help:"Remove a key nothing is sealed under. Backups from before need it: keep the file as it was with them."`
}

func (r *run) keyholder() app.Keyholder {
	return app.Keyholder{File: r.config, Environ: r.environ, Now: r.now, Out: r.out}
}

type keysGenerateCommand struct {
	ID string `arg:"positional" default:"m1" help:"Its id, another one than those in the file."`
}

func (c keysGenerateCommand) Run(r *run) error { return r.keyholder().Generate(c.ID) }

type keysListCommand struct{}

func (keysListCommand) Run(r *run) error { return r.keyholder().List(r.ctx) }

type keysRotateCommand struct {
	Staged bool `arg:"--staged" help:"It only opens until it is used: where replicas read files of their own."`
}

func (c keysRotateCommand) Run(r *run) error { return r.keyholder().Rotate(r.ctx, c.Staged) }

type keysUseCommand struct {
	ID string `arg:"positional,required"`
}

func (c keysUseCommand) Run(r *run) error { return r.keyholder().Use(r.ctx, c.ID) }

type keysRewrapCommand struct{}

func (keysRewrapCommand) Run(r *run) error { return r.keyholder().Rewrap(r.ctx) }

type keysResealCommand struct{}

func (keysResealCommand) Run(r *run) error { return r.keyholder().Reseal(r.ctx) }

type keysRetireCommand struct {
	ID string `arg:"positional,required"`
}

func (c keysRetireCommand) Run(r *run) error { return r.keyholder().Retire(r.ctx, c.ID) }

type backupCommand struct {
	File string `arg:"positional,required" help:"New file."`
}

func (c backupCommand) Run(r *run) error { return app.BackUp(r.ctx, r.config, r.environ, c.File) }

type restoreCommand struct {
	File existingFile `arg:"positional,required" help:"What jiesu backup wrote."`
}

func (c restoreCommand) Run(r *run) error {
	return app.Restore(r.ctx, r.config, r.environ, string(c.File))
}
