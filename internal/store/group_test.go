package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/store"
)

// occupy holds the writer of SQLite until release is called.
func occupy(t *testing.T, s *store.Store) (release func()) {
	t.Helper()
	busy, free := make(chan struct{}), make(chan struct{})
	var held sync.WaitGroup
	held.Go(func() {
		if err := s.InTx(context.Background(), func(context.Context, desk.Tx) error {
			close(busy)
			<-free
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-busy
	return func() { close(free); held.Wait() }
}

func start(ctx context.Context, tx desk.Tx, id string) error {
	return tx.InsertConversation(ctx, conversation.Conversation{ID: id, CreatedAt: benchTime(), UpdatedAt: benchTime()})
}

func TestWaitingCallerGivesUp(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	release := occupy(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() {
		answer <- s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, "abandoned") })
	}()
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v while the writer was busy, want the context's error", err)
	}
	release()
	if err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, "next") }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Conversation(t.Context(), "abandoned"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("the abandoned change was stored: %v", err)
	}
}

// TestCancelledInItsTurn: from its turn on a caller learns the outcome, and its
// cancellation does not take the neighbours' work along.
func TestCancelledInItsTurn(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	release := occupy(t, s)
	for i := range 20 {
		all.Go(func() {
			err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, strconv.Itoa(i)) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	release()
	err := s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		cancel()
		return start(ctx, tx, "mine")
	})
	all.Wait()
	if err != nil {
		t.Errorf("got %v, want the outcome of the commit", err)
	}
	for _, id := range []string{"mine", "0", "19"} {
		if _, err := s.Conversation(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "desk.db")
	s := open(t, file)
	release := occupy(t, s)
	var all sync.WaitGroup
	outcome := make([]error, 50)
	for i := range outcome {
		all.Go(func() {
			outcome[i] = s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, strconv.Itoa(i)) })
		})
	}
	release()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	all.Wait()
	err := s.InTx(t.Context(), func(context.Context, desk.Tx) error { return nil })
	if problem.KindOf(err) != problem.Unavailable {
		t.Errorf("a change after Close: %v", err)
	}
	again := open(t, file)
	for i, err := range outcome {
		_, missing := again.Conversation(t.Context(), strconv.Itoa(i))
		if stored := missing == nil; stored != (err == nil) {
			t.Errorf("change %d: answered %v, stored: %v", i, err, stored)
		}
	}
}

// TestNoAnswerBeforeCommit reads every row the moment its writer was answered.
func TestNoAnswerBeforeCommit(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	var all sync.WaitGroup
	for client := range 32 {
		all.Go(func() {
			for n := range 10 {
				id := fmt.Sprint(client, "-", n)
				if err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, id) }); err != nil {
					t.Error(err)
				}
				if _, err := s.Conversation(t.Context(), id); err != nil {
					t.Errorf("%s was acknowledged and is not there: %v", id, err)
				}
			}
		})
	}
	all.Wait()
}

// TestFirstOfGroupFails: what follows in the same commit is kept, and nothing of the
// first.
func TestFirstOfGroupFails(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	refused := errors.New("refused")
	busy, free := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
			close(busy)
			<-free
			return errors.Join(start(ctx, tx, "first"), refused)
		})
		if !errors.Is(err, refused) {
			t.Errorf("the first was told %v", err)
		}
	})
	<-busy
	for _, id := range []string{"second", "third"} {
		all.Go(func() {
			if err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return start(ctx, tx, id) }); err != nil {
				t.Error(err)
			}
		})
	}
	close(free)
	all.Wait()
	for id, there := range map[string]bool{"first": false, "second": true, "third": true} {
		if _, err := s.Conversation(t.Context(), id); there != (err == nil) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
