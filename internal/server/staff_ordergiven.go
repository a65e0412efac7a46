package server

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/web/portal"
	wire "jiesu/webhooks/hotline"
)

// maxOpForm is the size of the largest form about an operation: with one file.
const maxOpForm = maxForm + channel.MaxUpload

// pushOrderPage proposes to give a letter to a platform.
func (p staffPages) pushOrderPage(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	v, err := p.desk.PushOrder(ctx, actorOf(ctx), desk.PushDraft{
		Ticket: field(c, "ticket"), Platform: field(c, "platform"), Opinion: field(c, "opinion"), Unit: field(c, "suggest"),
	})
	if err == nil {
		c.Redirect(http.StatusSeeOther, staffOrdersPage+"/"+v.ID)
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showOrders(c, p.formStatus(ctx, err), problems)
		return
	}
	p.fail(c, err)
}

// opForm reads a form about an operation, whose file is kept at once; the form names
// it among the others then.
func (p staffPages) opForm(c *gin.Context) (files []string, err error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxOpForm)
	if err := c.Request.ParseMultipartForm(maxOpForm); err != nil && !errors.Is(err, http.ErrNotMultipart) { // no more than that: nothing goes to the disk
		return nil, formProblem(err)
	}
	files = c.Request.PostForm["files"]
	if c.Request.MultipartForm == nil || len(c.Request.MultipartForm.File["file"]) == 0 {
		return files, nil
	}
	file, err := shelfFile(c)
	if err != nil {
		return nil, formProblem(err)
	}
	if file.Name == "" && len(file.Content) == 0 { // none was chosen
		return files, nil
	}
	a, err := p.uploadInTurn(c.Request.Context(), file.Name, file.Content)
	return append(files, a.ID), err
}

// evidenceForm are the files that may go with an operation of a kind; nil: none may.
func evidenceForm(v *desk.OrderView, k wire.OpKind, prefix string, chosen []wire.Evidence) *portal.EvidenceForm {
	if v.Attachments == nil || !slices.Contains(v.FilesWith, k) {
		return nil
	}
	return &portal.EvidenceForm{Prefix: prefix, Files: list(v.Attachments, func(a channel.Attachment) portal.Ticked {
		return ticked(a.ID, cmp.Or(a.Name, "附件"), slices.ContainsFunc(chosen, func(f wire.Evidence) bool { return f.ID == a.ID }))
	})}
}

// evidenceFact says what a file is.
func evidenceFact(f *wire.Evidence) string {
	return fmt.Sprintf("%s（%s，%d 字节，SHA-256 %s）", f.Name, f.Type, f.Size, f.SHA256)
}
