package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestNothingIsNeeded(t *testing.T) {
	t.Parallel()
	c, err := Load("", []string{"HOME=/root", "JIESU_TEST_DATABASE_URL=postgres://x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Database() != filepath.Join("data", "jiesu.db") {
		t.Errorf("defaults are %+v", c)
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	t.Parallel()
	c, err := Load(written(t, "listen: 127.0.0.1:9000\norigins: [https://A.Example]\n"),
		[]string{"JIESU_LISTEN=127.0.0.1:9001", "JIESU_TRUSTED_PROXIES=10.0.0.0/8,192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9001" || len(c.Origins) != 1 || c.Origins[0] != "https://a.example" || len(c.TrustedProxies) != 2 {
		t.Errorf("loaded %+v", c)
	}
	if p, err := c.Proxies(); err != nil || len(p) != 2 || p[1].Bits() != 32 {
		t.Errorf("proxies are %v, %v", p, err)
	}
}

func TestStartStopsAtWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file    string
		environ []string
		names   string // what the message must name
	}{
		"unknown key in the file":        {file: "listne: x\n", names: "listne"},
		"unknown key in the environment": {environ: []string{"JIESU_LISTNE=x"}, names: "listne"},
		"not yaml":                       {file: "listen: [", names: "config file"},
		"a provider without its issuer":  {environ: []string{"JIESU_OIDC_ONLY=true"}, names: "oidc_issuer"},
		"a provider in clear":            {environ: []string{"JIESU_OIDC_ISSUER=http://id.example"}, names: "oidc_issuer"},
		"a provider without a client":    {environ: []string{"JIESU_OIDC_ISSUER=https://id.example"}, names: "oidc_client_id"},
		"a redirect elsewhere":           {environ: []string{"JIESU_OIDC_ISSUER=https://id.example", "JIESU_OIDC_CLIENT_ID=x", "JIESU_OIDC_REDIRECT_URL=https://desk.example/"}, names: "oidc_redirect_url"},
		"listen":                         {environ: []string{"JIESU_LISTEN=8080"}, names: "listen"},
		"database":                       {environ: []string{"JIESU_DATABASE_URL=mysql://x"}, names: "database_url"},
		"origin":                         {environ: []string{"JIESU_ORIGINS=example.org/path"}, names: "origins"},
		"proxy":                          {environ: []string{"JIESU_TRUSTED_PROXIES=me"}, names: "trusted_proxies"},
		"meilisearch":                    {environ: []string{"JIESU_MEILISEARCH_URL=localhost:7700"}, names: "meilisearch_url"},
		"meilisearch with a password":    {environ: []string{"JIESU_MEILISEARCH_URL=http://a:b@localhost:7700"}, names: "meilisearch_url"},
		"meilisearch key alone":          {environ: []string{"JIESU_MEILISEARCH_KEY=x"}, names: "meilisearch_url"},
		"embedder":                       {environ: []string{"JIESU_MEILISEARCH_URL=http://a:7700", "JIESU_MEILISEARCH_EMBEDDER_MODEL=m", "JIESU_MEILISEARCH_EMBEDDER_URL=http://geheim@b/v1"}, names: "meilisearch_embedder_url"},
		"embedder without a server":      {environ: []string{"JIESU_MEILISEARCH_EMBEDDER_MODEL=m", "JIESU_MEILISEARCH_EMBEDDER_URL=http://b/v1"}, names: "meilisearch_url is not set"},
		"embedder without a model":       {environ: []string{"JIESU_MEILISEARCH_URL=http://a:7700", "JIESU_MEILISEARCH_EMBEDDER_URL=http://b/v1"}, names: "meilisearch_embedder_model"},
		"embedder key alone":             {environ: []string{"JIESU_MEILISEARCH_EMBEDDER_KEY=x"}, names: "meilisearch_embedder_url"},
		"embedder key of two lines":      {environ: []string{"JIESU_MEILISEARCH_EMBEDDER_KEY=x\ny"}, names: "meilisearch_embedder_key"},
		"meilisearch prefix":             {environ: []string{"JIESU_MEILISEARCH_PREFIX=a/b"}, names: "meilisearch_prefix"},
		"no probability":                 {environ: []string{"JIESU_AUTO_DISPATCH=97"}, names: "auto_dispatch"},
		"not a number":                   {environ: []string{"JIESU_AUTO_DISPATCH=NaN"}, names: "auto_dispatch"},
		"assist address":                 {environ: []string{"JIESU_ASSIST_URL=model:8000", "JIESU_ASSIST_MODEL=m"}, names: "assist_url"},
		"assist address with a password": {environ: []string{"JIESU_ASSIST_URL=https://u:p@model/v1", "JIESU_ASSIST_MODEL=m"}, names: "assist_url"},
		"assist address with a query":    {environ: []string{"JIESU_ASSIST_URL=https://model/v1?key=x", "JIESU_ASSIST_MODEL=m"}, names: "assist_url"},
		"assist without a model":         {environ: []string{"JIESU_ASSIST_URL=https://model/v1"}, names: "assist_model"},
		"assist without an address":      {environ: []string{"JIESU_ASSIST_MODEL=m"}, names: "assist_url"},
		"assist key of two lines":        {environ: []string{"JIESU_ASSIST_URL=https://model/v1", "JIESU_ASSIST_MODEL=m", "JIESU_ASSIST_KEY=a\nb"}, names: "assist_key"},
		"assist waits for ever":          {environ: []string{"JIESU_ASSIST_TIMEOUT=1h"}, names: "assist_timeout"},
		"assist delays a choice":         {environ: []string{"JIESU_ASSIST_ORDER_BUDGET=5s"}, names: "assist_order_budget"},
		"assist has no time":             {environ: []string{"JIESU_ASSIST_EMBEDDING_BUDGET=0s"}, names: "assist_embedding_budget"},
		"assist time without a unit":     {environ: []string{"JIESU_ASSIST_TIMEOUT=30"}, names: "assist_timeout"},
		"level":                          {environ: []string{"JIESU_LOG_LEVEL=loud"}, names: "log_level"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := ""
			if test.file != "" {
				path = written(t, test.file)
			}
			_, err := Load(path, test.environ)
			if err == nil || !strings.Contains(err.Error(), test.names) {
				t.Errorf("Load says %v, which does not name %q", err, test.names)
			}
		})
	}
}

func TestAssistIsOffUntilItIsSetUp(t *testing.T) {
	t.Parallel()
	if c := Default(); c.AssistURL != "" || c.AssistLetters {
		t.Errorf("defaults are %+v", c)
	}
	c, err := Load(written(t, "assist_url: http://127.0.0.1:8000/v1\nassist_model: m\nassist_timeout: 20s\nassist_letters: true\n"),
		[]string{"JIESU_ASSIST_KEY=geheim", "JIESU_ASSIST_ORDER_BUDGET=200ms"})
	if err != nil {
		t.Fatal(err)
	}
	if c.AssistTimeout != 20*time.Second || c.AssistOrderBudget != 200*time.Millisecond || c.AssistEmbeddingBudget != 150*time.Millisecond || !c.AssistLetters {
		t.Errorf("loaded %+v", c)
	}
	got := c.Describe()
	if strings.Contains(got, "geheim") || !strings.Contains(got, "\nassist_key: \"(set, not shown)\"\n") || !strings.Contains(got, "\nassist_timeout: 20s\n") {
		t.Errorf("described as %s", got)
	}
}

func TestDescribeHidesThePassword(t *testing.T) {
	t.Parallel()
	c := Default()
	c.DatabaseURL = "postgres://jiesu:geheim@127.0.0.1/jiesu"
	c.MeilisearchKey, c.MeilisearchSearchKey, c.MeilisearchEmbedderKey = "geheim-admin", "geheim-search", "geheim-embedder"
	got := c.Describe()
	if strings.Contains(got, "geheim") {
		t.Error("the password shows")
	}
	for _, key := range Keys() {
		if !strings.Contains(got, "\n"+key+": ") {
			t.Errorf("%s is not described", key)
		}
	}
	again, err := Load(written(t, describe(Default())), nil)
	if err != nil || again.Listen != Default().Listen || !again.RateLimits {
		t.Errorf("the description cannot be read back: %v", err)
	}
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jiesu.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func describe(c Config) string { return c.Describe() }
