package desk_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jiesu/faq"
	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/job"
	"jiesu/internal/seal"
	"jiesu/internal/search"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

// house is a desk over a real database, with a clock the test moves.
type house struct {
	*desk.Desk
	store  *store.Store
	runner *job.Runner
	path   string
	mu     sync.Mutex
	at     time.Time
	woken  []string
	ended  []knowledge.Kind // what questions ended in
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) Wake(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.woken = append(h.woken, id)
}

func (h *house) Decided(decision knowledge.Kind) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = append(h.ended, decision)
}

// monday is an ordinary Monday morning in Beijing.
func monday() time.Time { return time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC) }

func open(tb testing.TB) *house {
	tb.Helper()
	return reopen(tb, filepath.Join(tb.TempDir(), "desk.db"), seal.GenerateKey("k1"), monday())
}

// reopen builds the desk anew over a database that may hold something already.
func reopen(tb testing.TB, path, key string, at time.Time) *house {
	tb.Helper()
	keys, err := seal.ParseKeyring(key)
	must(tb, err)
	storetest.Migrated(tb, path)
	s, err := store.Open(tb.Context(), store.Config{URL: path, Keyring: keys})
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	h := &house{store: s, path: path, at: at}
	h.Desk = desk.New(parts(tb, h, s))
	h.WakeWith(h)
	h.runner = job.New(job.Options{Store: s, Worker: h.Desk, Now: h.now, Log: slog.New(slog.DiscardHandler)})
	must(tb, s.InTx(tb.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, h.Tree.Units()) }))
	return h
}

// shippedFiles is the library that comes with the program, read once: it takes
// longer than most tests.
var shippedFiles = sync.OnceValues(func() (*faq.Library, error) { return faq.Load(faq.Shipped()) })

func parts(tb testing.TB, h *house, s *store.Store) desk.Parts {
	tb.Helper()
	p := desk.Parts{
		Store: s, CodeKey: []byte("a key of the tests"), Random: rand.Reader, Now: h.now, Log: slog.New(slog.DiscardHandler),
	}
	var err error
	p.Library, err = knowledge.NewLibrary(entries(), []knowledge.Document{{ID: "law-resident-id-card", Title: "中华人民共和国居民身份证法"}})
	must(tb, err)
	index := search.NewEmbedded()
	must(tb, index.Replace(tb.Context(), entries()))
	p.Matcher, p.Index, p.Scratch = knowledge.NewMatcher(index), index, func() knowledge.Index { return search.NewEmbedded() }
	p.Rules, err = knowledge.LoadReleaseRules()
	must(tb, err)
	shipped, err := shippedFiles()
	must(tb, err)
	for _, l := range shipped.Lines {
		p.Lines = append(p.Lines, conversation.Line(l))
	}
	for _, l := range shipped.Topics {
		p.Topics = append(p.Topics, conversation.Topic(l))
	}
	for _, l := range shipped.Hotlines {
		p.Hotlines = append(p.Hotlines, channel.Hotline(l))
	}
	p.Router, err = assignment.LoadRouter()
	must(tb, err)
	p.Tree = p.Router.Tree()
	p.Calendar, err = deadline.LoadCalendar()
	must(tb, err)
	p.Profile, err = deadline.LoadProfile()
	must(tb, err)
	p.Chains, err = review.LoadRules()
	must(tb, err)
	p.Signs, err = signal.LoadWatchlist()
	must(tb, err)
	p.Gaps, err = gap.LoadRules()
	must(tb, err)
	p.Keeping, err = retention.LoadRules()
	must(tb, err)
	return p
}

func entries() []knowledge.Entry {
	since := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	entry := func(id, question, answer, category string, variants ...string) knowledge.Entry {
		return knowledge.Entry{
			ID: id, Version: 2, Question: question, Variants: variants, Answer: answer, Category: category, Sample: true, ValidFrom: since,
			Basis: []knowledge.Basis{{Document: "law-resident-id-card", Title: "中华人民共和国居民身份证法", Article: "第十一条"}},
		}
	}
	old := entry("dog-old", "养犬登记怎么办？", "旧规定，已经失效。", "养犬", "狗证怎么办")
	old.ValidTo = since.AddDate(1, 0, 0)
	return []knowledge.Entry{
		entry("id-card-lost", "身份证丢了怎么补办？", "带户口簿到派出所申请补领。", "身份证", "身份证丢失补办", "补办身份证要什么材料", "身份证掉了怎么办", "遗失身份证如何补领", "身份证不见了去哪补"),
		entry("passport-first", "第一次办护照怎么办？", "带身份证到出入境窗口办理。", "出入境", "首次申请护照", "办护照需要什么", "怎么办理护照", "护照去哪里办", "我想办一本护照"),
		entry("licence-renew", "驾驶证到期怎么换？", "有效期满前九十日内到车管所换证。", "交管", "驾照到期换证", "驾驶证过期了怎么换", "驾照快到期了", "换驾驶证要什么材料", "驾驶证期满换证"),
		old,
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func letter() channel.Letter {
	return channel.Letter{
		Source: channel.Web, Kind: channel.Complaint, Title: "路口信号灯坏了，电话13800138000", Text: "学校门口的信号灯坏了三天，请尽快维修。",
		Category: "traffic", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
	}
}

// staff returns who may do what in these tests.
func (h *house) staff(id, unit string, moves ...ticket.Move) desk.Actor {
	return desk.Actor{ID: id, Name: id, Unit: unit, Path: h.Tree.Path(unit), Scope: h.Tree.Path(unit), Moves: moves, Contact: true}
}

func (h *house) taskForce(id string) desk.Actor {
	a := h.as(id, assignment.TaskForce, access.TaskForce)
	a.Scope, a.Reports, a.Unseal = "*", true, true
	return a
}

func (h *house) handler(id, unit string) desk.Actor { return h.as(id, unit, access.Handler) }

func (h *house) head(id, unit string) desk.Actor { return h.as(id, unit, access.Head) }

func (h *house) leader(id string) desk.Actor {
	a := h.as(id, "bureau", access.Leader)
	a.Scope, a.Contact, a.Unseal = "*", false, true
	return a
}

// as is somebody with what a role allows.
func (h *house) as(id, unit string, role access.Role) desk.Actor {
	var moves []ticket.Move
	g := access.GrantOf(access.User{Roles: []access.Role{role}, UnitPath: h.Tree.Path(unit)})
	for _, m := range g.Moves {
		moves = append(moves, ticket.Move(m))
	}
	a := h.staff(id, unit, moves...)
	a.Appeals, a.Judges, a.Opens, a.Organises, a.Publishes = g.Appeal, g.Judge, g.Open, g.Organise, g.Publish
	a.Roles, a.Drafts, a.Reviews, a.Signals, a.Assesses, a.Channels, a.Chats, a.Keeps = []string{string(role)}, g.Drafts, g.Reviews, g.Signals, g.Assess, g.Channels, g.Chats, g.Keep
	return a
}

// move makes one move with the version just read.
func (h *house) move(t *testing.T, a desk.Actor, number string, c desk.Command) (desk.TicketView, error) {
	t.Helper()
	v, err := h.Ticket(t.Context(), a, number)
	must(t, err)
	c.Version = v.Ticket.Version
	return h.Move(t.Context(), a, number, c)
}

// work lets the runner do everything that is due.
func (h *house) work(t *testing.T) {
	t.Helper()
	must(t, h.runner.Once(t.Context()))
}

func bodyOf(t *testing.T, m conversation.Message) map[string]any {
	t.Helper()
	var body map[string]any
	must(t, json.Unmarshal(m.Body, &body))
	return body
}
