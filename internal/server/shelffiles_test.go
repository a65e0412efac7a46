package server_test

import (
	"bytes"
	"net/http"
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

// TestAFileIsTriedAndTaken: by who may, and what comes of it is seen by who reads
// texts of the unit.
func TestAFileIsTriedAndTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const shelf = "/api/v1/staff/library"
	send := func(login, query, content string) *answer {
		t.Helper()
		return h.asks(t, login, http.MethodPost, shelf+"/import"+query, content, "Content-Type", "application/octet-stream")
	}
	for _, login := range []string{"lingdao", "guanli"} {
		send(login, "", newEntry).want(t, http.StatusForbidden, "library.denied")
	}
	send("zhuanban", "", newEntry+"colour: red\n").shows(t, "a bad file", http.StatusOK, []string{"问答没有这一项内容"}, nil)
	search := func(login, query string) *answer {
		return h.asks(t, login, http.MethodPost, shelf+"/search", query)
	}
	send("zhuanban", "", newEntry).shows(t, "tried", http.StatusOK, []string{`"applied":false`, `"outcome":"new"`}, nil)
	search("zhuanban", `{"text":"护照"}`).shows(t, "after trying", http.StatusOK, nil, []string{"护照丢了"})
	send("zhuanban", "?apply=true", newEntry).shows(t, "taken", http.StatusOK, []string{`"applied":true`}, nil)
	for login, sees := range map[string]bool{"zhuanban": true, "lingdao": true, "jingban": false} {
		if a := search(login, `{"state":"in_work"}`); strings.Contains(a.Body, "护照丢了怎么补办") != sees {
			t.Errorf("%s sees a draft: want %t: %s", login, sees, a.Body)
		}
	}
}
