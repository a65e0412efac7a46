// Package workbook writes workbooks (.xlsx) of one sheet: rows of text and whole
// numbers, for people who work in a spreadsheet.
//
// It owns the file's form (ECMA-376 part 1, chapter 18): what parts it has, how text is
// escaped, what a sheet may hold. It does not own what stands in the rows, and reads
// nothing: files that come in are excelize's. Excelize could write them too, but would
// keep 16 MB of unused code in the program (ADR 30).
//
// Invariants: nothing becomes a formula, whatever it looks like; no text is changed, and
// one that a cell cannot hold says where it ends; equal sheets are equal files.
package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// What a sheet may hold (ECMA-376 part 1, 18.3.1.73 and 18.3.1.4; the length of a text
// is Excel's). A number has at most so many digits that a spreadsheet keeps them all.
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
	maxText    = 32767 // UTF-16 code units
	maxDigits  = 15

	cutMark = "……（单元格放不下，余下的请看原文）"
)

// Sheet is what a workbook shows.
type Sheet struct {
	Rows    [][]string
	Numbers bool  // whole numbers are numbers; otherwise everything is text
	Form    bool  // it is filled in by hand: columns are text, wrapped, so that what is typed stays as typed
	Widths  []int // of the first columns, in characters
	Hidden  int   // so many rows at the top are not shown
	Frozen  int   // so many rows at the top stay while the others scroll
}

// Bytes is the file. More rows or columns than a sheet has are an error.
func (s Sheet) Bytes() ([]byte, error) {
	sheet, err := s.markup()
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range []struct{ name, markup string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageParts},
		{"xl/workbook.xml", workbookPart},
		{"xl/_rels/workbook.xml.rels", workbookParts},
		{"xl/styles.xml", styles},
		{"xl/worksheets/sheet1.xml", sheet},
	} {
		w, err := z.Create(part.name)
		if err == nil {
			_, err = io.WriteString(w, xml.Header+part.markup)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("close the workbook: %w", err)
	}
	return file.Bytes(), nil
}

// markup is the sheet's part (18.3.1.99).
func (s Sheet) markup() (string, error) {
	if len(s.Rows) > maxRows {
		return "", fmt.Errorf("%d rows are more than a sheet has", len(s.Rows))
	}
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="` + mainSpace + `"><sheetViews><sheetView workbookViewId="0">`)
	if s.Frozen > 0 {
		fmt.Fprintf(&b, `<pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`, s.Frozen, s.Frozen+1)
	}
	b.WriteString(`</sheetView></sheetViews>`)
	if len(s.Widths) > 0 {
		b.WriteString(`<cols>`)
		for i, width := range s.Widths {
			fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1" style="%d"/>`, i+1, i+1, width, s.style())
		}
		b.WriteString(`</cols>`)
	}
	b.WriteString(`<sheetData>`)
	for y, row := range s.Rows {
		if err := s.row(&b, y, row); err != nil {
			return "", err
		}
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.String(), nil
}

func (s Sheet) row(b *strings.Builder, y int, row []string) error {
	if len(row) > maxColumns {
		return fmt.Errorf("%d columns are more than a sheet has", len(row))
	}
	fmt.Fprintf(b, `<row r="%d"`, y+1)
	if y < s.Hidden {
		b.WriteString(` hidden="1"`)
	}
	b.WriteString(`>`)
	for x, text := range row {
		switch place := column(x) + strconv.Itoa(y+1); {
		case text == "":
		case s.Numbers && isNumber(text):
			fmt.Fprintf(b, `<c r="%s" s="%d"><v>%s</v></c>`, place, s.style(), text)
		default:
			fmt.Fprintf(b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, place, s.style(), escaped(fitting(text)))
		}
	}
	b.WriteString(`</row>`)
	return nil
}

// style is the place of the cells' format among those of [styles].
func (s Sheet) style() int {
	if s.Form {
		return 1
	}
	return 0
}

// isNumber reports whether a text is a whole number that stays the same as a number.
func isNumber(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && len(text) <= maxDigits && strconv.FormatInt(n, 10) == text
}

// column is the name of the column at x: A for 0, AA for 26.
func column(x int) string {
	name := ""
	for x++; x > 0; x = (x - 1) / 26 {
		name = string(rune('A'+(x-1)%26)) + name
	}
	return name
}

// fitting is as much of text as a cell holds, with a mark where it was cut.
func fitting(text string) string {
	if len(text) <= maxText { // bytes are at least as many as code units: most texts need no counting
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= maxText {
		return text
	}
	return string(utf16.Decode(units[:maxText-len([]rune(cutMark))])) + cutMark
}

// escaped is text as a cell holds it. What XML cannot hold is written as _x0001_, and
// the underscore of what already looks like that as _x005F_ (22.9.2.19).
func escaped(text string) string {
	var held strings.Builder
	for i, r := range text {
		switch {
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF, r == '_' && looksEscaped(text[i:]):
			fmt.Fprintf(&held, "_x%04X_", r)
		default:
			held.WriteRune(r)
		}
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(held.String())) // a builder takes everything
	return b.String()
}

// looksEscaped reports whether text begins like _x0001_.
func looksEscaped(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

// The parts that are the same in every workbook.
const (
	mainSpace     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace  = "http://schemas.openxmlformats.org/package/2006"
	typePrefix    = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	contentTypes = `<Types xmlns="` + packageSpace + `/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + typePrefix + `sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + typePrefix + `worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + typePrefix + `styles+xml"/></Types>`

	packageParts = `<Relationships xmlns="` + packageSpace + `/relationships">` +
		`<Relationship Id="rId1" Type="` + relationSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`

	workbookPart = `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relationSpace + `">` +
		`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`

	workbookParts = `<Relationships xmlns="` + packageSpace + `/relationships">` +
		`<Relationship Id="rId1" Type="` + relationSpace + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relationSpace + `/styles" Target="styles.xml"/></Relationships>`

	// The first format is plain; the second is text (number format 49), wrapped, at the
	// top of its cell (18.8.10, 18.8.30).
	styles = `<styleSheet xmlns="` + mainSpace + `">` +
		`<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">` +
		`<alignment vertical="top" wrapText="1"/></xf></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)
