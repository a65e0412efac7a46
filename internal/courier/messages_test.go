package courier_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/webhooks/robot"
	"jiesu/webhooks/sms"
)

// relay is a mail server that answers RCPT and the end of DATA as the test says.
type relay struct {
	net.Listener

	mu         sync.Mutex
	rcpt, data string
	auth       string // ways to sign in
	signed     []string
	messages   []string
}

func newRelay(t *testing.T, rcpt, data string) *relay {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	r := &relay{Listener: l, rcpt: rcpt, data: data}
	r.begin(t)
	return r
}

func (r *relay) begin(t *testing.T) {
	t.Helper()
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := r.Accept()
			if err != nil {
				return
			}
			served.Go(func() { r.serve(c) })
		}
	})
	t.Cleanup(func() { must(t, r.Close()); served.Wait() })
}

func (r *relay) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewScanner(c)
	say := func(line string) { _, _ = fmt.Fprint(c, line+"\r\n") }
	say("220 relay")
	for in.Scan() {
		verb, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
		switch verb {
		case "EHLO":
			say("250-relay")
			if r.auth != "" {
				say("250-AUTH " + r.auth)
			}
			say("250 8BITMIME")
		case "AUTH":
			r.signIn(in, say)
		case "RCPT":
			say(r.rcpt)
		case "DATA":
			say("354 go on")
			var lines []string
			for in.Scan() && in.Text() != "." {
				lines = append(lines, in.Text())
			}
			r.mu.Lock()
			r.messages = append(r.messages, strings.Join(lines, "\n"))
			r.mu.Unlock()
			say(r.data)
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// signIn takes whatever is said.
func (r *relay) signIn(in *bufio.Scanner, say func(string)) {
	way := strings.Fields(in.Text())[1:]
	for n := len(way); way[0] == "LOGIN" && n < 3; n++ {
		say("334 ")
		in.Scan()
		way = append(way, in.Text())
	}
	r.mu.Lock()
	r.signed = append(r.signed, strings.Join(way, " "))
	r.mu.Unlock()
	say("235 ok")
}

func (r *relay) carrier(t *testing.T) *courier.Email {
	t.Helper()
	_, port, err := net.SplitHostPort(r.Addr().String())
	must(t, err)
	n, err := strconv.Atoi(port)
	must(t, err)
	return &courier.Email{Relay: courier.Relay{Host: "127.0.0.1", Port: n, Security: courier.NoTLS, From: "desk@example.gov.cn", Name: "接诉"}}
}

func delivery(t *testing.T, route string, body any) desk.Delivery {
	t.Helper()
	raw, err := json.Marshal(body)
	must(t, err)
	return desk.Delivery{ID: "0190", Route: route, Body: raw, Tries: 1, Version: 2, CreatedAt: time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)}
}

func TestMailIsOneMessageHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "250 ok", "250 taken")
	v := delivery(t, "mail/relay", desk.Email{To: "zhang@example.com", Subject: "您的来信有新进展", Text: "请查看。\n.\n", Unsubscribe: "https://example.gov.cn/unsubscribe/t"})
	for range 2 {
		if got := r.carrier(t).Carry(t.Context(), v); got.Outcome != desk.Arrived {
			t.Fatalf("%+v", got)
		}
	}
	for _, m := range r.messages {
		for _, header := range []string{
			"Message-ID: <0190@example.gov.cn>", "Auto-Submitted: auto-generated", "To: <zhang@example.com>", "List-Unsubscribe: <https://example.gov.cn/unsubscribe/t>",
			"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Content-Type: text/plain; charset=UTF-8", "Date: Mon, 30 Nov 2026",
		} {
			if !strings.Contains(m, header) {
				t.Errorf("no %s in\n%s", header, m)
			}
		}
	}
}

func TestWhatARelayAnswers(t *testing.T) {
	t.Parallel()
	v := delivery(t, "mail/relay", desk.Email{To: "zhang@example.com", Subject: "s", Text: "t"})
	for _, c := range []struct {
		rcpt, data string
		want       desk.Outcome
	}{
		{"450 busy", "", desk.TryLater},
		{"550 no such user", "", desk.NotDelivered},
		{"250 ok", "452 full", desk.TryLater},
		{"250 ok", "554 spam", desk.PeerRefused},
	} {
		if got := newRelay(t, c.rcpt, c.data).carrier(t).Carry(t.Context(), v); got.Outcome != c.want || strings.Contains(got.Detail, "zhang") {
			t.Errorf("%s %s: %+v", c.rcpt, c.data, got)
		}
	}
	gone := newRelay(t, "", "").carrier(t)
	gone.Relay.Port = 1
	if got := gone.Carry(t.Context(), v); got.Outcome != desk.TryLater {
		t.Errorf("nobody there: %+v", got)
	}
	for _, bad := range []desk.Email{{To: "a@example.com\r\nBcc: b@example.com"}, {To: "a@example.com", Subject: "s\r\nBcc: b@example.com"}, {To: "nobody"}} {
		if got := newRelay(t, "250 ok", "250 ok").carrier(t).Carry(t.Context(), delivery(t, "mail/relay", bad)); got.Outcome != desk.NotDelivered {
			t.Errorf("%+v: %+v", bad, got)
		}
	}
}

// TestARelayThatDoesNotEncryptGetsNothing: neither the message nor the password.
func TestARelayThatDoesNotEncryptGetsNothing(t *testing.T) {
	t.Parallel()
	r := newRelay(t, "250 ok", "250 ok")
	c := r.carrier(t)
	c.Relay.Security, c.Relay.User, c.Relay.Password = courier.StartTLS, "u", "p"
	got := c.Carry(t.Context(), delivery(t, "mail/relay", desk.Email{To: "a@example.com", Subject: "s", Text: "t"}))
	if got.Outcome != desk.TryLater || len(r.messages) > 0 {
		t.Errorf("%+v, %v", got, r.messages)
	}
}

// answering is a peer that answers one after the other, and what it was asked for.
func answering(t *testing.T, answers ...string) (*httptest.Server, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	peer := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Header.Get("X-Acs-Action")+r.URL.Query().Get("key"))
		answer := answers[min(len(asked), len(answers))-1]
		if status, err := strconv.Atoi(answer); err == nil {
			w.WriteHeader(status)
			return
		}
		_, _ = fmt.Fprint(w, answer)
	}))
	t.Cleanup(peer.Close)
	return peer, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(asked) }
}

// TestAShortMessageIsNotSentTwice: whoever may have it is asked for first.
func TestAShortMessageIsNotSentTwice(t *testing.T) {
	t.Parallel()
	const ok, found, nothing = `{"Code":"OK","BizId":"9^0"}`, `{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"OutId":"0190"}]}}`, `{"Code":"OK"}`
	for name, c := range map[string]struct {
		tries   int
		version int64
		answers []string
		want    desk.Outcome
		asked   []string
	}{
		"the first time":      {1, 2, []string{ok}, desk.Arrived, []string{"SendSms"}},
		"again, it was taken": {2, 3, []string{found}, desk.Arrived, []string{"QuerySendDetails"}},
		"again, it was not":   {2, 3, []string{nothing, ok}, desk.Arrived, []string{"QuerySendDetails", "SendSms"}},
		"replayed by staff":   {1, 6, []string{nothing, ok}, desk.Arrived, []string{"QuerySendDetails", "SendSms"}},
		"nobody can say":      {2, 3, []string{"500"}, desk.TryLater, []string{"QuerySendDetails"}},
		"no answer":           {1, 2, []string{"502"}, desk.NobodyKnows, []string{"SendSms"}},
		"no such number":      {1, 2, []string{`{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}`}, desk.NotDelivered, []string{"SendSms"}},
	} {
		peer, asked := answering(t, c.answers...)
		p, err := sms.NewAliyun(sms.Aliyun{Address: peer.URL, KeyID: "i", Key: "k", SignName: "s", Template: "t"})
		must(t, err)
		v := delivery(t, "sms/aliyun", desk.ShortMessage{Phone: "13800138000", Values: []desk.NamedValue{{Name: "number", Text: "J1"}}})
		v.Tries, v.Version = c.tries, c.version
		got := (&courier.SMS{Client: peer.Client(), Provider: p, Now: time.Now}).Carry(t.Context(), v)
		if got.Outcome != c.want || !slices.Equal(asked(), c.asked) || strings.Contains(got.Detail, "138") {
			t.Errorf("%s: %+v, asked %v", name, got, asked())
		}
	}
}

// TestAProviderThatCannotBeAskedIsSentToOnce, and again by staff alone.
func TestAProviderThatCannotBeAskedIsSentToOnce(t *testing.T) {
	t.Parallel()
	peer, asked := answering(t, `{"rspcod":"success","success":true,"msgGroup":"G1"}`)
	p, err := sms.NewMAS(sms.MAS{Address: peer.URL + "/sms/tmpsubmit", Company: "c", App: "a", Key: "k", Sign: "s", Template: "t"})
	must(t, err)
	carrier := &courier.SMS{Client: peer.Client(), Provider: p, Now: time.Now}
	v := delivery(t, "sms/mas", desk.ShortMessage{Phone: "13800138000"})
	v.Tries, v.Version = 2, 3
	if got := carrier.Carry(t.Context(), v); got.Outcome != desk.PeerRefused || len(asked()) > 0 {
		t.Errorf("sent again blindly: %+v", got)
	}
	v.Tries, v.Version = 1, 5
	if got := carrier.Carry(t.Context(), v); got.Outcome != desk.Arrived || got.Detail != "G1" {
		t.Errorf("by staff: %+v", got)
	}
}

func TestARobotSaysATextOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]desk.Outcome{
		`{"errcode":0}`: desk.Arrived, `{"errcode":45009}`: desk.TryLater, `{"errcode":93000}`: desk.PeerRefused, `<html>`: desk.NobodyKnows, "502": desk.TryLater,
	} {
		peer, asked := answering(t, answer)
		r, err := robot.New(robot.WeCom, peer.URL+"/?key=K", "")
		must(t, err)
		c := &courier.Robots{Client: peer.Client(), Robots: map[string]*robot.Robot{"traffic": r}, Now: time.Now}
		got := c.Carry(t.Context(), delivery(t, "robot/traffic", desk.RobotText{Text: "好"}))
		if got.Outcome != want || !slices.Equal(asked(), []string{"K"}) || want == desk.TryLater && answer != "502" && got.After < 10*time.Minute {
			t.Errorf("%s: %+v", answer, got)
		}
		if got := c.Carry(t.Context(), delivery(t, "robot/other", desk.RobotText{Text: "好"})); got.Outcome != desk.PeerRefused {
			t.Errorf("an unknown robot: %+v", got)
		}
	}
}
