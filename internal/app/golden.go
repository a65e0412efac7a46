package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"jiesu/internal/desk/knowledge"
)

// loadGolden reads the questions a library is measured by before something is
// released: those of its own folder golden/, of which there may be none.
func loadGolden(dir string) (knowledge.Golden, error) {
	files := LibraryFiles(dir)
	var g knowledge.Golden
	names, err := fs.Glob(files, "golden/questions-*.jsonl")
	if err != nil {
		return g, err
	}
	for _, name := range names {
		rows, err := goldenRows[queryRow](files, name)
		if err != nil {
			return g, err
		}
		for _, q := range rows {
			g.Queries = append(g.Queries, knowledge.Query{ID: q.QID, Text: q.Query, Gold: q.EntryIDs})
		}
	}
	rows, err := goldenRows[outsideRow](files, "golden/oos.jsonl")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return g, err
	}
	for _, o := range rows {
		g.Outside = append(g.Outside, o.Text)
	}
	return g, nil
}

func goldenRows[T any](files fs.FS, name string) ([]T, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var rows []T
	for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
		var row T
		if err := d.Decode(&row); err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", name, len(rows)+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
