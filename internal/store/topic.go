package store

import (
	"context"
	"slices"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
)

// What letters of a topic have to fulfil: o is the opening of one, u its row, and
// l a link to it.
const (
	takesPart = `o.move = 'open' AND o.at >= $1 AND o.at < $2 AND o.kind <> 'report' AND (o.kind <> '' OR u.kind <> 'report')`
	linked    = `l.probability >= $3 AND l.at <= $4`
)

// sameMatter are links between letters of a time. The index of counted events
// finds those of the time.
const sameMatter = `SELECT l.from_id AS a, l.to_id AS b FROM event AS e JOIN ticket AS t ON t.id = e.ticket_id JOIN ticket_link AS l ON l.from_id = e.ticket_id
	JOIN event AS o ON o.ticket_id = l.to_id JOIN ticket AS u ON u.id = o.ticket_id
	WHERE ` + counted + ` AND e.move = 'open' AND e.at >= $1 AND e.at < $2 AND e.kind <> 'report' AND (e.kind <> '' OR t.kind <> 'report') AND ` + takesPart + ` AND ` + linked

// joined are the letters that links join with one, from either end.
const joined = `WITH RECURSIVE topic (id) AS (SELECT o.ticket_id FROM event AS o JOIN ticket AS u ON u.id = o.ticket_id WHERE o.ticket_id = $5 AND ` + takesPart + `
	UNION SELECT o.ticket_id FROM topic JOIN ticket_link AS l ON l.from_id = topic.id OR l.to_id = topic.id
	JOIN event AS o ON o.ticket_id = CASE WHEN l.from_id = topic.id THEN l.to_id ELSE l.from_id END JOIN ticket AS u ON u.id = o.ticket_id
	WHERE ` + takesPart + ` AND ` + linked + `) SELECT id FROM topic`

type pairRow struct{ A, B string }

// TopicPairs implements [desk.TopicReader].
func (v view) TopicPairs(ctx context.Context, s desk.TopicScope, least float64) ([]report.Pair, error) {
	rows, err := query[pairRow](ctx, v, sameMatter, at(s.From), at(s.Until), least, at(s.Known))
	if err != nil {
		return nil, failure("read topics", err)
	}
	found := make([]report.Pair, len(rows))
	for i, r := range rows {
		found[i] = report.Pair(r)
	}
	return found, nil
}

// TopicTickets implements [desk.TopicReader].
func (v view) TopicTickets(ctx context.Context, id string, s desk.TopicScope, least float64) ([]string, error) {
	rows, err := query[struct{ ID string }](ctx, v, joined, at(s.From), at(s.Until), least, at(s.Known), id)
	if err != nil {
		return nil, failure("read a topic", err)
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	slices.Sort(ids) // in an order that no collation decides
	return ids, nil
}
