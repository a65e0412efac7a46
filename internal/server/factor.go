package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
)

const factorPath = "/api/v1/staff/factor"

type factorBody struct {
	Active   bool       `json:"active"`
	Since    *time.Time `json:"since,omitempty"`
	Recovery int        `json:"recovery" doc:"codes for recovery that are left"`
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"40" doc:"six digits as the app shows them, or a code for recovery; blanks and dashes do not count"`
	}
}

type beginFactorInput struct {
	Body struct {
		Password string `json:"password" maxLength:"200" doc:"the own one; whoever came by a provider of identities gives none"`
	}
}

type removeFactorInput struct {
	Body struct {
		Password string `json:"password" maxLength:"200" doc:"the own one; whoever came by a provider of identities gives none"`
		Code     string `json:"code" maxLength:"40"`
	}
}

type enrolmentBody struct {
	Secret string `json:"secret" doc:"base32, shown this once; RFC 6238 with SHA-1, six digits, 30 seconds"`
	URI    string `json:"uri" doc:"otpauth://…"`
	Size   int    `json:"size" doc:"modules on a side of the QR code of uri, its quiet zone included"`
	Path   string `json:"path" doc:"the dark modules as a path of SVG, one unit each"`
}

// confirmed is a new session in place of all others.
type confirmed struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Token    string   `json:"token" doc:"for clients that are not browsers"`
		Recovery []string `json:"recovery" doc:"ten codes, shown this once; each opens the door once where the telephone is gone"`
	}
}

func (s *Server) factorRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{id: id, method: method, path: path, tag: "session", summary: summary, status: status, problems: problems, audience: staffOnly}
	}
	const post = http.MethodPost
	register(s, op("prove-factor", post, sessionPath+"/factor", "Complete half a session with a code of the second factor", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *codeInput) (*signedIn, error) {
			token, e, err := s.proveFactor(ctx, in.Body.Code)
			if err != nil {
				return nil, err
			}
			return s.entered(ctx, token, &e), nil
		})
	register(s, op("own-factor", http.MethodGet, factorPath, "The own second factor", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[factorBody], error) {
			f, err := s.access.OwnFactor(ctx, callerOf(ctx).user)
			return respond(factorBody{Active: f.Active, Since: shownOrNil(f.Since), Recovery: f.Recovery}, err)
		})
	register(s, op("begin-factor", post, factorPath, "Draw a second factor; it counts once a code of it has confirmed it", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *beginFactorInput) (*body[enrolmentBody], error) {
			if err := s.attempt(ctx, "password", callerOf(ctx).user.ID); err != nil {
				return nil, err
			}
			e, err := s.access.BeginFactor(ctx, callerOf(ctx).token, in.Body.Password)
			if err != nil {
				return nil, err
			}
			return respond(newEnrolment(e))
		})
	register(s, op("confirm-factor", post, factorPath+"/confirmation", "Let the drawn factor count; all other sessions end", http.StatusCreated), s.confirmFactor)
	register(s, op("remove-factor", post, factorPath+"/removal", "Take the own second factor away; all sessions end", http.StatusNoContent),
		func(ctx context.Context, in *removeFactorInput) (*nothing, error) {
			who := callerOf(ctx)
			if err := s.attempt(ctx, "password", who.user.ID); err != nil {
				return nil, err
			}
			return &nothing{}, s.signedOut(who.user.ID, s.access.RemoveFactor(ctx, who.token, in.Body.Password, in.Body.Code))
		})
	register(s, op("reset-factor", http.MethodDelete, usersPath+"/{id}/factor", "Take somebody's second factor away, for security administrators; their sessions end, and they are told", http.StatusNoContent, http.StatusNotFound),
		func(ctx context.Context, in *userInput) (*nothing, error) {
			err := s.signedOut(in.ID, s.access.ResetFactor(ctx, callerOf(ctx).user, in.ID))
			if err == nil {
				err = s.tell(ctx, desk.FactorReset, "", access.User{ID: in.ID})
			}
			return &nothing{}, err
		})
}

func (s *Server) confirmFactor(ctx context.Context, in *codeInput) (*confirmed, error) {
	who := callerOf(ctx)
	if err := s.attempt(ctx, "factor", who.user.Login); err != nil {
		return nil, err
	}
	// Connections are not told: that of this browser would end before it has the new
	// token. They look by themselves.
	token, recovery, err := s.access.ConfirmFactor(ctx, who.token, in.Body.Code)
	if err != nil {
		return nil, err
	}
	out := &confirmed{SetCookie: sessionCookieOf(ctx, token).String()}
	out.Body.Token, out.Body.Recovery = token, recovery
	return out, nil
}

// newEnrolment draws the QR code here: a secret is sent to nobody else to be drawn.
func newEnrolment(e access.Enrolment) (enrolmentBody, error) {
	const quiet = 4 // modules around a QR code, ISO/IEC 18004
	code, err := qr.Encode(e.URI, qr.M, qr.Auto)
	if err != nil {
		return enrolmentBody{}, problem.New(problem.Internal, "factor.draw", "暂时无法生成二维码，请稍后再试。").Because(err)
	}
	var path strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				_, _ = fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet) // a builder never fails
			}
		}
	}
	return enrolmentBody{Secret: e.Secret, URI: e.URI, Size: side + 2*quiet, Path: path.String()}, nil
}
