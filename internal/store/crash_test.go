package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

// crashArg makes this test binary the process that gets killed.
const crashArg = "crash-and-burn"

// crashing stores tickets and messages from many clients at once and prints
// each as soon as it is acknowledged. It goes on until it is killed.
func crashing(url string) int {
	keys, err := seal.ParseKeyring(crashKey)
	if err != nil {
		return 1
	}
	s, err := store.Open(context.Background(), store.Config{URL: url, Keyring: keys})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var clients sync.WaitGroup
	for client := range 16 {
		clients.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", client, n)
				o := newOpening(0)
				o.ticket.Number = id
				err := s.InTx(context.Background(), func(ctx context.Context, tx desk.Tx) error {
					if err := o.store(ctx, tx); err != nil {
						return err
					}
					_, err := tx.Append(ctx, "c1", chatLine(id))
					return err
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				if _, err := fmt.Fprintln(os.Stdout, id); err != nil {
					return
				}
			}
		})
	}
	clients.Wait()
	return 1
}

func chatLine(id string) conversation.Message {
	return conversation.Message{ClientID: id, Role: conversation.User, Kind: conversation.Text, Body: []byte(`{"text":"a"}`), At: benchTime()}
}

const crashKey = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// TestCrash kills a writing process with SIGKILL and looks for what it had
// acknowledged.
func TestCrash(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testCrash(t, filepath.Join(t.TempDir(), "desk.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		testCrash(t, database(t))
	})
}

func testCrash(t *testing.T, url string) {
	t.Helper()
	s := open(t, url)
	err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertConversation(ctx, conversation.Conversation{ID: "c1", CreatedAt: benchTime(), UpdatedAt: benchTime()})
	})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := killed(t, url)

	messages, err := s.Messages(t.Context(), "c1", 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]bool{}
	for i, m := range messages {
		if m.Seq != int64(i+1) || stored[m.ClientID] {
			t.Fatalf("message %d has number %d and client id %s (again: %v)", i+1, m.Seq, m.ClientID, stored[m.ClientID])
		}
		stored[m.ClientID] = true
		if _, err := s.TicketByNumber(t.Context(), m.ClientID); err != nil {
			t.Errorf("a message without its ticket: %v", err)
		}
	}
	for _, id := range acknowledged {
		if !stored[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	if n, err := s.Verify(t.Context()); err != nil || n != len(messages) {
		t.Errorf("%d audit entries for %d changes, error %v", n, len(messages), err)
	}
	// The client that never saw its answer sends again.
	err = s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		_, err := tx.Append(ctx, "c1", chatLine(acknowledged[0]))
		return err
	})
	if !problem.HasCode(err, "chat.duplicate") {
		t.Errorf("a repeat after the crash: %v", err)
	}
}

// killed lets a process write until it has acknowledged enough, kills it, and
// returns everything it had said.
func killed(t *testing.T, url string) (acknowledged []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], crashArg, url)
	var complaints strings.Builder
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		acknowledged = append(acknowledged, lines.Text())
		if len(acknowledged) == 500 {
			if err := child.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = child.Wait() // killed
	if len(acknowledged) < 500 {
		t.Fatalf("the process ended by itself after %d: %s", len(acknowledged), complaints.String())
	}
	return acknowledged
}
