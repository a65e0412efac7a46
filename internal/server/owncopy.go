package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
	"jiesu/internal/web/dossier"
	"jiesu/internal/web/portal"
	"jiesu/webhooks"
)

// OwnCopies give citizens what the desk holds about them.
type OwnCopies interface {
	OwnCopy(ctx context.Context, number, code string) (desk.OwnCopy, error)
	CopiedFile(ctx context.Context, c *desk.OwnCopy, i int) ([]byte, error)
	Copied(a *channel.Attachment) bool
}

type ownCopyInput struct {
	Body struct {
		Number string `json:"number" maxLength:"64"`
		Code   string `json:"query_code" maxLength:"128"`
	}
}

func (s *Server) ownCopyRoutes() {
	register(s, operation{
		id: "copy-letter", method: http.MethodPost, path: "/api/v1/letters/copies", tag: "letters", status: http.StatusOK,
		summary: "Everything that is held about whoever wrote a letter, as a ZIP with a page and JSON; the same for a report with its tracking code", problems: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *ownCopyInput) (*download, error) {
		c, err := s.ownCopy(ctx, in.Body.Number, in.Body.Code)
		if err != nil {
			return nil, err
		}
		return &download{
			ContentType: "application/zip", Disposition: ownCopyName(&c),
			Body: func(h huma.Context) { s.writeOwnCopy(ctx, h.BodyWriter(), &c) },
		}, nil
	})
}

func ownCopyName(c *desk.OwnCopy) string { return `attachment; filename="` + c.Ticket.Number + `.zip"` }

// ownCopy is a copy, unless there were too many of this letter: it is much to make.
// Wrong codes are counted apart, so that they keep nobody from the own one.
func (s *Server) ownCopy(ctx context.Context, number, code string) (desk.OwnCopy, error) {
	c, err := s.desk.OwnCopy(ctx, number, code)
	if err != nil {
		return c, s.guessed(ctx, number, err)
	}
	d, err := s.limiter.Allow(ctx, "copy/"+c.Ticket.Number, s.config.Rates.Number)
	if err != nil {
		return desk.OwnCopy{}, problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues("number").Inc()
		return desk.OwnCopy{}, problem.New(problem.Limited, "rate.limited", "下载太频繁，请稍后再试。").After(d.RetryAfter)
	}
	return c, nil
}

// writeOwnCopy sends it while it is written; see writeArchive.
func (s *Server) writeOwnCopy(ctx context.Context, w io.Writer, c *desk.OwnCopy) {
	err := dossier.WriteOwn(w, s.newOwn(c), func(i int) ([]byte, error) { return s.desk.CopiedFile(ctx, c, i) })
	if err != nil {
		s.log.ErrorContext(ctx, "copy not written", "request_id", requestID(ctx), "error", err)
	}
}

// copyOwn is the same from the page of one's letter.
func (p *publicPages) copyOwn(c *gin.Context) {
	if !p.form(c) {
		return
	}
	number := field(c, "number")
	again := func(status int, found portal.Problems) {
		acts := portal.Acts{Number: number, Copy: true, Errors: found, Question: p.asks(c.Request.Context())}
		p.show(c, status, portal.Progress{Number: number, Errors: found, Acts: acts})
	}
	if p.held(c, posted(c), again) {
		return
	}
	copied, err := p.copied(c.Request.Context(), number, field(c, "code"))
	if problem.HasCode(err, "ticket.not_found") {
		again(http.StatusNotFound, portal.Problems{{Field: "copy-code", Message: "没有查到。请核对查询码是不是抄对了。"}})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	c.Header("Content-Type", "application/zip")
	c.Header("Content-Disposition", ownCopyName(&copied))
	c.Status(http.StatusOK)
	p.writeCopy(c.Request.Context(), c.Writer, &copied)
}

func (s *Server) newOwn(c *desk.OwnCopy) dossier.Own {
	t, l := &c.Ticket, &c.Letter
	o := dossier.Own{
		Number: t.Number, Kind: t.Kind.Name(), Status: t.Status.Name(), Unit: c.Unit, Channel: t.Source.Name(), Created: shown(t.CreatedAt), Due: shown(t.DueAt),
		Made: shown(c.At), Title: l.Title, Text: l.Text, Consent: l.Consent, Cut: c.Cut,
		Fields: list(newFields(l), func(f fieldView) dossier.Pair { return dossier.Pair{Label: f.Label, Value: f.Value} }),
		Steps:  list(c.Steps, func(s desk.TimelineStep) dossier.OwnStep { return dossier.OwnStep{At: shown(s.At), Text: s.Text} }),
		Acts:   list(c.Own, newOwnAct),
		Replies: list(c.Replies, func(r reply.Draft) dossier.OwnStep {
			return dossier.OwnStep{At: shown(r.ReleasedAt), Name: outcomeName(r.Outcome), Text: r.Text}
		}),
		Said:  list(c.Said, newOwnWord),
		Given: list(c.Given, newOwnGiven),
	}
	if !c.Erased.IsZero() {
		o.Erased = shown(c.Erased)
	}
	if c.Contact != nil {
		who := applicant(c.Contact)
		o.Contact = &who
	}
	for i := range c.Files {
		f := &c.Files[i]
		file := dossier.OwnFile{File: dossier.File{Path: "attachments/" + strconv.Itoa(i+1) + channel.Ending(f.Type), Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256}}
		if !s.desk.Copied(f) {
			file.Path, file.Note = "", "没有放在压缩包里："+quarantined(f)
		}
		o.Files = append(o.Files, file)
	}
	return o
}

// quarantined says why nobody gets a file.
func quarantined(a *channel.Attachment) string {
	if e, ok := errors.AsType[*problem.Error](a.Usable()); ok {
		return e.Public
	}
	return ""
}

func newOwnAct(a desk.OwnAct) dossier.OwnStep {
	name := map[ticket.Move]string{ticket.Supply: "补充", ticket.Withdraw: "撤回"}[a.Move]
	if a.Move == ticket.Rate {
		name = "评价：" + strconv.Itoa(a.Score) + "分，问题" + map[bool]string{true: "已经解决", false: "没有解决"}[a.Solved]
	}
	return dossier.OwnStep{At: shown(a.At), Name: name, Text: a.Text}
}

func newOwnWord(m conversation.Message) dossier.OwnWord {
	var said struct {
		Text   string `json:"text"`
		Name   string `json:"name"`
		Answer struct {
			Text string `json:"text"`
		} `json:"answer"`
	}
	if err := json.Unmarshal(m.Body, &said); err != nil {
		said.Text = "（这条消息无法显示）"
	}
	who := map[conversation.Role]string{conversation.User: "您", conversation.Robot: "智能问答", conversation.Staff: "工作人员", conversation.System: "系统"}[m.Role]
	return dossier.OwnWord{At: shown(m.At), Who: who, Text: cmp.Or(said.Text, said.Answer.Text, said.Name)}
}

func newOwnGiven(v desk.Delivery) dossier.OwnGiven {
	carrier, name, _ := strings.Cut(v.Route, "/")
	to := carrier
	for _, c := range carriers() {
		if c.Code == carrier {
			to = c.Name
		}
	}
	switch carrier {
	case desk.HotlineCarrier, desk.MailCarrier:
		to += " " + name
	case desk.WeChatCarrier, desk.SMSCarrier:
		to = "您本人（" + to + "）"
	}
	what := eventName(webhooks.Type(v.Kind))
	if what == "" {
		what = "来信的办理情况"
	}
	return dossier.OwnGiven{At: shown(v.EndedAt), To: to, What: what}
}
