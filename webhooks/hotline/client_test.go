package hotline_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/hotline"
)

func sign() hotline.Op {
	return hotline.Op{ID: "0190", Kind: hotline.OpSign, OrderNo: "1", At: signedAt()}
}

func client(t *testing.T, lock hotline.Lock, h http.HandlerFunc) *hotline.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return must(hotline.NewClient(&hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}, s.Client(), s.URL+"/api"))
}

func TestAnOperationIsSentAndItsAnswerUnderstood(t *testing.T) {
	t.Parallel()
	lock := newHMAC(t, "sm3")
	for name, c := range map[string]struct {
		status int
		body   string
		want   hotline.Answer
	}{
		"taken":         {200, `{"code":"0"}`, hotline.Answer{Outcome: hotline.Arrived, Status: 200, Code: "0"}},
		"refused":       {200, `{"code":"E1"}`, hotline.Answer{Outcome: hotline.Refused, Status: 200, Code: "E1"}},
		"a gateway":     {200, `<html>`, hotline.Answer{Status: 200}},
		"broken":        {500, ``, hotline.Answer{Outcome: hotline.Later, Status: 500, After: 7 * time.Second}},
		"busy":          {429, ``, hotline.Answer{Outcome: hotline.Later, Status: 429, After: 7 * time.Second}},
		"a wrong key":   {403, ``, hotline.Answer{Outcome: hotline.Later, Status: 403, After: 7 * time.Second}},
		"no such order": {404, ``, hotline.Answer{Outcome: hotline.Refused, Status: 404, After: 7 * time.Second}},
	} {
		var got hotline.Request
		city := client(t, lock, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = hotline.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header, Body: body}
			if c.status != http.StatusOK {
				w.Header().Set("Retry-After", "7")
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		op := sign()
		if a, err := city.Send(t.Context(), &op, signedAt()); err != nil || a != c.want {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		body, err := lock.Open(got, signedAt())
		if err != nil || got.Path != "/api/ops" {
			t.Errorf("%s: %s %v", name, got.Path, err)
		}
		if sent, err := hotline.ParseOp(body); err != nil || sent.ID != "0190" {
			t.Errorf("%s: %+v, %v", name, sent, err)
		}
	}
}

func TestAConnectionThatBreaksLeavesItUnknown(t *testing.T) {
	t.Parallel()
	city := client(t, newHMAC(t, "sm3"), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	op := sign()
	if a, err := city.Send(t.Context(), &op, signedAt()); err != nil || a != (hotline.Answer{}) {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := city.Orders(t.Context(), signedAt()); err == nil {
		t.Error("a list that did not come is no list")
	}
	bad := sign()
	bad.OrderNo = ""
	if _, err := city.Send(t.Context(), &bad, signedAt()); err == nil {
		t.Error("an operation that breaks the rules was sent")
	}
}

func TestATokenIsKeptAndFetchedAnewOnceItIsRefused(t *testing.T) {
	t.Parallel()
	tokens, valid := 0, "t1"
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			tokens++
			if id := r.FormValue("client_id"); id != "us" || r.FormValue("client_secret") != "hush" || r.FormValue("grant_type") != "client_credentials" {
				t.Errorf("%v", r.Form)
			}
			_, _ = io.WriteString(w, `{"access_token":"t`+string(rune('0'+tokens))+`","expires_in":"3600"}`)
			return
		}
		seen = append(seen, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") != "Bearer "+valid {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"code":"0"}`)
	}))
	t.Cleanup(s.Close)
	lock := must(hotline.NewOAuth2(s.Client(), s.URL+"/token", "us", "hush", secret))
	city := must(hotline.NewClient(&hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}, s.Client(), s.URL))
	send := func(at time.Time, want hotline.Outcome, fetched int) {
		t.Helper()
		op := sign()
		if a, err := city.Send(t.Context(), &op, at); err != nil || a.Outcome != want || tokens != fetched {
			t.Errorf("%+v, %v, %d tokens, %v", a, err, tokens, seen)
		}
	}
	send(signedAt(), hotline.Arrived, 1)
	send(signedAt().Add(time.Minute), hotline.Arrived, 1)
	valid = "t2"
	send(signedAt().Add(2*time.Minute), hotline.Arrived, 2) // the old one was refused
	valid = "t3"
	send(signedAt().Add(2*time.Hour), hotline.Arrived, 3) // it had ended
	valid = "none"
	send(signedAt().Add(2*time.Hour), hotline.Later, 4) // a new one does not help: tried once only
	s.Close()
	lock.Renew()
	send(signedAt(), hotline.Later, 4) // no token to be had
	if _, err := lock.Open(hotline.Request{Header: http.Header{"Authorization": {"Bearer " + secret}}}, signedAt()); err != nil {
		t.Error(err)
	}
	if _, err := lock.Open(hotline.Request{Header: http.Header{"Authorization": {secret}}}, signedAt()); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("without Bearer: %v", err)
	}
}

func TestThePlatformListsItsOpenOrders(t *testing.T) {
	t.Parallel()
	body := `{"code":"0","orders":[{"order_no":7,"dispatch_seq":1,"state":"handling"}]}`
	city := client(t, newHMAC(t, "sha256"), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	list, err := city.Orders(t.Context(), signedAt())
	if err != nil || len(list) != 1 || list[0].OrderNo != "7" || list[0].DispatchKey() != "1" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, bad := range []string{`{"code":"1"}`, `{"code":"0","orders":[{"order_no":"7","state":"lost"}]}`, `{"code":"0","orders":[{}]}`, `<`} {
		body = bad
		if _, err := city.Orders(t.Context(), signedAt()); err == nil {
			t.Errorf("%s was listed", bad)
		}
	}
}

func TestAnAnswerInAnEnvelopeIsOpened(t *testing.T) {
	t.Parallel()
	lock := must(hotline.NewEnvelope(sm4Key, ourKey, ourPublic, zeros{}))
	p := hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}
	answer := must(p.Reply(t.Context(), signedAt()))
	city := client(t, lock, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) })
	op := sign()
	if a, err := city.Send(t.Context(), &op, signedAt()); err != nil || a.Outcome != hotline.Arrived {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := city.Send(t.Context(), &op, signedAt().Add(time.Hour)); err != nil || a.Outcome != hotline.Unknown {
		t.Errorf("an old answer: %+v, %v", a, err)
	}
	answer = []byte(`{"code":"0"}`)
	if a, err := city.Send(t.Context(), &op, signedAt()); err != nil || a.Outcome != hotline.Unknown {
		t.Errorf("an answer without an envelope: %+v, %v", a, err)
	}
}

// zeros are no secret.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

func TestTheAddressOfAPlatformIsPlain(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "city.example", "ftp://city.example", "https://a:b@city.example", "https://city.example?x=1", "https://city.example#x", "https://\x00"} {
		if _, err := hotline.NewClient(nil, nil, bad); err == nil || strings.Contains(err.Error(), "a:b") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
