package desk

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryNoticeSaysWhatHappened: whatever staff are told has its sentence, and a
// robot can be for it.
func TestEveryNoticeSaysWhatHappened(t *testing.T) {
	t.Parallel()
	const unknown = "来信有新的动态"
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`(?:(?:Job|Notices?|tell)\([^"\n]*|\bwhat\b[^"\n]*= |What: |\bwhat[A-Z]\w* += )"([a-z]+\.[a-z_]+)"`)
	found := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range kinds.FindAllStringSubmatch(string(source), -1) {
			kind := m[1]
			if kind == whatRedated { // citizens alone are told
				continue
			}
			found++
			if noticeWhat(kind) == unknown {
				t.Errorf("%s: nobody knows what %s means", name, kind)
			}
			if group, _, _ := strings.Cut(kind, "."); group != "unsealing" && !slices.Contains(NoticeGroups(), group) {
				t.Errorf("%s: no robot can be for %s", name, kind)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d kinds of notices found", found)
	}
}
