package sheet

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/workbook"
)

// readWorkbook reads the one sheet of a workbook.
func (b *Book) readWorkbook(f File) {
	g, faults := openGrid(f)
	if len(faults) > 0 {
		b.Faults = append(b.Faults, faults...)
		return
	}
	defer g.close()
	t := table{grid: g, book: b}
	if t.heads() {
		t.read()
	}
}

// table is the sheet of a workbook.
type table struct {
	*grid

	book    *Book
	first   int       // of the rows below the heads
	columns []*Column // by place; nil: nothing stands there
}

func (t *table) fault(row int, column, code, message string) {
	t.book.fault(Fault{File: t.file, Row: row, Column: column, Code: code, Message: message})
}

// heads finds out which column stands where. A second row that names the same
// again is for people.
func (t *table) heads() bool {
	if len(t.rows) == 0 {
		t.fault(0, "", "columns", "第一行应当是列名。")
		return false
	}
	before, seen := len(t.book.Faults), map[string]bool{}
	for x, called := range t.rows[0] {
		if strings.TrimSpace(called) == "" {
			t.columns = append(t.columns, nil)
			continue
		}
		c, known := find(called)
		switch place := "第" + strconv.Itoa(x+1) + "列"; {
		case !known:
			t.fault(1, "", "unknown_column", place+"的列名不认识。")
		case seen[c.ID]:
			t.fault(1, c.ID, "duplicate_column", place+"重复了：“"+c.Name+"”已经有一列。")
		}
		seen[c.ID] = true
		t.columns = append(t.columns, &c)
	}
	for _, c := range Columns() {
		if !c.Filled && !seen[c.ID] {
			t.fault(1, c.ID, "missing_column", "缺少“"+c.Name+"”一列。")
		}
	}
	t.first = 1
	if len(t.rows) > 1 && t.names(t.rows[1]) {
		t.first = 2
	}
	return len(t.book.Faults) == before
}

// names reports whether cells are the names of the columns.
func (t *table) names(cells []string) bool {
	for x, called := range cells {
		if c, known := find(called); called != "" && (!known || x >= len(t.columns) || t.columns[x] == nil || c.ID != t.columns[x].ID) {
			return false
		}
	}
	return true
}

func (t *table) read() {
	since1904 := t.since1904()
	for y := t.first; y < len(t.rows); y++ {
		r, faults := Row{File: t.file, N: y + 1, Cells: map[string]string{}}, len(t.book.Faults)
		for x := range max(len(t.columns), len(t.rows[y])) {
			t.cell(&r, x, y, since1904)
		}
		t.book.take(r, faults)
	}
}

func (t *table) cell(r *Row, x, y int, since1904 bool) {
	place, err := excelize.CoordinatesToCellName(x+1, y+1)
	if err != nil {
		return // no place of a sheet
	}
	var s string
	if x < len(t.rows[y]) {
		s = t.rows[y][x]
	}
	var c *Column
	if x < len(t.columns) {
		c = t.columns[x]
	}
	switch {
	case t.computed(place):
		column := ""
		if c != nil {
			column = c.ID
		}
		t.fault(r.N, column, "formula", "单元格"+place+"是公式。请改成文字再导入。")
	case c == nil && strings.TrimSpace(s) != "":
		t.fault(r.N, "", "unknown_column", "单元格"+place+"上面没有列名。")
	case c != nil:
		if days, err := strconv.ParseFloat(s, 64); c.form == day && err == nil {
			if at, err := excelize.ExcelDateToTime(days, since1904); err == nil {
				s = at.Format(time.DateOnly)
			}
		}
		t.book.put(r, c, s)
	}
}

// Workbook is rows as a workbook of one sheet: ids of the columns in a hidden
// row, their names below. Every cell is text, whatever it looks like.
func Workbook(rows []Row) ([]byte, error) {
	columns := Columns()
	cells := make([][]string, len(rows)+2)
	for _, c := range columns {
		cells[0], cells[1] = append(cells[0], c.ID), append(cells[1], c.Name)
		for y, r := range rows {
			cells[y+2] = append(cells[y+2], r.Cells[c.ID])
		}
	}
	return workbook.Sheet{Rows: cells, Form: true, Widths: slices.Repeat([]int{24}, len(columns)), Hidden: 1, Frozen: 2}.Bytes()
}
