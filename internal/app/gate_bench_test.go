package app

import (
	"fmt"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// BenchmarkGate measures a library of 5,000 entries and the same with one more,
// as before a release: analysed, indexed, and asked every golden question.
func BenchmarkGate(b *testing.B) {
	known, err := loadContent("")
	if err != nil {
		b.Fatal(err)
	}
	golden, err := loadGolden("")
	if err != nil {
		b.Fatal(err)
	}
	entries := known.library.Entries()
	shipped := len(entries)
	for i := 0; len(entries) < 5000; i++ {
		e, place := entries[i%shipped], fmt.Sprintf("第%d街道办事处", i)
		e.ID, e.Question, e.Variants = fmt.Sprintf("%s-%d", e.ID, i), place+e.Question, append([]string{}, e.Variants...)
		for n := range e.Variants {
			e.Variants[n] = place + e.Variants[n]
		}
		entries = append(entries, e)
	}
	try := func(entries []knowledge.Entry) knowledge.Trial {
		lib, err := knowledge.NewLibrary(entries, known.library.Documents())
		if err != nil {
			b.Fatal(err)
		}
		index := search.NewEmbedded()
		if err := index.Replace(b.Context(), lib.Entries()); err != nil {
			b.Fatal(err)
		}
		d := desk.New(desk.Parts{Library: lib, Matcher: knowledge.NewMatcher(index), Lines: known.lines, Topics: known.topics, Now: time.Now})
		t, err := golden.Try(b.Context(), d.Measured, time.Now)
		if err != nil {
			b.Fatal(err)
		}
		return t
	}
	for b.Loop() {
		before, after := try(entries[1:]), try(entries)
		b.ReportMetric(float64(len(golden.Changes(&before, &after))), "changes")
	}
	b.ReportMetric(float64(len(golden.Queries)+len(golden.Outside)), "questions")
}
