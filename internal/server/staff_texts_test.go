package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A notice is written on a page: what is wrong stands beside its field, nothing
// that was typed is lost, and who comes second is told so.
func TestATextIsWrittenOnAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	cookie := h.cookie(t, "zhuanban")
	form := url.Values{
		"kind": {"notice"}, "title": {"环城路封闭"}, "body": {"因抢修，环城路封闭，请绕行滨江路。"}, "level": {"emergency"}, "reason": {"interest"},
	}
	if a := h.browse(t, cookie, http.MethodPost, "/staff/reviews/new", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "请绕行滨江路") ||
		!strings.Contains(a.Body, `id="until-problem"`) {
		t.Fatalf("an emergency without end: %d %s", a.Status, a.Body)
	}
	form.Set("until", time.Now().AddDate(0, 0, 3).Format("2006-01-02T15:04"))
	a := h.browse(t, cookie, http.MethodPost, "/staff/reviews/new", form)
	text := a.Header.Get("Location")
	if a.Status != http.StatusSeeOther {
		t.Fatalf("written: %d %s", a.Status, a.Body)
	}
	page := h.browse(t, cookie, http.MethodGet, text+"/edit", nil)
	if !strings.Contains(page.Body, form.Get("until")) {
		t.Fatalf("to be edited, but its end is not shown: %s", page.Body)
	}
	_, rest, _ := strings.Cut(page.Body, `name="hash" value="`)
	hash, _, _ := strings.Cut(rest, `"`)
	form.Set("hash", hash)
	form.Set("body", "因抢修，环城路封闭三天，请绕行滨江路。")
	if a := h.browse(t, cookie, http.MethodPost, text+"/edit", form); a.Status != http.StatusSeeOther {
		t.Fatalf("edited: %d %s", a.Status, a.Body)
	}
	form.Set("body", "另一个人改的内容。")
	if a := h.browse(t, cookie, http.MethodPost, text+"/edit", form); a.Status != http.StatusConflict || !strings.Contains(a.Body, "另一个人改的内容。") {
		t.Errorf("edited from an old version: %d %s", a.Status, a.Body)
	}
	if a := h.browse(t, cookie, http.MethodGet, text, nil); !strings.Contains(a.Body, "封闭三天") {
		t.Errorf("the text: %s", a.Body)
	}
}

// The next version of an entry begins with what it says.
func TestAnEntryIsRevisedOnAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	cookie := h.cookie(t, "zhuanban")
	a := h.browse(t, cookie, http.MethodGet, "/staff/reviews/new?kind=entry&entry=idcard-lost", nil)
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "身份证丢了") || !strings.Contains(a.Body, `name="about" value="idcard-lost"`) {
		t.Errorf("to be revised: %d %s", a.Status, a.Body)
	}
	for _, path := range []string{"/staff/reviews/new?kind=entry&entry=none-such", "/staff/reviews/new?kind=reply"} {
		if a := h.browse(t, cookie, http.MethodGet, path, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}
