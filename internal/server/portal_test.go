package server

import (
	"bytes"
	"context"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

func TestPages(t *testing.T) {
	t.Parallel()
	h, _ := newPages(t)
	for _, c := range []struct {
		name, method, path string
		form               url.Values
		status             int
		contains, absent   []string
	}{
		{"home", "GET", "/", nil, 200, []string{`action="/ask"`, `href="tel:110"`, "身份证"}, nil},
		{"ask", "GET", "/ask", nil, 200, []string{`name="text"`}, nil},
		{"answer", "POST", "/ask", url.Values{"text": {"身份证<b>丢了"}}, 200, []string{"可以补领", "第7版", "《居民身份证法》第十一条", "示例内容", "身份证&lt;b&gt;丢了", `action="/letters/draft"`}, []string{"<b>丢了"}},
		{"clarify", "POST", "/ask", url.Values{"text": {"驾照"}}, 200, []string{
			`name="entry" value="lost"`, "身份证丢了？", `name="none" value="1"`, "以上都不是", `name="offered" value="lost"`, `name="offered" value="other"`, `name="round" value="1"`, `name="open" value="驾照"`,
		}, nil},
		{"none of these", "POST", "/ask", url.Values{"text": {"驾照"}, "none": {"1"}, "open": {"驾照"}, "round": {"2"}, "offered": {"lost"}, "refused": {"a", "b"}}, 200, []string{"拒绝了驾照：[lost] [a b] 2", "您问的是"}, []string{`name="round"`}},
		{"follow-up", "POST", "/ask", url.Values{"text": {"那要多少钱"}, "topic": {"lost"}, "asked": {"丢了"}}, 200, []string{"接着lost问", "&lt;i&gt;另一件&lt;/i&gt;", "身份证丢了怎么办？", `name="topic" value="lost"`}, []string{"<i>", "line:"}},
		{"chosen", "POST", "/ask", url.Values{"text": {"驾照"}, "entry": {"lost"}}, 200, []string{"可以补领", "第7版"}, nil},
		{"chosen is gone", "POST", "/ask", url.Values{"entry": {"none"}}, 404, []string{"没有这条问答"}, nil},
		{"emergency", "POST", "/ask", url.Values{"text": {"我家着火了"}}, 200, []string{`href="tel:119"`, "请马上打电话"}, []string{"line:"}},
		{"no answer", "POST", "/ask", url.Values{"text": {"天气"}}, 200, []string{"没有现成的答案", "留给专班办理"}, []string{"line:"}},
		{"empty question", "POST", "/ask", url.Values{"text": {"  "}}, 422, []string{"问题不能为空", `href="#text"`}, nil},
		{"huge question", "POST", "/ask", url.Values{"text": {strings.Repeat("长", 40_000)}}, 413, []string{"内容太大"}, nil},
		{"chat", "GET", "/chat", nil, 200, []string{`<script src="/widget.js"`, "<noscript>"}, nil},
		{"draft", "POST", "/letters/draft", url.Values{"text": {"楼下太吵"}}, 200, []string{"楼下太吵</textarea>", `value="consult" required checked`}, nil},
		{"letter form", "GET", "/letters/new", nil, 200, []string{`name="key"`, "个人信息处理告知", "可以不留姓名", `enctype="multipart/form-data"`}, nil},
		{"letter without words", "POST", "/letters/new", url.Values{"kind": {"report"}, "body": {"有人"}, "phone": {"abc"}}, 422, []string{"标题不能为空", "正确的电话", "有人</textarea>", `href="#phone"`, `value="abc"`}, nil},
		{"letter of unknown kind", "POST", "/letters/new", url.Values{"kind": {"x"}, "title": {"t"}, "body": {"b"}}, 422, []string{`href="#kind"`}, nil},
		{"letter", "POST", "/letters/new", url.Values{"key": {"1234567890abcdef"}, "kind": {"report"}, "title": {"t"}, "body": {"b"}}, 200, []string{"CODE-ONCE", "信箱专班", "第1个工作日"}, nil},
		{"question the library may answer", "POST", "/letters/new", url.Values{"key": {"234567890abcdefg"}, "kind": {"consult"}, "title": {"身份证丢了"}, "body": {"怎么办<b>"}}, 200, []string{"先看看这些能不能回答您", "可以补领", "怎么办&lt;b&gt;</textarea>", `name="seen" value="1"`, "照样提交"}, []string{"CODE-ONCE"}},
		{"question all the same", "POST", "/letters/new", url.Values{"key": {"34567890abcdefgh"}, "kind": {"consult"}, "title": {"身份证丢了"}, "body": {"怎么办"}, "seen": {"1"}}, 200, []string{"CODE-ONCE"}, nil},
		{"another letter is not held up", "POST", "/letters/new", url.Values{"key": {"4567890abcdefghi"}, "kind": {"help"}, "title": {"身份证丢了"}, "body": {"怎么办"}}, 200, []string{"CODE-ONCE"}, nil},
		{"beforehand", "POST", "/letters/beforehand", url.Values{"title": {"身份证"}}, 200, []string{"1条相近的问答", "可以补领"}, []string{"<html", "紧急电话"}},
		{"nothing beforehand", "POST", "/letters/beforehand", url.Values{"title": {"天气"}}, 200, nil, []string{"相近"}},
		{"progress form", "GET", "/letters", nil, 200, []string{`name="code"`}, nil},
		{"supply", "POST", "/letters/supply", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}, "text": {"补充"}}, 200, []string{"第二步"}, []string{"CODE-ONCE"}},
		{"supply with a wrong code", "POST", "/letters/supply", url.Values{"number": {"261122-0000-0001"}, "code": {"WRONG"}, "text": {"门牌号是8号"}}, 404, []string{"没有查到", "门牌号是8号", `id="supply-code-problem"`}, []string{"WRONG"}},
		{"supply nothing", "POST", "/letters/supply", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}}, 422, []string{"补充内容不能为空", `id="supply-text-problem"`}, nil},
		{"rate", "POST", "/letters/rate", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}, "score": {"2"}, "text": {"没人联系我"}}, 200, []string{"第二步"}, []string{"CODE-ONCE"}},
		{"rate without a grade", "POST", "/letters/rate", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}, "score": {"many"}, "text": {"没人联系我"}}, 422, []string{"请选择一档", "没人联系我"}, nil},
		{"withdraw", "POST", "/letters/withdraw", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}}, 200, []string{"第二步"}, nil},
		{"progress", "POST", "/letters", url.Values{"number": {"261122-0000-0001"}, "code": {"CODE-ONCE"}}, 200, []string{"办理中", "交警支队", "第二步", "为什么是这一天", "咨询：1个工作日", "办理规定第九条", "第1个工作日", "补充内容", "您满意吗", "撤回这封信"}, []string{"CODE-ONCE"}},
		{"wrong code", "POST", "/letters", url.Values{"number": {"261122-0000-0001"}, "code": {"guess"}}, 404, []string{"没有查到", `value="261122-0000-0001"`}, []string{"交警支队", "guess"}},
		{"no code", "POST", "/letters", url.Values{"number": {"x"}}, 422, []string{"请填写查询码"}, nil},
		{"too many tries", "POST", "/letters", url.Values{"number": {"limited"}, "code": {"x"}}, 429, []string{"太频繁"}, nil},
		{"hotlines", "GET", "/hotlines", nil, 200, []string{"八类举报电话", "由本地公安机关公布", `href="tel:12345"`}, nil},
		{"library", "GET", "/library", nil, 200, []string{`href="/library/lost"`}, nil},
		{"library by category", "GET", "/library?category=" + url.QueryEscape("身份证"), nil, 200, []string{`aria-current="true">身份证`}, nil},
		{"library, made-up category", "GET", "/library?category=%3Cscript%3E", nil, 200, []string{"政策问答库"}, []string{"<script>", "&lt;script"}},
		{"search", "POST", "/library", url.Values{"text": {"身份证"}}, 200, []string{"搜索结果", `href="/library/lost"`}, nil},
		{"search in vain", "POST", "/library", url.Values{"text": {"没有的"}}, 200, []string{"没有找到"}, nil},
		{"entry", "GET", "/library/lost", nil, 200, []string{"治巡支队", "现行有效", "全国人大常委会", "示例内容"}, nil},
		{"no entry", "GET", "/library/none", nil, 404, []string{"没有这条问答"}, nil},
		{"about", "GET", "/about", nil, 200, []string{"无障碍说明", "个人信息处理"}, nil},
		{"no static file", "GET", "/static/none.css", nil, 404, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := get(h, c.path)
			if c.method == http.MethodPost {
				w = post(h, c.path, c.form)
			}
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			for _, want := range c.contains {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("page lacks %q", want)
				}
			}
			for _, bad := range append(c.absent, "<no value>", "ZgotmplZ") {
				if strings.Contains(w.Body.String(), bad) {
					t.Errorf("page contains %q", bad)
				}
			}
		})
	}
}

type upload struct{ name, content string }

// letterWith is the letter form as a browser sends it, fields before files.
func letterWith(key string, fields map[string]string, files ...upload) *http.Request {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("key", key) // a buffer takes everything
	for k, v := range map[string]string{"kind": "help", "title": "求助", "body": "内容"} {
		if _, ok := fields[k]; !ok {
			_ = form.WriteField(k, v)
		}
	}
	for k, v := range fields {
		_ = form.WriteField(k, v)
	}
	for _, f := range files {
		part, _ := form.CreateFormFile("files", f.name)
		_, _ = io.WriteString(part, f.content)
	}
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, "/letters/new", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func TestLetterSentTwiceAtOnceIsOneLetter(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			w := do(h, letterWith("key-of-the-form", nil, upload{"a.txt", "照片"}, upload{"b.txt", "录音"}))
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "CODE-ONCE") {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	if d.receipts != 1 || d.uploads != 2 {
		t.Errorf("%d letters and %d files, want 1 and 2", d.receipts, d.uploads)
	}
}

func TestChangedLetterUnderTheSameKeyIsAskedAbout(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	do(h, letterWith("key-of-the-form", nil))
	w := do(h, letterWith("key-of-the-form", map[string]string{"title": "另一件事"}))
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "已经提交过") || !strings.Contains(w.Body.String(), "另一件事") {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(w.Body.String())
	if w := do(h, letterWith(key[1], map[string]string{"title": "另一件事"})); w.Code != http.StatusOK || d.receipts != 2 {
		t.Errorf("status %d, %d letters", w.Code, d.receipts)
	}
}

func TestFilesThatWereKeptNeedNotBeChosenAgain(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	w := do(h, letterWith("key-of-the-form", map[string]string{"title": ""}, upload{"照片.txt", "x"}, upload{"病毒.exe", "MZ"}))
	page := html.UnescapeString(w.Body.String())
	for _, want := range []string{"病毒.exe：不支持这种文件", "保留 照片.txt", `value="attachment-1" checked`} {
		if !strings.Contains(page, want) {
			t.Errorf("form lacks %q", want)
		}
	}
	w = do(h, letterWith("key-of-the-form", map[string]string{"kept": "attachment-1"}))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if got := d.opened["page/key-of-the-form"].Letter.Attachments; len(got) != 1 || got[0] != "attachment-1" {
		t.Errorf("attachments %v", got)
	}
}

func TestLetterFormLimits(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	six := []upload{{"1", "1"}, {"2", "2"}, {"3", "3"}, {"4", "4"}, {"5", "5"}, {"6", "6"}}
	if w := do(h, letterWith("key-of-the-form", nil, six...)); w.Code != http.StatusUnprocessableEntity || d.uploads != channel.MaxAttachments {
		t.Errorf("six files: status %d, %d stored", w.Code, d.uploads)
	}
	if w := do(h, letterWith("another-key", map[string]string{"body": strings.Repeat("x", maxForm+1)})); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("huge field: status %d", w.Code)
	}
	cut := letterWith("third-key", nil, upload{"a", "a"})
	cut.Body = io.NopCloser(io.LimitReader(cut.Body, 200))
	if w := do(h, cut); w.Code != http.StatusBadRequest {
		t.Errorf("cut form: status %d", w.Code)
	}
	if d.receipts != 0 {
		t.Errorf("%d letters from broken forms", d.receipts)
	}
}

func TestComplaintNamesWhomItIsAbout(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	do(h, letterWith("complaint-key", map[string]string{"kind": "complaint", "about": "东城分局", "name": "", "phone": ""}))
	do(h, letterWith("praise-key", map[string]string{"kind": "praise", "about": "东城分局", "category": "made-up", "district": "east"}))
	complaint, praise := d.opened["page/complaint-key"], d.opened["page/praise-key"]
	if len(complaint.Names) != 1 || complaint.Names[0] != "东城分局" || len(praise.Names) != 0 {
		t.Errorf("names %v and %v", complaint.Names, praise.Names)
	}
	if praise.Letter.Category != "" || praise.Letter.District != "east" || praise.Letter.Source != channel.Web {
		t.Errorf("letter %+v", praise.Letter)
	}
}

func TestLargePrintGoesBackToOurPagesOnly(t *testing.T) {
	t.Parallel()
	h, _ := newPages(t)
	for back, want := range map[string]string{
		"/library?category=%E6%88%B7%E7%B1%8D": "/library?category=%E6%88%B7%E7%B1%8D", "/letters": "/letters", "": "/",
		"//evil.example": "/", `/\evil.example`: "/", "https://evil.example/": "/", "javascript:alert(1)": "/", "/\tx": "/",
	} {
		w := post(h, "/print", url.Values{"large": {"1"}, "back": {back}})
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("back %q: %d %q, want %q", back, w.Code, got, want)
		}
		if c := w.Header().Get("Set-Cookie"); !strings.Contains(c, "jiesu_large=1") {
			t.Errorf("cookie %q", c)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/about", nil)
	r.AddCookie(&http.Cookie{Name: largeCookie, Value: "1"})
	if w := do(h, r); !strings.Contains(w.Body.String(), `class="large"`) {
		t.Error("the choice is not kept")
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	t.Parallel()
	h, _ := newPages(t)
	for _, m := range regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(get(h, "/").Body.String(), -1) {
		w := get(h, m[1])
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", m[1], w.Code, w.Header())
		}
	}
}

func TestUploadMemoForgets(t *testing.T) {
	t.Parallel()
	now := paperNow()
	m := newUploadMemo(func() time.Time { return now })
	calls := 0
	store := func() (channel.Attachment, error) { calls++; return channel.Attachment{ID: strconv.Itoa(calls)}, nil }
	for i := range memoSize + 10 {
		if _, err := m.once(strconv.Itoa(i), []byte("x"), store); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.forms) > memoSize {
		t.Errorf("%d forms remembered", len(m.forms))
	}
	now = now.Add(2 * memoLife)
	if _, err := m.once("new", []byte("x"), store); err != nil || len(m.forms) != 1 {
		t.Errorf("%d forms remembered after they are old: %v", len(m.forms), err)
	}
	if _, err := m.once("bad", nil, func() (channel.Attachment, error) { return channel.Attachment{}, io.ErrUnexpectedEOF }); err == nil {
		t.Error("an error was swallowed")
	}
}

func (d *paperDesk) Notices(context.Context) ([]desk.PublicNotice, error) {
	return []desk.PublicNotice{{ID: "n1", Unit: "交警支队", Title: "环城路封闭", Text: "请绕行。", Level: desk.EmergencyNotice, Published: time.Now()}}, nil
}

func (d *paperDesk) Notice(ctx context.Context, id string) (desk.PublicNotice, error) {
	all, err := d.Notices(ctx)
	if id != all[0].ID {
		return desk.PublicNotice{}, problem.New(problem.NotFound, "notice.not_found", "没有这条公告。")
	}
	return all[0], err
}

func (d *paperDesk) Emergencies(ctx context.Context) []desk.PublicNotice {
	all, _ := d.Notices(ctx)
	return all
}

func TestAnEmergencyStandsOnEveryPageAndHasItsOwn(t *testing.T) {
	t.Parallel()
	h, _ := newPages(t)
	for path, want := range map[string]string{
		"/": `href="/notices/n1"`, "/hotlines": `href="/notices/n1"`, "/chat": `href="/notices/n1"`, "/notices": "环城路封闭", "/notices/n1": "请绕行。",
	} {
		if w := get(h, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d without %s", path, w.Code, want)
		}
	}
	if w := get(h, "/notices/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("no such notice: %d", w.Code)
	}
}
