package server

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/web/portal"
)

const (
	foundEntries   = 20
	relatedEntries = 5
)

// categories counts the library. One category is one heading, wherever its
// entries stand.
func (p *publicPages) categories() []portal.Count {
	var found []portal.Count
	for _, l := range p.desk.Catalogue().Library {
		i := slices.IndexFunc(found, func(f portal.Count) bool { return f.Name == l.Name })
		if i < 0 {
			found = append(found, portal.Count{Name: l.Name})
			i = len(found) - 1
		}
		found[i].N += l.Count
	}
	return found
}

func (p *publicPages) browse(c *gin.Context) {
	category := c.Query("category")
	categories := p.categories()
	if !slices.ContainsFunc(categories, func(f portal.Count) bool { return f.Name == category }) {
		category = ""
	}
	p.show(c, http.StatusOK, portal.Library{Categories: categories, Category: category, Entries: briefs(p.desk.Entries(category))})
}

func (p *publicPages) search(c *gin.Context) {
	if !p.form(c) {
		return
	}
	text := field(c, "text")
	if text == "" {
		c.Redirect(http.StatusSeeOther, "/library")
		return
	}
	found, err := p.desk.SearchEntries(c.Request.Context(), text, foundEntries)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Library{Categories: p.categories(), Text: text, Entries: briefs(found)})
}

func briefs(entries []knowledge.Entry) []portal.Brief {
	found := make([]portal.Brief, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		found = append(found, portal.Brief{ID: e.ID, Question: e.Question, Category: e.Category})
	}
	return found
}

func (p *publicPages) entry(c *gin.Context) {
	e, err := p.desk.Entry(c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	owner, err := p.unitName(c, e.Entry.Owner)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, p.entryView(&e, owner))
}

func (p *publicPages) entryView(l *desk.LibraryEntry, owner string) portal.Entry {
	e := &l.Entry
	v := portal.Entry{
		ID: e.ID, Version: e.Version, Question: e.Question, Answer: e.Answer, Category: e.Category, Owner: owner,
		Certainty: e.Certainty, Sample: e.Sample, Local: e.Local, ReviewBy: e.ReviewBy, Documents: documentsOf(l),
	}
	if i := e.Item; i != nil {
		item := portal.Item(*i)
		v.Item = &item
	}
	for _, b := range briefs(p.desk.Entries(e.Category)) {
		if b.ID != e.ID && len(v.Related) < relatedEntries {
			v.Related = append(v.Related, b)
		}
	}
	return v
}

// documentsOf lists what the entry rests on, with what is known of each.
func documentsOf(l *desk.LibraryEntry) []portal.Document {
	var found []portal.Document
	for _, b := range l.Entry.Basis {
		v := portal.Document{Title: b.Title, Number: b.Number, Article: b.Article, Validity: "未注明"}
		if i := slices.IndexFunc(l.Documents, func(d knowledge.Document) bool { return d.ID == b.Document }); i >= 0 {
			d := &l.Documents[i]
			v.Title, v.Number, v.Issuer, v.Index, v.Topic = d.Title, d.Number, d.Issuer, d.Index, d.Topic
			v.Written, v.Published, v.Effective, v.Validity, v.Note = d.Written, d.Published, d.Effective, validityName(d.Validity), d.Note
		}
		found = append(found, v)
	}
	return found
}

func validityName(v string) string {
	switch v {
	case "in_force":
		return "现行有效"
	case "amended":
		return "现行有效，有过修改"
	case "repealed":
		return "已废止"
	case "expired":
		return "已失效"
	}
	return "未注明"
}

// unitName is the shown name of a unit, or nothing where it is not known.
func (p *publicPages) unitName(c *gin.Context, id string) (string, error) {
	units, err := p.desk.Units(c.Request.Context())
	if err != nil {
		return "", err
	}
	for i := range units {
		if units[i].ID == id {
			return units[i].Name, nil
		}
	}
	return "", nil
}

// entryVersion shows a version under its lasting address, whatever became of it.
func (p *publicPages) entryVersion(c *gin.Context) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		n = 0 // there is no such version
	}
	e, err := p.desk.EntryVersion(c.Param("id"), n)
	if err != nil {
		p.fail(c, err)
		return
	}
	owner, err := p.unitName(c, e.Entry.Owner)
	if err != nil {
		p.fail(c, err)
		return
	}
	v := p.entryView(&e.LibraryEntry, owner)
	v.From, v.Halted = e.From, haltedName(e.Entry.Stopped)
	if e.Newest != n {
		v.Newest = e.Newest
	}
	p.show(c, http.StatusOK, v)
}

func haltedName(s knowledge.Stop) string {
	switch s {
	case knowledge.Withdrawn:
		return "这个版本已经撤回，请不要再依据它办事。"
	case knowledge.Retired:
		return "这个版本已经停用。"
	case knowledge.Revising:
		return "这条问答所依据的规定有变化，正在修订，暂停回答。"
	}
	return ""
}
