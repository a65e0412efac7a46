package assignment_test

import (
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk/ticket/assignment"
)

func tree(t *testing.T) *assignment.Tree {
	t.Helper()
	tr, err := assignment.LoadTree()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestEveryUnitOfTheWorkPlanExists lists the lead units of the bureau's work
// plan: no ticket may be meant for a unit that is not there.
func TestEveryUnitOfTheWorkPlanExists(t *testing.T) {
	t.Parallel()
	tr := tree(t)
	for name, id := range map[string]string{
		"政务公开办": "office-open", "法制支队": "legal", "治巡支队": "patrol", "禁毒支队": "narcotics", "科信支队": "scitech",
		"网警支队": "cyber", "交警支队": "traffic", "宣传科": "publicity", "指挥中心": "command", "警保支队": "logistics",
		"政治处": "politics", "局保密办": "secrecy", "市局防控办": "epidemic", "“平安厅”局长信箱工作专班": "mailbox",
		"刑侦支队": "criminal", "经侦支队": "economic", "食药环侦支队": "fdec", "出入境管理支队": "exit-entry", "督察支队": "inspection", "信访科": "petitions",
	} {
		if u, ok := tr.ByName(name); !ok || u.ID != id || u.Parent != "bureau" || u.Level != assignment.Detachment {
			t.Errorf("%s: got %+v, %t", name, u, ok)
		}
	}
}

func TestShippedTree(t *testing.T) {
	t.Parallel()
	tr := tree(t)
	stations := map[string]int{}
	for i, u := range tr.Units() {
		switch u.Level {
		case assignment.Bureau:
			if i != 0 || u.Path != "bureau" {
				t.Errorf("the bureau stands first, got %+v at %d", u, i)
			}
		case assignment.Station:
			stations[u.Parent]++
			if branch, ok := tr.BranchOf(u.District); !ok || branch.ID != u.Parent {
				t.Errorf("%s is in the district of %s", u.ID, branch.ID)
			}
		case assignment.Detachment, assignment.Branch:
			if u.Path != "bureau/"+u.ID {
				t.Errorf("%s has the path %s", u.ID, u.Path)
			}
		default:
			t.Errorf("%s has no level", u.ID)
		}
		if byPath, ok := tr.ByPath(u.Path); !ok || byPath.ID != u.ID {
			t.Errorf("%s is not found under %s", u.ID, u.Path)
		}
	}
	if len(stations) != 3 || stations["branch-east"] != 2 || stations["branch-west"] != 2 || stations["branch-coast"] != 2 {
		t.Errorf("got stations %v", stations)
	}
	again, err := assignment.NewTree(tr.Units())
	if err != nil || !slices.EqualFunc(again.Units(), tr.Units(), func(a, b assignment.Unit) bool { return a.ID == b.ID && a.Path == b.Path }) {
		t.Errorf("a tree of stored units differs: %v", err)
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	tr := tree(t)
	if p := tr.Path("station-east-1"); p != "bureau/branch-east/station-east-1" {
		t.Errorf("got %s", p)
	}
	if got := ids(tr.Ancestors("station-east-1")); !slices.Equal(got, []string{"branch-east", "bureau"}) {
		t.Errorf("above: %v", got)
	}
	if got := ids(tr.Below("branch-west")); !slices.Equal(got, []string{"branch-west", "station-west-1", "station-west-2"}) {
		t.Errorf("below: %v", got)
	}
	if len(tr.Below("bureau")) != len(tr.Units()) || len(tr.Ancestors("bureau")) != 0 {
		t.Error("the bureau stands above everything and below nothing")
	}
	for name, want := range map[string]string{"车管所": "traffic", " 城东公安分局 ": "branch-east", "平安厅信箱专班": "mailbox", "\"平安厅\"局长信箱工作专班": "mailbox", "": "", "火星派出所": ""} {
		if u, _ := tr.ByName(name); u.ID != want {
			t.Errorf("%q: got %q, want %q", name, u.ID, want)
		}
	}
	for _, unknown := range []string{"", "bureau/traffic/", "traffic", "bureau/branch-west/station-east-1", "/", "mars"} {
		if u, ok := tr.ByPath(unknown); ok {
			t.Errorf("%q is %s", unknown, u.ID)
		}
	}
	if tr.Path("mars") != "" || tr.Below("mars") != nil || tr.Ancestors("mars") != nil {
		t.Error("an unknown unit has a place")
	}
	if _, ok := tr.BranchOf(""); ok {
		t.Error("no district is a district")
	}
}

func TestMentioned(t *testing.T) {
	t.Parallel()
	tr := tree(t)
	for text, want := range map[string]string{
		"我对市公安局很满意":        "",
		"城东分局的人不管":         "branch-east",
		"城 东 公 安 分 局不管":    "branch-east",
		"去了车管所，又去“青禾街派出所”": "traffic station-east-2",
		"海滨县公安局白帆渔港派出所":    "branch-coast station-coast-2",
		"110 指挥中心接线员":      "command",
		"派出所":              "",
	} {
		if got := strings.Join(tr.Mentioned(text), " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestBadTreesAreRefused(t *testing.T) {
	t.Parallel()
	root := assignment.Unit{ID: "r", Name: "局"}
	child := assignment.Unit{ID: "c", Name: "队", Parent: "r"}
	for name, units := range map[string][]assignment.Unit{
		"empty":           {},
		"two roots":       {root, {ID: "s", Name: "厅"}},
		"no root":         {{ID: "a", Name: "甲", Parent: "b"}, {ID: "b", Name: "乙", Parent: "a"}},
		"unknown parent":  {root, {ID: "c", Name: "队", Parent: "nobody"}},
		"circle":          {root, {ID: "a", Name: "甲", Parent: "b"}, {ID: "b", Name: "乙", Parent: "a"}},
		"id taken":        {root, child, {ID: "c", Name: "另一队", Parent: "r"}},
		"name taken":      {root, child, {ID: "d", Name: "队", Parent: "r"}},
		"alias taken":     {root, child, {ID: "d", Name: "所", Parent: "r", Aliases: []string{"队"}}},
		"empty alias":     {root, {ID: "d", Name: "所", Parent: "r", Aliases: []string{" "}}},
		"no name":         {root, {ID: "d", Parent: "r"}},
		"slash in the id": {root, {ID: "a/b", Name: "队", Parent: "r"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := assignment.NewTree(units); err == nil {
				t.Error("accepted")
			}
		})
	}
	if tr, err := assignment.NewTree([]assignment.Unit{child, root}); err != nil || tr.Root().ID != "r" || tr.Path("c") != "r/c" {
		t.Errorf("the order of units must not matter: %v", err)
	}
}

func ids(units []assignment.Unit) []string {
	var got []string
	for _, u := range units {
		got = append(got, u.ID)
	}
	return got
}
