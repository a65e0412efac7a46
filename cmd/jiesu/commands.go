package main

import (
	"fmt"

	"jiesu/faq"
	"jiesu/internal/app"
)

type serveCommand struct{}

func (serveCommand) Run(r *run) error {
	return app.Serve(r.ctx, r.config, r.environ, r.out, r.errs)
}

type migrateCommand struct{}

func (migrateCommand) Run(r *run) error { return app.Migrate(r.ctx, r.config, r.environ, r.out) }

type doctorCommand struct{}

func (doctorCommand) Run(r *run) error { return app.Doctor(r.ctx, r.config, r.environ, r.out) }

type faqCommand struct {
	Check faqCheckCommand `cmd:"" help:"Validate a policy library and print what is wrong with it."`
}

type faqCheckCommand struct {
	Dir string `arg:"" optional:"" help:"Folder of the library; the shipped one by default." type:"existingdir"`
}

func (c faqCheckCommand) Run(r *run) error {
	lib, err := faq.Load(app.LibraryFiles(c.Dir))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "%d entries, %d documents, %d fixed lines, %d hotlines: all well\n",
		len(lib.Entries), len(lib.Documents), len(lib.Lines), len(lib.Hotlines))
	return err
}

type evalCommand struct {
	FAQ    evalFAQCommand    `cmd:"" name:"faq" help:"Ask labelled questions and print how well they are answered."`
	Labels evalLabelsCommand `cmd:"" help:"Print the questions editors have confirmed, as JSON lines for eval faq; masked, but names may be left in them."`
	Replay evalReplayCommand `cmd:"" help:"Decide past questions with other settings and print what would change; in memory, never on people."`
}

type evalLabelsCommand struct {
	None bool `help:"Those that nothing of the library answers, for --oos."`
}

func (c evalLabelsCommand) Run(r *run) error {
	return app.EvalLabels(r.ctx, r.config, r.environ, c.None, r.out)
}

type evalReplayCommand struct {
	Settings string `help:"YAML file of the other model, in the shape of internal/desk/knowledge/data/model.yaml." type:"existingfile" required:""`
	Since    string `help:"Only questions since this date, YYYY-MM-DD."`
	Show     bool   `help:"Print the changed questions, personal data masked; names may be left in them."`
}

func (c evalReplayCommand) Run(r *run) error {
	return app.EvalReplay(r.ctx, r.config, r.environ, app.Replay{Settings: c.Settings, Since: c.Since, Show: c.Show}, r.out)
}

type evalFAQCommand struct {
	Entries string   `help:"JSON lines {id, question, variants?, answer?, category?}; the shipped library by default." type:"existingfile"`
	Queries []string `help:"JSON lines {qid, query, entry_ids}; may repeat." type:"existingfile" required:""`
	OOS     string   `help:"JSON lines {id, text} that nothing answers." type:"existingfile"`
	Engine  string   `help:"Search engine." enum:"embedded" default:"embedded"`
	JSON    bool     `help:"Print JSON."`
}

func (c evalFAQCommand) Run(r *run) error {
	return app.EvalFAQ(r.ctx, app.EvalFAQFiles{Entries: c.Entries, Queries: c.Queries, OOS: c.OOS}, c.JSON, r.out)
}

type calendarCommand struct {
	Add calendarAddCommand `cmd:"" help:"Print the date N days after a date (the start day is not counted)."`
}

type calendarAddCommand struct {
	Unit string `help:"What to count." enum:"working_day,natural_day" default:"working_day"`
	Date string `arg:"" help:"YYYY-MM-DD"`
	N    int    `arg:"" help:"How many days."`
}

func (c calendarAddCommand) Run(r *run) error {
	return app.CalendarAdd(c.Unit, c.Date, c.N, r.out, r.errs)
}

type userCommand struct {
	Add   userAddCommand   `cmd:"" help:"Add an account; its password is printed once."`
	Reset userResetCommand `cmd:"" help:"Give an account a new password and end its sessions."`
	List  userListCommand  `cmd:"" help:"List the accounts."`
}

type userAddCommand struct {
	Login string   `arg:""`
	Name  string   `help:"Shown name." required:""`
	Unit  string   `help:"Unit id, e.g. traffic." required:""`
	Role  []string `help:"Role, may repeat." enum:"admin,taskforce,head,handler,leader,editor" required:""`
}

func (c userAddCommand) Run(r *run) error {
	return app.AddUser(r.ctx, r.config, r.environ, app.NewUser{Login: c.Login, Name: c.Name, Unit: c.Unit, Roles: c.Role}, r.out)
}

type userResetCommand struct {
	Login string `arg:""`
}

func (c userResetCommand) Run(r *run) error {
	return app.ResetUser(r.ctx, r.config, r.environ, c.Login, r.out)
}

type userListCommand struct{}

func (userListCommand) Run(r *run) error { return app.ListUsers(r.ctx, r.config, r.environ, r.out) }
