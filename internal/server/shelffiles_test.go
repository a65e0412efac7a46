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
	h.call(t, http.MethodPost, load, strings.Repeat("x", 5<<20), force...).want(t, http.StatusRequestEntityTooLarge, "request.malformed")
	if a := h.call(t, http.MethodGet, "/api/v1/staff/reviews", "", force...); !strings.Contains(a.Body, `"texts":[]`) {
		t.Errorf("texts were made: %s", a.Body)
	}
}
