package server

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// moved leads from the pages staff had to the views of the console that do the same:
// old messages and bookmarks name them.
func (s *Server) moved(c *gin.Context) {
	to, ok := viewOf(c.Request.URL.EscapedPath())
	if !ok || c.Request.Method != http.MethodGet {
		s.noRoute(c)
		return
	}
	if q := c.Request.URL.RawQuery; q != "" {
		to += "?" + q
	}
	c.Redirect(http.StatusFound, to)
}

// viewOf is where the page at path is found now.
func viewOf(path string) (to string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/staff")
	if !ok || rest != "" && rest[0] != '/' || strings.HasPrefix(path, sheetsPath) {
		return "", false
	}
	page, id, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	view, other := map[string]string{
		"explain": "answers", "answers.csv": "answers", "inbox": "inbound", "imports": "mailboxes", "replies": "disclosures", "appeals": "callbacks",
	}[page]
	if !other {
		view = page
	}
	switch page {
	case "imports", "callbacks", "appeals", "hotlines", "inbox": // one list, and no view of one of it
		id = ""
	case "replies", "notifications": // about one ticket
		if id != "" {
			view = "tickets"
		}
	case "reviews":
		if text, version, form := strings.Cut(id, "/form/"); form {
			return sheetsPath + "/reviews/" + text + "/" + version, true
		}
	}
	return strings.TrimRight(consolePath+"/"+view+"/"+id, "/"), true
}
