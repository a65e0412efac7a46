package knowledge

import "strings"

// Plain is text as it is compared for being the same question: in the one form
// of the analyser, without blanks.
func (l *Library) Plain(text string) string {
	return strings.ReplaceAll(l.analyzer.Normalise(text), " ", "")
}
