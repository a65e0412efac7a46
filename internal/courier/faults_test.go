package courier_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest/pgtest"
)

// burnArg makes this test binary a courier that may be killed at any moment.
const burnArg = "carry-and-burn"

const (
	faultKey    = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	faultLanes  = 10
	faultInLane = 6
)

func begun() time.Time { return time.Date(2026, 6, 8, 4, 0, 0, 0, time.UTC) }

// burning carries what may leave at a time, and ends.
func burning(url, peer, at string) error {
	now, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return err
	}
	keys, err := seal.ParseKeyring(faultKey)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{URL: url, Keyring: keys})
	if err != nil {
		return err
	}
	clock, log := func() time.Time { return now }, slog.New(slog.NewTextHandler(os.Stderr, nil))
	c := courier.New(courier.Options{
		Store: s, Desk: desk.New(desk.Parts{Store: s, Now: clock, Log: log}), Now: clock, Log: log,
		Routes: map[string]courier.Route{"post": {
			Carrier: letterbox(peer), Timeout: 100 * time.Millisecond, Together: 4,
			Pauses: []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour},
		}},
	})
	if err := c.Once(ctx); err != nil {
		return err
	}
	return s.Close()
}

// letterbox posts to a peer, and says before that it is about to.
type letterbox string

func (b letterbox) Carry(ctx context.Context, v desk.Delivery) courier.Result {
	if _, err := b.post(ctx, "/soon", v); err != nil {
		return courier.Result{Outcome: desk.TryLater, Detail: "unreachable"}
	}
	status, err := b.post(ctx, "/", v)
	switch {
	case err != nil:
		return courier.Result{Outcome: desk.NobodyKnows, Detail: "no answer"}
	case status != http.StatusOK:
		return courier.Result{Outcome: desk.TryLater, Status: status}
	}
	return courier.Result{Outcome: desk.Arrived, Status: status}
}

func (b letterbox) post(ctx context.Context, path string, v desk.Delivery) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, string(b)+path, bytes.NewReader(v.Body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Webhook-Id", v.ID)
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// faultyPeer takes messages and does to them what peers do. It knows repeats by
// their id, as a good receiver does, and keeps a ledger.
type faultyPeer struct {
	mu      sync.Mutex
	chance  *rand.Rand
	now     time.Time
	kill    func() // of the courier that is at work
	taken   map[string]bool
	lanes   map[string][]string // what each lane has taken, in order
	calm    bool                // from now on there are no faults
	gone    time.Time           // when it went away
	count   map[string]int
	arrived int // with repeats
}

func (p *faultyPeer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	away := p.away()
	fault := ""
	if !p.calm && !away {
		fault = [...]string{"", "", "", "", "", "500", "timeout", "timeout, yet taken", "killed before", "killed after"}[p.chance.IntN(10)]
	}
	if r.URL.Path == "/soon" { // committed, and nothing sent yet
		if fault != "killed before" || p.chance.IntN(3) > 0 {
			fault = ""
		}
	}
	takes := r.URL.Path == "/" && (fault == "" || strings.HasSuffix(fault, "taken") || fault == "killed after") && !away
	if takes {
		p.take(r.Header.Get("Webhook-Id"), string(body))
	}
	if away {
		fault = "away for an hour"
	}
	if fault != "" {
		p.count[fault]++
	}
	if strings.HasPrefix(fault, "killed") {
		p.kill()
	}
	p.mu.Unlock()
	p.answer(w, r, fault)
}

func (p *faultyPeer) answer(w http.ResponseWriter, r *http.Request, fault string) {
	switch {
	case fault == "500":
		w.WriteHeader(http.StatusInternalServerError)
	case strings.HasPrefix(fault, "timeout"):
		<-r.Context().Done() // until the courier gives up
	case fault == "away for an hour", strings.HasPrefix(fault, "killed"):
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	}
}

// away is the peer for an hour, from when it has taken a third, and until somebody has
// noticed.
func (p *faultyPeer) away() bool {
	if p.gone.IsZero() {
		if len(p.taken) < faultLanes*faultInLane/3 {
			return false
		}
		p.gone = p.now
	}
	return p.now.Before(p.gone.Add(time.Hour)) || p.count["away for an hour"] == 0
}

func (p *faultyPeer) take(id, lane string) {
	p.arrived++
	if p.taken[id] {
		p.count["came again"]++
		return
	}
	p.taken[id] = true
	p.lanes[lane] = append(p.lanes[lane], id)
}

// TestNothingIsLostOrDoubled sends through a peer with every fault, by couriers
// that are killed with SIGKILL before and after they send, and looks at the
// peer's ledger.
func TestNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testFaults(t, filepath.Join(t.TempDir(), "courier.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server, err := pgtest.Start(context.WithoutCancel(t.Context()), os.Getenv("JIESU_TEST_DATABASE_URL"))
		must(t, err)
		t.Cleanup(func() { must(t, server.Stop()) })
		testFaults(t, server.Database(t))
	})
}

func testFaults(t *testing.T, url string) {
	t.Helper()
	keys, err := seal.ParseKeyring(faultKey)
	must(t, err)
	s, err := store.Open(t.Context(), store.Config{URL: url, Keyring: keys})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	must(t, s.Migrate(t.Context()))
	p := &faultyPeer{
		chance: rand.New(rand.NewPCG(1, 2)), now: begun(), taken: map[string]bool{}, lanes: map[string][]string{}, count: map[string]int{},
	}
	peer := httptest.NewServer(p)
	t.Cleanup(peer.Close)
	fill(t, s)
	runs := 0
	for waiting := true; waiting; runs++ {
		if runs == 400 {
			t.Fatal("it does not come to an end")
		}
		p.mu.Lock()
		p.calm = runs > 25 && p.missing() == "" // the last arrive in days, not in weeks
		p.mu.Unlock()
		burn(t, p, url, peer.URL)
		waiting = p.nextMoment(t, s)
	}
	p.check(t)
	t.Logf("%d deliveries in %d lanes, %d couriers, %s: %d arrived, of these %d again; faults %v; lost 0, doubled 0, out of order 0",
		faultLanes*faultInLane, faultLanes, runs, p.now.Sub(begun()).Round(time.Minute), p.arrived, p.count["came again"], p.count)
}

func fill(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		for i := range faultLanes * faultInLane {
			lane := fmt.Sprintf("J%d", i%faultLanes)
			err := tx.InsertDelivery(ctx, desk.Delivery{
				ID: fmt.Sprintf("%05d", i), Route: "post/a", Lane: lane, Kind: "test", Body: []byte(lane), State: desk.DeliveryWaiting, NextAt: begun(), CreatedAt: begun(), Version: 1,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// burn lets one courier work until it is done, or killed by the peer.
func burn(t *testing.T, p *faultyPeer, url, peer string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], burnArg, url, peer, p.now.Format(time.RFC3339Nano))
	complaints, err := child.StderrPipe()
	must(t, err)
	killed := false
	p.mu.Lock()
	p.kill = func() { killed = true; _ = child.Process.Kill() }
	must(t, child.Start())
	p.mu.Unlock()
	said, _ := io.ReadAll(complaints)
	err = child.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && !killed {
		t.Fatalf("a courier failed: %v\n%s", err, said)
	}
}

// nextMoment moves the peer's clock to when something may leave again, and reports
// whether anything still waits.
func (p *faultyPeer) nextMoment(t *testing.T, s *store.Store) bool {
	t.Helper()
	left, err := s.Deliveries(t.Context(), desk.DeliveryFilter{States: []desk.DeliveryState{desk.DeliveryWaiting, desk.DeliveryDead}, Limit: 1000})
	must(t, err)
	if len(left) == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	staff := desk.New(desk.Parts{Store: s, Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)})
	for _, v := range left { // ten faults in a row come about: what is dead holds its lane until staff replay it
		if v.State == desk.DeliveryDead {
			must(t, staff.Replay(t.Context(), desk.Actor{ID: "u1", Channels: true}, v.ID))
			p.count["replayed"]++
		}
	}
	next := p.now.Add(31 * time.Second) // a lease at least is over by then
	routes, err := s.DueRoutes(t.Context(), next)
	must(t, err)
	for ; len(routes) == 0; next = next.Add(5 * time.Minute) {
		routes, err = s.DueRoutes(t.Context(), next)
		must(t, err)
	}
	p.now = next
	return true
}

func (p *faultyPeer) check(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.taken) != faultLanes*faultInLane {
		t.Errorf("%d of %d arrived", len(p.taken), faultLanes*faultInLane)
	}
	for lane, ids := range p.lanes {
		for i := 1; i < len(ids); i++ {
			if ids[i] < ids[i-1] {
				t.Errorf("lane %s took %s after %s", lane, ids[i], ids[i-1])
			}
		}
	}
	if fault := p.missing(); fault != "" {
		t.Errorf("the run had no %q", fault)
	}
}

// missing is a fault that has not happened yet.
func (p *faultyPeer) missing() string {
	for _, fault := range []string{"500", "timeout", "timeout, yet taken", "killed before", "killed after", "away for an hour", "came again"} {
		if p.count[fault] == 0 {
			return fault
		}
	}
	return ""
}
