package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiesu/internal/limit"
	"jiesu/internal/server"
)

var (
	captchaToken = regexp.MustCompile(`name="captcha" value="([^"]+)"`)
	captchaWords = regexp.MustCompile(`class="captcha-words">([^<]+)<`)
)

// hurried is a house where somebody has just passed the softer bound of a class.
func hurried(t *testing.T, method, path, body string, header ...string) *house {
	t.Helper()
	h := newHouse(t, func(o *options) {
		o.Config.Rates = generous()
		few := limit.Rate{Count: 15, Period: time.Hour} // a slow machine gets none back meanwhile
		o.Config.Rates.Lookup, o.Config.Rates.Write, o.Config.Rates.SignIn = few, few, few
		o.Config.Rates.Password = limit.PerMinute(1000)
	})
	for range 10 {
		if a := h.call(t, method, path, body, header...); strings.Contains(a.Body, "captcha") {
			t.Fatalf("asked before the bound: %s", a.Body)
		}
	}
	return h
}

func TestTheAPIAsksWhoeverIsInAHurry(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"/api/v1/letters/lookup": `{"number":"none","query_code":"guess"}`,
		"/api/v1/staff/session":  `{"login":"nobody","password":"guess"}`,
	} {
		asksInAHurry(t, path, body)
	}
}

func asksInAHurry(t *testing.T, path, body string) {
	t.Helper()
	h := hurried(t, http.MethodPost, path, body)
	a := h.call(t, http.MethodPost, path, body)
	a.want(t, http.StatusTooManyRequests, "captcha.needed")
	asked, ok := a.object(t)["captcha"].(map[string]any)
	if !ok || !strings.HasPrefix(fmt.Sprint(asked["text"]), "请照着填写：") {
		t.Fatalf("no question: %s", a.Body)
	}
	answer := digitsOf(fmt.Sprint(asked["text"]))
	with := []string{"Captcha-Token", fmt.Sprint(asked["token"]), "Captcha-Answer", answer}
	if a := h.call(t, http.MethodPost, path, body, with...); a.Status != http.StatusNotFound && a.Status != http.StatusUnauthorized {
		t.Errorf("%s: the right answer: %d %s", path, a.Status, a.Body)
	}
	h.call(t, http.MethodPost, path, body, with...).want(t, http.StatusTooManyRequests, "captcha.needed")
	if other := h.call(t, http.MethodPost, "/api/v1/ask", `{"text":"身份证丢了"}`); other.Status != http.StatusOK {
		t.Errorf("asking is asked about: %s", other.Body)
	}
	for range 5 { // the rate holds whatever is answered
		a = h.call(t, http.MethodPost, path, body)
	}
	a.want(t, http.StatusTooManyRequests, "rate.limited")
}

// digitsOf copies the question as a client would let somebody type it.
func digitsOf(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimPrefix(text, "请照着填写：") {
		fmt.Fprint(&b, strings.Index("零一二三四五六七八九", string(r))/len("零"))
	}
	return b.String()
}

func TestFormsAskWithoutLosingAnything(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path   string
		fields url.Values
		kept   string // on the page that asks
		status int    // once answered
		shown  string
	}{
		{"/letters/new", url.Values{"kind": {"help"}, "title": {"路灯坏了"}, "body": {"人民路的路灯坏了。"}}, "人民路的路灯坏了。", http.StatusOK, "已收到您的来信"},
		{"/letters", url.Values{"number": {"261122-0000-0001"}, "code": {"guess"}}, "261122-0000-0001", http.StatusNotFound, "没有查到"},
		{"/letters/withdraw", url.Values{"number": {"261122-0000-0001"}, "code": {"guess"}, "text": {"已经解决"}}, "已经解决", http.StatusNotFound, "没有查到"},
	} {
		asPage := []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}
		h := hurried(t, http.MethodPost, c.path, "kind=none&number=none&code=none", asPage...)
		a := h.call(t, http.MethodPost, c.path, c.fields.Encode(), asPage...)
		token, words := captchaToken.FindStringSubmatch(a.Body), captchaWords.FindStringSubmatch(a.Body)
		if a.Status != http.StatusTooManyRequests || token == nil || words == nil || !strings.Contains(a.Body, c.kept) {
			t.Errorf("%s: %d without a question, or without what was typed: %s", c.path, a.Status, a.Body)
			continue
		}
		c.fields.Set("captcha", token[1])
		c.fields.Set("captcha-answer", "不是")
		if a = h.call(t, http.MethodPost, c.path, c.fields.Encode(), asPage...); !strings.Contains(a.Body, "填得不对") || a.Status != http.StatusTooManyRequests {
			t.Errorf("%s: a wrong answer: %d", c.path, a.Status)
		}
		c.fields.Set("captcha", captchaToken.FindStringSubmatch(a.Body)[1])
		c.fields.Set("captcha-answer", captchaWords.FindStringSubmatch(a.Body)[1])
		if a = h.call(t, http.MethodPost, c.path, c.fields.Encode(), asPage...); a.Status != c.status || !strings.Contains(a.Body, c.shown) {
			t.Errorf("%s: the right answer: %d %s", c.path, a.Status, a.Body)
		}
	}
}

func TestNobodyIsAskedWithoutRates(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Limiter, o.Config.Rates = limit.None{}, server.Rates{} })
	for range 30 {
		h.call(t, http.MethodPost, "/api/v1/letters/lookup", `{"number":"none","query_code":"guess"}`).want(t, http.StatusNotFound, "ticket.not_found")
	}
}
