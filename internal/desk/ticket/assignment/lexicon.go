package assignment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lexicon finds any number of words in one pass over a text. Words are kept by
// their first character: the first byte alone says little in Chinese.
type lexicon map[rune][]string

func (l lexicon) add(word string) {
	first, _ := utf8.DecodeRuneInString(word)
	if !slices.Contains(l[first], word) {
		l[first] = append(l[first], word)
	}
}

// in returns the words that stand in text. Both are folded.
func (l lexicon) in(text string) map[string]bool {
	found := map[string]bool{}
	for i, r := range text {
		for _, word := range l[r] {
			if strings.HasPrefix(text[i:], word) {
				found[word] = true
			}
		}
	}
	return found
}

// fold makes two ways of writing the same words equal: width, case, blanks and
// quotation marks do not count.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '\uFF00' && r <= '\uFF5E' { // full-width forms of ASCII
			r -= 0xFEE0
		}
		switch r {
		case ' ', '\t', '\r', '\n', '\u00A0', '\u3000', '"', '\'', '-', '·', '“', '”', '‘', '’', '「', '」', '『', '』', '《', '》':
			return -1
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
