package assignment

import (
	"slices"
	"strings"
	"time"
)

// Recipient is somebody who is told, and why they are.
type Recipient struct {
	User   string // user id
	For    string // user id of whom they stand in for
	Reason string // Chinese
}

// Resolve says who is told of something for a role (handler, head, taskforce,
// leader) or a post ("post:<id>") in a unit: whoever is on duty, else who holds
// such a post, else everybody with the role, those away replaced by their
// deputies; else the same in the unit above, else the task force, else the
// leaders. Units and persons in avoid, as [Assignment] lists them, are passed
// over. It is empty only where nobody at all is left: no account of the bureau
// is free of the matter.
func (d *Directory) Resolve(to, unit string, at time.Time, avoid ...string) []Recipient {
	s := search{d, at, avoid}
	if id, ok := strings.CutPrefix(to, "post:"); ok {
		p, known := d.Post(id)
		if found := s.post(id); known && !s.shunned(p.Unit) && len(found) > 0 {
			return found
		}
		if to = "head"; known {
			to, unit = p.Role, p.Unit
		}
	}
	switch to {
	case "taskforce":
		unit = TaskForce
	case "leader":
		unit = d.Tree.Root().ID
	}
	units := []Unit{}
	if u, ok := d.Tree.ByID(unit); ok {
		units = append(append(units, u), d.Tree.Ancestors(unit)...)
	}
	for i, u := range units {
		if found := s.unit(to, u, i > 0); len(found) > 0 {
			return found
		}
	}
	return s.last()
}

// search is one question to the directory.
type search struct {
	*Directory
	at    time.Time
	avoid []string
}

// shunned reports whether the unit or one above it is avoided.
func (s *search) shunned(unit string) bool {
	return slices.ContainsFunc(strings.Split(s.Tree.Path(unit), "/"), func(id string) bool { return slices.Contains(s.avoid, id) })
}

// unit finds people of one unit. Above the unit asked for, its head answers too.
func (s *search) unit(to string, u Unit, above bool) []Recipient {
	if s.shunned(u.ID) {
		return nil
	}
	roles, why := []string{to}, ""
	if above {
		roles, why = append(roles, "head", "leader"), "，"+u.Name+"代为接收"
	}
	if found := s.onDuty(func(t *Term) bool {
		p, _ := s.Post(t.Post)
		return t.Unit == u.ID || p.Unit == u.ID && slices.Contains(roles, p.Role)
	}, "值班"+why); len(found) > 0 {
		return found
	}
	for _, role := range roles {
		if found := s.running(Holding, func(t *Term) bool {
			p, _ := s.Post(t.Post)
			return p.Unit == u.ID && p.Role == role
		}, "任职"+why); len(found) > 0 {
			return found
		}
		if found := s.role(role, u.ID, "本单位同职责人员"+why); len(found) > 0 {
			return found
		}
	}
	return nil
}

func (s *search) post(id string) []Recipient {
	of := func(t *Term) bool { return t.Post == id }
	if found := s.onDuty(of, "值班"); len(found) > 0 {
		return found
	}
	return s.running(Holding, of, "任职")
}

func (s *search) onDuty(of func(*Term) bool, why string) []Recipient {
	return s.running(Shift, of, why)
}

func (s *search) running(kind TermKind, of func(*Term) bool, why string) []Recipient {
	var found []Recipient
	for i := range s.Terms {
		if t := &s.Terms[i]; t.Kind == kind && t.Covers(s.at) && of(t) {
			found = s.add(found, t.User, why)
		}
	}
	return found
}

func (s *search) role(role, unit, why string) []Recipient {
	var found []Recipient
	for _, p := range s.People {
		if p.Unit == unit && slices.Contains(p.Roles, role) {
			found = s.add(found, p.ID, why)
		}
	}
	return found
}

// last is where everything ends: the task force, then the leaders, then anybody
// who may screen letters.
func (s *search) last() []Recipient {
	for _, end := range []struct{ role, unit, why string }{
		{"taskforce", TaskForce, "无人可收，转信箱专班"},
		{"leader", s.Tree.Root().ID, "无人可收，转局领导"},
	} {
		u, ok := s.Tree.ByID(end.unit)
		if !ok || s.shunned(end.unit) {
			continue
		}
		if found := s.unit(end.role, u, false); len(found) > 0 {
			for i := range found {
				found[i].Reason = end.why
			}
			return found
		}
	}
	for _, role := range []string{"taskforce", "leader", "head"} {
		var found []Recipient
		for _, p := range s.People {
			if slices.Contains(p.Roles, role) && !s.shunned(p.Unit) {
				found = s.add(found, p.ID, "无人可收，转有权办理的人员")
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// add puts whoever answers for a user into the list: the user, or the deputy
// while the user is away, and the deputy's deputy.
func (s *search) add(found []Recipient, user, why string) []Recipient {
	r := Recipient{User: user, Reason: why}
	for range len(s.Terms) { // checked terms hold no circle; this one ends in any case
		i := slices.IndexFunc(s.Terms, func(t Term) bool { return t.Kind == Standing && t.User == r.User && t.Covers(s.at) })
		if i < 0 {
			break
		}
		r = Recipient{User: s.Terms[i].Deputy, For: user, Reason: why + "，由代理人接收"}
	}
	p, ok := s.Person(r.User)
	if !ok || s.shunned(p.Unit) || slices.Contains(s.avoid, AboutUser(p.ID)) ||
		slices.ContainsFunc(found, func(f Recipient) bool { return f.User == r.User }) {
		return found
	}
	return append(found, r)
}
