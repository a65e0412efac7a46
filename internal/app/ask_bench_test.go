package app

import (
	"log/slog"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

// BenchmarkAsk is one question after another to the library that comes with the
// program, gates and all: what an answer costs before anything is stored or sent.
func BenchmarkAsk(b *testing.B) {
	known, index := shippedContent(b)
	golden, err := loadGolden("")
	if err != nil {
		b.Fatal(err)
	}
	d := desk.New(desk.Parts{
		Library: known.library, Matcher: knowledge.NewMatcher(index), Lines: known.lines, Topics: known.topics,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, _, err := d.Decide(b.Context(), golden.Queries[i%len(golden.Queries)].Text); err != nil {
			b.Fatal(err)
		}
	}
}
