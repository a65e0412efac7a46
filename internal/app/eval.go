package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

// EvalFAQFiles names the files of an evaluation, each JSON lines.
type EvalFAQFiles struct {
	Entries string   // empty: the shipped library
	Queries []string //
	OOS     string   // may be empty
}

// EvalSettings say how an evaluation is run and shown.
type EvalSettings struct {
	Engine     string // embedded or meilisearch
	File       string // of the settings, for the address of Meilisearch
	Environ    []string
	JSON       bool
	Model      string     // file of the model to judge by; empty: the shipped one
	Embeddings Embeddings // may be empty
}

type entryRow struct {
	ID       string   `json:"id"`
	Question string   `json:"question"`
	Variants []string `json:"variants"`
	Answer   string   `json:"answer"`
	Category string   `json:"category"`
}

type queryRow struct {
	QID      string   `json:"qid"`
	Query    string   `json:"query"`
	EntryIDs []string `json:"entry_ids"`
}

type outsideRow struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// EvalFAQ asks the questions of the files and prints how well they were
// answered, as a table or as JSON.
func EvalFAQ(ctx context.Context, files EvalFAQFiles, how EvalSettings, out io.Writer) error {
	var c config.Config
	if how.Engine == "meilisearch" {
		var err error
		if c, err = config.Load(how.File, how.Environ); err != nil {
			return err
		}
	}
	report, err := evaluateFAQ(ctx, files, how, c)
	if err != nil {
		return err
	}
	if how.JSON {
		return json.NewEncoder(out).Encode(report)
	}
	return report.Table(out)
}

func evaluateFAQ(ctx context.Context, files EvalFAQFiles, how EvalSettings, c config.Config) (knowledge.Report, error) {
	known, err := contentOf(files)
	if err != nil {
		return knowledge.Report{}, err
	}
	if known.library, err = judged(known.library, how.Model); err != nil {
		return knowledge.Report{}, err
	}
	meaning, done, err := meaningOf(ctx, how.Embeddings, known.library)
	if err != nil {
		return knowledge.Report{}, err
	}
	defer done()
	if meant := known.library.Model().Meant(); meaning != nil && meant != how.Embeddings.Model {
		return knowledge.Report{}, fmt.Errorf("embeddings: the weights for nearness in meaning belong to %q, not to %q: fit your own with jiesu eval fit", meant, how.Embeddings.Model)
	}
	queries, outside, err := questionsOf(files)
	if err != nil {
		return knowledge.Report{}, err
	}
	from := time.Now()
	index, remove, err := engineFor(ctx, how.Engine, c, known.library)
	if err != nil {
		return knowledge.Report{}, err
	}
	took := time.Since(from)
	matcher := knowledge.NewMatcher(index).Understanding(meaning)
	d := desk.New(desk.Parts{Library: known.library, Matcher: matcher, Lines: known.lines, Topics: known.topics, Now: time.Now})
	report, err := knowledge.Evaluate(ctx, d.Measured, queries, outside, time.Now)
	report.Index = knowledge.Millis(took)
	return report, errors.Join(err, remove())
}

// contentOf is the shipped content, with the entries of the files if they name
// any.
func contentOf(files EvalFAQFiles) (content, error) {
	known, err := loadContent("")
	if err == nil && files.Entries != "" {
		known.library, err = libraryOf(files.Entries)
	}
	return known, err
}

// questionsOf reads the labelled questions and what lies outside.
func questionsOf(files EvalFAQFiles) ([]knowledge.Query, []string, error) {
	var queries []knowledge.Query
	for _, name := range files.Queries {
		rows, err := readLines[queryRow](name)
		if err != nil {
			return nil, nil, err
		}
		for _, q := range rows {
			queries = append(queries, knowledge.Query{ID: q.QID, Text: q.Query, Gold: q.EntryIDs})
		}
	}
	var outside []string
	if files.OOS != "" {
		rows, err := readLines[outsideRow](files.OOS)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range rows {
			outside = append(outside, o.Text)
		}
	}
	return queries, outside, nil
}

func libraryOf(path string) (*knowledge.Library, error) {
	rows, err := readLines[entryRow](path)
	if err != nil {
		return nil, err
	}
	entries := make([]knowledge.Entry, 0, len(rows))
	for _, r := range rows {
		entries = append(entries, knowledge.Entry{
			ID: r.ID, Version: 1, Question: r.Question, Variants: r.Variants, Answer: r.Answer, Category: r.Category,
		})
	}
	return knowledge.NewLibrary(entries, nil)
}

// readLines reads a file of JSON lines.
func readLines[T any](path string) ([]T, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	var rows []T
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, len(raw)+1)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, errors.Join(fmt.Errorf("%s holds nothing", path), lines.Err())
	}
	return rows, lines.Err()
}
