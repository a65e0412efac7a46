package store

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"

	"jiesu/internal/desk/ticket"
)

// fewFound is up to how many tickets with some words are looked at one by one.
// More common words are soon met in the order of the list.
const fewFound = 3000

// saveWords keeps what a ticket is found by. A report is found by nothing but its
// number.
func (t *tx) saveWords(ctx context.Context, k *ticket.Ticket) error {
	if k.Restricted() {
		return nil
	}
	words := append(pairs(clean(k.Title)), strings.Split(clean(k.Number), "-")...)
	_, err := t.exec(ctx, "INSERT INTO ticket_words (ticket, words) VALUES ($1, $2)", clean(k.ID), strings.Join(words, " "))
	return failure("save words", err)
}

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

// worded selects the tickets that may have a query in their title or number; nil
// where the query has too little to look for.
func (v view) worded(query string) *bun.SelectQuery {
	var either []string
	for _, all := range [][]string{pairs(query), groups(query)} {
		if len(all) > 0 {
			either = append(either, strings.Join(all, " "))
		}
	}
	if len(either) == 0 {
		return nil
	}
	return v.matching("ticket_words", either...)
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

// few reports whether a selection finds so few tickets that they are best looked
// at one by one.
func (v view) few(ctx context.Context, q *bun.SelectQuery) (bool, error) {
	some := q.Clone().ColumnExpr("1").Limit(fewFound + 1)
	n, err := v.bun.NewSelect().Conn(v.built()).TableExpr("(?) AS found", some).Count(ctx)
	return n <= fewFound, failure("look for words", err)
}
