package live_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/limit"
	"jiesu/internal/seal"
	"jiesu/internal/search"
	"jiesu/internal/server/live"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	goleak.VerifyTestMain(m)
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// newDesk is a real desk over an empty SQLite file.
func newDesk(tb testing.TB) *desk.Desk {
	tb.Helper()
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	check(tb, err)
	path := filepath.Join(tb.TempDir(), "desk.db")
	storetest.Migrated(tb, path)
	st, err := store.Open(tb.Context(), store.Config{URL: path, Keyring: keys})
	check(tb, err)
	tb.Cleanup(func() { check(tb, st.Close()) })
	library, err := knowledge.NewLibrary([]knowledge.Entry{{
		ID: "idcard-lost", Version: 3, Question: "身份证丢了怎么补办？", Variants: []string{"补办身份证", "身份证掉了"},
		Answer: "本人到任意派出所户籍窗口申请补领。", Category: "身份证", Certainty: "A", ValidFrom: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}}, nil)
	check(tb, err)
	index := search.NewEmbedded()
	check(tb, index.Replace(tb.Context(), library.Entries()))
	p := desk.Parts{
		Store: st, Library: library, Matcher: knowledge.NewMatcher(index), CodeKey: keys.BlindIndex("key", "query code"),
		Lines:  []conversation.Line{{ID: "none.default", Gate: "none", Text: "没有找到可靠的答案，可以留给专班办理。"}},
		Random: rand.Reader, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	p.Router, err = assignment.LoadRouter()
	check(tb, err)
	p.Tree = p.Router.Tree()
	p.Calendar, err = deadline.LoadCalendar()
	check(tb, err)
	p.Profile, err = deadline.LoadProfile()
	check(tb, err)
	check(tb, st.InTx(tb.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, p.Tree.Units()) }))
	return desk.New(p)
}

// wide are limits that do not get in the way.
func wide() live.Limits {
	much := limit.Rate{Count: 1_000_000, Period: time.Second}
	return live.Limits{PerAddress: 100_000, PerConversation: 100_000, Frames: much, Connection: much, Conversation: much}
}

// replica is one hub behind one listener.
type replica struct {
	hub *live.Hub
	url string
}

// wakers wakes several hubs, as a broker between replicas would.
type wakers []*live.Hub

func (w wakers) Wake(id string) {
	for _, h := range w {
		h.Wake(id)
	}
}

func (wakers) Decided(knowledge.Kind) {}

func newReplica(tb testing.TB, d live.Desk, change func(*live.Options)) *replica {
	tb.Helper()
	o := live.Options{
		Desk: d, Log: slog.New(slog.DiscardHandler), Limiter: limit.NewMemory(time.Now, 1000), Now: time.Now, Limits: wide(),
	}
	if change != nil {
		change(&o)
	}
	h := live.New(o)
	h.Start(tb.Context())
	srv := httptest.NewServer(serving(h))
	tb.Cleanup(func() {
		check(tb, h.Stop(context.Background()))
		srv.Close()
	})
	return &replica{hub: h, url: "ws" + strings.TrimPrefix(srv.URL, "http")}
}

func serving(h *live.Hub) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Serve(w, r, "192.0.2.1"); err != nil {
			http.Error(w, err.Error(), http.StatusTeapot)
		}
	})
}

// frame is any frame of the server.
type frame struct {
	T         string          `json:"t"`
	ID        int64           `json:"id"`
	SID       string          `json:"sid"`
	Conv      string          `json:"conv"`
	Epoch     string          `json:"epoch"`
	Head      int64           `json:"head"`
	Recovered bool            `json:"recovered"`
	Seq       int64           `json:"seq"`
	CID       string          `json:"cid"`
	Kind      string          `json:"kind"`
	Body      json.RawMessage `json:"body"`
	Dup       bool            `json:"dup"`
	Code      string          `json:"code"`
	RetryMS   int64           `json:"retry_ms"`
	Temporary bool            `json:"temporary"`
	AfterMS   int64           `json:"after_ms"`
	Items     []frame         `json:"items"`
	More      bool            `json:"more"`
	From      struct{ Role string }
	Chat      string   `json:"chat"`
	Topics    []string `json:"topics"`
	Ticket    string   `json:"ticket"`
	People    []struct {
		ID     string
		Name   string
		Drafts bool
	} `json:"people"`
}

// client is a chat client that fails the test when something is not as it has
// to be.
type client struct {
	tb testing.TB
	ws *websocket.Conn
}

func dial(tb testing.TB, r *replica) *client {
	tb.Helper()
	d := websocket.Dialer{Subprotocols: []string{live.Protocol}}
	ws, res, err := d.DialContext(tb.Context(), r.url, nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	check(tb, err)
	tb.Cleanup(func() { _ = ws.Close() })
	return &client{tb: tb, ws: ws}
}

func (c *client) raw(kind int, data string) {
	c.tb.Helper()
	check(c.tb, c.ws.WriteMessage(kind, []byte(data)))
}

func (c *client) send(format string, args ...any) {
	c.tb.Helper()
	c.raw(websocket.TextMessage, fmt.Sprintf(format, args...))
}

func (c *client) next() (frame, error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil { // so that a broken hub fails and does not hang
		return frame{}, err
	}
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	var f frame
	return f, json.Unmarshal(data, &f)
}

// expect returns the next frame of a type, passing over pings.
func (c *client) expect(kind string) frame {
	c.tb.Helper()
	for {
		f, err := c.next()
		check(c.tb, err)
		if f.T == kind {
			return f
		}
		if f.T != "ping" {
			c.tb.Fatalf("got %+v, want a frame %q", f, kind)
		}
	}
}

// skipTo returns the next frame of a type, whatever comes before.
func (c *client) skipTo(kind string) frame {
	c.tb.Helper()
	for {
		f, err := c.next()
		check(c.tb, err)
		if f.T == kind {
			return f
		}
	}
}

// closed reads to the end and checks the close code.
func (c *client) closed(code int) {
	c.tb.Helper()
	for {
		_, err := c.next()
		if err == nil {
			continue
		}
		if e, ok := errors.AsType[*websocket.CloseError](err); !ok || e.Code != code {
			c.tb.Fatalf("ended with %v, want close code %d", err, code)
		}
		return
	}
}

// session is a conversation a client owns.
type session struct{ conversation, token string }

func begin(tb testing.TB, d *desk.Desk) (session, string) {
	tb.Helper()
	a, err := d.Admit(tb.Context(), "", "")
	check(tb, err)
	return session{a.Conversation, a.Token}, a.Pass
}

func (s session) pass(tb testing.TB, d *desk.Desk) string {
	tb.Helper()
	a, err := d.Admit(tb.Context(), s.conversation, s.token)
	check(tb, err)
	return a.Pass
}

// hello lets a new socket into the conversation; last is the rest of the frame.
func hello(tb testing.TB, r *replica, pass, last string) (*client, frame) {
	tb.Helper()
	c := dial(tb, r)
	c.send(`{"t":"hello","id":1,"v":1,"pass":%q%s,"client":{"kind":"web","ver":"1"}}`, pass, last)
	return c, c.expect("welcome")
}

func last(epoch string, seq int64) string {
	return fmt.Sprintf(`,"last":{"epoch":%q,"seq":%d}`, epoch, seq)
}

// history is everything the desk has of a conversation.
func history(tb testing.TB, d *desk.Desk, id string) []conversation.Message {
	tb.Helper()
	var all []conversation.Message
	for {
		after := int64(0)
		if len(all) > 0 {
			after = all[len(all)-1].Seq
		}
		ms, err := d.Messages(tb.Context(), id, after, 100)
		check(tb, err)
		if len(ms) == 0 {
			return all
		}
		all = append(all, ms...)
	}
}

// copies counts the messages with a client id.
func copies(ms []conversation.Message, cid string) int {
	n := 0
	for _, m := range ms {
		if m.ClientID == cid {
			n++
		}
	}
	return n
}
