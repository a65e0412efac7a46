package server

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge/sheet"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// maxShelfForm is the size of the largest form with a file to be imported: the
// second time it comes as text.
const maxShelfForm = 2 * sheet.MaxBytes

// importShelf tries a file, or imports the one that was tried: the form brings it
// back, so that nothing is kept and what was seen is what is imported.
func (p staffPages) importShelf(c *gin.Context) {
	ctx := c.Request.Context()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxShelfForm)
	if err := c.Request.ParseMultipartForm(maxShelfForm); err != nil { // no more than that: nothing goes to the disk
		p.fail(c, formProblem(err))
		return
	}
	file, err := shelfFile(c)
	if err != nil {
		p.showShelf(c, http.StatusUnprocessableEntity, desk.ShelfFilter{}, portal.Problems{{Field: "file", Message: "请选择要导入的文件。"}})
		return
	}
	plan, err := p.importInTurn(ctx, []sheet.File{file}, field(c, "apply") == "1")
	status := http.StatusOK
	if problem.HasCode(err, "library.import") { // it was in order when it was tried
		status, err = http.StatusUnprocessableEntity, nil
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	v := importView(&plan)
	v.File = file.Name
	if drafts := plan.Counts[desk.ImportNew] + plan.Counts[desk.ImportChanged]; drafts > 0 && len(plan.Faults) == 0 && !plan.Applied {
		v.Kept = base64.StdEncoding.EncodeToString(file.Content)
	}
	p.show(c, status, v)
}

// shelfFile is the file that was chosen, or the one that comes back.
func shelfFile(c *gin.Context) (sheet.File, error) {
	if kept := c.Request.PostFormValue("kept"); kept != "" {
		content, err := base64.StdEncoding.DecodeString(kept)
		return sheet.File{Name: field(c, "name"), Content: content}, err
	}
	f, head, err := c.Request.FormFile("file")
	if err != nil {
		return sheet.File{}, err
	}
	content, err := io.ReadAll(f)
	return sheet.File{Name: tidy(head.Filename), Content: content}, errors.Join(err, f.Close())
}

func importView(p *desk.LibraryImport) portal.ShelfImport {
	v := portal.ShelfImport{Applied: p.Applied}
	names := map[string]string{}
	for _, c := range sheet.Columns() {
		names[c.ID], _, _ = strings.Cut(c.Name, "（")
	}
	var counts []string
	for _, o := range []desk.ImportOutcome{desk.ImportNew, desk.ImportChanged, desk.ImportDrafted, desk.ImportSame, desk.ImportRefused} {
		counts = append(counts, outcomeOf(o)+strconv.Itoa(p.Counts[o])+"条")
	}
	v.Counts = strings.Join(counts, "，")
	for _, r := range p.Rows {
		if r.Outcome != desk.ImportSame {
			v.Rows = append(v.Rows, portal.ImportedRow{
				N: r.N, Entry: r.Entry, Question: r.Question, Outcome: outcomeOf(r.Outcome), Text: r.Text,
				Fields: strings.Join(list(r.Fields, func(id string) string { return names[id] }), "、"),
			})
		}
	}
	for _, f := range p.Faults {
		v.Faults = append(v.Faults, portal.ImportFault{Row: f.Row, Column: names[f.Column], Message: f.Message})
	}
	return v
}

func outcomeOf(o desk.ImportOutcome) string {
	switch o {
	case desk.ImportNew:
		return "新增"
	case desk.ImportChanged:
		return "修改"
	case desk.ImportSame:
		return "没有变化"
	case desk.ImportDrafted:
		return "已有同样的稿件"
	case desk.ImportRefused:
		return "不能导入"
	}
	return ""
}
