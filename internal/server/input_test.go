package server_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// secret marks what no answer and no log may ever repeat.
const secret = "张三13912345678"

func posts() map[string]string {
	return map[string]string{
		"/api/v1/ask":               `{"text":"补办身份证"}`,
		"/api/v1/letters":           `{"kind":"consult","title":"标题","text":"内容"}`,
		"/api/v1/letters/lookup":    `{"number":"1","query_code":"2"}`,
		"/api/v1/library/search":    `{"text":"身份证"}`,
		"/api/v1/deadlines/preview": `{"kind":"consult","channel":"web","received_at":"2026-09-30T16:00:00+08:00"}`,
		"/api/v1/chat/passes":       `{}`,
		"/api/v1/staff/session":     `{"login":"a","password":"b"}`,
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	for path, good := range posts() {
		rest := strings.TrimSuffix(good, "}")
		comma := ","
		if rest == "{" {
			comma = ""
		}
		for name, c := range map[string]struct {
			body, contentType string
			status            int
			code              string
		}{
			"not JSON":       {`{"text": "` + secret, "application/json", 400, "request.malformed"},
			"nothing":        {" ", "application/json", 400, "request.malformed"},
			"two values":     {good + good, "application/json", 400, "request.malformed"},
			"an array":       {`["` + secret + `"]`, "application/json", 422, "request.invalid"},
			"null":           {`null`, "application/json", 422, "request.invalid"},
			"unknown field":  {rest + comma + `"` + secret + `":"` + secret + `"}`, "application/json", 422, "request.invalid"},
			"wrong types":    {strings.NewReplacer(`:"`, `:["`, `",`, `"],`, `"}`, `"]}`).Replace(rest + comma + `"x":"` + secret + `"}`), "application/json", 422, "request.invalid"},
			"NUL":            {rest + comma + `"x":"` + secret + `\u0000"}`, "application/json", 422, "request.control_character"},
			"escape":         {rest + comma + `"x":"` + secret + `\u001b[2J"}`, "application/json", 422, "request.control_character"},
			"not UTF-8":      {rest + comma + `"x":"` + secret + "\xff\"}", "application/json", 400, "request.encoding"},
			"nested":         {rest + comma + `"x":` + strings.Repeat("[", 30) + `"` + secret + `"` + strings.Repeat("]", 30) + `}`, "application/json", 400, "request.too_deep"},
			"nested beyond":  {strings.Repeat("[", 30_000), "application/json", 400, "request.malformed"},
			"huge":           {`{"text":"` + strings.Repeat(secret, 10_000) + `"}`, "application/json", 413, "request.too_large"},
			"a form":         {"text=" + secret, "application/x-www-form-urlencoded", 415, "request.media_type"},
			"plain text":     {good, "text/plain", 415, "request.media_type"},
			"no type":        {good, "", 415, "request.media_type"},
			"a mangled type": {good, "application/json;;;=", 415, "request.media_type"},
			"a similar type": {good, "application/json-patch+json", 415, "request.media_type"},
		} {
			a := h.call(t, http.MethodPost, path, c.body, "Content-Type", c.contentType)
			if a.Status != c.status {
				t.Errorf("%s: %s: %d, want %d: %s", path, name, a.Status, c.status, a.Body)
				continue
			}
			a.want(t, c.status, c.code)
			absent(t, a.Body, secret, "张三", "1391234", "json:", "invalid character", "expected", "body")
		}
	}
	absent(t, h.log.String(), secret, "张三", "1391234", "level=ERROR")
}

// What the JSON allows and the desk does not: the desk's own codes come through.
func TestRulesAreTheDesks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	letter := func(title, text string) string {
		return asJSON(t, map[string]string{"kind": "consult", "title": title, "text": text})
	}
	for _, c := range []struct {
		path, body string
		pointer    string
	}{
		{"/api/v1/letters", letter("", "内容"), "/title"},
		{"/api/v1/letters", letter(strings.Repeat("长", 101), "内容"), "/title"},
		{"/api/v1/letters", letter("标题", strings.Repeat("长", 5001)), "/text"},
		{"/api/v1/letters", letter("标\n题", "内容"), "/title"},
		{"/api/v1/letters", `{"kind":"gossip","title":"标题","text":"内容"}`, "/kind"},
		{"/api/v1/letters", `{"kind":"consult","title":"标题","text":"内容","contact":{"name":"李雷","phone":"abc"}}`, "/contact/phone"},
		{"/api/v1/letters", `{"kind":"consult","title":"标题","text":"内容","attachments":["nope"]}`, "/attachments/0"},
	} {
		a := h.call(t, http.MethodPost, c.path, c.body)
		a.want(t, http.StatusUnprocessableEntity, "letter.invalid")
		if !strings.Contains(a.Body, `"pointer":"`+c.pointer+`"`) {
			t.Errorf("%s does not point at %s: %s", c.body, c.pointer, a.Body)
		}
		absent(t, a.Body, "李雷", "abc", "gossip", "长长")
	}
	long := h.call(t, http.MethodPost, "/api/v1/letters", letter(strings.Repeat("长", 100), strings.Repeat("文", 5000)))
	long.want(t, http.StatusCreated, "")
}

// form is a multipart form with one file, and its content type.
func form(tb testing.TB, field, name string, content []byte) (body, contentType string) {
	tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	check(tb, err)
	_, err = part.Write(content)
	check(tb, err)
	check(tb, w.Close())
	return b.String(), w.FormDataContentType()
}

func TestUpload(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	var picture bytes.Buffer
	check(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))))
	for name, c := range map[string]struct {
		field, file string
		content     []byte
		status      int
		code        string
	}{
		"a picture":           {"file", "../../照片.jpg", picture.Bytes(), 201, ""},
		"another field":       {"photo", "a.png", picture.Bytes(), 422, "attachment.missing"},
		"a page as a picture": {"file", "a.png", []byte("<html><script>alert(1)</script></html>"), 415, "attachment.type"},
		"a drawing":           {"file", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), 415, "attachment.type"},
		"an empty file":       {"file", "a.png", nil, 400, "attachment.empty"},
		"a broken picture":    {"file", "a.png", picture.Bytes()[:40], 400, "attachment.broken_image"},
		"one byte too much":   {"file", "a.txt", bytes.Repeat([]byte("x"), 10<<20+1), 413, "attachment.too_large"},
		"very much too much":  {"file", "a.txt", bytes.Repeat([]byte("x"), 11<<20), 413, "attachment.too_large"},
	} {
		body, contentType := form(t, c.field, c.file, c.content)
		a := h.call(t, http.MethodPost, "/api/v1/attachments", body, "Content-Type", contentType)
		if a.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, a.Status, c.status, a.Body)
			continue
		}
		a.want(t, c.status, c.code)
		if c.status == http.StatusCreated && (a.text(t, "type") != "image/png" || a.text(t, "name") != "照片.jpg" || a.text(t, "id") == "") {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	h.call(t, http.MethodPost, "/api/v1/attachments", `{}`).want(t, http.StatusUnsupportedMediaType, "request.media_type")
	h.call(t, http.MethodPost, "/api/v1/attachments", `junk`, "Content-Type", "multipart/form-data").want(t, http.StatusBadRequest, "request.malformed")
	h.call(t, http.MethodPost, "/api/v1/attachments", `junk`, "Content-Type", "multipart/form-data; boundary=x").want(t, http.StatusUnprocessableEntity, "attachment.missing")
}

func absent(tb testing.TB, text string, words ...string) {
	tb.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			tb.Errorf("%q must not appear in: %.300s", w, text)
		}
	}
}
