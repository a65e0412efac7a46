package main

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// messengers are a provider of short messages, the robot of a group and a mail
// relay, on loopback, and what they were given.
type messengers struct {
	mu  sync.Mutex
	got map[string][]string
}

// messagesCommand is the command of scripts:
//
//	messengers            start them, and write channels.yaml that leads to them
//	messengers got WAY N  wait until N messages came by sms, robot or mail, and print them
//	messengers leaving    $leave is the token that ends the mail that came last
func messagesCommand(ts *testscript.TestScript, _ bool, args []string) {
	h := in(ts)
	switch {
	case len(args) == 0:
		h.messengers = &messengers{got: map[string][]string{}}
		h.messengers.start(ts)
	case args[0] == "got":
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		_, err = fmt.Fprintln(ts.Stdout(), strings.Join(h.messengers.wait(ts, args[1], n), "\n"))
		ts.Check(err)
	case args[0] == "leaving":
		all := h.messengers.wait(ts, "mail", 1)
		found := regexp.MustCompile(`List-Unsubscribe: <https://desk\.example\.gov\.cn/unsubscribe/([^>]+)>`).FindStringSubmatch(all[len(all)-1])
		if found == nil {
			ts.Fatalf("it cannot be ended: %s", all[len(all)-1])
		}
		ts.Setenv("leave", found[1])
	}
}

func (m *messengers) start(ts *testscript.TestScript) {
	peer := httptest.NewTLSServer(m)
	ts.Defer(peer.Close)
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = relay.Close() })
	go m.relay(relay)
	certificate := filepath.Join(ts.Getenv("WORK"), "peer.pem")
	ts.Check(os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: peer.Certificate().Raw}), 0o600))
	ts.Setenv("SSL_CERT_FILE", certificate)
	_, port, err := net.SplitHostPort(relay.Addr().String())
	ts.Check(err)
	text := strings.NewReplacer("PEER", peer.URL, "PORT", port).Replace(`
outbound: {allow: [127.0.0.1]}
notify:
  site: https://desk.example.gov.cn
  sms: {provider: aliyun, address: "PEER", key_id: i, key: k, sign: 某市公安, template: SMS_1, values: [number, state], hook: a-secret-nobody-guesses}
  mail: {host: 127.0.0.1, port: PORT, security: none, from: desk@example.gov.cn}
  robots:
    traffic: {unit: traffic, kind: wecom, address: "PEER/robot?key=K"}
`)
	path := filepath.Join(ts.Getenv("WORK"), "channels.yaml")
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
	ts.Setenv("JIESU_CHANNELS", path)
}

func (m *messengers) keep(way, text string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got[way] = append(m.got[way], text)
	return len(m.got[way])
}

func (m *messengers) wait(ts *testscript.TestScript, way string, n int) []string {
	for tick, end := time.Tick(50*time.Millisecond), time.After(time.Minute); ; {
		m.mu.Lock()
		got := append([]string{}, m.got[way]...)
		m.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-tick:
		case <-end:
			ts.Fatalf("%d by %s, wanted %d: %v", len(got), way, n, got)
		}
	}
}

// ServeHTTP is the provider, and the robot.
func (m *messengers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/robot" {
		n := m.keep("sms", r.Header.Get("X-Acs-Action")+" "+r.URL.Query().Get("TemplateParam"))
		_, _ = fmt.Fprintf(w, `{"Code":"OK","BizId":"9^%d"}`, n)
		return
	}
	var said struct {
		Text struct{ Content string }
	}
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &said) == nil {
		m.keep("robot", said.Text.Content)
	}
	_, _ = fmt.Fprint(w, `{"errcode":0}`)
}

// relay takes every mail it is given.
func (m *messengers) relay(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = c.Close() }()
			say := func(line string) { _, _ = fmt.Fprint(c, line+"\r\n") }
			say("220 relay")
			for lines := bufio.NewScanner(c); lines.Scan(); {
				switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
				case "DATA":
					say("354 go on")
					var text []string
					for lines.Scan() && lines.Text() != "." {
						text = append(text, lines.Text())
					}
					m.keep("mail", readable(strings.Join(text, "\r\n")))
					say("250 taken")
				case "QUIT":
					say("221 bye")
					return
				default:
					say("250 ok")
				}
			}
		}()
	}
}

// readable is a mail as somebody reads it: a header a line, and the text.
func readable(raw string) string {
	letter, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return raw
	}
	var lines []string
	for name, values := range letter.Header {
		value, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil {
			value = values[0]
		}
		lines = append(lines, name+": "+value)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(letter.Body))
	if err != nil {
		return raw
	}
	return strings.Join(append(lines, string(text)), "\n")
}
