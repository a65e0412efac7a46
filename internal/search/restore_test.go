package search_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
	"jiesu/internal/search/searchtest"
)

// server is a real Meilisearch whose data a test may lose.
type server struct {
	t                *testing.T
	program, address string
	admin            meilisearch.ServiceManager
	process          *exec.Cmd
}

const serverKey = "a-master-key-of-a-test"

// ownServer is one that does not run yet.
func ownServer(t *testing.T) *server {
	t.Helper()
	program := os.Getenv("JIESU_TEST_MEILISEARCH")
	if program == "" {
		t.Skip("NOT RUN: JIESU_TEST_MEILISEARCH does not name the program of a Meilisearch of this test's own")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, program: program, address: free.Addr().String()}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s.admin = meilisearch.New("http://"+s.address, meilisearch.WithAPIKey(serverKey), meilisearch.DisableRetries())
	t.Cleanup(s.admin.Close)
	t.Cleanup(s.stop)
	return s
}

// engine is one process that uses the server.
func (s *server) engine(e search.Embedding) *search.Meilisearch {
	s.t.Helper()
	m, err := search.NewMeilisearch(search.MeilisearchOptions{URL: "http://" + s.address, Key: serverKey, Prefix: "jiesu", Embedding: e})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(m.Close)
	return m
}

// start runs the program over a folder and waits until it answers.
func (s *server) start(data string, more ...string) {
	s.t.Helper()
	args := append([]string{"--no-analytics", "--http-addr", s.address, "--db-path", data, "--snapshot-dir", filepath.Join(filepath.Dir(data), "snapshots")}, more...)
	s.process = exec.CommandContext(context.WithoutCancel(s.t.Context()), s.program, args...)
	s.process.Dir, s.process.Env = filepath.Dir(data), append(os.Environ(), "MEILI_MASTER_KEY="+serverKey)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for until := time.Now().Add(time.Minute); !s.admin.IsHealthy(); {
		if time.Now().After(until) {
			s.t.Fatal("Meilisearch does not answer")
		}
	}
}

func (s *server) stop() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// snapshot saves what the server holds and returns the file.
func (s *server) snapshot(folder string) string {
	s.t.Helper()
	task, err := s.admin.CreateSnapshotWithContext(s.t.Context())
	if err == nil {
		_, err = s.admin.WaitForTaskWithContext(s.t.Context(), task.TaskUID, 50*time.Millisecond)
	}
	files, errFiles := filepath.Glob(filepath.Join(folder, "snapshots", "*.snapshot"))
	if err != nil || errFiles != nil || len(files) != 1 {
		s.t.Fatalf("snapshots %v, errors %v and %v", files, err, errFiles)
	}
	return files[0]
}

// TestARestoredMeilisearchIsBroughtIntoStep asks all the while a server loses its data
// and gets older data back: JIESU_TEST_MEILISEARCH is its program.
func TestARestoredMeilisearchIsBroughtIntoStep(t *testing.T) {
	t.Parallel()
	s, folder := ownServer(t), t.TempDir()
	s.start(filepath.Join(folder, "first"))
	m := s.engine(search.Embedding{})
	g := guard(t, m, nil)
	inStep(t, g, m, "a new server")
	file := s.snapshot(folder)
	now := append(searchtest.Entries()[1:], knowledge.Entry{ID: "gun", Question: "枪支怎么上交？"})
	if err := g.Replace(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	inStep(t, g, m, "the library of today")
	var done atomic.Bool
	var asking sync.WaitGroup
	asking.Go(func() { // nobody may notice
		for !done.Load() {
			if found, err := g.Search(t.Context(), "户口怎么迁到外地", 5); err != nil || len(found) == 0 || found[0].Entry != "hukou-move" {
				t.Errorf("found %v, error %v", found, err)
			}
		}
	})
	for _, loss := range []struct {
		what string
		more []string
	}{{"older", []string{"--import-snapshot", file}}, {"emptied", nil}} {
		s.stop()
		s.start(filepath.Join(folder, loss.what), loss.more...)
		if state, err := m.Check(t.Context()); err != nil || state.InStep {
			t.Errorf("%s: %s, error %v", loss.what, state, err)
		}
		if err := g.Check(t.Context()); err != nil || g.Standing() != search.OutOfStep {
			t.Errorf("%s: engine is %s, error %v", loss.what, g.Standing(), err)
		}
		inStep(t, g, m, loss.what)
	}
	done.Store(true)
	asking.Wait()
}

// inStep lets the job do its work and holds the server to the library.
func inStep(t *testing.T, g *guarded, m *search.Meilisearch, what string) {
	t.Helper()
	if err := g.Sync(t.Context()); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if state, err := m.Check(t.Context()); err != nil || !state.InStep || !strings.HasSuffix(state.String(), "in step") {
		t.Errorf("%s: %s, error %v", what, state, err)
	}
}
