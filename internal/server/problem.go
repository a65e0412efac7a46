package server

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

// Problem is the body of every failure (RFC 9457).
type Problem struct { //nolint:errname // the RFC's own name for it
	Type      string         `json:"type" example:"about:blank"`
	Title     string         `json:"title" example:"Not Found" doc:"the name of the status"`
	Status    int            `json:"status" example:"404"`
	Detail    string         `json:"detail" example:"没有查到。请核对编号和查询码。" doc:"a sentence for people, in Chinese"`
	Code      string         `json:"code" example:"ticket.not_found" doc:"stable, for programs"`
	RequestID string         `json:"request_id" example:"01JQ8ZC4W5K6" doc:"name it when asking for help"`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"what is wrong with which part of the request"`

	Captcha *CaptchaQuestion `json:"captcha,omitempty" doc:"with captcha.needed: answer it in the headers Captcha-Token and Captcha-Answer of the same request"`

	Reply *ReplyConflict `json:"reply,omitempty" doc:"with reply.stale: the texts, none of which is lost"`

	header http.Header
}

// FieldProblem points at one rejected part of a request, without repeating it.
type FieldProblem struct {
	Pointer string `json:"pointer" example:"/contact/phone" doc:"JSON pointer into the body, or the name of a parameter"`
	Code    string `json:"code" example:"too_long"`
	Message string `json:"message" example:"标题太长，请缩短。"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the status of the response.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is the media type of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the only place that turns a kind into a status.
func statusOf(e *problem.Error) int {
	switch e.Kind {
	case problem.Invalid:
		if len(e.Fields) > 0 {
			return http.StatusUnprocessableEntity
		}
		return http.StatusBadRequest
	case problem.TooLarge:
		return http.StatusRequestEntityTooLarge
	case problem.Unsupported:
		return http.StatusUnsupportedMediaType
	case problem.Unauthenticated:
		return http.StatusUnauthorized
	case problem.Denied:
		return http.StatusForbidden
	case problem.NotFound:
		return http.StatusNotFound
	case problem.Conflict:
		return http.StatusConflict
	case problem.Limited:
		return http.StatusTooManyRequests
	case problem.Unavailable:
		return http.StatusServiceUnavailable
	case problem.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// problemOf is what a client sees of err. Whatever is not ours to show is
// logged and becomes a 500 with the request id.
func (s *Server) problemOf(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*problem.Error](err)
	switch {
	case !ok && ctx.Err() != nil:
		e = problem.New(problem.Unavailable, "request.cancelled", "请求已取消。")
	case !ok || e.Kind == problem.Internal:
		s.log.ErrorContext(ctx, "request failed", "error", err)
		e = problem.New(problem.Internal, "internal", "系统出了问题，请稍后再试。")
	case e.Kind == problem.Unavailable:
		s.log.WarnContext(ctx, "not available", "error", err)
	}
	p := newProblem(ctx, statusOf(e), e.Code, e.Public)
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem(f))
	}
	if c, ok := errors.AsType[*desk.ReplyConflict](err); ok {
		p.Reply = newReplyConflict(c)
	}
	if e.RetryAfter > 0 {
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if p.Status == http.StatusUnauthorized {
		p.header.Set("WWW-Authenticate", "Bearer")
	}
	return p
}

func newProblem(ctx context.Context, status int, code, detail string) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code,
		RequestID: requestID(ctx), header: http.Header{},
	}
}

// fail answers a request with a problem, drawn as a page where a browser asked
// for one, and ends its chain.
func (s *Server) fail(c *gin.Context, err error) {
	p := s.problemOf(c.Request.Context(), err)
	foreign := strings.HasPrefix(c.FullPath(), open311Path+"/")
	if wantsPage(c) && !foreign {
		s.pages.failed(c, p)
		return
	}
	for name, values := range p.header {
		for _, v := range values {
			c.Writer.Header().Add(name, v)
		}
	}
	if foreign {
		failOpen311(c, p)
		return
	}
	body, err := json.Marshal(p)
	if err != nil {
		c.AbortWithStatus(p.Status)
		return
	}
	c.Abort()
	c.Data(p.Status, p.ContentType(""), body)
}

func (s *Server) noRoute(c *gin.Context) {
	s.fail(c, newProblem(c.Request.Context(), http.StatusNotFound, "route.not_found", "没有这个地址。"))
}

func (s *Server) noMethod(c *gin.Context) {
	s.fail(c, newProblem(c.Request.Context(), http.StatusMethodNotAllowed, "route.method", "这个地址不支持这种请求方法。"))
}
