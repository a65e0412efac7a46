package assist_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jiesu/internal/assist"
	"jiesu/internal/assist/assisttest"
	"jiesu/internal/desk/knowledge"
)

const budget = 150 * time.Millisecond

// kept is a cache in memory; internal/store has the one that lasts.
type kept struct {
	mu   sync.Mutex
	rows map[string][]float32
	fail error
}

func (k *kept) Vectors(_ context.Context, model string, hashes [][]byte) ([]knowledge.Vector, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var vs []knowledge.Vector
	for _, h := range hashes {
		if v, ok := k.rows[model+string(h)]; ok {
			vs = append(vs, knowledge.Vector{Hash: h, Values: v})
		}
	}
	return vs, k.fail
}

func (k *kept) SaveVectors(_ context.Context, model string, vs []knowledge.Vector) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, v := range vs {
		k.rows[model+string(v.Hash)] = v.Values
	}
	return nil
}

func (k *kept) KeepVectors(_ context.Context, model string, hashes [][]byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	rows := map[string][]float32{}
	for _, h := range hashes {
		if v, ok := k.rows[model+string(h)]; ok {
			rows[model+string(h)] = v
		}
	}
	k.rows = rows
	return nil
}

func (k *kept) len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.rows)
}

// meaning answers embeddings: one direction for each of three subjects, times
// size, so that lengths must be evened out.
func meaning(size float32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Model string   `json:"model"`
			Input []string `json:"input"`
		}
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &in)
		type datum struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		var data []datum
		for i, text := range slices.Backward(in.Input) { // the order is not promised
			v := []float32{0, 0, 0.1}
			for n, word := range []string{"身份证", "护照", "驾"} {
				if strings.Contains(text, word) {
					v[n] += 1
				}
			}
			for n := range v {
				v[n] *= size
			}
			data = append(data, datum{i, v})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}
}

func library(tb testing.TB, questions ...string) *knowledge.Library {
	tb.Helper()
	var entries []knowledge.Entry
	for i, q := range questions {
		entries = append(entries, knowledge.Entry{ID: fmt.Sprint("e", i), Question: q, Variants: []string{q + "（另一种问法）"}})
	}
	lib, err := knowledge.NewLibrary(entries, nil)
	must(tb, err)
	return lib
}

func started(t *testing.T, c *assist.Client, cache assist.Cache, lib *knowledge.Library) *assist.Vectors {
	t.Helper()
	v := assist.NewVectors(c, cache, budget)
	v.Start(t.Context(), lib)
	t.Cleanup(v.Stop)
	return v
}

func TestSimilarity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, c := piped(t, meaning(7))
		cache := &kept{rows: map[string][]float32{"an old one": {1}}}
		v := started(t, c, cache, library(t, "身份证丢了", "护照多少钱", "驾照换证"))
		synctest.Wait()
		got, ok := v.Similarity(t.Context(), "护照找不到了，我的电话13800138000")
		if !ok || len(got) != 3 {
			t.Fatalf("similarity %v %v", got, ok)
		}
		if got["e1"] < 0.98 || got["e1"] > 1 || got["e0"] > 0.05 || got["e0"] < 0 || math.IsNaN(got["e2"]) {
			t.Errorf("similarity %v", got)
		}
		sent := f.Requests()
		if last := sent[len(sent)-1]; strings.Contains(last, "13800138000") || !strings.HasPrefix(last, "/v1/embeddings ") || !strings.Contains(last, `"model":"embedder"`) {
			t.Errorf("sent %s", last)
		}
		if n := cache.len(); n != 6 {
			t.Errorf("%d vectors are kept, want 6", n)
		}
	})
}

// TestKeptVectorsAreNotMadeAgain: a restart asks only whether the model is still
// the same; a changed library asks for what is new; another model asks for all.
func TestKeptVectorsAreNotMadeAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, c := piped(t, meaning(1))
		cache := &kept{rows: map[string][]float32{}}
		asked := func() (texts int) {
			for _, r := range f.Requests() {
				var in struct {
					Input []string `json:"input"`
				}
				_, body, _ := strings.Cut(r, " ")
				must(t, json.Unmarshal([]byte(body), &in))
				texts += len(in.Input)
			}
			return texts
		}
		v := started(t, c, cache, library(t, "身份证丢了", "护照多少钱"))
		synctest.Wait()
		if n := asked(); n != 4 {
			t.Fatalf("asked for %d texts, want 4", n)
		}
		v.Stop()
		v = started(t, c, cache, library(t, "身份证丢了", "护照多少钱"))
		synctest.Wait()
		if n := asked(); n != 5 {
			t.Fatalf("after a restart asked for %d texts, want 5", n)
		}
		v.Replace(library(t, "身份证丢了", "驾照换证"))
		synctest.Wait()
		if n := asked(); n != 8 {
			t.Errorf("after a change asked for %d texts, want 8", n)
		}
		if got, ok := v.Similarity(t.Context(), "驾照"); !ok || got["e1"] < 0.98 || len(got) != 2 {
			t.Errorf("similarity %v %v", got, ok)
		}
		before := asked()
		f.Say(func(w http.ResponseWriter, r *http.Request) { // another model under the same name
			var in struct{ Input []string }
			must(t, json.NewDecoder(r.Body).Decode(&in))
			var data []any
			for i := range in.Input {
				data = append(data, map[string]any{"index": i, "embedding": []float32{1, 1}})
			}
			must(t, json.NewEncoder(w).Encode(map[string]any{"data": data}))
		})
		v.Replace(library(t, "身份证丢了", "驾照换证"))
		synctest.Wait()
		if n := asked() - before; n != 5 {
			t.Errorf("with another model asked for %d texts, want 5", n)
		}
		if got, ok := v.Similarity(t.Context(), "驾照"); !ok || got["e1"] < 0.98 {
			t.Errorf("similarity %v %v", got, ok)
		}
	})
}

// TestWithoutVectors: nothing is known before the library is embedded, while the
// model hangs, and when it answers nonsense; it never takes longer than the
// budget, and the indexer tries until it succeeds.
func TestWithoutVectors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, c := piped(t, assisttest.Status(http.StatusBadGateway, ""))
		cache := &kept{rows: map[string][]float32{}}
		v := started(t, c, cache, library(t, "身份证丢了"))
		synctest.Wait()
		absent := func(why string, want time.Duration) {
			t.Helper()
			from := time.Now()
			if got, ok := v.Similarity(t.Context(), "身份证"); ok || got != nil || time.Since(from) != want {
				t.Errorf("%s: %v %v after %v, want %v", why, got, ok, time.Since(from), want)
			}
		}
		absent("not embedded", 0)
		f.Say(meaning(1))
		time.Sleep(11 * time.Second) // of the bubble's time
		synctest.Wait()
		if _, ok := v.Similarity(t.Context(), "身份证"); !ok {
			t.Fatal("the indexer did not try again")
		}
		f.Say(assisttest.Hang)
		for range 3 {
			absent("hanging", budget)
		}
		absent("given up", 0)
		f.Say(meaning(1))
		time.Sleep(31 * time.Second)
		if _, ok := v.Similarity(t.Context(), "身份证"); !ok {
			t.Error("the model is back and not asked")
		}
		if strings.Contains(f.log.String(), "身份证丢了") {
			t.Errorf("the log holds what was sent: %s", f.log.String())
		}
	})
}

func TestEmbeddingsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"none":         `{"data":[]}`,
		"too few":      `{"data":[{"index":0,"embedding":[1,0]}]}`,
		"one twice":    `{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}`,
		"out of range": `{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}`,
		"uneven":       `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1]}]}`,
		"no direction": `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[1,0]}]}`,
		"empty":        `{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`,
		"too large":    `{"data":[{"index":0,"embedding":[1e38,1e39]},{"index":1,"embedding":[1,0]}]}`,
		"text":         `vectors`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := piped(t, assisttest.Status(http.StatusOK, body))
				cache := &kept{rows: map[string][]float32{}}
				v := started(t, c, cache, library(t, "身份证丢了"))
				synctest.Wait()
				if got, ok := v.Similarity(t.Context(), "身份证"); ok || cache.len() != 0 {
					t.Errorf("similarity %v from %s, %d kept", got, body, cache.len())
				}
			})
		})
	}
}

func TestABrokenCacheIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := piped(t, meaning(1))
		cache := &kept{rows: map[string][]float32{}, fail: errors.New("the disk is away")}
		v := started(t, c, cache, library(t, "身份证丢了"))
		synctest.Wait()
		if _, ok := v.Similarity(t.Context(), "身份证"); ok {
			t.Error("embedded without a cache")
		}
		cache.mu.Lock()
		cache.fail = nil
		cache.mu.Unlock()
		// A new library does not wait for the pause to end.
		v.Replace(library(t, "护照多少钱"))
		synctest.Wait()
		if got, ok := v.Similarity(t.Context(), "护照"); !ok || got["e0"] < 0.9 {
			t.Errorf("similarity %v %v", got, ok)
		}
	})
}
