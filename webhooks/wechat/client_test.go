package wechat_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiesu/webhooks/wechat"
	"jiesu/webhooks/wechat/wechattest"
)

func servers(tb testing.TB) (*wechattest.Server, *wechat.Client) {
	tb.Helper()
	s := wechattest.New("wx1", "secret")
	tb.Cleanup(s.Close)
	return s, wechat.NewClient(s.Client(), s.URL, "wx1", "secret")
}

func TestWhatIsSentArrives(t *testing.T) {
	t.Parallel()
	s, c := servers(t)
	ctx := t.Context()
	token, err := c.StableToken(ctx)
	if err != nil || token.Life != 2*time.Hour || len(token.Value) < 500 {
		t.Fatalf("%v, %v", token, err)
	}
	s.Code("c1", "o_x")
	s.Phone("p1", "13800000000")
	if who, err := c.Login(ctx, "c1"); err != nil || who != "o_x" {
		t.Errorf("login: %q, %v", who, err)
	}
	if _, err := c.Login(ctx, "c1"); wechat.FailureOf(err) != wechat.BadCode {
		t.Errorf("the same code again: %v", err)
	}
	if n, err := c.PhoneNumber(ctx, token.Value, "p1"); err != nil || n != "13800000000" {
		t.Errorf("phone: %q, %v", n, err)
	}
	if err := c.SendText(ctx, token.Value, "o_x", strings.Repeat("请带<身份证>。", 300)); err != nil {
		t.Error(err)
	}
	err = c.Subscribe(ctx, token.Value, wechat.Subscription{To: "o_x", Template: "T", Page: "pages/progress/progress", Data: map[string]string{
		"character_string1": "261130-1234-5678", "thing2": strings.Repeat("很", 30), "phrase3": "已 答复", "time4": "2026-11-30 12:00",
	}})
	if err != nil {
		t.Error(err)
	}
	if err := c.Subscribe(ctx, token.Value, wechat.Subscription{To: "o_x", Template: "S", Official: true, Data: map[string]string{"phrase2": "已答复"}}); err != nil {
		t.Error(err)
	}
	sent := s.Sent()
	if len(sent) != 3 || sent[1].Official || !sent[2].Official || !strings.HasPrefix(sent[0].Text, "请带<身份证>。") || !strings.HasSuffix(sent[0].Text, "…") || sent[1].Data["phrase3"] != "已答复" || utf8.RuneCountInString(sent[1].Data["thing2"]) != 20 {
		t.Errorf("sent: %+v", sent)
	}
}

// Every refusal says what to do about it, and nothing of whom it was about.
func TestRefusalsAreTold(t *testing.T) {
	t.Parallel()
	s, c := servers(t)
	const custom = "/cgi-bin/message/custom/send"
	token, err := c.StableToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[int]wechat.Failure{
		-1: wechat.Busy, 45009: wechat.Busy, 40001: wechat.OldToken, 42001: wechat.OldToken, 45015: wechat.Closed, 45047: wechat.Closed, 43004: wechat.Closed,
		43101: wechat.NotAsked, 48001: wechat.Setup, 40164: wechat.Setup, 40003: wechat.Wrong, 40007: wechat.Gone, 47003: wechat.Wrong, 99999: wechat.Wrong,
	} {
		s.Fail(custom, code)
		if err := c.SendText(t.Context(), token.Value, "o_x", "x"); wechat.FailureOf(err) != want {
			t.Errorf("%d: %v, want %v", code, err, want)
		}
	}
	if len(s.Sent()) != 0 {
		t.Error("what was refused was sent")
	}
	if _, err := wechat.NewClient(s.Client(), s.URL, "wx1", "other").StableToken(t.Context()); wechat.FailureOf(err) != wechat.Setup {
		t.Errorf("a wrong secret: %v", err)
	}
}

// Addresses hold the secret and the token: no error repeats them.
func TestErrorsTellNoSecret(t *testing.T) {
	t.Parallel()
	answers := []func(w http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>secret")) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"openid":1}`)) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{}`)) },
		func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	var failures []wechat.Failure
	for _, answer := range answers {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
		_, err := wechat.NewClient(s.Client(), s.URL, "wx1", "secret").Login(t.Context(), "code-1")
		s.Close()
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "code-1") || errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("%v", err)
		}
		failures = append(failures, wechat.FailureOf(err))
	}
	if want := []wechat.Failure{wechat.Busy, wechat.Unclear, wechat.Unclear, wechat.Unclear, wechat.Unclear}; !slices.Equal(failures, want) {
		t.Errorf("%v, want %v", failures, want)
	}
}

func TestValuesFitTheirTemplates(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"thing2", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九十"},
		{"character_string1", "编号261130-1", "261130-1"},
		{"number1", "第 12.5 号", "12.5"},
		{"phrase1", "已答复(重办)完毕", "已答复重办"},
		{"name1", "阿卜杜拉·买买提·艾力提", "阿卜杜拉·买买提·艾"},
		{"phone_number1", "+86 138 0000 0000 转 1", "+86 138 0000 0000"},
		{"car_number1", "粤B123456789", "粤B123456"},
		{"symbol1", "######", "#####"},
		{"time3", "2026-11-30 12:00", "2026-11-30 12:00"},
		{"thing1", " 两行\n文字 ", "两行 文字"},
	} {
		if got := wechat.Fit(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %q, want %q", c[0], got, c[2])
		}
	}
}

// FuzzFit: whatever is to be shown, it is short enough and whole characters.
func FuzzFit(f *testing.F) {
	f.Add("很长的文字")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, s string) {
		if got := wechat.Clip(s); len(got) > wechat.MaxText || utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%d bytes of %d", len(got), len(s))
		}
		if got := wechat.Fit("thing1", s); utf8.RuneCountInString(got) > 20 || !utf8.ValidString(got) {
			t.Errorf("%q of %q", got, s)
		}
	})
}
