package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestNoWayLeadsAroundTheThree lets anybody try anything with the roles of anybody: in
// the end nobody holds two of the three, each kind that was there is still there, and
// from the first security administrator on roles were given by security administrators
// alone.
func TestNoWayLeadsAroundTheThree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		all := []User{{ID: "a", Roles: []Role{Admin}}, {ID: "b"}, {ID: "c"}, {ID: "d"}}
		had := map[Role]bool{Admin: true}
		for range rapid.IntRange(1, 40).Draw(r, "steps") {
			me, i := rapid.SampledFrom(all).Draw(r, "me"), rapid.IntRange(0, len(all)-1).Draw(r, "on")
			was, u := all[i], all[i]
			to := rapid.SliceOfNDistinct(rapid.SampledFrom(append(administrators(), Handler)), 0, 2, rapid.ID[Role]).Draw(r, "roles")
			err := (&Account{Name: "某人", UnitPath: "bureau", Roles: to, Disabled: rapid.Bool().Draw(r, "disabled")}).apply(&u)
			if err != nil || mayChange(all, &me, &was, &u) != nil {
				continue
			}
			if !sameRoles(&was, &u) && had[Security] && !holds(&me, Security) {
				r.Fatalf("%+v gave %v", me, u.Roles)
			}
			all[i] = u
			three(r, all, had)
		}
	})
}

// three looks at what must be true of all accounts, and notes which kinds there were.
func three(r *rapid.T, all []User, had map[Role]bool) {
	for _, u := range all {
		if apart(u.Roles) != nil {
			r.Fatalf("%s is two of the three: %v", u.ID, u.Roles)
		}
	}
	for _, k := range administrators() {
		able := slices.ContainsFunc(all, func(u User) bool { return holds(&u, k) })
		if had[k] && !able {
			r.Fatalf("nobody is %s any more", k)
		}
		had[k] = able
	}
}
