package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/limit"
	"jiesu/internal/seal"
	"jiesu/internal/search"
	"jiesu/internal/server"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

// house is a desk with a real store behind a real server.
type house struct {
	*desk.Desk
	store     *store.Store
	server    *server.Server
	handler   http.Handler
	log       *logged
	staff     *access.Service
	tree      *assignment.Tree
	passwords map[string]string // by login
	cookies   map[string]string // of signed-in browsers, by login
}

// logged collects log lines.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newHouse builds everything over an empty SQLite file. change may adjust the
// options.
type options = server.Options

// generous are rates that do not get in the way.
func generous() server.Rates {
	much := limit.PerMinute(1_000_000)
	return server.Rates{
		Read: much, Ask: much, Write: much, Lookup: much, Number: much, Upload: much, Chat: much, SignIn: much, Staff: much,
	}
}

func newHouse(tb testing.TB, change func(*options)) *house {
	tb.Helper()
	h := &house{log: &logged{}, passwords: map[string]string{}}
	log := slog.New(server.LogIDs(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	check(tb, err)
	path := filepath.Join(tb.TempDir(), "desk.db")
	storetest.Migrated(tb, path)
	st, err := store.Open(tb.Context(), store.Config{URL: path, Keyring: keys})
	check(tb, err)
	tb.Cleanup(func() { check(tb, st.Close()) })
	staff := access.NewService(st, time.Now, access.Rules{})
	parts := newParts(tb)
	parts.Store, parts.CodeKey, parts.Log = st, keys.BlindIndex("key", "query code"), log
	h.Desk = desk.New(parts)
	h.staff, h.tree, h.store = staff, parts.Tree, st
	check(tb, st.InTx(tb.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, h.tree.Units()) }))

	o := server.Options{
		Desk: h.Desk, Access: staff, Limiter: limit.NewMemory(time.Now, 10_000), Log: log, Now: time.Now, Ready: h.Ready,
		Assets: fstest.MapFS{
			"widget.js":             {Data: []byte("customElements.define('jiesu-chat', class extends HTMLElement {})")},
			"assets/app-1a2b3c.css": {Data: []byte("body{}")},
			"docs/index.html":       {Data: []byte("<!doctype html><title>docs</title>")},
		},
	}
	if change != nil {
		change(&o)
	}
	h.server, err = server.New(o)
	check(tb, err)
	h.WakeWith(h.server.Hub())
	h.server.Start(tb.Context())
	tb.Cleanup(func() { check(tb, h.server.Stop(context.Background())) })
	h.handler = h.server.Handler()
	return h
}

func newParts(tb testing.TB) desk.Parts {
	tb.Helper()
	valid := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	entry := func(id, category, question, answer string, variants ...string) knowledge.Entry {
		return knowledge.Entry{
			ID: id, Version: 3, Question: question, Variants: variants, Answer: answer, Category: category, Certainty: "A", ValidFrom: valid,
			Basis: []knowledge.Basis{{Document: "law-1", Title: "中华人民共和国居民身份证法", Number: "主席令第51号", Article: "第十一条"}},
		}
	}
	library, err := knowledge.NewLibrary([]knowledge.Entry{
		entry("idcard-lost", "身份证", "身份证丢了怎么补办？", "本人到任意派出所户籍窗口申请补领。", "身份证丢失补办", "身份证掉了怎么办", "补办身份证"),
		entry("residence-renew", "居住证", "居住证到期怎么续签？", "居住证每年签注一次，到期前到派出所办理。", "居住证续签", "居住证签注", "居住证过期了怎么办"),
		entry("dog-licence", "养犬", "养狗要办什么证？", "养犬登记由居住地派出所办理，具体以当地公布为准。", "狗证怎么办", "养犬登记"),
	}, []knowledge.Document{{ID: "law-1", Title: "中华人民共和国居民身份证法", Number: "主席令第51号", Validity: "in_force"}})
	check(tb, err)
	index := search.NewEmbedded()
	check(tb, index.Replace(tb.Context(), library.Entries()))
	p := desk.Parts{
		Library: library, Matcher: knowledge.NewMatcher(index), Index: index, Random: rand.Reader, Now: time.Now,
		Lines:    []conversation.Line{{ID: "none.default", Gate: "none", Text: "没有找到可靠的答案，可以留给专班办理。"}},
		Hotlines: []channel.Hotline{{Number: "110", Name: "公安报警", Use: "报警", Scope: "national", Group: "emergency", Certainty: "A"}},
	}
	p.Router, err = assignment.LoadRouter()
	check(tb, err)
	p.Tree = p.Router.Tree()
	p.Calendar, err = deadline.LoadCalendar()
	check(tb, err)
	p.Profile, err = deadline.LoadProfile()
	check(tb, err)
	p.Keeping, err = retention.LoadRules()
	check(tb, err)
	p.Gaps, err = gap.LoadRules()
	check(tb, err)
	p.Chains, err = review.LoadRules()
	check(tb, err)
	p.Signs, err = signal.LoadWatchlist()
	check(tb, err)
	return p
}

// password is that of an account, which is made when it is first asked for, with a
// password that is its own: hashing is slow on purpose.
func (h *house) password(tb testing.TB, login string) string {
	tb.Helper()
	if p, ok := h.passwords[login]; ok {
		return p
	}
	p := h.drawn(tb, login)
	u, err := h.store.UserByLogin(tb.Context(), login)
	check(tb, err)
	u.MustChange = false
	act := &access.Act{At: time.Now(), By: u.ID, User: u.ID, Action: "password.change"}
	check(tb, h.store.ChangeUser(tb.Context(), act, func([]access.User) (access.User, error) { return u, nil }))
	return p
}

// drawn is the first password of an account, which has to be changed.
func (h *house) drawn(tb testing.TB, login string) string {
	tb.Helper()
	role, unit := access.Admin, "traffic"
	switch login {
	case "zhuanban", "zhuanban2":
		role, unit = access.TaskForce, assignment.TaskForce
	case "jingban":
		role = access.Handler
	case "linju": // of another unit
		role, unit = access.Head, "patrol"
	case "fuzeren":
		role = access.Head
	case "bianji":
		role = access.Editor
	case "shenji":
		role, unit = access.Auditor, "inspection"
	case "baomi":
		role, unit = access.Security, "secrecy"
	case "lingdao":
		role, unit = access.Leader, h.tree.Root().ID
	}
	p, err := h.staff.Create(tb.Context(), access.User{
		Login: login, Name: login, Unit: unit, UnitPath: h.tree.Path(unit), Roles: []access.Role{role},
	})
	check(tb, err)
	h.passwords[login] = p
	return p
}

// call sends one request without a network and returns the response with its
// body read.
func (h *house) call(tb testing.TB, method, path, body string, header ...string) *answer {
	tb.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(tb.Context(), method, path, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return &answer{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
}

func (h *house) signIn(tb testing.TB, login string) string {
	tb.Helper()
	a := h.call(tb, http.MethodPost, "/api/v1/staff/session", asJSON(tb, map[string]string{"login": login, "password": h.password(tb, login)}))
	a.want(tb, http.StatusCreated, "")
	return a.text(tb, "token")
}

// passes is the move of a reader who has nothing to object to.
const passes = `"move":"approve","gates":["political","legal","policy","secrecy","wording"]`

// step is one move of somebody who is signed in; with an empty token its citizen
// completes the letter, and move is the query code.
type step struct{ token, move string }

// walk makes moves, each on the newest version.
func (h *house) walk(tb testing.TB, number string, steps []step) {
	tb.Helper()
	for _, s := range steps {
		if s.token == "" {
			body := asJSON(tb, map[string]string{"number": number, "query_code": s.move, "text": "补充的内容。"})
			h.call(tb, http.MethodPost, "/api/v1/letters/supplements", body).want(tb, http.StatusOK, "")
			continue
		}
		v, err := h.store.TicketByNumber(tb.Context(), number)
		check(tb, err)
		body := fmt.Sprintf(`{"version":%d,%s}`, v.Version, s.move)
		h.call(tb, http.MethodPost, "/api/v1/staff/tickets/"+number+"/moves", body, "Authorization", s.token).want(tb, http.StatusOK, "")
	}
}

func (h *house) ticketID(tb testing.TB, number string) string {
	tb.Helper()
	v, err := h.store.TicketByNumber(tb.Context(), number)
	check(tb, err)
	return v.ID
}

type answer struct {
	Status int
	Header http.Header
	Body   string
}

// want fails the test unless the answer has a status and, where it is a
// problem, the code.
func (a *answer) want(tb testing.TB, status int, code string) {
	tb.Helper()
	if a.Status != status {
		tb.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	if status < http.StatusBadRequest {
		return
	}
	if t := a.Header.Get("Content-Type"); t != "application/problem+json" {
		tb.Errorf("content type %q, want a problem: %s", t, a.Body)
	}
	if got := a.text(tb, "code"); got != code {
		tb.Errorf("code %q, want %q: %s", got, code, a.Body)
	}
	if a.text(tb, "request_id") == "" || a.text(tb, "request_id") != a.Header.Get("X-Request-Id") {
		tb.Errorf("a problem without the id of its request: %s", a.Body)
	}
	if detail := a.text(tb, "detail"); !strings.HasSuffix(detail, "。") {
		tb.Errorf("detail %q is not a Chinese sentence", detail)
	}
}

func (a *answer) object(tb testing.TB) map[string]any {
	tb.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		tb.Fatalf("not a JSON object: %v: %s", err, a.Body)
	}
	return v
}

// into reads the body as the test wants it.
func (a *answer) into(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(a.Body), v); err != nil {
		tb.Fatalf("%v: %s", err, a.Body)
	}
}

func (a *answer) text(tb testing.TB, name string) string {
	tb.Helper()
	s, _ := a.object(tb)[name].(string)
	return s
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.Marshal(v)
	check(tb, err)
	return string(b)
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
