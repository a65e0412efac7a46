package assignment

import "strings"

// CategoryOf suggests what a letter may be filed under, from its words; empty where
// they say nothing of the kind. Where a rule is about several categories, the one
// whose name stands in the text is meant.
func (r *Router) CategoryOf(q Request) string {
	q.Category = ""
	m, ok := r.best(q)
	if !ok || len(m.words) == 0 {
		return ""
	}
	if len(m.rule.Categories) == 1 {
		return m.rule.Categories[0]
	}
	text := fold(q.Title + "\x00" + q.Text)
	for _, c := range m.rule.Categories {
		if strings.Contains(text, fold(r.names[c])) {
			return c
		}
	}
	return ""
}
