// Command jiesu is the desk: one binary with everything in it. It owns flags
// and exit codes only.
//
// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a date lies in a year that has
// no notice of public holidays, or the audit trail or a closed month is not whole.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"jiesu/internal/app"
)

// Exit codes.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitNoNotice = 3
	exitBroken   = 3
)

type commands struct {
	Config string `help:"YAML file with settings; every key is also an environment variable JIESU_…" type:"existingfile"`

	Serve     serveCommand     `cmd:"" help:"Serve the desk."`
	Ready     readyCommand     `cmd:"" help:"Ask the desk that serves here whether it can answer."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to this version's schema, or move it to PostgreSQL."`
	Keys      keysCommand      `cmd:"" help:"Work with the keys letters are sealed with."`
	Backup    backupCommand    `cmd:"" help:"Write the database to a new file while the desk serves; PostgreSQL with pg_dump. It holds no keys."`
	Restore   restoreCommand   `cmd:"" help:"Put what backup wrote into an installation that holds nothing yet."`
	FAQ       faqCommand       `cmd:"" name:"faq" help:"Work with the policy library."`
	Search    searchCommand    `cmd:"" help:"Manage the keys of Meilisearch; JIESU_MEILISEARCH_KEY must hold its master key."`
	Eval      evalCommand      `cmd:"" help:"Measure answers."`
	Calendar  calendarCommand  `cmd:"" help:"Count working and natural days."`
	Import    importCommand    `cmd:"" help:"Take letters of a mailbox that others run from a file."`
	Catalogue catalogueCommand `cmd:"" help:"Work with the responsibility catalogue."`
	Score     scoreCommand     `cmd:"" help:"Close months for scores, and show them."`
	Audit     auditCommand     `cmd:"" help:"Check and export the audit trail."`
	User      userCommand      `cmd:"" help:"Manage staff accounts."`
	Demo      demoCommand      `cmd:"" help:"Make up tickets for training and screenshots."`
	Doctor    doctorCommand    `cmd:"" help:"Show the settings in force and check the installation."`
}

// run is what commands need from outside.
type run struct {
	ctx     context.Context //nolint:containedctx // kong binds values, not arguments
	out     io.Writer
	errs    io.Writer
	environ []string
	config  string
	now     func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Main(ctx, os.Args[1:], os.Environ(), time.Now, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Main runs one command at the time now tells and returns its exit code.
func Main(ctx context.Context, args, environ []string, now func() time.Time, out, errs io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("jiesu"), kong.Description("接诉 — every message gets a reviewed answer, or a ticket with a unit and a date."),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		_, _ = fmt.Fprintln(errs, err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	switch {
	case exit == 0: // --help
		return 0
	case err != nil:
		_, _ = fmt.Fprintln(errs, "jiesu:", err)
		return exitUsage
	}
	err = parsed.Run(&run{ctx: ctx, out: out, errs: errs, environ: environ, config: c.Config, now: now})
	switch {
	case err == nil:
		return 0
	case errors.Is(err, app.ErrNoNotice):
		_, _ = fmt.Fprintln(errs, "jiesu:", err)
		return exitNoNotice
	case errors.Is(err, app.ErrAuditBroken), errors.Is(err, app.ErrScoresDiffer):
		_, _ = fmt.Fprintln(errs, "jiesu:", err)
		return exitBroken
	default:
		_, _ = fmt.Fprintln(errs, "jiesu:", err)
		return exitFailed
	}
}
