package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const treeTop = "../.."

func lines(t *testing.T, path ...string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{treeTop}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(raw), "\n")
}

// TestNothingFloats: what goes into the program is of one version, and known by its hash.
func TestNothingFloats(t *testing.T) {
	t.Parallel()
	sums := strings.Join(lines(t, "go.sum"), "\n")
	for _, line := range lines(t, "go.mod") {
		m := regexp.MustCompile(`^\t(\S+) (v\S+)`).FindStringSubmatch(line)
		if m != nil && !strings.Contains(sums, m[1]+" "+m[2]+"/go.mod h1:") {
			t.Errorf("go.sum does not know %s %s", m[1], m[2])
		}
		if strings.HasPrefix(line, "replace") {
			t.Errorf("go.mod replaces: %s", line)
		}
	}
	var wants struct{ Dependencies, DevDependencies map[string]string }
	var locked struct {
		Packages map[string]struct {
			Version, Integrity string
		}
	}
	for name, into := range map[string]any{"package.json": &wants, "package-lock.json": &locked} {
		if err := json.Unmarshal([]byte(strings.Join(lines(t, "internal/web/ui", name), "\n")), into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, list := range []map[string]string{wants.Dependencies, wants.DevDependencies} {
		for name, version := range list {
			if locked.Packages["node_modules/"+name].Version != version {
				t.Errorf("package.json asks for %s %s, and %q is locked", name, version, locked.Packages["node_modules/"+name].Version)
			}
		}
	}
	for name, p := range locked.Packages {
		if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s is known by %q", name, p.Integrity)
		}
	}
	if len(locked.Packages) < 100 || len(sums) < 10_000 {
		t.Error("the lists are not whole")
	}
}

// TestToolsAndImagesAreOfAVersion: a build does not take whatever is newest.
func TestToolsAndImagesAreOfAVersion(t *testing.T) {
	t.Parallel()
	floats := regexp.MustCompile(`@(latest|main|master|HEAD)\b|:latest\b|newTag: latest|\bnpm (install|i|update)\b|\b(curl|wget)\b.*https://`)
	image := regexp.MustCompile(`^\s*(?:image:|ARG [A-Z]+_IMAGE=)\s*([^\s#]+)`)
	images := 0
	for _, path := range []string{
		"Makefile", ".ci/run", ".ci/packages", "deploy/docker/Dockerfile", "deploy/docker/compose.yaml", "deploy/kubernetes/kustomization.yaml", "deploy/kubernetes/deployment.yaml",
	} {
		for _, line := range lines(t, path) {
			if floats.MatchString(line) {
				t.Errorf("%s: %s", path, strings.TrimSpace(line))
			}
			if m := image.FindStringSubmatch(line); m != nil && m[1] != "jiesu" {
				images++
				if !regexp.MustCompile(`:v?\d|@sha256:[0-9a-f]{64}$`).MatchString(m[1]) {
					t.Errorf("%s: the image %s is of no version", path, m[1])
				}
			}
		}
	}
	if images < 6 {
		t.Errorf("only %d images", images)
	}
}
