package server

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// sessionCookie carries a staff session in browsers.
const sessionCookie = "jiesu_session"

// cookieOf is the session's cookie as it is called on a connection. Over TLS browsers
// take one with the prefix from this host alone: neither a neighbour in the domain nor
// a page that came without TLS can put a session of its own there.
func cookieOf(secure bool) string {
	if secure {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

// gate lets a request through to its route: within its rate, from a place it
// may come from, and with a session unless the door is open.
func (s *Server) gate(c *gin.Context) {
	if c.FullPath() == "" {
		c.Next() // no such route: the 404 is not limited, and costs nothing
		return
	}
	route := c.Request.Method + " " + c.FullPath()
	d, open := s.doors[route]
	if !open {
		d = door{class: staff}
	}
	if open {
		if err := s.withinRate(c.Request, d.class); err != nil {
			s.fail(c, err)
			return
		}
	}
	if s.crossOrigin.Check(c.Request) != nil && (!d.embed || !s.originAllowed(c.GetHeader("Origin"))) {
		s.fail(c, problem.New(problem.Denied, "request.cross_origin", "不接受来自其他网站的请求。"))
		return
	}
	if err := s.unasked(c, d); err != nil {
		s.fail(c, err)
		return
	}
	if !open {
		if err := s.letIn(c.Request, route); err != nil {
			if !toSignIn(c, err) {
				s.fail(c, err)
			}
			return
		}
	}
	c.Next()
}

// letIn lets somebody of staff in. They are counted one by one, for a whole bureau
// may share one address; whoever is nobody is counted by theirs.
func (s *Server) letIn(r *http.Request, route string) error {
	err := s.authenticate(r)
	who := callerOf(r.Context())
	key := "user/" + who.user.ID
	if err != nil {
		key = rateKey(who.address)
	}
	return cmp.Or(s.count(r, staff, key), err, before(who.needs, route))
}

// before is the problem with a route where something else has to be done first. That
// is decided here, once for all routes: what a client leads to is its own affair.
func before(n access.Need, route string) error {
	if n == "" {
		return nil
	}
	const session, factor = sessionPath, factorPath
	routes := []string{"DELETE " + session}
	var p *problem.Error
	switch n {
	case access.NeedsFactor:
		routes = append(routes, "POST "+session+"/factor")
		p = problem.New(problem.Denied, "factor.needed", "请输入验证码，完成登录。")
	case access.NeedsPassword:
		routes = append(routes, "GET "+session, "POST "+passwordPath)
		p = problem.New(problem.Denied, "password.must_change", "请先换成只有您自己知道的密码。")
	case access.NeedsEnrolment:
		routes = append(routes, "GET "+session, "GET "+factor, "POST "+factor, "POST "+factor+"/confirmation")
		p = problem.New(problem.Denied, "factor.must_enrol", "请先启用二次验证。")
	}
	if slices.Contains(routes, route) {
		return nil
	}
	return p
}

// withinRate counts the request by the address it comes from.
func (s *Server) withinRate(r *http.Request, k class) error {
	return s.count(r, k, rateKey(callerOf(r.Context()).address))
}

// count counts the request under a key. Where guessing pays (codes and passwords), a
// limiter that does not work closes the door; elsewhere people come first.
func (s *Server) count(r *http.Request, k class, key string) error {
	rate := s.config.Rates.of(k)
	if rate.Unlimited() {
		return nil
	}
	d, err := s.limiter.Allow(r.Context(), "http/"+string(k)+"/"+key, rate)
	if err != nil {
		if k == lookups || k == signIns {
			return problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
		}
		s.log.WarnContext(r.Context(), "rate limiter failed, letting the request pass", "class", string(k), "error", err)
		return nil
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues(string(k)).Inc()
		return problem.New(problem.Limited, "rate.limited", "操作太频繁，请稍后再试。").After(d.RetryAfter)
	}
	if slowsDown(k) && soft(d, rate) {
		callerOf(r.Context()).hurried = true
	}
	return nil
}

// authenticate finds the session of r, from the Authorization header or the
// cookie, and notes who it is.
func (s *Server) authenticate(r *http.Request) error {
	who := callerOf(r.Context())
	token := who.bearer
	if token == "" {
		if cookie, err := r.Cookie(cookieOf(who.secure)); err == nil {
			token = cookie.Value
		}
	}
	e, err := s.access.Authenticate(r.Context(), token)
	if err != nil {
		return err
	}
	who.user, who.needs, who.token = e.User, e.Needs, token
	return nil
}

func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// cors lets the widget on other sites use the routes that are open to it.
// Credentials are never allowed: a conversation's token is a header.
func (s *Server) cors(c *gin.Context) {
	origin := c.GetHeader("Origin")
	if origin == "" || !s.embeddable(c) {
		c.Next()
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	if s.originAllowed(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if c.Request.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
		h.Set("Access-Control-Max-Age", "600")
		c.AbortWithStatus(http.StatusNoContent)
		return
	}
	c.Next()
}

// embeddable reports whether the request is for a route the widget uses. A
// preflight has no route of its own, so it is told by its path.
func (s *Server) embeddable(c *gin.Context) bool {
	if d, ok := s.doors[c.Request.Method+" "+c.FullPath()]; ok {
		return d.embed
	}
	return c.Request.Method == http.MethodOptions && c.GetHeader("Access-Control-Request-Method") != "" &&
		slices.ContainsFunc(apiDoors(), func(d door) bool { return d.embed && matches(d.path, c.Request.URL.Path) })
}

// matches reports whether path is one the template stands for.
func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, ":") && g != "" })
}

func (s *Server) originAllowed(origin string) bool {
	return slices.Contains(s.config.AllowedOrigins, "*") || slices.Contains(s.config.AllowedOrigins, strings.ToLower(origin))
}
