package access

import (
	"context"
	"slices"

	"jiesu/internal/problem"
)

// Three administrators keep each other in check (三员分立), as GB/T 22239-2019
// 《信息安全技术 网络安全等级保护基本要求》, third level, 8.1.5 “安全管理中心”, asks for
// with its system, audit and security administration (系统管理、审计管理、安全管理);
// which control names which duty was not checked against the printed standard.
// The system administrator says who has an account, the security administrator what
// an account may do, and the auditor reads what both did. None of them can become
// another: roles are the second's alone, passwords the first's, and whoever holds two
// of the three does not exist.
//
// A small installation that has no security administrator yet goes on: until the first
// one is made, the system administrator does that work, too. The last of each kind
// stays, so from then on it never comes back.

// administrators are the roles of which nobody holds two.
func administrators() []Role { return []Role{Admin, Security, Auditor} }

// lastCode begins the codes of what would leave nobody of a kind.
const lastCode = "user.last_"

// apart keeps who changes accounts, who gives roles and who watches over both apart.
func apart(roles []Role) error {
	held := 0
	for _, r := range administrators() {
		if slices.Contains(roles, r) {
			held++
		}
	}
	if held > 1 {
		return invalid("/roles", "系统管理员、安全保密管理员、安全审计员三者不能是同一个账号。")
	}
	return nil
}

// ordered are roles as they are kept: in the order they are shown, without repeats.
func ordered(roles []Role) []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(roles, r) })
}

func sameRoles(a, b *User) bool { return slices.Equal(ordered(a.Roles), ordered(b.Roles)) }

// administers reports whether somebody may say who has an account.
func administers(u *User) bool { return !u.Disabled && GrantOf(*u).Users }

// looksAfter reports whether somebody has anything to do with the accounts of others.
func looksAfter(u *User) bool {
	g := GrantOf(*u)
	return !u.Disabled && (g.Users || g.Secure)
}

// separated reports whether there is a security administrator.
func separated(all []User) bool {
	return slices.ContainsFunc(all, func(u User) bool { return GrantOf(u).Secure })
}

// secures reports whether somebody may say what accounts may do.
func secures(all []User, u *User) bool {
	return !u.Disabled && GrantOf(*u).Secure || administers(u) && !separated(all)
}

// maySecure refuses whoever is no security administrator, and does not stand in for one.
func (s *Service) maySecure(ctx context.Context, by *User) error {
	all, err := s.store.Users(ctx)
	if err == nil && !secures(all, by) {
		err = problem.New(problem.Denied, "user.security", "这件事由安全保密管理员来办。")
	}
	return err
}

// mayChange decides about a change of one of all accounts by me; an account that is
// added was nothing before.
func mayChange(all []User, me, was, u *User) error {
	roles := !sameRoles(was, u)
	identity := was.Name != u.Name || was.Unit != u.Unit || was.Disabled != u.Disabled
	switch {
	case roles && !secures(all, me):
		return problem.New(problem.Denied, "user.roles", "角色由安全保密管理员授予和收回。").
			With(problem.Field{Pointer: "/roles", Code: "denied", Message: "角色由安全保密管理员授予和收回。"})
	case identity && !administers(me):
		return denied()
	}
	for _, r := range administrators() {
		if holds(was, r) && !holds(u, r) && !slices.ContainsFunc(all, func(o User) bool { return o.ID != u.ID && holds(&o, r) }) {
			return problem.New(problem.Conflict, lastCode+string(r), "这是最后一个能用的"+r.Name()+"账号，不能停用，也不能去掉这个角色。")
		}
	}
	if u.ID == me.ID && (u.Disabled || roles) {
		return own()
	}
	return nil
}

// mayIssue decides about a drawn password for an account. Whoever knows the password
// of one of the other two administrators would be them, unless a second factor stands
// between, which the system administrator cannot take away.
func mayIssue(all []User, me, u *User) error {
	switch {
	case !administers(me):
		return denied()
	case u.ID == me.ID: // whoever found a browser open must not get an account for good
		return own()
	case separated(all) && !u.Factor && (slices.Contains(u.Roles, Security) || slices.Contains(u.Roles, Auditor)):
		return problem.New(problem.Denied, "user.separate", "安全保密管理员和安全审计员没有启用二次验证时，密码只能由运维人员在服务器上重置。")
	}
	return nil
}

func holds(u *User, r Role) bool { return !u.Disabled && slices.Contains(u.Roles, r) }
