package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

type signInInput struct {
	Body struct {
		Login    string `json:"login" maxLength:"64"`
		Password string `json:"password" maxLength:"200"`
	}
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"200"`
		New string `json:"new" maxLength:"200" doc:"at least 12 characters"`
	}
}

type signedIn struct {
	SetCookie string `header:"Set-Cookie"`
	Body      sessionBody
}

type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

type sessionBody struct {
	Token string   `json:"token,omitempty" doc:"for clients that are not browsers; only when signing in"`
	User  userBody `json:"user"`
}

type userBody struct {
	ID         string        `json:"id"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Unit       string        `json:"unit" doc:"unit id"`
	Roles      []access.Role `json:"roles" enum:"admin,taskforce,head,handler,leader,editor,auditor"`
	MustChange bool          `json:"must_change" doc:"the password was set by somebody else: clients ask for a new one first"`
	Scope      string        `json:"scope" doc:"unit path the user sees tickets below; * is every unit, empty is none"`
	Can        []ability     `json:"can"`
}

// ability is a right or a move of tickets a user has.
type ability string

// Schema lists every ability with its meaning.
func (ability) Schema(huma.Registry) *huma.Schema {
	doc := &huma.Schema{Type: huma.TypeString}
	var meanings []string
	for _, r := range access.Rights() {
		doc.Enum = append(doc.Enum, r.Word)
		meanings = append(meanings, r.Word+": "+r.What)
	}
	for _, m := range ticket.Moves() {
		doc.Enum = append(doc.Enum, string(m))
	}
	doc.Description = strings.Join(meanings, "; ") + ". All others are moves of tickets."
	return doc
}

func newUser(u access.User) userBody {
	g := access.GrantOf(u)
	return userBody{
		ID: u.ID, Login: u.Login, Name: u.Name, Unit: u.Unit, Roles: list(u.Roles, same[access.Role]), MustChange: u.MustChange,
		Scope: g.Scope, Can: list(g.Can(), func(word string) ability { return ability(word) }),
	}
}

func (s *Server) sessionRoutes() {
	const path = "/api/v1/staff/session"
	register(s, operation{
		id: "sign-in", method: http.MethodPost, path: path, tag: "session", status: http.StatusCreated,
		summary: "Sign in; browsers get a cookie", problems: []int{http.StatusUnauthorized, http.StatusForbidden},
	}, func(ctx context.Context, in *signInInput) (*signedIn, error) {
		token, u, err := s.signIn(ctx, in.Body.Login, in.Body.Password)
		if err != nil {
			return nil, err
		}
		return &signedIn{SetCookie: sessionCookieOf(ctx, token).String(), Body: sessionBody{Token: token, User: newUser(u)}}, nil
	})
	register(s, operation{
		id: "session", method: http.MethodGet, path: path, tag: "session", status: http.StatusOK,
		summary: "Who is signed in, and what they may do", audience: staffOnly,
		description: "What is not listed in can is refused. Somebody who stands in for a colleague may do more with that colleague's tickets: each ticket names its own moves.",
	}, func(ctx context.Context, _ *nothing) (*body[sessionBody], error) {
		return respond(sessionBody{User: newUser(callerOf(ctx).user)}, nil)
	})
	register(s, operation{
		id: "sign-out", method: http.MethodDelete, path: path, tag: "session", status: http.StatusNoContent,
		summary: "Sign out", audience: staffOnly,
	}, func(ctx context.Context, _ *nothing) (*signedOut, error) {
		gone := sessionCookieOf(ctx, "") //nolint:gosec // an empty cookie
		gone.MaxAge = -1
		return &signedOut{SetCookie: gone.String()}, s.access.SignOut(ctx, callerOf(ctx).token)
	})
	register(s, operation{
		id: "change-password", method: http.MethodPost, path: "/api/v1/staff/password", tag: "session", status: http.StatusNoContent,
		summary: "Change the own password; every session ends", audience: staffOnly,
	}, func(ctx context.Context, in *passwordInput) (*nothing, error) {
		if err := s.attempt(ctx, callerOf(ctx).user.ID); err != nil {
			return nil, err
		}
		return &nothing{}, s.signedOut(callerOf(ctx).user.ID, s.access.ChangePassword(ctx, callerOf(ctx).user, in.Body.Old, in.Body.New))
	})
}

// attempt counts one try at an account's password from one place. Others may
// still sign in to the account from elsewhere: guessing locks out nobody.
func (s *Server) attempt(ctx context.Context, account string) error {
	d, err := s.limiter.Allow(ctx, "password/"+account+"/"+rateKey(callerOf(ctx).address), s.config.Rates.Password)
	if err != nil {
		return problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	if !d.Allowed {
		s.metrics.limited.WithLabelValues("password").Inc()
		return problem.New(problem.Limited, "session.locked", "尝试次数太多，请稍后再试。").After(d.RetryAfter)
	}
	return nil
}

func sessionCookieOf(ctx context.Context, token string) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever the client came over TLS; without TLS it would be dropped
		Name: cookieOf(callerOf(ctx).secure), Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: callerOf(ctx).secure,
	}
}

// actorOf is the signed-in caller as the desk sees it.
func actorOf(ctx context.Context) desk.Actor { return newActor(callerOf(ctx).user) }

func newActor(u access.User) desk.Actor {
	g := access.GrantOf(u)
	return desk.Actor{
		ID: u.ID, Name: u.Name, Unit: u.Unit, Path: u.UnitPath, Scope: g.Scope, Reports: g.Reports, Contact: g.Contact,
		Moves: list(g.Moves, func(m string) ticket.Move { return ticket.Move(m) }),
		Edits: g.Edit, Correct: g.Correct, Figures: g.Figures, Unseal: g.Unseal, Organises: g.Organise, Calendar: g.Calendar, Health: g.Health,
		Consults: g.Consult, Publishes: g.Publish, Watches: g.Watch, Calls: g.Call, Appeals: g.Appeal, Judges: g.Judge, Drafts: g.Drafts, Reviews: g.Reviews,
		Opens: g.Open, Signals: g.Signals, Assesses: g.Assess, Channels: g.Channels, Orders: g.Orders, Chats: g.Chats, Audits: g.Audit,
		Roles: list(u.Roles, func(r access.Role) string { return string(r) }),
	}
}
