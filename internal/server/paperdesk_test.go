package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// paperDesk answers from what it was given and remembers what it was told.
type paperDesk struct {
	mu       sync.Mutex
	opened   map[string]desk.Opening // by idempotency key
	receipts int
	uploads  int
	heeded   []desk.PageFeedback
}

func (d *paperDesk) Ask(_ context.Context, q desk.Question) (knowledge.Decision, error) {
	if f := channel.CheckText("/text", "问题", q.Text, channel.MaxText); f != nil {
		return knowledge.Decision{}, problem.New(problem.Invalid, "ask.invalid", f.Message).With(*f)
	}
	switch {
	case strings.Contains(q.Text, "着火"):
		return knowledge.Decision{Kind: knowledge.Emergency, Answer: &knowledge.Reply{Entry: "line:emergency.fire", Text: "请马上拨打119"}, Hotlines: []string{"119"}}, nil
	case strings.Contains(q.Text, "驾照"):
		return knowledge.Decision{Kind: knowledge.Clarify, Options: []knowledge.Option{{Entry: "lost", Question: "身份证丢了？"}, {Entry: "other", Question: "别的？"}}}, nil
	case strings.Contains(q.Text, "天气"):
		return knowledge.Decision{Kind: knowledge.None, Answer: &knowledge.Reply{Entry: "line:none.default", Text: "没有答案"}}, nil
	}
	e := paperEntry()
	return knowledge.Decision{Kind: knowledge.Answer, Answer: &knowledge.Reply{
		Entry: e.ID, Version: e.Version, Question: e.Question, Text: e.Answer, Basis: e.Basis, Sample: e.Sample,
	}}, nil
}

func (d *paperDesk) Discuss(ctx context.Context, q desk.Question) (knowledge.Decision, conversation.Thread, error) {
	if q.Choice != nil { // it is refused: the page must have brought along what was offered
		t := q.Thread
		return knowledge.Decision{Kind: knowledge.None, Answer: &knowledge.Reply{Entry: "line:none.default", Text: fmt.Sprintf("拒绝了%s：%v %v %d", t.Open, t.Offered, t.Refused, t.Round)}},
			conversation.Thread{}, nil
	}
	if strings.Contains(q.Text, "那要多少钱") {
		e := paperEntry()
		return knowledge.Decision{Kind: knowledge.Answer, Answer: e.Verbatim(), More: []knowledge.Reply{{Entry: "line:none.part", Question: "<i>另一件</i>", Text: "接着" + q.Thread.Entry + "问"}}},
			conversation.Answered("lost", ""), nil
	}
	decision, err := d.Ask(ctx, q)
	var thread conversation.Thread
	switch decision.Kind {
	case knowledge.Answer:
		thread = conversation.Answered(decision.Answer.Entry, q.Text)
	case knowledge.Clarify:
		thread = thread.Clarifying(q.Text, decision.Options, false)
	case knowledge.Emergency, knowledge.Restricted, knowledge.SmallTalk, knowledge.None:
	}
	return decision, thread, err
}

func paperEntry() knowledge.Entry {
	return knowledge.Entry{
		ID: "lost", Version: 7, Question: "身份证丢了怎么办？", Answer: "可以补领。", Category: "身份证", Owner: "patrol", Certainty: "B", Sample: true,
		Basis: []knowledge.Basis{{Document: "law", Title: "居民身份证法", Number: "第4号", Article: "第十一条"}},
	}
}

func (d *paperDesk) Heed(_ context.Context, p desk.PageFeedback) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heeded = append(d.heeded, p)
	return nil
}

func (d *paperDesk) HotlinesOn(time.Time) []channel.Listing {
	return []channel.Listing{
		{Hotline: channel.Hotline{Number: "119", Name: "火警", Group: "emergency"}},
		{Hotline: channel.Hotline{Name: "毒品违法犯罪举报电话", Category: "drugs", Group: "report"}},
		{Hotline: channel.Hotline{Number: "12345", Name: "政务服务便民热线", Group: "government"}},
	}
}

func (d *paperDesk) Entries(string) []knowledge.Entry { return []knowledge.Entry{paperEntry()} }

func (d *paperDesk) SearchEntries(_ context.Context, text string, _ int) ([]knowledge.Entry, error) {
	if strings.Contains(text, "没有") {
		return nil, nil
	}
	return d.Entries(""), nil
}

func (d *paperDesk) Entry(id string) (desk.LibraryEntry, error) {
	if id != "lost" {
		return desk.LibraryEntry{}, problem.New(problem.NotFound, "library.not_found", "没有这条问答。")
	}
	return desk.LibraryEntry{Entry: paperEntry(), Documents: []knowledge.Document{{ID: "law", Title: "居民身份证法", Issuer: "全国人大常委会", Validity: "in_force"}}}, nil
}

func (d *paperDesk) EntryVersion(id string, _ int) (desk.EntryVersion, error) {
	e, err := d.Entry(id)
	return desk.EntryVersion{LibraryEntry: e}, err
}

func (d *paperDesk) Catalogue() desk.Catalogue {
	return desk.Catalogue{
		Kinds: channel.Kinds(), Categories: []assignment.Category{{Code: "traffic", Name: "交通"}},
		Districts: []assignment.Unit{{District: "east", Name: "东城分局"}}, Library: []desk.LibraryCategory{{Name: "身份证", Count: 1}},
	}
}

func (d *paperDesk) Open(_ context.Context, o desk.Opening) (desk.Receipt, error) {
	if err := o.Letter.Check(); err != nil {
		return desk.Receipt{}, err
	}
	if o.Letter.Consultation != "" && strings.Contains(o.Letter.Text, "迟到") {
		return desk.Receipt{}, problem.New(problem.Conflict, "consultation.closed", "已经截止。")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if before, ok := d.opened[o.IdempotencyKey]; !ok {
		d.receipts++
		d.opened[o.IdempotencyKey] = o
	} else if fmt.Sprint(before.Letter.Title, before.Letter.Attachments) != fmt.Sprint(o.Letter.Title, o.Letter.Attachments) {
		return desk.Receipt{}, problem.New(problem.Conflict, "idempotency.mismatch", "内容不同。")
	}
	return desk.Receipt{
		Number: "261122-0000-0001", QueryCode: "CODE-ONCE", Unit: "信箱专班", DueAt: paperNow(), Explain: []deadline.Line{{Date: "2026-11-23", Text: "第1个工作日"}},
	}, nil
}

func (d *paperDesk) Lookup(_ context.Context, number, code string) (desk.Timeline, error) {
	if number != "261122-0000-0001" || code != "CODE-ONCE" {
		return desk.Timeline{}, problem.New(problem.NotFound, "ticket.not_found", "没有查到。")
	}
	return desk.Timeline{
		Number: number, Kind: channel.Consult, Status: ticket.Handling, Unit: "交警支队", CreatedAt: paperNow(), DueAt: paperNow(),
		Steps: []desk.TimelineStep{{At: paperNow(), Text: "第一步"}, {At: paperNow(), Text: "第二步"}},
		Moves: []ticket.Move{ticket.Supply, ticket.Rate, ticket.Withdraw},
		Clock: &desk.ExplainedClock{
			Clock: deadline.Clock{DueAt: paperNow(), Budget: deadline.Budget{N: 1, Unit: deadline.WorkingDay}, Explain: []deadline.Line{{Date: "2026-11-23", Text: "第1个工作日"}}},
			By:    deadline.Rule{Name: "咨询", Basis: "办理规定第九条"},
		},
	}, nil
}

func (d *paperDesk) Beforehand(_ context.Context, title, text string) ([]knowledge.Entry, error) {
	if !strings.Contains(title+text, "身份证") {
		return nil, nil
	}
	return []knowledge.Entry{paperEntry()}, nil
}

func (d *paperDesk) Supply(ctx context.Context, number, code string, s desk.Supplied) (desk.Timeline, error) {
	if s.Text == "" {
		return desk.Timeline{}, problem.New(problem.Invalid, "letter.invalid", "补充内容不能为空。")
	}
	return d.Lookup(ctx, number, code)
}

func (d *paperDesk) RateLetter(ctx context.Context, number, code string, r desk.LetterRating) (desk.Timeline, error) {
	if r.Score < 1 {
		return desk.Timeline{}, problem.New(problem.Invalid, "ticket.score", "请选择一档。")
	}
	return d.Lookup(ctx, number, code)
}

func (d *paperDesk) Withdraw(ctx context.Context, number, code, _ string) (desk.Timeline, error) {
	return d.Lookup(ctx, number, code)
}

func (d *paperDesk) Consultations(ctx context.Context) ([]desk.ConsultationView, error) {
	v, err := d.Consultation(ctx, "parking")
	return []desk.ConsultationView{v}, err
}

func (d *paperDesk) Consultation(_ context.Context, id string) (desk.ConsultationView, error) {
	if id != "parking" {
		return desk.ConsultationView{}, problem.New(problem.NotFound, "consultation.not_found", "没有这一期征求意见。")
	}
	return desk.ConsultationView{Owner: "交警支队", Consultation: consultation.Consultation{
		ID: id, State: consultation.Open, Content: consultation.Content{Title: "停车管理办法", Text: "第一条", Days: 30}, OpensAt: paperNow(),
		Period: consultation.Period{Days: 30, ClosesAt: paperNow().AddDate(0, 0, 30)},
	}}, nil
}

func (d *paperDesk) YearsKnown() (first, last int) { return 2025, 2027 }

func (d *paperDesk) Preview(context.Context, desk.DeadlinePreview) (desk.Dated, error) {
	return desk.Dated{}, nil
}

func (d *paperDesk) Upload(_ context.Context, name string, content []byte) (channel.Attachment, error) {
	if bytes.HasPrefix(content, []byte("MZ")) {
		return channel.Attachment{}, problem.New(problem.Unsupported, "attachment.type", "不支持这种文件。")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uploads++
	return channel.Attachment{ID: fmt.Sprintf("attachment-%d", d.uploads), Name: name, SHA256: fmt.Sprintf("%x", sha256.Sum256(content))}, nil
}

func (d *paperDesk) Units(context.Context) ([]assignment.Unit, error) {
	return []assignment.Unit{{ID: "patrol", Name: "治巡支队"}}, nil
}

func paperNow() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }

// newPages serves the public pages over a desk made of paper.
func newPages(t *testing.T) (http.Handler, *paperDesk) {
	t.Helper()
	d := &paperDesk{opened: map[string]desk.Opening{}}
	s := &Server{log: slog.New(slog.DiscardHandler), now: paperNow, uploads: make(chan struct{}, 1)}
	p, err := newPublicPages(s, fstest.MapFS{"widget.js": {}})
	if err != nil {
		t.Fatal(err)
	}
	p.desk, p.upload = d, d.Upload
	p.decided = func(string) {}
	p.guess = func(_ context.Context, number string) error {
		if number == "limited" {
			return problem.New(problem.Limited, "rate.limited", "查询太频繁，请稍后再试。").After(time.Minute)
		}
		return nil
	}
	e := gin.New()
	p.routes(e)
	return e, d
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	return do(h, httptest.NewRequest(http.MethodGet, path, nil))
}

func post(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(h, r)
}
