package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

const (
	largeCookie = "jiesu_large" // "1": large print
	maxForm     = 64 << 10      // bytes of a form without files
	yearSeconds = 365 * 24 * 3600
)

// pageDesk is what the public pages ask of the desk.
type pageDesk interface {
	Library
	Versions
	Writing
	PublicConsultations
	PublicNotices
	PublicReplies
	Leaving
	Units(ctx context.Context) ([]assignment.Unit, error)
}

// publicPages serves the pages for citizens. They work without JavaScript, and
// what somebody wrote never becomes part of an address.
type publicPages struct {
	desk    pageDesk
	drawn   *portal.Pages
	uploads *uploadMemo
	now     func() time.Time
	chat    string // address of the chat's script, empty where it is not built
	problem func(ctx context.Context, err error) *Problem
	decided func(decision string)
	ignored func(ctx context.Context, err error)           // logs what must not keep a citizen from the answer
	base    func(r *http.Request) string                   // scheme and host the client knows us by
	guess   func(ctx context.Context, number string) error // counts wrong codes for one ticket
	upload  func(ctx context.Context, name string, content []byte) (channel.Attachment, error)
	slowed  func(ctx context.Context, value func(string) string) (portal.Problems, error) // what is asked of whoever sends forms very often
	asks    func(ctx context.Context) *portal.Question

	copied    func(ctx context.Context, number, code string) (desk.OwnCopy, error)
	writeCopy func(ctx context.Context, w io.Writer, c *desk.OwnCopy)
}

func newPublicPages(s *Server, files fs.FS) (*publicPages, error) {
	drawn, err := portal.New()
	if err != nil {
		return nil, err
	}
	p := &publicPages{
		desk: s.desk, drawn: drawn, uploads: newUploadMemo(s.now), now: s.now, problem: s.problemOf, guess: s.guess, upload: s.uploadInTurn,
		decided: s.metrics.decided, base: s.base, slowed: s.slowed, asks: s.question, copied: s.ownCopy, writeCopy: s.writeOwnCopy,
		ignored: func(ctx context.Context, err error) {
			s.log.ErrorContext(ctx, "done without", "error", err)
		},
	}
	if files != nil {
		if _, err := fs.Stat(files, "widget.js"); err == nil {
			p.chat = "/widget.js"
		}
	}
	return p, nil
}

func (s *Server) portalRoutes(r gin.IRouter) { s.pages.routes(r) }

// uploadInTurn keeps a file when its turn comes: pictures take memory.
func (s *Server) uploadInTurn(ctx context.Context, name string, content []byte) (a channel.Attachment, err error) {
	err = s.inTurn(ctx, func() error { a, err = s.desk.Upload(ctx, name, content); return err })
	return a, err
}

// inTurn does what takes memory when there is room for it.
func (s *Server) inTurn(ctx context.Context, do func() error) error {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return problem.New(problem.Unavailable, "request.cancelled", "请求已取消。")
	}
	return do()
}

func (p *publicPages) routes(r gin.IRouter) {
	r.GET("/", p.home)
	r.GET("/ask", p.askForm)
	r.POST("/ask", p.ask)
	r.POST("/ask/rating", p.rate)
	r.GET("/chat", p.chatPage)
	r.GET("/letters/new", p.letterForm)
	r.POST("/letters/new", p.letter)
	r.POST("/letters/draft", p.letterDraft)
	r.POST("/letters/beforehand", p.beforehand)
	r.GET("/letters", p.progressForm)
	r.POST("/letters", p.progress)
	r.POST("/letters/supply", p.supply)
	r.POST("/letters/rate", p.rateLetter)
	r.POST("/letters/withdraw", p.withdraw)
	r.POST("/letters/copy", p.copyOwn)
	r.GET("/deadlines", p.deadlines)
	r.GET("/consultations", p.consultations)
	r.GET("/consultations/:id", p.consultation)
	r.POST("/consultations/:id", p.opinion)
	r.GET("/hotlines", p.hotlines)
	r.GET("/notices", p.notices)
	r.GET("/notices/:id", p.notice)
	r.GET("/replies", p.replies)
	r.POST("/replies", p.searchReplies)
	r.GET("/replies/statistics", p.replyFigures)
	r.GET("/replies/:id", p.publicReply)
	r.GET("/replies.atom", p.replyFeed)
	r.GET("/library", p.browse)
	r.POST("/library", p.search)
	r.GET("/library/:id", p.entry)
	r.GET("/library/:id/v/:n", p.entryVersion)
	r.GET(unsubscribePage, p.unsubscribeForm)
	r.POST(unsubscribePage, p.unsubscribe)
	r.GET("/about", p.about)
	r.POST("/print", p.largePrint)
	r.GET(portal.AssetPrefix+"*file", p.asset)
}

// show draws a page.
func (p *publicPages) show(c *gin.Context, status int, v portal.View) {
	large, err := c.Cookie(largeCookie)
	frame := portal.Frame{Large: err == nil && large == "1", Back: "/"}
	if status < http.StatusBadRequest && c.Request.URL.Path != "/letters/draft" {
		frame.Back = c.Request.URL.RequestURI()
	}
	for _, n := range p.desk.Emergencies(c.Request.Context()) {
		frame.Alerts = append(frame.Alerts, portal.Link{Path: "/notices/" + n.ID, Name: n.Title})
	}
	var page bytes.Buffer
	if err := p.drawn.Render(&page, frame, v); err != nil {
		p.fail(c, err)
		return
	}
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
}

// fail shows in plain words that something went wrong.
func (p *publicPages) fail(c *gin.Context, err error) {
	p.failed(c, p.problem(c.Request.Context(), err))
}

// failed draws a problem as a page.
func (p *publicPages) failed(c *gin.Context, w *Problem) {
	for name, values := range w.header {
		for _, v := range values {
			c.Writer.Header().Add(name, v)
		}
	}
	c.Abort()
	v := portal.Failure{Status: w.Status, Heading: failureHeading(w.Status), Text: w.Detail, Request: w.RequestID}
	large, cookieErr := c.Cookie(largeCookie)
	var page bytes.Buffer
	if err := p.drawn.Render(&page, portal.Frame{Large: cookieErr == nil && large == "1", Back: "/"}, v); err != nil {
		c.String(w.Status, "%s", w.Detail)
		return
	}
	c.Data(w.Status, "text/html; charset=utf-8", page.Bytes())
}

func failureHeading(status int) string {
	switch status {
	case http.StatusNotFound:
		return "没有找到"
	case http.StatusTooManyRequests:
		return "操作太频繁"
	case http.StatusRequestEntityTooLarge:
		return "内容太大"
	case http.StatusForbidden:
		return "不能这样操作"
	}
	if status >= http.StatusInternalServerError {
		return "系统出了问题"
	}
	return "没有办成"
}

// wantsPage reports whether a failure of this request is for people to read.
func wantsPage(c *gin.Context) bool {
	path := c.Request.URL.Path
	return !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/webhooks/") && strings.Contains(c.GetHeader("Accept"), "text/html")
}

// form reads the fields of a small form. It returns false after it has answered.
func (p *publicPages) form(c *gin.Context) bool {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	if err := c.Request.ParseForm(); err != nil {
		p.fail(c, formProblem(err))
		return false
	}
	return true
}

// formProblem is why a form could not be read; no error is none.
func formProblem(err error) error {
	if err == nil {
		return nil
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem.New(problem.TooLarge, "request.too_large", "内容太大，请缩短文字或者减少附件后再提交。").Because(tooLarge)
	}
	return problem.New(problem.Invalid, "request.incomplete", "内容没有收完整，请返回上一页再提交一次。").Because(err)
}

// field is one value of a form, as text that can be shown again.
func field(c *gin.Context, name string) string {
	return tidy(c.Request.PostFormValue(name))
}

// tidy drops surrounding blanks and unifies line ends, which forms send as two.
func tidy(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// fieldProblems is what a form can show beside its fields. It reports false
// where err is about something else.
func fieldProblems(err error, fieldOf func(pointer string) string) (portal.Problems, bool) {
	e, ok := errors.AsType[*problem.Error](err)
	if !ok || len(e.Fields) == 0 {
		return nil, false
	}
	var found portal.Problems
	for _, f := range e.Fields {
		found = append(found, portal.FieldError{Field: fieldOf(f.Pointer), Message: f.Message})
	}
	return found, true
}

// largePrint switches between the two print sizes and goes back.
func (p *publicPages) largePrint(c *gin.Context) {
	if !p.form(c) {
		return
	}
	value := "0"
	if field(c, "large") == "1" {
		value = "1"
	}
	// The page's own script switches without a round trip, so it must read and write it.
	http.SetCookie(c.Writer, &http.Cookie{Name: largeCookie, Value: value, Path: "/", MaxAge: yearSeconds, SameSite: http.SameSiteLaxMode}) //nolint:gosec // a print size is no secret
	c.Redirect(http.StatusSeeOther, ownPath(field(c, "back")))
}

// ownPath is back if it is a path of this site, else the first page.
func ownPath(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || !strings.HasPrefix(back, "/") ||
		strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// asset serves a static file of the pages. Its name changes with its content.
func (p *publicPages) asset(c *gin.Context) {
	a, ok := p.drawn.Assets().Open(strings.TrimPrefix(c.Param("file"), "/"))
	if !ok {
		p.fail(c, problem.New(problem.NotFound, "route.not_found", "没有这个地址。"))
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, a.Type, a.Content)
}
