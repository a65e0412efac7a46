package server_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnExplanationShowsHowTheScoreCameAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const question = "我电话13800138000，身份证号11010519491231002X，身份证弄丢了怎么去补办"
	a := h.asks(t, "zhuanban", http.MethodPost, "/api/v1/staff/explain", asJSON(t, map[string]string{"text": question}))
	a.want(t, http.StatusOK, "")
	for _, want := range []string{"answer.sure", "idcard-lost", "char_entry", "candidates"} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	for _, absent := range []string{"13800138000", "11010519491231002X"} {
		if strings.Contains(a.Body, absent) {
			t.Errorf("it shows %s", absent)
		}
	}
	if unanswered, err := h.Store.Unanswered(t.Context(), 10); err != nil || len(unanswered) != 0 {
		t.Errorf("explaining left %v, %v", unanswered, err)
	}
	if log := h.log.String(); strings.Contains(log, "身份证") || strings.Contains(log, "13800138000") {
		t.Error("the log holds the question")
	}
}

func TestALabelIsDecidedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	const labels = "/api/v1/staff/labels"
	a := h.asks(t, "jingban", http.MethodPost, labels, `{"question":"电话13800138000，狗狗上户","entry":"dog-licence"}`)
	a.want(t, http.StatusCreated, "")
	one := labels + "/" + a.text(t, "id") + "/decision"
	list := h.asks(t, "bianji", http.MethodGet, labels, "")
	if !strings.Contains(list.Body, "狗狗上户") || !strings.Contains(list.Body, "dog-licence") || strings.Contains(list.Body, "13800138000") {
		t.Errorf("the list: %s", list.Body)
	}
	if a := h.asks(t, "bianji", http.MethodPost, one, `{"version":1,"state":"confirmed","entries":["nothing-like-it"]}`); a.Status < http.StatusBadRequest || !strings.Contains(a.Body, "没有这个编号") {
		t.Errorf("an unknown entry: %d %s", a.Status, a.Body)
	}
	h.asks(t, "bianji", http.MethodPost, one, `{"version":1,"state":"confirmed","entries":["dog-licence"]}`).want(t, http.StatusOK, "")
	if a := h.asks(t, "bianji", http.MethodPost, one, `{"version":1,"state":"rejected"}`); a.Status != http.StatusConflict || !strings.Contains(a.Body, "刚刚被别人处理过") {
		t.Errorf("what was decided meanwhile: %d %s", a.Status, a.Body)
	}
	if a := h.asks(t, "bianji", http.MethodGet, labels+"?state=confirmed", ""); !strings.Contains(a.Body, "狗狗上户") {
		t.Errorf("the confirmed: %s", a.Body)
	}
	h.asks(t, "bianji", http.MethodGet, labels+"?state=evil", "").want(t, http.StatusUnprocessableEntity, "request.invalid")
	table := h.asks(t, "bianji", http.MethodGet, "/api/v1/staff/answers/table.csv", "")
	if !strings.HasPrefix(table.Body, "\xEF\xBB\xBF周,从,到") || !strings.Contains(table.Body, ",否,养犬,0,0,0,0,0,0,0,0,0,0,1") {
		t.Errorf("the table: %q", table.Body)
	}
}
