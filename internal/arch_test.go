package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "jiesu/"

// rooms is the package map: each room and the rooms it may import.
// Read top to bottom it is a letter's path; a room imports only what stands
// beside or below it here. Adding a room or an edge is a reviewed change to
// this table.
var rooms = map[string][]string{
	"cmd/jiesu":     {"internal/app", "faq"},
	"cmd/yardstick": {"internal/limit", "internal/search", "internal/seal", "internal/server/live", "internal/store"}, // a tool of developers
	"faq":           {},
	"webhooks":      {"internal/workbook"},

	"internal/app":    {"*"},
	"internal/server": {"internal/desk/*", "internal/access", "internal/audit", "internal/config", "internal/limit", "internal/problem", "internal/trace", "internal/web", "internal/workbook", "webhooks/*"},
	"internal/web":    {},

	"internal/desk":                   {"internal/desk/*", "internal/audit", "internal/problem", "internal/seal", "webhooks/*"},
	"internal/desk/channel":           {"internal/problem", "internal/seal"},
	"internal/desk/consultation":      {"internal/desk/channel", "internal/desk/ticket/deadline", "internal/desk/ticket/reply", "internal/problem", "internal/seal"},
	"internal/desk/conversation":      {"internal/desk/channel", "internal/desk/knowledge", "internal/problem"},
	"internal/desk/demo":              {"internal/desk", "internal/audit", "internal/problem"},
	"internal/desk/gap":               {"internal/desk/channel", "internal/desk/ticket/deadline", "internal/problem"},
	"internal/desk/knowledge":         {"internal/problem", "internal/workbook"},
	"internal/desk/proof":             {"internal/desk/knowledge", "internal/desk/ticket/deadline", "internal/seal"},
	"internal/desk/report":            {"internal/desk/ticket", "internal/problem"},
	"internal/desk/retention":         {"internal/desk/channel"},
	"internal/desk/review":            {"internal/desk/channel", "internal/problem"},
	"internal/desk/signal":            {"internal/desk/ticket", "internal/problem"},
	"internal/desk/ticket":            {"internal/desk/channel", "internal/desk/ticket/*", "internal/problem"},
	"internal/desk/ticket/assignment": {"internal/problem"},
	"internal/desk/ticket/deadline":   {"internal/problem"},
	"internal/desk/ticket/reply":      {"internal/problem"},

	"internal/store":   {"internal/desk/*", "internal/access", "internal/audit", "internal/problem", "internal/seal", "internal/trace", "webhooks", "webhooks/hotline"},
	"internal/courier": {"internal/desk/*", "internal/problem", "internal/trace", "webhooks/*"},
	"internal/search":  {"internal/desk/knowledge", "internal/problem", "internal/trace"},
	"internal/assist":  {"internal/desk/knowledge", "internal/problem", "internal/seal"},
	"internal/job":     {"internal/desk/*", "internal/problem", "internal/trace"},
	"internal/limit":   {"internal/problem"},
	"internal/signon":  {"internal/access", "internal/problem"},
	"internal/scan":    {},
	"internal/access":  {"internal/problem"},
	"internal/audit":   {"internal/problem"},
	"internal/seal":    {"internal/problem"},
	"internal/trace":   {"internal/problem"},
	"internal/config":  {"internal/problem", "webhooks/*"},
	"internal/problem": {},

	"internal/workbook": {},
}

// pure rooms hold rules only: nothing that talks to the outside world.
var (
	pure      = "internal/desk"
	impureFor = []string{"net/http", "database/sql", "os", "github.com/gin-gonic/gin", "github.com/gorilla/websocket", "github.com/redis/go-redis/v9", "github.com/jackc/pgx/v5", "github.com/meilisearch/meilisearch-go", "github.com/uptrace/bun"}
)

func TestImportDirections(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		allowed, ok := lookup(room)
		if !ok {
			t.Errorf("%s is not in the rooms table: add it with a purpose, or fold it into a room", room)
			continue
		}
		seen[owner(room)] = true
		for _, imp := range p.Imports {
			if inner, ok := strings.CutPrefix(imp, module); ok {
				if owner(inner) != owner(room) && !permitted(allowed, inner) {
					t.Errorf("%s imports %s: not an allowed direction", room, inner)
				}
			} else if strings.HasPrefix(room, pure) && slices.Contains(impureFor, imp) {
				t.Errorf("%s imports %s: desk rooms are rules only", room, imp)
			}
		}
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("rooms lists %s, which no longer exists", room)
		}
	}
}

type pkg struct {
	ImportPath string
	Imports    []string
}

// listPackages reads the tree itself rather than asking the go command: the
// test cache sees files and folders opened here, but not what a child process
// reads, and a cached pass would hide a bad import.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	found := map[string]*pkg{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := module + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), ".."+string(filepath.Separator)))
		if found[dir] == nil {
			found[dir] = &pkg{ImportPath: dir}
		}
		for _, spec := range f.Imports {
			found[dir].Imports = append(found[dir].Imports, strings.Trim(spec.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var ps []pkg
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		ps = append(ps, *found[dir])
	}
	return ps
}

// owner is the longest room that holds dir: sub-folders belong to their room.
func owner(dir string) string {
	best := ""
	for room := range rooms {
		if (dir == room || strings.HasPrefix(dir, room+"/")) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

func lookup(dir string) ([]string, bool) { a, ok := rooms[owner(dir)]; return a, ok }

func permitted(allowed []string, imp string) bool {
	for _, a := range allowed {
		prefix, wild := strings.CutSuffix(a, "*")
		if imp == a || wild && (strings.HasPrefix(imp, prefix) || imp == strings.TrimSuffix(prefix, "/")) || strings.HasPrefix(imp, a+"/") {
			return true
		}
	}
	return false
}
