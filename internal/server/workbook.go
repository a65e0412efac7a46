package server

import "jiesu/internal/workbook"

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// newWorkbookFile is rows as a workbook. Whole numbers are numbers.
func newWorkbookFile(name string, rows [][]string) (*tableFile, error) {
	return workbookFile(name, workbook.Sheet{Rows: rows, Numbers: true})
}

// newTextWorkbook is rows as a workbook in which everything is text: the numbers of
// other systems have more digits than spreadsheets keep.
func newTextWorkbook(name string, rows [][]string) (*tableFile, error) {
	return workbookFile(name, workbook.Sheet{Rows: rows})
}

func workbookFile(name string, s workbook.Sheet) (*tableFile, error) {
	s.Widths = []int{28, 28}
	file, err := s.Bytes()
	return &tableFile{ContentType: xlsxType, Disposition: `attachment; filename="` + name + `.xlsx"`, Body: file}, err
}
