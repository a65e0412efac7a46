package store

import (
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"
)

// pairs is every two neighbouring characters of a text's words.
func pairs(text string) []string {
	var found []string
	written := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	last := ' '
	for _, r := range strings.ToLower(text) {
		if written(last) && written(r) {
			found = append(found, string([]rune{last, r}))
		}
		last = r
	}
	return found
}

// groups is a query that may be a part of a number as its groups of digits, or
// nothing.
func groups(query string) []string {
	const least = 4
	digits := strings.FieldsFunc(query, func(r rune) bool { return r == '-' || r == ' ' })
	if slices.ContainsFunc(digits, func(g string) bool { return len(g) < least || strings.Trim(g, "0123456789") != "" }) {
		return nil
	}
	return digits
}

// matching selects from a table of words the rows that have all words of any of
// some lists.
func (v view) matching(table string, either ...string) *bun.SelectQuery {
	q := v.bun.NewSelect().TableExpr(table)
	if !v.postgres {
		for i, all := range either {
			either[i] = `("` + strings.ReplaceAll(all, " ", `" AND "`) + `")` // letters and digits alone
		}
		return q.Where("? MATCH ?", bun.Ident(table), strings.Join(either, " OR "))
	}
	for _, all := range either {
		q = q.WhereOr("string_to_array(words, ' ') @> string_to_array(?, ' ')", all)
	}
	return q
}
