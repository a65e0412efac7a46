package server_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// unzipped are the files of a ZIP.
func unzipped(t *testing.T, content string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	check(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		check(t, err)
		b, err := io.ReadAll(r)
		check(t, err)
		files[f.Name] = string(b)
	}
	return files
}

// TestACitizenTakesEverythingAboutThemselves: by number and code, of a report too;
// nothing staff wrote for each other, and no code.
func TestACitizenTakesEverythingAboutThemselves(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"report","title":"楼下有人贩毒","text":"楼下有人贩毒，夜里十二点。","category":"drugs","contact":{"name":"欧阳明镜","phone":"13800138000"}}`)
	a.want(t, http.StatusCreated, "")
	var r struct {
		Number string
		Code   string `json:"query_code"`
	}
	check(t, json.Unmarshal([]byte(a.Body), &r))
	ask := func(code string) *answer {
		return h.call(t, http.MethodPost, "/api/v1/letters/copies", fmt.Sprintf(`{"number":%q,"query_code":%q}`, r.Number, code))
	}
	ask("WRONG").want(t, http.StatusNotFound, "ticket.not_found")
	got := ask(r.Code)
	got.want(t, http.StatusOK, "")
	files := unzipped(t, got.Body)
	for _, name := range []string{"index.html", "own.json"} {
		for _, want := range []string{"欧阳明镜", "13800138000", "夜里十二点", r.Number} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(files[name], r.Code) {
			t.Errorf("%s holds the code", name)
		}
	}
	page := h.call(t, http.MethodPost, "/letters/copy", url.Values{"number": {r.Number}, "code": {r.Code}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	page.want(t, http.StatusOK, "")
	if len(unzipped(t, page.Body)) != len(files) {
		t.Error("the page gives something else")
	}
	limited := false
	for range 20 {
		limited = limited || ask(r.Code).Status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("a copy can be taken again and again")
	}
}
