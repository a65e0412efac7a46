package server

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"jiesu/internal/access"
)

const sessionsPath = "/api/v1/staff/sessions"

type sessionsBody struct {
	Sessions []openBody `json:"sessions" doc:"used last first"`
}

// openBody is one place where somebody is signed in.
type openBody struct {
	ID        string    `json:"id"`
	Network   string    `json:"network,omitempty" example:"10.1.2.0/24" doc:"where from"`
	Device    string    `json:"device,omitempty" example:"Edge · Windows"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at" doc:"last used, to the minute"`
	ExpiresAt time.Time `json:"expires_at" doc:"at the latest"`
	Own       bool      `json:"own" doc:"the one that asks"`
}

type ownSessionInput struct {
	Session string `path:"session" maxLength:"64"`
}

func newSessions(open []access.Session, own string) sessionsBody {
	return sessionsBody{Sessions: list(open, func(o access.Session) openBody {
		return openBody{
			ID: o.ID(), Network: o.Network, Device: o.Device, CreatedAt: shown(o.CreatedAt), SeenAt: shown(o.SeenAt), ExpiresAt: shown(o.ExpiresAt),
			Own: o.ID() == own,
		}
	})}
}

// accountRoutes are what people do with their own accounts.
func (s *Server) accountRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: sessionsPath + path, tag: "session", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	register(s, op("own-sessions", http.MethodGet, "", "Where one is signed in oneself", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[sessionsBody], error) {
			open, own, err := s.access.OwnSessions(ctx, callerOf(ctx).user, callerOf(ctx).token)
			return respond(newSessions(open, own), err)
		})
	register(s, op("end-other-sessions", http.MethodDelete, "", "Sign out everywhere else", http.StatusNoContent),
		func(ctx context.Context, _ *nothing) (*nothing, error) { return s.endOwn(ctx, "") })
	register(s, op("end-own-session", http.MethodDelete, "/{session}", "Sign out in another place", http.StatusNoContent, http.StatusNotFound),
		func(ctx context.Context, in *ownSessionInput) (*nothing, error) { return s.endOwn(ctx, in.Session) })
}

func (s *Server) endOwn(ctx context.Context, session string) (*nothing, error) {
	who := callerOf(ctx)
	return &nothing{}, s.signedOut(who.user.ID, s.access.EndOwnSessions(ctx, who.user, who.token, session))
}

// deviceOf is what somebody recognises their browser by, and nothing that tells one
// of a kind from another.
func deviceOf(agent string) string {
	first := func(families ...[2]string) string {
		for _, f := range families {
			if strings.Contains(agent, f[0]) {
				return f[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg", "Edge"}, [2]string{"Firefox/", "Firefox"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := first([2]string{"Windows", "Windows"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iOS"}, [2]string{"iPad", "iOS"},
		[2]string{"Mac OS", "macOS"}, [2]string{"Linux", "Linux"})
	if browser == "" {
		return "其他程序"
	}
	return browser + " · " + cmp.Or(system, "其他系统")
}
