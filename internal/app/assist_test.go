package app

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/assist/assisttest"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// told is a log that says when something was logged.
type told struct {
	mu   sync.Mutex
	what string
	once sync.Once
	done chan struct{}
}

func newTold(what string) *told { return &told{what: what, done: make(chan struct{})} }

func (l *told) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(p, []byte(l.what)) {
		l.once.Do(func() { close(l.done) })
	}
	return len(p), nil
}

func builtWith(t *testing.T, c config.Config, log io.Writer) *App {
	t.Helper()
	a, err := New(t.Context(), c, config.Channels{}, time.Now, io.Discard, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.assist.stop()
		if err := a.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func editor() desk.Actor {
	return desk.Actor{ID: "editor", Scope: "*", Moves: []ticket.Move{ticket.Release}}
}

func TestNoModelUnlessOneIsSetUp(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Data = t.TempDir()
	a := builtWith(t, c, io.Discard)
	a.assist.start(t.Context(), a.desk.Library())
	if _, err := a.desk.ProposeVariants(t.Context(), editor(), "id-card-lost"); !problem.HasCode(err, "assist.off") {
		t.Errorf("variants: %v", err)
	}
}

// TestALibraryIsEmbeddedOnce and kept in the database: a second start asks for
// one text alone. Neither an answer nor a refusal asks for any.
func TestALibraryIsEmbeddedOnce(t *testing.T) {
	t.Parallel()
	s := assisttest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		data := make([]map[string]any, len(in.Input))
		for i, text := range in.Input {
			data[i] = map[string]any{"index": i, "embedding": []int{1 + strings.Count(text, "证"), 1 + strings.Count(text, "车")}}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	})
	c := config.Default()
	c.Data, c.AssistURL, c.AssistEmbeddingModel, c.AssistEmbeddingBudget = t.TempDir(), s.URL, "embedder", 2_000_000_000
	for start := range 2 {
		before, log := len(s.Requests()), newTold("library embedded")
		a := builtWith(t, c, log)
		if _, err := a.desk.ProposeVariants(t.Context(), editor(), "id-card-lost"); !problem.HasCode(err, "assist.off") {
			t.Errorf("variants without a writing model: %v", err)
		}
		few, err := knowledge.NewLibrary(a.desk.Library().Entries()[:40], nil)
		if err != nil {
			t.Fatal(err)
		}
		a.assist.start(t.Context(), few)
		<-log.done
		asked := len(s.Requests()) - before
		if start == 0 && asked < 2 || start == 1 && asked != 1 {
			t.Errorf("start %d asked %d times", start, asked)
		}
		near, ok := a.assist.vectors.Similarity(t.Context(), "车牌")
		if !ok || len(near) != few.Len() {
			t.Errorf("similarity to %d entries, %v", len(near), ok)
		}
		before = len(s.Requests())
		if _, _, err := a.desk.Decide(t.Context(), "身份证丢了怎么补办"); err != nil {
			t.Error(err)
		}
		if len(s.Requests()) != before {
			t.Error("an answer asked the model")
		}
		if _, _, err := a.desk.Decide(t.Context(), "红烧肉怎么做好吃"); err != nil {
			t.Error(err)
		}
		if len(s.Requests()) != before {
			t.Error("what the library does not know asked the model")
		}
		a.assist.stop()
	}
}
