package hotline

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"jiesu/internal/workbook"
)

// What a workbook may measure.
const (
	maxFile     = 4 << 20
	maxUnzipped = 32 << 20
	maxRows     = 2000
	maxDigits   = 15 // more of a number a workbook does not keep
)

// ReadOrders reads dispatched orders from a workbook of one sheet, the first row of
// which names its columns. A row that cannot be taken says so and holds up no other.
func ReadOrders(file []byte) ([]OrderRow, error) {
	if len(file) > maxFile {
		return nil, FieldErrors{{"文件", "超过 4 MB"}}
	}
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return nil, FieldErrors{{"文件", "不是可以打开的 .xlsx 工作簿"}}
	}
	defer func() { _ = book.Close() }()
	if len(book.GetSheetList()) != 1 {
		return nil, FieldErrors{{"文件", "工作簿里只能有一个工作表"}}
	}
	s := page{book: book, name: book.GetSheetName(0)}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.since1904 = *props.Date1904
	}
	return s.read()
}

// page is the sheet of a workbook.
type page struct {
	book      *excelize.File
	name      string
	since1904 bool
	columns   []*Column // by place; nil: of no use here
	names     []string
}

func (s *page) read() ([]OrderRow, error) {
	rows, err := s.book.Rows(s.name)
	if err != nil {
		return nil, FieldErrors{{"文件", "工作表无法读取"}}
	}
	defer func() { _ = rows.Close() }()
	var all []OrderRow
	for n := 1; rows.Next(); n++ {
		texts, err := rows.Columns()
		switch {
		case err != nil:
			return nil, FieldErrors{{"文件", "工作表无法读取"}}
		case n == 1:
			err = s.head(texts)
		case n > maxRows+1:
			err = FieldErrors{{"文件", "一次最多导入 2000 行"}}
		case strings.TrimSpace(strings.Join(texts, "")) != "":
			all = append(all, s.order(n, texts))
		}
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, FieldErrors{{"文件", "没有工单"}}
	}
	return all, nil
}

// head finds out which column stands where.
func (s *page) head(texts []string) error {
	columns := OrderColumns()
	for _, name := range texts {
		name = strings.TrimSpace(name)
		if name != "" && slices.Contains(s.names, name) {
			return FieldErrors{{"列名", "有一列出现了两次"}}
		}
		var found *Column
		if i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name }); i >= 0 {
			found = &columns[i]
		}
		s.columns, s.names = append(s.columns, found), append(s.names, name)
	}
	for _, needed := range []string{"工单编号", "内容"} {
		if !slices.Contains(s.names, needed) {
			return FieldErrors{{needed, "缺少这一列"}}
		}
	}
	return nil
}

func (s *page) order(n int, texts []string) OrderRow {
	texts = texts[:min(len(texts), len(s.columns))]
	var faults FieldErrors
	for x, c := range s.columns[:len(texts)] {
		if c == nil || texts[x] == "" {
			continue
		}
		text, rule := s.cell(c, x, n, texts[x])
		if rule != "" {
			faults = append(faults, Fault{c.Name, rule})
		}
		texts[x] = text
	}
	if len(faults) > 0 {
		return OrderRow{N: n, Err: faults}
	}
	return orderRow(n, s.names, texts)
}

// cell is what stands in a cell, or the rule it breaks.
func (s *page) cell(c *Column, x, n int, text string) (fine, rule string) {
	at, err := excelize.CoordinatesToCellName(x+1, n)
	if err != nil {
		return text, "无法读取"
	}
	if formula, err := s.book.GetCellFormula(s.name, at); err != nil || formula != "" {
		return text, "是公式，请改成文字"
	}
	held, found := field(reflect.TypeFor[Order](), c.field)
	is, _ := kindOf(held)
	switch {
	case !found:
	case is == kindTime:
		return date(strings.TrimSpace(text), s.since1904, excelize.ExcelDateToTime), ""
	case is == kindID:
		form, err := s.book.GetCellType(s.name, at)
		number := err == nil && form != excelize.CellTypeSharedString && form != excelize.CellTypeInlineString
		if number && (len(text) > maxDigits || strings.ContainsAny(text, ".eE")) {
			return text, "是数字格式，末几位可能已经丢失，请把单元格设为文本后重新填写"
		}
	}
	return text, ""
}

// WriteOrders is orders as a workbook; without any, a form to be filled in.
func WriteOrders(orders []Order) ([]byte, error) { return form(OrderColumns(), orders) }

// WriteOps is what is to be typed, as a workbook.
func WriteOps(ops []Op) ([]byte, error) { return form(OpColumns(), ops) }

// form writes every cell as text, whatever it looks like.
func form[T any](columns []Column, items []T) ([]byte, error) {
	rows := make([][]string, 1, len(items)+1)
	for _, c := range columns {
		rows[0] = append(rows[0], c.Name)
	}
	for _, item := range items {
		texts, err := cells(item, columns)
		if err != nil {
			return nil, err
		}
		rows = append(rows, texts)
	}
	return workbook.Sheet{Rows: rows, Form: true, Widths: slices.Repeat([]int{20}, len(columns))}.Bytes()
}
