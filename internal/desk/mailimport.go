package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/webhooks/mailbox"
)

// mailTogether is how many letters of an import are stored in one transaction: a
// long one would keep everybody else waiting.
const mailTogether = 20

// MailOutcome is what becomes of a letter from a mailbox.
type MailOutcome string

// The outcomes.
const (
	MailNew     MailOutcome = "new"
	MailKnown   MailOutcome = "known"   // it says what it said
	MailChanged MailOutcome = "changed" // it says something else now
	MailRefused MailOutcome = "refused"
)

// MailImport is what becomes, or became, of a file with letters. What is in order
// is taken whatever is wrong with the rest.
type MailImport struct {
	Source  string
	Title   string // of the source
	Rows    []MailRow
	Counts  map[MailOutcome]int
	Applied bool

	head []string // of the file; none: it is JSON
}

// MailRow is one letter of a file.
type MailRow struct {
	N       int // as a spreadsheet counts them; of JSON, from 1
	ID      string
	Outcome MailOutcome
	Number  string          // of its ticket, where the reader may see it
	Faults  []problem.Field // refused: why

	cells  []string
	letter mailbox.Letter
}

// MailFile is a file with letters.
type MailFile struct {
	Name    string
	Content []byte
}

// ImportMail reads a file with letters of a source and says what becomes of each.
// Applied, it takes those that are in order; once more, they are all known.
func (d *Desk) ImportMail(ctx context.Context, a Actor, source string, f MailFile, apply bool) (MailImport, error) {
	plan, s, err := d.readMail(a, source, f)
	if err != nil {
		return plan, err
	}
	known := map[string]string{} // digests by number, of rows before
	for i := range plan.Rows {
		if err := d.planMail(ctx, &a, s, &plan.Rows[i], known); err != nil {
			return plan, err
		}
	}
	if apply {
		if err := d.applyMail(ctx, &a, s, &plan); err != nil {
			return plan, err
		}
		plan.Applied = true
	}
	for i := range plan.Rows {
		plan.Counts[plan.Rows[i].Outcome]++
	}
	if !apply {
		return plan, nil
	}
	sum := sha256.Sum256(f.Content)
	detail := map[string]string{"source": source, "sha256": hex.EncodeToString(sum[:])}
	for outcome, n := range plan.Counts {
		detail[string(outcome)] = strconv.Itoa(n)
	}
	return plan, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "mailbox.import", Object: "mailbox/" + source, Detail: detail})
	})
}

// readMail reads a file: a workbook, JSON or CSV by what it begins with.
func (d *Desk) readMail(a Actor, source string, f MailFile) (MailImport, *mailbox.Source, error) {
	s, err := d.mailboxFor(&a, source)
	if err != nil {
		return MailImport{}, nil, err
	}
	plan := MailImport{Source: s.Name, Title: s.Title, Counts: map[MailOutcome]int{}}
	rows, err := plan.read(s, f)
	if fault, ok := errors.AsType[mailbox.TableError](err); ok {
		message := fault.Message
		if fault.Row > 0 {
			message = "第" + strconv.Itoa(fault.Row) + "行：" + message
		}
		return plan, s, problem.New(problem.Invalid, "mailbox.file", "文件无法导入。").With(problem.Field{Pointer: "/" + strconv.Itoa(fault.Row), Code: fault.Code, Message: message})
	}
	for _, r := range rows {
		row := MailRow{N: r.N, ID: r.Letter.ID, cells: r.Cells, letter: r.Letter}
		if len(r.Faults) > 0 {
			row.refuse(mailRefusal(r.Faults))
		}
		plan.Rows = append(plan.Rows, row)
	}
	return plan, s, err
}

func (p *MailImport) read(s *mailbox.Source, f MailFile) ([]mailbox.Row, error) {
	begins := bytes.TrimLeft(bytes.TrimPrefix(f.Content, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(f.Content) > sheet.MaxBytes:
		return nil, mailbox.TableError{Code: "too_large", Message: "文件太大：一次最多导入4MB。"}
	case bytes.HasPrefix(f.Content, []byte("\xD0\xCF\x11\xE0")):
		return nil, mailbox.TableError{Code: "format", Message: "这是旧格式或者加了密码的工作簿，请另存为不加密的 .xlsx 再导入。"}
	case bytes.HasPrefix(begins, []byte("{")), bytes.HasPrefix(begins, []byte("[")):
		return s.JSONRows(begins)
	}
	read := mailbox.ReadCSV
	if bytes.HasPrefix(f.Content, []byte("PK")) {
		read = readMailBook
	}
	table, err := read(f.Content)
	if err != nil {
		return nil, err
	}
	p.head = table.Head
	return s.Rows(table)
}

// readMailBook reads the table of a workbook.
func readMailBook(content []byte) (mailbox.Table, error) {
	cells, faults := sheet.Grid(sheet.File{Content: content})
	switch {
	case len(faults) > 0:
		return mailbox.Table{}, mailbox.TableError{Row: faults[0].Row, Code: faults[0].Code, Message: faults[0].Message}
	case len(cells) == 0:
		return mailbox.Table{}, nil
	}
	return mailbox.Table{Head: cells[0], Rows: cells[1:], Workbook: true}, nil
}

// mailboxFor is a source for somebody who imports its letters, or brings answers
// back: who sees them all.
func (d *Desk) mailboxFor(a *Actor, source string) (*mailbox.Source, error) {
	if !a.keepsMail() {
		return nil, noChannels()
	}
	s, ok := d.mailboxOf(source)
	if !ok {
		return nil, problem.New(problem.NotFound, "mailbox.not_found", "没有配置这个信箱。")
	}
	return s, nil
}

// keepsMail reports whether a may bring letters in and answers back.
func (a *Actor) keepsMail() bool { return a.Channels && a.Scope == "*" && a.Contact }

func (r *MailRow) refuse(why error) {
	r.Outcome, r.Number = MailRefused, ""
	if e, ok := errors.AsType[*problem.Error](why); ok {
		r.Faults = e.Fields
		if len(e.Fields) == 0 {
			r.Faults = []problem.Field{{Code: e.Code, Message: e.Public}}
		}
	}
}

// planMail finds out what becomes of a row.
func (d *Desk) planMail(ctx context.Context, a *Actor, s *mailbox.Source, r *MailRow, known map[string]string) error {
	if r.Outcome == MailRefused {
		return nil
	}
	digest, was := r.letter.Digest(), known[r.ID]
	if was == "" {
		var err error
		if was, err = d.saidBefore(ctx, a, s, r); err != nil {
			return err
		}
	}
	switch was {
	case digest:
		r.Outcome = MailKnown
	case "":
		letter := mailLetter(s, &r.letter)
		if err := letter.Check(); err != nil {
			r.refuse(err)
			return nil
		}
		r.Outcome = MailNew
	default:
		r.Outcome = MailChanged
	}
	known[r.ID] = digest
	return nil
}

// saidBefore is the digest of what the mailbox said of a letter; empty: nothing.
func (d *Desk) saidBefore(ctx context.Context, a *Actor, s *mailbox.Source, r *MailRow) (string, error) {
	const byHand = "registered by hand" // whatever it says is new
	t, err := d.Store.TicketByOrigin(ctx, s.Origin(), r.ID)
	if err != nil {
		if problem.KindOf(err) == problem.NotFound {
			return "", nil
		}
		return "", err
	}
	if a.MaySee(&t) {
		r.Number = t.Number
	}
	m, err := mailOf(ctx, d.Store, t.ID, s)
	return cmp.Or(m.Digest, byHand), err
}

// applyMail takes the rows that are in order, some at a time. What was taken stays
// where a later one fails.
func (d *Desk) applyMail(ctx context.Context, a *Actor, s *mailbox.Source, plan *MailImport) error {
	var todo []*MailRow
	for i := range plan.Rows {
		if o := plan.Rows[i].Outcome; o == MailNew || o == MailChanged {
			todo = append(todo, &plan.Rows[i])
		}
	}
	for some := range slices.Chunk(todo, mailTogether) {
		tried, err := d.trySome(ctx, a, s, some)
		if err != nil {
			return err
		}
		for i, r := range some {
			r.became(a, &tried[i])
		}
	}
	return nil
}

// trySome takes rows in one transaction.
func (d *Desk) trySome(ctx context.Context, a *Actor, s *mailbox.Source, some []*MailRow) ([]mailTried, error) {
	tried := make([]mailTried, len(some))
	return tried, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		for i, r := range some {
			if tried[i], err = d.tryMail(ctx, tx, a, s, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// became notes what has become of r, for a to read.
func (r *MailRow) became(a *Actor, t *mailTried) {
	if t.refusal != nil {
		r.refuse(t.refusal)
		return
	}
	if r.Outcome = t.outcome; a.MaySee(&t.ticket) {
		r.Number = t.ticket.Number
	}
}

// mailTried is what became of a row in a transaction.
type mailTried struct {
	mailKept

	refusal error
}

// tryMail takes one row; what our rules refuse leaves nothing behind.
func (d *Desk) tryMail(ctx context.Context, tx Tx, a *Actor, s *mailbox.Source, r *MailRow) (tried mailTried, err error) {
	tried.refusal = tx.Try(ctx, func(ctx context.Context, tx Tx) (err error) {
		tried.mailKept, err = d.keepMail(ctx, tx, s, &r.letter, a)
		return err
	})
	if tried.refusal != nil && refusalCode(tried.refusal) == "" {
		return tried, tried.refusal
	}
	return tried, nil
}

// Refused are the rows that were refused as a table, with the reasons beside them.
func (p *MailImport) Refused() [][]string {
	head := p.head
	if head == nil {
		head = []string{"来信（JSON）"}
	}
	rows := [][]string{append([]string{"行", "不能导入的原因"}, head...)}
	for _, r := range p.Rows {
		if r.Outcome == MailRefused {
			rows = append(rows, append([]string{strconv.Itoa(r.N), r.Why()}, r.cells...))
		}
	}
	return rows
}

// Why says in Chinese why a row is refused.
func (r *MailRow) Why() string {
	why := make([]string, len(r.Faults))
	for i, f := range r.Faults {
		why[i] = f.Message
	}
	return strings.Join(why, "")
}

// Brief is how a letter begins, personal data masked; of a report nothing.
func (r *MailRow) Brief() string {
	if r.letter.Kind == string(channel.Report) {
		return channel.Report.Name()
	}
	if r.letter.Title != "" {
		return seal.Mask(firstLine(r.letter.Title))
	}
	return seal.Mask(firstLine(r.letter.Text))
}
