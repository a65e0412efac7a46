package workbook_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/workbook"
)

// opened is a sheet's file as others read it.
func opened(t *testing.T, s workbook.Sheet) *excelize.File {
	t.Helper()
	file, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func TestTextStaysText(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", "京A·12345", "=1+1", "+86 10", "@x", "-5", "007", "12345678901234567890", "  两边有空格 ", "一行\n又一行\t和制表", "回\r车",
		"_x0041_", "_x005F_x0041_", "\x01控制\x1f", `<b>&"'`, "😀", "2026-12-01", "TRUE", strings.Repeat("字", 32767),
	}
	book := opened(t, workbook.Sheet{Rows: [][]string{texts, nil, {"", "", "third"}}})
	rows, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], texts) {
		t.Errorf("read back as %q", rows[0])
	}
	if len(rows) != 3 || !slices.Equal(rows[2], []string{"", "", "third"}) {
		t.Errorf("rows after an empty one: %q", rows[1:])
	}
	for x := range texts {
		place, _ := excelize.CoordinatesToCellName(x+1, 1)
		if formula, err := book.GetCellFormula("Sheet1", place); formula != "" || err != nil {
			t.Errorf("%s is the formula %q %v", place, formula, err)
		}
	}
}

func TestNumbersAreThoseThatStayTheSame(t *testing.T) {
	t.Parallel()
	row := []string{"12", "-3", "0", "007", "1.5", "+1", "123456789012345", "1234567890123456", "90.00%"}
	numbers := []bool{true, true, true, false, false, false, true, false, false}
	book := opened(t, workbook.Sheet{Rows: [][]string{row}, Numbers: true})
	for x, want := range numbers {
		place, _ := excelize.CoordinatesToCellName(x+1, 1)
		kind, err := book.GetCellType("Sheet1", place)
		if number := kind != excelize.CellTypeInlineString; err != nil || number != want {
			t.Errorf("%q is a number: %v (%v)", row[x], number, err)
		}
		if text, err := book.GetCellValue("Sheet1", place); text != row[x] || err != nil {
			t.Errorf("%q reads %q %v", row[x], text, err)
		}
	}
}

func TestAFormStaysAsTyped(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"id"}, {"编号"}, {"a"}}
	book := opened(t, workbook.Sheet{Rows: rows, Form: true, Widths: []int{24, 30}, Hidden: 1, Frozen: 2})
	for place, of := range map[string]func() (int, error){
		"A3":       func() (int, error) { return book.GetCellStyle("Sheet1", "A3") },
		"column B": func() (int, error) { return book.GetColStyle("Sheet1", "B") },
	} {
		id, err := of()
		if err != nil {
			t.Fatal(err)
		}
		style, err := book.GetStyle(id)
		if err != nil || style.NumFmt != 49 || style.Alignment == nil || !style.Alignment.WrapText || style.Alignment.Vertical != "top" {
			t.Errorf("%s has the style %+v %v", place, style, err)
		}
	}
	if width, err := book.GetColWidth("Sheet1", "B"); width != 30 || err != nil {
		t.Errorf("width %v %v", width, err)
	}
	for row, want := range []bool{false, true, true} {
		if shown, err := book.GetRowVisible("Sheet1", row+1); shown != want || err != nil {
			t.Errorf("row %d is shown: %v %v", row+1, shown, err)
		}
	}
	if panes, err := book.GetPanes("Sheet1"); err != nil || !panes.Freeze || panes.YSplit != 2 || panes.TopLeftCell != "A3" {
		t.Errorf("panes %+v %v", panes, err)
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]workbook.Sheet{
		"many columns": {Rows: [][]string{make([]string, 1<<14+1)}},
		"many rows":    {Rows: make([][]string, 1<<20+1)},
	} {
		if _, err := s.Bytes(); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func TestALongTextSaysWhereItEnds(t *testing.T) {
	t.Parallel()
	book := opened(t, workbook.Sheet{Rows: [][]string{{strings.Repeat("字", 32768)}}})
	text, err := book.GetCellValue("Sheet1", "A1")
	if n := utf8.RuneCountInString(text); err != nil || n != 32767 || !strings.HasSuffix(text, "字……（单元格放不下，余下的请看原文）") {
		t.Errorf("%d characters, %v", n, err)
	}
}

func TestEqualSheetsAreEqualFiles(t *testing.T) {
	t.Parallel()
	s := workbook.Sheet{Rows: [][]string{{"a", "1"}}, Numbers: true}
	one, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if other, err := s.Bytes(); err != nil || !bytes.Equal(one, other) {
		t.Error("the files differ", err)
	}
}

func TestColumnsPastTheAlphabet(t *testing.T) {
	t.Parallel()
	row := make([]string, 800)
	for _, x := range []int{25, 26, 701, 702, 799} {
		row[x] = "here"
	}
	book := opened(t, workbook.Sheet{Rows: [][]string{row}})
	for _, place := range []string{"Z1", "AA1", "ZZ1", "AAA1", "ADT1"} {
		if text, err := book.GetCellValue("Sheet1", place); text != "here" || err != nil {
			t.Errorf("%s holds %q %v", place, text, err)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"", "字", "=A1", "_x0041_", "_x_x0041__", "\x00\x0b", "\r\n", "￾"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 30000 {
			return
		}
		if got, err := opened(t, workbook.Sheet{Rows: [][]string{{text}}}).GetCellValue("Sheet1", "A1"); err != nil || got != text {
			t.Errorf("%q reads %q %v", text, got, err)
		}
	})
}
