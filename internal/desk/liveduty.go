package desk

import (
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket/assignment"
)

// policeConduct is the category of what units and officers did.
const policeConduct = "police-conduct"

// skillOf is the category somebody is needed for: the one that was asked for, else
// that of the entry talked about last, else what the words say.
func (d *Desk) skillOf(asked, entry, text string) string {
	if d.Router.CategoryName(asked) != "" {
		return asked
	}
	if e, err := d.Entry(entry); entry != "" && err == nil {
		for _, c := range d.Router.Catalogue() {
			if c.Name == e.Entry.Category {
				return c.Code
			}
		}
	}
	return d.Router.CategoryOf(assignment.Request{Text: text, At: d.at()})
}

// aboutWhom are the units and persons that words complain of: they are kept away
// from the conversation as they would be from a letter.
func (d *Desk) aboutWhom(text string) []string {
	q := assignment.Request{Kind: string(channel.Complaint), Text: text, At: d.at()}
	if d.Router.CategoryOf(q) != policeConduct {
		return nil
	}
	return d.Router.Route(q).Avoid
}

// mayServe reports whether a may answer in c: a knows what it is about, and it is not
// about a.
func (d *Desk) mayServe(a *Actor, c *conversation.Conversation) bool {
	if concerned(c.Avoid, a.Path, a.ID) {
		return false
	}
	return d.hasSkill(a, c.Skill) || slices.ContainsFunc(a.Standing, func(away Actor) bool { return d.hasSkill(&away, c.Skill) })
}

// concerned reports whether a unit, one above it or a person is among those to be kept
// away.
func concerned(avoid []string, path, user string) bool {
	return slices.ContainsFunc(append(strings.Split(path, "/"), assignment.AboutUser(user)), func(id string) bool { return slices.Contains(avoid, id) })
}

// hasSkill reports whether a answers for a category: the task force for all of them,
// others for those their unit is responsible for, while they are on duty. What may
// be a report (举报) is for those who may see all of them.
func (d *Desk) hasSkill(a *Actor, skill string) bool {
	if a.Chats == "" || d.reported(skill) && !a.Reports {
		return false
	}
	if a.Chats == "*" {
		return true
	}
	if skill == "" || !d.rostered(a.ID, a.Unit) {
		return false
	}
	unit, _ := d.Tree.ByID(a.Unit)
	responsible := d.Router.Route(assignment.Request{Category: skill, District: unit.District, At: d.at()}).Unit
	return slices.Contains(strings.Split(a.Chats, "/"), responsible)
}

// reported reports whether a category is one of crimes people report.
func (d *Desk) reported(skill string) bool {
	return slices.ContainsFunc(d.Router.Catalogue(), func(c assignment.Category) bool { return c.Code == skill && c.Report })
}

// skills are the categories a answers for, in the order of the catalogue.
func (d *Desk) skills(a *Actor) []assignment.Category {
	return slices.DeleteFunc(d.Router.Catalogue(), func(c assignment.Category) bool { return !d.mayServe(a, &conversation.Conversation{Skill: c.Code}) })
}

// rostered reports whether somebody is on duty by the roster of their unit. A unit
// that plans no shifts has everybody on duty.
func (d *Desk) rostered(user, unit string) bool {
	dir := d.people.Load()
	if dir == nil {
		return true
	}
	at, planned := d.at(), false
	for i := range dir.Terms {
		t := &dir.Terms[i]
		p, _ := dir.Post(t.Post)
		switch {
		case t.Kind == assignment.Standing && t.User == user && t.Covers(at):
			return false
		case t.Kind != assignment.Shift || t.Unit != unit && p.Unit != unit || !t.Until.After(at):
		case t.User == user && t.Covers(at):
			return true
		default:
			planned = true
		}
	}
	return !planned
}

// atWork reports whether it is a time people answer in chats.
func (d *Desk) atWork(at time.Time) bool { return d.Profile.AtWork(d.Calendar(), at).Equal(at) }

// served reports whether somebody is on duty now who may answer in c.
func (d *Desk) served(c *conversation.Conversation) bool {
	dir := d.people.Load()
	if dir == nil || d.Rights == nil || !d.atWork(d.at()) {
		return false
	}
	return slices.ContainsFunc(dir.People, func(p assignment.Person) bool {
		a := d.colleague(&p)
		return d.rostered(p.ID, p.Unit) && d.mayServe(&a, c)
	})
}

// colleague is what somebody who is not signed in here may do.
func (d *Desk) colleague(p *assignment.Person) Actor {
	path := d.Tree.Path(p.Unit)
	a := d.Rights(p.Roles, path)
	a.ID, a.Name, a.Unit, a.Path, a.Roles = p.ID, p.Name, p.Unit, path, p.Roles
	return a
}
