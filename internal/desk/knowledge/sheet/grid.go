package sheet

import (
	"bytes"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// maxColumns bounds what may stand beside each other.
const maxColumns = 64

// Grid is the one sheet of any workbook as text, row by row; times are numbers of
// days since 1899-12-30. A workbook that shows something else than it holds is
// refused: hidden sheets, merged cells, formulas, another beginning of time.
func Grid(f File) ([][]string, []Fault) {
	if len(f.Content) > MaxBytes {
		return nil, []Fault{{File: f.Name, Code: "too_large", Message: "文件太大：一次最多导入4MB。"}}
	}
	g, faults := openGrid(f)
	if len(faults) > 0 {
		return nil, faults
	}
	defer g.close()
	if g.since1904() {
		g.fault(0, "date1904", "工作簿的日期从1904年算起，请改用1900年日期系统，或者另存为 CSV 再导入。")
	}
	for y, row := range g.rows {
		for x := range max(len(row), len(g.rows[0])) {
			if place, err := excelize.CoordinatesToCellName(x+1, y+1); err == nil && g.computed(place) {
				g.fault(y+1, "formula", "单元格"+place+"是公式。请改成文字再导入。")
			}
		}
	}
	if len(g.faults) > 0 {
		return nil, g.faults
	}
	return g.rows, nil
}

// grid is the sheet of a workbook that is open.
type grid struct {
	file   string
	from   *excelize.File
	sheet  string
	rows   [][]string
	faults []Fault
}

// openGrid opens a workbook and reads its cells. It is to be closed where there are
// no faults.
func openGrid(f File) (*grid, []Fault) {
	g := &grid{file: f.Name}
	book, err := excelize.OpenReader(bytes.NewReader(f.Content), excelize.Options{
		UnzipSizeLimit: MaxUnzipped, UnzipXMLSizeLimit: MaxUnzipped, RawCellValue: true, // the same bound: more is refused, not put on the disk
	})
	if err != nil {
		g.fault(0, "format", "打不开这个工作簿：文件损坏，或者解压后太大。")
		return nil, g.faults
	}
	g.from = book
	if !g.single() || !g.load() || !g.plain() {
		g.close()
		return nil, g.faults
	}
	return g, nil
}

func (g *grid) close() { _ = g.from.Close() }

func (g *grid) fault(row int, code, message string) {
	g.faults = append(g.faults, Fault{File: g.file, Row: row, Code: code, Message: message})
}

// single finds the one sheet.
func (g *grid) single() bool {
	sheets := g.from.GetSheetList()
	for _, name := range sheets {
		if visible, err := g.from.GetSheetVisible(name); err != nil || !visible {
			g.fault(0, "hidden_sheet", "工作簿里有隐藏的工作表，请删除后再导入。")
			return false
		}
	}
	if len(sheets) != 1 {
		g.fault(0, "sheets", "工作簿里只能有一个工作表。")
		return false
	}
	g.sheet = sheets[0]
	return true
}

// load reads the cells one row after the other: how many there are is known
// before they are all in memory.
func (g *grid) load() bool {
	rows, err := g.from.Rows(g.sheet)
	if err != nil {
		g.fault(0, "format", "工作表无法读取。")
		return false
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		cells, err := rows.Columns()
		switch {
		case err != nil:
			g.fault(len(g.rows)+1, "format", "这一行无法读取。")
			return false
		case len(cells) > maxColumns:
			g.fault(len(g.rows)+1, "columns", "列太多：最多"+strconv.Itoa(maxColumns)+"列。")
			return false
		case len(g.rows) >= MaxRows+2: // the heads
			g.fault(0, "too_many_rows", "行数太多：一次最多"+strconv.Itoa(MaxRows)+"行。")
			return false
		}
		g.rows = append(g.rows, cells)
	}
	return true
}

// plain refuses what stands for something else than it shows.
func (g *grid) plain() bool {
	merged, err := g.from.GetMergeCells(g.sheet, true)
	if err != nil {
		g.fault(0, "format", "工作表无法读取。")
		return false
	}
	for _, m := range merged {
		_, row, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
		g.fault(row, "merged_cells", "单元格"+m.GetStartAxis()+"到"+m.GetEndAxis()+"合并了，请取消合并后再导入。")
	}
	return len(merged) == 0
}

// computed reports whether a cell holds a formula.
func (g *grid) computed(place string) bool {
	formula, err := g.from.GetCellFormula(g.sheet, place)
	return err != nil || formula != ""
}

func (g *grid) since1904() bool {
	props, err := g.from.GetWorkbookProps()
	return err == nil && props.Date1904 != nil && *props.Date1904
}
