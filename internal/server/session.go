package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

const (
	sessionPath  = "/api/v1/staff/session"
	passwordPath = "/api/v1/staff/password" //nolint:gosec // a path
)

type signInInput struct {
	CaptchaToken  string `header:"Captcha-Token" maxLength:"200" doc:"of the question that came with captcha.needed"`
	CaptchaAnswer string `header:"Captcha-Answer" maxLength:"200" doc:"to that question"`

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
	SetCookie []string `header:"Set-Cookie"`
	Body      sessionBody
}

type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

type sessionBody struct {
	Token string      `json:"token,omitempty" doc:"for clients that are not browsers; only when signing in"`
	Needs access.Need `json:"needs,omitempty" enum:"factor,password,enrolment" doc:"what must be done before anything else, which is refused until then: give a code of the second factor within five minutes, choose a password, enrol a second factor"`
	User  *userBody   `json:"user,omitempty" doc:"missing while a code is needed"`
}

func newSession(token string, e *access.Entered) sessionBody {
	b := sessionBody{Token: token, Needs: e.Needs}
	if e.Needs != access.NeedsFactor {
		b.User = newUser(&e.User)
	}
	return b
}

type userBody struct {
	ID         string        `json:"id"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Unit       string        `json:"unit" doc:"unit id"`
	Roles      []access.Role `json:"roles" enum:"admin,security,taskforce,head,handler,leader,editor,auditor"`
	MustChange bool          `json:"must_change" doc:"the password was set by somebody else"`
	Factor     bool          `json:"factor" doc:"has a second factor"`
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

func newUser(u *access.User) *userBody {
	g := access.GrantOf(*u)
	return &userBody{
		ID: u.ID, Login: u.Login, Name: u.Name, Unit: u.Unit, Roles: list(u.Roles, same[access.Role]), MustChange: u.MustChange, Factor: u.Factor,
		Scope: g.Scope, Can: list(g.Can(), func(word string) ability { return ability(word) }),
	}
}

func (s *Server) sessionRoutes() {
	register(s, operation{
		id: "sign-in", method: http.MethodPost, path: sessionPath, tag: "session", status: http.StatusCreated,
		summary: "Sign in; browsers get a cookie", problems: []int{http.StatusUnauthorized, http.StatusForbidden},
		description: "Where needs is factor, this is half a session: it does nothing but take a code, and its token is replaced by another.",
	}, func(ctx context.Context, in *signInInput) (*signedIn, error) {
		token, e, err := s.signIn(ctx, in)
		if err != nil {
			return nil, err
		}
		return s.entered(ctx, token, &e), nil
	})
	register(s, operation{
		id: "session", method: http.MethodGet, path: sessionPath, tag: "session", status: http.StatusOK,
		summary: "Who is signed in, and what they may do", audience: staffOnly,
		description: "What is not listed in can is refused. Somebody who stands in for a colleague may do more with that colleague's tickets: each ticket names its own moves.",
	}, func(ctx context.Context, _ *nothing) (*body[sessionBody], error) {
		return respond(newSession("", &access.Entered{User: callerOf(ctx).user, Needs: callerOf(ctx).needs}), nil)
	})
	register(s, operation{
		id: "sign-out", method: http.MethodDelete, path: sessionPath, tag: "session", status: http.StatusNoContent,
		summary: "Sign out", audience: staffOnly,
	}, func(ctx context.Context, _ *nothing) (*signedOut, error) {
		gone := sessionCookieOf(ctx, "") //nolint:gosec // an empty cookie
		gone.MaxAge = -1
		return &signedOut{SetCookie: gone.String()}, s.access.SignOut(ctx, callerOf(ctx).token)
	})
	register(s, operation{
		id: "change-password", method: http.MethodPost, path: passwordPath, tag: "session", status: http.StatusNoContent,
		summary: "Change the own password; every session ends", audience: staffOnly,
	}, func(ctx context.Context, in *passwordInput) (*nothing, error) {
		if err := s.attempt(ctx, "password", callerOf(ctx).user.ID); err != nil {
			return nil, err
		}
		return &nothing{}, s.signedOut(callerOf(ctx).user.ID, s.access.ChangePassword(ctx, callerOf(ctx).user, in.Body.Old, in.Body.New))
	})
}

// entered is the answer to somebody who has signed in, at least by half. A browser that
// is in for good is known from now on.
func (s *Server) entered(ctx context.Context, token string, e *access.Entered) *signedIn {
	out := &signedIn{SetCookie: []string{sessionCookieOf(ctx, token).String()}, Body: newSession(token, e)}
	if e.Needs != access.NeedsFactor {
		out.SetCookie = append(out.SetCookie, s.markOf(ctx, e.Login).String())
	}
	return out
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
		Opens: g.Open, Signals: g.Signals, Assesses: g.Assess, Channels: g.Channels, Orders: g.Orders, Chats: g.Chats, Audits: g.Audit, Keeps: g.Keep,
		Roles: list(u.Roles, func(r access.Role) string { return string(r) }),
	}
}
