package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge/sheet"
)

const (
	libraryImportPath = "/api/v1/staff/library/import"
	yamlType          = "application/yaml; charset=utf-8"
)

type exportInput struct {
	Format string `query:"format" enum:"xlsx,yaml" default:"xlsx" doc:"a workbook of one sheet, or the schema of the library's files with --- between entries"`
}

type importInput struct {
	Apply   bool   `query:"apply" doc:"make the drafts; otherwise nothing is changed"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type importBody struct {
	Applied bool                       `json:"applied"`
	Counts  map[desk.ImportOutcome]int `json:"counts" doc:"rows by outcome"`
	Rows    []importedBody             `json:"rows" nullable:"false" doc:"in the order of the file"`
	Faults  []importFaultBody          `json:"faults" nullable:"false" doc:"any: nothing can be imported"`
}

type importedBody struct {
	Row      int                `json:"row" doc:"of the sheet, or the line an entry begins with"`
	Entry    string             `json:"entry"`
	Question string             `json:"question"`
	Outcome  desk.ImportOutcome `json:"outcome" enum:"new,changed,same,drafted,refused"`
	Fields   []string           `json:"fields" nullable:"false" doc:"columns that say something else"`
	Text     string             `json:"text,omitempty" doc:"id of the text about it"`
}

type importFaultBody struct {
	Row     int    `json:"row" doc:"0: the file as a whole"`
	Column  string `json:"column,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func newImport(p desk.LibraryImport) importBody {
	return importBody{
		Applied: p.Applied, Counts: p.Counts,
		Rows: list(p.Rows, func(r desk.ImportRow) importedBody {
			return importedBody{Row: r.N, Entry: r.Entry, Question: r.Question, Outcome: r.Outcome, Fields: list(r.Fields, same[string]), Text: r.Text}
		}),
		Faults: list(p.Faults, func(f sheet.Fault) importFaultBody {
			return importFaultBody{Row: f.Row, Column: f.Column, Code: f.Code, Message: f.Message}
		}),
	}
}

// shelfFileRoutes take the library out of the house, and back as drafts.
func (s *Server) shelfFileRoutes() {
	register(s, operation{
		id: "export-library", method: http.MethodGet, path: "/api/v1/staff/library/export", tag: "library", status: http.StatusOK, audience: staffOnly,
		summary: "The library in use as a file; imported again without a change it changes nothing",
	}, s.exportLibrary)
	register(s, operation{
		id: "import-library", method: http.MethodPost, path: libraryImportPath, tag: "library", status: http.StatusOK, audience: staffOnly,
		largest: sheet.MaxBytes, summary: "Try a file with entries, or make drafts of what is new and changed in it: all or none",
	}, func(ctx context.Context, in *importInput) (*body[importBody], error) {
		p, err := s.importInTurn(ctx, []sheet.File{{Content: in.RawBody}}, in.Apply)
		return respond(newImport(p), err)
	})
}

func (s *Server) importInTurn(ctx context.Context, files []sheet.File, apply bool) (p desk.LibraryImport, err error) {
	err = s.inTurn(ctx, func() error { p, err = s.desk.ImportLibrary(ctx, actorOf(ctx), files, apply); return err })
	return p, err
}

func (s *Server) exportLibrary(ctx context.Context, in *exportInput) (*tableFile, error) {
	rows, err := s.desk.ExportLibrary(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	file := tableFile{ContentType: xlsxType, Disposition: `attachment; filename="library.` + in.Format + `"`}
	if in.Format == "yaml" {
		file.ContentType = yamlType
		file.Body, err = sheet.YAML(rows...)
		return &file, err
	}
	err = s.inTurn(ctx, func() error { file.Body, err = sheet.Workbook(rows); return err })
	return &file, err
}
