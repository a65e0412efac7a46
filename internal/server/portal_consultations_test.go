package server

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiesu/internal/desk/channel"
)

func TestOpinionPage(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	if w := get(h, "/consultations"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `href="/consultations/parking"`) {
		t.Errorf("the list: %d %s", w.Code, w.Body)
	}
	if w := get(h, "/consultations/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("what does not exist: %d", w.Code)
	}
	written := url.Values{"key": {"key-of-the-page"}, "body": {"夜间免费"}, "opinion-clause": {"第八条"}, "name": {"李雷"}, "phone": {"13800138000"}}
	for range 2 {
		w := post(h, "/consultations/parking", written)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "已收到您的意见") || !strings.Contains(w.Body.String(), "CODE-ONCE") {
			t.Fatalf("taken: %d %s", w.Code, w.Body)
		}
	}
	l := d.opened["page/key-of-the-page"].Letter
	if d.receipts != 1 || l.Kind != channel.Opinion || l.Consultation != "parking" || l.Title != "对《停车管理办法》的意见" || l.Fields["clause"] != "第八条" {
		t.Errorf("%d receipts for %+v", d.receipts, l)
	}
	for name, test := range map[string]struct {
		change url.Values
		status int
		shows  []string
	}{
		"nothing":     {url.Values{"body": {""}}, http.StatusUnprocessableEntity, []string{"第八条", "李雷", `href="#body"`}},
		"no such way": {url.Values{"phone": {"call me"}}, http.StatusUnprocessableEntity, []string{"夜间免费", `href="#phone"`}},
		"too late": {
			url.Values{"key": {"another-key"}, "body": {"迟到的意见"}},
			http.StatusConflict,
			[]string{"已经截止", `value="suggestion" required checked`, "对哪一条提意见：第八条\n迟到的意见", "对《停车管理办法》的意见", "李雷"},
		},
	} {
		form := url.Values{}
		for _, values := range []url.Values{written, test.change} {
			maps.Copy(form, values)
		}
		w := post(h, "/consultations/parking", form)
		if w.Code != test.status {
			t.Errorf("%s: %d", name, w.Code)
		}
		for _, s := range test.shows {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s: the page lacks %s", name, s)
			}
		}
	}
}
