package app

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"jiesu/internal/config"
)

const deployFolder = "../../deploy"

// measured are the names of all figures there are.
func measured(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{"up": true}
	name := regexp.MustCompile(`"(jiesu_[a-z_]+)"`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range name.FindAllStringSubmatch(string(source), -1) {
			for _, suffix := range []string{"", "_bucket", "_count", "_sum"} {
				names[m[1]+suffix] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// asksOnlyFor fails on figures in an expression that nobody measures.
func asksOnlyFor(t *testing.T, names map[string]bool, where, expression string) {
	t.Helper()
	for _, n := range regexp.MustCompile(`\bjiesu_[a-z_]+`).FindAllString(expression, -1) {
		if !names[n] {
			t.Errorf("%s asks for %s, which nobody measures", where, n)
		}
	}
}

// Alerts ask for what is measured, and the runbook says what to do about each.
func TestAlerts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(deployFolder, "prometheus/alerts.yaml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(raw, &alerts); err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile(filepath.Join(deployFolder, "runbook.zh-CN.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := measured(t)
	for _, g := range alerts.Groups {
		for _, r := range g.Rules {
			asksOnlyFor(t, names, r.Alert, r.Expr)
			_, anchor, _ := strings.Cut(r.Annotations["runbook"], "#")
			heading := regexp.MustCompile(`(?im)^## ` + strings.ReplaceAll(regexp.QuoteMeta(anchor), "-", "[ -]") + `$`)
			if anchor == "" || !heading.Match(runbook) {
				t.Errorf("%s: the runbook has no section %q", r.Alert, anchor)
			}
			if r.Labels["severity"] != "page" && r.Labels["severity"] != "ticket" {
				t.Errorf("%s has the severity %q", r.Alert, r.Labels["severity"])
			}
		}
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("NOT CHECKED WITH PROMTOOL: it is not installed (package prometheus)")
		return
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// The dashboard shows what is measured, each panel once.
func TestDashboard(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(deployFolder, "grafana/jiesu.json"))
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &board); err != nil {
		t.Fatal(err)
	}
	names := measured(t)
	shown := map[string]bool{}
	for _, p := range board.Panels {
		if shown[p.Title] || p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d, %q, is shown twice or shows nothing", p.ID, p.Title)
		}
		shown[p.Title] = true
		if p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%s is wider than the board", p.Title)
		}
		for _, q := range p.Targets {
			asksOnlyFor(t, names, p.Title, q.Expr)
		}
	}
}

// What the files for operators set is a setting, and what they ask is answered.
func TestDeployedSettings(t *testing.T) {
	t.Parallel()
	setting := regexp.MustCompile(`\bJIESU_[A-Z0-9_]+`)
	err := filepath.WalkDir(deployFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, name := range setting.FindAllString(string(raw), -1) {
			if key := strings.ToLower(strings.TrimPrefix(name, "JIESU_")); !slices.Contains(config.Keys(), key) && !strings.HasPrefix(key, "test_") {
				t.Errorf("%s sets %s, which is no setting", path, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The parts for Kubernetes are listed, and find each other by one label.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	type selector struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}
	var list struct{ Resources []string }
	folder := filepath.Join(deployFolder, "kubernetes")
	load := func(name string, into any) {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			err = yaml.Unmarshal(raw, into)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	load("kustomization.yaml", &list)
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) != len(list.Resources)+1 {
		t.Errorf("%d files, of which %d are listed: %v", len(files), len(list.Resources), err)
	}
	for _, name := range list.Resources {
		var part struct {
			Kind string
			Spec struct {
				Selector    *selector
				PodSelector *selector `yaml:"podSelector"`
				Template    struct {
					Spec map[string]any
				}
			}
		}
		load(name, &part)
		if part.Kind == "Deployment" {
			// A service called jiesu would bring variables that begin as our settings do.
			for key, want := range map[string]bool{"enableServiceLinks": false, "automountServiceAccountToken": false} {
				if got, ok := part.Spec.Template.Spec[key].(bool); !ok || got != want {
					t.Errorf("%s: %s is not %v", name, key, want)
				}
			}
		}
		for _, s := range []*selector{part.Spec.Selector, part.Spec.PodSelector} {
			if s != nil && s.MatchLabels["app.kubernetes.io/name"] != "jiesu" {
				t.Errorf("%s selects %v", name, s.MatchLabels)
			}
		}
		if slices.Contains([]string{"PodDisruptionBudget", "NetworkPolicy"}, part.Kind) && part.Spec.Selector == nil && part.Spec.PodSelector == nil {
			t.Errorf("%s selects nothing", name)
		}
	}
}
