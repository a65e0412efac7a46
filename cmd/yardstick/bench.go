package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// bench takes figures.
type bench struct {
	options

	dir   string
	count int // of folders
}

// value is what one round says: of ours and of the yardstick, and what else is
// worth a remark.
type value struct {
	ours, bare float64
	remark     string
}

// figure is one line of the table.
type figure struct {
	name string
	unit string
	// bound is the target: of the ratio where there is a yardstick, else of the value. 0: none.
	bound  float64
	atMost bool   // the bound is a ceiling
	alone  bool   // there is no yardstick
	once   bool   // one round is long enough
	needs  string // setting without which it is not taken
	take   func(ctx context.Context, b *bench) (value, error)
}

var errNotMeasured = errors.New("not measured")

// take measures a figure as often as it is to be, and writes its line.
func (b *bench) take(ctx context.Context, f *figure) (string, error) {
	if f.needs != "" && os.Getenv(f.needs) == "" {
		return fmt.Sprintf("| %s | | | | | not measured: %s is not set |", f.name, f.needs), nil
	}
	rounds := b.rounds
	if f.once {
		rounds = 1
	}
	var ours, bare, ratios []float64
	remark := ""
	for range rounds {
		v, err := f.take(ctx, b)
		if errors.Is(err, errNotMeasured) {
			return fmt.Sprintf("| %s | | | | | %v |", f.name, err), nil
		}
		if err != nil {
			return "", err
		}
		ours, bare, remark = append(ours, v.ours), append(bare, v.bare), v.remark
		if !f.alone {
			ratios = append(ratios, v.ours/v.bare)
		}
	}
	return f.line(ours, bare, ratios, remark), nil
}

func (f *figure) line(ours, bare, ratios []float64, remark string) string {
	sign, against, yardstick, ratio := "≥", median(ratios), "–", "–"
	if f.atMost {
		sign = "≤"
	}
	target := fmt.Sprintf("%s %g %s", sign, f.bound, f.unit)
	if f.alone {
		against = median(ours)
	} else {
		target = fmt.Sprintf("%s %g ×", sign, f.bound)
		yardstick = number(median(bare)) + " " + f.unit
		ratio = fmt.Sprintf("%.2f (%.2f–%.2f)", against, slices.Min(ratios), slices.Max(ratios))
	}
	met := against >= f.bound
	if f.atMost {
		met = against <= f.bound
	}
	verdict := "met"
	if !met {
		verdict = "**missed**"
	}
	if f.bound == 0 {
		target, verdict = "–", "–"
	}
	if remark != "" {
		verdict += "; " + remark
	}
	return fmt.Sprintf("| %s | %s %s | %s | %s | %s | %s |", f.name, number(median(ours)), f.unit, yardstick, ratio, target, verdict)
}

func number(v float64) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// folder makes an empty folder.
func (b *bench) folder() (string, error) {
	b.count++
	path := filepath.Join(b.dir, strconv.Itoa(b.count))
	return path, os.Mkdir(path, 0o700)
}

// jiesu starts the program over a folder.
func (b *bench) jiesu(ctx context.Context, data string, env ...string) (*process, error) {
	return start(ctx, "jiesu serves on ", b.program, []string{"serve"}, append([]string{
		"JIESU_LISTEN=127.0.0.1:0", "JIESU_DATA=" + data, "JIESU_RATE_LIMITS=false",
	}, env...))
}

// bare starts a bare server; args are those of serveBare.
func (b *bench) bare(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, "bare serves on ", self, append([]string{bareCommand}, args...), nil)
}

// with measures on a running process and stops it.
func with(p *process, err error, fn func(*process) error) error {
	if err != nil {
		return err
	}
	return errors.Join(fn(p), p.stop())
}

// fresh is a folder and its program, started.
func (b *bench) fresh(ctx context.Context, env ...string) (*process, error) {
	data, err := b.folder()
	if err != nil {
		return nil, err
	}
	return b.jiesu(ctx, data, env...)
}

// postgresURL is an empty schema of the server that is named.
func (b *bench) postgresURL(ctx context.Context) (string, error) {
	b.count++
	return newSchema(ctx, b.postgres, fmt.Sprintf("yardstick_%d_%d", os.Getpid(), b.count))
}
