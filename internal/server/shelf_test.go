package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAVersionIsTakenBack: what was wrong is gone from everywhere but from under
// its lasting address, which says so.
func TestAVersionIsTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force, handler := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}, []string{"Authorization", "Bearer " + h.signIn(t, "jingban")}
	const version = "/library/idcard-lost/versions/3"
	stop := `{"reason":"wrong","words":"办理地点写错了。"}`
	h.call(t, http.MethodPost, "/api/v1/staff"+version+"/withdrawal", stop, handler...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodPost, "/api/v1/staff"+version+"/withdrawal", `{"reason":"wrong","words":" "}`, force...).want(t, http.StatusUnprocessableEntity, "library.words")
	h.call(t, http.MethodGet, "/api/v1"+version, "").want(t, http.StatusOK, "")
	h.call(t, http.MethodPost, "/api/v1/staff"+version+"/withdrawal", stop, force...).want(t, http.StatusOK, "")
	h.call(t, http.MethodPost, "/api/v1/staff"+version+"/withdrawal", stop, force...).want(t, http.StatusConflict, "library.stopped")
	h.call(t, http.MethodPost, "/api/v1/staff"+version+"/tellings", `{"notice":"none"}`, force...).want(t, http.StatusUnprocessableEntity, "library.notice")
	h.call(t, http.MethodGet, "/api/v1/staff"+version+"/recipients", "", handler...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodGet, "/api/v1/library/idcard-lost", "").want(t, http.StatusNotFound, "library.not_found")
	if a := h.call(t, http.MethodGet, "/api/v1"+version, ""); !strings.Contains(a.Body, `"stopped":"withdrawn"`) {
		t.Errorf("its address says %s", a.Body)
	}
	if a := h.call(t, http.MethodGet, "/library/idcard-lost/v/3", ""); !strings.Contains(a.Body, "已经撤回") {
		t.Errorf("its page says %s", a.Body)
	}
	for _, path := range []string{"/library/idcard-lost/v/9", "/library/idcard-lost/v/x"} {
		if a := h.call(t, http.MethodGet, path, ""); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}

// TestALawIsRepealed: what rests on it says that it is being revised.
func TestALawIsRepealed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	repeal := `{"validity":"repealed","reason":"新法施行。","source":"主席令第80号"}`
	h.call(t, http.MethodPost, "/api/v1/staff/documents/none/status", repeal, force...).want(t, http.StatusNotFound, "library.no_document")
	h.call(t, http.MethodPost, "/api/v1/staff/documents/law-1/status", `{"validity":"repealed","reason":"","source":"x"}`, force...).want(t, http.StatusUnprocessableEntity, "library.status")
	a := h.call(t, http.MethodPost, "/api/v1/staff/documents/law-1/status", repeal, force...)
	a.want(t, http.StatusOK, "")
	if !strings.Contains(a.Body, "idcard-lost") {
		t.Errorf("it stops %s", a.Body)
	}
	h.call(t, http.MethodGet, "/api/v1/library/idcard-lost", "").want(t, http.StatusNotFound, "library.revising")
	if a := h.call(t, http.MethodGet, "/library/idcard-lost", ""); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "正在修订") {
		t.Errorf("%d: its page says %s", a.Status, a.Body)
	}
}

// TestTheShelfIsListed for those who keep it, with what does not answer any more.
func TestTheShelfIsListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	force := []string{"Authorization", "Bearer " + h.signIn(t, "zhuanban")}
	const shelf = "/api/v1/staff/library"
	h.call(t, http.MethodPost, shelf+"/search", `{}`).want(t, http.StatusUnauthorized, "session.required")
	admin := []string{"Authorization", "Bearer " + h.signIn(t, "admin")}
	h.call(t, http.MethodPost, shelf+"/search", `{}`, admin...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodGet, shelf+"/idcard-lost", "", admin...).want(t, http.StatusForbidden, "library.denied")
	h.call(t, http.MethodGet, "/api/v1/staff/disclosures", "", admin...).want(t, http.StatusForbidden, "disclosure.denied")
	h.call(t, http.MethodPost, shelf+"/idcard-lost/versions/3/withdrawal", `{"reason":"wrong","words":"办理地点写错了。"}`, force...).want(t, http.StatusOK, "")
	for search, found := range map[string]bool{`{}`: true, `{"state":"withdrawn"}`: true, `{"state":"published"}`: false, `{"text":"idcard-l"}`: true, `{"text":"没有这样的"}`: false} {
		if a := h.call(t, http.MethodPost, shelf+"/search", search, force...); strings.Contains(a.Body, `"idcard-lost"`) != found {
			t.Errorf("%s: %s", search, a.Body)
		}
	}
	if a := h.call(t, http.MethodGet, shelf+"/idcard-lost", "", force...); !strings.Contains(a.Body, `"stopped":"20`) {
		t.Errorf("its versions are %s", a.Body)
	}
	h.call(t, http.MethodGet, shelf+"/none", "", force...).want(t, http.StatusNotFound, "library.not_found")
}
