package app

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// proofs are the tests, stories and files a page names.
func proofs(t *testing.T, page string) []string {
	t.Helper()
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(strings.Join(lines(t, page), "\n"), -1) {
		if regexp.MustCompile(`^(Test|Fuzz)[A-Z]\w+$|\.txtar$|/.*\.\w+$|^deploy/`).MatchString(m[1]) && !strings.Contains(m[1], "…") {
			named[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(named))
}

// TestThreatsAreAnsweredByWhatIsThere: the threat model names no control and no proof
// that does not exist, in either language.
func TestThreatsAreAnsweredByWhatIsThere(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	for _, root := range []string{"cmd", "internal", "webhooks"} {
		err := filepath.WalkDir(filepath.Join(treeTop, root), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "node_modules":
				return fs.SkipDir
			case !strings.HasSuffix(path, "_test.go"):
				return nil
			}
			source, err := os.ReadFile(path)
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(string(source), -1) {
				tests[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	english, chinese := proofs(t, "deploy/threat-model.md"), proofs(t, "deploy/threat-model.zh-CN.md")
	if !slices.Equal(english, chinese) || len(english) < 60 {
		t.Errorf("the two pages name different things, or few: %d and %d", len(english), len(chinese))
	}
	for _, name := range english {
		path := name
		switch {
		case tests[name]:
			continue
		case strings.HasSuffix(name, ".txtar"):
			path = filepath.Join("cmd/jiesu/testdata/script", name)
		}
		if _, err := os.Stat(filepath.Join(treeTop, path)); err != nil {
			t.Errorf("the threat model names %s, which is not there", name)
		}
	}
}
