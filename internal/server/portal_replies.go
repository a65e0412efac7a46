package server

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
)

const repliesPage = 20

// replies lists what everybody may read, by category.
func (p *publicPages) replies(c *gin.Context) {
	p.showReplies(c, desk.ReplyFilter{Category: c.Query("category"), After: c.Query("after")})
}

// searchReplies looks for words, which stay out of addresses.
func (p *publicPages) searchReplies(c *gin.Context) {
	if !p.form(c) {
		return
	}
	p.showReplies(c, desk.ReplyFilter{Query: field(c, "text"), Category: field(c, "category"), After: field(c, "after")})
}

func (p *publicPages) showReplies(c *gin.Context, f desk.ReplyFilter) {
	categories, err := p.desk.ReplyCategories(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	if !slices.ContainsFunc(categories, func(known desk.ReplyCategory) bool { return known.Code == f.Category }) {
		f.Category = ""
	}
	f.Limit = repliesPage
	v := portal.Replies{Text: f.Query, Category: f.Category, Paged: f.After != ""}
	for _, known := range categories {
		if known.Code != "" { // what has none is in the whole list
			v.Categories = append(v.Categories, portal.ReplyCategory(known))
		}
	}
	page, err := p.desk.PublicReplies(c.Request.Context(), f)
	if problems, ok := fieldProblems(err, func(string) string { return "text" }); ok {
		v.Errors = problems
		p.show(c, http.StatusUnprocessableEntity, v)
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	v.Replies, v.Next = list(page.Replies, replyView), page.Next
	p.show(c, http.StatusOK, v)
}

func replyView(r desk.PublicReplyView) portal.PublicReply {
	return portal.PublicReply{
		ID: r.ID, Title: r.Title, Asked: r.Asked, Text: r.Text, Kind: r.Kind.Name(), Category: r.CategoryName, Unit: r.UnitName,
		Received: r.Received, Answered: r.Answered, Published: r.Published, Version: r.Version, Redacted: r.Redacted,
	}
}

func (p *publicPages) publicReply(c *gin.Context) {
	r, err := p.desk.PublicReply(c.Request.Context(), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, replyView(r))
}

func (p *publicPages) replyFigures(c *gin.Context) {
	f, err := p.desk.MessageFigures(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.ReplyFigures{Total: messageRow("合计", &f.Total)}
	for i := range f.Months {
		m := &f.Months[i]
		v.Months = append(v.Months, messageRow(m.Month, &m.MessageCounts))
	}
	p.show(c, http.StatusOK, v)
}

func messageRow(name string, c *desk.MessageCounts) portal.MessageRow {
	return portal.MessageRow{
		Name: name, Received: c.Received, Accepted: c.Accepted, Declined: c.Declined, Left: c.Withdrawn + c.Transferred, Valid: c.Valid(),
		Answered: c.Answered, OnTime: c.OnTime, Published: c.Published,
	}
}

// feed is RFC 4287, as far as it is used here.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated time.Time   `xml:"updated"`
	Links   []feedLink  `xml:"link"`
	Author  feedAuthor  `xml:"author"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr"`
}

type feedAuthor struct {
	Name string `xml:"name"`
}

type feedEntry struct {
	ID       string       `xml:"id"`
	Title    string       `xml:"title"`
	Updated  time.Time    `xml:"updated"`
	Link     feedLink     `xml:"link"`
	Author   feedAuthor   `xml:"author"`
	Category feedCategory `xml:"category"`
	Summary  string       `xml:"summary"`
}

type feedCategory struct {
	Term string `xml:"term,attr"`
}

// replyFeed is the newest replies for programs that look for new ones.
func (p *publicPages) replyFeed(c *gin.Context) {
	page, err := p.desk.PublicReplies(c.Request.Context(), desk.ReplyFilter{})
	if err != nil {
		p.fail(c, err)
		return
	}
	base := p.base(c.Request)
	f := feed{
		ID: base + "/replies.atom", Title: "公开的答复", Author: feedAuthor{Name: "接诉"}, Updated: time.Unix(0, 0).UTC(),
		Links: []feedLink{{"self", base + "/replies.atom", "application/atom+xml"}, {"alternate", base + "/replies", "text/html"}},
	}
	for i := range page.Replies {
		r := &page.Replies[i]
		at := shown(r.Published)
		if i == 0 {
			f.Updated = at
		}
		f.Entries = append(f.Entries, feedEntry{
			ID: "urn:uuid:" + r.ID, Title: r.Title, Updated: at, Link: feedLink{"alternate", base + "/replies/" + r.ID, "text/html"},
			Author: feedAuthor{Name: cmp.Or(r.UnitName, f.Author.Name)}, Category: feedCategory{Term: r.CategoryName}, Summary: r.Text,
		})
	}
	out, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		p.fail(c, err)
		return
	}
	unlessKnown(c, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), out...))
}

// unlessKnown sends content unless the client says that it has it.
func unlessKnown(c *gin.Context, media string, content []byte) {
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	c.Header("Cache-Control", "no-cache")
	c.Header("ETag", etag)
	if strings.TrimPrefix(c.GetHeader("If-None-Match"), "W/") == etag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, media, content)
}
