// Command yardstick measures jiesu against bare programs that do the same work
// without it: gin and gorilla/websocket alone, the same rows inserted by prepared
// statements, Meilisearch called directly. Both run on this machine, one after the
// other, each as a process of its own, so that what is compared is a ratio and not
// the machine. It is a tool of developers; nothing of it is in the program.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// bareCommand is the argument that makes this program a bare server.
const bareCommand = "bare"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == bareCommand {
		err = serveBare(ctx, os.Args[2:], os.Stdout)
	} else {
		err = measure(ctx, os.Args[1:], os.Stdout)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

// options are what the tool is told.
type options struct {
	program     string
	rounds      int
	only        string
	soak        time.Duration
	conns       int
	seconds     float64
	postgres    string
	meilisearch string
	redis       string
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("yardstick", flag.ContinueOnError)
	f.StringVar(&o.program, "program", "./jiesu", "the built program")
	f.IntVar(&o.rounds, "rounds", 3, "how often each figure is taken; the median counts")
	f.StringVar(&o.only, "only", "", "figures to take, by the beginning of their names, separated by semicolons; empty: all")
	f.DurationVar(&o.soak, "soak", 10*time.Minute, "how long the load of the last figure lasts")
	f.IntVar(&o.conns, "conns", 9000, "idle sockets")
	f.Float64Var(&o.seconds, "seconds", 4, "how long one measurement lasts")
	err := f.Parse(args)
	// Addresses may hold passwords: they are read from the environment.
	o.postgres, o.meilisearch, o.redis = os.Getenv("YARDSTICK_DATABASE_URL"), os.Getenv("YARDSTICK_MEILISEARCH_URL"), os.Getenv("YARDSTICK_REDIS_URL")
	return o, err
}

func (o *options) wanted(name string) bool {
	if o.only == "" {
		return true
	}
	for prefix := range strings.SplitSeq(o.only, ";") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// measure takes every figure and prints the table.
func measure(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.program, err = filepath.Abs(o.program); err != nil {
		return err
	}
	if _, err := os.Stat(o.program); err != nil {
		return fmt.Errorf("build the program first (make build): %w", err)
	}
	dir, err := os.MkdirTemp("", "yardstick-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{options: o, dir: dir}
	head(ctx, out)
	for _, f := range figures() {
		if !o.wanted(f.name) {
			continue
		}
		line, err := b.take(ctx, &f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// head says what was measured, where and when.
func head(ctx context.Context, out io.Writer) {
	said := func(name string, args ...string) string {
		raw, err := exec.CommandContext(ctx, name, args...).Output() //nolint:gosec // the words below
		if err != nil {
			return "unknown"
		}
		return strings.TrimSpace(string(raw))
	}
	_, _ = fmt.Fprintf(out, "%s · %s · commit %s · load before: %s\n\n", time.Now().UTC().Format(time.DateOnly), machine(),
		said("git", "describe", "--always", "--dirty", "--abbrev=10"), strings.Join(strings.Fields(readFirst("/proc/loadavg"))[:1], ""))
	_, _ = fmt.Fprint(out, "| figure | jiesu | yardstick | ratio (lowest–highest) | target | |\n|---|--:|--:|--:|--:|---|\n")
}
