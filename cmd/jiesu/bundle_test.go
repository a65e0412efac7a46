package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The bundle for networks without internet is unpacked in an empty folder, adds up, says
// what it is made of, and serves. Nothing in it tells when or by whom it was made, so
// that a commit gives the same bytes everywhere.
func TestBundle(t *testing.T) {
	t.Parallel()
	tools, err := filepath.Abs("../../.bin")
	must(t, err)
	for _, name := range []string{"npm", "sha256sum"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("NOT TESTED: there is no %s", name)
		}
	}
	if _, err := os.Stat(filepath.Join(tools, "cyclonedx-gomod")); err != nil {
		t.Skip("NOT TESTED: .bin/cyclonedx-gomod is missing: make .bin/cyclonedx-gomod, or make test")
	}
	program := filepath.Join(t.TempDir(), "jiesu")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-tags=nomsgpack,grpcnotrace", "-ldflags=-s", "-o", program, ".") // as .ci/bundle does
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	if built, err := os.Stat(program); err != nil || built.Size() > 60e6 {
		t.Errorf("the program has %d bytes: does something ask reflection for methods again (ADR 30)? %v", built.Size(), err)
	}
	out := filepath.Join(t.TempDir(), "bundle")
	pack := exec.CommandContext(t.Context(), "../../.ci/bundle", runtime.GOARCH)
	pack.Env = append(os.Environ(), "OUT="+out, "PROGRAM="+program, "PATH="+tools+string(filepath.ListSeparator)+os.Getenv("PATH"))
	said, err := pack.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("%s", said)
	packed, err := filepath.Glob(filepath.Join(out, "*.tar.gz"))
	must(t, err)
	if len(packed) != 1 {
		t.Fatalf("packed: %v", packed)
	}
	into := unpack(t, packed[0])
	check := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS")
	check.Dir = into
	if wrong, err := check.CombinedOutput(); err != nil {
		t.Errorf("checksums: %v\n%s", err, wrong)
	}
	for file, part := range map[string]string{"sbom-program.json": "github.com/gin-gonic/gin", "sbom-pages.json": "element-plus"} {
		wantPart(t, filepath.Join(into, file), part)
	}
	h := openSite(t, filepath.Join(into, "jiesu"))
	if report, ok := h.command("doctor"); !ok || !strings.Contains(report, "self-check: every deadline") {
		t.Errorf("the doctor of what was unpacked: %s", report)
	}
}

// unpack unpacks a bundle into an empty folder and returns the one it holds.
func unpack(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	sums, err := os.ReadFile(filepath.Join(filepath.Dir(path), "SHA256SUMS"))
	must(t, err)
	if want := fmt.Sprintf("%x", sha256.Sum256(raw)); !strings.HasPrefix(string(sums), want) {
		t.Errorf("the bundle is %s, not as in %s", want, sums)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(raw))
	must(t, err)
	if !unzipped.ModTime.IsZero() || unzipped.Name != "" {
		t.Errorf("the bundle tells when and from what it was packed: %v", unzipped.Header)
	}
	dir, top, at := t.TempDir(), "", int64(0)
	var names []string
	for files := tar.NewReader(unzipped); ; {
		f, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if at == 0 {
			top, at = f.Name, f.ModTime.Unix()
		}
		if f.ModTime.Unix() != at || f.Uid != 0 || f.Gid != 0 || f.Uname != "" || f.Gname != "" || !filepath.IsLocal(f.Name) {
			t.Errorf("%s tells who made it, and when: %+v", f.Name, f)
		}
		names = append(names, f.Name)
		to := filepath.Join(dir, f.Name)
		if f.FileInfo().IsDir() {
			must(t, os.MkdirAll(to, 0o750))
			continue
		}
		content, err := io.ReadAll(files)
		must(t, err)
		must(t, os.WriteFile(to, content, f.FileInfo().Mode().Perm()))
	}
	if !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/")) }) {
		t.Errorf("not in order: %v", names)
	}
	return filepath.Join(dir, top)
}

// wantPart looks for a component in a bill of materials, which has no day and no number.
func wantPart(t *testing.T, file, part string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	must(t, err)
	var bom struct {
		Format     string `json:"bomFormat"`
		Serial     string `json:"serialNumber"`
		Metadata   struct{ Timestamp string }
		Components []struct{ Name, Version, Purl string }
	}
	must(t, json.Unmarshal(raw, &bom))
	found := false
	for _, c := range bom.Components {
		found = found || c.Name == part && c.Version != "" && c.Purl != ""
	}
	if bom.Format != "CycloneDX" || bom.Serial != "" || bom.Metadata.Timestamp != "" || !found {
		t.Errorf("%s: %d components, without %s; number %q of %q", file, len(bom.Components), part, bom.Serial, bom.Metadata.Timestamp)
	}
}
