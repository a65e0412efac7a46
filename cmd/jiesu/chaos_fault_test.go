package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fault is something that breaks, and is mended before do returns.
type fault struct {
	name    string
	do      func(r *rand.Rand)
	heal    func() // what may still be broken where do was cut short
	times   int
	longest time.Duration
}

func seconds(r *rand.Rand, from, to int) <-chan time.Time {
	return time.After(time.Duration(from*1000+r.IntN((to-from)*1000)) * time.Millisecond)
}

// known are the faults this stage can have.
func (s *stage) known() []*fault {
	some := func(r *rand.Rand) *site { return s.replicas[r.IntN(len(s.replicas))] }
	all := []*fault{
		{name: "kill -9 of a program", do: func(r *rand.Rand) {
			h := some(r)
			h.kill()
			<-seconds(r, 0, 3)
			h.start()
		}},
		{name: "restart of a program", do: func(r *rand.Rand) { some(r).restart() }},
		{name: "clock of a program jumps and comes back", do: func(r *rand.Rand) {
			clock := s.clocks[r.IntN(len(s.clocks))]
			jump := time.Duration(r.IntN(1200)-600) * time.Second
			must(s.t, os.WriteFile(clock+".new", []byte(time.Now().Add(jump).Format(time.RFC3339)), 0o600))
			must(s.t, os.Rename(clock+".new", clock))
			<-seconds(r, 3, 8)
			must(s.t, os.Remove(clock))
		}},
	}
	if s.small {
		all = append(all, s.fullDisk())
	}
	if s.postgres == nil {
		return all
	}
	all = append(all, s.serverFaults()...)
	return append(all, s.lineFaults()...)
}

func (s *stage) serverFaults() []*fault {
	all := []*fault{
		{name: "PostgreSQL killed and restarted", do: func(r *rand.Rand) {
			must(s.t, s.postgres.Kill())
			<-seconds(r, 0, 4)
			must(s.t, s.postgres.Restart())
		}},
		{name: "Redis flushed", do: func(*rand.Rand) { must(s.t, s.redis.Client().FlushAll(s.t.Context()).Err()) }},
		{name: "Redis stopped and restarted", do: func(r *rand.Rand) {
			s.redis.Stop()
			<-seconds(r, 2, 6)
			s.redis.Restart()
		}},
	}
	if s.search != nil {
		all = append(all, &fault{name: "Meilisearch killed and restarted", do: func(r *rand.Rand) {
			s.search.kill()
			<-seconds(r, 2, 6)
			s.search.start()
		}})
	}
	return all
}

func (s *stage) lineFaults() []*fault {
	some := func(r *rand.Rand) *line { return s.lines[r.IntN(len(s.lines))] }
	return []*fault{
		{name: "a slow line (50–250 ms) to a server", do: func(r *rand.Rand) {
			l := some(r)
			l.delay.Store(int64(time.Duration(50+r.IntN(200)) * time.Millisecond))
			<-seconds(r, 4, 8)
			l.delay.Store(0)
		}},
		{name: "a line to a server cut", do: func(r *rand.Rand) {
			l := some(r)
			l.cut(true)
			<-seconds(r, 1, 5)
			l.cut(false)
		}},
		{name: "a line that is silent, and stays open", do: func(r *rand.Rand) {
			l := some(r)
			l.delay.Store(int64(20 * time.Second))
			<-seconds(r, 2, 5)
			l.delay.Store(0)
			l.cut(true) // what hangs is over
			l.cut(false)
		}},
	}
}

// fullDisk leaves the database not a byte for a while.
func (s *stage) fullDisk() *fault {
	ballast := filepath.Join(s.folder, "ballast")
	return &fault{name: "full disk under the database", do: func(r *rand.Rand) {
		f, err := os.Create(ballast)
		must(s.t, err)
		_, err = io.Copy(f, endless{})
		if err == nil {
			s.t.Error("the disk is never full")
		}
		_ = f.Close()
		<-seconds(r, 2, 5)
		must(s.t, os.Remove(ballast))
		if s.postgres != nil && !s.answers() { // it gives up where it cannot write its log
			_ = s.postgres.Kill()
			must(s.t, s.postgres.Restart())
		}
	}, heal: func() { _ = os.Remove(ballast) }}
}

// endless is a file without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// answers looks whether the database server takes connections, for some seconds.
func (s *stage) answers() bool {
	for range 20 {
		db := s.fleet().sql(s.t)
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		err := db.PingContext(ctx)
		cancel()
		if err == nil {
			return true
		}
		<-time.After(250 * time.Millisecond)
	}
	return false
}

// line carries bytes to a server, late or not at all. This machine's kernel may not be
// able to make loopback slow.
type line struct {
	address string
	network string
	target  string
	delay   atomic.Int64 // ns, each way

	mu    sync.Mutex
	dead  bool
	conns map[net.Conn]struct{}
}

func newLine(t *testing.T, network, target string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l := &line{address: listener.Addr().String(), network: network, target: target, conns: map[net.Conn]struct{}{}}
	t.Cleanup(func() {
		_ = listener.Close()
		l.cut(true)
	})
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(near)
		}
	}()
	return l
}

// postgres is a database's address at the near end.
func (l *line) postgres(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	must(t, err)
	q := u.Query()
	q.Del("host")
	q.Set("sslmode", "disable")
	return fmt.Sprintf("postgres://%s@%s%s?%s", q.Get("user"), l.address, u.Path, q.Encode())
}

func (l *line) carry(near net.Conn) {
	defer func() { _ = near.Close() }()
	far, err := net.Dial(l.network, l.target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	l.mu.Lock()
	if l.dead {
		l.mu.Unlock()
		return
	}
	l.conns[near], l.conns[far] = struct{}{}, struct{}{}
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.conns, near)
		delete(l.conns, far)
	}()
	var both sync.WaitGroup
	both.Go(func() { l.copy(far, near) })
	both.Go(func() { l.copy(near, far) })
	both.Wait()
}

func (l *line) copy(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if late := time.Duration(l.delay.Load()); late > 0 && n > 0 {
			<-time.After(late)
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut breaks every connection, and refuses new ones until it is mended.
func (l *line) cut(dead bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = dead
	for c := range l.conns {
		_ = c.Close()
	}
}

// meilisearch is a server of this test's own.
type meilisearch struct {
	t       *testing.T
	program string
	address string
	folder  string
	running *exec.Cmd
}

func startMeilisearch(t *testing.T) *meilisearch {
	t.Helper()
	program := os.Getenv("JIESU_TEST_MEILISEARCH")
	if program == "" {
		t.Log("NOT DONE: Meilisearch: JIESU_TEST_MEILISEARCH names no program")
		return nil
	}
	m := &meilisearch{t: t, program: program, address: freeAddress(t), folder: t.TempDir()}
	m.start()
	t.Cleanup(m.kill)
	return m
}

func (m *meilisearch) start() {
	m.t.Helper()
	m.running = exec.Command(m.program, "--http-addr", m.address, "--db-path", filepath.Join(m.folder, "data"), "--no-analytics")
	m.running.Dir = m.folder
	must(m.t, m.running.Start())
	for end := time.After(patience); ; {
		if r, err := http.Get("http://" + m.address + "/health"); err == nil {
			_ = r.Body.Close()
			return
		}
		select {
		case <-time.After(look):
		case <-end:
			m.t.Fatal(errors.New("Meilisearch did not start"))
		}
	}
}

func (m *meilisearch) kill() {
	_ = m.running.Process.Kill()
	_ = m.running.Wait()
}
