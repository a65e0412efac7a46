package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// written is a ticket the traffic police write the reply of.
func (h *house) written(t *testing.T) (number string) {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","title":"红绿灯坏了","text":"东门路口的红绿灯坏了。"}`)
	a.want(t, http.StatusCreated, "")
	number = a.text(t, "number")
	h.walk(t, number, []step{{"Bearer " + h.signIn(t, "zhuanban"), `"move":"dispatch","unit":"traffic"`}, {"Bearer " + h.signIn(t, "jingban"), `"move":"sign"`}})
	return number
}

// TestTwoWhoWriteTheSameReplyLoseNothing: whoever saves last reads both texts and
// what they went on from; what is saved stays as it is.
func TestTwoWhoWriteTheSameReplyLoseNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	number := h.written(t)
	path := "/api/v1/staff/tickets/" + number
	handler, head, other := h.as(t, "jingban"), h.as(t, "fuzeren"), h.as(t, "linju")
	draft := func(who []string, round, revision int, text string) *answer {
		return h.call(t, http.MethodPost, path+"/moves", fmt.Sprintf(
			`{"move":"draft","version":1,"outcome":"resolved","text":%q,"based_on":{"round":%d,"revision":%d}}`, text, round, revision), who...)
	}
	draft(handler, 1, 0, "正在更换。").want(t, http.StatusOK, "")
	h.walk(t, number, []step{{head[1], `"move":"note","note":"已看"`}})
	draft(handler, 1, 1, "已经更换。").want(t, http.StatusOK, "") // a note is no other text
	late := draft(head, 1, 1, "明天更换。")
	late.want(t, http.StatusConflict, "reply.stale")
	var b struct {
		Reply struct {
			Base   struct{ Text, Outcome string }
			Theirs struct {
				Text     string
				Revision int
				Author   string
			}
			Mine struct{ Text, Outcome string }
		}
	}
	late.into(t, &b)
	if b.Reply.Base.Text != "正在更换。" || b.Reply.Theirs.Text != "已经更换。" || b.Reply.Theirs.Revision != 2 || b.Reply.Theirs.Author == "" || b.Reply.Mine.Text != "明天更换。" || b.Reply.Mine.Outcome != "resolved" {
		t.Errorf("the conflict shows %+v", b.Reply)
	}
	draft(head, 2, 2, "明天更换。").want(t, http.StatusConflict, "reply.stale") // of another round
	submit := h.call(t, http.MethodPost, path+"/moves", `{"move":"submit","version":1,"based_on":{"round":1,"revision":1}}`, head...)
	submit.want(t, http.StatusConflict, "reply.stale") // nobody submits what they have not read
	if got := h.call(t, http.MethodGet, path, "", handler...); strings.Contains(got.Body, "明天更换") || !strings.Contains(got.Body, `"revision":2`) || strings.Contains(got.Body, `"revision":3`) {
		t.Errorf("something was saved: %s", got.Body)
	}
	draft(other, 1, 1, "x").want(t, http.StatusNotFound, "ticket.not_found")
	draft(h.as(t, "lingdao"), 1, 1, "x").want(t, http.StatusForbidden, "ticket.denied")
	if strings.Contains(h.log.String(), "更换") {
		t.Error("the texts are in the log")
	}
}
