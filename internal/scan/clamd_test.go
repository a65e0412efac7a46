package scan_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiesu/internal/scan"
)

// eicar is the harmless file every scanner takes for a virus, in two parts so that
// this file is none.
func eicar() []byte {
	return []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)
}

// daemon answers as clamd does, with what verdict makes of the stream.
func daemon(t *testing.T, verdict func(stream []byte) string) *scan.Clamd {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clamd.ctl")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn, verdict)
		}
	}()
	c, err := scan.New("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(conn net.Conn, verdict func([]byte) string) {
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	command, err := r.ReadString(0)
	if err != nil {
		return
	}
	if command == "zVERSION\x00" {
		_, _ = io.WriteString(conn, "ClamAV 1.4.3\x00")
		return
	}
	if command != "zINSTREAM\x00" {
		_, _ = io.WriteString(conn, "UNKNOWN COMMAND\x00")
		return
	}
	var stream bytes.Buffer
	for {
		var n uint32
		if binary.Read(r, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&stream, r, int64(n)); err != nil {
			return
		}
	}
	_, _ = io.WriteString(conn, verdict(stream.Bytes()))
}

func TestAFileIsCleanOnlyWhereTheDaemonSaysSo(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("公安"), 100_000) // several chunks
	c := daemon(t, func(stream []byte) string {
		switch {
		case bytes.Equal(stream, big):
			return "stream: OK\x00"
		case bytes.Equal(stream, eicar()):
			return "stream: Eicar-Test-Signature FOUND\x00"
		case len(stream) == 0:
			return "stream: OK" // cut short
		}
		return "INSTREAM size limit exceeded. ERROR\x00"
	})
	for _, test := range []struct {
		name, found string
		content     []byte
		fails       bool
	}{
		{name: "clean", content: big},
		{name: "infected", content: eicar(), found: "Eicar-Test-Signature"},
		{name: "refused", content: []byte("x"), fails: true},
		{name: "an answer without its end", content: []byte{}, fails: true},
	} {
		found, err := c.Scan(t.Context(), test.content)
		if found != test.found || (err != nil) != test.fails {
			t.Errorf("%s: found %q, error %v", test.name, found, err)
		}
	}
	if said, err := c.Version(t.Context()); err != nil || said != "ClamAV 1.4.3" {
		t.Errorf("version %q, error %v", said, err)
	}
}

func TestADaemonThatIsAwayOrSilentIsAnError(t *testing.T) {
	t.Parallel()
	away, err := scan.New("unix:" + filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := away.Scan(t.Context(), []byte("x")); err == nil {
		t.Error("a daemon that is away found nothing")
	}
	asked := make(chan struct{})
	silent := daemon(t, func([]byte) string { close(asked); select {} })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := silent.Scan(ctx, []byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a daemon that says nothing: %v", err)
	}
}

func TestASocketIsAPathOrAnAddress(t *testing.T) {
	t.Parallel()
	for socket, good := range map[string]bool{"unix:/run/clamav/clamd.ctl": true, "tcp:127.0.0.1:3310": true, "tcp:[::1]:3310": true, "": false, "/run/clamd": false, "unix:clamd": false, "tcp:host": false, "tcp::3310": false} {
		if _, err := scan.New(socket); (err == nil) != good {
			t.Errorf("%q: %v", socket, err)
		}
	}
}

// TestTheRealDaemon runs clamd with a signature of our own, so that nothing has to
// be downloaded.
func TestTheRealDaemon(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("clamd")
	if err != nil {
		t.Skip("clamd is not installed (apt-get install clamav-daemon): only the imitation was tested")
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "clamd.ctl")
	conf := "LocalSocket " + socket + "\nDatabaseDirectory " + dir + "\nForeground yes\nTemporaryDirectory " + dir + "\nOfficialDatabaseOnly no\n"
	signature := "Jiesu.Test.EICAR:0:0:" + hex.EncodeToString(eicar()) + "\n"
	for name, content := range map[string]string{"clamd.conf": conf, "own.ndb": signature} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.CommandContext(t.Context(), program, "--config-file="+filepath.Join(dir, "clamd.conf"))
	var said bytes.Buffer
	run.Stdout, run.Stderr = &said, &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = run.Wait(); close(ended) }()
	t.Cleanup(func() { _ = run.Process.Kill(); <-ended })
	c, err := scan.New("unix:" + socket)
	if err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(time.Minute); ; {
		if _, err = c.Version(t.Context()); err == nil {
			break
		}
		select {
		case <-ended:
			t.Fatalf("clamd ended: %s", said.String())
		default:
		}
		if time.Now().After(limit) {
			t.Fatalf("clamd does not answer: %v", err)
		}
	}
	if found, err := c.Scan(t.Context(), eicar()); err != nil || !strings.HasPrefix(found, "Jiesu.Test.EICAR") {
		t.Errorf("found %q, error %v", found, err)
	}
	if found, err := c.Scan(t.Context(), []byte("一封普通的来信")); err != nil || found != "" {
		t.Errorf("found %q, error %v", found, err)
	}
}
