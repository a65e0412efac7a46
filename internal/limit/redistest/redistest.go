// Package redistest starts Redis servers for tests.
package redistest

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a Redis of a test's own, on a free port of this machine, that keeps
// nothing.
type Server struct {
	Address string

	tb      testing.TB
	program string
	running *exec.Cmd
}

// Start starts one, or skips the test aloud where there is no Redis.
func Start(tb testing.TB) *Server {
	tb.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Skip("SKIP: no redis-server found: install the package redis-server")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing is waited for
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{Address: free.Addr().String(), tb: tb, program: program}
	if err := free.Close(); err != nil {
		tb.Fatal(err)
	}
	s.Restart()
	tb.Cleanup(s.Stop)
	return s
}

// Stop ends the server at once, with all it knew.
func (s *Server) Stop() {
	if s.running != nil {
		_ = s.running.Process.Kill()
		_ = s.running.Wait()
		s.running = nil
	}
}

// Restart starts the server anew where it was.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Stop()
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.running = exec.Command(s.program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.tb.TempDir()) //nolint:gosec,noctx // a program of the machine; Stop ends it
	if err := s.running.Start(); err != nil {
		s.tb.Fatal(err)
	}
	c := s.Client()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for tick := time.NewTicker(10 * time.Millisecond); c.Ping(ctx).Err() != nil; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.tb.Fatal("Redis did not start")
		}
	}
}

// Client returns a client that gives up soon.
func (s *Server) Client() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.Address, MaxRetries: -1, DialerRetries: 1, DialTimeout: 200 * time.Millisecond})
	s.tb.Cleanup(func() { _ = c.Close() })
	return c
}
