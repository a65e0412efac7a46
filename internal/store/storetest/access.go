package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// account keeps an account as it is.
func (k *kit) account(u access.User) error {
	return k.ChangeUser(k.Context(), userAct(u.ID), func([]access.User) (access.User, error) { return u, nil })
}

func userAct(user string) *access.Act {
	return &access.Act{At: noon(), By: "admin", User: user, Action: "user.change", Detail: map[string]string{"unit": "mailbox"}}
}

// actsOn is what the trail tells of an account, oldest first.
func (k *kit) actsOn(user string) (actions []string) {
	trail, err := k.Trail(k.Context(), "staff/"+user)
	ok(k, err)
	for _, e := range trail {
		actions = append(actions, e.Actor+" "+e.Action)
	}
	return actions
}

func testUsers(k *kit) {
	u := access.User{
		ID: "u1", Login: "zhang", Name: "张警官", Unit: "mailbox", UnitPath: "bureau/mailbox", Roles: []access.Role{access.TaskForce, access.Head},
		PasswordHash: "argon2id", MustChange: true, CreatedAt: noon(), Version: 1,
	}
	ok(k, k.account(u))
	got, err := k.UserByLogin(k.Context(), "zhang")
	ok(k, err)
	same(k, "by login", got, u)
	ok(k, k.OpenSession(k.Context(), session("s1"), "argon2id"))
	u.Disabled, u.MustChange, u.Login, u.Version = true, false, "zhang2", 2
	ends := userAct("u1")
	ends.EndsSessions = true
	ok(k, k.ChangeUser(k.Context(), ends, func(all []access.User) (access.User, error) {
		same(k, "all that is known", len(all), 1)
		return u, nil
	}))
	u.SignedInAt = noon()
	got, err = k.UserByID(k.Context(), "u1")
	ok(k, err)
	same(k, "replaced", got, u)
	_, err = k.SessionByToken(k.Context(), []byte("s1"))
	wantCode(k, err, problem.NotFound, "session.not_found")

	wantCode(k, k.account(access.User{ID: "u2", Login: "zhang2", CreatedAt: noon()}), problem.Conflict, "user.taken")
	ok(k, k.account(access.User{ID: "u2", Login: "li", CreatedAt: noon()}))
	errNo := errors.New("no")
	if err := k.ChangeUser(k.Context(), userAct("u2"), func([]access.User) (access.User, error) { return access.User{}, errNo }); !errors.Is(err, errNo) {
		k.Errorf("a change that was refused says %v", err)
	}
	all, err := k.Users(k.Context())
	ok(k, err)
	same(k, "all, by login", []string{all[0].ID, all[1].ID}, []string{"u2", "u1"})
	same(k, "what is told of the first", k.actsOn("u1"), []string{"admin user.change", "admin user.change"})
	same(k, "what is told of the second", k.actsOn("u2"), []string{"admin user.change"})
	_, err = k.UserByLogin(k.Context(), "zhang")
	wantCode(k, err, problem.NotFound, "user.not_found")
	_, err = k.UserByID(k.Context(), "u3")
	wantCode(k, err, problem.NotFound, "user.not_found")
}

// testOneOfTwoAdministrators lets each of two disable the other unless that has
// happened to them: one of them stays.
func testOneOfTwoAdministrators(k *kit) {
	both := []string{"u0", "u1"}
	for _, id := range both {
		ok(k, k.account(access.User{ID: id, Login: id, CreatedAt: noon()}))
	}
	errOut := errors.New("disabled meanwhile")
	var out atomic.Int64
	together(2, func(i int) {
		err := k.ChangeUser(k.Context(), userAct(both[1-i]), func(all []access.User) (access.User, error) {
			if all[i].Disabled {
				return access.User{}, errOut
			}
			all[1-i].Disabled = true
			return all[1-i], nil
		})
		switch {
		case errors.Is(err, errOut):
			out.Add(1)
		case err != nil:
			k.Error(err)
		}
	})
	same(k, "who came too late", out.Load(), int64(1))
}

func session(token string) access.Session {
	return access.Session{
		TokenHash: []byte(token), UserID: "u1", CreatedAt: noon(), SeenAt: noon(), ExpiresAt: noon().Add(time.Hour),
		Place: access.Place{Network: "192.0.2.0/24", Device: "Firefox · Linux"}, Way: access.ByPassword,
	}
}

func testSessions(k *kit) {
	ok(k, k.account(access.User{ID: "u1", Login: "zhang", PasswordHash: "old", CreatedAt: noon()}))
	ok(k, k.account(access.User{ID: "u2", Login: "li", PasswordHash: "old", Disabled: true, CreatedAt: noon()}))
	for _, token := range []string{"s1", "s2", "s3", "s4"} {
		ok(k, k.OpenSession(k.Context(), session(token), "old"))
	}
	wantCode(k, k.OpenSession(k.Context(), session("s5"), "another"), problem.NotFound, "user.not_found")
	wantCode(k, k.OpenSession(k.Context(), access.Session{TokenHash: []byte("s6"), UserID: "u2"}, "old"), problem.NotFound, "user.not_found")
	u, err := k.UserByID(k.Context(), "u1")
	ok(k, err)
	same(k, "signed in", u.SignedInAt, noon())

	ok(k, k.TouchSession(k.Context(), []byte("s1"), noon().Add(time.Minute)))
	seen := session("s1")
	seen.SeenAt = noon().Add(time.Minute)
	got, err := k.SessionByToken(k.Context(), []byte("s1"))
	ok(k, err)
	same(k, "session", got, seen)
	open := func(user string) (tokens []string) {
		all, err := k.Sessions(k.Context(), user)
		ok(k, err)
		for _, s := range all {
			tokens = append(tokens, string(s.TokenHash))
		}
		return tokens
	}
	same(k, "used last first", open("u1"), []string{"s1", "s2", "s3", "s4"})
	same(k, "of everybody", len(open("")), 4)
	same(k, "of another", len(open("u2")), 0)

	act := userAct("u1")
	other := userAct("u2")
	ok(k, k.EndSessions(k.Context(), *other, []byte("s1"), nil))
	same(k, "not somebody else's", len(open("u1")), 4)
	ok(k, k.DropSession(k.Context(), []byte("s4")))
	ok(k, k.EndSessions(k.Context(), *act, []byte("s1"), nil))
	ok(k, k.TouchSession(k.Context(), []byte("s1"), noon().Add(time.Hour)))
	same(k, "what was ended stays so", open("u1"), []string{"s2", "s3"})
	ok(k, k.EndSessions(k.Context(), *act, nil, []byte("s3")))
	same(k, "all but one", open("u1"), []string{"s3"})
	ok(k, k.EndSessions(k.Context(), *act, nil, nil))
	same(k, "all", len(open("u1")), 0)
	ok(k, k.RecordAct(k.Context(), *other))
	same(k, "the trail", []int{len(k.actsOn("u1")), len(k.actsOn("u2"))}, []int{4, 3})
}
