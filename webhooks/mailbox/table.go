package mailbox

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Table is a sheet: the names of its columns, and its rows.
type Table struct {
	Head     []string
	Rows     [][]string
	Workbook bool // its times may be numbers of days
}

// TableError says why a table cannot be read.
type TableError struct {
	Row     int // as a spreadsheet counts them; 0: the whole of it
	Code    string
	Message string // Chinese
}

// Error implements error.
func (f TableError) Error() string { return "mailbox: table: " + f.Code }

// What a table may measure.
const (
	MaxRows    = 5000
	maxColumns = 200
)

// ReadCSV reads a table whose cells are separated by commas, tabs or semicolons, in
// UTF-8 or as Chinese spreadsheets save it, in GB 18030.
func ReadCSV(content []byte) (Table, error) {
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if bytes.HasPrefix(content, []byte("\xFF\xFE")) || bytes.HasPrefix(content, []byte("\xFE\xFF")) || bytes.ContainsRune(content, 0) {
		return Table{}, TableError{Code: "encoding", Message: "文件的编码不认识，请另存为 UTF-8 或者 GBK 编码的 CSV。"}
	}
	if !utf8.Valid(content) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return Table{}, TableError{Code: "encoding", Message: "文件的编码不认识，请另存为 UTF-8 或者 GBK 编码的 CSV。"}
		}
		content = decoded
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = separator(content), -1
	var t Table
	for within := 0; ; { // lines that are within cells
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, t.check()
		}
		if err != nil {
			return Table{}, TableError{Row: len(t.Rows) + 2, Code: "format", Message: "这一行的引号不成对，无法读取。"}
		}
		line, _ := r.FieldPos(0)
		n := line - within
		for _, cell := range cells {
			within += strings.Count(cell, "\n")
		}
		switch {
		case t.Head == nil:
			t.Head = cells
			continue
		case n > MaxRows+1:
			return Table{}, TooManyRows()
		}
		for len(t.Rows)+2 < n { // empty lines, which a spreadsheet counts
			t.Rows = append(t.Rows, nil)
		}
		t.Rows = append(t.Rows, cells)
	}
}

// TooManyRows is the fault of a table that is too long.
func TooManyRows() TableError {
	return TableError{Code: "too_many_rows", Message: "行数太多：一次最多" + strconv.Itoa(MaxRows) + "行。"}
}

func (t *Table) check() error {
	switch {
	case len(t.Head) == 0:
		return TableError{Code: "empty", Message: "文件是空的。"}
	case len(t.Head) > maxColumns:
		return TableError{Row: 1, Code: "columns", Message: "列太多。"}
	}
	return nil
}

// separator is what the first line has most of.
func separator(content []byte) rune {
	line, _, _ := bytes.Cut(content, []byte("\n"))
	best := ','
	for _, c := range "\t;" {
		if strings.Count(string(line), string(c)) > strings.Count(string(line), string(best)) {
			best = c
		}
	}
	return best
}

// row is a letter of a table.
type row struct {
	cells    map[string]string
	workbook bool
}

func (r row) at(path string) string { return r.cells[path] }
func (r row) serial() bool          { return r.workbook }

// Row is a row of a file with what it says.
type Row struct {
	N      int // as a spreadsheet counts them; of JSON, from 1
	Cells  []string
	Letter Letter
	Faults []Fault
}

// Rows reads the letters of a table. Rows in which nothing stands are passed over.
func (s *Source) Rows(t Table) ([]Row, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	head := make([]string, len(t.Head))
	for i, name := range t.Head {
		head[i] = strings.TrimSpace(name)
	}
	for _, needed := range []Paths{s.Fields.ID, s.Fields.Text} {
		if len(needed) > 0 && !slices.ContainsFunc(needed, func(p string) bool { return slices.Contains(head, p) }) {
			return nil, TableError{Row: 1, Code: "missing_column", Message: "缺少“" + strings.Join(needed, "”或者“") + "”一列。"}
		}
	}
	var rows []Row
	for i, cells := range t.Rows {
		one := Row{N: i + 2, Cells: cells}
		r := row{cells: map[string]string{}, workbook: t.Workbook}
		said := false
		for x, cell := range cells {
			cell = strings.TrimSpace(cell)
			said = said || cell != ""
			if x < len(head) && r.cells[head[x]] == "" {
				r.cells[head[x]] = cell
			} else if x >= len(head) && cell != "" {
				one.Faults = []Fault{{Code: "columns", Message: "这一行的列比列名多，可能有没加引号的逗号。"}}
			}
		}
		if !said {
			continue
		}
		var faults []Fault
		one.Letter, faults = s.letter(r)
		one.Faults = append(one.Faults, faults...)
		rows = append(rows, one)
	}
	return rows, nil
}

// JSONRows reads the letters of a file of JSON.
func (s *Source) JSONRows(content []byte) ([]Row, error) {
	all, err := s.Split(content)
	if err != nil {
		return nil, TableError{Code: "json", Message: "不是 JSON，或者里面没有来信的列表。"}
	}
	if len(all) > MaxRows {
		return nil, TooManyRows()
	}
	rows := make([]Row, len(all))
	for i, raw := range all {
		rows[i] = Row{N: i + 1, Cells: []string{string(raw)}}
		rows[i].Letter, rows[i].Faults = s.Read(raw)
	}
	return rows, nil
}
