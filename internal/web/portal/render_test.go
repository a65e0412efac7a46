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
		"sign in":         portal.SignIn{Login: evil, Changed: true, Errors: portal.Problems{{Field: "login", Message: "不对。"}}},
		"password":        portal.Password{Must: true, Errors: portal.Problems{{Field: "new", Message: "太短。"}}},
		"desk":            portal.Desk{Name: evil, Tiles: []portal.Tile{{Path: "/staff/labels", Name: "问题标注", Hint: evil}}},
		"explain": portal.Explain{Text: evil, Result: &portal.Explanation{
			Read: evil, Decision: "直接回答", Because: "可靠。", Reason: "answer.sure", Line: evil, Answer: &portal.Brief{ID: "a", Question: evil},
			Options: []portal.Brief{{ID: "b", Question: evil}}, Limits: []portal.Figure{{Name: "门槛", Code: "answer", Value: .5}},
			Readings: []portal.Reading{{
				Name: "整句话", Text: evil, Normalised: evil, Mended: evil, Concepts: []string{evil, "补办"}, Slots: []string{evil}, Confidence: .9, Ours: .95,
				Obstacles: []string{"不够可靠。"}, Evidence: []portal.Summand{{Name: "起点", Code: "bias", Value: 1, Weight: -3, Product: -3}},
				Candidates: []portal.Candidate{{ID: "a", Question: evil, Score: 12.5, Features: []portal.Summand{{Code: evil, Value: 1, Weight: 2, Product: 2}}}},
			}},
			Choices: []portal.Choice{{Value: "a", Name: evil}, {Value: "b", Name: "另一条"}},
		}},
		"labels": portal.Labels{
			State: "waiting", Tabs: []portal.Tab{{Value: "waiting", Name: "待确认", N: 2}}, Errors: portal.Problems{{Message: "没有保存。"}}, More: "/staff/labels?state=waiting&after=20",
			Labels: []portal.Label{
				{ID: "l1", Question: evil, Count: 3, First: at(), Last: at(), Votes: []portal.Vote{{Text: evil, Count: 3}}, Choices: choices, Version: 1},
				{ID: "l2", Question: "已确认的", Count: 3, First: at(), Last: at(), Decided: at(), Confirmed: true, Entries: []portal.Brief{{ID: "a", Question: evil}}, Choices: choices, Version: 2},
			},
		},
		"answers": portal.Answers{Weeks: []portal.Week{{Name: "2026-W47", Total: portal.Row{Asked: 3, Answered: 2}}}, Chosen: &portal.Week{Name: "2026-W47", Rows: []portal.Row{{Name: evil, Asked: 3, Answered: 2}}}},
		"supervision": portal.Supervision{
			At: at(), Heads: []string{"在办"}, Chosen: evil, More: "/staff/supervision?cursor=x", Table: "/api/v1/staff/supervision/ledger.csv",
			Units:   []portal.WatchedUnit{{Name: evil, Counts: []portal.WatchedCount{{N: 3, Path: "/staff/supervision?aspect=open#list", What: evil}}, Oldest: at()}},
			Tickets: []portal.WatchedTicket{{Number: "J1", Kind: "求助", Unit: evil, Holder: evil, Status: "办理中", Card: "red", CardName: "红牌", Due: at(), Feedback: at()}},
		},
		"gaps": portal.Gaps{State: "open", More: "/staff/gaps?after=20", Tabs: []portal.Choice{{Value: "open", Name: "待解读"}}, Gaps: []portal.Gap{
			{ID: "g1", Wordings: []string{evil, evil}, Times: 37, People: 31, First: at(), Last: at(), Category: evil, Unit: evil, Due: at(), Late: true, Disliked: 2, Tickets: []string{"J1", "J2"}, Hidden: 3, Review: "r1"},
			{ID: "g2", Times: 1, People: 1, First: at(), Last: at(), Hidden: 1, Entry: "a", Reason: "已有问答", Words: evil},
		}},
		"a gap": portal.GapItem{
			Gap:   portal.Gap{ID: "g1", Wordings: []string{evil, evil}, Times: 37, People: 31, First: at(), Last: at(), Unit: evil, Due: at(), Late: true, Tickets: []string{"J1"}, Hidden: 3, Review: "r1", Entry: "a", Reason: "已有问答", Words: evil},
			State: "待解读", Version: 2, Opened: at(), Into: "g2", Replied: []string{"J1"}, History: []portal.GapAct{{At: at(), What: "转给" + evil, By: evil, Reason: "已有问答"}, {At: at(), What: "不作解读"}},
			Assign: true, Decline: true, Merge: true, Draft: true, Units: []portal.Ticked{{Choice: portal.Choice{Value: "u", Name: evil}, On: true}}, Reasons: []portal.Ticked{{Choice: portal.Choice{Value: "known", Name: evil}}},
			Targets: []portal.Ticked{{Choice: portal.Choice{Value: "g3", Name: evil}}}, Why: evil, Ticket: evil, Errors: portal.Problems{{Field: "ticket", Message: evil}},
		},
		"a gap nobody may act on": portal.GapItem{Gap: portal.Gap{ID: "g1", Times: 1, People: 1, First: at(), Last: at(), Hidden: 1}, State: "观察中"},
		"an entry for a gap":      portal.TextForm{Kind: portal.Choice{Value: "entry", Name: "问答"}, Gap: &portal.TextGap{ID: "g1", Version: 2, Ticket: evil, Removed: []portal.RemovedPassage{{Place: "正文第1字", Passage: evil, Kind: "姓名", Placeholder: "【姓名】"}}}, Title: evil, Body: evil},
		"nothing to supervise":    portal.Supervision{At: at()},
		"shelf": portal.Shelf{
			States: []portal.ShelfState{{Value: "due", Name: "待复审", Path: "/staff/library?state=due", N: 3}}, Owners: choices, State: "due", Text: evil, Count: 200, More: "/staff/library?from=100", Imports: true,
			Entries: []portal.ShelfBrief{{ID: "a", Question: evil, Owner: evil, State: "待复审", Version: 1, Next: at(), ReviewBy: at(), Text: "t1", TextState: "草稿"}}, Errors: portal.Problems{{Field: "file", Message: "请选择文件。"}},
		},
		"nothing on the shelf": portal.Shelf{},
		"an import":            portal.ShelfImport{File: evil, Kept: "aWQ6IGE=", Counts: "1条新增", Rows: []portal.ImportedRow{{N: 3, Entry: evil, Question: evil, Outcome: "修改", Fields: "答案", Text: "t1"}}},
		"a refused import":     portal.ShelfImport{File: evil, Faults: []portal.ImportFault{{Row: 3, Column: "答案", Message: evil}, {Message: evil}}},
		"an entry on the shelf": portal.ShelfItem{
			ShelfBrief: portal.ShelfBrief{ID: "a", Question: evil, State: "已发布", Version: 2, Text: "t1", TextState: "审核中"}, Answer: evil, ValidFrom: at(), ValidTo: at(), Acts: true, Reasons: choices, Notices: choices, Told: evil,
			Bases: []portal.ShelfBasis{{ID: "law", Title: evil, Article: evil, Validity: "现行有效"}}, Versions: []portal.ShelfVersion{{N: 2, From: at()}, {N: 1, From: at(), Stopped: at()}},
			Gate:  &portal.ShelfGate{Figures: []portal.GateFigure{{Name: "首位命中", Before: "90%", After: "80%", Fell: true}}, Changes: 3, At: at()},
			Given: &portal.ShelfGiven{Version: 1, Stopped: true, Answers: []portal.GivenAnswer{{At: at(), Ticket: "J1"}}, Total: 3, Hidden: 1, Cut: true, Calls: []portal.AnsweredCall{{ID: "c1", At: at(), Number: "12345", By: evil, Unit: evil}}, CutCalls: true},
		},
		"scores": portal.Scores{
			Month: "2026-10", Frozen: at(), Intact: true, Rules: evil, More: true, Circulars: []portal.Circular{{Unit: evil, Ticket: "J1", Note: evil, At: at()}},
			Units: []portal.ScoredUnit{{Name: evil, Score: "80.00", Parts: []portal.ScoredPart{{Name: "按时答复率", Share: "90.00", Points: "30.00", Cases: 18, Of: 20, Weight: 40}}}},
		},
		"notices": portal.Notices{Notices: []portal.Notice{{ID: "n1", Title: evil, Emergency: true, Published: at()}}},
		"notice":  portal.Notice{ID: "n1", Unit: evil, Title: evil, Text: evil, Published: at(), Until: at(), Versions: 2},
		"callbacks": portal.Callbacks{
			At: at(), Calling: true, Filing: true, Overdue: 1, Filed: portal.AppealForm{Ticket: evil, Words: evil, Reason: "consult", Reasons: choices},
			Calls:   []portal.CallBrief{{ID: "c1", Ticket: "261122-0000-0001", Unit: evil, Cause: "评价不满意", Due: at(), Rectify: at(), Attempts: 2, Late: true}},
			Appeals: []portal.Appeal{{ID: "a1", Ticket: "261122-0000-0001", Unit: evil, Rating: "很差", Reason: evil, Words: evil, Decision: evil, Filed: at(), Due: at(), Late: true, Mine: true, Version: 1}},
		},
		"callback": portal.Call{
			CallBrief: portal.CallBrief{ID: "c1", Ticket: "261122-0000-0001", Unit: evil, Cause: "已答复", Due: at()}, Waiting: true, Title: evil, Reply: evil, Contact: evil,
			Results: choices, Scores: choices, Thens: choices, Reasons: []portal.Ticked{{Choice: choices[0], On: true}}, Words: evil, Note: evil, Errors: portal.Problems{{Message: evil}},
		},
		"reviews": portal.Reviews{Mine: true, Texts: []portal.ReviewBrief{{ID: "r1", Kind: "公告", Title: evil, Unit: evil, State: "审核中", Step: "一校", Due: at(), Late: true}}},
		"review": portal.Review{
			ReviewBrief: portal.ReviewBrief{ID: "r1", Title: evil, Unit: evil, Step: "一校", Due: at(), Mine: true}, Hash: "h", StepID: "proof_1", Body: evil,
			Attributes: []portal.Named{{Name: evil, Value: evil}}, Findings: []portal.ReviewFinding{{Excerpt: evil, Message: evil, Blocks: true}},
			Changes:  []portal.ReviewChange{{Part: evil, Spans: []portal.ReviewSpan{{Before: evil, After: evil}}}},
			Ledger:   []portal.ReviewAct{{At: at(), Move: "退回", By: evil, For: evil, Gate: "文字关", Why: evil, Words: evil, Comments: []portal.Named{{Name: evil, Value: evil}}}},
			Versions: []int{1}, Gates: []portal.ReviewGate{{Value: "legal", Name: "法律关", Needed: true, Reasons: choices}}, Moves: choices, Withdraws: choices,
			Errors: portal.Problems{{Message: "没有办成。"}},
		},
		"text form": portal.TextForm{
			ID: "r1", Kind: portal.Choice{Value: "notice", Name: "公告"}, About: evil, Hash: "h", Title: evil, Body: evil, Long: 100, Reasons: choices,
			Fields: []portal.TextField{{Name: "level", Label: "级别", Options: choices}, {Name: "basis", Label: "依据", Type: "lines", Value: evil, Hint: evil}, {Name: "from", Label: "开始时间", Type: "datetime-local", Value: evil}},
			Errors: portal.Problems{{Field: "from", Message: "时间不对。"}},
		},
		"review form": portal.ReviewForm{
			Title: evil, Unit: evil, Authors: []portal.Signature{{Name: evil, Unit: evil, For: evil, At: at()}}, Approved: at(), Published: &portal.Signature{Name: evil, At: at()},
			Readings: []portal.FormReading{{Signature: portal.Signature{Name: evil, At: at()}, Step: "一校", Gate: "文字关", Why: evil, Words: evil}},
		},
		"reports": portal.Reports{
			Period: "2026", By: []portal.Breakdown{{Value: "unit", Name: "单位", Current: true}}, Heads: []portal.FigureHead{{Name: "按时答复率", Formula: evil}}, Name: "单位",
			Lines:  []portal.FigureLine{{Name: evil, Figures: []portal.FigureLink{{Text: "90.00%", Path: "/staff/reports?figure=on_time#list", What: evil}}}},
			Total:  portal.FigureLine{Name: "合计", Figures: []portal.FigureLink{{Text: "90.00%"}}},
			Charts: []portal.Chart{portal.NewChart(evil, []portal.Bar{{Name: evil, Text: "90.00%", N: 9000}, {Name: "无"}})},
			Kept:   []string{"2026-10"}, Broken: []string{"2026-11"}, Running: []string{"2026-12"},
			Tables: []portal.ReportedTable{{Name: evil, Source: evil, Check: evil, Left: 1, Right: 2, Odd: []string{"J1"}, Rows: []portal.ReportedRow{{Name: evil, Formula: evil, Text: "3"}}}},
			Topics: portal.ReportedTable{Name: evil, Source: evil, Rows: []portal.ReportedRow{{Name: evil, Text: "5", Path: "/staff/reports?figure=topic#list"}}},
			Tips:   []string{"收到少于5件"}, Form: evil, Chosen: evil, Tickets: []portal.CountedTicket{{Number: "J1", Step: evil, At: at()}}, More: "/staff/reports?cursor=x", Table: "/api/v1/staff/reports/2026/table",
		},
		"no such period":     portal.Reports{Period: evil, Errors: portal.Problems{{Field: "period", Message: "时间不对。"}}},
		"scores that differ": portal.Scores{Month: "2026-10", Frozen: at()},
		"no such month":      portal.Scores{Month: evil, Errors: portal.Problems{{Field: "month", Message: "月份不对。"}}},
		"failure":            portal.Failure{Status: 404, Heading: "没有找到", Text: evil, Request: "r-1"},
	}
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
	for name, v := range views() {
		page := draw(t, portal.Frame{Back: "/"}, v)
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
	for name, v := range views() {
		if found := inline.FindString(draw(t, portal.Frame{Back: "/"}, v)); found != "" {
			t.Errorf("%s: %q breaks the content security policy", name, found)
		}
	}
}

func TestPagesCanBeUsedWithAScreenReader(t *testing.T) {
	t.Parallel()
	ids := regexp.MustCompile(`\sid="([^"]+)"`)
	labels := regexp.MustCompile(`<label[^>]* for="([^"]+)"`)
	headings := regexp.MustCompile(`<h1[\s>]`)
	for name, v := range views() {
		page := draw(t, portal.Frame{Back: "/"}, v)
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
	for _, want := range []string{"2026年11月23日（星期一）", "2026年11月23日 02:30", `datetime="2026-11-23T02:30:00&#43;08:00"`} {
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
		path, err := pages.Assets().Path(name)
		if err != nil {
			t.Fatal(err)
		}
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

func TestUnknownStaticFile(t *testing.T) {
	t.Parallel()
	pages, err := portal.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pages.Assets().Open("portal.css"); ok {
		t.Error("a static file is served without the hash in its name")
	}
	if _, err := pages.Assets().Path("none.css"); err == nil {
		t.Error("a file that is not there has an address")
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
