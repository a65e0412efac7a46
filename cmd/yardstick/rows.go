package main

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// What the program stores for one letter and for one message with its answer, as rows
// of the same tables and of about the same size. TestSameRows holds them to it.

// lane is a lane of the trail that the program itself does not use.
const lane = 99

func into(table, columns string, args ...any) row {
	marks := make([]string, len(args))
	for i := range args {
		marks[i] = fmt.Sprint("$", i+1)
	}
	return row{"INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(marks, ", ") + ")", args}
}

// counted numbers rows whose keys are numbers.
func counted() func() int64 {
	var n atomic.Int64
	n.Store(time.Now().UnixMicro())
	return func() int64 { return n.Add(1) }
}

// sealed is as long as a sealed value would be; its content is random, as theirs is.
func sealed(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

func (s *bareStore) ticketRows() []row {
	const explain, steps = 420, 480 // bytes
	letter, ticket, at, n := newID(), newID(), time.Now().UnixMicro(), s.next()
	due := at + int64(5*24*time.Hour/time.Microsecond)
	clock := func(purpose string, steps int) row {
		return into("clock",
			"id, ticket_id, purpose, round, unit, rule, rule_version, budget_n, budget_unit, calendar, started_at, due_at, superseded_by, provisional, explain, steps, next_step, next_at, version",
			newID(), ticket, purpose, 1, "patrol", purpose, 5, 5, "working_day", "2025.1+2026.1+2027.0", at, due, "", s.no,
			strings.Repeat("x", explain), strings.Repeat("x", steps), 0, due, 1)
	}
	job := func(kind string) row {
		return into("job", "id, kind, key, args, state, run_at, attempts, last_error, created_at", newID(), kind, kind+"/"+ticket, strings.Repeat("x", 90), "done", at, 0, "", at)
	}
	words := make([]string, 60)
	for i := range words {
		words[i] = fmt.Sprintf("%08x", (n*2654435761+int64(i)*40503)%50_000)
	}
	found := into("ticket_found", "id, ticket", n, ticket)
	tokens := []row{found, into("ticket_tokens", "rowid, words", n, strings.Join(words, " "))}
	if s.postgres {
		tokens = []row{into("ticket_found", "id, ticket, words", n, ticket, strings.Join(words, " "))}
	}
	return append([]row{
		into("letter", "id, source, kind, category, district, attachments, conversation, received_at, sealed_text, sealed_contact, phone_index",
			letter, "web", "help", "", "", "null", "", at, sealed(270), sealed(130), sealed(32)),
		into("ticket", "id, number, letter_id, kind, source, title, category, district, conversation, status, lead, lead_path, scope2, scope3, avoid, round, returns, due_at, provisional, reason, created_at, updated_at, version, code_hash, circular_at",
			ticket, fmt.Sprint("Y", n), letter, "help", "web", "身份证丢失如何补办", "", "", "", "received", "patrol", "bureau/patrol",
			"bureau/patrol", "", "null", 1, 0, due, s.no, "", at, at, 1, sealed(32), due),
		into("event", "ticket_id, seq, id, move, from_status, to_status, actor, unit, reason, sealed_note, sealed_public, at, lead, kind",
			ticket, 1, newID(), "open", "", "received", "", "patrol", "", sealed(70), sealed(70), at, "patrol", "help"),
		into("idempotency", "scope, key, sealed_response, expires_at", "letters", sealed(32), sealed(420), due),
		into("audit", "lane, seq, at, actor, action, object, detail, prev, hash", lane, n, at, "", "ticket.open", "ticket/"+ticket, `{"number":"`+strconv.FormatInt(n, 10)+`"}`, sealed(32), sealed(32)),
		clock("answer", steps), clock("screen", steps), job("notify.staff"), job("ticket.relate"),
	}, tokens...)
}

func (s *bareStore) conversationRows(id string) []row {
	at := time.Now().UnixMicro()
	return []row{into("conversation", "id, epoch, head, state, token_hash, ticket, created_at, updated_at", id, newID(), 0, "bot", sealed(32), "", at, at)}
}

// messageRows are a message and its answer, numbered in the database.
func (s *bareStore) messageRows(id string, size int) []row {
	at := time.Now().UnixMicro()
	said := func(role, client string, size, before int) row {
		return row{
			"INSERT INTO message (conversation, seq, client_id, role, name, kind, sealed_body, sources, at) SELECT id, head + $1, $2, $3, '', 'text', $4, 'null', $5 FROM conversation WHERE id = $6",
			[]any{before, client, role, sealed(size), at, id},
		}
	}
	rows := []row{said("user", newID(), size+60, 1), said("bot", "", 900, 2)}
	head := row{"UPDATE conversation SET head = head + 2, updated_at = $1 WHERE id = $2", []any{at, id}}
	return append(rows, head) // in one statement of PostgreSQL all see the head as it was
}
