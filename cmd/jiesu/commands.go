package main

import (
	"fmt"

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
	Up   *migrateUpCommand   `arg:"subcommand:up" help:"Bring the database to this version's schema."`
	Copy *migrateCopyCommand `arg:"subcommand:copy" help:"Move what the SQLite file in the data folder holds into the empty PostgreSQL database of JIESU_DATABASE_URL, and compare both."`
}

// Run is up: what an installation needs after every update.
func (migrateCommand) Run(r *run) error { return migrateUpCommand{}.Run(r) }

type migrateUpCommand struct{}

func (migrateUpCommand) Run(r *run) error { return app.Migrate(r.ctx, r.config, r.environ, r.out) }

type migrateCopyCommand struct{}

func (migrateCopyCommand) Run(r *run) error {
	return app.CopyDatabase(r.ctx, r.config, r.environ, r.out)
}

type doctorCommand struct{}

func (doctorCommand) Run(r *run) error { return app.Doctor(r.ctx, r.config, r.environ, r.out) }

type faqCommand struct {
	Check   *faqCheckCommand   `arg:"subcommand:check" help:"Validate a policy library and print what is wrong with it."`
	Reindex *faqReindexCommand `arg:"subcommand:reindex" help:"Build the Meilisearch index anew beside the one in use and swap them."`
	Export  *faqExportCommand  `arg:"subcommand:export" help:"Write the library in use: the files, and what was published, stopped and repealed since."`
	Import  *faqImportCommand  `arg:"subcommand:import" help:"Print what would become of files with entries, or make drafts of what is new and changed: all or none."`
}

type faqReindexCommand struct{}

func (faqReindexCommand) Run(r *run) error { return app.Reindex(r.ctx, r.config, r.environ, r.out) }

type faqCheckCommand struct {
	Dir      existingFolder `arg:"positional" help:"Folder of the library; the shipped one by default."`
	Overlaps bool           `arg:"--overlaps" help:"Also print the entries that ways to ask others lead to; takes some seconds."`
}

func (c faqCheckCommand) Run(r *run) error {
	dir := string(c.Dir)
	lib, err := faq.Load(app.LibraryFiles(dir))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "%d entries, %d documents, %d fixed lines, %d hotlines: all well\n",
		len(lib.Entries), len(lib.Documents), len(lib.Lines), len(lib.Hotlines))
	if err != nil || !c.Overlaps {
		return err
	}
	return app.Overlaps(r.ctx, dir, r.out)
}

type evalCommand struct {
	FAQ           *evalFAQCommand           `arg:"subcommand:faq" help:"Ask labelled questions and print how well they are answered."`
	Fit           *evalFitCommand           `arg:"subcommand:fit" help:"Learn the weights of the answers from labelled questions, and print them."`
	Labels        *evalLabelsCommand        `arg:"subcommand:labels" help:"Print the questions editors have confirmed, as JSON lines for eval faq; masked, but names may be left in them."`
	Replay        *evalReplayCommand        `arg:"subcommand:replay" help:"Decide past questions with other settings and print what would change; in memory, never on people."`
	Route         *evalRouteCommand         `arg:"subcommand:route" help:"Learn units from past letters and print how well they are suggested for others."`
	Duplicates    *evalDuplicatesCommand    `arg:"subcommand:duplicates" help:"Print how well pairs of texts with one meaning are found."`
	Signals       *evalSignalsCommand       `arg:"subcommand:signals" help:"Watch a stream of letters for surges and print which topics are found, how soon, and how many alarms are false."`
	FitDuplicates *evalFitDuplicatesCommand `arg:"subcommand:fit-duplicates" help:"Fit the model of pairs with one meaning and write its file."`
}

type evalFitCommand struct {
	Plan   existingFile `arg:"positional,required" help:"YAML: price of a wrong answer, and corpora with name, entries, queries and oos (see faq/golden/fit.yaml)."`
	Ablate bool         `arg:"--ablate" help:"Print what each group of features adds instead."`
}

func (c evalFitCommand) Run(r *run) error {
	if c.Ablate {
		return app.Ablate(r.ctx, string(c.Plan), r.out)
	}
	return app.Fit(r.ctx, string(c.Plan), r.out)
}

type evalRouteCommand struct {
	History existingFile `arg:"--history" help:"JSON lines {text, title?, label}: letters and the units that answered them."`
	Own     bool         `arg:"--own" help:"Take the desk's own released tickets: the newest fifth is asked for."`
	Letters existingFile `arg:"--letters" help:"JSON lines {text, title?, label}: the letters to ask for; needed with --history."`
	JSON    bool         `arg:"--json" help:"Print JSON."`
}

func (c evalRouteCommand) Run(r *run) error {
	switch {
	case c.Own == (c.History != ""):
		return usageError("either --history or --own says what to learn from")
	case c.Own:
		return app.EvalOwnRoute(r.ctx, r.config, r.environ, c.JSON, r.out)
	case c.Letters == "":
		return usageError("--history needs --letters")
	default:
		return app.EvalRoute(r.ctx, string(c.History), string(c.Letters), c.JSON, r.out)
	}
}

type evalDuplicatesCommand struct {
	Pairs existingFile `arg:"--pairs,required" help:"JSON lines {a, b, label}; label 1: both mean the same."`
	JSON  bool         `arg:"--json" help:"Print JSON."`
}

func (c evalDuplicatesCommand) Run(r *run) error {
	return app.EvalDuplicates(string(c.Pairs), c.JSON, r.out)
}

type evalSignalsCommand struct {
	Stream existingFile `arg:"--stream,required" help:"JSON lines of letters in the order they came."`
	Topics existingFile `arg:"--topics,required" help:"JSON lines of topics and their letters."`
	JSON   bool         `arg:"--json" help:"Print JSON."`
}

// Run is the command.
func (c evalSignalsCommand) Run(r *run) error {
	return app.EvalSignals(string(c.Stream), string(c.Topics), c.JSON, r.out)
}

type evalFitDuplicatesCommand struct {
	Pairs existingFile `arg:"--pairs,required" help:"JSON lines {a, b, label}; label 1: both mean the same."`
	Out   string       `arg:"--out" default:"internal/desk/signal/model.yaml" help:"File to write."`
}

func (c evalFitDuplicatesCommand) Run(r *run) error {
	return app.FitDuplicates(string(c.Pairs), c.Out, r.out)
}

type evalLabelsCommand struct {
	None bool `arg:"--none" help:"Those that nothing of the library answers, for --oos."`
}

func (c evalLabelsCommand) Run(r *run) error {
	return app.EvalLabels(r.ctx, r.config, r.environ, c.None, r.out)
}

type evalReplayCommand struct {
	Settings existingFile `arg:"--settings,required" help:"YAML file of the other model, in the shape of internal/desk/knowledge/data/model.yaml."`
	Since    string       `arg:"--since" help:"Only questions since this date, YYYY-MM-DD."`
	Show     bool         `arg:"--show" help:"Print the changed questions, personal data masked; names may be left in them."`
}

func (c evalReplayCommand) Run(r *run) error {
	return app.EvalReplay(r.ctx, r.config, r.environ, app.Replay{Settings: string(c.Settings), Since: c.Since, Show: c.Show}, r.out)
}

type evalFAQCommand struct {
	Entries existingFile   `arg:"--entries" help:"JSON lines {id, question, variants?, answer?, category?}; the shipped library by default."`
	Queries []existingFile `arg:"--queries,required,separate" help:"JSON lines {qid, query, entry_ids}; may repeat."`
	OOS     existingFile   `arg:"--oos" help:"JSON lines {id, text} that nothing answers."`
	Engine  engine         `arg:"--engine" default:"embedded" help:"Search engine: embedded, meilisearch."`
	JSON    bool           `arg:"--json" help:"Print JSON."`

	Settings        existingFile `arg:"--settings" help:"YAML file of another model, as eval fit prints it."`
	EmbeddingsURL   address      `arg:"--embeddings-url" help:"OpenAI-compatible base of a model of meanings, e.g. http://127.0.0.1:8000/v1; needs --settings with weights learnt with that model."`
	EmbeddingsModel string       `arg:"--embeddings-model" help:"Its name."`
}

func (c evalFAQCommand) Run(r *run) error {
	files := app.EvalFAQFiles{Entries: string(c.Entries), Queries: texts(c.Queries), OOS: string(c.OOS)}
	return app.EvalFAQ(r.ctx, files, app.EvalSettings{
		Engine: string(c.Engine), File: r.config, Environ: r.environ, JSON: c.JSON,
		Model: string(c.Settings), Embeddings: app.Embeddings{URL: string(c.EmbeddingsURL), Model: c.EmbeddingsModel},
	}, r.out)
}

type userCommand struct {
	Add   *userAddCommand   `arg:"subcommand:add" help:"Add an account; its password is printed once."`
	Reset *userResetCommand `arg:"subcommand:reset" help:"Give an account a new password and end its sessions."`
	List  *userListCommand  `arg:"subcommand:list" help:"List the accounts."`
}

type userAddCommand struct {
	Login string `arg:"positional,required"`
	Name  string `arg:"--name,required" help:"Shown name."`
	Unit  string `arg:"--unit,required" help:"Unit id, e.g. traffic."`
	Role  []role `arg:"--role,required,separate" help:"Role, may repeat: admin, security, taskforce, head, handler, leader, editor, auditor."`
}

func (c userAddCommand) Run(r *run) error {
	return app.AddUser(r.ctx, r.config, r.environ, app.NewUser{Login: c.Login, Name: c.Name, Unit: c.Unit, Roles: texts(c.Role)}, r.out)
}

type userResetCommand struct {
	Login  string `arg:"positional,required"`
	Factor bool   `arg:"--factor" help:"Take its second factor away, too."`
}

func (c userResetCommand) Run(r *run) error {
	return app.ResetUser(r.ctx, r.config, r.environ, c.Login, c.Factor, r.out)
}

type userListCommand struct{}

func (userListCommand) Run(r *run) error { return app.ListUsers(r.ctx, r.config, r.environ, r.out) }
