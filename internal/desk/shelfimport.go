package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// mostDrafts bounds the texts one import makes: people have to read them all.
const mostDrafts = 500

// ImportOutcome is what becomes of a row.
type ImportOutcome string

// The outcomes.
const (
	ImportNew     ImportOutcome = "new"     // an entry the library has not
	ImportChanged ImportOutcome = "changed" // another wording of one it has
	ImportSame    ImportOutcome = "same"    // what the library says already
	ImportDrafted ImportOutcome = "drafted" // a text that says so is there already
	ImportRefused ImportOutcome = "refused"
)

// LibraryImport is what becomes, or would become, of files with entries. The
// library itself stays as it is: an import makes drafts, which go the way of
// every text.
type LibraryImport struct {
	Rows    []ImportRow   // in the order of the files
	Faults  []sheet.Fault // why nothing is imported; empty: it can be
	Counts  map[ImportOutcome]int
	Applied bool
}

// ImportRow is one entry of an import.
type ImportRow struct {
	File     string
	N        int
	Entry    string
	Question string
	Outcome  ImportOutcome
	Fields   []string // changed: ids of the columns
	Text     string   // id of the text about it, where there is one

	unit string
	text review.Content
	was  *review.Item // the text it goes on with; nil: a new one
}

// ImportLibrary reads files with entries and says what becomes of each. Applied,
// it makes the texts of those that are new or changed, all or none; once more,
// it makes none.
func (d *Desk) ImportLibrary(ctx context.Context, a Actor, files []sheet.File, apply bool) (LibraryImport, error) {
	a = d.deputed(a)
	if err := d.ReloadLibrary(ctx); err != nil {
		return LibraryImport{}, err
	}
	plan, err := d.importLibrary(ctx, a, files, apply)
	if err != nil {
		if lost := d.recordRefusal(ctx, a, "library.refused", "library/import", nil, err); lost != nil {
			return LibraryImport{}, lost
		}
	}
	return plan, err
}

func (d *Desk) importLibrary(ctx context.Context, a Actor, files []sheet.File, apply bool) (plan LibraryImport, err error) {
	if !a.any(func(a *Actor) bool { return a.Drafts != "" }) {
		return plan, problem.New(problem.Denied, "library.denied", "您的岗位不能导入问答。")
	}
	book := sheet.Read(files...)
	if !apply {
		return d.planImport(ctx, d.Store, &a, &book)
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if plan, err = d.planImport(ctx, tx, &a, &book); err != nil {
			return err
		}
		if len(plan.Faults) > 0 {
			return problem.New(problem.Invalid, "library.import", "文件里有不能导入的内容，一条都没有导入。").With(importFields(plan.Faults)...)
		}
		return d.applyImport(ctx, tx, a, &plan, files)
	})
	return plan, err
}

// importFields are the first faults as the fields of a problem.
func importFields(faults []sheet.Fault) []problem.Field {
	const most = 100
	var fields []problem.Field
	for _, f := range faults[:min(most, len(faults))] {
		fields = append(fields, problem.Field{Pointer: "/" + strconv.Itoa(f.Row) + "/" + f.Column, Code: f.Code, Message: f.Message})
	}
	return fields
}

// importing is an import that is being planned.
type importing struct {
	desk       *Desk
	actor      *Actor
	texts      map[string]*review.Item
	categories map[string]bool
	rows       map[string]bool   // ids that were seen
	asked      map[string]string // wordings, folded, and the entry that asks so
	plan       LibraryImport
	row        *ImportRow // that is looked at
	faults     int        // before it
}

func (d *Desk) planImport(ctx context.Context, r ReviewReader, a *Actor, book *sheet.Book) (LibraryImport, error) {
	texts, err := entryTexts(ctx, r)
	m := importing{
		desk: d, actor: a, texts: texts, categories: map[string]bool{}, rows: map[string]bool{}, asked: entryKind{d}.asked(),
		plan: LibraryImport{Faults: slices.Clone(book.Faults), Counts: map[ImportOutcome]int{}},
	}
	for _, e := range d.Library().Entries() {
		m.categories[e.Category] = true
	}
	for i := range book.Rows {
		m.look(&book.Rows[i])
	}
	if n := m.plan.Counts[ImportNew] + m.plan.Counts[ImportChanged]; n > mostDrafts {
		m.plan.Faults = append(m.plan.Faults, sheet.Fault{
			Code: "too_many_changes", Message: "新增和修改一共" + strconv.Itoa(n) + "条，一次最多导入" + strconv.Itoa(mostDrafts) + "条，请分次导入。",
		})
	}
	return m.plan, err
}

func (m *importing) fault(column, code, message string) {
	m.plan.Faults = append(m.plan.Faults, sheet.Fault{File: m.row.File, Row: m.row.N, Column: column, Code: code, Message: message})
}

// look finds out what becomes of a row.
func (m *importing) look(r *sheet.Row) {
	m.plan.Rows = append(m.plan.Rows, ImportRow{File: r.File, N: r.N, Entry: r.Cells[sheet.ID], Question: r.Cells[sheet.Question], unit: r.Cells[sheet.Owner]})
	m.row, m.faults = &m.plan.Rows[len(m.plan.Rows)-1], len(m.plan.Faults)
	if !r.Broken {
		m.row.Outcome = m.outcome(r.Cells)
	}
	if r.Broken || len(m.plan.Faults) > m.faults {
		m.row.Outcome = ImportRefused
	}
	m.plan.Counts[m.row.Outcome]++
}

func (m *importing) outcome(cells map[string]string) ImportOutcome {
	id := m.row.Entry
	if !isEntryID(id) || m.rows[id] {
		code := map[bool]string{true: "duplicate_id", false: "format"}[m.rows[id]]
		m.fault(sheet.ID, code, "每条问答要有自己的编号，只用小写字母、数字和短横线；同一个编号在文件里只能出现一次。")
		return ImportRefused
	}
	m.rows[id] = true
	outcome := ImportNew
	if live, known := m.desk.Library().Entry(id); known {
		outcome = ImportChanged
		t := entryText{Entry: live}
		if m.row.Fields = sheet.Changed(t.cells(), cells); len(m.row.Fields) == 0 {
			return ImportSame
		}
		if v := cells[sheet.Version]; v != "" && v != strconv.Itoa(live.Version) {
			m.fault(sheet.Version, "stale", "文件里是第"+v+"版，现在用的是第"+strconv.Itoa(live.Version)+"版。请重新导出，在新的文件上修改。")
		}
		m.owned(live.Owner)
	}
	if m.desk.Tree.Path(m.row.unit) == "" {
		m.fault(sheet.Owner, "unknown", "没有这个单位，请填写单位编号。")
	} else {
		m.owned(m.row.unit)
	}
	if it := m.texts[id]; it != nil && m.goesOn(it, cells) {
		return ImportDrafted
	}
	if m.plan.Counts[ImportNew]+m.plan.Counts[ImportChanged] < mostDrafts { // nothing comes of more
		m.check(cells)
	}
	return outcome
}

// owned refuses what the actor drafts nothing for.
func (m *importing) owned(unit string) {
	if path := m.desk.Tree.Path(unit); !m.actor.any(func(a *Actor) bool { return a.drafts(path) }) {
		m.fault(sheet.Owner, "denied", "您的岗位不能为这个单位起草稿件。")
	}
}

// goesOn reports whether the text about the entry says what the row says. If it
// does not, the row goes on with it, unless somebody works on it.
func (m *importing) goesOn(it *review.Item, cells map[string]string) bool {
	if !m.actor.reads(it) {
		m.fault(sheet.ID, "under_work", "这条问答已有其他单位的稿件。")
		return false
	}
	m.row.Text = it.ID
	same, last := says(it, cells), &it.Ledger[len(it.Ledger)-1]
	switch own := it.State == review.Draft && last.By.ID == m.actor.ID; {
	case same && it.State != review.Withdrawn:
		return true
	case same:
		m.fault(sheet.ID, "withdrawn", "这份稿件已经撤回，内容没有变化。")
	case it.Unit != m.row.unit:
		m.fault(sheet.Owner, "fixed", "这条问答的稿件属于别的单位，不能更换责任单位。")
	case it.State != review.Published && it.State != review.Withdrawn && !own:
		m.fault(sheet.ID, "under_work", "这条问答有正在办理的稿件（"+it.State.Name()+"），请在原稿件上修改。")
	}
	m.row.was = it
	return false
}

// says reports whether the latest version of a text is what a row says.
func says(it *review.Item, cells map[string]string) bool {
	c := it.Latest().Content
	c.Attributes = slices.DeleteFunc(slices.Clone(c.Attributes), func(a review.Attribute) bool { return a.Name == entryPublishAt }) // no column has it
	return c.Sum() == entryContent(cells, c.Disclosure).Sum()
}

// check refuses what would be sent back as a text: it is complete, and asks
// nothing that another entry asks.
func (m *importing) check(cells map[string]string) {
	disclosure := review.Disclosure{Decision: review.Full, Reason: "concern"}
	if m.row.was != nil {
		disclosure = m.row.was.Latest().Content.Disclosure
	}
	m.row.text = entryContent(cells, disclosure)
	kind, t := entryKind{m.desk}, readEntry(&m.row.text)
	t.ID, t.Owner = m.row.Entry, m.row.unit
	t.measure()
	kind.inTime(&t, &review.Act{Move: review.Write, At: m.desk.at()})
	kind.grounded(&t)
	t.unclaimed(m.asked)
	for _, f := range t.fields {
		m.fault(strings.TrimPrefix(f.Pointer, "/attributes/"), f.Code, f.Message)
	}
	if t.Category != "" && !m.categories[t.Category] {
		m.fault(entryCategory, "unknown", "问答库没有这个类别。")
	}
	for _, a := range m.row.text.Attributes {
		if len([]rune(a.Value)) > review.MaxValue {
			m.fault(a.Name, "too_long", "这一项太长，最多"+strconv.Itoa(review.MaxValue)+"个字。")
		}
	}
	claim(m.asked, &t.Entry) // of two rows that ask the same, the second is refused
}

// applyImport makes the texts.
func (d *Desk) applyImport(ctx context.Context, tx Tx, a Actor, plan *LibraryImport, files []sheet.File) error {
	for i := range plan.Rows {
		r := &plan.Rows[i]
		if r.Outcome != ImportNew && r.Outcome != ImportChanged {
			continue
		}
		if r.was != nil {
			err := d.moveText(ctx, tx, a, r.was, TextCommand{Move: review.Edit, Hash: r.was.Latest().Hash, Content: r.text})
			if err != nil {
				return err
			}
			continue
		}
		it, err := d.beginText(ctx, tx, a, review.Item{
			Kind: review.Entry, Subject: r.Entry, Audience: review.Public, Unit: r.unit, UnitPath: d.Tree.Path(r.unit),
		}, r.text)
		if err != nil {
			return err
		}
		r.Text = it.ID
	}
	plan.Applied = true
	sum := sha256.New()
	for _, f := range files {
		sum.Write(f.Content)
	}
	detail := map[string]string{"sha256": hex.EncodeToString(sum.Sum(nil))}
	for outcome, n := range plan.Counts {
		detail[string(outcome)] = strconv.Itoa(n)
	}
	return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: "library.import", Object: "library/import", Detail: detail})
}
