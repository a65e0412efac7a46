package channel

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

// Limits of a file with lines.
const (
	MaxListings  = 500
	MaxLinesFile = 1 << 20 // bytes
)

const closedWord = "是"

// ListingColumns are the columns of a table of lines.
func ListingColumns() []string {
	return []string{"id", "number", "name", "use", "hours", "unit", "scope", "group", "category", "certainty", "note", "closed"}
}

// cells are l's fields in the order of the columns.
func (l *Listing) cells() []*string {
	return []*string{&l.ID, &l.Number, &l.Name, &l.Use, &l.Hours, &l.Unit, &l.Scope, &l.Group, &l.Category, &l.Certainty, &l.Note}
}

// ListingTable is lines as rows of a table, their columns first.
func ListingTable(lines []Listing) [][]string {
	rows := [][]string{ListingColumns()}
	for i := range lines {
		var row []string
		for _, cell := range lines[i].cells() {
			row = append(row, *cell)
		}
		closed := ""
		if lines[i].Closed {
			closed = closedWord
		}
		rows = append(rows, append(row, closed))
	}
	return rows
}

// ListingYAML is lines as a file, as [ParseListings] reads it.
func ListingYAML(lines []Listing) ([]byte, error) {
	return yaml.MarshalWithOptions(lines, yaml.UseLiteralStyleIfMultiline(true))
}

// ParseListings reads lines from YAML, or from a CSV table with a row of columns,
// and checks each. It takes all of a file or nothing: a problem "hotline.file"
// names the first row that is wrong.
func ParseListings(data []byte) ([]Listing, error) {
	if len(data) > MaxLinesFile {
		return nil, problem.New(problem.TooLarge, "hotline.file", "文件太大，最多1MB。")
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		return nil, badLines(0, "文件要用UTF-8编码保存。", nil)
	}
	lines, err := parseListings(data)
	switch {
	case err != nil:
		return nil, err
	case len(lines) == 0:
		return nil, badLines(0, "文件里没有热线。", nil)
	case len(lines) > MaxListings:
		return nil, badLines(0, fmt.Sprintf("一次最多%d条热线。", MaxListings), nil)
	}
	seen := map[string]bool{}
	for i := range lines {
		l := &lines[i]
		if err := l.Check(); err != nil {
			return nil, lineFault(i+1, err)
		}
		if l.ID != "" && seen[l.ID] {
			return nil, badLines(i+1, "编号“"+l.ID+"”重复。", nil)
		}
		seen[l.ID] = true
	}
	return lines, nil
}

// lineFault is what is wrong with the nth line of a file, with every part of it.
func lineFault(n int, err error) error {
	e, ok := errors.AsType[*problem.Error](err)
	if !ok {
		return err
	}
	var what []string
	for _, f := range e.Fields {
		what = append(what, strings.TrimPrefix(f.Pointer, "/")+"："+f.Message)
	}
	return badLines(n, strings.Join(what, " "), err)
}

func badLines(n int, what string, cause error) error {
	if n > 0 {
		what = fmt.Sprintf("第%d条：%s", n, what)
	}
	return problem.New(problem.Invalid, "hotline.file", what).Because(cause)
}

func parseListings(data []byte) ([]Listing, error) {
	first, _, _ := bytes.Cut(bytes.TrimSpace(data), []byte("\n"))
	if !bytes.HasPrefix(first, []byte("id,")) {
		var lines []Listing
		if err := yaml.UnmarshalWithOptions(data, &lines, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
			return nil, badLines(0, "文件不是热线目录的YAML，也不是第一行为列名的CSV。", err)
		}
		return lines, nil
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, badLines(0, "CSV的行列不齐，或者引号没有配对。", err)
	}
	if !slices.Equal(rows[0], ListingColumns()) {
		return nil, badLines(0, "CSV的列名应为："+strings.Join(ListingColumns(), "、")+"。", nil)
	}
	lines := make([]Listing, len(rows)-1)
	for i, row := range rows[1:] {
		for j, cell := range lines[i].cells() {
			*cell = strings.TrimPrefix(row[j], "'") // which keeps a spreadsheet from reading a formula
		}
		lines[i].Closed = row[len(row)-1] == closedWord
	}
	return lines, nil
}
