package server

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

func paperReply() desk.PublicReplyView {
	return desk.PublicReplyView{CategoryName: "交管", UnitName: "交警支队", PublicReply: desk.PublicReply{
		ID: "0190a0a0-0000-7000-8000-000000000001", Kind: channel.Help, Category: "traffic", Title: "信号灯 <坏了>", Asked: "怎么还不修？", Text: "已经修好 & 验收。",
		Received: paperNow(), Answered: paperNow().AddDate(0, 0, 2), Published: paperNow().AddDate(0, 0, 3), Version: 2, Redacted: true,
	}}
}

func (d *paperDesk) PublicReplies(_ context.Context, f desk.ReplyFilter) (desk.ReplyPage, error) {
	switch {
	case f.Query == "车":
		return desk.ReplyPage{}, problem.New(problem.Invalid, "replies.query", "请输入两个以上的字。").With(problem.Field{Pointer: "/text", Code: "length", Message: "请输入两个以上的字。"})
	case f.After != "" || f.Query == "没有的":
		return desk.ReplyPage{}, nil
	}
	return desk.ReplyPage{Replies: []desk.PublicReplyView{paperReply()}, Next: paperReply().ID}, nil
}

func (d *paperDesk) PublicReply(_ context.Context, id string) (desk.PublicReplyView, error) {
	if id != paperReply().ID {
		return desk.PublicReplyView{}, problem.New(problem.NotFound, "reply.not_found", "没有这条公开的答复，可能已经撤回。")
	}
	return paperReply(), nil
}

func (d *paperDesk) ReplyCategories(context.Context) ([]desk.ReplyCategory, error) {
	return []desk.ReplyCategory{{Code: "traffic", Name: "交管", N: 1}, {Name: "其他", N: 2}}, nil
}

func (d *paperDesk) MessageFigures(context.Context) (desk.MessageFigures, error) {
	c := desk.MessageCounts{Received: 12, Accepted: 9, Declined: 1, Withdrawn: 1, Answered: 8, OnTime: 6, Published: 3}
	return desk.MessageFigures{Total: c, Months: []desk.MonthOfMessages{{Month: "2026-11", MessageCounts: c}}}, nil
}

func TestPagesOfReplies(t *testing.T) {
	t.Parallel()
	h, d := newPages(t)
	id := paperReply().ID
	for name, c := range map[string]struct {
		path   string
		form   url.Values
		status int
		shows  []string
		not    string
	}{
		"list":              {"/replies", nil, 200, []string{`href="/replies/` + id + `"`, "信号灯 &lt;坏了&gt;", "2026年11月25日", `href="/replies?after=` + id, `href="/replies?category=traffic"`}, "其他"},
		"of a category":     {"/replies?category=traffic", nil, 200, []string{`href="/replies?category=traffic" aria-current="true"`, `href="/replies?category=traffic&amp;after=`}, ""},
		"made-up category":  {"/replies?category=%3Cscript%3E", nil, 200, []string{"公开的答复"}, "script&gt;"},
		"no older ones":     {"/replies?after=x", nil, 200, []string{"没有更早的答复了"}, ""},
		"search":            {"/replies", url.Values{"text": {"修好"}}, 200, []string{"搜索结果", `name="after" value="` + id}, ""},
		"search in vain":    {"/replies", url.Values{"text": {"没有的"}}, 200, []string{"没有找到"}, ""},
		"one character":     {"/replies", url.Values{"text": {"车"}}, 422, []string{"请输入两个以上的字", `href="#text"`}, ""},
		"one":               {"/replies/" + id, nil, 200, []string{"怎么还不修？", "已经修好 &amp; 验收", "交警支队", "第2版", "已经隐去或者改写", "2026年11月22日"}, ""},
		"one that is gone":  {"/replies/gone", nil, 404, []string{"可能已经撤回"}, ""},
		"figures":           {"/replies/statistics", nil, 200, []string{"<strong>30%</strong>", "答复并公开3件÷有效来信10件", `<th scope="row">2026-11</th><td>12</td><td>9</td><td>1</td><td>1</td><td>10</td><td>8</td><td>6</td><td>3</td><td>30%</td>`, "答复率＝"}, ""},
		"the form asks for": {"/letters/new", nil, 200, []string{`data-for-kind="consult help complaint suggestion praise site_error"`, `name="publish_consent" value="1" aria`}, ""},
	} {
		w := get(h, c.path)
		if c.form != nil {
			w = post(h, c.path, c.form)
		}
		if w.Code != c.status || c.not != "" && strings.Contains(w.Body.String(), c.not) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		for _, s := range c.shows {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s: the page lacks %s", name, s)
			}
		}
	}
	written := url.Values{"key": {"key-of-the-consent"}, "kind": {"consult"}, "title": {"t"}, "body": {"b"}, "publish_consent": {"1"}}
	post(h, "/letters/new", written)
	if l := d.opened["page/key-of-the-consent"].Letter; !l.Consent {
		t.Errorf("consent was lost: %+v", l)
	}
	written["key"], written["kind"] = []string{"key-of-the-report"}, []string{"report"}
	post(h, "/letters/new", written)
	if l := d.opened["page/key-of-the-report"].Letter; l.Kind != channel.Report || l.Consent {
		t.Errorf("a report is published: %+v", l)
	}
}

// TestFeed reads it as a program does (RFC 4287).
func TestFeed(t *testing.T) {
	t.Parallel()
	h, _ := newPages(t)
	r := httptest.NewRequest(http.MethodGet, "/replies.atom", nil)
	r.Host = "gaj.example.gov.cn"
	w := do(h, r)
	var f feed
	if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Fatalf("%v: %s %s", err, w.Header().Get("Content-Type"), w.Body)
	}
	p := paperReply()
	if f.ID != "http://gaj.example.gov.cn/replies.atom" || f.Links[0] != (feedLink{"self", f.ID, "application/atom+xml"}) || f.Title == "" || f.Author.Name == "" ||
		!f.Updated.Equal(p.Published) || len(f.Entries) != 1 {
		t.Fatalf("the feed says %+v", f)
	}
	if e := f.Entries[0]; e.ID != "urn:uuid:"+p.ID || e.Title != p.Title || e.Summary != p.Text || !e.Updated.Equal(p.Published) || e.Link.Href != "http://gaj.example.gov.cn/replies/"+p.ID {
		t.Errorf("an entry says %+v", e)
	}
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	if w := do(h, r); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("known: %d %s", w.Code, w.Body)
	}
}

func (d *paperDesk) OptedOut(context.Context, string) (bool, error) { return false, nil }

func (d *paperDesk) OptOut(context.Context, string, bool) error { return nil }
