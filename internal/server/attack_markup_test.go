package server_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// markup is what somebody writes who wants a browser to do something.
const markup = `危险"'><img src=x onerror=alert(1)><script>alert(2)</script>`

// inertPage checks that markup stands on a page as text, or not at all.
func inertPage(t *testing.T, what string, a *answer, shown bool) {
	t.Helper()
	if strings.Contains(a.Body, "<img src=x") || strings.Contains(a.Body, "<script>alert") || strings.Contains(a.Body, `危险"`) {
		t.Errorf("%s holds it as it came: %.500s", what, a.Body)
	}
	if shown && !strings.Contains(a.Body, "危险") {
		t.Errorf("%s does not show it: %d %.300s", what, a.Status, a.Body)
	}
	if !strings.Contains(a.Header.Get("Content-Security-Policy"), "script-src 'self';") {
		t.Errorf("%s lets scripts in: %s", what, a.Header.Get("Content-Security-Policy"))
	}
}

// TestWhatPeopleWriteIsText: wherever a letter, its files, its reply and what becomes of
// them are drawn, they are text; and what a form gives back is.
func TestWhatPeopleWriteIsText(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for _, login := range []string{"zhuanban", "jingban", "fuzeren"} {
		h.cookie(t, login)
	}
	body, media := form(t, "file", "a"+markup+".txt", []byte("证明材料。"))
	file := h.call(t, http.MethodPost, "/api/v1/attachments", body, "Content-Type", media)
	file.want(t, http.StatusCreated, "")
	opened := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{
		"kind": "help", "category": "traffic", "title": markup, "text": markup, "attachments": []string{file.text(t, "id")}, "publish_consent": true,
		"contact": map[string]string{"name": markup[:6] + "<b>", "phone": "13800138000"},
	}))
	opened.want(t, http.StatusCreated, "")
	number, code := opened.text(t, "number"), opened.text(t, "query_code")
	quoted := asJSON(t, markup)
	h.answer(t, number, strings.Trim(quoted, `"`), "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban"), "Bearer "+h.signIn(t, "fuzeren"))
	page := func(path string, fields url.Values) *answer {
		return h.call(t, http.MethodPost, path, fields.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", html)
	}
	own := url.Values{"number": {number}, "code": {code}}
	inertPage(t, "the progress", page("/letters", own), true)
	own.Set("code", markup)
	own.Set("text", markup)
	inertPage(t, "a wrong code", page("/letters/supply", own), true)
	inertPage(t, "a letter that is refused", page("/letters/new", url.Values{"kind": {markup}, "title": {markup}, "body": {markup}, "name": {markup}, "phone": {markup}, "key": {markup}, "kept": {"0197a000-0000-7000-8000-000000000000"}, "kept-0197a000-0000-7000-8000-000000000000": {markup}}), true)
	inertPage(t, "a draft", page("/letters/draft", url.Values{"text": {markup}}), true)
	inertPage(t, "a question", page("/ask", url.Values{"text": {markup}, "open": {markup}, "topic": {markup}, "asked": {markup}, "round": {"1"}, "offered": {markup}}), true)
	inertPage(t, "a search", page("/library", url.Values{"text": {markup}}), false)
	inertPage(t, "a search of replies", page("/replies", url.Values{"text": {markup}, "q": {markup}}), false)
	for _, path := range []string{"/nothing/", "/library/", "/replies/", "/notices/", "/consultations/", "/unsubscribe/", "/staff/", "/console/", "/letters?number=", "/deadlines?kind="} {
		inertPage(t, path, h.call(t, http.MethodGet, path+url.PathEscape(markup), "", "Accept", html, "Referer", markup), false)
	}
	disclosure := h.asks(t, "jingban", http.MethodPost, staffAPI+"/tickets/"+number+"/disclosure", `{"version":0,"decision":"full","reason":"interest","title":`+quoted+`,"asked":`+quoted+`}`)
	disclosure.want(t, http.StatusOK, "")
	var text struct{ Text struct{ ID string } }
	disclosure.into(t, &text)
	inertPage(t, "the sheet of a review", h.asks(t, "jingban", http.MethodGet, "/staff/print/reviews/"+text.Text.ID+"/1", "", "Accept", html), true)
	var view struct {
		Letter struct{ Attachments []struct{ ID, Name string } }
	}
	h.asks(t, "jingban", http.MethodGet, staffAPI+"/tickets/"+number, "").into(t, &view)
	saved := h.asks(t, "jingban", http.MethodGet, staffAPI+"/tickets/"+number+"/attachments/"+view.Letter.Attachments[0].ID, "")
	if d := saved.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || strings.ContainsAny(d, "\r\n") || saved.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a file is sent as %v", saved.Header)
	}
}

// TestNothingIsCalledSafe: no page takes text for markup. The one script that puts what
// our own server has drawn into a page that is already there is named.
func TestNothingIsCalledSafe(t *testing.T) {
	t.Parallel()
	trusting := regexp.MustCompile(`template\.(HTML|HTMLAttr|JS|JSStr|CSS|Srcset|URL)\(|v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|text/template|\{%[a-z]+=`)
	known := map[string]int{"../web/portal/static/form.js": 3} // parts of our own pages
	found, files := map[string]int{}, 0
	for _, root := range []string{".", "../web"} {
		check(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist"):
				return filepath.SkipDir
			case !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, ".test.") || !strings.Contains(".go .qtpl .ts .js .vue .html", filepath.Ext(path)):
				return nil
			}
			source, err := os.ReadFile(path)
			if n := len(trusting.FindAll(source, -1)); n > 0 {
				found[filepath.ToSlash(path)] = n
			}
			files++
			return err
		}))
	}
	for path, n := range found {
		if known[path] != n {
			t.Errorf("%s calls %d things safe, and %d are known", path, n, known[path])
		}
	}
	if files < 300 {
		t.Errorf("only %d files were read", files)
	}
}

// TestAnAddressIsEncoded: what stands in an address of a page is encoded as part of one.
// Whole addresses are those the program itself has made.
func TestAnAddressIsEncoded(t *testing.T) {
	t.Parallel()
	templates, err := filepath.Glob("../web/*/*.qtpl")
	check(t, err)
	whole := []string{"static.Path(", "tel(", "l.Path ", "v.Script "} // ours, digits, of menu and alerts, of the build
	address := regexp.MustCompile(`(?:href|src|action)="((?:[^"{]|\{%[^%]*%\})*)"`)
	printed := regexp.MustCompile(`\{%(s|v|z|q|j|u|d|dl) ([^%]*)%\}`)
	addresses := 0
	for _, path := range templates {
		source, err := os.ReadFile(path)
		check(t, err)
		for _, a := range address.FindAllStringSubmatch(string(source), -1) {
			for _, m := range printed.FindAllStringSubmatch(a[1], -1) {
				made := m[0] == a[1] && slices.ContainsFunc(whole, func(of string) bool { return strings.HasPrefix(m[2], of) })
				if !made && m[1] != "u" && m[1] != "d" {
					t.Errorf("%s: %s is not encoded", path, a[0])
				}
				addresses++
			}
		}
	}
	if addresses < 30 {
		t.Errorf("only %d addresses were read", addresses)
	}
}
