package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/reply"
)

type libraryActRow struct {
	bun.BaseModel `bun:"table:library_act"`

	Seq        int64 `bun:",pk"`
	Kind       knowledge.ActKind
	Entry      string
	Version    int
	Document   string
	SealedBody []byte // what is published later is not public yet
}

type libraryGateRow struct {
	bun.BaseModel `bun:"table:library_gate"`

	ReviewID   string `bun:",pk"`
	Hash       string `bun:",pk"`
	Seq        int64  `bun:",pk"`
	SealedBody []byte
	At         stamp
}

// LibraryActs implements [desk.ShelfReader].
func (v view) LibraryActs(ctx context.Context, after int64) ([]knowledge.Act, error) {
	rows, err := all[libraryActRow](ctx, v, "WHERE seq > $1 ORDER BY seq", after)
	if err != nil {
		return nil, failure("read acts of the library", err)
	}
	acts := make([]knowledge.Act, len(rows))
	for i := range rows {
		if err := v.openJSON(actPlace(rows[i].Seq), rows[i].SealedBody, &acts[i]); err != nil {
			return nil, err
		}
	}
	return acts, nil
}

func actPlace(seq int64) string { return place("library.act", strconv.FormatInt(seq, 10)) }

// InsertLibraryAct implements [desk.ShelfWriter]. SQLite has one writer anyway.
func (t *tx) InsertLibraryAct(ctx context.Context, a knowledge.Act) (knowledge.Act, error) {
	if t.postgres {
		if _, err := t.exec(ctx, "LOCK TABLE library_act IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return a, failure("hold the library", err)
		}
	}
	last, err := query[struct{ Seq int64 }](ctx, t.view, "SELECT coalesce(max(seq), 0) AS seq FROM library_act")
	if err != nil {
		return a, failure("number an act of the library", t.spoil(err))
	}
	a.Seq = last[0].Seq + 1
	sealed, err := t.sealJSON(actPlace(a.Seq), a)
	if err != nil {
		return a, t.spoil(err)
	}
	_, err = insert(ctx, t, "", libraryActRow{Seq: a.Seq, Kind: a.Kind, Entry: a.Entry, Version: a.Version, Document: a.Document, SealedBody: sealed})
	return a, conflict("library.stale", "这条问答刚刚发布了同一个版本，请刷新后再操作。", err)
}

// Gated implements [desk.ShelfReader].
func (v view) Gated(ctx context.Context, reviewID, hash string) ([]desk.Gate, error) {
	rows, err := all[libraryGateRow](ctx, v, "WHERE review_id = $1 AND hash = $2 ORDER BY seq DESC", reviewID, hash)
	if err != nil {
		return nil, failure("read gates", err)
	}
	gates := make([]desk.Gate, len(rows))
	for i := range rows {
		if err := v.openJSON(place("library.gate", reviewID+"/"+hash), rows[i].SealedBody, &gates[i]); err != nil {
			return nil, err
		}
	}
	return gates, nil
}

// InsertGate implements [desk.ShelfWriter].
func (t *tx) InsertGate(ctx context.Context, g desk.Gate) error {
	sealed, err := t.sealJSON(place("library.gate", g.Review+"/"+g.Hash), g)
	if err != nil {
		return t.spoil(err)
	}
	_, err = insert(ctx, t, " ON CONFLICT (review_id, hash, seq) DO NOTHING", libraryGateRow{ReviewID: g.Review, Hash: g.Hash, Seq: g.Seq, SealedBody: sealed, At: at(g.At)})
	return failure("insert gate", err)
}

// givenRow is a message that pins an entry, with the ticket its chat became.
type givenRow struct {
	Conversation string
	Seq          int64
	At           stamp
	Ticket       string
	Report       bool
}

// Given implements [desk.ShelfReader]. It reads every answer there is: a recall
// is rare, and an index on each answer is not.
func (v view) Given(ctx context.Context, entry string, version, limit int) ([]desk.GivenAnswer, int, error) {
	pinned, err := json.Marshal(conversation.Source{Entry: entry, Version: version})
	if err != nil {
		return nil, 0, failure("read given answers", err)
	}
	const from = ` FROM message AS m LEFT JOIN ticket AS t ON t.conversation = m.conversation AND t.conversation <> ''
		WHERE m.role = 'bot' AND m.sources LIKE $1 ESCAPE '\'`
	like := holding(string(pinned))
	rows, err := query[givenRow](ctx, v, `SELECT m.conversation, m.seq, m.at, coalesce(t.number, '') AS ticket, coalesce(t.kind, '') = 'report' AS report`+
		from+` ORDER BY m.at DESC, m.conversation, m.seq LIMIT $2`, like, limit)
	if err != nil {
		return nil, 0, failure("read given answers", err)
	}
	found := make([]desk.GivenAnswer, len(rows))
	for i := range rows {
		r := &rows[i]
		found[i] = desk.GivenAnswer{Conversation: r.Conversation, Seq: r.Seq, Version: version, At: r.At.Time, Ticket: r.Ticket, Report: r.Report}
	}
	if len(found) < limit {
		return found, len(found), nil
	}
	all, err := query[struct{ N int }](ctx, v, "SELECT count(*) AS n"+from, like)
	if err != nil {
		return nil, 0, failure("count given answers", err)
	}
	return found, all[0].N, nil
}

// QuotingReplies implements [desk.ShelfReader].
func (v view) QuotingReplies(ctx context.Context, entry string, version, limit int) ([]desk.QuotingReply, error) {
	quoted, err := json.Marshal(reply.Quote{Entry: entry, Version: version})
	if err != nil {
		return nil, failure("read quoting replies", err)
	}
	rows, err := query[quotingRow](ctx, v, `SELECT t.number, t.kind = 'report' AS report, max(d.released_at) AS released_at FROM draft AS d JOIN ticket AS t ON t.id = d.ticket_id
		WHERE d.quotes <> 'null' AND d.released_at IS NOT NULL AND d.quotes LIKE $1 ESCAPE '\'
		GROUP BY t.number, t.kind ORDER BY 3 DESC, t.number LIMIT $2`, holding(string(quoted)), limit)
	if err != nil {
		return nil, failure("read quoting replies", err)
	}
	found := make([]desk.QuotingReply, len(rows))
	for i := range rows {
		found[i] = desk.QuotingReply{Ticket: rows[i].Number, Report: rows[i].Report, At: rows[i].ReleasedAt.Time}
	}
	return found, nil
}

type quotingRow struct {
	Number     string
	Report     bool
	ReleasedAt stamp
}

// holding is what a text is like that holds part.
func holding(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(part) + "%"
}
