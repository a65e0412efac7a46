package main

import (
	"errors"
	"fmt"
	"net/url"

	"jiesu/faq"
	"jiesu/internal/app"
)

type serveCommand struct{}

func (serveCommand) Run(r *run) error {
	return app.Serve(r.ctx, r.config, r.environ, r.now, r.out, r.errs)
}

type readyCommand struct{}

func (readyCommand) Run(r *run) error { return app.Ready(r.ctx, r.config, r.environ, r.out) }

type migrateCommand struct {
	Up   migrateUpCommand   `cmd:"" default:"1" help:"Bring the database to this version's schema."`
	Copy migrateCopyCommand `cmd:"" help:"Move what the SQLite file in the data folder holds into the empty PostgreSQL database of JIESU_DATABASE_URL, and compare both."`
}

type migrateUpCommand struct{}

func (migrateUpCommand) Run(r *run) error { return app.Migrate(r.ctx, r.config, r.environ, r.out) }

type migrateCopyCommand struct{}

func (migrateCopyCommand) Run(r *run) error {
	return app.CopyDatabase(r.ctx, r.config, r.environ, r.out)
}

type doctorCommand struct{}

func (doctorCommand) Run(r *run) error { return app.Doctor(r.ctx, r.config, r.environ, r.out) }

type faqCommand struct {
	Check   faqCheckCommand   `cmd:"" help:"Validate a policy library and print what is wrong with it."`
	Reindex faqReindexCommand `cmd:"" help:"Build the Meilisearch index anew beside the one in use and swap them."`
	Export  faqExportCommand  `cmd:"" help:"Write the library in use: the files, and what was published, stopped and repealed since."`
	Import  faqImportCommand  `cmd:"" help:"Print what would become of files with entries, or make drafts of what is new and changed: all or none."`
}

type faqReindexCommand struct{}

func (faqReindexCommand) Run(r *run) error { return app.Reindex(r.ctx, r.config, r.environ, r.out) }

type faqCheckCommand struct {
	Dir      string `arg:"" optional:"" help:"Folder of the library; the shipped one by default." type:"existingdir"`
	Overlaps bool   `help:"Also print the entries that ways to ask others lead to; takes some seconds."`
}

func (c faqCheckCommand) Run(r *run) error {
	lib, err := faq.Load(app.LibraryFiles(c.Dir))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "%d entries, %d documents, %d fixed lines, %d hotlines: all well\n",
		len(lib.Entries), len(lib.Documents), len(lib.Lines), len(lib.Hotlines))
	if err != nil || !c.Overlaps {
		return err
	}
	return app.Overlaps(r.ctx, c.Dir, r.out)
}

type evalCommand struct {
	FAQ           evalFAQCommand           `cmd:"" name:"faq" help:"Ask labelled questions and print how well they are answered."`
	Fit           evalFitCommand           `cmd:"" help:"Learn the weights of the answers from labelled questions, and print them."`
	Labels        evalLabelsCommand        `cmd:"" help:"Print the questions editors have confirmed, as JSON lines for eval faq; masked, but names may be left in them."`
	Replay        evalReplayCommand        `cmd:"" help:"Decide past questions with other settings and print what would change; in memory, never on people."`
	Route         evalRouteCommand         `cmd:"" help:"Learn units from past letters and print how well they are suggested for others."`
	Duplicates    evalDuplicatesCommand    `cmd:"" help:"Print how well pairs of texts with one meaning are found."`
	Signals       evalSignalsCommand       `cmd:"" help:"Watch a stream of letters for surges and print which topics are found, how soon, and how many alarms are false."`
	FitDuplicates evalFitDuplicatesCommand `cmd:"" help:"Fit the model of pairs with one meaning and write its file."`
}

type evalFitCommand struct {
	Plan   string `arg:"" help:"YAML: price of a wrong answer, and corpora with name, entries, queries and oos (see faq/golden/fit.yaml)." type:"existingfile"`
	Ablate bool   `help:"Print what each group of features adds instead."`
}

func (c evalFitCommand) Run(r *run) error {
	if c.Ablate {
		return app.Ablate(r.ctx, c.Plan, r.out)
	}
	return app.Fit(r.ctx, c.Plan, r.out)
}

type evalRouteCommand struct {
	History string `help:"JSON lines {text, title?, label}: letters and the units that answered them." type:"existingfile" xor:"history" required:""`
	Own     bool   `help:"Take the desk's own released tickets: the newest fifth is asked for." xor:"history" required:""`
	Letters string `help:"JSON lines {text, title?, label}: the letters to ask for; needed with --history." type:"existingfile"`
	JSON    bool   `help:"Print JSON."`
}

func (c evalRouteCommand) Run(r *run) error {
	switch {
	case c.Own:
		return app.EvalOwnRoute(r.ctx, r.config, r.environ, c.JSON, r.out)
	case c.Letters == "":
		return errors.New("--history needs --letters")
	default:
		return app.EvalRoute(r.ctx, c.History, c.Letters, c.JSON, r.out)
	}
}

type evalDuplicatesCommand struct {
	Pairs string `help:"JSON lines {a, b, label}; label 1: both mean the same." type:"existingfile" required:""`
	JSON  bool   `help:"Print JSON."`
}

func (c evalDuplicatesCommand) Run(r *run) error { return app.EvalDuplicates(c.Pairs, c.JSON, r.out) }

type evalSignalsCommand struct {
	Stream string `help:"JSON lines of letters in the order they came." required:"" type:"existingfile"`
	Topics string `help:"JSON lines of topics and their letters." required:"" type:"existingfile"`
	JSON   bool   `help:"Print JSON." name:"json"`
}

// Run is the command.
func (c evalSignalsCommand) Run(r *run) error {
	return app.EvalSignals(c.Stream, c.Topics, c.JSON, r.out)
}

type evalFitDuplicatesCommand struct {
	Pairs string `help:"JSON lines {a, b, label}; label 1: both mean the same." type:"existingfile" required:""`
	Out   string `help:"File to write." default:"internal/desk/signal/model.yaml"`
}

func (c evalFitDuplicatesCommand) Run(r *run) error {
	return app.FitDuplicates(c.Pairs, c.Out, r.out)
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
	Engine  string   `help:"Search engine." enum:"embedded,meilisearch" default:"embedded"`
	JSON    bool     `help:"Print JSON."`

	Settings        string  `help:"YAML file of another model, as eval fit prints it." type:"existingfile"`
	EmbeddingsURL   address `help:"OpenAI-compatible base of a model of meanings, e.g. http://127.0.0.1:8000/v1; needs --settings with weights learnt with that model."`
	EmbeddingsModel string  `help:"Its name."`
}

func (c evalFAQCommand) Run(r *run) error {
	files := app.EvalFAQFiles{Entries: c.Entries, Queries: c.Queries, OOS: c.OOS}
	return app.EvalFAQ(r.ctx, files, app.EvalSettings{
		Engine: c.Engine, File: r.config, Environ: r.environ, JSON: c.JSON,
		Model: c.Settings, Embeddings: app.Embeddings{URL: string(c.EmbeddingsURL), Model: c.EmbeddingsModel},
	}, r.out)
}

// address is a URL that is safe to be seen: it holds no password.
type address string

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.User != nil || u.RawQuery != "" {
		return errors.New("an address without user, password and query") // the cause would repeat them
	}
	*a = address(text)
	return nil
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
	Role  []string `help:"Role, may repeat." enum:"admin,security,taskforce,head,handler,leader,editor,auditor" required:""`
}

func (c userAddCommand) Run(r *run) error {
	return app.AddUser(r.ctx, r.config, r.environ, app.NewUser{Login: c.Login, Name: c.Name, Unit: c.Unit, Roles: c.Role}, r.out)
}

type userResetCommand struct {
	Login  string `arg:""`
	Factor bool   `help:"Take its second factor away, too."`
}

func (c userResetCommand) Run(r *run) error {
	return app.ResetUser(r.ctx, r.config, r.environ, c.Login, c.Factor, r.out)
}

type userListCommand struct{}

func (userListCommand) Run(r *run) error { return app.ListUsers(r.ctx, r.config, r.environ, r.out) }
