package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

const drawnText = "base32"

// hasFactor is what each request is told of the second factor.
func (k *kit) hasFactor() bool {
	u, err := k.UserByID(k.Context(), "u1")
	ok(k, err)
	return u.Factor
}

// factor makes a second factor what it is to be.
func (k *kit) factor(a access.Act, f access.Factor) error {
	return k.ChangeFactor(k.Context(), a, func(access.Factor) (access.Factor, error) { return f, nil })
}

func testFactor(k *kit) {
	ok(k, k.account(access.User{ID: "u1", Login: "zhang", PasswordHash: "hash", CreatedAt: noon()}))
	ok(k, k.OpenSession(k.Context(), session("half"), "hash"))
	none, err := k.Factor(k.Context(), "u1")
	ok(k, err)
	same(k, "before", none, access.Factor{})

	drawn := access.Factor{Secret: drawnText, LastStep: 7}
	ok(k, k.factor(*userAct("u1"), drawn))
	same(k, "that is not confirmed does not count", k.hasFactor(), false)
	counts := drawn
	counts.Since, counts.Recovery = noon(), [][]byte{{1, 2}, {3}}
	replaced, opened := userAct("u1"), session("whole")
	opened.Proved, opened.Way = true, access.ByProvider
	replaced.Replaces, replaced.Opens = []byte("half"), &opened
	ok(k, k.factor(*replaced, counts))
	got, err := k.Factor(k.Context(), "u1")
	ok(k, err)
	same(k, "as it was written", got, counts)
	same(k, "it counts", k.hasFactor(), true)
	se, err := k.SessionByToken(k.Context(), []byte("whole"))
	ok(k, err)
	same(k, "the new session", se, opened)
	_, err = k.SessionByToken(k.Context(), []byte("half"))
	wantCode(k, err, problem.NotFound, "session.not_found")

	wantCode(k, k.factor(*replaced, access.Factor{}), problem.NotFound, "session.not_found") // once
	errNo := errors.New("no")
	if err := k.ChangeFactor(k.Context(), *userAct("u1"), func(access.Factor) (access.Factor, error) { return access.Factor{}, errNo }); !errors.Is(err, errNo) {
		k.Errorf("a change that was refused says %v", err)
	}
	wantCode(k, k.factor(*userAct("u9"), counts), problem.NotFound, "user.not_found")
	same(k, "after what was refused", k.hasFactor(), true)
	ok(k, k.account(access.User{ID: "u1", Login: "zhang", PasswordHash: "hash", Version: 2, CreatedAt: noon()}))
	same(k, "whatever else changes", k.hasFactor(), true)
	ends := userAct("u1")
	ends.EndsSessions = true
	ok(k, k.factor(*ends, access.Factor{}))
	same(k, "taken away", k.hasFactor(), false)
	_, err = k.SessionByToken(k.Context(), []byte("whole"))
	wantCode(k, err, problem.NotFound, "session.not_found")
	same(k, "the trail", len(k.actsOn("u1")), 5)
}

// testACodeOnce lets two use the same step of time at once: one of them is second.
func testACodeOnce(k *kit) {
	ok(k, k.account(access.User{ID: "u1", Login: "zhang", CreatedAt: noon()}))
	ok(k, k.factor(*userAct("u1"), access.Factor{Secret: drawnText, Since: noon()}))
	errUsed := errors.New("used")
	var used atomic.Int64
	together(2, func(int) {
		err := k.ChangeFactor(k.Context(), *userAct("u1"), func(f access.Factor) (access.Factor, error) {
			if f.LastStep >= 1 {
				return f, errUsed
			}
			f.LastStep = 1
			return f, nil
		})
		switch {
		case errors.Is(err, errUsed):
			used.Add(1)
		case err != nil:
			k.Error(err)
		}
	})
	same(k, "who came second", used.Load(), int64(1))
}

func testIdentities(k *kit) {
	ok(k, k.account(access.User{ID: "u1", Login: "zhang", PasswordHash: "hash", CreatedAt: noon()}))
	ok(k, k.account(access.User{ID: "u2", Login: "li", PasswordHash: "hash", CreatedAt: noon().Add(time.Hour)}))
	at := func(issuer, subject string) access.Identity { return access.Identity{Issuer: issuer, Subject: subject} }
	_, err := k.UserByIdentity(k.Context(), at("a", "1"))
	wantCode(k, err, problem.NotFound, "user.not_found")
	ok(k, k.LinkIdentity(k.Context(), *userAct("u1"), at("a", "1")))
	ok(k, k.LinkIdentity(k.Context(), *userAct("u1"), at("b", "1")))
	wantCode(k, k.LinkIdentity(k.Context(), *userAct("u2"), at("a", "1")), problem.Conflict, "user.linked")
	wantCode(k, k.LinkIdentity(k.Context(), *userAct("u1"), at("a", "2")), problem.Conflict, "user.linked")
	u, err := k.UserByIdentity(k.Context(), at("a", "1"))
	ok(k, err)
	same(k, "who is who", u.ID, "u1")
	same(k, "the trail", []int{len(k.actsOn("u1")), len(k.actsOn("u2"))}, []int{3, 1})
}
