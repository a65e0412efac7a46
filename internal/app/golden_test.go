package app

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"jiesu/internal/config"
)

var update = flag.Bool("update", false, "rewrite faq/golden/figures.txt")

// TestGoldenFigures keeps the quality of the answers in the review: whoever
// changes an entry, the lexicon or the model sees in the diff of one file what
// it does to the golden questions. `make golden` rewrites it.
func TestGoldenFigures(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("..", "..", "faq", "golden")
	queries, err := filepath.Glob(filepath.Join(golden, "questions-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := evaluateFAQ(t.Context(), EvalFAQFiles{Queries: queries, OOS: filepath.Join(golden, "oos.jsonl")}, EvalSettings{Engine: "embedded"}, config.Default())
	if err != nil {
		t.Fatal(err)
	}
	report.P50, report.P99, report.Index = 0, 0, 0 // speed lives in benchmarks
	var got bytes.Buffer
	if err := report.Table(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(golden, "figures.txt")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the answers changed; run `make golden` and review the diff\ngot:\n%s\nwant:\n%s", &got, want)
	}
}
