package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

const (
	providerPath = "/staff/oidc"
	flowCookie   = "jiesu_oidc"
	flowLife     = 10 * time.Minute
)

type waysBody struct {
	Password string `json:"password" enum:"everybody,administrators" doc:"who may sign in with one"`
	Provider string `json:"provider,omitempty" doc:"what the provider of identities is called; missing: there is none"`
	Begin    string `json:"begin,omitempty" doc:"where a browser goes to sign in there; takes to, a path of the console"`
}

// flow is a sign-in at the provider that has begun. It stays in the browser that began
// it, so that nobody can finish it in another one: no replica keeps anything.
type flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	To       string    `json:"t,omitempty"` // path of the console
	Until    time.Time `json:"u"`
}

func (s *Server) providerRoutes(r gin.IRouter) {
	register(s, operation{
		id: "ways", method: http.MethodGet, path: sessionPath + "/ways", tag: "session", status: http.StatusOK, summary: "How one may sign in here",
	}, func(context.Context, *nothing) (*body[waysBody], error) {
		ways := waysBody{Password: "everybody"}
		if s.provider != nil {
			ways.Provider, ways.Begin = s.config.ProviderName, providerPath
		}
		if s.config.ProviderOnly {
			ways.Password = "administrators"
		}
		return respond(ways, nil)
	})
	r.GET(providerPath, s.toProvider)
	r.GET(providerPath+"/callback", s.fromProvider)
}

// toProvider sends a browser to the provider.
func (s *Server) toProvider(c *gin.Context) {
	ctx := c.Request.Context()
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), Until: s.now().Add(flowLife)}
	if to := c.Query("to"); to != "" {
		f.To = ownPath(to)
	}
	address, err := "", errNoProvider()
	if s.provider != nil {
		address, err = s.provider.Begin(ctx, f.State, f.Nonce, f.Verifier)
	}
	if err != nil {
		s.backToForm(c, &f, err)
		return
	}
	raw, _ := json.Marshal(f) // plain values always marshal
	value := base64.RawURLEncoding.EncodeToString(raw)
	s.keepFlow(c, value+"."+s.sealOf("oidc", value), int(flowLife.Seconds()))
	c.Redirect(http.StatusSeeOther, address)
}

// fromProvider takes a browser back from the provider. Where it goes from there is the
// console's form, whatever anybody wrote into an address.
func (s *Server) fromProvider(c *gin.Context) {
	ctx := c.Request.Context()
	f, ok := s.flowOf(c)
	s.keepFlow(c, "", -1) // once
	err := problem.New(problem.Unauthenticated, "oidc.expired", "登录用时太长，或者不是在这个浏览器里开始的。请重新登录。")
	if !ok || !hmac.Equal([]byte(f.State), []byte(c.Query("state"))) || s.provider == nil {
		s.backToForm(c, &f, err)
		return
	}
	if c.Query("code") == "" {
		s.backToForm(c, &f, problem.New(problem.Unauthenticated, "oidc.refused", "统一身份认证没有通过，请重新登录。"))
		return
	}
	claim, errFinish := s.provider.Finish(ctx, c.Query("code"), f.Nonce, f.Verifier)
	if errFinish != nil {
		s.backToForm(c, &f, errFinish)
		return
	}
	token, e, errIn := s.signInAs(ctx, claim)
	if errIn != nil {
		s.backToForm(c, &f, errIn)
		return
	}
	for _, cookie := range s.entered(ctx, token, &e).SetCookie {
		c.Writer.Header().Add("Set-Cookie", cookie)
	}
	step := "in"
	if e.Needs == access.NeedsFactor {
		step = "code"
	}
	s.toForm(c, &f, "step", step)
}

// backToForm shows what went wrong on the console's form: the password is still there.
func (s *Server) backToForm(c *gin.Context, f *flow, err error) {
	p := s.problemOf(c.Request.Context(), err)
	s.toForm(c, f, "failed", p.Code)
}

func (s *Server) toForm(c *gin.Context, f *flow, name, value string) {
	query := url.Values{name: {value}}
	if f.To != "" {
		query.Set("to", f.To)
	}
	c.Redirect(http.StatusSeeOther, consolePath+"/sign-in?"+query.Encode())
}

func (s *Server) keepFlow(c *gin.Context, value string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Lax, for the provider is another site; Secure as with the session
		Name: flowCookie, Value: value, Path: providerPath, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: callerOf(c.Request.Context()).secure,
	})
}

// flowOf is what this browser has begun, unless somebody else wrote it or it is late.
func (s *Server) flowOf(c *gin.Context) (f flow, ok bool) {
	cookie, err := c.Request.Cookie(flowCookie)
	if err != nil {
		return f, false
	}
	value, mac, _ := strings.Cut(cookie.Value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || !hmac.Equal([]byte(mac), []byte(s.sealOf("oidc", value))) || json.Unmarshal(raw, &f) != nil {
		return flow{}, false
	}
	return f, s.now().Before(f.Until)
}

func errNoProvider() error {
	return problem.New(problem.NotFound, "oidc.none", "这里没有设置统一身份认证。")
}
