package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"jiesu/internal/problem"
)

const (
	factorIssuer  = "接诉"
	stepLength    = 30 // seconds, RFC 6238
	recoveryCodes = 10
)

// Factor is a time-based one-time password (TOTP, RFC 6238) and what opens the door
// where the telephone is gone.
type Factor struct {
	Secret   string    // base32; empty: none
	Since    time.Time // zero: no code has confirmed it yet
	LastStep int64     // of time, of the code that was accepted last: none is accepted twice
	Recovery [][]byte  // hashes of the codes that are left
}

// FactorState is what somebody may know of their own factor.
type FactorState struct {
	Active   bool
	Since    time.Time
	Recovery int // codes left
}

// Enrolment is a factor that waits for its first code.
type Enrolment struct{ Secret, URI string }

// active reports whether a factor counts.
func (f *Factor) active() bool { return f.Secret != "" && !f.Since.IsZero() }

// accept takes a code, once: of this step of time or of one beside it, for clocks
// differ; or one that is left for recovery.
func (f *Factor) accept(code string, at time.Time) bool {
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	now := at.Unix() / stepLength
	for step := now - 1; step <= now+1; step++ {
		want, err := totp.GenerateCode(f.Secret, time.Unix(step*stepLength, 0))
		if err == nil && step > f.LastStep && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			f.LastStep = step
			return true
		}
	}
	hash := hashToken(code)
	if i := slices.IndexFunc(f.Recovery, func(h []byte) bool { return subtle.ConstantTimeCompare(h, hash) == 1 }); i >= 0 && f.active() {
		f.Recovery = slices.Delete(slices.Clone(f.Recovery), i, i+1)
		return true
	}
	return false
}

// OwnFactor is the state of u's own second factor.
func (s *Service) OwnFactor(ctx context.Context, u User) (FactorState, error) {
	f, err := s.store.Factor(ctx, u.ID)
	if err != nil || !f.active() {
		return FactorState{}, err
	}
	return FactorState{Active: true, Since: f.Since, Recovery: len(f.Recovery)}, nil
}

// BeginFactor draws a second factor for whoever holds a session; it counts once
// [Service.ConfirmFactor] has seen a code of it. The password is asked for again: who
// finds a browser open must not lock its user out.
func (s *Service) BeginFactor(ctx context.Context, token, password string) (Enrolment, error) {
	u, err := s.withPassword(ctx, token, password)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: factorIssuer, AccountName: u.Login, Rand: rand.Reader})
	if err != nil {
		return Enrolment{}, problem.New(problem.Internal, "factor.draw", "暂时无法生成密钥，请稍后再试。").Because(err)
	}
	act := s.act(u.ID, u.ID, "factor.begin")
	return Enrolment{Secret: key.Secret(), URI: key.URL()}, s.store.ChangeFactor(ctx, act, func(f Factor) (Factor, error) {
		if f.active() {
			return f, problem.New(problem.Conflict, "factor.active", "已经启用了二次验证。要换手机，请先停用，再重新启用。")
		}
		return Factor{Secret: key.Secret()}, nil
	})
}

// ConfirmFactor makes a drawn factor count. It returns the codes for recovery, this
// once, and the token of a new session in place of all others.
func (s *Service) ConfirmFactor(ctx context.Context, token, code string) (fresh string, recovery []string, err error) {
	se, u, err := s.open(ctx, token)
	if err != nil {
		return "", nil, err
	}
	var hashes [][]byte
	for range recoveryCodes {
		text := strings.ToLower(rand.Text()[:16]) // 80 bits: nobody guesses them, so a plain hash will do
		recovery = append(recovery, strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-"))
		hashes = append(hashes, hashToken(text))
	}
	act := s.act(u.ID, u.ID, "factor.enable")
	fresh = s.replace(&act, se, &u)
	act.EndsSessions = true
	err = s.store.ChangeFactor(ctx, act, func(f Factor) (Factor, error) {
		if f.active() || !f.accept(code, act.At) {
			return f, wrongCode()
		}
		f.Since, f.Recovery = act.At, hashes
		return f, nil
	})
	if err != nil {
		return "", nil, missing(err, required())
	}
	return fresh, recovery, nil
}

// ProveFactor completes half a session with a code: a new one takes its place.
func (s *Service) ProveFactor(ctx context.Context, token, code string) (fresh string, e Entered, err error) {
	se, u, err := s.open(ctx, token)
	if err != nil {
		return "", Entered{}, err
	}
	if !se.half() {
		return "", Entered{}, problem.New(problem.Conflict, "factor.proved", "已经登录。")
	}
	act := s.act(u.ID, u.ID, "session."+string(Opened))
	fresh = s.replace(&act, se, &u)
	act.Detail = map[string]string{"from": se.Network}
	err = s.store.ChangeFactor(ctx, act, func(f Factor) (Factor, error) {
		left := len(f.Recovery)
		if !f.active() || !f.accept(code, act.At) {
			return f, wrongCode()
		}
		act.Detail["factor"] = map[bool]string{false: "code", true: "recovery"}[len(f.Recovery) < left]
		return f, nil
	})
	if err != nil {
		return "", Entered{}, missing(err, required())
	}
	return fresh, Entered{User: u, Needs: s.needs(&u, act.Opens)}, nil
}

// RemoveFactor takes u's own factor away, and ends every session of theirs.
func (s *Service) RemoveFactor(ctx context.Context, token, password, code string) error {
	u, err := s.withPassword(ctx, token, password)
	if err != nil {
		return err
	}
	act := s.act(u.ID, u.ID, "factor.disable")
	act.EndsSessions = true
	return s.store.ChangeFactor(ctx, act, func(f Factor) (Factor, error) {
		if !f.active() || !f.accept(code, act.At) {
			return f, wrongCode()
		}
		return Factor{}, nil
	})
}

// ResetFactor lets a security administrator take somebody's factor away, whose
// sessions end; who it is enrols again.
func (s *Service) ResetFactor(ctx context.Context, by User, id string) error {
	act := s.act(by.ID, id, "factor.reset")
	if err := s.maySecure(ctx, &by); err != nil {
		return s.refused(ctx, act, err)
	}
	if id == by.ID {
		return s.refused(ctx, act, own())
	}
	if _, err := s.store.UserByID(ctx, id); err != nil {
		return err
	}
	return s.dropFactor(ctx, act)
}

// DropFactor is ResetFactor for whoever runs the program.
func (s *Service) DropFactor(ctx context.Context, login string) error {
	u, err := s.store.UserByLogin(ctx, strings.ToLower(login))
	if err != nil {
		return err
	}
	return s.dropFactor(ctx, s.act(operator, u.ID, "factor.reset"))
}

func (s *Service) dropFactor(ctx context.Context, act Act) error {
	act.EndsSessions = true
	return s.store.ChangeFactor(ctx, act, func(f Factor) (Factor, error) {
		if f.Secret == "" {
			return f, problem.New(problem.NotFound, "factor.none", "这个账号没有启用二次验证。")
		}
		return Factor{}, nil
	})
}

// replace lets an act open a proved session where another was, and returns its token.
func (s *Service) replace(act *Act, old Session, u *User) (token string) {
	act.Replaces, act.Opens = old.TokenHash, &Session{Place: old.Place, Way: old.Way, Proved: true}
	return s.fill(act.Opens, u)
}

// withPassword is who holds a session and knows the password. Who came by a provider
// of identities has none to know.
func (s *Service) withPassword(ctx context.Context, token, password string) (User, error) {
	se, u, err := s.open(ctx, token)
	if err != nil || se.Way == ByProvider {
		return u, err
	}
	match, err := s.compare(ctx, password, u.PasswordHash)
	if err == nil && !match {
		err = problem.New(problem.Invalid, "password.old", "密码不正确。").With(problem.Field{Pointer: "/password", Code: "wrong", Message: "密码不正确。"})
	}
	return u, err
}

func wrongCode() error {
	const message = "验证码不正确，或者已经用过。请用最新的一个。"
	return problem.New(problem.Invalid, "factor.wrong", message).With(problem.Field{Pointer: "/code", Code: "wrong", Message: message})
}
