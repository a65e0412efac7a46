package server

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/xuri/excelize/v2"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// newWorkbookFile is rows as a workbook of one sheet. Whole numbers are numbers;
// everything else is text, whatever it looks like: nothing becomes a formula.
func newWorkbookFile(name string, rows [][]string) (*tableFile, error) {
	return workbookFile(name, rows, func(cell string) (int64, error) { return strconv.ParseInt(cell, 10, 64) })
}

// newTextWorkbook is rows as a workbook in which everything is text: the numbers of
// other systems have more digits than spreadsheets keep.
func newTextWorkbook(name string, rows [][]string) (*tableFile, error) {
	return workbookFile(name, rows, func(string) (int64, error) { return 0, strconv.ErrSyntax })
}

func workbookFile(name string, rows [][]string, number func(cell string) (int64, error)) (*tableFile, error) {
	book := excelize.NewFile()
	sheet := book.GetSheetName(0)
	var errs []error
	for y, row := range rows {
		for x, cell := range row {
			place, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return nil, err
			}
			if n, err := number(cell); err == nil {
				errs = append(errs, book.SetCellInt(sheet, place, n))
				continue
			}
			errs = append(errs, book.SetCellStr(sheet, place, cell))
		}
	}
	var file bytes.Buffer
	errs = append(errs, book.SetColWidth(sheet, "A", "B", 28), book.Write(&file), book.Close())
	return &tableFile{ContentType: xlsxType, Disposition: `attachment; filename="` + name + `.xlsx"`, Body: file.Bytes()}, errors.Join(errs...)
}
