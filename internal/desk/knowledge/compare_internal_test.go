package knowledge

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAQuestionBesideTheLibrary: what is gathered from postings is what comparing
// pair by pair gives, for each question and for each entry as a whole, also when the
// same memory is used again.
func TestAQuestionBesideTheLibrary(t *testing.T) {
	t.Parallel()
	words := []string{"身份证", "丢了", "怎么", "补办", "户口", "迁移", "护照", "过期", "多少钱", "材料", "abc", "12", " ", "的", "孩子"}
	text := func(r *rand.Rand) string {
		var s strings.Builder
		for range 1 + r.IntN(12) {
			s.WriteString(words[r.IntN(len(words))])
		}
		return s.String()
	}
	r := rand.New(rand.NewPCG(1, 2))
	var entries []Entry
	for i := range 30 {
		e := Entry{ID: string(rune('a' + i)), Question: text(r), Answer: text(r) + text(r), Keywords: []string{text(r)}}
		for range r.IntN(4) {
			e.Variants = append(e.Variants, text(r))
		}
		entries = append(entries, e)
	}
	l, err := NewLibrary(entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		q := l.asked(l.analyzer.Analyse(text(r)))
		beside := l.beside(&q)
		for n := range l.questions {
			k := &l.questions[n]
			for s := range Concept {
				if got, want := beside.questions[n][s], l.shared(q.known[s], k.terms[s]); got != want {
					t.Fatalf("question %d shares %v of sort %d, want %v", n, got, s, want)
				}
			}
			if got, want := beside.subsequence(k), longestCommon(l, q.symbols, k.symbols); got != want {
				t.Fatalf("question %d has %d symbols in order, want %d", n, got, want)
			}
		}
		for i := range l.entries {
			questions := l.questions[l.first[i]:l.first[i+1]]
			if got, want := beside.wholes[i][Char], l.shared(q.known[Char], union(questions, Char)); got != want {
				t.Fatalf("entry %d shares %v of its characters, want %v", i, got, want)
			}
			answer := unique(l.telling(l.entries[i].Answer))
			if got, want := beside.answers[i][Pair], l.shared(q.known[Pair], answer); got != want {
				t.Fatalf("the answer of %d shares %v, want %v", i, got, want)
			}
		}
		beside.end()
	}
}

// longestCommon is the textbook's longest common subsequence of what is compared.
func longestCommon(l *Library, asked []symbol, known []uint32) int {
	var numbers []uint32
	for _, s := range asked[:min(len(asked), compared)] {
		numbers = append(numbers, l.symbols[s])
	}
	row := make([]int, len(known)+1)
	for _, a := range numbers {
		before := slices.Clone(row)
		for j, b := range known {
			if a == b && a != unknown {
				row[j+1] = before[j] + 1
			} else {
				row[j+1] = max(row[j], before[j+1])
			}
		}
	}
	return row[len(known)]
}
