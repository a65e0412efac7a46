package server

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/web/portal"
	"jiesu/webhooks/mailbox"
)

// imports lists the mailboxes letters come from, with a form for a file.
func (p staffPages) imports(c *gin.Context) { p.showImports(c, http.StatusOK, "", nil) }

func (p staffPages) showImports(c *gin.Context, status int, chosen string, problems portal.Problems) {
	ctx := c.Request.Context()
	all, err := p.desk.MailSources(ctx, actorOf(ctx))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, status, portal.Imports{Chosen: chosen, Errors: problems, Sources: list(all, func(m desk.MailSource) portal.MailSource {
		reply := map[mailbox.ReplyWay]string{mailbox.PushReply: "自动发回，举报由人录入", mailbox.ExportReply: "由人录入"}[m.Reply]
		return portal.MailSource{Name: m.Name, Title: m.Title, Hook: m.Hook, Reply: reply, Replies: reply != ""}
	})})
}

// importMail tries a file, takes the letters of the one that was tried, or gives
// back those that were refused: the form brings the file again, so that nothing is
// kept and what was seen is what is taken.
func (p staffPages) importMail(c *gin.Context) {
	ctx := c.Request.Context()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxShelfForm)
	if err := c.Request.ParseMultipartForm(maxShelfForm); err != nil { // no more than that: nothing goes to the disk
		p.fail(c, formProblem(err))
		return
	}
	source, act := field(c, "source"), field(c, "act")
	file, err := shelfFile(c)
	if err != nil {
		p.showImports(c, http.StatusUnprocessableEntity, source, portal.Problems{{Field: "file", Message: "请选择要导入的文件。"}})
		return
	}
	plan, err := p.importMailInTurn(ctx, source, desk.MailFile(file), act == "apply")
	if err != nil {
		if problems, ok := p.mendable(ctx, err, func(string) string { return "file" }); ok {
			p.showImports(c, p.problemOf(ctx, err).Status, source, problems)
			return
		}
		p.fail(c, err)
		return
	}
	if act == "refused" {
		p.saveRefused(c, &plan)
		return
	}
	v := mailImportView(&plan)
	v.File = file.Name
	if takes := plan.Counts[desk.MailNew] + plan.Counts[desk.MailChanged]; takes > 0 && !plan.Applied || v.Refused {
		v.Kept = base64.StdEncoding.EncodeToString(file.Content)
	}
	p.show(c, http.StatusOK, v)
}

func (p staffPages) saveRefused(c *gin.Context, plan *desk.MailImport) {
	file, err := newTextWorkbook("refused-"+plan.Source, plan.Refused())
	if err != nil {
		p.fail(c, err)
		return
	}
	c.Header("Content-Disposition", file.Disposition)
	c.Data(http.StatusOK, file.ContentType, file.Body)
}

func mailImportView(p *desk.MailImport) portal.MailImport {
	v := portal.MailImport{Source: p.Source, Title: p.Title, Applied: p.Applied, Refused: p.Counts[desk.MailRefused] > 0}
	var counts []string
	for _, o := range desk.MailOutcomes() {
		counts = append(counts, mailOutcome(o)+strconv.Itoa(p.Counts[o])+"件")
	}
	v.Counts = strings.Join(counts, "，")
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Outcome != desk.MailKnown {
			v.Rows = append(v.Rows, portal.MailRow{N: r.N, ID: r.ID, Brief: r.Brief(), Outcome: mailOutcome(r.Outcome), Number: r.Number, Why: r.Why()})
		}
	}
	return v
}

func mailOutcome(o desk.MailOutcome) string {
	switch o {
	case desk.MailNew:
		return "新来信"
	case desk.MailChanged:
		return "内容有更新"
	case desk.MailKnown:
		return "已经登记"
	case desk.MailRefused:
		return "不能导入"
	}
	return ""
}

// mailReplies lists the answers that are to be entered at a mailbox.
func (p staffPages) mailReplies(c *gin.Context) { p.showReplies(c, http.StatusOK, nil) }

func (p staffPages) showReplies(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	found, err := p.desk.MailReplies(ctx, actorOf(ctx), c.Param("source"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, status, portal.MailReplies{
		Source: found.Source, Title: found.Title, Done: c.Query("done") != "", Errors: problems,
		Replies: list(found.Replies, func(r desk.MailReply) portal.MailReply {
			return portal.MailReply{ID: r.ID, Number: r.Number, Step: r.Step, Status: ticket.Status(r.Status).Name(), Title: r.Title, Text: r.Text, Unit: r.Unit, At: r.At}
		}),
	})
}

// enterReplies notes the answers that were ticked.
func (p staffPages) enterReplies(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, source := c.Request.Context(), c.Param("source")
	entered := list(c.PostFormArray("entered"), func(s string) desk.EnteredReply {
		number, step, _ := strings.Cut(s, " ")
		return desk.EnteredReply{Number: number, Step: step}
	})
	err := p.desk.EnterReplies(ctx, actorOf(ctx), source, entered)
	if err == nil {
		c.Redirect(http.StatusSeeOther, importsPage+"/"+url.PathEscape(source)+"?done=1")
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showReplies(c, p.problemOf(ctx, err).Status, problems)
		return
	}
	p.fail(c, err)
}
