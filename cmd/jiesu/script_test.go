package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jiesu/webhooks/wechat/wechattest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jiesu": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(Main(ctx, os.Args[1:], os.Environ(), storyTime(os.Getenv("JIESU_TEST_CLOCK")), os.Stdout, os.Stderr))
	}})
}

// TestScripts tells stories on the program as it is shipped: a real process, a
// real database, real HTTP. Beside the usual commands a script has
//
//	start               serve on a free port; data stays in $WORK/data
//	clock RFC3339       set the server's clock, whether it runs or not; it goes on from there
//	until PATTERN METHOD PATH [BODY] [Header: value …]
//	                    send it again and again until the answer matches
//	move NUMBER LOGIN JSON
//	                    make a move as somebody who is signed in, on the newest version
//	crash               kill -9 the server
//	shutdown            end it the way an operator does, and wait
//	request METHOD PATH [BODY] [Header: value …]
//	                    send it; the answer's body becomes stdout, $status its status
//	save NAME a.b.0.c   keep a value of the last answer as $NAME
//	account LOGIN       keep the password of a first account as $password
//	login LOGIN         sign in, keep the token as $LOGIN; the first time the password is changed
//	code NAME SECRET [STEPS]
//	                    keep what the app shows for a secret as $NAME, some steps of 30 s later
//	status CODE         the last answer had this status
//	join LOGIN UNIT ROLE
//	                    add an account and sign it in
//	reviewed ID LOGIN…  take the next steps of a review, each with one of those
//	text ID LOGIN JSON  make a move of a review, on the newest version
//	formula FILE CELL   put a formula into a workbook
//	wechat …            what WeChat does, see [weChat]
//	city …              see playCity
//	alike …             two requests nobody can tell apart by their answers, see [alike]
func TestScripts(t *testing.T) {
	t.Parallel()
	program := storyProgram(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			s := &story{settled: map[string]bool{}}
			e.Values[storyKey{}] = s
			e.Setenv("PATH", program+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Vars = append(e.Vars, "JIESU_LISTEN=127.0.0.1:0", "JIESU_DATA="+filepath.Join(e.WorkDir, "data"), "JIESU_TEST_CLOCK="+filepath.Join(e.WorkDir, "clock"),
				"JIESU_RATE_LIMITS=false") // a story is told as fast as the machine can
			e.Defer(func() {
				s.kill()
				s.wantDiscretion(e.T(), filepath.Join(e.WorkDir, "server.log"))
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":    start,
			"clock":    clock,
			"until":    until,
			"move":     move,
			"crash":    func(ts *testscript.TestScript, _ bool, _ []string) { in(ts).kill() },
			"shutdown": shutdown,
			"request":  request,
			"save":     save,
			"account":  account,
			"login":    login,
			"code":     code,
			"status":   status,
			"join":     join,
			"reviewed": reviewed,
			"text":     text,
			"formula":  formula,
			"wechat":   weChat,
			"receiver": receive,
			"alike":    alike,

			"messengers": messagesCommand,
			"city":       playCity,
		},
	})
}

// storyTime is the clock of a story: what its file says, and the time since it
// was written. Without a file it is the time.
func storyTime(path string) func() time.Time {
	return func() time.Time {
		written, err := os.Stat(path)
		if err != nil {
			return time.Now()
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return time.Now()
		}
		at, err := time.Parse(time.RFC3339, string(text))
		if err != nil {
			return time.Now()
		}
		return at.Add(time.Since(written.ModTime()))
	}
}

// clock puts the whole file in place at once: the server may read it any time.
func clock(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.Getenv("JIESU_TEST_CLOCK")
	ts.Check(os.WriteFile(path+".new", []byte(args[0]), 0o600))
	ts.Check(os.Rename(path+".new", path))
}

// storyPatience is long: a slow machine that looks for races asks a thousand golden
// questions in this time.
const storyPatience = 5 * time.Minute

// until asks again and again: the server works in the background.
func until(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	for tick, end := time.Tick(200*time.Millisecond), time.After(storyPatience); ; {
		request(ts, false, args[1:])
		if want.Match(in(ts).answer) {
			return
		}
		select {
		case <-tick:
		case <-end:
			ts.Fatalf("%s did not come: %s", args[0], in(ts).answer)
		}
	}
}

func move(ts *testscript.TestScript, _ bool, args []string) {
	token := "Authorization: Bearer " + ts.Getenv(args[1])
	for range 3 { // the server works in the background: the newest version may be another one by now
		request(ts, false, []string{"GET", "/api/v1/staff/tickets/" + args[0], token})
		status(ts, false, []string{"200"})
		save(ts, false, []string{"version", "ticket.version"})
		body := strings.TrimSuffix(args[2], "}") + `,"version":` + ts.Getenv("version") + "}"
		request(ts, false, []string{"POST", "/api/v1/staff/tickets/" + args[0] + "/moves", body, token})
		if !bytes.Contains(in(ts).answer, []byte("ticket.stale")) {
			return
		}
	}
}

type storyKey struct{}

// story is the server of one script.
type story struct {
	process  *exec.Cmd
	address  string
	printed  []string // by the server up to its address, at every start: the first tells the passwords
	answer   []byte
	status   int
	header   http.Header
	settled  map[string]bool // accounts with a password of their own
	receiver *receiver
	secrets  map[string]bool      // what the server was told of people, and what opens doors
	weChat   []*wechattest.Server // of its accounts

	messengers *messengers
	city       *city
}

func in(ts *testscript.TestScript) *story {
	s, ok := ts.Value(storyKey{}).(*story)
	if !ok {
		ts.Fatalf("the script was not set up")
	}
	return s
}

func (h *story) kill() {
	if h.process != nil {
		_ = h.process.Process.Kill() // it may be gone already
		_ = h.process.Wait()
		h.process = nil
	}
}

func start(ts *testscript.TestScript, _ bool, _ []string) {
	h := in(ts)
	h.process = exec.Command("jiesu", "serve")
	h.process.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "JIESU_LISTEN=" + ts.Getenv("JIESU_LISTEN"), "JIESU_DATA=" + ts.Getenv("JIESU_DATA"), "JIESU_TEST_CLOCK=" + ts.Getenv("JIESU_TEST_CLOCK"), "JIESU_LOG_LEVEL=debug"}
	for _, name := range []string{"JIESU_MEILISEARCH_URL", "JIESU_MEILISEARCH_KEY", "JIESU_CHANNELS", "JIESU_RATE_LIMITS", "JIESU_REQUIRE_SECOND_FACTOR", "SSL_CERT_FILE"} {
		if value := ts.Getenv(name); value != "" {
			h.process.Env = append(h.process.Env, name+"="+value)
		}
	}
	if path, err := lookPath(ts, "jiesu"); err == nil {
		h.process.Path, h.process.Err = path, nil
	}
	log, err := os.OpenFile(filepath.Join(ts.Getenv("WORK"), "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	h.process.Stderr = log
	out, err := h.process.StdoutPipe()
	ts.Check(err)
	ts.Check(h.process.Start())
	ts.Check(log.Close())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "jiesu serves on "); ok {
			h.address = at
			return
		}
		h.printed = append(h.printed, lines.Text())
	}
	ts.Fatalf("the server did not start; it printed %v", h.printed)
}

// lookPath finds a program on the script's own PATH.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, name); exec.Command(path).Err == nil {
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	return "", exec.ErrNotFound
}

func shutdown(ts *testscript.TestScript, _ bool, _ []string) {
	h := in(ts)
	ts.Check(h.process.Process.Signal(syscall.SIGTERM))
	err := h.process.Wait()
	h.process = nil
	ts.Check(err)
}

func request(ts *testscript.TestScript, neg bool, args []string) {
	h := in(ts)
	if len(args) < 2 {
		ts.Fatalf("request METHOD PATH [BODY] [Header: value …]")
	}
	body := ""
	r, err := http.NewRequestWithContext(context.Background(), args[0], h.address+args[1], nil)
	ts.Check(err)
	for _, a := range args[2:] {
		if name, value, ok := strings.Cut(a, ": "); ok && !strings.HasPrefix(a, "{") {
			r.Header.Set(name, value)
			continue
		}
		body = a
	}
	if body != "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		if r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if neg {
		if err == nil {
			ts.Check(answer.Body.Close())
			ts.Fatalf("somebody answered")
		}
		return
	}
	ts.Check(err)
	h.told(body)
	h.answer, err = io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close()))
	h.status, h.header = answer.StatusCode, answer.Header
	_, err = ts.Stdout().Write(h.answer)
	ts.Check(err)
}

func status(ts *testscript.TestScript, _ bool, args []string) {
	if h := in(ts); strconv.Itoa(h.status) != args[0] {
		ts.Fatalf("status %d, wanted %s: %s", h.status, args[0], h.answer)
	}
}

func save(ts *testscript.TestScript, _ bool, args []string) {
	var value any
	ts.Check(json.Unmarshal(in(ts).answer, &value))
	for key := range strings.SplitSeq(args[1], ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			n, err := strconv.Atoi(key)
			ts.Check(err)
			if n < 0 {
				n += len(v)
			}
			value = v[n]
		default:
			ts.Fatalf("%s leads nowhere in %s", args[1], in(ts).answer)
		}
	}
	text := fmt.Sprint(value)
	if n, ok := value.(float64); ok {
		text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	if secret(args[1][strings.LastIndex(args[1], ".")+1:], text) {
		in(ts).keep(text)
	}
	ts.Setenv(args[0], text)
}

func account(ts *testscript.TestScript, _ bool, args []string) {
	for _, line := range in(ts).printed {
		if f := strings.Fields(line); len(f) == 4 && f[0] == args[0] {
			ts.Setenv("password", f[1])
			return
		}
	}
	ts.Fatalf("no account %s in %v", args[0], in(ts).printed)
}

// ownPassphrase is what accounts of stories choose instead of the password they got.
const ownPassphrase = "four words of my own"

func login(ts *testscript.TestScript, _ bool, args []string) {
	account(ts, false, args)
	h := in(ts)
	if h.settled[args[0]] {
		ts.Setenv("password", ownPassphrase)
	}
	enter(ts, args[0])
	if bytes.Contains(h.answer, []byte(`"needs":"password"`)) {
		body, err := json.Marshal(map[string]string{"old": ts.Getenv("password"), "new": ownPassphrase})
		ts.Check(err)
		save(ts, false, []string{"half_session", "token"})
		request(ts, false, []string{"POST", "/api/v1/staff/password", string(body), "Authorization: Bearer " + ts.Getenv("half_session")})
		status(ts, false, []string{"204"})
		h.settled[args[0]] = true
		ts.Setenv("password", ownPassphrase)
		enter(ts, args[0])
	}
	save(ts, false, []string{regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(args[0], "_"), "token"})
}

func enter(ts *testscript.TestScript, login string) {
	body, err := json.Marshal(map[string]string{"login": login, "password": ts.Getenv("password")})
	ts.Check(err)
	request(ts, false, []string{"POST", "/api/v1/staff/session", string(body)})
	status(ts, false, []string{"201"})
}
