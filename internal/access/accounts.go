package access

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiesu/internal/problem"
)

const (
	maxLogin = 64 // characters
	maxName  = 50 // characters
	operator = "operator"
)

// Act is what somebody does with an account, as the audit trail keeps it.
type Act struct {
	At           time.Time
	By, User     string // ids; "operator" is whoever runs the program itself
	Action       string
	Detail       map[string]string // codes and ids only
	EndsSessions bool              // all of the user's
	Replaces     []byte            // the hash of the token of the one session that ends
	Opens        *Session          // after others have ended
}

// Account is what an administrator says about somebody.
type Account struct {
	Name, Unit, UnitPath string // an unknown unit has no path
	Roles                []Role
	Disabled             bool
}

// Listed is an account with what an administrator sees beside it.
type Listed struct {
	User

	Sessions int // open ones
}

// Accounts lists every account for an administrator, by login.
func (s *Service) Accounts(ctx context.Context, by User) ([]Listed, error) {
	if !looksAfter(&by) {
		return nil, denied()
	}
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	open, err := s.sessions(ctx, "")
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for i := range open {
		count[open[i].UserID]++
	}
	all := make([]Listed, len(users))
	for i, u := range users {
		all[i] = Listed{User: u, Sessions: count[u.ID]}
	}
	return all, nil
}

// AddAccount adds an account with a drawn password, which it returns; the user has
// to change it.
func (s *Service) AddAccount(ctx context.Context, by User, login string, a Account) (User, string, error) {
	u := User{ID: newID(), Login: strings.ToLower(strings.TrimSpace(login))}
	act := s.act(by.ID, u.ID, "user.add")
	act.Detail = a.detail()
	if err := a.apply(&u); err != nil {
		return u, "", err
	}
	return s.add(ctx, act, u, func(all []User) error {
		me, _ := find(all, by.ID)
		return mayChange(all, &me, &User{ID: u.ID}, &u)
	})
}

// Create adds an account for whoever runs the program, with a drawn password, which
// it returns. ID, hash and dates of u are set here.
func (s *Service) Create(ctx context.Context, u User) (password string, err error) {
	u.ID, u.Login = newID(), strings.ToLower(strings.TrimSpace(u.Login))
	if err := apart(u.Roles); err != nil {
		return "", err
	}
	act := s.act(operator, u.ID, "user.add")
	act.Detail = Account{Unit: u.Unit, Roles: u.Roles}.detail()
	_, password, err = s.add(ctx, act, u, func([]User) error { return nil })
	return password, err
}

func (s *Service) add(ctx context.Context, act Act, u User, may func(all []User) error) (User, string, error) {
	if !suits(u.Login) {
		return u, "", invalid("/login", "登录名为2到64个小写字母、数字、点、横线，以字母开头。")
	}
	password, hash, err := s.draw(ctx, u.Login)
	if err != nil {
		return u, "", err
	}
	u.PasswordHash, u.MustChange, u.CreatedAt, u.Version = hash, true, act.At, 1
	err = s.store.ChangeUser(ctx, &act, func(all []User) (User, error) { return u, may(all) })
	return u, password, s.refused(ctx, act, err)
}

// ChangeAccount changes who somebody is at the desk, as it was in a version. The
// last administrator of each kind stays one, and nobody does it to themselves. Other
// roles need another session: whoever got hold of one must not grow with it.
func (s *Service) ChangeAccount(ctx context.Context, by User, id string, version int64, a Account) (User, error) {
	act := s.act(by.ID, id, "user.change")
	act.Detail = a.detail()
	return s.change(ctx, by, version, &act, func(all []User, me, u *User) error {
		was := *u
		if err := a.apply(u); err != nil {
			return err
		}
		act.EndsSessions = u.Disabled || !sameRoles(&was, u)
		return mayChange(all, me, &was, u)
	})
}

// IssuePassword gives an account a drawn password, which it returns, and ends its
// sessions; the user has to change it.
func (s *Service) IssuePassword(ctx context.Context, by User, id string, version int64) (string, error) {
	act := s.act(by.ID, id, "password.issue")
	act.EndsSessions = true
	if !administers(&by) {
		return "", s.refused(ctx, act, denied())
	}
	u, err := s.store.UserByID(ctx, id)
	if err != nil {
		return "", err
	}
	password, hash, err := s.draw(ctx, u.Login) // takes long: others would wait for the transaction
	if err != nil {
		return "", err
	}
	_, err = s.change(ctx, by, version, &act, func(all []User, me, u *User) error {
		u.PasswordHash, u.MustChange = hash, true
		return mayIssue(all, me, u)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Reset gives an account a drawn password, enables it, and ends its sessions, for
// whoever runs the program.
func (s *Service) Reset(ctx context.Context, login string) (password string, err error) {
	u, err := s.store.UserByLogin(ctx, strings.ToLower(login))
	if err != nil {
		return "", err
	}
	password, hash, err := s.draw(ctx, u.Login)
	if err != nil {
		return "", err
	}
	act := s.act(operator, u.ID, "password.issue")
	act.EndsSessions = true
	return password, s.store.ChangeUser(ctx, &act, func(all []User) (User, error) {
		now, ok := find(all, u.ID)
		if !ok {
			return now, missingUser()
		}
		now.PasswordHash, now.MustChange, now.Disabled = hash, true, false
		now.Version++
		return now, nil
	})
}

// change lets an administrator change one account as it was in a version. Who asks is
// looked at again meanwhile: of two who disable each other one stays.
func (s *Service) change(ctx context.Context, by User, version int64, act *Act, to func(all []User, me, u *User) error) (User, error) {
	var u User
	if !looksAfter(&by) {
		return u, s.refused(ctx, *act, denied())
	}
	err := s.store.ChangeUser(ctx, act, func(all []User) (User, error) {
		me, _ := find(all, by.ID)
		if !looksAfter(&me) {
			return u, denied()
		}
		var ok bool
		if u, ok = find(all, act.User); !ok {
			return u, missingUser()
		}
		if u.Version != version {
			return u, stale()
		}
		u.Version++
		err := to(all, &me, &u)
		return u, err
	})
	return u, s.refused(ctx, *act, err)
}

// refused writes down that somebody tried what they may not, and returns err.
func (s *Service) refused(ctx context.Context, act Act, err error) error {
	p, ok := errors.AsType[*problem.Error](err)
	if !ok || p.Kind != problem.Denied && !strings.HasPrefix(p.Code, lastCode) {
		return err
	}
	return errors.Join(err, s.store.RecordAct(ctx, Act{
		At: act.At, By: act.By, User: act.User, Action: "user.refused", Detail: map[string]string{"act": act.Action, "code": p.Code},
	}))
}

func (s *Service) act(by, id, action string) Act {
	return Act{At: s.now(), By: by, User: id, Action: action}
}

// draw draws a password that people can read to each other, and hashes it.
func (s *Service) draw(ctx context.Context, login string) (password, hash string, err error) {
	for password == "" || strings.Contains(password, login) {
		text := strings.ToLower(rand.Text()) // has neither 0 nor 1
		password = strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
	}
	hash, err = s.hash(ctx, login, password)
	return password, hash, err
}

// apply checks what is said of u and takes it over.
func (a Account) apply(u *User) error {
	a.Name = strings.TrimSpace(a.Name)
	switch {
	case a.Name == "" || utf8.RuneCountInString(a.Name) > maxName || strings.ContainsFunc(a.Name, unicode.IsControl):
		return invalid("/name", "请填写姓名，最多50个字。")
	case a.UnitPath == "":
		return invalid("/unit", "请选择单位。")
	case slices.ContainsFunc(a.Roles, func(r Role) bool { return !slices.Contains(Roles(), r) }):
		return invalid("/roles", "没有这个角色。")
	}
	if err := apart(a.Roles); err != nil {
		return err
	}
	u.Name, u.Unit, u.UnitPath, u.Disabled = a.Name, a.Unit, a.UnitPath, a.Disabled
	u.Roles = ordered(a.Roles)
	return nil
}

// detail is what the audit trail keeps of it.
func (a Account) detail() map[string]string {
	var roles []string
	for _, r := range a.Roles {
		roles = append(roles, string(r))
	}
	d := map[string]string{"unit": a.Unit, "roles": strings.Join(roles, ",")}
	if a.Disabled {
		d["disabled"] = "true"
	}
	return d
}

func find(all []User, id string) (User, bool) {
	for _, u := range all {
		if u.ID == id {
			return u, true
		}
	}
	return User{Disabled: true}, false
}

// suits reports whether a login is one people can type anywhere.
func suits(login string) bool {
	return len(login) >= 2 && len(login) <= maxLogin && login[0] >= 'a' && login[0] <= 'z' && !strings.ContainsFunc(login, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func denied() *problem.Error {
	return problem.New(problem.Denied, "user.denied", "您的岗位不能管理账号。")
}

func missingUser() error {
	return problem.New(problem.NotFound, "user.not_found", "没有找到这个账号。")
}

func own() error {
	return problem.New(problem.Denied, "user.own", "不能改自己的角色、停用自己，也不能这样重置自己的密码和二次验证，请另一位管理员来办。")
}

func stale() error {
	return problem.New(problem.Conflict, "user.stale", "这个账号刚刚有了变化，请刷新后再操作。")
}

func invalid(pointer, message string) error {
	return problem.New(problem.Invalid, "user.invalid", message).With(problem.Field{Pointer: pointer, Code: "invalid", Message: message})
}
