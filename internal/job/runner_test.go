package job_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jiesu/internal/desk"
	"jiesu/internal/job"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// worker carries out jobs by writing a notification, so that an effect shows in
// the database; kinds that begin with "bad" fail.
type worker struct {
	mu     sync.Mutex
	called map[string]int
	after  int
	clocks []int // what FireClocks returns, in turn
}

func (w *worker) FireClocks(context.Context, int) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.clocks) == 0 {
		return 0, nil
	}
	n := w.clocks[0]
	w.clocks = w.clocks[1:]
	return n, nil
}

// PrepareJob marks what it prepared; a kind "unready" never is.
func (w *worker) PrepareJob(_ context.Context, j desk.Job) (desk.Job, error) {
	if j.Kind == "unready" {
		return j, problem.New(problem.Conflict, "test.unready", "还没有准备好。")
	}
	j.Args = []byte(`"prepared"`)
	return j, nil
}

func (w *worker) WorkJob(ctx context.Context, tx desk.Tx, j desk.Job) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.called[j.ID]++
	if string(j.Args) != `"prepared"` {
		return nil, problem.New(problem.Internal, "test.unprepared", "没有准备。")
	}
	if j.Kind == "bad" || j.ID == "poison" {
		// What was written before the failure must not stay.
		err := tx.InsertNotification(ctx, desk.Notification{ID: "half " + j.ID, Unit: "mailbox", To: "taskforce", At: noon()})
		return nil, errors.Join(problem.New(problem.Unavailable, "test.bad", "失败。"), err)
	}
	return func() { w.mu.Lock(); defer w.mu.Unlock(); w.after++ },
		tx.InsertNotification(ctx, desk.Notification{ID: j.ID, Unit: "mailbox", To: "taskforce", At: noon()})
}

func (w *worker) StoreCounts(context.Context) error { return nil }

func open(t *testing.T) *store.Store {
	t.Helper()
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	must(t, err)
	path := filepath.Join(t.TempDir(), "job.db")
	storetest.Migrated(t, path)
	s, err := store.Open(t.Context(), store.Config{URL: path, Keyring: keys})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noon() time.Time { return time.Date(2026, 6, 8, 4, 0, 0, 0, time.UTC) }

func enqueue(t *testing.T, s *store.Store, jobs ...desk.Job) {
	t.Helper()
	must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.Enqueue(ctx, jobs...) }))
}

func ready(id, kind string) desk.Job {
	return desk.Job{ID: id, Kind: kind, Key: id, Args: []byte(`{}`), State: desk.JobReady, RunAt: noon(), CreatedAt: noon()}
}

func runner(s *store.Store, w *worker, now func() time.Time, ticks <-chan time.Time) *job.Runner {
	return job.New(job.Options{Store: s, Worker: w, Now: now, Ticks: ticks, Log: slog.New(slog.DiscardHandler)})
}

func TestTheEffectOfAJobIsStoredWithItsEnd(t *testing.T) {
	t.Parallel()
	s, w := open(t), &worker{called: map[string]int{}}
	enqueue(t, s, ready("a", "good"), ready("b", "bad"), ready("c", "good"))
	r := runner(s, w, noon, nil)
	for range 3 {
		must(t, r.Once(t.Context()))
	}
	got, err := s.Notifications(t.Context(), []string{"mailbox"}, 10)
	must(t, err)
	if len(got) != 2 || w.called["a"] != 1 || w.called["b"] != 1 || w.called["c"] != 1 || w.after != 2 {
		t.Errorf("notifications %+v, calls %v, %d times told of a commit", got, w.called, w.after)
	}
}

func TestOneBadNoticeDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	s, w := open(t), &worker{called: map[string]int{}}
	var jobs []desk.Job
	for i := range 60 {
		jobs = append(jobs, ready(string(rune('A'+i)), desk.JobNotifyStaff))
	}
	jobs[10] = ready("poison", desk.JobNotifyStaff)
	enqueue(t, s, jobs...)
	r := runner(s, w, noon, nil)
	for range 3 {
		must(t, r.Once(t.Context()))
	}
	got, err := s.Notifications(t.Context(), []string{"mailbox"}, 100)
	must(t, err)
	counts, err := s.JobCounts(t.Context())
	must(t, err)
	if len(got) != 59 || w.after != 59 || counts[desk.JobDone] != 59 || counts[desk.JobReady] != 1 {
		t.Errorf("%d notifications, %d times told of a commit, jobs %v", len(got), w.after, counts)
	}
}

func TestAJobThatIsNotReadyIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	s, w := open(t), &worker{called: map[string]int{}}
	j := ready("a", "unready")
	enqueue(t, s, j)
	must(t, runner(s, w, noon, nil).Once(t.Context()))
	counts, err := s.JobCounts(t.Context())
	must(t, err)
	if w.called["a"] != 0 || counts[desk.JobReady] != 1 {
		t.Errorf("worked %d times, jobs %v", w.called["a"], counts)
	}
}

func TestPausesGrowAndAnAttemptIsCountedEvenIfTheProcessDies(t *testing.T) {
	t.Parallel()
	s, w, at := open(t), &worker{called: map[string]int{}}, noon()
	enqueue(t, s, ready("b", "bad"))
	// Eleven runners took it and died before they could say anything.
	for range 11 {
		must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
			_, err := tx.ClaimJobs(ctx, at, at.Add(time.Minute), 10)
			return err
		}))
		at = at.Add(2 * time.Minute)
	}
	r := runner(s, w, func() time.Time { return at }, nil)
	for range 3 {
		must(t, r.Once(t.Context()))
		at = at.Add(time.Hour)
	}
	counts, err := s.JobCounts(t.Context())
	must(t, err)
	if counts[desk.JobFailed] != 1 || w.called["b"] != 1 {
		t.Errorf("jobs %v, tried %d more times", counts, w.called["b"])
	}
}

func TestSeveralRunnersShareTheWork(t *testing.T) {
	t.Parallel()
	s, w := open(t), &worker{called: map[string]int{}}
	var jobs []desk.Job
	for i := range 200 {
		jobs = append(jobs, ready(string(rune('A'+i)), "good"))
	}
	enqueue(t, s, jobs...)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := runner(s, w, noon, nil).Once(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for id, n := range w.called {
		if n != 1 {
			t.Errorf("%s was worked %d times", id, n)
		}
	}
	if len(w.called) != 200 {
		t.Errorf("%d of 200 jobs were worked", len(w.called))
	}
}

func TestItRunsUntilItIsStopped(t *testing.T) {
	t.Parallel()
	s, w, ticks := open(t), &worker{called: map[string]int{}, clocks: []int{100, 3, 0}}, make(chan time.Time)
	r := runner(s, w, noon, ticks)
	r.Start(t.Context())
	enqueue(t, s, ready("a", "good"))
	ticks <- noon()
	ticks <- noon() // taken only after the look before it is over
	r.Stop()
	if w.called["a"] != 1 {
		t.Errorf("calls %v", w.called)
	}
	never := runner(s, w, noon, nil)
	never.Stop() // a runner that never started stops at once
	ticking := runner(s, w, noon, nil)
	ticking.Start(t.Context())
	ticking.Stop()
}
