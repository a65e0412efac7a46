package main

import (
	"fmt"
	"net/http"
)

// badlyRated is the number of a letter that was answered and rated worst.
func (h *site) badlyRated() string {
	h.t.Helper()
	opened := h.call(http.MethodPost, "/api/v1/letters", "",
		`{"kind":"help","title":"信号灯坏了","text":"上学路上的信号灯坏了。","category":"traffic","contact":{"name":"王小明","phone":"13800138000"}}`)
	number := fmt.Sprint(opened["number"])
	traffic, head, force := h.signIn("traffic"), h.signIn("traffic-head"), h.signIn("taskforce2")
	const pass = `{"move":"approve","gates":["political","legal","policy","secrecy","wording"]}`
	for _, m := range []struct{ token, body string }{
		{force, `{"move":"dispatch","unit":"traffic"}`},
		{traffic, `{"move":"sign"}`},
		{traffic, `{"move":"draft","text":"信号灯已修好。","outcome":"resolved"}`},
		{traffic, `{"move":"submit"}`},
		{head, pass},
		{force, pass},
		{force, `{"move":"release"}`},
	} {
		h.move(m.token, number, m.body)
	}
	h.call(http.MethodPost, "/api/v1/letters/ratings", "", fmt.Sprintf(`{"number":%q,"query_code":%q,"score":1,"solved":false}`, number, opened["query_code"]))
	return number
}
