package assignment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Officer is a member of staff a complaint may be about.
type Officer struct {
	ID   string // user id
	Name string
	Unit string
}

// AboutUser is how a person stands among those who must never see a ticket.
func AboutUser(id string) string { return "user:" + id }

// ranks are the words that make a name that of an officer, before or after it.
func ranks() []string {
	return []string{
		"民警", "辅警", "警官", "警察", "交警", "协警", "警员", "干警", "警长", "所长", "副所长", "教导员", "指导员", "队长", "副队长",
		"大队长", "中队长", "支队长", "局长", "副局长", "政委", "科长", "主任", "警号", "同志",
	}
}

// KnowOfficers tells the router who works where, so that it can avoid them.
func (r *Router) KnowOfficers(officers []Officer) {
	known := make([]Officer, 0, len(officers))
	for _, o := range officers {
		o.Name = fold(o.Name)
		if utf8.RuneCountInString(o.Name) > 1 { // one character alone names nobody
			known = append(known, o)
		}
	}
	r.officers.Store(&known)
}

// accused returns the officers a letter names: in its own field, or in its text
// beside a rank.
func (r *Router) accused(q Request) []Officer {
	known := r.officers.Load()
	if known == nil {
		return nil
	}
	text, names := fold(q.Title+"\x00"+q.Text), fold(strings.Join(q.Names, "\x00"))
	var found []Officer
	for _, o := range *known {
		if strings.Contains(names, o.Name) || besideRank(text, o.Name) {
			found = append(found, o)
		}
	}
	return found
}

func besideRank(text, name string) bool {
	for rest, from := text, 0; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return false
		}
		from += i
		before, after := text[:from], strings.TrimLeft(text[from+len(name):], "（(:：")
		before = strings.TrimRight(before, "（(:：")
		if slices.ContainsFunc(ranks(), func(w string) bool { return strings.HasSuffix(before, w) || strings.HasPrefix(after, w) }) {
			return true
		}
		from += len(name)
		rest = text[from:]
	}
}
