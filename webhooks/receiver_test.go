package webhooks_test

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks"
)

// TestTheExampleReceiver: the example for integrators takes a golden payload once,
// with either secret, and nothing that was not signed or is old.
func TestTheExampleReceiver(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the example is written in Python, and there is no python3 here")
	}
	old, fresh := drawn(t, "a"), drawn(t, "b")
	example := exec.CommandContext(t.Context(), python, filepath.Join("..", "deploy", "examples", "webhook-receiver", "receiver.py"), "0")
	example.Env = append(os.Environ(), "WEBHOOK_SECRET="+fresh.Text()+" "+old.Text(), "WEBHOOK_EVENTS="+filepath.Join(t.TempDir(), "events.db"))
	printed, err := example.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := example.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(printed)
	lines.Scan()
	to := "http://127.0.0.1:" + strings.TrimPrefix(lines.Text(), "listening on ") + "/"
	golden, err := os.ReadFile("golden/ticket.answered.json")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range []struct {
		what, id string
		at       time.Time
		secret   webhooks.Secret
		change   func(body []byte) []byte
		status   int
	}{
		{"signed with the new secret", "msg_1", now, fresh, nil, http.StatusNoContent},
		{"again", "msg_1", now, fresh, nil, http.StatusNoContent},
		{"signed with the old secret", "msg_2", now, old, nil, http.StatusNoContent},
		{"signed with another", "msg_3", now, drawn(t, "c"), nil, http.StatusForbidden},
		{"old", "msg_4", now.Add(-6 * time.Minute), fresh, nil, http.StatusForbidden},
		{"changed on its way", "msg_5", now, fresh, func(b []byte) []byte { return append(b, ' ') }, http.StatusForbidden},
	} {
		signed, err := webhooks.Sign(c.id, c.at, golden, c.secret)
		if err != nil {
			t.Fatal(err)
		}
		body := bytes.Clone(golden)
		if c.change != nil {
			body = c.change(body)
		}
		if status := post(t, to, signed, body); status != c.status {
			t.Errorf("%s: %d, want %d", c.what, status, c.status)
		}
	}
	if err := example.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var taken []string
	for lines.Scan() {
		taken = append(taken, lines.Text())
	}
	_ = example.Wait() // it was killed
	if want := "ticket.answered 261009-4827-1935"; len(taken) != 2 || taken[0] != want || taken[1] != want {
		t.Errorf("taken: %q", taken)
	}
}

func post(t *testing.T, to string, d webhooks.Delivery, body []byte) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(webhooks.HeaderID, d.ID)
	r.Header.Set(webhooks.HeaderTimestamp, d.Timestamp)
	r.Header.Set(webhooks.HeaderSignature, d.Signature)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}
