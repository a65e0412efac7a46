package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"jiesu/internal/limit/redistest"
	"jiesu/internal/server/live"
)

// TestRollingRestart restarts two replicas one after the other, behind nginx as it
// is shipped, while people chat through it: every message is stored once, in the
// order it was sent in, each socket was told when to come back, and no request failed.
func TestRollingRestart(t *testing.T) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("SKIP: no nginx found: install the package nginx-light")
	}
	first := newSite(t, "JIESU_DATABASE_URL="+crashDatabase(t), "JIESU_REDIS_URL=redis://"+redistest.Start(t).Address+"/0", "JIESU_TRUSTED_PROXIES=127.0.0.1")
	second := first.sibling()
	edge := startNginx(t, program, first.address, second.address)
	const people = 15 // one address may open twenty sockets
	over := make(chan struct{})
	talks := make([]*talk, people)
	var talking sync.WaitGroup
	for i := range talks {
		talks[i] = edge.admit(t, i)
		talking.Go(func() {
			defer close(talks[i].ended)
			talks[i].failure = talks[i].chat(over)
		})
	}
	for _, replica := range []*site{second, first} {
		for _, k := range talks {
			k.waitFor(t, 2) // each has sent through what runs now
		}
		replica.restart()
	}
	for _, k := range talks {
		k.waitFor(t, 2)
	}
	close(over)
	talking.Wait()
	var told int
	for i, k := range talks {
		if k.failure != nil {
			t.Errorf("person %d: %v", i, k.failure)
			continue
		}
		told += k.told
		want := strings.Join(k.sent, " ")
		got := strings.Join(k.stored(t), " ")
		if got = strings.TrimSuffix(got, " "+k.cid(len(k.sent))); got != want { // what was on its way at the end may have come
			t.Errorf("person %d sent %s and the desk has %s", i, want, got)
		}
	}
	if told < people {
		t.Errorf("%d of at least %d sockets were told when to come back", told, people)
	}
	t.Logf("%d sockets moved", told)
}

// edge is nginx in front of the replicas.
type edge struct {
	address string
	client  *http.Client
	dialer  websocket.Dialer
}

// startNginx starts nginx with the shipped file, in which only ports, upstreams and
// the certificate are filled in.
func startNginx(t *testing.T, program string, upstreams ...string) *edge {
	t.Helper()
	shipped, err := os.ReadFile("../../deploy/nginx/jiesu.conf")
	must(t, err)
	dir := t.TempDir()
	certify(t, dir)
	plain, secure := freeAddress(t), freeAddress(t)
	conf := string(shipped)
	for from, to := range map[string]string{
		`server 127\.0\.0\.1:8080;`: "server " + strings.Join(upstreams, "; server ") + ";",
		`listen 80;`:                "listen " + plain + ";", `listen 443 ssl http2;`: "listen " + secure + " ssl http2;",
		`(?m)^\s*listen \[::\].*$`: "", `/etc/nginx/`: dir + "/",
	} {
		conf = regexp.MustCompile(from).ReplaceAllString(conf, to)
	}
	main := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log %[1]s/errors warn; worker_processes 1; events { worker_connections 512; } http { client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; %[2]s }", dir, conf)
	file := filepath.Join(dir, "nginx.conf")
	must(t, os.WriteFile(file, []byte(main), 0o600))
	server := exec.Command(program, "-c", file, "-e", filepath.Join(dir, "errors"))
	must(t, server.Start())
	t.Cleanup(func() {
		must(t, server.Process.Signal(syscall.SIGTERM))
		_ = server.Wait()
		if t.Failed() {
			said, _ := os.ReadFile(filepath.Join(dir, "errors"))
			t.Logf("nginx said: %s", said)
		}
	})
	trust := &tls.Config{InsecureSkipVerify: true}
	e := &edge{
		address: secure, client: &http.Client{Transport: &http.Transport{TLSClientConfig: trust}, Timeout: patience},
		dialer: websocket.Dialer{TLSClientConfig: trust, Subprotocols: []string{live.Protocol}, HandshakeTimeout: patience},
	}
	for tick := time.NewTicker(look); ; <-tick.C {
		if r, err := e.client.Get("https://" + secure + "/readyz"); err == nil {
			_ = r.Body.Close()
			return e
		}
	}
}

// certify makes a certificate where the shipped file looks for one.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "jiesu.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "jiesu.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
}

// talk is somebody who chats.
type talk struct {
	edge                *edge
	name                string
	conversation, token string
	pass                string
	told                int // goaways
	failure             error
	kept                func() // told of every message that is stored for certain; nil: nobody is
	mu                  sync.Mutex
	sent                []string      // by client id, stored for certain
	more                chan struct{} // holds a signal when a message was stored
	ended               chan struct{} // closed with the last socket
}

func (e *edge) admit(t *testing.T, i int) *talk {
	t.Helper()
	k := &talk{edge: e, name: fmt.Sprint("p", i), more: make(chan struct{}, 1), ended: make(chan struct{})}
	must(t, k.renew())
	return k
}

// renew gets a pass for the next socket.
func (k *talk) renew() error {
	var answer struct{ Pass, Conversation, Token string }
	if err := k.ask(http.MethodPost, "/api/v1/chat/passes", fmt.Sprintf(`{"conversation":%q}`, k.conversation), &answer); err != nil {
		return err
	}
	k.pass, k.conversation = answer.Pass, answer.Conversation
	if answer.Token != "" {
		k.token = answer.Token
	}
	return nil
}

// chat says one thing after the other until over, over as many sockets as it takes.
func (k *talk) chat(over <-chan struct{}) error {
	for next := 0; ; {
		again, err := k.overOneSocket(&next, over)
		if err != nil || !again {
			return err
		}
		if err := k.renew(); err != nil {
			return err
		}
	}
}

// overOneSocket says what comes next until the socket is to be left, or over; what was
// not answered is said again on the next one.
func (k *talk) overOneSocket(next *int, over <-chan struct{}) (again bool, err error) {
	ws, answer, err := k.edge.dialer.Dial("wss://"+k.edge.address+"/api/v1/chat", nil)
	if answer != nil {
		_ = answer.Body.Close()
	}
	if err != nil && answer != nil && answer.StatusCode >= http.StatusInternalServerError {
		<-time.After(time.Second) // that replica is about to stop: as every client does, it asks again
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = ws.Close() }()
	if err := ws.WriteJSON(map[string]any{"t": "hello", "id": 1, "v": 1, "pass": k.pass, "client": map[string]string{"kind": "web", "ver": "1"}}); err != nil {
		return false, err
	}
	arrivals, leave := listen(ws)
	defer leave()
	pace := time.NewTicker(2500 * time.Millisecond) // five in ten seconds are allowed
	defer pace.Stop()
	for pending := false; ; {
		select {
		case a := <-arrivals:
			switch {
			case a.err != nil:
				return false, a.err
			case a.frame.T == "ok":
				k.keep(*next)
				*next++
				pending = false
			case a.frame.T == "goaway":
				k.told++
				<-time.After(time.Duration(a.frame.AfterMS) * time.Millisecond) // as it is told to
				return true, nil
			case a.frame.T == "err":
				return false, errors.New(a.frame.Code)
			}
		case <-pace.C:
			if pending {
				continue
			}
			pending = true
			if err := ws.WriteJSON(map[string]any{"t": "send", "id": *next + 2, "cid": k.cid(*next), "kind": "text", "body": map[string]string{"text": "你好"}}); err != nil {
				return false, err
			}
		case <-over:
			return false, nil
		}
	}
}

type arrival struct {
	frame struct {
		T       string `json:"t"`
		AfterMS int64  `json:"after_ms"`
		Code    string `json:"code"`
	}
	err error
}

// listen reads until the socket is over or left.
func listen(ws *websocket.Conn) (arrivals <-chan arrival, leave func()) {
	to, left := make(chan arrival), make(chan struct{})
	go func() {
		for {
			var a arrival
			a.err = ws.ReadJSON(&a.frame)
			select {
			case to <- a:
			case <-left:
				return
			}
			if a.err != nil {
				return
			}
		}
	}()
	return to, func() { close(left) }
}

func (k *talk) cid(n int) string { return fmt.Sprint(k.name, "-", n) }

// keep notes that a message is stored.
func (k *talk) keep(n int) {
	k.mu.Lock()
	k.sent = append(k.sent, k.cid(n))
	k.mu.Unlock()
	if k.kept != nil {
		k.kept()
	}
	select {
	case k.more <- struct{}{}:
	default:
	}
}

// ask asks the edge, which must not fail.
func (k *talk) ask(method, path, body string, into any) error {
	r, err := http.NewRequest(method, "https://"+k.edge.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if k.token != "" {
		r.Header.Set("Authorization", "Bearer "+k.token)
	}
	answer, err := k.edge.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// waitFor waits until n more messages are stored.
func (k *talk) waitFor(t *testing.T, n int) {
	t.Helper()
	k.mu.Lock()
	want := len(k.sent) + n
	k.mu.Unlock()
	limit := time.After(2 * patience)
	for {
		k.mu.Lock()
		enough := len(k.sent) >= want
		k.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-k.more:
		case <-k.ended:
			t.Fatalf("%s ended: %v", k.name, k.failure)
		case <-limit:
			t.Fatalf("%s waited in vain", k.name)
		}
	}
}

// stored lists what the desk has of the person, by client id.
func (k *talk) stored(t *testing.T) (ids []string) {
	t.Helper()
	for after := int64(0); ; {
		var page struct {
			Messages []struct {
				Seq int64
				CID string
			}
		}
		must(t, k.ask(http.MethodGet, fmt.Sprintf("/api/v1/chat/%s/messages?after=%d", k.conversation, after), "", &page))
		if len(page.Messages) == 0 {
			return ids
		}
		for _, m := range page.Messages {
			after = m.Seq
			if strings.HasPrefix(m.CID, k.name+"-") {
				ids = append(ids, m.CID)
			}
		}
	}
}
