package courier_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == burnArg {
		if err := burning(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// house is a desk over a real database, a courier, and a peer that answers as the
// test says.
type house struct {
	*desk.Desk
	store   *store.Store
	courier *courier.Courier

	mu    sync.Mutex
	at    time.Time
	got   []string
	peer  func(v desk.Delivery) courier.Result
	ticks chan time.Time
}

// post is a [courier.Carrier] that hands everything to the peer.
type post struct{ h *house }

func (p post) Carry(_ context.Context, v desk.Delivery) courier.Result {
	p.h.mu.Lock()
	defer p.h.mu.Unlock()
	p.h.got = append(p.h.got, v.ID)
	return p.h.peer(v)
}

func open(t *testing.T, peer func(v desk.Delivery) courier.Result) *house {
	t.Helper()
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	must(t, err)
	path := filepath.Join(t.TempDir(), "courier.db")
	storetest.Migrated(t, path)
	s, err := store.Open(t.Context(), store.Config{URL: path, Keyring: keys})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	h := &house{store: s, at: time.Date(2026, 6, 8, 4, 0, 0, 0, time.UTC), peer: peer, ticks: make(chan time.Time)}
	h.Desk = desk.New(desk.Parts{Store: s, Now: h.now, Log: slog.New(slog.DiscardHandler)})
	h.courier = h.employ()
	return h
}

// employ is a courier for the house.
func (h *house) employ() *courier.Courier {
	return courier.New(courier.Options{
		Store: h.store, Desk: h.Desk, Now: h.now, Ticks: h.ticks, Log: slog.New(slog.DiscardHandler),
		Routes: map[string]courier.Route{"post": {Carrier: post{h}, Pauses: []time.Duration{time.Minute, time.Hour}, Timeout: time.Second, Together: 2}},
	})
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) taken() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.got...)
}

func (h *house) write(t *testing.T, lane string, ids ...string) {
	t.Helper()
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		for _, id := range ids {
			err := tx.InsertDelivery(ctx, desk.Delivery{
				ID: id, Route: "post/a", Lane: lane, Kind: "test", Body: []byte("{}"), State: desk.DeliveryWaiting, NextAt: h.now(), CreatedAt: h.now(), Version: 1,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func (h *house) state(t *testing.T, id string) desk.Delivery {
	t.Helper()
	v, err := h.store.Delivery(t.Context(), id)
	must(t, err)
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want[T comparable](t *testing.T, what string, got []T, expected ...T) {
	t.Helper()
	if len(got) != len(expected) {
		t.Fatalf("%s: got %v, want %v", what, got, expected)
	}
	for i := range got {
		if got[i] != expected[i] {
			t.Fatalf("%s: got %v, want %v", what, got, expected)
		}
	}
}

func arrives(desk.Delivery) courier.Result { return courier.Result{Outcome: desk.Arrived, Status: 200} }

func fails(desk.Delivery) courier.Result {
	return courier.Result{Outcome: desk.TryLater, Status: 500, After: 0}
}

func TestALaneLeavesInItsOrder(t *testing.T) {
	t.Parallel()
	failing := true
	h := open(t, func(v desk.Delivery) courier.Result {
		if v.ID == "1" && failing {
			failing = false
			return fails(v)
		}
		return arrives(v)
	})
	h.write(t, "J1", "1", "2", "3")
	must(t, h.courier.Once(t.Context()))
	want(t, "behind one that failed", h.taken(), "1")
	h.pass(2 * time.Minute)
	must(t, h.courier.Once(t.Context()))
	want(t, "once it has arrived", h.taken(), "1", "1", "2", "3")
	attempts, err := h.store.Attempts(t.Context(), "1")
	must(t, err)
	var outcomes []desk.Outcome
	for _, a := range attempts {
		outcomes = append(outcomes, a.Outcome)
	}
	want(t, "attempts", outcomes, desk.TryLater, desk.Arrived)
}

// TestOnlyStaffEndTheTrying: a dead delivery tells the task force, holds up its
// lane, and leaves again under the same id when it is replayed.
func TestOnlyStaffEndTheTrying(t *testing.T) {
	t.Parallel()
	h := open(t, fails)
	h.write(t, "J1", "1", "2")
	for range 9 {
		must(t, h.courier.Once(t.Context()))
		h.pass(2 * time.Hour)
	}
	want(t, "tries", h.taken(), "1", "1", "1")
	if v := h.state(t, "1"); v.State != desk.DeliveryDead || v.Reason != "peer.unreachable" {
		t.Fatalf("it is %s for %s", v.State, v.Reason)
	}
	counts, err := h.store.JobCounts(t.Context())
	must(t, err)
	if counts[desk.JobReady] != 1 {
		t.Errorf("%d notices wait, want one to the task force", counts[desk.JobReady])
	}
	boss := desk.Actor{ID: "u1", Channels: true}
	if err := h.Replay(t.Context(), desk.Actor{ID: "u2"}, "1"); err == nil {
		t.Error("somebody replayed who may not")
	}
	must(t, h.Replay(t.Context(), boss, "1"))
	h.peer = arrives
	must(t, h.courier.Once(t.Context()))
	want(t, "after the replay", h.taken(), "1", "1", "1", "1", "2")
}

// TestAPeerThatAsksForItIsLeftAlone: by what it refused, by what else waits for it
// and by what comes after; staff who send again know better.
func TestAPeerThatAsksForItIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := open(t, func(desk.Delivery) courier.Result {
		return courier.Result{Outcome: desk.TryLater, Status: 503, After: 30 * time.Minute}
	})
	h.write(t, "J1", "1")
	must(t, h.courier.Once(t.Context()))
	h.peer = arrives
	h.write(t, "J2", "2")
	h.pass(29 * time.Minute)
	h.write(t, "", "3")
	must(t, h.courier.Once(t.Context()))
	want(t, "before it is over", h.taken(), "1")
	h.pass(time.Minute)
	must(t, h.courier.Once(t.Context()))
	if got := h.taken(); len(got) != 4 {
		t.Errorf("once it is over: %v", got)
	}
	h.peer = func(desk.Delivery) courier.Result {
		return courier.Result{Outcome: desk.PeerRefused, Status: 429, After: time.Hour}
	}
	h.write(t, "", "4")
	must(t, h.courier.Once(t.Context()))
	h.peer = arrives
	h.pass(time.Second)
	must(t, h.Replay(t.Context(), desk.Actor{ID: "u1", Channels: true}, "4"))
	must(t, h.courier.Once(t.Context()))
	if v := h.state(t, "4"); v.State != desk.DeliverySent {
		t.Errorf("replayed, it is %s", v.State)
	}
}

func TestWhatIsDroppedLetsOthersPass(t *testing.T) {
	t.Parallel()
	h := open(t, func(v desk.Delivery) courier.Result {
		if v.ID == "1" {
			return courier.Result{Outcome: desk.PeerRefused, Status: 400}
		}
		return arrives(v)
	})
	h.write(t, "J1", "1", "2")
	must(t, h.courier.Once(t.Context()))
	want(t, "refused at once", h.taken(), "1")
	boss := desk.Actor{ID: "u1", Channels: true}
	if err := h.DropDelivery(t.Context(), boss, "1", ""); err == nil {
		t.Error("it was dropped without a reason")
	}
	must(t, h.DropDelivery(t.Context(), boss, "1", "平台已另行登记"))
	must(t, h.courier.Once(t.Context()))
	want(t, "after the drop", h.taken(), "1", "2")
}

// TestACourierThatDiesIsFollowedByAnother: the lease of the dead one runs out, and
// the same id is sent again.
func TestACourierThatDiesIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	h := open(t, func(desk.Delivery) courier.Result { panic("made by the test") })
	h.write(t, "", "1")
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.ClaimDeliveries(ctx, "post/a", h.now(), h.now().Add(31*time.Second), 1) // and the process is killed
		return err
	}))
	must(t, h.courier.Once(t.Context()))
	want(t, "while it is leased", h.taken())
	h.pass(32 * time.Second)
	must(t, h.courier.Once(t.Context()))
	want(t, "after the lease", h.taken(), "1")
	if v := h.state(t, "1"); v.State != desk.DeliveryWaiting || v.Tries != 2 {
		t.Errorf("after a panic it is %s at try %d", v.State, v.Tries)
	}
	h.pass(2 * time.Hour)
	h.peer = arrives
	must(t, h.employ().Once(t.Context()))
	if v := h.state(t, "1"); v.State != desk.DeliverySent {
		t.Errorf("it is %s", v.State)
	}
}

func TestACourierStopsWithItsWorkDone(t *testing.T) {
	t.Parallel()
	told := make(chan struct{})
	h := open(t, func(v desk.Delivery) courier.Result {
		close(told)
		return arrives(v)
	})
	h.write(t, "", "1")
	h.courier.Start(t.Context())
	<-told
	h.courier.Stop()
	if v := h.state(t, "1"); v.State != desk.DeliverySent {
		t.Errorf("it is %s", v.State)
	}
}

// TestWhatIsNotSetUpAnyMoreDoesNotWaitForEver: messages to people are skipped, and
// of what others wait for staff decide.
func TestWhatIsNotSetUpAnyMoreDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	for untold, want := range map[string]desk.DeliveryState{"reach.not_configured": desk.DeliverySkipped, "": desk.DeliveryDead} {
		h := open(t, arrives)
		h.write(t, "J1", "1")
		c := courier.New(courier.Options{
			Store: h.store, Desk: h.Desk, Now: h.now, Log: slog.New(slog.DiscardHandler),
			Routes: map[string]courier.Route{"post": courier.Closed{Untold: untold}.Route()},
		})
		must(t, c.Once(t.Context()))
		if v := h.state(t, "1"); v.State != want {
			t.Errorf("%q: it is %s for %s", untold, v.State, v.Reason)
		}
	}
}
