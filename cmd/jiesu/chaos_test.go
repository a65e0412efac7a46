package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jiesu/internal/limit/redistest"
	"jiesu/internal/store/storetest/pgtest"
)

// TestChaos breaks an installation in random order while people write to it, and holds
// it to a ledger of everything that was acknowledged. It says in Markdown what it did:
//
//	make chaos
//
// JIESU_TEST_CHAOS is how long the load lasts, JIESU_TEST_CHAOS_SEED repeats an order,
// and JIESU_TEST_MEILISEARCH is the program of a Meilisearch to stop as well.
func TestChaos(t *testing.T) {
	during, err := time.ParseDuration(os.Getenv("JIESU_TEST_CHAOS"))
	if err != nil {
		t.Skip("NOT RUN: faults under load; JIESU_TEST_CHAOS does not say how long")
	}
	seed, err := strconv.ParseUint(os.Getenv("JIESU_TEST_CHAOS_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	program := filepath.Join(storyProgram(t), "jiesu")
	t.Run("replicas", func(t *testing.T) { newStage(t, program, seed, true).play(during) })
	t.Run("alone", func(t *testing.T) { newStage(t, program, seed, false).play(during) })
}

// disk is how large the disk is that the database may fill.
const disk = 600 << 20

// stage is an installation that faults happen to.
type stage struct {
	t        *testing.T
	random   *rand.Rand
	seed     uint64
	postgres *pgtest.Server // nil: SQLite
	url      string         // of the database, past the lines
	redis    *redistest.Server
	search   *meilisearch // nil: the embedded engine
	replicas []*site
	clocks   []string // file of each replica's clock
	lines    []*line  // between replicas and servers
	front    *edge
	folder   string // of the database
	small    bool   // that folder is a disk of its own
	receiver *ledgerReceiver
	faults   []*fault
	ledger   ledger
}

// newStage starts two replicas behind nginx on PostgreSQL, Redis and Meilisearch, or
// one program on SQLite.
func newStage(t *testing.T, program string, seed uint64, several bool) *stage {
	t.Helper()
	s := &stage{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 1)), receiver: newLedgerReceiver(t)}
	s.mountDisk()
	channels := filepath.Join(t.TempDir(), "channels.yaml")
	must(t, os.WriteFile(channels, []byte("outbound:\n  allow: [127.0.0.1]\n"), 0o600))
	shared := []string{"JIESU_CHANNELS=" + channels, "JIESU_TRUSTED_PROXIES=127.0.0.1"}
	if !several {
		s.replicas = []*site{s.replica(program, filepath.Join(s.folder, "data"), shared, 0)}
	} else {
		s.startServers()
		data := t.TempDir()
		for i := range 2 {
			env := slices.Concat(shared, s.connect())
			s.replicas = append(s.replicas, s.replica(program, data, env, i))
		}
	}
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("NOT RUN: no nginx found: install the package nginx-light")
	}
	var upstreams []string
	for _, r := range s.replicas {
		upstreams = append(upstreams, r.address)
	}
	s.front = startNginx(t, nginx, upstreams...)
	s.faults = s.known()
	return s
}

// replica starts the program over a folder, with a clock of its own.
func (s *stage) replica(program, data string, env []string, i int) *site {
	s.t.Helper()
	clock := filepath.Join(s.t.TempDir(), "clock")
	s.clocks = append(s.clocks, clock)
	h := &site{t: s.t, program: program, data: data, env: slices.Concat(env, []string{"JIESU_TEST_CLOCK=" + clock})}
	h.serve()
	if i == 0 {
		s.follow(h)
	}
	return h
}

// follow lets another system hear of every ticket.
func (s *stage) follow(h *site) {
	s.t.Helper()
	h.send(http.MethodPost, "/api/v1/staff/webhooks", h.signIn("taskforce1"), fmt.Sprintf(`{"url":%q,"description":"市政务平台"}`, s.receiver.server.URL))
}

// mountDisk makes the database's folder a small disk where that is allowed. Others may
// enter it: PostgreSQL runs as somebody else.
func (s *stage) mountDisk() {
	var err error
	s.folder, err = os.MkdirTemp("", "chaos")
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, os.RemoveAll(s.folder)) })
	must(s.t, os.Chmod(s.folder, 0o755))
	err = syscall.Mount("tmpfs", s.folder, "tmpfs", 0, fmt.Sprintf("size=%d", disk))
	if s.small = err == nil; !s.small {
		s.t.Logf("NOT DONE: full disk: cannot mount a small one: %v", err)
		return
	}
	s.t.Cleanup(func() { must(s.t, syscall.Unmount(s.folder, syscall.MNT_DETACH)) })
}

func (s *stage) startServers() {
	s.t.Helper()
	dir := filepath.Join(s.folder, "pg")
	must(s.t, os.Mkdir(dir, 0o755))
	var err error
	s.postgres, err = pgtest.StartIn(context.WithoutCancel(s.t.Context()), dir)
	if errors.Is(err, pgtest.ErrAbsent) {
		s.t.Skip("NOT RUN ON POSTGRESQL:", err)
	}
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, s.postgres.Stop()) })
	s.url = s.postgres.Database(s.t)
	s.redis = redistest.Start(s.t)
	s.search = startMeilisearch(s.t)
}

// connect is where one replica finds the servers: at the near ends of lines of its own.
func (s *stage) connect() []string {
	s.t.Helper()
	database := newLine(s.t, "unix", s.postgres.Socket())
	redis := newLine(s.t, "tcp", s.redis.Address)
	s.lines = append(s.lines, database, redis)
	env := []string{"JIESU_DATABASE_URL=" + database.postgres(s.t, s.url), "JIESU_REDIS_URL=redis://" + redis.address + "/0"}
	if s.search != nil {
		l := newLine(s.t, "tcp", s.search.address)
		s.lines = append(s.lines, l)
		env = append(env, "JIESU_MEILISEARCH_URL=http://"+l.address)
	}
	return env
}

// play has people talk and write, faults happen, and looks at the end what is left.
func (s *stage) play(during time.Duration) {
	s.t.Helper()
	steps := s.fill(during)
	over := make(chan struct{})
	load := s.people(over)
	begin := time.Now()
	for time.Since(begin) < during && !s.t.Failed() {
		f := s.faults[s.random.IntN(len(s.faults))]
		calm := time.Duration(1+s.random.IntN(4)) * time.Second
		s.ledger.during(f, func() { f.do(s.random) })
		<-time.After(calm)
	}
	close(over)
	load.Wait()
	s.heal()
	s.front.calm(s.t)
	s.settle(steps)
	s.check(steps)
	s.report(time.Since(begin))
}

// fill stores tickets whose clocks come due all the while.
func (s *stage) fill(during time.Duration) crashLoad {
	s.t.Helper()
	load := crashLoad{clocks: int(during.Seconds()) * 5, steps: 1, over: during}
	must(s.t, fillClocks(s.t.Context(), s.fleet().open(s.t), load))
	return load
}

func (s *stage) fleet() *fleet { return &fleet{data: s.replicas[0].data, url: s.url} }

// heal makes sure that everything runs.
func (s *stage) heal() {
	for _, f := range s.faults {
		if f.heal != nil {
			f.heal()
		}
	}
}

// settle waits until nothing is left to do: what was taken by processes that were
// killed is done by others when its lease runs out.
func (s *stage) settle(load crashLoad) {
	s.t.Helper()
	db := s.fleet().sql(s.t)
	for tick, end := time.NewTicker(time.Second), time.After(5*time.Minute); ; {
		clocks := count(s.t, db, "SELECT count(*) FROM clock JOIN ticket ON ticket.id = clock.ticket_id WHERE ticket.number LIKE 'T%' AND clock.next_at IS NOT NULL")
		jobs := count(s.t, db, fmt.Sprintf("SELECT count(*) FROM job WHERE state = 'ready' AND run_at <= %d", time.Now().UnixMicro()))
		deliveries := count(s.t, db, "SELECT count(*) FROM delivery WHERE state = 'waiting'")
		if clocks+jobs+deliveries == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			s.t.Errorf("%d of %d clocks, %d jobs and %d deliveries were never done: %v", clocks, load.total(), jobs, deliveries, s.undone(db))
			return
		}
	}
}

// undone tells of what is left to do.
func (s *stage) undone(db *sql.DB) (left []string) {
	s.t.Helper()
	rows, err := db.QueryContext(s.t.Context(), "SELECT kind || ' ' || attempts || ' ' || last_error FROM job WHERE state = 'ready' UNION SELECT route || ' ' || tries || ' ' || reason FROM delivery WHERE state = 'waiting'")
	must(s.t, err)
	defer func() { must(s.t, rows.Close()) }()
	for rows.Next() {
		var one string
		must(s.t, rows.Scan(&one))
		left = append(left, one)
	}
	must(s.t, rows.Err())
	return left
}

// check holds the installation to the ledger.
func (s *stage) check(load crashLoad) {
	s.t.Helper()
	db := s.fleet().sql(s.t)
	s.ledger.checkMessages(s.t)
	s.ledger.checkTickets(s.t, db)
	s.ledger.checkDeliveries(s.t, db, s.receiver)
	s.ledger.clocks = load.total()
	fired := s.firings(db)
	if len(fired) != load.total() {
		s.t.Errorf("%d of %d steps of clocks fired", len(fired), load.total())
	}
	for clock, n := range fired {
		if n != 1 {
			s.t.Errorf("the step of %s fired %d times", clock, n)
		}
	}
	if said, ok := s.replicas[0].command("audit", "verify"); !ok {
		s.t.Errorf("the trail is not whole: %s", said)
	}
}

// firings counts how often each clock of the filled tickets fired.
func (s *stage) firings(db *sql.DB) map[string]int {
	s.t.Helper()
	rows, err := db.QueryContext(s.t.Context(), `SELECT audit.detail FROM audit JOIN ticket ON audit.object = 'ticket/' || ticket.id
		WHERE audit.action LIKE 'clock.%' AND ticket.number LIKE 'T%'`)
	must(s.t, err)
	defer func() { must(s.t, rows.Close()) }()
	fired := map[string]int{}
	for rows.Next() {
		var text string
		must(s.t, rows.Scan(&text))
		var detail map[string]string
		must(s.t, json.Unmarshal([]byte(text), &detail))
		fired[detail["clock"]]++
	}
	must(s.t, rows.Err())
	return fired
}

// report says in Markdown what happened.
func (s *stage) report(took time.Duration) {
	var b strings.Builder
	l := &s.ledger
	kind := "one program on SQLite"
	if s.postgres != nil {
		kind = "two replicas behind nginx on PostgreSQL and Redis"
		if s.search != nil {
			kind += " and Meilisearch"
		}
	}
	fmt.Fprintf(&b, "\n%s: %v, seed %d\n\n| fault | times | longest without an acknowledgement |\n|---|--:|--:|\n", kind, took.Round(time.Second), s.seed)
	for _, f := range s.faults {
		fmt.Fprintf(&b, "| %s | %d | %.1f s |\n", f.name, f.times, f.longest.Seconds())
	}
	fmt.Fprintf(&b, "\n| acknowledged | | missing | doubled |\n|---|--:|--:|--:|\n")
	for _, line := range []struct {
		what            string
		n               int
		missing, double int
	}{
		{"messages", l.messages, l.lostMessages, l.doubledMessages},
		{"tickets", l.tickets, l.lostTickets, l.doubledTickets},
		{"clock steps", l.clocks, 0, 0},
		{"deliveries", l.deliveries, l.lostDeliveries, l.doubledDeliveries},
	} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", line.what, line.n, line.missing, line.double)
	}
	fmt.Fprintf(&b, "\nattempts that failed and were made again: %d; deliveries that came again under the same id: %d; trail of acts: whole\n", l.failed.Load(), l.again)
	if !s.t.Failed() {
		fmt.Println(b.String())
	} else {
		s.t.Log(b.String())
	}
}

// ledgerReceiver is another system that takes what it is sent, most of the time.
type ledgerReceiver struct {
	server *httptest.Server

	mu    sync.Mutex
	tries map[string]int      // by message id
	opens map[string][]string // ids of ticket.opened by number
}

func newLedgerReceiver(t *testing.T) *ledgerReceiver {
	t.Helper()
	r := &ledgerReceiver{tries: map[string]int{}, opens: map[string][]string{}}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *ledgerReceiver) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	var event struct {
		Type string `json:"type"`
		Data struct {
			Number string `json:"number"`
		} `json:"data"`
	}
	if err := json.NewDecoder(in.Body).Decode(&event); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if rand.IntN(50) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable) // it is only human
		return
	}
	id := in.Header.Get("Webhook-Id")
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tries[id]++; r.tries[id] == 1 && event.Type == "ticket.opened" {
		r.opens[event.Data.Number] = append(r.opens[event.Data.Number], id)
	}
	w.WriteHeader(http.StatusNoContent)
}
