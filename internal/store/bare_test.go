package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"jiesu/internal/audit"
)

// The bare program: prepared statements, plain values, no sealing, no mapping,
// no checks. It stores the same rows into the same tables, and on SQLite shares
// commits in the simplest way there is.

// statement is one prepared INSERT and its values.
type statement struct {
	text string
	args []any
}

func (o *opening) statements() []statement {
	l, k, e := &o.letter, &o.ticket, &o.event
	at, due := l.ReceivedAt.UnixMicro(), k.DueAt.UnixMicro()
	sealed := make([]byte, 700)
	all := []statement{
		into("letter", "id, source, kind, category, district, attachments, conversation, received_at, sealed_text, sealed_contact, phone_index",
			l.ID, string(l.Source), string(l.Kind), l.Category, l.District, "null", l.Conversation, at, sealed, sealed[:100], sealed[:32]),
		into("ticket", "id, number, letter_id, kind, source, title, category, district, conversation, status, lead, lead_path, scope2, scope3, avoid, round, returns, due_at, provisional, reason, created_at, updated_at, version, code_hash",
			k.ID, k.Number, k.LetterID, string(k.Kind), string(k.Source), k.Title, k.Category, k.District, k.Conversation, string(k.Status), k.Lead, k.LeadPath,
			k.LeadPath, "", "null", k.Round, k.Returns, due, k.Provisional, k.Reason, at, at, k.Version, sealed[:32]),
		into("event", "ticket_id, seq, id, move, from_status, to_status, actor, unit, reason, sealed_note, sealed_public, at",
			e.TicketID, e.Seq, e.ID, string(e.Move), string(e.From), string(e.To), e.Actor, e.Unit, e.Reason, nil, []byte(e.Public), at),
		into("idempotency", "scope, key, sealed_response, expires_at", o.answer.Scope, o.answer.Key, sealed[:650], at),
		{
			"INSERT INTO audit SELECT lane, seq + 1, $1, $2, $3, $4, $5, hash, $6 FROM audit_head WHERE lane = $7",
			[]any{at, o.act.Actor, o.act.Action, o.act.Object, "{}", sealed[:32], audit.LaneOf(o.act.Object)},
		},
	}
	for i := range o.clocks {
		c := &o.clocks[i]
		all = append(all, into("clock",
			"id, ticket_id, purpose, round, unit, rule, rule_version, budget_n, budget_unit, calendar, started_at, due_at, superseded_by, provisional, explain, steps, next_step, next_at, version",
			c.ID, c.TicketID, string(c.Purpose), c.Round, c.Unit, c.Rule, c.RuleVersion, c.Budget.N, string(c.Budget.Unit), c.Calendar, at, due, "", false,
			strings.Repeat("x", 250), strings.Repeat("x", 280), 0, due, 1))
	}
	for i := range o.jobs {
		j := &o.jobs[i]
		all = append(all, into("job", "id, kind, key, args, state, run_at, attempts, last_error, created_at",
			j.ID, j.Kind, j.Key, string(j.Args), string(j.State), at, 0, "", at))
	}
	return all
}

func into(table, columns string, args ...any) statement {
	marks := make([]string, len(args))
	for i := range args {
		marks[i] = fmt.Sprint("$", i+1)
	}
	return statement{"INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(marks, ", ") + ")", args}
}

func said(n int64) []statement {
	id := fmt.Sprint("c", n%clients)
	return []statement{
		{"UPDATE conversation SET head = head + 1, updated_at = $1 WHERE id = $2", []any{benchTime().UnixMicro(), id}},
		{"INSERT INTO message SELECT id, head, $1, 'user', '', 'text', $2, 'null', $3 FROM conversation WHERE id = $4", []any{strconv.FormatInt(n, 10), make([]byte, 120), benchTime().UnixMicro(), id}},
	}
}

// bare runs transactions of statements, prepared once.
type bare struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt
	waiting  chan bareRequest
}

type bareRequest struct {
	all  []statement
	done chan error
}

func (p *bare) run(ctx context.Context, tx *sql.Tx, all []statement) error {
	for _, st := range all {
		if _, err := tx.StmtContext(ctx, p.prepared[st.text]).ExecContext(ctx, st.args...); err != nil { //nolint:sqlclosecheck // the transaction's end closes it
			return err
		}
	}
	return nil
}

func (p *bare) single(ctx context.Context, all []statement) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := p.run(ctx, tx, all); err != nil {
		return err
	}
	return tx.Commit()
}

func (p *bare) shared(all []statement) error {
	r := bareRequest{all, make(chan error, 1)}
	p.waiting <- r
	return <-r.done
}

// loop shares a commit between at most 256 requests that wait.
func (p *bare) loop(ctx context.Context) {
	for r := range p.waiting {
		tx, err := p.db.BeginTx(ctx, nil)
		batch := []bareRequest{r}
		for more := true; more && err == nil && len(batch) < 256; {
			if _, err = tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
				break
			}
			if err = p.run(ctx, tx, r.all); err != nil {
				break
			}
			_, err = tx.ExecContext(ctx, "RELEASE one")
			select {
			case r = <-p.waiting:
				batch = append(batch, r)
			default:
				more = false
			}
		}
		if err == nil {
			err = tx.Commit()
		}
		for _, r := range batch {
			r.done <- err
		}
	}
}

func newBare(b *testing.B, url string, texts []statement) *bare {
	b.Helper()
	s := open(b, url) // for the tables
	chats(b, s)
	driver := "pgx"
	if !strings.HasPrefix(url, "postgres") {
		driver, url = "sqlite", "file:"+url+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if driver == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	p := &bare{db: db, prepared: map[string]*sql.Stmt{}, waiting: make(chan bareRequest, 256)}
	for _, st := range texts {
		text := st.text
		if driver == "pgx" && strings.Contains(text, "audit_head") {
			text += " FOR UPDATE" // two entries of a lane must not get one number
		}
		if p.prepared[st.text], err = db.PrepareContext(b.Context(), text); err != nil { //nolint:sqlclosecheck // closed with db
			b.Fatal(text, err)
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); p.loop(context.Background()) }()
	b.Cleanup(func() {
		close(p.waiting)
		<-done
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return p
}

// BenchmarkBareTickets is the yardstick of BenchmarkTickets.
func BenchmarkBareTickets(b *testing.B) {
	benchmarkBare(b, func(n int64) []statement { o := newOpening(n); return o.statements() })
}

// BenchmarkBareMessages is the yardstick of BenchmarkMessages.
func BenchmarkBareMessages(b *testing.B) { benchmarkBare(b, said) }

func benchmarkBare(b *testing.B, rows func(n int64) []statement) {
	b.Helper()
	databases(b, func(b *testing.B, fresh func(*testing.B) string) {
		b.Helper()
		b.Run("own-commit", func(b *testing.B) {
			p := newBare(b, fresh(b), rows(0))
			parallel(b, func(ctx context.Context, n int64) error { return p.single(ctx, rows(n)) })
		})
		if strings.HasSuffix(b.Name(), "/postgres") {
			return
		}
		b.Run("shared-commit", func(b *testing.B) {
			p := newBare(b, fresh(b), rows(0))
			parallel(b, func(_ context.Context, n int64) error { return p.shared(rows(n)) })
		})
	})
}
