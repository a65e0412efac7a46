package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/seal"
	"jiesu/internal/search"
)

// FitPlan names what a model is learnt from. Paths are relative to the plan.
type FitPlan struct {
	Price      float64      `yaml:"price"` // of a wrong answer, where a right one is worth 1
	Corpora    []corpusPlan `yaml:"corpora"`
	Embeddings Embeddings   `yaml:"embeddings"` // if named, a second set of weights is learnt for questions whose nearness in meaning is known
}

type corpusPlan struct {
	Name    string   `yaml:"name"`
	Entries string   `yaml:"entries"` // empty: the shipped library
	Queries []string `yaml:"queries"`
	OOS     string   `yaml:"oos"`
}

// files are the paths of c, relative ones from the plan's folder.
func (c *corpusPlan) files(dir string) EvalFAQFiles {
	near := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(dir, name)
	}
	files := EvalFAQFiles{Entries: near(c.Entries), OOS: near(c.OOS)}
	for _, q := range c.Queries {
		files.Queries = append(files.Queries, near(q))
	}
	return files
}

// Fit learns a model from the labelled questions a plan names, and writes it to
// out.
func Fit(ctx context.Context, path string, out io.Writer) error {
	plan, corpora, done, err := fitPlan(ctx, path)
	if err != nil {
		return err
	}
	defer done()
	m, err := knowledge.Fit(ctx, corpora, knowledge.Fitting{Price: plan.Price, At: time.Now(), Embeddings: plan.Embeddings.Model})
	if err != nil {
		return err
	}
	raw, err := m.YAML()
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
}

// Ablate prints what each group of features adds: the figures of held-out
// questions without it.
func Ablate(ctx context.Context, path string, out io.Writer) error {
	plan, corpora, done, err := fitPlan(ctx, path)
	if err != nil {
		return err
	}
	defer done()
	rows, err := knowledge.Ablate(ctx, corpora, knowledge.Fitting{Price: plan.Price, At: time.Now(), Embeddings: plan.Embeddings.Model})
	if err != nil {
		return err
	}
	return knowledge.AblationTable(out, rows)
}

// fitPlan loads what a plan names. done closes what the corpora ask.
func fitPlan(ctx context.Context, path string) (plan FitPlan, corpora []knowledge.Corpus, done func(), err error) {
	if plan, err = readPlan(path); err != nil {
		return plan, nil, nil, err
	}
	var open []func()
	done = func() {
		for _, f := range open {
			f()
		}
	}
	for _, c := range plan.Corpora {
		corpus, err := corpusOf(ctx, c.Name, c.files(filepath.Dir(path)))
		if err == nil {
			var shut func()
			if corpus.Meaning, shut, err = meaningOf(ctx, plan.Embeddings, corpus.Library); err == nil {
				open = append(open, shut)
			}
		}
		if err != nil {
			done()
			return plan, nil, nil, err
		}
		corpora = append(corpora, corpus)
	}
	return plan, corpora, done, nil
}

func readPlan(path string) (FitPlan, error) {
	plan := FitPlan{Price: 1}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return plan, err
	}
	if err := yaml.UnmarshalWithOptions(raw, &plan, yaml.Strict()); err != nil {
		return plan, fmt.Errorf("%s: %w", path, err)
	}
	if plan.Price <= 0 || len(plan.Corpora) == 0 {
		return plan, fmt.Errorf("%s: a plan has a price above 0 and at least one corpus", path)
	}
	return plan, nil
}

// corpusOf loads a library with its questions. Those a gate decides never reach
// the library, so nothing is learnt from them.
func corpusOf(ctx context.Context, name string, files EvalFAQFiles) (knowledge.Corpus, error) {
	known, err := contentOf(files)
	if err != nil {
		return knowledge.Corpus{}, err
	}
	queries, outside, err := questionsOf(files)
	if err != nil {
		return knowledge.Corpus{}, err
	}
	c := knowledge.Corpus{Name: name, Library: known.library, Index: search.NewEmbedded()}
	for _, q := range queries {
		if q.Text = seal.Mask(q.Text); !gated(q.Text) {
			c.Queries = append(c.Queries, q)
		}
	}
	for _, text := range outside {
		if text = seal.Mask(text); !gated(text) {
			c.Outside = append(c.Outside, text)
		}
	}
	return c, c.Index.Replace(ctx, known.library.Entries())
}

func gated(text string) bool {
	_, ok := conversation.Gate(text)
	return ok
}
