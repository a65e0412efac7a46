package assignment

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The kinds of letters that may be about a unit. They are the wire values of
// the channel room, which this room does not import.
const (
	complaint = "complaint"
	report    = "report"
)

// Avoidance is the rule of an [Assignment] to an impartial unit.
const Avoidance = "avoidance"

// Request is what is known of a letter when a unit is sought.
type Request struct {
	Kind     string
	Category string // routing category code, may be empty
	District string // district code, may be empty
	Title    string
	Text     string
	Names    []string  // units or officers a complaint is about, as written
	Avoid    []string  // as in [Assignment]: who is known to have to keep away already
	At       time.Time // when it came; decides the version of the catalogue
}

// Assignment is the unit a letter should go to, and why.
type Assignment struct {
	Unit   string   // unit id
	Rule   string   // rule id; [Avoidance] or "fallback" where no rule decided
	Reason string   // Chinese, for staff and the audit trail; repeats nothing of the letter
	Co     []string // units that may have to help
	Avoid  []string // unit ids, and persons as [AboutUser], that must never see the ticket
	Why    string   // of the avoidance, a code for the audit trail: unit, officer, earlier (known before); empty: none
}

// Route finds the unit for a letter; it always finds one.
func (r *Router) Route(q Request) Assignment {
	avoid, named, why := r.avoided(q)
	if len(q.Avoid) > 0 {
		avoid, named, why = union(avoid, q.Avoid), true, cmp.Or(why, "earlier")
	}
	a := r.route(q, avoid, named)
	a.Why = why
	return a
}

func (r *Router) route(q Request, avoid []string, named bool) Assignment {
	if q.Kind == complaint && named {
		reason := "投诉涉及具体单位，依照回避规定由无关单位办理"
		if len(avoid) == 0 {
			reason = "投诉涉及具体人员而所在单位不明，依照回避规定由无关单位办理"
		}
		return r.impartial(avoid, reason)
	}
	best, ok := r.best(q)
	if row, listed := r.catalogued(q, best, ok); listed {
		best, ok = row, true
	}
	if !ok {
		best = match{rule: &Rule{ID: "fallback"}, unit: TaskForce, reason: "没有适用的分派规则，由信箱专班分办"}
	}
	if r.touches(best.unit, avoid) {
		return r.impartial(avoid, "来信提到的单位本应承办，依照回避规定改由无关单位办理")
	}
	co, reason := r.helpers(best, avoid)
	return Assignment{Unit: best.unit, Rule: best.rule.ID, Reason: reason, Co: co, Avoid: avoid}
}

// avoided lists the units and persons that must not see the letter, reports
// whether the letter points at anybody at all, and says by what.
func (r *Router) avoided(q Request) (ids []string, named bool, why string) {
	if q.Kind != complaint && q.Kind != report {
		return nil, false, ""
	}
	about := append([]string{q.Title, q.Text}, q.Names...)
	// A line break between the parts keeps two of them from forming a name.
	units := r.tree.Mentioned(strings.Join(about, "\x00"))
	if len(units) > 0 {
		why = "unit"
	}
	accused := r.accused(q)
	for _, o := range accused {
		why = "officer"
		if o.Unit != r.tree.Root().ID { // the whole bureau cannot stand aside
			units = append(units, o.Unit)
		}
	}
	for _, id := range units {
		for _, u := range r.tree.Below(id) {
			if !slices.Contains(ids, u.ID) {
				ids = append(ids, u.ID)
			}
		}
	}
	for _, o := range accused {
		ids = append(ids, AboutUser(o.ID))
	}
	named = len(ids) > 0 || slices.ContainsFunc(q.Names, func(n string) bool { return fold(n) != "" })
	return ids, named, why
}

// union is a and what of b is not in it.
func union(a, b []string) []string {
	for _, id := range b {
		if !slices.Contains(a, id) {
			a = append(a, id)
		}
	}
	return a
}

// impartial returns the first unit of the avoidance list that is not itself
// avoided; the bureau's leaders where all of them are.
func (r *Router) impartial(avoid []string, reason string) Assignment {
	unit := r.tree.Root().ID
	if i := slices.IndexFunc(r.avoidance, func(id string) bool { return !r.touches(id, avoid) }); i >= 0 {
		unit = r.avoidance[i]
	}
	return Assignment{Unit: unit, Rule: Avoidance, Reason: reason, Avoid: avoid}
}

// touches reports whether the unit or one above it is avoided.
func (r *Router) touches(unit string, avoid []string) bool {
	return slices.ContainsFunc(strings.Split(r.tree.Path(unit), "/"), func(id string) bool { return slices.Contains(avoid, id) })
}

// match is a rule that fits a letter.
type match struct {
	rule       *Rule
	unit       string
	byCategory bool
	words      []string
	reason     string
	co         []string
}

// best returns the fitting rule that wins.
func (r *Router) best(q Request) (match, bool) {
	found := r.words.in(fold(q.Title + "\x00" + q.Text))
	var fits []match
	for i := range r.rules {
		if m, ok := r.fit(&r.rules[i], q, found); ok {
			fits = append(fits, m)
		}
	}
	if len(fits) == 0 {
		return match{}, false
	}
	slices.SortStableFunc(fits, func(a, b match) int {
		return cmp.Or(
			cmp.Compare(b.rule.Priority, a.rule.Priority),
			cmp.Compare(rank(b), rank(a)),
		)
	})
	return fits[0], true
}

// rank orders matches of equal priority: a category beats any number of words.
func rank(m match) int {
	if m.byCategory {
		return 1 << 20
	}
	return len(m.words)
}

func (r *Router) fit(rule *Rule, q Request, found map[string]bool) (match, bool) {
	m := match{rule: rule, unit: rule.Unit}
	if !listed(rule.Kinds, q.Kind) || !listed(rule.Districts, q.District) {
		return m, false
	}
	if rule.Unit == branchOfDistrict {
		b, ok := r.tree.BranchOf(q.District)
		if !ok {
			return m, false
		}
		m.unit = b.ID
	}
	m.byCategory = slices.Contains(rule.Categories, q.Category)
	for _, w := range rule.folded {
		if found[w] {
			m.words = append(m.words, w)
		}
	}
	if !m.byCategory && len(m.words) == 0 && len(rule.Categories)+len(rule.Keywords) > 0 {
		return m, false
	}
	m.reason = r.because(&m, q)
	return m, true
}

func (r *Router) because(m *match, q Request) string {
	switch {
	case m.byCategory:
		return "类别“" + r.names[q.Category] + "”"
	case len(m.words) > 0:
		return "关键词“" + strings.Join(m.words, "”“") + "”"
	case m.rule.Unit == branchOfDistrict:
		return "来信所在区县"
	default:
		return "来信种类"
	}
}

func listed(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
