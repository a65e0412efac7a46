package server_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
)

const staffAPI = "/api/v1/staff"

// thing is an object of the traffic detachment, or of one citizen, and what a
// stranger may guess it is called.
type thing struct{ real, guess string }

// everybodys say why an operation answers a stranger: what it names is nobody's own.
func everybodys() map[string]string {
	const published, months = "published", "a month or year: of it one sees the own units"
	return map[string]string{
		"GET /api/v1/consultations/{id}":                published,
		"GET /api/v1/library/{id}":                      published,
		"GET /api/v1/library/{id}/versions/{n}":         published,
		"GET /api/v1/notices/{id}":                      published,
		"GET /api/v1/replies/{id}":                      published,
		"GET /api/v1/staff/circulars/{month}":           months,
		"GET /api/v1/staff/circulars/{month}/table.csv": months,
		"GET /api/v1/staff/scores/{month}":              months,
		"GET /api/v1/staff/reports/{period}":            months,
		"GET /api/v1/staff/reports/{period}/recount":    months,
		"GET /api/v1/staff/reports/{period}/table.csv":  months,
		"GET /api/v1/staff/reports/{period}/table.xlsx": months,
		"GET /api/v1/staff/reports/{period}/tickets":    months,
		"GET /api/v1/staff/hotlines/{id}/history":       "lines anybody may call",
		"GET /api/v1/staff/library/{id}":                "the library, for all who draft",
		"POST /api/v1/staff/library/{id}/revisions":     "whoever drafts may propose a better answer, which is reviewed",
		"GET /staff/print/reports/{period}":             months,
		"POST /api/v1/wechat/{account}/phone":           "an account of the bureau; whose phone it is, the token of a conversation says",
		"POST /api/v1/wechat/{account}/session":         "an account of the bureau; who signs in, WeChat says",
		"POST /api/v1/wechat/{account}/subscriptions":   "an account of the bureau; who agrees, the token of a conversation says",
	}
}

// byRight are objects that whoever has the right for them reaches all of. A stranger
// lacks it, and is told so whatever they are called.
func byRight() []string {
	return []string{
		"/deliveries/{id}", "/deputies/{id}", "/documents/{id}", "/duty/{id}", "/holders/{id}", "/hotlines/changes/{id}", "/inbox/{id}", "/labels/{id}",
		"/library/{id}", "/library/{id}/versions/{n}", "/mailboxes/{source}", "/orders/operations/{id}", "/orders/{id}", "/robots/{name}", "/webhooks/{id}",
	}
}

// TestStrangersReachNothing calls every operation that names an object, found in the
// description of the API and among the pages of staff, as people it is not theirs: the head and a handler of another
// unit, who see no letters at all, another citizen. They are refused, and what they are
// told of a real object and of one that is made up is the same.
func TestStrangersReachNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.Chat = desk.ChatRules{Wait: 5 * time.Minute, Away: time.Minute, Each: 3}
	things := h.possessions(t)
	api := h.described(t)
	password, err := h.staff.Create(t.Context(), access.User{Login: "linren", Name: "linren", Unit: "patrol", UnitPath: h.tree.Path("patrol"), Roles: []access.Role{access.Handler}})
	check(t, err)
	h.passwords["linren"] = password
	strangers := map[string][]string{}
	for _, login := range []string{"linju", "linren", "guanli", "shenji"} {
		strangers[login] = []string{"Cookie", h.cookie(t, login)}
	}
	citizen := []string{"Authorization", "Bearer " + h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`).text(t, "token")}
	tried := 0
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		for method, op := range api.Paths[path] {
			name := strings.ToUpper(method) + " " + path
			if !strings.Contains(path, "{") || everybodys()[name] != "" {
				continue
			}
			who := strangers
			if strings.HasPrefix(path, "/api/v1/chat/") {
				who = map[string][]string{"a citizen": citizen}
			}
			for _, named := range fill(t, path, things) {
				if method == "get" && named.real != named.guess && strings.HasPrefix(path, staffAPI) && !strings.HasPrefix(path, staffAPI+"/users/") {
					h.reaches(t, path, named.real+op.query())
				}
				for login, header := range who {
					if login == "guanli" && (strings.HasPrefix(path, staffAPI+"/users/") || strings.HasPrefix(path, staffAPI+"/gaps/")) {
						continue // what administrators are for
					}
					tried++
					h.refuses(t, name+" as "+login, func(path string) *answer {
						return h.call(t, strings.ToUpper(method), path+op.query(), api.body(method, op), append(op.headers(), header...)...)
					}, named)
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d calls were made", tried)
	}
}

// refuses checks that a real object and a made-up one are refused alike.
func (h *house) refuses(t *testing.T, what string, call func(path string) *answer, named thing) {
	t.Helper()
	a, b := call(named.real), call(named.guess)
	if a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
		t.Errorf("%s: %d %.300s", what, a.Status, a.Body)
		return
	}
	if a.Status != b.Status || a.text(t, "code") != b.text(t, "code") || a.text(t, "detail") != b.text(t, "detail") {
		t.Errorf("%s tells what is there: %d %s, and of what is not: %d %s", what, a.Status, a.text(t, "code"), b.Status, b.text(t, "code"))
	}
}

// reaches checks that whoever it belongs to is let at an object: there is something for
// strangers to go for.
func (h *house) reaches(t *testing.T, template, path string) {
	t.Helper()
	for _, own := range byRight() {
		if strings.HasPrefix(template, staffAPI+own) {
			return
		}
	}
	for _, login := range []string{"jingban", "fuzeren", "zhuanban"} {
		if a := h.asks(t, login, http.MethodGet, path, ""); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			return
		}
	}
	for _, part := range []string{"/archive", "/disclosure", "/attachments/{attachment}", "/conversation", "/entries", "/colleagues"} { // not of every one
		if strings.HasSuffix(template, part) {
			return
		}
	}
	t.Errorf("%s is there for nobody", template)
}

// possessions are what the strangers go for, by the template up to its parameter.
func (h *house) possessions(t *testing.T) map[string][]thing {
	t.Helper()
	const guess, tickets = "0197a000-0000-7000-8000-000000000000", staffAPI + "/tickets/{number}"
	for _, login := range []string{"zhuanban", "jingban", "fuzeren"} {
		h.cookie(t, login) // first: it ends the other sessions of theirs
	}
	force, handler := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "jingban")
	things := map[string][]thing{}
	has := func(template, id string) { things[template] = append(things[template], thing{id, guess}) }
	made := func(login, path string, body map[string]any) *answer {
		t.Helper()
		a := h.asks(t, login, http.MethodPost, staffAPI+path, asJSON(t, body), "Idempotency-Key", "key of this test")
		if a.Status >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", path, a.Status, a.Body)
		}
		return a
	}
	for _, prefix := range byRight() {
		things[staffAPI+prefix] = []thing{{"1", "2"}}
	}
	for _, template := range []string{staffAPI + "/reviews/{id}/versions/{n}", "/staff/print/reviews/{id}/{n}"} {
		things[template] = []thing{{"1", "1"}}
	}
	rated, _ := h.badly(t, force, handler, "Bearer "+h.signIn(t, "fuzeren"))
	tip, _ := h.tip(t, force, handler)
	asked, _ := h.requestFor(t)
	h.walk(t, asked, []step{{force, `"move":"accept"`}, {force, `"move":"dispatch","unit":"traffic"`}})
	for _, n := range []string{rated, tip, asked} {
		things[tickets] = append(things[tickets], thing{n, "260101-0000-0000"})
	}
	var view struct {
		Letter struct{ Attachments []struct{ ID string } }
	}
	h.asks(t, "jingban", http.MethodGet, staffAPI+"/tickets/"+asked, "").into(t, &view)
	has(tickets+"/attachments/{attachment}", view.Letter.Attachments[0].ID)
	has(tickets+"/unsealings/{id}", made("jingban", "/tickets/"+tip+"/unsealings", map[string]any{"reason": "核实线索。"}).text(t, "id"))
	has(tickets+"/erasures/{id}", made("zhuanban", "/tickets/"+h.withdrawn(t)+"/erasures", map[string]any{"phone": "13800138000", "reason": "本人来电。"}).text(t, "id"))
	has(staffAPI+"/appeals/{id}", made("fuzeren", "/appeals", map[string]any{"ticket": rated, "reason": "mistaken", "words": "点错了。"}).text(t, "id"))
	has(staffAPI+"/callbacks/{id}", h.asks(t, "zhuanban", http.MethodGet, staffAPI+"/callbacks", "").callback(t, rated))
	has(staffAPI+"/gaps/{id}", strings.TrimPrefix(h.gapAsked(t, "电动自行车刹车坏了能上路吗"), staffAPI+"/gaps/"))
	has(staffAPI+"/phrases/{id}", made("jingban", "/phrases", map[string]any{"title": "问候", "text": "您好。"}).text(t, "id"))
	has(staffAPI+"/consultations/{id}", made("jingban", "/consultations", map[string]any{"content": map[string]any{
		"title": "停车收费", "text": "请提意见。", "explanation": "说明", "how": "来信", "contact": "0755-12345678", "ground": "条例", "days": 30,
	}}).text(t, "id"))
	replied := h.replied(t, "help", "信号灯已经修好。")
	var disclosed struct{ Text struct{ ID string } }
	made("jingban", "/tickets/"+replied+"/disclosure", map[string]any{"version": 0, "decision": "full", "reason": "interest", "title": "信号灯", "asked": "问信号灯"}).into(t, &disclosed)
	has(staffAPI+"/reviews/{id}", disclosed.Text.ID)
	has("/staff/print/reviews/{id}", disclosed.Text.ID)
	has(staffAPI+"/signals/{id}", h.signal(t, force))
	chat := h.waits(t)
	has(staffAPI+"/chats/{id}", chat)
	has("/api/v1/chat/{conversation}", chat)
	var open struct{ Sessions []struct{ ID string } }
	h.asks(t, "jingban", http.MethodGet, staffAPI+"/sessions", "").into(t, &open)
	has(staffAPI+"/sessions/{session}", open.Sessions[0].ID)
	has(staffAPI+"/users/{id}", h.idOf(t, "jingban"))
	has(staffAPI+"/users/{id}/sessions/{session}", open.Sessions[0].ID)
	return things
}

// withdrawn is a letter its writer took back.
func (h *house) withdrawn(t *testing.T) string {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", `{"kind":"help","category":"traffic","title":"信号灯","text":"信号灯坏了。","contact":{"name":"张三","phone":"13800138000"}}`)
	a.want(t, http.StatusCreated, "")
	number := a.text(t, "number")
	h.call(t, http.MethodPost, "/api/v1/letters/withdrawals", asJSON(t, map[string]any{"number": number, "query_code": a.text(t, "query_code")})).want(t, http.StatusOK, "")
	return number
}

// signal is the weak signal in a letter of the traffic detachment.
func (h *house) signal(t *testing.T, force string) string {
	t.Helper()
	a := h.call(t, http.MethodPost, "/api/v1/letters", asJSON(t, map[string]any{"kind": "help", "category": "traffic", "title": "事故", "text": "这件事再没有结果我就去跳楼。"}))
	a.want(t, http.StatusCreated, "")
	h.walk(t, a.text(t, "number"), []step{{force, `"move":"dispatch","unit":"traffic"`}})
	h.worked(t)
	var found struct{ Signals []struct{ ID string } }
	h.asks(t, "zhuanban", http.MethodGet, staffAPI+"/signals", "").into(t, &found)
	if len(found.Signals) == 0 {
		t.Fatal("no signal was raised")
	}
	return found.Signals[0].ID
}

// waits is a conversation whose citizen waits for somebody of the traffic detachment.
func (h *house) waits(t *testing.T) string {
	t.Helper()
	pass := h.call(t, http.MethodPost, "/api/v1/chat/passes", `{}`)
	id := pass.text(t, "conversation")
	check(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		c, err := tx.Conversation(ctx, id)
		if err != nil {
			return err
		}
		next, err := c.Apply(conversation.Change{Move: conversation.Ask, At: time.Now(), Skill: "traffic"})
		if err != nil {
			return err
		}
		return tx.UpdateConversation(ctx, next, c.Version)
	}))
	return id
}
