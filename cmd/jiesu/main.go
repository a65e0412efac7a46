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
	"strings"
	"syscall"
	"time"

	"github.com/alexflint/go-arg"

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
	Config existingFile `arg:"--config" help:"YAML file with settings; every key is also an environment variable JIESU_…"`

	Serve     *serveCommand     `arg:"subcommand:serve" help:"Serve the desk."`
	Ready     *readyCommand     `arg:"subcommand:ready" help:"Ask the desk that serves here whether it can answer."`
	Migrate   *migrateCommand   `arg:"subcommand:migrate" help:"Bring the database to this version's schema, or move it to PostgreSQL."`
	Keys      *keysCommand      `arg:"subcommand:keys" help:"Work with the keys letters are sealed with."`
	Backup    *backupCommand    `arg:"subcommand:backup" help:"Write the database to a new file while the desk serves; PostgreSQL with pg_dump. It holds no keys."`
	Restore   *restoreCommand   `arg:"subcommand:restore" help:"Put what backup wrote into an installation that holds nothing yet."`
	FAQ       *faqCommand       `arg:"subcommand:faq" help:"Work with the policy library."`
	Search    *searchCommand    `arg:"subcommand:search" help:"Manage the keys of Meilisearch; JIESU_MEILISEARCH_KEY must hold its master key."`
	Eval      *evalCommand      `arg:"subcommand:eval" help:"Measure answers."`
	Calendar  *calendarCommand  `arg:"subcommand:calendar" help:"Count working and natural days."`
	Import    *importCommand    `arg:"subcommand:import" help:"Take letters of a mailbox that others run from a file."`
	Catalogue *catalogueCommand `arg:"subcommand:catalogue" help:"Work with the responsibility catalogue."`
	Score     *scoreCommand     `arg:"subcommand:score" help:"Close months for scores, and show them."`
	Audit     *auditCommand     `arg:"subcommand:audit" help:"Check and export the audit trail."`
	User      *userCommand      `arg:"subcommand:user" help:"Manage staff accounts."`
	Demo      *demoCommand      `arg:"subcommand:demo" help:"Make up tickets for training and screenshots."`
	Doctor    *doctorCommand    `arg:"subcommand:doctor" help:"Show the settings in force and check the installation."`
}

// Description is the first line of help.
func (commands) Description() string {
	return "接诉 — every message gets a reviewed answer, or a ticket with a unit and a date."
}

// command is one that was chosen, with its flags and arguments.
type command interface{ Run(r *run) error }

// usageError says what is wrong with the arguments; nothing was done.
type usageError string

func (e usageError) Error() string { return string(e) }

// run is what commands need from outside.
type run struct {
	ctx     context.Context //nolint:containedctx // lives as long as one command
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
	chosen, err := c.parse(args, out)
	if err == nil && chosen != nil {
		err = chosen.Run(&run{ctx: ctx, out: out, errs: errs, environ: environ, config: string(c.Config), now: now})
	}
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(errs, "jiesu:", err)
	switch {
	case errors.As(err, new(usageError)):
		return exitUsage
	case errors.Is(err, app.ErrNoNotice):
		return exitNoNotice
	case errors.Is(err, app.ErrAuditBroken), errors.Is(err, app.ErrScoresDiffer):
		return exitBroken
	}
	return exitFailed
}

// parse is the command that arguments choose, with what they say; nil where they asked
// for help, which is then written to out.
func (c *commands) parse(args []string, out io.Writer) (command, error) {
	parser, err := arg.NewParser(arg.Config{Program: "jiesu", IgnoreEnv: true}, c)
	if err != nil {
		return nil, err
	}
	err = parser.Parse(args)
	if errors.Is(err, arg.ErrHelp) {
		return nil, parser.WriteHelpForSubcommand(out, parser.SubcommandNames()...)
	}
	if err != nil {
		return nil, usageError(withoutValues(err.Error(), args))
	}
	chosen, ok := parser.Subcommand().(command)
	if !ok {
		asked := strings.Join(append([]string{"jiesu"}, parser.SubcommandNames()...), " ")
		return nil, usageError("which command? " + asked + " --help lists them")
	}
	return chosen, nil
}

// withoutValues is what is wrong with arguments, without what was given with a flag as
// --flag=value: it may hold a password.
func withoutValues(fault string, args []string) string {
	for _, a := range args {
		if flag, _, given := strings.Cut(a, "="); given && strings.HasPrefix(flag, "-") {
			fault = strings.ReplaceAll(fault, a, flag)
		}
	}
	return fault
}
