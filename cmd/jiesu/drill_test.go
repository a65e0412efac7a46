package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDrills runs the scripts for operators on an installation that is written to all
// the time: keys are rotated while programs are killed, a backup is taken and put in
// place elsewhere. Every letter that was acknowledged before the backup is there, is
// found, and opens; and so it stays once the former keys are retired.
func TestDrills(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testDrill(t, 1, "", "")
	})
	t.Run("two-on-postgres", func(t *testing.T) {
		t.Parallel()
		testDrill(t, 2, crashDatabase(t), crashDatabase(t))
	})
}

func testDrill(t *testing.T, replicas int, database, elsewhere string) {
	t.Helper()
	d := newDrill(t, database)
	sites := []*site{openSite(t, d.program, d.environ()...)}
	for len(sites) < replicas {
		o := sites[0].sibling()
		sites = append(sites, o)
	}
	writing := d.write(t, sites)
	d.must(t, "jiesu", "keys", "rewrap")
	d.must(t, "jiesu", "keys", "rotate")
	d.killed(t, "jiesu", "keys", "reseal")
	sites[0].kill()
	sites[0].start()
	writing.atLeast(t, 40)
	said := d.must(t, "rotate-keys.sh", d.path("keys-apart"))
	if !strings.Contains(said, "everything is sealed under") {
		t.Errorf("the rotation said %s", said)
	}
	kept := writing.so()
	backup := strings.TrimSpace(d.must(t, "backup.sh", d.path("backups")))
	for _, s := range sites {
		s.kill()
	}
	writing.end()
	for _, secret := range d.secrets(t) {
		if out, err := exec.CommandContext(t.Context(), "grep", "-rlF", secret, backup).CombinedOutput(); err == nil {
			t.Errorf("a key is in the backup: %s", out)
		}
	}

	d.database, d.data = elsewhere, filepath.Join(t.TempDir(), "elsewhere")
	said = d.must(t, "restore.sh", backup)
	if !strings.Contains(said, "0 findings") || !strings.Contains(said, "every deadline has its next step") {
		t.Errorf("the restored installation: %s", said)
	}
	if said, err := d.run(t, "restore.sh", backup); err == nil || !strings.Contains(said, "not empty") {
		t.Errorf("restored over what is there: %s", said)
	}
	d.must(t, "jiesu", "keys", "reseal")
	d.retire(t)
	h := openSite(t, d.program, d.environ()...)
	for _, l := range kept {
		seen := h.call(http.MethodPost, "/api/v1/letters/lookup", "", fmt.Sprintf(`{"number":%q,"query_code":%q}`, l.Number, l.Code))
		if seen["number"] != l.Number {
			t.Errorf("%s was acknowledged and is %v", l.Number, seen)
		}
	}
	last := kept[len(kept)-1]
	token := h.join("searcher", "mailbox", "taskforce")
	found := string(h.send(http.MethodGet, "/api/v1/staff/tickets?q="+last.word, token, ""))
	if !strings.Contains(found, last.Number) {
		t.Errorf("%s is not found by %s: %s", last.Number, last.word, found)
	}
	t.Logf("%d letters before the backup", len(kept))
}

// drill is what operators have at hand.
type drill struct {
	dir, program, data, database string
}

func newDrill(t *testing.T, database string) *drill {
	t.Helper()
	dir := t.TempDir()
	d := &drill{dir: dir, program: filepath.Join(dir, "jiesu"), data: filepath.Join(dir, "data"), database: database}
	self, err := os.Executable()
	must(t, err)
	must(t, os.Symlink(self, d.program)) // by this name the test is the program
	must(t, os.MkdirAll(d.path("kms"), 0o700))
	master := exec.CommandContext(t.Context(), d.program, "keys", "generate", "m1")
	key, err := master.Output()
	must(t, err)
	must(t, os.WriteFile(d.path("kms/master"), key, 0o600))
	return d
}

func (d *drill) path(name string) string { return filepath.Join(d.dir, name) }

func (d *drill) environ() []string {
	return []string{
		"PATH=" + d.dir + string(filepath.ListSeparator) + os.Getenv("PATH"), "JIESU_DATA=" + d.data, "JIESU_DATABASE_URL=" + d.database,
		"JIESU_KEY_FILE=" + d.path("kms/keys"), "JIESU_MASTER_KEY_COMMAND=cat," + d.path("kms/master"), "JIESU_CRYPTO=sm", "JIESU_RATE_LIMITS=false",
		"JIESU_TEST_CLOCK=" + d.path("clock"),
	}
}

// run runs the program, or one of the scripts as they are shipped.
func (d *drill) run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	out, err := d.tool(t, name, args...).CombinedOutput()
	return string(out), err
}

func (d *drill) tool(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path := d.program
	if name != "jiesu" {
		var err error
		path, err = filepath.Abs(filepath.Join("../../deploy/backup", name))
		must(t, err)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Env = append(os.Environ(), d.environ()...)
	return c
}

func (d *drill) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	said, err := d.run(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, said)
	}
	return said
}

// killed runs the program until it says something, then kills it.
func (d *drill) killed(t *testing.T, name string, args ...string) {
	t.Helper()
	c := d.tool(t, name, args...)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	if !bufio.NewScanner(out).Scan() {
		t.Error("it said nothing")
	}
	_ = c.Process.Kill() // it may be done already
	_ = c.Wait()
}

// secrets are the base64 texts of all keys there are.
func (d *drill) secrets(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, file := range []string{"kms/keys", "kms/master"} {
		text, err := os.ReadFile(d.path(file))
		must(t, err)
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); f[0] != "#" {
				all = append(all, f[len(f)-1])
			}
		}
	}
	return all
}

// retire takes every former key away, once it is late enough.
func (d *drill) retire(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(d.path("kms/keys"))
	must(t, err)
	var ids []string
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); f[0] != "#" && f[1] == "sm4-gcm" {
			ids = append(ids, f[0])
		}
	}
	if said, err := d.run(t, "jiesu", "keys", "retire", ids[0]); err == nil || !strings.Contains(said, "may still be the current key") {
		t.Errorf("retired at once: %s", said)
	}
	must(t, os.WriteFile(d.path("clock"), []byte(time.Now().Add(time.Hour).Format(time.RFC3339)), 0o600))
	for _, id := range ids[:len(ids)-1] {
		d.must(t, "jiesu", "keys", "retire", id)
	}
	if said, err := d.run(t, "jiesu", "keys", "retire", ids[len(ids)-1]); err == nil || !strings.Contains(said, "is the current key") {
		t.Errorf("retired the current key: %s", said)
	}
	if said := d.must(t, "jiesu", "keys", "list"); strings.Count(said, " values") != 1 || strings.Contains(said, "MISSING") || strings.Contains(said, "in clear") {
		t.Errorf("keys at the end:\n%s", said)
	}
}

// acknowledged is a letter whose writer was told its number.
type acknowledged struct {
	Number string `json:"number"`
	Code   string `json:"query_code"`
	word   string
}

// writers write letters through whatever happens to the programs.
type writers struct {
	mu      sync.Mutex
	letters []acknowledged
	over    chan struct{}
	all     sync.WaitGroup
}

func (d *drill) write(t *testing.T, sites []*site) *writers {
	t.Helper()
	w := &writers{over: make(chan struct{})}
	for i, h := range sites {
		w.all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-w.over:
					return
				case <-time.After(look):
				}
				word := fmt.Sprintf("路灯%d号%d", i, n)
				body := fmt.Sprintf(`{"kind":"help","title":"信号灯坏了","text":"%s旁的信号灯坏了。","category":"traffic","contact":{"name":"李四","phone":"1380013%04d"}}`, word, n%10000)
				if l, ok := told(h.url("/api/v1/letters"), body); ok {
					l.word = word
					w.mu.Lock()
					w.letters = append(w.letters, l)
					w.mu.Unlock()
				}
			}
		})
	}
	return w
}

// told sends a letter; ok is false where nobody was there to acknowledge it.
func told(url, body string) (l acknowledged, ok bool) {
	r, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return l, false
	}
	err = json.NewDecoder(r.Body).Decode(&l)
	_ = r.Body.Close()
	return l, err == nil && r.StatusCode == http.StatusCreated
}

func (w *writers) so() []acknowledged {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]acknowledged(nil), w.letters...)
}

func (w *writers) atLeast(t *testing.T, n int) {
	t.Helper()
	for tick, end := time.Tick(look), time.After(patience); len(w.so()) < n; {
		select {
		case <-tick:
		case <-end:
			t.Fatalf("%d letters were acknowledged", len(w.so()))
		}
	}
}

func (w *writers) end() {
	close(w.over)
	w.all.Wait()
}
