package main

import (
	"bufio"
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

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jiesu": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
	}})
}

// TestScripts tells stories on the program as it is shipped: a real process, a
// real database, real HTTP. Beside the usual commands a script has
//
//	start               serve on a free port; data stays in $WORK/data
//	crash               kill -9 the server
//	shutdown            end it the way an operator does, and wait
//	request METHOD PATH [BODY] [Header: value …]
//	                    send it; the answer's body becomes stdout, $status its status
//	save NAME a.b.0.c   keep a value of the last answer as $NAME
//	account LOGIN       keep the password of a first account as $password
//	login LOGIN         sign in, keep the token as $LOGIN
//	status CODE         the last answer had this status
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			s := &story{}
			e.Values[storyKey{}] = s
			e.Vars = append(e.Vars, "JIESU_LISTEN=127.0.0.1:0", "JIESU_DATA="+filepath.Join(e.WorkDir, "data"))
			e.Defer(s.kill)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":    start,
			"crash":    func(ts *testscript.TestScript, _ bool, _ []string) { in(ts).kill() },
			"shutdown": shutdown,
			"request":  request,
			"save":     save,
			"account":  account,
			"login":    login,
			"status":   status,
		},
	})
}

type storyKey struct{}

// story is the server of one script.
type story struct {
	process *exec.Cmd
	address string
	printed []string // by the server, up to its address
	answer  []byte
	status  int
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
	h.process.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "JIESU_LISTEN=" + ts.Getenv("JIESU_LISTEN"), "JIESU_DATA=" + ts.Getenv("JIESU_DATA")}
	for _, name := range []string{"JIESU_MEILISEARCH_URL", "JIESU_MEILISEARCH_KEY"} {
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
	h.printed = nil
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
	h.answer, err = io.ReadAll(answer.Body)
	ts.Check(errors.Join(err, answer.Body.Close()))
	h.status = answer.StatusCode
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

func login(ts *testscript.TestScript, _ bool, args []string) {
	account(ts, false, args)
	body, err := json.Marshal(map[string]string{"login": args[0], "password": ts.Getenv("password")})
	ts.Check(err)
	request(ts, false, []string{"POST", "/api/v1/staff/session", string(body)})
	status(ts, false, []string{"201"})
	save(ts, false, []string{regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(args[0], "_"), "token"})
}
