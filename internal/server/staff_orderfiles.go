package server

import (
	"encoding/base64"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
	wire "jiesu/webhooks/hotline"
)

// maxOrderForm is the size of the largest form with a workbook: the second time it
// comes as text.
const maxOrderForm = 2 * maxOrderSheet

// importOrdersPage tries a workbook, or imports the one that was tried: the form
// brings it back, so that what was seen is what is imported.
func (p staffPages) importOrdersPage(c *gin.Context) {
	ctx := c.Request.Context()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxOrderForm)
	if err := c.Request.ParseMultipartForm(maxOrderForm); err != nil { // no more than that: nothing goes to the disk
		p.fail(c, formProblem(err))
		return
	}
	file, err := shelfFile(c)
	if err != nil {
		p.showOrders(c, http.StatusUnprocessableEntity, portal.Problems{{Field: "file", Message: "请选择要导入的文件。"}})
		return
	}
	platform, apply := field(c, "platform"), field(c, "apply") == "1"
	taken, err := p.importOrders(ctx, platform, file.Content, apply)
	if problems, ok := p.refusal(ctx, err); err != nil && ok {
		p.showOrders(c, http.StatusUnprocessableEntity, problems)
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	b, err := p.desk.OrderBoard(ctx, actorOf(ctx), desk.OrderQuery{Platform: platform})
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.OrderImport{File: file.Name, Platform: platform, PlatformName: platformNames(b.Platforms)(platform), Applied: apply}
	fresh := false
	for _, t := range taken {
		v.Rows = append(v.Rows, portal.OrderImportRow{N: t.Row, Number: t.Number, Outcome: outcomeOfAct(t.Outcome), Ticket: t.Ticket, Message: t.Reason})
		fresh = fresh || t.Outcome == desk.ActNew
	}
	if fresh && !apply {
		v.Kept = base64.StdEncoding.EncodeToString(file.Content)
	}
	p.show(c, http.StatusOK, v)
}

// exportOpsPage is what waits to be typed, as a workbook.
func (p staffPages) exportOpsPage(c *gin.Context) {
	file, err := p.exportOps(c.Request.Context(), c.Query("platform"))
	p.download(c, file, err)
}

// orderForm is an empty workbook to be filled in.
func (p staffPages) orderForm(c *gin.Context) {
	body, err := wire.WriteOrders(nil)
	p.download(c, &tableFile{ContentType: xlsxType, Disposition: `attachment; filename="12345-orders.xlsx"`, Body: body}, err)
}

func (p staffPages) download(c *gin.Context, file *tableFile, err error) {
	if err != nil {
		p.fail(c, err)
		return
	}
	c.Header("Content-Disposition", file.Disposition)
	c.Data(http.StatusOK, file.ContentType, file.Body)
}
