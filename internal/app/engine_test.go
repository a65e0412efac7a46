package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

var sayOnce = sync.OnceFunc(func() {
	fmt.Fprintln(os.Stderr, "NOT TESTED: Meilisearch, because JIESU_TEST_MEILISEARCH_URL is not set")
})

// onServer are settings with a real Meilisearch and indexes of their own.
func onServer(t *testing.T) config.Config {
	t.Helper()
	c := config.Default()
	c.MeilisearchURL, c.MeilisearchKey = os.Getenv("JIESU_TEST_MEILISEARCH_URL"), os.Getenv("JIESU_TEST_MEILISEARCH_KEY")
	if c.MeilisearchURL == "" {
		sayOnce()
		t.Skip("JIESU_TEST_MEILISEARCH_URL (and …_KEY) is not set: a real Meilisearch server was NOT tested")
	}
	c.MeilisearchPrefix, c.Data = "test_"+strings.ToLower(rand.Text()[:16]), t.TempDir()
	return c
}

func built(t *testing.T, c config.Config, log io.Writer) *App {
	t.Helper()
	a, err := New(t.Context(), c, config.Channels{}, time.Now, io.Discard, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.remote.Close()
		if err := a.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// work does what is due, and waits for it.
func work(t *testing.T, a *App) {
	t.Helper()
	if err := a.runner.Once(t.Context()); err != nil {
		t.Error(err)
	}
	a.runner.Stop()
}

func TestAServerThatIsDownKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.MeilisearchURL, c.MeilisearchKey, c.Data = "http://127.0.0.1:1", "geheim-admin-key", t.TempDir()
	c.MeilisearchEmbedderURL, c.MeilisearchEmbedderModel, c.MeilisearchEmbedderKey = "http://127.0.0.1:1/v1", "bge", "geheim-embedder-key"
	var log bytes.Buffer
	a := built(t, c, &log)
	for range 2 {
		work(t, a)
		if d, err := a.desk.Ask(t.Context(), desk.Question{Text: "身份证丢了怎么补办"}); err != nil || d.Kind != knowledge.Answer {
			t.Errorf("%+v, error %v", d, err)
		}
	}
	if err := a.desk.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if told := exposed(t, a); !strings.Contains(told, `jiesu_search_engine{state="out_of_step"} 1`) || !strings.Contains(told, `jiesu_search_repairs_total{how="rebuilt"} 0`) || !strings.Contains(told, `jiesu_searches_total{engine="meaning",outcome="failed"}`) {
		t.Errorf("metrics:\n%s", told)
	}
	counts, err := a.store.JobCounts(t.Context())
	if err != nil || counts[desk.JobReady] != 1 {
		t.Errorf("jobs %v, error %v: the work must wait for the server", counts, err)
	}
	known, err := loadContent("")
	if err != nil {
		t.Fatal(err)
	}
	report, err := engineReport(t.Context(), c, known.library)
	if err != nil || !strings.HasPrefix(report, "embedded") {
		t.Errorf("the doctor says %q, error %v", report, err)
	}
	if text := log.String() + report; strings.Contains(text, "geheim") || strings.Contains(text, "身份证") {
		t.Errorf("told what must not be told: %s", text)
	}
}

// exposed are the metrics of the search engine.
func exposed(t *testing.T, a *App) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(a.figures.registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	var ours strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "jiesu_search") {
			ours.WriteString(line)
		}
	}
	return ours.String()
}

func TestServingBringsMeilisearchIntoStep(t *testing.T) {
	t.Parallel()
	c := onServer(t)
	a := built(t, c, io.Discard)
	t.Cleanup(func() {
		if err := a.remote.Remove(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	asked := map[string]int{}
	a.index.ObserveWith(func(engine, outcome string) { asked[engine+" "+outcome]++ })
	ask := func() {
		t.Helper()
		if d, err := a.desk.Ask(t.Context(), desk.Question{Text: "身份证丢了怎么补办"}); err != nil || d.Kind != knowledge.Answer || d.Answer.Entry != "id-card-lost" {
			t.Errorf("%+v, error %v", d, err)
		}
	}
	ask()
	if asked["embedded stood_in"] == 0 {
		t.Errorf("before the index is there: %v", asked)
	}
	work(t, a)
	ask()
	if asked["meilisearch ok"]+asked["meilisearch late"] == 0 {
		t.Errorf("after the index is there: %v", asked)
	}
	known, err := loadContent("")
	if err != nil {
		t.Fatal(err)
	}
	if report, err := engineReport(t.Context(), c, known.library); err != nil || !strings.HasSuffix(report, "in step") {
		t.Errorf("the doctor says %q, error %v", report, err)
	}
	var out bytes.Buffer
	environ := []string{
		"JIESU_MEILISEARCH_URL=" + c.MeilisearchURL, "JIESU_MEILISEARCH_KEY=" + c.MeilisearchKey, "JIESU_MEILISEARCH_PREFIX=" + c.MeilisearchPrefix,
	}
	if err := Reindex(t.Context(), "", environ, &out); err != nil || !strings.Contains(out.String(), "in step") {
		t.Errorf("reindex says %q, error %v", &out, err)
	}
}

func TestReindexNeedsAServer(t *testing.T) {
	t.Parallel()
	if err := Reindex(t.Context(), "", nil, io.Discard); err == nil || !strings.Contains(err.Error(), "meilisearch_url") {
		t.Errorf("error %v", err)
	}
	if err := EvalFAQ(t.Context(), EvalFAQFiles{}, EvalSettings{Engine: "meilisearch"}, io.Discard); err == nil {
		t.Error("an evaluation on no server")
	}
}

// TestGoldenFiguresOnMeilisearch asks the golden questions on both engines: the
// decision is ours, so the engine may hardly show.
func TestGoldenFiguresOnMeilisearch(t *testing.T) {
	t.Parallel()
	c := onServer(t)
	golden := filepath.Join("..", "..", "faq", "golden")
	queries, err := filepath.Glob(filepath.Join(golden, "questions-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	files := EvalFAQFiles{Queries: queries, OOS: filepath.Join(golden, "oos.jsonl")}
	ours, errOurs := evaluateFAQ(t.Context(), files, EvalSettings{Engine: "embedded"}, c)
	theirs, errTheirs := evaluateFAQ(t.Context(), files, EvalSettings{Engine: "meilisearch"}, c)
	if err := errors.Join(errOurs, errTheirs); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]float64{
		"recall@1": {ours.Recall1, theirs.Recall1}, "recall@5": {ours.Recall5, theirs.Recall5}, "answered": {ours.Answered, theirs.Answered},
		"precision": {ours.Precision, theirs.Precision}, "AUROC": {ours.AUROC, theirs.AUROC}, "false answers": {ours.FalseAnswers, theirs.FalseAnswers},
	} {
		if math.Abs(pair[0]-pair[1]) > 0.01 {
			t.Errorf("%s is %.3f on the embedded engine and %.3f on Meilisearch", name, pair[0], pair[1])
		}
	}
	t.Logf("latency on Meilisearch: p50 %v, p99 %v", time.Duration(theirs.P50), time.Duration(theirs.P99))
}
