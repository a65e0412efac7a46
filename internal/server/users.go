package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk/ticket/assignment"
)

const usersPath = "/api/v1/staff/users"

type usersBody struct {
	Users []accountBody `json:"users" doc:"by login"`
}

type accountBody struct {
	ID         string        `json:"id"`
	Login      string        `json:"login"`
	Name       string        `json:"name"`
	Unit       string        `json:"unit" doc:"unit id"`
	Roles      []access.Role `json:"roles" enum:"admin,security,taskforce,head,handler,leader,editor,auditor"`
	MustChange bool          `json:"must_change" doc:"has not chosen a password yet"`
	Disabled   bool          `json:"disabled"`
	Factor     bool          `json:"factor" doc:"has a second factor"`
	CreatedAt  time.Time     `json:"created_at"`
	SignedInAt *time.Time    `json:"signed_in_at,omitempty" doc:"last; missing: never"`
	Sessions   int           `json:"sessions" doc:"open ones"`
	Version    int64         `json:"version" doc:"to be sent back with a change"`
}

// WhoBody is what is said about somebody.
type WhoBody struct {
	Name  string        `json:"name" maxLength:"200" doc:"1 to 50 characters"`
	Unit  string        `json:"unit" maxLength:"64" doc:"unit id"`
	Roles []access.Role `json:"roles" nullable:"false" maxItems:"8" enum:"admin,security,taskforce,head,handler,leader,editor,auditor" doc:"none is fine; admin, security and auditor exclude each other. Given by security administrators; by system administrators while there is none"`
}

type addUserInput struct {
	Body struct {
		WhoBody

		Login string `json:"login" maxLength:"64" doc:"2 to 64 small letters, digits, dots and lines; begins with a letter"`
	}
}

type changeUserInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		WhoBody

		Version  int64 `json:"version" doc:"of the account as it was seen; a newer one is a conflict"`
		Disabled bool  `json:"disabled,omitempty" doc:"may not sign in; sessions end"`
	}
}

type userInput struct {
	ID string `path:"id" maxLength:"64"`
}

type issueInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64 `json:"version" doc:"of the account as it was seen; a newer one is a conflict"`
	}
}

type userSessionInput struct {
	ID      string `path:"id" maxLength:"64"`
	Session string `path:"session" maxLength:"64"`
}

type drawnBody struct {
	User     string `json:"user" doc:"id"`
	Password string `json:"password" doc:"shown this once; whose it is has to change it"`
}

func (s *Server) userRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: usersPath + path, tag: "users", summary: summary, status: status, problems: problems, audience: staffOnly,
			description: "System administrators say who has an account, security administrators what it may do. Every act is in the audit trail, by ids and codes alone.",
		}
	}
	missing, conflict := http.StatusNotFound, http.StatusConflict
	register(s, op("users", http.MethodGet, "", "Accounts of the staff", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[usersBody], error) {
			users, err := s.access.Accounts(ctx, callerOf(ctx).user)
			return respond(usersBody{Users: list(users, newAccount)}, err)
		})
	register(s, op("add-user", http.MethodPost, "", "Add an account, with a password drawn for its first sign-in", http.StatusCreated, conflict),
		func(ctx context.Context, in *addUserInput) (*body[drawnBody], error) {
			who, err := s.accountOf(ctx, in.Body.WhoBody)
			if err != nil {
				return nil, err
			}
			u, password, err := s.access.AddAccount(ctx, callerOf(ctx).user, in.Body.Login, who)
			return respond(drawnBody{User: u.ID, Password: password}, err)
		})
	register(s, op("change-user", http.MethodPost, "/{id}", "Say anew who somebody is, which roles they have, or disable the account; with other roles their sessions end", http.StatusNoContent, missing, conflict), s.changeUser)
	register(s, op("issue-password", http.MethodPost, "/{id}/password", "Draw a password for an account; its sessions end", http.StatusCreated, missing, conflict),
		func(ctx context.Context, in *issueInput) (*body[drawnBody], error) {
			password, err := s.access.IssuePassword(ctx, callerOf(ctx).user, in.ID, in.Body.Version)
			return respond(drawnBody{User: in.ID, Password: password}, s.signedOut(in.ID, err))
		})
	register(s, op("user-sessions", http.MethodGet, "/{id}/sessions", "Where somebody is signed in", http.StatusOK, missing),
		func(ctx context.Context, in *userInput) (*body[sessionsBody], error) {
			open, err := s.access.SessionsOf(ctx, callerOf(ctx).user, in.ID)
			return respond(newSessions(open, ""), err)
		})
	register(s, op("end-user-sessions", http.MethodDelete, "/{id}/sessions", "Sign somebody out everywhere", http.StatusNoContent, missing),
		func(ctx context.Context, in *userInput) (*nothing, error) {
			return &nothing{}, s.signedOut(in.ID, s.access.EndSessionsOf(ctx, callerOf(ctx).user, in.ID, ""))
		})
	register(s, op("end-user-session", http.MethodDelete, "/{id}/sessions/{session}", "Sign somebody out in one place", http.StatusNoContent, missing),
		func(ctx context.Context, in *userSessionInput) (*nothing, error) {
			return &nothing{}, s.signedOut(in.ID, s.access.EndSessionsOf(ctx, callerOf(ctx).user, in.ID, in.Session))
		})
}

func (s *Server) changeUser(ctx context.Context, in *changeUserInput) (*nothing, error) {
	who, err := s.accountOf(ctx, in.Body.WhoBody)
	if err != nil {
		return nil, err
	}
	who.Disabled = in.Body.Disabled
	_, err = s.access.ChangeAccount(ctx, callerOf(ctx).user, in.ID, in.Body.Version, who)
	return &nothing{}, s.signedOut(in.ID, err)
}

func newAccount(l access.Listed) accountBody {
	u := l.User
	return accountBody{
		ID: u.ID, Login: u.Login, Name: u.Name, Unit: u.Unit, Roles: list(u.Roles, same[access.Role]), MustChange: u.MustChange, Disabled: u.Disabled, Factor: u.Factor,
		CreatedAt: shown(u.CreatedAt), SignedInAt: shownOrNil(u.SignedInAt), Sessions: l.Sessions, Version: u.Version,
	}
}

// accountOf is what is said about somebody, with the place of the unit in the house.
func (s *Server) accountOf(ctx context.Context, b WhoBody) (access.Account, error) {
	units, err := s.desk.Units(ctx)
	a := access.Account{Name: b.Name, Unit: b.Unit, Roles: b.Roles}
	if i := slices.IndexFunc(units, func(u assignment.Unit) bool { return u.ID == b.Unit }); i >= 0 {
		a.UnitPath = units[i].Path
	}
	return a, err
}

// signedOut lets the open sockets of somebody notice at once that sessions have ended
// or rights have changed, unless that failed. Those of other replicas look by
// themselves.
func (s *Server) signedOut(user string, err error) error {
	if err == nil {
		s.hub.Recheck(socketOf(user))
	}
	return err
}

// socketOf is what the sockets of somebody of staff are counted under.
func socketOf(user string) string { return "staff/" + user }
