package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// city is a 12345 platform that another process plays.
type city struct {
	address string
	process *exec.Cmd
	ended   chan error

	mu      sync.Mutex
	printed bytes.Buffer
}

func (c *city) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.printed.Write(p)
}

func (c *city) said() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.printed.Bytes())
}

// playCity is the command of scripts:
//
//	city              give the server and a city called city addresses, and write
//	                  $WORK/channels.yaml
//	city plays FLAG…  start to play it against the server
//	city says PATTERN wait until it has printed that
//	city ends         wait until it has ended, and print what it printed
//	city stops        end it, and print what it printed
func playCity(ts *testscript.TestScript, _ bool, args []string) {
	h := in(ts)
	switch {
	case len(args) == 0:
		h.city = &city{address: free(ts)}
		ts.Setenv("JIESU_LISTEN", free(ts))
		ts.Setenv("JIESU_CHANNELS", filepath.Join(ts.Getenv("WORK"), "channels.yaml"))
		secret := filepath.Join(ts.Getenv("WORK"), "secret")
		ts.Check(os.WriteFile(secret, []byte("what both sides sign with"), 0o600))
		text := fmt.Sprintf("outbound: {allow: [127.0.0.1/32, localhost]}\nhotlines:\n  city: {name: 市12345, adapter: hmac, url: \"http://%s/api\", id: city, secret: \"file:%s\", algorithm: sm3}\n", h.city.address, secret)
		ts.Check(os.WriteFile(ts.Getenv("JIESU_CHANNELS"), []byte(text), 0o600))
	case args[0] == "plays":
		h.city.play(ts, h.address, args[1:])
	case args[0] == "says":
		h.city.wait(ts, regexp.MustCompile(args[1]))
	case args[0] == "stops":
		ts.Check(h.city.process.Process.Signal(os.Interrupt))
		_ = h.city.end(ts) // it was not to be
	case args[0] == "ends":
		ts.Check(h.city.end(ts))
	}
}

// end waits for the end, prints what was printed and returns how it ended.
func (c *city) end(ts *testscript.TestScript) (how error) {
	select {
	case how = <-c.ended:
	case <-time.After(storyPatience):
		ts.Fatalf("it did not end:\n%s", c.said())
	}
	_, err := ts.Stdout().Write(c.said())
	ts.Check(err)
	return how
}

// free is an address nobody listens on.
func free(ts *testscript.TestScript) string {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(l.Close())
	return l.Addr().String()
}

func (c *city) play(ts *testscript.TestScript, desk string, flags []string) {
	path, err := lookPath(ts, "jiesu")
	ts.Check(err)
	c.process = exec.Command(path, append([]string{
		"demo", "12345", "--platform", "city", "--algorithm", "sm3", "--url", desk, "--listen", c.address, "--secret-file", filepath.Join(ts.Getenv("WORK"), "secret"),
	}, flags...)...)
	c.process.Env = []string{"JIESU_TEST_CLOCK=" + ts.Getenv("JIESU_TEST_CLOCK")}
	c.process.Stdout, c.process.Stderr = c, c
	ts.Check(c.process.Start())
	c.ended = make(chan error, 1)
	go func() { c.ended <- c.process.Wait() }()
	ts.Defer(func() { _ = c.process.Process.Kill() }) // it may have ended
}

func (c *city) wait(ts *testscript.TestScript, want *regexp.Regexp) {
	for tick, end := time.Tick(100*time.Millisecond), time.After(storyPatience); !want.Match(c.said()); {
		select {
		case <-tick:
		case <-end:
			ts.Fatalf("it did not say %s:\n%s", want, c.said())
		}
	}
}
