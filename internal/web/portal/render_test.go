package portal_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiesu/internal/web/portal"
)

const evil = `<script>alert(1)</script>"'&<img src=x onerror=alert(2)>`

func at() time.Time { return time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC) }

// views are every page, filled with what somebody hostile might have written.
func views() map[string]portal.View {
	lines := []portal.Line{{Number: "110", Name: "报警" + evil}, {Name: "本地举报电话", Use: evil, Note: evil}}
	problems := portal.Problems{{Field: "title", Message: "标题不能为空。"}, {Field: "phone", Message: "电话不对。"}, {Message: "一般问题"}}
	choices := []portal.Choice{{Value: "consult", Name: "咨询", Hint: evil}, {Value: "report", Name: "举报"}}
	entry := portal.Entry{
		ID: "id-card-lost", Version: 3, Question: evil, Answer: "第一段\n\n" + evil, Category: "身份证", Owner: "治巡支队", Certainty: "A", Sample: true,
		Local: evil, ReviewBy: at(), Item: &portal.Item{Conditions: []string{evil}, Materials: []string{"户口簿"}, Procedure: []string{"申请"}, TimeLimit: "60日", Fee: "以当地公布为准"},
		Documents: []portal.Document{{Title: "居民身份证法", Article: "第十一条", Validity: "现行有效"}}, Related: []portal.Brief{{ID: "b", Question: "还有"}},
	}
	part := portal.Part{
		Question: evil, Entry: "id-card-lost", Version: 1, Text: evil, Sample: true,
		Sources: []portal.Source{{Title: evil, Number: "第4号", Article: "第一条"}},
	}
	return map[string]portal.View{
		"home": portal.Home{Categories: []portal.Count{{Name: "户籍", N: 3}}},
		"ask":  portal.Ask{Text: evil, Errors: portal.Problems{{Field: "text", Message: "问题不能为空。"}}},
		"answer": portal.Ask{Answer: &portal.Answer{
			Decision: "answer", Asked: evil, Part: part, Key: evil,
		}, Thread: portal.Thread{Topic: evil, Asked: evil}},
		"several": portal.Ask{Answer: &portal.Answer{Decision: "answer", Asked: evil, Part: part, More: []portal.Part{part, {Question: evil, Text: evil}}, Lines: lines}},
		"rated":   portal.Ask{Answer: &portal.Answer{Decision: "answer", Asked: evil, Part: part, Rated: true}},
		"clarify": portal.Ask{
			Answer: &portal.Answer{Decision: "clarify", Asked: evil, Options: []portal.Option{{Entry: "a", Question: evil, Hint: evil}}},
			Thread: portal.Thread{Open: evil, Offered: []string{evil}, Refused: []string{evil}, Round: 1},
		},
		"emergency": portal.Ask{Answer: &portal.Answer{Decision: "emergency", Asked: evil, Part: portal.Part{Text: "请马上拨打110"}, Lines: lines}},
		"none":      portal.Ask{Answer: &portal.Answer{Decision: "none", Asked: evil, Part: portal.Part{Text: "没有"}}},
		"chat":      portal.Chat{Script: "/widget.js"},
		"no chat":   portal.Chat{},
		"letter": portal.Letter{
			Key: evil, Kinds: choices, Categories: choices, Districts: choices, Kind: "report", Title: evil, Text: evil, About: evil,
			Name: evil, Phone: evil, Category: "report", Files: []portal.KeptFile{{ID: "f1", Name: evil}}, Errors: problems,
		},
		"receipt":  portal.Receipt{Number: "261122-0000-0001", QueryCode: "ABCD-EFGH", Unit: evil, Due: at(), Provisional: true, Days: []portal.Day{{Date: "2026-11-23", Text: evil}}},
		"progress": portal.Progress{Number: evil, Errors: portal.Problems{{Field: "number", Message: "没有查到。"}}},
		"ticket": portal.Progress{Ticket: &portal.Ticket{
			Number: "261122-0000-0001", Kind: "咨询", Status: "已答复", StatusHint: "答复在下面。", Done: true, Unit: evil, Created: at(), Due: at(), Provisional: true,
			Steps: []portal.Step{{At: at(), Text: evil}}, Reply: &portal.Reply{Text: evil, Outcome: "已解决", At: at()}, Published: evil,
		}},
		"replies": portal.Replies{
			Categories: []portal.ReplyCategory{{Code: evil, Name: evil, N: 2}}, Category: evil, Errors: portal.Problems{{Field: "text", Message: "太短。"}}, Next: evil,
			Replies: []portal.PublicReply{{ID: "r1", Title: evil, Category: evil, Unit: evil, Published: at()}},
		},
		"replies found":    portal.Replies{Text: evil, Next: evil, Replies: []portal.PublicReply{{ID: "r1", Title: evil, Published: at()}}},
		"no older replies": portal.Replies{Paged: true},
		"reply": portal.PublicReply{
			ID: "r1", Title: evil, Asked: evil, Text: evil, Kind: "咨询", Category: evil, Unit: evil, Received: at(), Answered: at(), Published: at(), Version: 2, Redacted: true,
		},
		"reply figures": portal.ReplyFigures{Months: []portal.MessageRow{{Name: evil, Received: 3, Valid: 2, Published: 1}}, Total: portal.MessageRow{Name: "合计"}},
		"deadlines": portal.Deadlines{
			Kinds: choices, Channels: choices[:1], First: 2025, Last: 2027, Kind: "consult", Date: evil, Time: evil,
			Errors: portal.Problems{{Field: "date", Message: "日期不对。"}},
		},
		"due": portal.Deadlines{Kinds: choices, Date: "2026-12-28", Due: &portal.Due{
			Received: at(), At: at(), Exact: true, Rule: evil, Budget: "24小时", Basis: evil, Certain: evil, Provisional: true,
			Days: []portal.Day{{Date: "2026-12-29", Text: evil}},
		}},
		"letter offered": portal.Letter{
			Key: evil, Kind: "consult", Title: evil, Text: evil, Seen: true, Kinds: choices, Question: &portal.Question{Token: evil, Words: "七三零五"},
			Offers: []portal.Offer{{ID: "a", Question: evil, Answer: evil, Sample: true}},
		},
		"consultations": portal.Consultations{
			Open: []portal.ConsultationBrief{{ID: "c1", Title: evil, Unit: evil, Open: true, Closes: at()}}, Closed: []portal.ConsultationBrief{{ID: "c2", Title: evil}},
			Reported: []portal.ConsultationBrief{{ID: "c3", Title: evil, Reported: at()}},
		},
		"consultation": portal.Consultation{
			ConsultationBrief: portal.ConsultationBrief{ID: "c1", Title: evil, Unit: evil, Open: true, Opens: at(), Closes: at()}, State: "正在征求意见",
			Text: evil, Explanation: evil, How: evil, Contact: evil, Ground: evil, Days: 20, Short: evil, Explain: []portal.Day{{Date: "2026-11-23", Text: evil}},
			Changes: []portal.PeriodChange{{At: at(), Reason: evil, Before: at(), After: at()}},
			Form: portal.Letter{
				Key: evil, Text: evil, Name: evil, Phone: evil, Errors: portal.Problems{{Field: "body", Message: "内容不能为空。"}},
				Groups: []portal.FieldGroup{{Kind: "opinion", Fields: []portal.AskedField{{Name: "opinion-clause", Label: evil, Hint: evil, Value: evil, Max: 100}}}},
			},
		},
		"consultation result": portal.Consultation{
			ConsultationBrief: portal.ConsultationBrief{ID: "c1", Title: evil, Unit: evil, Reported: at()}, State: "已公布结果",
			Result: &portal.ConsultationResult{Text: evil, Received: 3, Withdrawn: 1, Adoptions: []portal.Adoption{{Name: "不予采纳", N: 2, Reasons: []portal.AdoptionReason{{Text: evil, N: 2}}}}},
		},
		"opinion receipt": portal.Receipt{Opinion: true, Number: "261122-0000-0001", QueryCode: "ABCD-EFGH", Unit: evil, Due: at()},
		"hotlines":        portal.Hotlines{Groups: []portal.LineGroup{{ID: "emergency", Name: "紧急电话", Hint: evil, Lines: lines}}},
		"library":         portal.Library{Categories: []portal.Count{{Name: "户籍", N: 3}}, Text: evil, Entries: []portal.Brief{{ID: "a", Question: evil, Category: "户籍"}}},
		"nothing":         portal.Library{Text: "没有的"},
		"entry":           entry,
		"about":           portal.About{},
		"notices":         portal.Notices{Notices: []portal.Notice{{ID: "n1", Title: evil, Emergency: true, Published: at()}}},
		"notice":          portal.Notice{ID: "n1", Unit: evil, Title: evil, Text: evil, Published: at(), Until: at(), Versions: 2},
		"failure":         portal.Failure{Status: 404, Heading: "没有找到", Text: evil, Request: "r-1"},
	}
}

func sheets() map[string]portal.Sheet {
	return map[string]portal.Sheet{
		"review form": portal.ReviewForm{
			Title: evil, Unit: evil, Authors: []portal.Signature{{Name: evil, Unit: evil, For: evil, At: at()}}, Approved: at(), Published: &portal.Signature{Name: evil, At: at()},
			Readings: []portal.FormReading{{Signature: portal.Signature{Name: evil, At: at()}, Step: "一校", Gate: "文字关", Why: evil, Words: evil}},
		},
		"report": portal.ReportSheet{
			Period: "2026", Heads: []portal.FigureHead{{Name: "按时答复率", Formula: evil}}, Name: "单位", Form: evil,
			Lines:  []portal.FigureLine{{Name: evil, Figures: []string{"90.00%"}}},
			Total:  portal.FigureLine{Name: "合计", Figures: []string{"90.00%"}},
			Charts: []portal.Chart{portal.NewChart(evil, []portal.Bar{{Name: evil, Text: "90.00%", N: 9000}, {Name: "无"}})},
			Kept:   []string{"2026-10"}, Broken: []string{"2026-11"}, Running: []string{"2026-12"},
			Tables: []portal.ReportedTable{{Name: evil, Source: evil, Check: evil, Left: 1, Right: 2, Odd: []string{"J1"}, Rows: []portal.ReportedRow{{Name: evil, Formula: evil, Text: "3"}}}},
			Topics: portal.ReportedTable{Name: evil, Source: evil, Rows: []portal.ReportedRow{{Name: evil, Text: "5"}}},
			Tips:   []string{"收到少于5件"},
		},
	}
}

// drawn are all pages and sheets by their names.
func drawn(t *testing.T) map[string]string {
	t.Helper()
	pages, err := portal.New()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for name, v := range views() {
		all[name] = draw(t, portal.Frame{Back: "/"}, v)
	}
	for name, v := range sheets() {
		var out bytes.Buffer
		if err := pages.Sheet(&out, v); err != nil {
			t.Fatal(err)
		}
		all[name] = out.String()
	}
	return all
}

func draw(t *testing.T, f portal.Frame, v portal.View) string {
	t.Helper()
	pages, err := portal.New()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := pages.Render(&out, f, v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatPeopleWroteStaysText(t *testing.T) {
	t.Parallel()
	for name, page := range drawn(t) {
		for _, bad := range []string{"<script>", "<img", "javascript:", `"'&<`} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: contains %s", name, bad)
			}
		}
	}
}

func TestPagesHoldNoInlineScriptOrStyleAndNoOtherHost(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+="|<script[^>]*>[^<]|(src|href|action)="(https?:)?//`)
	for name, page := range drawn(t) {
		if found := inline.FindString(page); found != "" {
			t.Errorf("%s: %q breaks the content security policy", name, found)
		}
	}
}

func TestPagesCanBeUsedWithAScreenReader(t *testing.T) {
	t.Parallel()
	ids := regexp.MustCompile(`\sid="([^"]+)"`)
	labels := regexp.MustCompile(`<label[^>]* for="([^"]+)"`)
	headings := regexp.MustCompile(`<h1[\s>]`)
	for name, page := range drawn(t) {
		seen := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(page, -1) {
			if seen[m[1]] {
				t.Errorf("%s: id %s twice", name, m[1])
			}
			seen[m[1]] = true
		}
		for _, m := range labels.FindAllStringSubmatch(page, -1) {
			if !seen[m[1]] {
				t.Errorf("%s: label for %s, which is not there", name, m[1])
			}
		}
		if n := len(headings.FindAllString(page, -1)); n != 1 {
			t.Errorf("%s: %d first headings", name, n)
		}
		if !strings.Contains(page, `href="#main"`) || !strings.Contains(page, `<html lang="zh-CN"`) {
			t.Errorf("%s: no skip link or language", name)
		}
	}
}

func TestErrorsPointAtTheirFields(t *testing.T) {
	t.Parallel()
	page := draw(t, portal.Frame{}, views()["letter"])
	for _, want := range []string{
		`<title>需要修改：写信`, `href="#title"`, `id="title-problem"`, `aria-describedby="phone-problem"`, `aria-invalid="true"`, "一般问题",
		`value="f1" checked`, `value="report" required checked`, `<option value="report" selected>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("letter form lacks %s", want)
		}
	}
	for _, m := range regexp.MustCompile(`class="problems"(?s:.*?)</div>`).FindAllString(page, -1) {
		for _, a := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(m, -1) {
			if !strings.Contains(page, `id="`+a[1]+`"`) {
				t.Errorf("summary links to #%s, which is not there", a[1])
			}
		}
	}
}

func TestEmergencyTellsNumbersBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	page := draw(t, portal.Frame{}, views()["emergency"])
	_, body, _ := strings.Cut(page, `<main`)
	call, text := strings.Index(body, `href="tel:110"`), strings.Index(body, "请马上拨打110")
	if call < 0 || text < call || strings.Index(body, "留给专班办理") < text {
		t.Errorf("the order is not: number to call, wording, letter (%d, %d)", call, text)
	}
	if !strings.Contains(body, "由本地公安机关公布") {
		t.Error("a line without a number does not say who publishes it")
	}
	if !strings.Contains(body, `role="alert"`) {
		t.Error("the numbers are not announced")
	}
}

func TestLargePrintIsInTheMarkup(t *testing.T) {
	t.Parallel()
	if page := draw(t, portal.Frame{Large: true, Back: "/letters"}, portal.About{}); !strings.Contains(page, `class="large"`) ||
		!strings.Contains(page, "标准版") || !strings.Contains(page, `name="back" value="/letters"`) {
		t.Error("large print needs its class, the way back to standard print, and the page to return to")
	}
	if page := draw(t, portal.Frame{}, portal.About{}); strings.Contains(page, `class="large"`) || !strings.Contains(page, "长辈版") {
		t.Error("standard print offers large print")
	}
}

func TestTimesAreBeijingTimes(t *testing.T) {
	t.Parallel()
	page := draw(t, portal.Frame{}, views()["ticket"]) // 18:30 UTC is the next day in Beijing
	for _, want := range []string{"2026年11月23日（星期一）", "2026年11月23日 02:30", `datetime="2026-11-23T02:30:00+08:00"`} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
}

func TestPagesStaySmall(t *testing.T) {
	t.Parallel()
	pages, err := portal.New()
	if err != nil {
		t.Fatal(err)
	}
	static := 0
	for _, name := range []string{"portal.css", "portal.js", "icon.svg"} {
		path := pages.Assets().Path(name)
		a, ok := pages.Assets().Open(strings.TrimPrefix(path, portal.AssetPrefix))
		if !ok || a.Type == "" {
			t.Fatalf("%s is not served under %s", name, path)
		}
		static += len(a.Content)
	}
	for name, v := range views() {
		if size := len(draw(t, portal.Frame{}, v)) + static; size > 60<<10 {
			t.Errorf("%s: %d bytes with style and script", name, size)
		}
	}
}

func TestAStaticFileHasItsHashInItsName(t *testing.T) {
	t.Parallel()
	pages, err := portal.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pages.Assets().Open("portal.css"); ok {
		t.Error("a static file is served without the hash in its name")
	}
}

func BenchmarkRender(b *testing.B) {
	pages, err := portal.New()
	if err != nil {
		b.Fatal(err)
	}
	v := views()["entry"]
	for b.Loop() {
		if err := pages.Render(io.Discard, portal.Frame{}, v); err != nil {
			b.Fatal(err)
		}
	}
}
