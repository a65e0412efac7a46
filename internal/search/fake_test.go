package search_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"jiesu/internal/search"
)

// fake speaks as much of Meilisearch as the engine needs: it keeps documents
// and does every task at once, but finds nothing by itself.
type fake struct {
	t *testing.T
	*httptest.Server
	mu       sync.Mutex
	version  string
	indexes  map[string]map[string]json.RawMessage // documents by index and key
	keys     map[string]fakeKey                    // by uid
	tasks    []string                              // error codes, "" for success
	swaps    map[int]bool                          // the tasks that only keys for all indexes see
	fails    string                                // the kind of task that fails
	heard    []string                              // method, path and key of every request
	stall    chan struct{}                         // searches wait for it
	found    string                                // what a search answers
	asked    string                                // the last search by meaning
	settings string                                // of the last index
}

type fakeKey struct {
	UID       string   `json:"uid"`
	Name      string   `json:"name"`
	Key       string   `json:"key"`
	Actions   []string `json:"actions"`
	Indexes   []string `json:"indexes"`
	CreatedAt string   `json:"createdAt"`
	UpdatedAt string   `json:"updatedAt"`
}

const fakeAdmin = "geheim-admin-key"

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, version: "1.50.0", indexes: map[string]map[string]json.RawMessage{}, keys: map[string]fakeKey{}, swaps: map[int]bool{}, found: `{"hits":[]}`}
	mux := http.NewServeMux()
	handle := func(pattern string, do func(r *http.Request) (int, any)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			f.mu.Lock()
			key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			f.heard = append(f.heard, r.Method+" "+r.URL.Path+" "+key)
			status, body := do(r)
			if !f.may(key, pattern) {
				status, body = http.StatusForbidden, apiError("invalid_api_key")
			}
			f.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			if s, ok := body.(string); ok {
				_, _ = w.Write([]byte(s))
				return
			}
			_ = json.NewEncoder(w).Encode(body)
		})
	}
	f.manage(handle)
	f.store(handle)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

// may is what keys are for: the real server knows more.
func (f *fake) may(key, pattern string) bool {
	action := "documents.add"
	switch {
	case key == fakeAdmin:
		return true
	case strings.Contains(pattern, "/keys"):
		return false
	case pattern == "POST /multi-search" || strings.HasSuffix(pattern, "/search"):
		action = "search"
	case pattern == "GET /version":
		action = "version"
	}
	if key == "from the operator" {
		return action == "search"
	}
	for _, k := range f.keys {
		if k.Key == key {
			return slices.Contains(k.Actions, action)
		}
	}
	return false
}

func apiError(code string) any {
	return map[string]string{"message": "repeats geheim-question", "code": code, "type": "invalid_request", "link": ""}
}

func (f *fake) task(kind, code string) (int, any) {
	if kind == f.fails {
		code = "internal"
	}
	f.tasks = append(f.tasks, code)
	return http.StatusAccepted, map[string]any{"taskUid": len(f.tasks) - 1, "status": "enqueued"}
}

func (f *fake) manage(handle func(string, func(*http.Request) (int, any))) {
	handle("GET /version", func(*http.Request) (int, any) { return http.StatusOK, map[string]string{"pkgVersion": f.version} })
	handle("GET /keys/{uid}", func(r *http.Request) (int, any) {
		if k, ok := f.keys[r.PathValue("uid")]; ok {
			return http.StatusOK, k
		}
		return http.StatusNotFound, apiError("api_key_not_found")
	})
	handle("POST /keys", func(r *http.Request) (int, any) {
		k := fakeKey{CreatedAt: "2026-01-01T00:00:00Z", UpdatedAt: "2026-01-01T00:00:00Z"}
		if err := json.NewDecoder(r.Body).Decode(&k); err != nil {
			f.t.Error(err)
		}
		k.Key = "geheim-search-" + k.UID
		f.keys[k.UID] = k
		return http.StatusCreated, k
	})
	handle("GET /keys", func(*http.Request) (int, any) {
		return http.StatusOK, map[string]any{"results": slices.Collect(maps.Values(f.keys))}
	})
	handle("DELETE /keys/{uid}", func(r *http.Request) (int, any) { delete(f.keys, r.PathValue("uid")); return http.StatusNoContent, "" })
	handle("GET /tasks/{n}", func(r *http.Request) (int, any) {
		var n int
		_ = json.Unmarshal([]byte(r.PathValue("n")), &n)
		if f.swaps[n] && !strings.HasSuffix(r.Header.Get("Authorization"), " "+fakeAdmin) {
			return http.StatusNotFound, apiError("task_not_found")
		}
		if code := f.tasks[n]; code != "" {
			return http.StatusOK, map[string]any{"uid": n, "status": "failed", "error": map[string]string{"code": code}}
		}
		return http.StatusOK, map[string]any{"uid": n, "status": "succeeded"}
	})
}

func (f *fake) store(handle func(string, func(*http.Request) (int, any))) {
	handle("GET /indexes", func(*http.Request) (int, any) { return http.StatusOK, `{"results":[]}` })
	handle("GET /indexes/{uid}", func(r *http.Request) (int, any) {
		if f.indexes[r.PathValue("uid")] == nil {
			return http.StatusNotFound, apiError("index_not_found")
		}
		return http.StatusOK, map[string]string{"uid": r.PathValue("uid"), "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
	})
	handle("POST /indexes", func(r *http.Request) (int, any) {
		var index struct{ UID string }
		_ = json.NewDecoder(r.Body).Decode(&index)
		f.indexes[index.UID] = map[string]json.RawMessage{}
		return f.task("create", "")
	})
	handle("PATCH /indexes/{uid}/settings", func(r *http.Request) (int, any) {
		if uid := r.PathValue("uid"); f.indexes[uid] == nil {
			f.indexes[uid] = map[string]json.RawMessage{}
		}
		settings, _ := io.ReadAll(r.Body)
		f.settings = string(settings)
		return f.task("settings", "")
	})
	handle("DELETE /indexes/{uid}", func(r *http.Request) (int, any) { delete(f.indexes, r.PathValue("uid")); return f.task("delete", "") })
	handle("POST /swap-indexes", func(r *http.Request) (int, any) {
		var swaps []struct{ Indexes [2]string }
		_ = json.NewDecoder(r.Body).Decode(&swaps)
		if f.fails != "swap" {
			a, b := swaps[0].Indexes[0], swaps[0].Indexes[1]
			f.indexes[a], f.indexes[b] = f.indexes[b], f.indexes[a]
		}
		f.swaps[len(f.tasks)] = true
		return f.task("swap", "")
	})
	handle("POST /indexes/{uid}/documents", func(r *http.Request) (int, any) {
		var documents []json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&documents)
		if f.indexes[r.PathValue("uid")] == nil {
			f.indexes[r.PathValue("uid")] = map[string]json.RawMessage{}
		}
		for _, d := range documents {
			var key struct{ Key string }
			_ = json.Unmarshal(d, &key)
			f.indexes[r.PathValue("uid")][key.Key] = d
		}
		return f.task("documents", "")
	})
	handle("POST /indexes/{uid}/documents/delete-batch", func(r *http.Request) (int, any) {
		var keys []string
		_ = json.NewDecoder(r.Body).Decode(&keys)
		for _, k := range keys {
			delete(f.indexes[r.PathValue("uid")], k)
		}
		return f.task("delete documents", "")
	})
	handle("POST /indexes/{uid}/documents/fetch", func(r *http.Request) (int, any) {
		all := slices.Collect(maps.Values(f.indexes[r.PathValue("uid")]))
		return http.StatusOK, map[string]any{"results": all, "total": len(all)}
	})
	handle("GET /indexes/{uid}/documents/{key}", func(r *http.Request) (int, any) {
		if d, ok := f.indexes[r.PathValue("uid")][r.PathValue("key")]; ok {
			return http.StatusOK, d
		}
		return http.StatusNotFound, apiError("document_not_found")
	})
	handle("GET /indexes/{uid}/stats", func(r *http.Request) (int, any) {
		i, ok := f.indexes[r.PathValue("uid")]
		if !ok {
			return http.StatusNotFound, apiError("index_not_found")
		}
		return http.StatusOK, map[string]any{"numberOfDocuments": len(i)}
	})
	handle("POST /indexes/{uid}/search", func(r *http.Request) (int, any) {
		asked, _ := io.ReadAll(r.Body)
		f.asked = string(asked)
		return http.StatusOK, f.found
	})
	handle("POST /multi-search", func(r *http.Request) (int, any) {
		if f.stall != nil {
			_, _ = io.Copy(io.Discard, r.Body) // only then is it seen that the client has gone
			f.mu.Unlock()
			select {
			case <-f.stall:
			case <-r.Context().Done():
			}
			f.mu.Lock()
		}
		return http.StatusOK, f.found
	})
}

// requests lists what was heard since the last call.
func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	heard := f.heard
	f.heard = nil
	return heard
}

func (f *fake) set(change func()) { f.mu.Lock(); defer f.mu.Unlock(); change() }

func (f *fake) engine(o search.MeilisearchOptions) *search.Meilisearch {
	f.t.Helper()
	o.URL = f.URL
	if o.Prefix == "" {
		o.Prefix = "jiesu"
	}
	m, err := search.NewMeilisearch(o)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(m.Close)
	return m
}
