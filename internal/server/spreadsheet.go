package server

import (
	"bytes"
	"encoding/csv"
	"strings"
)

const (
	csvType       = "text/csv; charset=utf-8"
	byteOrderMark = "\xEF\xBB\xBF" // makes spreadsheets read UTF-8
)

// tableFile is a table to be saved.
type tableFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func newTableFile(name string, rows [][]string) (*tableFile, error) {
	table, err := Spreadsheet(rows)
	return &tableFile{ContentType: csvType, Disposition: `attachment; filename="` + name + `.csv"`, Body: table}, err
}

// Spreadsheet is rows as a CSV file that no spreadsheet takes for formulas.
func Spreadsheet(rows [][]string) ([]byte, error) {
	var table bytes.Buffer
	table.WriteString(byteOrderMark)
	w := csv.NewWriter(&table)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = inert(cell)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return table.Bytes(), w.Error()
}

// inert is a cell no spreadsheet takes for a formula.
func inert(s string) string {
	if strings.IndexAny(s, "=+-@＝＋－＠\t\r\n|%") == 0 {
		return "'" + s
	}
	return s
}

func yesOrNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}
