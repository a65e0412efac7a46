package sheet_test

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/desk/knowledge/sheet"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// row is an entry with every cell, some of which look like something else.
func row() sheet.Row {
	r := sheet.Row{Cells: map[string]string{}}
	for _, c := range sheet.Columns() {
		r.Cells[c.ID] = "=1+1，“" + c.ID + "”: #是文字"
	}
	maps.Copy(r.Cells, map[string]string{
		"id": "a-b", "version": "3", "state": "published", "sample": "true", "variants": "@甲\n- 乙\n96110\ntrue\n2026-01-31", "keywords": "-1\n+2", "answer": "1. 第一步：\n  - 带上证件\n\n2. 完。",
		"basis": "law-1 | 第一条\nlaw-2", "valid_from": "2026-01-01", "valid_to": "2027-01-01", "review_by": "2026-12-31", "certainty": "A",
		"item_conditions": "甲\n乙", "item_materials": "丙", "item_procedure": "丁",
	})
	return r
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	rows := []sheet.Row{row(), {Cells: map[string]string{"id": "c", "question": "0123", "version": "1", "sample": "false"}}}
	book, err := sheet.Workbook(rows)
	check(t, err)
	text, err := sheet.YAML(rows...)
	check(t, err)
	for name, content := range map[string][]byte{"workbook": book, "yaml": text, "yaml of another system": bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))} {
		got := sheet.Read(sheet.File{Content: content})
		if len(got.Faults) > 0 || len(got.Rows) != 2 {
			t.Fatalf("%s: %+v", name, got)
		}
		for i, r := range got.Rows {
			want := maps.Clone(rows[i].Cells)
			if name != "workbook" {
				delete(want, "state") // a remark there
			}
			if !maps.Equal(r.Cells, want) {
				t.Errorf("%s: %v, want %v", name, r.Cells, want)
			}
		}
	}
}

// workbook is a sheet as people make it, with changes.
func workbook(t *testing.T, change func(f *excelize.File)) []byte {
	t.Helper()
	raw, err := sheet.Workbook([]sheet.Row{row()})
	check(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	check(t, err)
	change(f)
	var out bytes.Buffer
	check(t, f.Write(&out))
	check(t, f.Close())
	return out.Bytes()
}

func TestWhatAWorkbookMayNotHold(t *testing.T) {
	t.Parallel()
	const s = "Sheet1"
	for name, c := range map[string]struct {
		change func(t *testing.T, f *excelize.File)
		want   []sheet.Fault // without the message
	}{
		"a formula": {func(t *testing.T, f *excelize.File) { t.Helper(); check(t, f.SetCellFormula(s, "D3", "1+1")) }, []sheet.Fault{{Row: 3, Column: "question", Code: "formula"}}},
		"a formula aside": {func(t *testing.T, f *excelize.File) {
			t.Helper()
			check(t, f.SetCellFormula(s, "X4", "1+1"))
			check(t, f.SetCellStr(s, "X5", "x"))
		}, []sheet.Fault{{Row: 4, Code: "formula"}, {Row: 5, Code: "unknown_column"}}},
		"merged cells": {func(t *testing.T, f *excelize.File) { t.Helper(); check(t, f.MergeCell(s, "D3", "E4")) }, []sheet.Fault{{Row: 3, Code: "merged_cells"}}},
		"a hidden sheet": {func(t *testing.T, f *excelize.File) {
			t.Helper()
			_, err := f.NewSheet("other")
			check(t, err)
			check(t, f.SetSheetVisible("other", false))
		}, []sheet.Fault{{Code: "hidden_sheet"}}},
		"another sheet": {func(t *testing.T, f *excelize.File) { t.Helper(); _, err := f.NewSheet("other"); check(t, err) }, []sheet.Fault{{Code: "sheets"}}},
		"wrong columns": {func(t *testing.T, f *excelize.File) {
			t.Helper()
			check(t, f.SetCellStr(s, "A1", "question"))
			check(t, f.SetCellStr(s, "E1", "colour"))
		}, []sheet.Fault{{Row: 1, Column: "question", Code: "duplicate_column"}, {Row: 1, Code: "unknown_column"}, {Row: 1, Column: "id", Code: "missing_column"}, {Row: 1, Column: "variants", Code: "missing_column"}}},
		"a control character": {func(t *testing.T, f *excelize.File) { t.Helper(); check(t, f.SetCellStr(s, "D3", "a\tb")) }, []sheet.Fault{{Row: 3, Column: "question", Code: "control_character"}}},
		"too many rows":       {func(t *testing.T, f *excelize.File) { t.Helper(); check(t, f.SetCellStr(s, "A5004", "x")) }, []sheet.Fault{{Code: "too_many_rows"}}},
		"too many columns":    {func(t *testing.T, f *excelize.File) { t.Helper(); check(t, f.SetCellStr(s, "XFD3", "x")) }, []sheet.Fault{{Row: 3, Code: "columns"}}},
	} {
		got := sheet.Read(sheet.File{Content: workbook(t, func(f *excelize.File) { c.change(t, f) })})
		for i := range got.Faults {
			if got.Faults[i].Message == "" {
				t.Errorf("%s: nothing is said", name)
			}
			got.Faults[i].Message = ""
		}
		if !slices.Equal(got.Faults, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got.Faults, c.want)
		}
	}
}

// TestDaysAreReadHoweverTheyAreWritten: as text, or as a spreadsheet keeps them.
func TestDaysAreReadHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, as := range []any{day, 46027, "2026/1/5", "2026年1月5日", " 2026-01-05 "} {
		got := sheet.Read(sheet.File{Content: workbook(t, func(f *excelize.File) { check(t, f.SetCellValue("Sheet1", "L3", as)) })})
		if len(got.Rows) != 1 || got.Rows[0].Cells["valid_from"] != "2026-01-05" {
			t.Errorf("%v: %+v", as, got)
		}
	}
}

func TestNamesOfColumnsMayStandAlone(t *testing.T) {
	t.Parallel()
	got := sheet.Read(sheet.File{Content: workbook(t, func(f *excelize.File) { check(t, f.RemoveRow("Sheet1", 1)) })})
	if len(got.Faults) > 0 || len(got.Rows) != 1 || got.Rows[0].N != 2 || !maps.Equal(got.Rows[0].Cells, row().Cells) {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsNoLibrary(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	part, err := z.Create("xl/worksheets/sheet1.xml")
	check(t, err)
	_, err = part.Write(bytes.Repeat([]byte{' '}, sheet.MaxUnzipped+1))
	check(t, err)
	check(t, z.Close())
	for name, c := range map[string]struct{ content, code string }{
		"nothing":            {" \n", "empty"},
		"a zip bomb":         {bomb.String(), "format"},
		"half a workbook":    {bomb.String()[:100], "format"},
		"an old workbook":    {"\xD0\xCF\x11\xE0\xA1\xB1", "format"},
		"too much":           {strings.Repeat("x", sheet.MaxBytes+1), "too_large"},
		"another encoding":   {"id: \xB2\xE9", "encoding"},
		"NUL":                {"id: a\x00b", "encoding"},
		"broken YAML":        {"id: [a", "yaml"},
		"a list":             {"- id: a", "yaml"},
		"an unknown key":     {"id: a\ncolour: red", "unknown_column"},
		"a state":            {"id: a\nstate: published", "unknown_column"},
		"the same key twice": {"id: a\nid: b", "duplicate_column"},
		"a map for a text":   {"id: {a: b}", "type"},
		"a text for a list":  {"variants: a", "type"},
		"an alias":           {"id: &a x\nquestion: *a", "type"},
		"another basis":      {"basis: [{law: a}]", "type"},
		"too many":           {strings.Repeat("---\nid: a\n", sheet.MaxRows+1), "too_many_rows"},
	} {
		got := sheet.Read(sheet.File{Name: "f", Content: []byte(c.content)})
		if len(got.Faults) == 0 || got.Faults[0].Code != c.code {
			t.Errorf("%s: %+v, want %s", name, got.Faults, c.code)
		}
	}
}

// FuzzRead: whatever comes in is rows or faults, and rows that were taken are
// the same when they are written and read again.
func FuzzRead(f *testing.F) {
	book, err := sheet.Workbook([]sheet.Row{row()})
	if err != nil {
		f.Fatal(err)
	}
	text, err := sheet.YAML(row())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{book, text, []byte("PK\x03\x04"), []byte("id: a\n---\nid: b\nbasis: [{document: c}]"), []byte("item: {fee: '0'}")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got := sheet.Read(sheet.File{Content: content})
		if len(got.Rows)+len(got.Faults) == 0 {
			t.Fatal("neither rows nor faults")
		}
		if len(got.Faults) > 0 || len(got.Rows) > 20 {
			return
		}
		written, err := sheet.Workbook(got.Rows)
		check(t, err)
		again := sheet.Read(sheet.File{Content: written})
		if len(again.Faults) > 0 || len(again.Rows) != len(got.Rows) {
			t.Fatalf("%+v became %+v", got.Rows, again)
		}
		for i := range again.Rows {
			if !maps.Equal(again.Rows[i].Cells, got.Rows[i].Cells) {
				t.Fatalf("%v became %v", got.Rows[i].Cells, again.Rows[i].Cells)
			}
		}
	})
}
