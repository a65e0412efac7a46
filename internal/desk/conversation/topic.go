package conversation

import (
	"strings"
	"unicode/utf8"

	"jiesu/internal/desk/knowledge"
)

// Topic is something other authorities answer for: words that tell it, and the
// fixed line that says whom to ask.
type Topic struct {
	Line  string   `yaml:"line"`
	Words []string `yaml:"words"`
}

// Topics finds out whose business a question is that is not ours.
type Topics struct {
	fold  *knowledge.Normaliser
	words []topicWord
}

type topicWord struct{ word, line string }

// NewTopics prepares topics for finding.
func NewTopics(topics []Topic) *Topics {
	t := &Topics{fold: knowledge.NewNormaliser()}
	for _, topic := range topics {
		for _, w := range topic.Words {
			t.words = append(t.words, topicWord{t.fold.Text(w), topic.Line})
		}
	}
	return t
}

// Find returns the line of the longest word that text holds, the first of two
// as long, and the word itself.
func (t *Topics) Find(text string) (line, word string) {
	normal, longest := t.fold.Text(text), 0
	for _, w := range t.words {
		if n := utf8.RuneCountInString(w.word); n > longest && strings.Contains(normal, w.word) {
			line, word, longest = w.line, w.word, n
		}
	}
	return line, word
}
