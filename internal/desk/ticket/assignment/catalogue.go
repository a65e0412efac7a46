package assignment

import (
	_ "embed" // the shipped catalogue
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

//go:embed catalogue.yaml
var shippedCatalogue []byte

const (
	anyDistrict   = "*"
	maxRows       = 5_000
	maxCo         = 10
	catalogueRank = 60 // rules from this priority on rest on more than the category
)

// Row is one line of the responsibility catalogue (派单目录).
type Row struct {
	Category string   `yaml:"category" json:"category"`
	District string   `yaml:"district" json:"district,omitempty"` // code; "*": any with a branch; empty: everywhere
	Lead     string   `yaml:"lead" json:"lead"`
	Co       []string `yaml:"co" json:"co,omitempty"`
}

// Version is the catalogue in force from a moment on, until the next one.
type Version struct {
	Number int // 0: shipped
	From   time.Time
	Rows   []Row
}

// ParseCatalogue reads a catalogue in the form of catalogue.yaml and checks every
// row: no letter may go where nobody is.
func (r *Router) ParseCatalogue(data []byte) ([]Row, error) {
	var f struct {
		Rows []Row `yaml:"rows"`
	}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, problem.New(problem.Invalid, "catalogue.invalid", "派单目录的格式不正确。").Because(err)
	}
	if len(f.Rows) == 0 || len(f.Rows) > maxRows {
		return nil, problem.New(problem.Invalid, "catalogue.invalid", "派单目录至少一条，至多五千条。")
	}
	seen := map[string]int{}
	for i, row := range f.Rows {
		if err := r.checkRow(row, i+1); err != nil {
			return nil, err
		}
		key := row.Category + "/" + row.District
		if first := seen[key]; first > 0 {
			return nil, problem.New(problem.Invalid, "catalogue.doubled", fmt.Sprintf("派单目录第%d条与第%d条重复。", i+1, first))
		}
		seen[key] = i + 1
	}
	return f.Rows, nil
}

func (r *Router) checkRow(row Row, n int) error {
	wrong := func(code, what string) error {
		return problem.New(problem.Invalid, "catalogue."+code, fmt.Sprintf("派单目录第%d条：%s。", n, what))
	}
	_, branch := r.tree.BranchOf(row.District)
	switch {
	case r.names[row.Category] == "":
		return wrong("unknown_category", "没有这种类别")
	case row.District != "" && row.District != anyDistrict && !branch:
		return wrong("unknown_district", "没有这个区县")
	case row.Lead == branchOfDistrict && row.District != anyDistrict:
		return wrong("unknown_unit", "@branch 只能用于任一区县（*）")
	case row.Lead != branchOfDistrict && r.tree.Path(row.Lead) == "":
		return wrong("unknown_unit", "没有这个主办单位")
	case len(row.Co) > maxCo:
		return wrong("invalid", "会办单位太多")
	}
	for i, co := range row.Co {
		if r.tree.Path(co) == "" {
			return wrong("unknown_unit", "没有这个会办单位")
		}
		if co == row.Lead || slices.Contains(row.Co[:i], co) {
			return wrong("doubled", "同一单位出现两次")
		}
	}
	return nil
}

// Adopt makes the router follow these versions after the shipped one. Routing
// that runs meanwhile keeps those it began with.
func (r *Router) Adopt(versions []Version) {
	all := append([]Version{r.shipped}, versions...)
	slices.SortStableFunc(all, func(a, b Version) int { return a.From.Compare(b.From) })
	r.versions.Store(&all)
}

// CatalogueAt is the version in force at a moment.
func (r *Router) CatalogueAt(at time.Time) Version {
	known := *r.versions.Load()
	for i := len(known) - 1; i > 0; i-- {
		if !known[i].From.After(at) {
			return known[i]
		}
	}
	return known[0]
}

// catalogued is the row of the catalogue a letter falls under, as a match. A
// rule that rests on more than a category, such as the kind of letter, goes first.
func (r *Router) catalogued(q Request, best match, fits bool) (match, bool) {
	if fits && best.rule.Priority >= catalogueRank && (!best.byCategory || len(best.rule.Kinds) > 0) {
		return match{}, false
	}
	v := r.CatalogueAt(q.At)
	branch, known := r.tree.BranchOf(q.District)
	found, closest := -1, -1
	for i, row := range v.Rows {
		near := slices.Index([]string{"", anyDistrict, q.District}, row.District)
		switch {
		case row.Category != q.Category, near < 0, row.District == anyDistrict && !known:
			continue
		case row.District != "" && row.District == q.District:
			near = 2
		}
		if near > closest {
			found, closest = i, near
		}
	}
	if found < 0 {
		return match{}, false
	}
	row := v.Rows[found]
	m := match{rule: &Rule{ID: fmt.Sprintf("catalogue-%d/%d", v.Number, found+1)}, unit: row.Lead, byCategory: true, co: row.Co}
	if row.Lead == branchOfDistrict {
		m.unit = branch.ID
	}
	m.reason = fmt.Sprintf("派单目录第%d条：类别“%s”", found+1, r.names[row.Category])
	if row.District != "" {
		m.reason += "，" + branch.Name + "辖区"
	}
	return m, true
}

// helpers are the co-units of a match that may see the letter.
func (r *Router) helpers(m match, avoid []string) (ids []string, reason string) {
	var names []string
	for _, id := range m.co {
		if id != m.unit && !r.touches(id, avoid) {
			u, _ := r.tree.ByID(id)
			ids, names = append(ids, id), append(names, u.Name)
		}
	}
	if len(ids) == 0 {
		return nil, m.reason
	}
	return ids, m.reason + "；建议会办：" + strings.Join(names, "、")
}
