package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/desk/knowledge"
)

// embeddings is a model whose meaning of a text are its characters.
func embeddings(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		type vector struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		var out struct {
			Data []vector `json:"data"`
		}
		for i, text := range in.Input {
			v := vector{Index: i, Embedding: make([]float32, 64)}
			for _, c := range text {
				v.Embedding[c%64]++
			}
			out.Data = append(out.Data, v)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // the client sees what is missing
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// someCorpus writes a small library with its questions and returns the folder.
func someCorpus(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	things := []string{"身份证", "护照", "驾驶证", "居住证", "户口簿", "行驶证", "通行证", "签证"}
	acts := map[string]string{"lost": "丢了怎么补办", "renew": "到期怎么换", "cost": "要多少钱"}
	var entries, queries, outside strings.Builder
	for i, thing := range things {
		for act, text := range acts {
			id := fmt.Sprint(act, i)
			fmt.Fprintf(&entries, `{"id":%q,"question":%q,"answer":%q}`+"\n", id, thing+text, "请带材料办理"+thing+"。")
			fmt.Fprintf(&queries, `{"qid":%q,"query":%q,"entry_ids":[%q]}`+"\n", "q"+id, "请问"+thing+text, id)
			fmt.Fprintf(&queries, `{"qid":%q,"query":%q,"entry_ids":[%q]}`+"\n", "r"+id, "我的"+thing+text+"呢", id)
		}
	}
	for i, text := range []string{"公积金怎么提取", "小区停电了", "宽带多少钱", "学校几点放学", "快递丢了", "社保到期", "水费要多少钱", "房产证丢了"} {
		fmt.Fprintf(&outside, `{"id":"o%d","text":%q}`+"\n", i, text)
	}
	for name, text := range map[string]string{"entries.jsonl": entries.String(), "queries.jsonl": queries.String(), "oos.jsonl": outside.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestMeaningIsLearntAndMeasured walks the way of a bureau: fit with a model of
// its own, measure with what came out, and be told where the two do not belong
// together.
func TestMeaningIsLearntAndMeasured(t *testing.T) {
	t.Parallel()
	dir, url := someCorpus(t), embeddings(t)
	plan := filepath.Join(dir, "plan.yaml")
	text := fmt.Sprintf("price: 1\nembeddings: {url: %q, model: own}\ncorpora: [{name: c, entries: entries.jsonl, queries: [queries.jsonl], oos: oos.jsonl}]\n", url)
	if err := os.WriteFile(plan, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var learnt bytes.Buffer
	if err := Fit(t.Context(), plan, &learnt); err != nil {
		t.Fatal(err)
	}
	m, err := knowledge.ParseModel(learnt.Bytes())
	if err != nil || m.Meant() != "own" {
		t.Fatalf("learnt weights for %q: %v", m.Meant(), err)
	}
	model := filepath.Join(dir, "model.yaml")
	if err := os.WriteFile(model, learnt.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	files := EvalFAQFiles{Entries: filepath.Join(dir, "entries.jsonl"), Queries: []string{filepath.Join(dir, "queries.jsonl")}, OOS: filepath.Join(dir, "oos.jsonl")}
	settings := EvalSettings{Engine: "embedded", JSON: true, Model: model, Embeddings: Embeddings{URL: url, Model: "own"}}
	var report bytes.Buffer
	if err := EvalFAQ(t.Context(), files, settings, &report); err != nil {
		t.Fatal(err)
	}
	var figures map[string]any
	if err := json.Unmarshal(report.Bytes(), &figures); err != nil {
		t.Fatal(err)
	}
	if at1, ok := figures["recall_at_1"].(float64); !ok || at1 < 0.9 {
		t.Errorf("the figures are %s", report.String())
	}
	settings.Embeddings.Model = "another"
	if err := EvalFAQ(t.Context(), files, settings, &report); err == nil || !strings.Contains(err.Error(), "belong to") {
		t.Errorf("another model's cosines are weighed: %v", err)
	}
	settings.Embeddings = Embeddings{URL: url}
	if err := EvalFAQ(t.Context(), files, settings, &report); err == nil {
		t.Error("an address without a model is accepted")
	}
}
