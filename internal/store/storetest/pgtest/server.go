package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
)

// ErrAbsent says that this machine has no PostgreSQL binaries.
var ErrAbsent = errors.New("no PostgreSQL under /usr/lib/postgresql/*/bin and no server URL given")

// Server is a running PostgreSQL.
type Server struct {
	admin string // URL of its maintenance database
	dir   string // empty: somebody else's server
	bin   string
	flags []string
	cmd   *exec.Cmd
	log   chan struct{} // closed when the server's output has ended
	made  atomic.Int64
}

// Start starts a throw-away cluster, or uses the server at serverURL where one
// is given. It returns [ErrAbsent] where there is neither.
func Start(ctx context.Context, serverURL string) (*Server, error) {
	if serverURL != "" {
		return &Server{admin: serverURL}, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return nil, ErrAbsent
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	return create(ctx, slices.Max(found), dir, "-c", "fsync=off", "-c", "full_page_writes=off")
}

// StartIn starts a cluster in an empty folder of the caller's that flushes what it is
// given, as one in production does.
func StartIn(ctx context.Context, dir string) (*Server, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return nil, ErrAbsent
	}
	return create(ctx, slices.Max(found), dir)
}

func create(ctx context.Context, program, dir string, flags ...string) (*Server, error) {
	s := &Server{dir: dir, bin: filepath.Dir(program), flags: flags}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *Server) prepare(ctx context.Context) error {
	attr, err := s.unprivileged()
	if err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync") //nolint:gosec // found by the caller
	initdb.Dir, initdb.SysProcAttr = s.dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s.Restart()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Restart starts a cluster that does not run over the files it has, and returns when
// it takes connections.
func (s *Server) Restart() error {
	attr, err := s.unprivileged()
	if err != nil {
		return err
	}
	s.log = make(chan struct{})
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), append([]string{"-D", s.data(), "-k", s.dir, "-h", "", "-c", "max_connections=200"}, s.flags...)...) //nolint:gosec,noctx // found by the caller; Stop ends it
	s.cmd.Dir, s.cmd.SysProcAttr = s.dir, attr
	output, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ready := make(chan error, 1)
	go func() {
		defer close(s.log)
		var said strings.Builder
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				select {
				case ready <- nil:
				default: // said once already
				}
			}
			said.WriteString(lines.Text() + "\n")
		}
		select {
		case ready <- fmt.Errorf("postgres did not start:\n%s", said.String()):
		default: // it was ready before and has been stopped
		}
	}()
	s.admin = "postgres:///postgres?" + url.Values{"host": {s.dir}, "user": {"postgres"}}.Encode()
	if err := <-ready; err != nil {
		return errors.Join(err, s.cmd.Wait())
	}
	return nil
}

// Kill ends the processes of a cluster at once, whatever they do, and keeps its files.
func (s *Server) Kill() error {
	err := s.cmd.Process.Signal(syscall.SIGQUIT) // it recovers when it is started again
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-s.log
	_ = s.cmd.Wait() // killed
	return err
}

// Socket is the file its clients connect to.
func (s *Server) Socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

// unprivileged is how the server's processes run: PostgreSQL refuses root.
func (s *Server) unprivileged() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(s.dir, int(uid), int(gid))
}

// Stop ends a cluster that Start made and removes its files.
func (s *Server) Stop() error {
	if s == nil || s.dir == "" {
		return nil
	}
	err := s.cmd.Process.Signal(syscall.SIGINT) // fast shutdown
	<-s.log
	return errors.Join(err, s.cmd.Wait(), os.RemoveAll(s.dir))
}

// Database makes an empty database and returns its URL; the test drops it.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("jiesu_test_%d_%d", os.Getpid(), s.made.Add(1))
	s.run(tb, "CREATE DATABASE "+name)
	tb.Cleanup(func() { s.run(tb, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(s.admin)
	if err != nil {
		tb.Fatal("the server's URL cannot be read")
	}
	u.Path = "/" + name
	return u.String()
}

func (s *Server) run(tb testing.TB, text string) {
	tb.Helper()
	db, err := sql.Open("pgx", s.admin)
	if err == nil {
		_, err = db.ExecContext(context.WithoutCancel(tb.Context()), text)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
}
