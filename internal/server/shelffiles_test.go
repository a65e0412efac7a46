package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestTheLibraryAsAFile: who may, what comes out, what may come in, and that
// trying changes nothing.
func TestTheLibraryAsAFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force, admin := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}, []string{"Authorization", "Bearer " + h.signIn(t, "admin")}
	const export, load = "/api/v1/staff/library/export", "/api/v1/staff/library/import"
	h.call(t, http.MethodGet, export, "", admin...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodPost, load, "id: a", admin...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodGet, export+"?format=pdf", "", force...).want(t, http.StatusUnprocessableEntity, "request.invalid")
	book, text := h.call(t, http.MethodGet, export, "", force...), h.call(t, http.MethodGet, export+"?format=yaml", "", force...)
	for _, a := range []*answer{book, text} {
		a.want(t, http.StatusOK, "")
		back := h.call(t, http.MethodPost, load+"?apply=true", a.Body, force...)
		back.want(t, http.StatusOK, "")
		if !strings.Contains(back.Body, `"applied":true`) || strings.Contains(back.Body, `"outcome":"changed"`) || !strings.Contains(back.Body, `"same":`) {
			t.Errorf("it comes back as %s", back.Body)
		}
	}
	f, err := excelize.OpenReader(strings.NewReader(book.Body))
	check(t, err)
	check(t, f.SetCellFormula("Sheet1", "D3", "1+1"))
	var formula bytes.Buffer
	check(t, f.Write(&formula))
	tried := h.call(t, http.MethodPost, load, formula.String(), force...)
	tried.want(t, http.StatusOK, "")
	if !strings.Contains(tried.Body, `"row":3,"column":"question","code":"formula"`) {
		t.Errorf("a formula: %s", tried.Body)
	}
	h.call(t, http.MethodPost, load+"?apply=true", formula.String(), force...).want(t, http.StatusUnprocessableEntity, "library.import")
	h.call(t, http.MethodPost, load, strings.Repeat("x", 5<<20), force...).want(t, http.StatusRequestEntityTooLarge, "request.too_large")
	if a := h.call(t, http.MethodGet, "/api/v1/staff/reviews", "", force...); !strings.Contains(a.Body, `"texts":[]`) {
		t.Errorf("texts were made: %s", a.Body)
	}
}

// upload sends the library's form with a file, or with what came back of one.
func (h *house) upload(t *testing.T, cookie, name, content string, fields map[string]string) *answer {
	t.Helper()
	return h.uploadTo(t, "/staff/library/import", cookie, name, content, fields)
}

func (h *house) uploadTo(t *testing.T, path, cookie, name, content string, fields map[string]string) *answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		check(t, err)
		_, err = part.Write([]byte(content))
		check(t, err)
	}
	for field, value := range fields {
		check(t, form.WriteField(field, value))
	}
	check(t, form.Close())
	return h.call(t, http.MethodPost, path, body.String(), "Accept", html, "Cookie", cookie, "Content-Type", form.FormDataContentType())
}

const newEntry = `id: passport-lost
question: 护照丢了怎么补办？
variants: [护照丢了怎么办, 护照遗失补办, 护照找不到了, 护照被偷了怎么补, 补办护照要什么材料]
answer: 请到出入境窗口申报丢失，同时申请补发，具体以当地公布为准。
category: 身份证
audience: person
basis: [{document: law-1}]
owner: exit-entry
valid_from: 2020-01-01
review_by: 2099-01-01
certainty: A
`

// TestThePageOfTheLibrary: entries by state, a file tried and then imported, a
// version taken back; each only for whoever may.
func TestThePageOfTheLibrary(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force, leader, admin := h.enter(t, "zhuanban"), h.enter(t, "lingdao"), h.enter(t, "guanli")
	const page = "/staff/library"
	if a := h.browse(t, leader, http.MethodGet, page, nil); a.Status != http.StatusOK || strings.Contains(a.Body, "试导入") || !strings.Contains(a.Body, "身份证丢了怎么补办") {
		t.Errorf("the leader sees %d %s", a.Status, a.Body)
	}
	for _, cookie := range []string{leader, admin} {
		if a := h.upload(t, cookie, "a.yaml", newEntry, nil); a.Status != http.StatusForbidden {
			t.Errorf("imports without leave: %d", a.Status)
		}
	}
	if a := h.upload(t, force, "", "", nil); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "请选择要导入的文件") {
		t.Errorf("no file: %d", a.Status)
	}
	if a := h.upload(t, force, "bad.yaml", newEntry+"colour: red\n", nil); !strings.Contains(a.Body, "问答没有这一项内容") || strings.Contains(a.Body, "起草这些稿件") {
		t.Errorf("a bad file: %s", a.Body)
	}
	tried := h.upload(t, force, "new.yaml", newEntry, nil)
	kept := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(tried.Body)
	if kept == nil || !strings.Contains(tried.Body, "现在什么都没有改") {
		t.Fatalf("tried: %d %s", tried.Status, tried.Body)
	}
	if a := h.browse(t, force, http.MethodPost, page, url.Values{"text": {"护照"}}); !strings.Contains(a.Body, "这里没有。") {
		t.Errorf("after trying: %s", a.Body)
	}
	if a := h.upload(t, force, "", "", map[string]string{"kept": strings.ReplaceAll(kept[1], "&#43;", "+"), "name": "new.yaml", "apply": "1"}); !strings.Contains(a.Body, "已经导入") {
		t.Errorf("imported: %d %s", a.Status, a.Body)
	}
	for cookie, sees := range map[string]bool{force: true, leader: true, h.enter(t, "jingban"): false} {
		if a := h.browse(t, cookie, http.MethodGet, page+"?state=in_work", nil); strings.Contains(a.Body, "护照丢了怎么补办") != sees {
			t.Errorf("sees a draft: want %t", sees)
		}
	}
	const entry = page + "/idcard-lost"
	act := url.Values{"act": {"withdraw"}, "version": {"3"}, "reason": {"wrong"}, "words": {"写错了。"}}
	if a := h.browse(t, force, http.MethodPost, entry, act); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "请先勾选") {
		t.Errorf("unsure: %d", a.Status)
	}
	act.Set("sure", "1")
	if a := h.browse(t, force, http.MethodPost, entry, act); a.Status != http.StatusOK || !strings.Contains(a.Body, "这一版已经停止回答") || !strings.Contains(a.Body, "第3版发给了谁") {
		t.Errorf("withdrawn: %d %s", a.Status, a.Body)
	}
	if a := h.browse(t, force, http.MethodGet, page+"?state=withdrawn", nil); !strings.Contains(a.Body, "身份证丢了怎么补办") || strings.Contains(a.Body, "养狗要办什么证") {
		t.Errorf("those withdrawn: %s", a.Body)
	}
	if a := h.browse(t, force, http.MethodGet, page+"/none", nil); a.Status != http.StatusNotFound {
		t.Errorf("no such entry: %d", a.Status)
	}
}
