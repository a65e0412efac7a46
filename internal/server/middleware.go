package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// caller is what the edge knows about who sent a request.
type caller struct {
	request string // id
	address netip.Addr
	device  string // browser and system by family
	secure  bool   // over TLS
	user    access.User
	needs   access.Need // before anything else
	mark    string      // by which a browser is known again, see known
	bearer  string      // from the Authorization header: of a session, or of a conversation
	token   string      // of the session
	hurried bool        // it has passed the softer bound of its rate, see captcha
}

type callerKey struct{}

// callerOf returns the caller of the request ctx belongs to. Outside of a
// request it is nobody.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

func requestID(ctx context.Context) string { return callerOf(ctx).request }

// identify gives the request an id and finds out where it comes from.
func (s *Server) identify(c *gin.Context) {
	who := &caller{
		request: c.GetHeader("X-Request-Id"),
		address: clientAddress(c.Request, s.config.TrustedProxies),
		device:  deviceOf(c.Request.UserAgent()),
		secure:  viaTLS(c.Request, s.config.TrustedProxies),
		bearer:  bearer(c.GetHeader("Authorization")),
	}
	if cookie, err := c.Request.Cookie(markCookie); err == nil {
		who.mark = cookie.Value
	}
	if !wellFormedID(who.request) {
		who.request = rand.Text()
	}
	c.Header("X-Request-Id", who.request)
	if len(c.Request.TransferEncoding) > 0 {
		// It may have named a length as well, which net/http forgets. A proxy that goes
		// by the length would take what follows for the body, and we for a request.
		c.Header("Connection", "close")
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), callerKey{}, who))
	c.Next()
}

// wellFormedID accepts what tracing systems use as ids.
func wellFormedID(id string) bool {
	return len(id) >= 8 && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return r > unicode.MaxASCII || r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// noTemplate stands for the route of addresses nobody answers at.
const noTemplate = "none"

// observe logs and measures the request, by its route template.
func (s *Server) observe(c *gin.Context) {
	start := s.now()
	c.Next()
	took := s.now().Sub(start)
	route, status := c.FullPath(), c.Writer.Status()
	if route == "" {
		route = noTemplate
	}
	s.metrics.observe(knownMethod(c.Request.Method), route, status, took)
	who := callerOf(c.Request.Context())
	s.log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request",
		slog.String("method", knownMethod(c.Request.Method)), slog.String("route", route), slog.Int("status", status),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000), slog.Int("bytes", max(0, c.Writer.Size())),
		slog.String("client", loggable(who.address)), slog.String("user", who.user.ID))
}

// knownMethod keeps made-up methods out of logs and labels.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "OTHER"
}

// recoverPanic turns a panic into a 500.
func (s *Server) recoverPanic(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) || c.Writer.Written() {
			c.Abort() // nobody is listening, or half an answer is out already
			return
		}
		s.fail(c, fmt.Errorf("panic: %v", v))
	}()
	c.Next()
}

// contentPolicy is what every page of ours can live with.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) secureHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: that makes forms send "Origin: null", which older browsers
	// cannot make up for with Sec-Fetch-Site. Other sites learn nothing either way.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()")
	h.Set("Cache-Control", "no-store") // what may be kept says so itself
	if callerOf(c.Request.Context()).secure {
		h.Set("Strict-Transport-Security", "max-age=31536000") // this host's alone: others of the domain are not ours
	}
	c.Next()
}

// cleanAddress refuses paths and queries no honest client sends.
func (s *Server) cleanAddress(c *gin.Context) {
	clean := cleanLine(c.Request.URL.Path)
	for name, values := range c.Request.URL.Query() {
		clean = clean && cleanLine(name)
		for _, v := range values {
			clean = clean && cleanLine(v)
		}
	}
	if !clean {
		s.fail(c, problem.New(problem.Invalid, "request.encoding", "地址含有无法识别的字符。"))
		return
	}
	c.Next()
}

func cleanLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
