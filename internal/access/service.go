package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"jiesu/internal/problem"
)

// Limits of sign-in.
const (
	MinPassword  = 12               // characters
	maxPassword  = 200              // bytes; longer input only burns CPU
	sessionLife  = 12 * time.Hour   // a working day
	halfLife     = 5 * time.Minute  // to give a code
	sessionIdle  = 60 * time.Minute // without a request
	touchEvery   = time.Minute      // how precisely SeenAt is kept
	parallelHash = 2                // argon2id runs at once; each takes 19 MiB
	hashWait     = 3 * time.Second  // for a turn; longer means somebody floods the door
)

// Service signs staff in and out.
type Service struct {
	store Store
	now   func() time.Time
	rules Rules
	slots chan struct{} // bounds the memory and CPU that guessing can cost
}

// Rules are what an operator decides about signing in.
type Rules struct {
	FactorRequired bool // nobody works without a second factor
	ProviderOnly   bool // passwords open sessions of system administrators alone
}

// NewService returns a service over store. now is the wall clock.
func NewService(store Store, now func() time.Time, rules Rules) *Service {
	return &Service{store: store, now: now, rules: rules, slots: make(chan struct{}, parallelHash)}
}

// nobody is the hash of a password that was thrown away. An unknown login is
// compared with it, so that it takes as long as a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$wKxl5cq9FSJKbCuLoYUlTw$ya5iy9Dee3nmGsuLhUMBM/ycvMz/NsfITIAFvBYbkdc"

// params follows the OWASP minimum for argon2id: 19 MiB, two passes.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// SignIn checks login and password and opens a session. It fails with
// "session.refused" without saying which of the two was wrong, and writes
// nothing then: how often somebody may try is the caller's to bound, so that
// nobody can lock others out. from is where that is.
func (s *Service) SignIn(ctx context.Context, login, password string, from Place) (string, Entered, error) {
	u, err := s.store.UserByLogin(ctx, strings.ToLower(strings.TrimSpace(login)))
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return "", Entered{}, err
	}
	hash := nobody
	if err == nil {
		hash = u.PasswordHash
	}
	match, errHash := s.compare(ctx, password, hash)
	if errHash != nil {
		return "", Entered{}, errHash
	}
	useless := s.rules.ProviderOnly && !administers(&u) // said no other way: nobody learns that a password was right
	if err != nil || u.Disabled || !match || useless {
		return "", Entered{}, refusal()
	}
	return s.enter(ctx, &u, Session{Place: from, Way: ByPassword})
}

func refusal() *problem.Error {
	return problem.New(problem.Unauthenticated, "session.refused", "账号或密码不正确。")
}

// enter opens a session of u. Where a second factor has yet to be proved, it is half a
// session: it does not last, and is replaced by one with another token.
func (s *Service) enter(ctx context.Context, u *User, se Session) (string, Entered, error) {
	token := s.fill(&se, u)
	err := s.store.OpenSession(ctx, se, u.PasswordHash)
	return token, Entered{User: *u, Needs: s.needs(u, &se)}, missing(err, refusal()) // the account was changed while passwords were compared
}

// fill completes a new session of u, and draws its token.
func (s *Service) fill(se *Session, u *User) (token string) {
	at, life := s.now(), sessionLife
	if u.Factor && !se.Proved {
		life = halfLife
	}
	token = randomText()
	se.TokenHash, se.UserID, se.CreatedAt, se.SeenAt, se.ExpiresAt = hashToken(token), u.ID, at, at, at.Add(life)
	return token
}

// Authenticate returns the user behind a session token, or "session.required".
func (s *Service) Authenticate(ctx context.Context, token string) (Entered, error) {
	session, u, err := s.open(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	if at := s.now(); at.Sub(session.SeenAt) >= touchEvery {
		if err := s.store.TouchSession(ctx, session.TokenHash, at); err != nil {
			return Entered{}, err
		}
	}
	return Entered{User: u, Needs: s.needs(&u, &session)}, nil
}

// Still is Authenticate for what goes on by itself, such as a connection that stays
// open: it does not count as somebody using the session, and ends with the first thing
// somebody has to do before anything else.
func (s *Service) Still(ctx context.Context, token string) (User, error) {
	session, u, err := s.open(ctx, token)
	if err == nil && s.needs(&u, &session) != "" {
		err = required()
	}
	return u, err
}

// open finds a session that has not ended, and whose it is.
func (s *Service) open(ctx context.Context, token string) (Session, User, error) {
	at := s.now()
	if token == "" {
		return Session{}, User{}, required()
	}
	session, err := s.store.SessionByToken(ctx, hashToken(token))
	if err != nil {
		return Session{}, User{}, missing(err, required())
	}
	if !session.live(at) {
		return Session{}, User{}, required()
	}
	u, err := s.store.UserByID(ctx, session.UserID)
	if err != nil {
		return Session{}, User{}, missing(err, required())
	}
	if u.Disabled {
		return Session{}, User{}, required()
	}
	return session, u, nil
}

func required() *problem.Error {
	return problem.New(problem.Unauthenticated, "session.required", "请先登录。")
}

// missing turns NotFound into what the caller may know.
func missing(err error, instead *problem.Error) error {
	if problem.KindOf(err) == problem.NotFound {
		return instead
	}
	return err
}

// SignOut ends the session of token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.store.DropSession(ctx, hashToken(token))
}

// ChangePassword sets a new password of u's own and ends every session of u.
func (s *Service) ChangePassword(ctx context.Context, u User, old, password string) error {
	match, err := s.compare(ctx, old, u.PasswordHash)
	if err != nil {
		return err
	}
	if !match {
		return problem.New(problem.Invalid, "password.old", "原密码不正确。").
			With(problem.Field{Pointer: "/old", Code: "wrong", Message: "原密码不正确。"})
	}
	if password == old {
		return problem.New(problem.Invalid, "password.weak", "新密码不能和原密码相同。").
			With(problem.Field{Pointer: "/new", Code: "same", Message: "新密码不能和原密码相同。"})
	}
	hash, err := s.hash(ctx, u.Login, password)
	if err != nil {
		return err
	}
	act := s.act(u.ID, u.ID, "password.change")
	act.EndsSessions = true
	return s.store.ChangeUser(ctx, &act, func(all []User) (User, error) {
		now, ok := find(all, u.ID)
		if !ok || now.PasswordHash != u.PasswordHash {
			return now, stale()
		}
		now.PasswordHash, now.MustChange = hash, false
		return now, nil
	})
}

// Users lists every account.
func (s *Service) Users(ctx context.Context) ([]User, error) { return s.store.Users(ctx) }

// hash checks a password of a login and hashes it.
func (s *Service) hash(ctx context.Context, login, password string) (string, error) {
	invalid := func(code, message string) error {
		return problem.New(problem.Invalid, "password.weak", message).
			With(problem.Field{Pointer: "/new", Code: code, Message: message})
	}
	switch {
	case !utf8.ValidString(password) || len(password) > maxPassword:
		return "", invalid("too_long", "新密码太长。")
	case utf8.RuneCountInString(password) < MinPassword:
		return "", invalid("too_short", "新密码至少12个字符，建议用几个不相关的词组成。")
	case strings.Contains(strings.ToLower(password), login):
		return "", invalid("login", "新密码不能包含账号名。")
	}
	if err := s.acquire(ctx); err != nil {
		return "", err
	}
	defer s.release()
	return argon2id.CreateHash(password, params())
}

func (s *Service) compare(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > maxPassword {
		password = "" // never right, and takes as long
	}
	if err := s.acquire(ctx); err != nil {
		return false, err
	}
	defer s.release()
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (s *Service) acquire(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return problem.New(problem.Unavailable, "session.busy", "登录人数较多，请稍后再试。").Because(ctx.Err())
	}
}

func (s *Service) release() { <-s.slots }

// randomText is 256 random bits, URL safe.
func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
