package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/assignment/precedent"
	"jiesu/internal/store"
)

type routeRow struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Label string `json:"label"`
}

type pairRow struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Label int    `json:"label"`
}

// RouteReport tells how well units are suggested from a history.
type RouteReport struct {
	History int              `json:"history"`
	Unseen  precedent.Report `json:"letters"`         // letters that came after the history
	Within  precedent.Report `json:"cross_validated"` // within the history
	Train   knowledge.Millis `json:"train_ms"`
	P50     knowledge.Millis `json:"latency_p50_ms"`
	P99     knowledge.Millis `json:"latency_p99_ms"`
}

// EvalRoute learns units from a history of letters and prints how well it
// suggests them for others.
func EvalRoute(ctx context.Context, history, letters string, asJSON bool, out io.Writer) error {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return err
	}
	past, err := routeExamples(analyzer, history)
	if err != nil {
		return err
	}
	unseen, err := routeExamples(analyzer, letters)
	if err != nil {
		return err
	}
	return evaluateRoute(ctx, past, unseen, asJSON, out)
}

// EvalOwnRoute does the same with the desk's own released tickets: the newest
// fifth is what is asked for.
func EvalOwnRoute(ctx context.Context, file string, environ []string, asJSON bool, out io.Writer) error {
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		router, err := assignment.LoadRouter()
		if err != nil {
			return err
		}
		d := desk.New(desk.Parts{Store: s, Router: router, Tree: router.Tree(), Now: time.Now})
		examples, err := d.Examples(ctx)
		if err != nil {
			return err
		}
		cut := len(examples) * 4 / 5
		return evaluateRoute(ctx, examples[:cut], examples[cut:], asJSON, out)
	})
}

func routeExamples(a *knowledge.Analyzer, path string) ([]precedent.Example, error) {
	rows, err := readLines[routeRow](path)
	if err != nil {
		return nil, err
	}
	out := make([]precedent.Example, len(rows))
	for i, r := range rows {
		out[i] = precedent.Example{ID: strconv.Itoa(i), Unit: r.Label, Bag: desk.ReadLetter(a, r.Title, r.Text).Bag()}
	}
	return out, nil
}

func evaluateRoute(ctx context.Context, past, unseen []precedent.Example, asJSON bool, out io.Writer) error {
	from := time.Now()
	m, err := precedent.Train(ctx, past)
	if err != nil {
		return err
	}
	if m == nil {
		return fmt.Errorf("a history of %d letters is too short: at least %d of two units are needed", len(past), precedent.Least)
	}
	r := RouteReport{History: m.Examples(), Within: m.Report(), Train: knowledge.Millis(time.Since(from))}
	outcomes := make([]precedent.Outcome, len(unseen))
	took := make([]time.Duration, len(unseen))
	for i, e := range unseen {
		from := time.Now()
		outcomes[i] = precedent.Outcome{Right: e.Unit, Units: m.Suggest(e.Bag, 3)}
		took[i] = time.Since(from)
	}
	r.Unseen = precedent.Measure(outcomes)
	if slices.Sort(took); len(took) > 0 {
		r.P50, r.P99 = knowledge.Millis(took[len(took)/2]), knowledge.Millis(took[len(took)*99/100])
	}
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.table(out)
}

func (r *RouteReport) table(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "\tletters\tcross-validated\n")
	for _, line := range []struct {
		name string
		of   func(precedent.Report) float64
	}{
		{"accuracy", func(r precedent.Report) float64 { return r.Accuracy }},
		{"macro-F1", func(r precedent.Report) float64 { return r.MacroF1 }},
		{"top-3", func(r precedent.Report) float64 { return r.Top3 }},
		{"ECE", func(r precedent.Report) float64 { return r.ECE }},
		{"bound for 97 % right", func(r precedent.Report) float64 { return r.Bound }},
		{"share at or above it", func(r precedent.Report) float64 { return r.Coverage }},
	} {
		_, _ = fmt.Fprintf(table, "%s\t%.3f\t%.3f\n", line.name, line.of(r.Unseen), line.of(r.Within))
	}
	_, _ = fmt.Fprintf(table, "count\t%d\t%d\n", r.Unseen.Letters, r.Within.Letters)
	if err := table.Flush(); err != nil {
		return err
	}
	ms := func(m knowledge.Millis) float64 { return float64(m) / float64(time.Millisecond) }
	_, err := fmt.Fprintf(out, "trained in %.0f ms; latency p50 %.2f ms, p99 %.2f ms\n", ms(r.Train), ms(r.P50), ms(r.P99))
	return err
}

// pairs reads labelled pairs of texts and what the trade's words are.
func pairs(path string) ([]signal.Labelled, *signal.Background, error) {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return nil, nil, err
	}
	rows, err := readLines[pairRow](path)
	if err != nil {
		return nil, nil, err
	}
	known, err := loadContent("")
	if err != nil {
		return nil, nil, err
	}
	out := make([]signal.Labelled, len(rows))
	for i, r := range rows {
		out[i] = signal.Labelled{A: desk.ReadText(analyzer, r.A), B: desk.ReadText(analyzer, r.B), Same: r.Label == 1}
	}
	return out, desk.ReadBackground(analyzer, known.library), nil
}

// DuplicatesReport tells how well pairs with one meaning are found.
type DuplicatesReport struct {
	signal.Figures
	// CrossValidated judges each pair by weights fitted to the others: what to
	// quote where the shipped weights were fitted to the same pairs.
	CrossValidated *signal.Figures `json:"cross_validated,omitempty"`
}

// EvalDuplicates prints how well the shipped model tells pairs that mean the
// same from those that do not.
func EvalDuplicates(path string, asJSON bool, out io.Writer) error {
	labelled, back, err := pairs(path)
	if err != nil {
		return err
	}
	m, err := signal.NewModel(back)
	if err != nil {
		return err
	}
	r := DuplicatesReport{Figures: m.Judge(labelled)}
	if _, within, err := signal.Fit(labelled, back); err == nil { // too few pairs to be fitted to are still judged
		r.CrossValidated = &within
	}
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err = fmt.Fprintf(out, "%d pairs, %d mean the same\nAUROC %.3f, best F1 %.3f (at %.2f), ECE %.3f\n", r.Pairs, r.Same, r.AUROC, r.BestF1, r.At, r.ECE)
	if err == nil && r.CrossValidated != nil {
		c := r.CrossValidated
		_, err = fmt.Fprintf(out, "refitted, cross-validated: AUROC %.3f, best F1 %.3f, ECE %.3f\n", c.AUROC, c.BestF1, c.ECE)
	}
	return err
}

// FitDuplicates fits the model to labelled pairs and writes its file.
func FitDuplicates(path, to string, out io.Writer) error {
	labelled, back, err := pairs(path)
	if err != nil {
		return err
	}
	file, f, err := signal.Fit(labelled, back)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, file, 0o644); err != nil { //nolint:gosec // weights, for everybody to read
		return err
	}
	_, err = fmt.Fprintf(out, "%s: cross-validated AUROC %.3f, best F1 %.3f, ECE %.3f over %d pairs\n", to, f.AUROC, f.BestF1, f.ECE, f.Pairs)
	return err
}
