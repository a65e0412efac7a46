package sheet

import (
	"slices"
	"strings"
	"time"
)

// The columns that are not what a text says.
const (
	ID       = "id"
	Version  = "version"
	State    = "state"
	Owner    = "owner"
	Sample   = "sample"
	Question = "question"
	Answer   = "answer"
	Basis    = "basis"
)

// form is how the cells of a column are written.
type form int

const (
	words form = iota
	lines      // one item a line
	bases      // one document a line, its article behind a bar
	day        // 2026-01-31
)

// Column is one column of the sheet.
type Column struct {
	ID     string // as in the library's own files; a part of the item begins with item_
	Name   string // Chinese, as people read it
	Filled bool   // by the house: what an import says there changes nothing
	form   form
}

// Columns are the columns in the order they are written.
func Columns() []Column {
	return []Column{
		{ID: ID, Name: "编号"},
		{ID: Version, Name: "版本（系统填写）", Filled: true},
		{ID: State, Name: "状态（系统填写）", Filled: true},
		{ID: Question, Name: "问题"},
		{ID: "variants", Name: "其他问法（一行一种）", form: lines},
		{ID: Answer, Name: "答案"},
		{ID: "category", Name: "类别"},
		{ID: "audience", Name: "对象（person、enterprise或者both）"},
		{ID: "keywords", Name: "关键词（一行一个）", form: lines},
		{ID: Basis, Name: "依据（一行一件：文件编号 | 条款）", form: bases},
		{ID: Owner, Name: "责任单位"},
		{ID: "valid_from", Name: "施行日期", form: day},
		{ID: "valid_to", Name: "失效日期", form: day},
		{ID: "review_by", Name: "复审日期", form: day},
		{ID: "certainty", Name: "可靠程度（A、B或者C）"},
		{ID: Sample, Name: "样例（系统填写）", Filled: true},
		{ID: "local", Name: "本地情况"},
		{ID: "item_conditions", Name: "办理条件（一行一项）", form: lines},
		{ID: "item_materials", Name: "所需材料（一行一项）", form: lines},
		{ID: "item_procedure", Name: "办理流程（一行一步）", form: lines},
		{ID: "item_time_limit", Name: "办理时限"},
		{ID: "item_fee", Name: "收费"},
	}
}

// find returns the column that is called so, by its id or its name.
func find(called string) (Column, bool) {
	called = strings.TrimSpace(called)
	i := slices.IndexFunc(Columns(), func(c Column) bool { return c.ID == called || c.Name == called })
	if i < 0 {
		return Column{}, false
	}
	return Columns()[i], true
}

// tidy is a cell as it is compared: blanks around it, and what else no reader
// sees, are no difference.
func (c *Column) tidy(s string) string {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	switch c.form {
	case lines, bases:
		var kept []string
		for l := range strings.SplitSeq(s, "\n") {
			if c.form == bases {
				document, article, _ := strings.Cut(l, "|")
				l = strings.TrimSuffix(strings.TrimSpace(document)+" | "+strings.TrimSpace(article), " | ")
			}
			if l = strings.TrimSpace(l); l != "" {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "\n")
	case day:
		for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"} {
			if at, err := time.Parse(layout, s); err == nil {
				return at.Format(time.DateOnly)
			}
		}
	case words:
	}
	return s
}

// Tidy is cells as they would be read from a file.
func Tidy(cells map[string]string) map[string]string {
	tidied := map[string]string{}
	for _, c := range Columns() {
		if s := c.tidy(cells[c.ID]); s != "" {
			tidied[c.ID] = s
		}
	}
	return tidied
}

// Changed names the columns in which tidied cells say something else, but for
// those the house fills in.
func Changed(before, after map[string]string) []string {
	var ids []string
	for _, c := range Columns() {
		if !c.Filled && before[c.ID] != after[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
