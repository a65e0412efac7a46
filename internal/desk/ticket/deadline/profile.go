package deadline

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

//go:embed rules.yaml
var shippedRules []byte

// Profile is a versioned set of deadline rules with the ladders their clocks
// climb. It does not change once made and is safe for concurrent use.
type Profile struct {
	version int
	name    string
	rules   []Rule
	hours   Hours
	quiet   interval // when people are left alone; empty: never
	late    bool     // what comes after hours counts as received on the next working day
	ladders map[string][]rung
	bounds  Bounds
}

// LoadProfile returns the profile the product ships.
func LoadProfile() (*Profile, error) { return ParseProfile(shippedRules) }

// profileFile is the form of rules.yaml.
type profileFile struct {
	Version    int               `yaml:"version"`
	Name       string            `yaml:"name"`
	Hours      []string          `yaml:"hours"`
	AfterHours string            `yaml:"after_hours"`
	Quiet      *quietHours       `yaml:"quiet"`
	Bounds     Bounds            `yaml:"bounds"`
	Rules      []Rule            `yaml:"rules"`
	Ladder     []rung            `yaml:"ladder"`
	Ladders    map[string][]rung `yaml:"ladders"`
}

type quietHours struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// ParseProfile reads a profile in the form of rules.yaml. Unknown keys, doubled
// ids and rules that cannot be counted are errors.
func ParseProfile(data []byte) (*Profile, error) {
	f := profileFile{Bounds: usualBounds()}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse deadline rules: %w", err)
	}
	if f.Version < 1 || len(f.Rules) == 0 {
		return nil, errors.New("deadline rules: a version and at least one rule are needed")
	}
	p := &Profile{version: f.Version, name: f.Name, rules: f.Rules, ladders: f.Ladders, bounds: f.Bounds}
	if p.ladders == nil {
		p.ladders = map[string][]rung{}
	}
	if f.Ladder != nil {
		p.ladders[ordinary] = f.Ladder
	}
	if err := errors.Join(p.readTimes(&f), p.bounds.check(), p.checkRules()); err != nil {
		return nil, err
	}
	for name, rungs := range p.ladders {
		if err := checkLadder(rungs); err != nil {
			return nil, fmt.Errorf("ladder %s: %w", name, err)
		}
	}
	return p, nil
}

// readTimes reads what a day looks like.
func (p *Profile) readTimes(f *profileFile) (err error) {
	if p.hours, err = ParseHours(f.Hours); err != nil {
		return err
	}
	switch f.AfterHours {
	case "", "same_day":
	case "next_working_day":
		p.late = true
	default:
		return fmt.Errorf("deadline rules: after_hours %q is neither same_day nor next_working_day", f.AfterHours)
	}
	if p.late && len(p.hours) == 0 {
		return errors.New("deadline rules: after_hours needs working hours")
	}
	if f.Quiet == nil {
		return nil
	}
	from, errFrom := parseClock(f.Quiet.From)
	to, errTo := parseClock(f.Quiet.To)
	p.quiet = interval{from, to}
	return errors.Join(errFrom, errTo)
}

func (p *Profile) checkRules() error {
	seen := map[string]bool{}
	for i := range p.rules {
		r := &p.rules[i]
		if err := r.check(); err != nil {
			return err
		}
		switch {
		case seen[r.ID]:
			return fmt.Errorf("rule %s: the id is taken", r.ID)
		case len(p.ladders[r.ladder()]) == 0:
			return fmt.Errorf("rule %s: no ladder %q", r.ID, r.ladder())
		case r.Budget.Unit == WorkingHour && len(p.hours) == 0:
			return fmt.Errorf("rule %s: the profile names no working hours", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

// Version is the version of the rules.
func (p *Profile) Version() int { return p.version }

// Name is the Chinese name of the profile.
func (p *Profile) Name() string { return p.name }

// Rule finds a rule by its id.
func (p *Profile) Rule(id string) (Rule, bool) {
	i := slices.IndexFunc(p.rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return p.rules[i], true
}

// Rules returns every rule that applies to a matter.
func (p *Profile) Rules(m Matter) []Rule {
	var rs []Rule
	for i := range p.rules {
		if p.rules[i].applies(&m) {
			rs = append(rs, p.rules[i])
		}
	}
	return rs
}

// Start returns the date by which a letter received at the given time must be
// answered, under the strictest rule that applies.
func (p *Profile) Start(cal *Calendar, m Matter, at time.Time) (Result, error) {
	return p.StartFor(Answer, cal, m, at)
}

// StartFor is [Profile.Start] for any purpose. Where no rule applies it is a
// NotFound "deadline.no_rule".
func (p *Profile) StartFor(purpose Purpose, cal *Calendar, m Matter, at time.Time) (Result, error) {
	var best Result
	for i := range p.rules {
		r := &p.rules[i]
		if r.Purpose != purpose || !r.applies(&m) {
			continue
		}
		res, err := p.count(cal, r, span{start: at, budget: r.Budget})
		if err != nil {
			return Result{}, err
		}
		if best.Rule == "" || res.Due.Before(best.Due) {
			best = res
		}
	}
	if best.Rule == "" {
		return Result{}, noRule()
	}
	best.cap(cal, at, purpose, &m)
	rule, _ := p.Rule(best.Rule)
	best.Steps = p.steps(cal, &rule, at, &best)
	return best, nil
}

// Add is [Calendar.Add], for working hours too: those of p.
func (p *Profile) Add(cal *Calendar, start time.Time, b Budget) (Result, error) {
	return cal.count(span{start: start, budget: b, hours: p.hours})
}

// Period is [Profile.StartFor] with a length of somebody's choice instead of the
// rule's own, in the same unit and way. It has no steps.
func (p *Profile) Period(purpose Purpose, cal *Calendar, m Matter, n int, start time.Time) (Result, error) {
	for i := range p.rules {
		if r := &p.rules[i]; r.Purpose == purpose && r.applies(&m) {
			return p.count(cal, r, span{start: start, budget: Budget{N: n, Unit: r.Budget.Unit}})
		}
	}
	return Result{}, noRule()
}

func noRule() error {
	return problem.New(problem.NotFound, "deadline.no_rule", "没有适用的期限规定。")
}

// count counts under a rule.
func (p *Profile) count(cal *Calendar, r *Rule, s span) (Result, error) {
	s.hours, s.still = p.hours, r.Roll != nil && !*r.Roll
	note, err := p.receive(cal, &s)
	if err != nil {
		return Result{}, err
	}
	res, err := cal.count(s)
	res.Purpose, res.Rule, res.Version = r.Purpose, r.ID, p.version
	if note.Text != "" {
		res.Explain = append([]Line{note}, res.Explain...)
	}
	return res, err
}

// receive moves the start of what came after hours to the next working day,
// where the bureau counts so.
func (p *Profile) receive(cal *Calendar, s *span) (Line, error) {
	if !p.late || s.budget.Unit == Hour {
		return Line{}, nil
	}
	came := dayOf(s.start)
	d := came
	if s.start.Sub(d.at(0)) >= p.hours.closing() {
		d++
	}
	for {
		info, err := cal.day(d)
		if err != nil {
			return Line{}, err
		}
		if info.Working {
			break
		}
		d++
	}
	if d == came {
		return Line{}, nil
	}
	s.start = d.at(p.hours.opening())
	return Line{Date: came.String(), Text: "工作时间以外收到，视为下一个工作日收到"}, nil
}

// cap keeps a date from being after one that others set: an upstream platform's;
// for the unit's own clock a day before the answer's; for its feedback the
// supervisor's, and the answer's where that is yet to come.
func (r *Result) cap(cal *Calendar, start time.Time, purpose Purpose, m *Matter) {
	//nolint:exhaustive // the other waits are nobody else's
	switch purpose {
	case Answer:
		r.Cap = m.Upstream.UTC()
		if m.Upstream.IsZero() {
			r.Cap = time.Time{}
		}
	case Handle:
		r.Cap = before(cal, start, m.Answer)
	case Supervision:
		r.Cap = m.Feedback
		if m.Answer.After(start) && (r.Cap.IsZero() || m.Answer.Before(r.Cap)) {
			r.Cap = m.Answer
		}
	}
	if !r.Cap.IsZero() && r.Cap.Before(r.Due) {
		r.capped(r.Cap, r.whyCapped(purpose, m))
	}
}

func (r *Result) whyCapped(purpose Purpose, m *Matter) string {
	switch {
	case purpose == Handle:
		return beforeAnswer
	case purpose == Supervision && r.Cap.Equal(m.Feedback):
		return "督办人要求的日期更早，" + itCounts
	case purpose == Supervision:
		return "不能晚于答复期限，" + itCounts
	}
	return "来源平台要求的期限更早，" + itCounts
}

// Why a date is somebody else's.
const (
	itCounts     = "以此为准"
	beforeAnswer = "应当早于答复期限，" + itCounts
)

// capped moves the date to the one it may not be after, and says why. Days after
// it are not counted any more.
func (r *Result) capped(due time.Time, why string) {
	r.Due = due
	last := dayOf(due).String()
	r.Explain = append(slices.DeleteFunc(r.Explain, func(l Line) bool { return l.Date > last }), Line{Date: last, Text: why})
}

// before is the last working day before the day of due, or half of what is left
// where there is none; zero where due is.
func before(cal *Calendar, start, due time.Time) time.Time {
	if due.IsZero() {
		return time.Time{}
	}
	for d := dayOf(due) - 1; d > dayOf(start); d-- {
		if info, err := cal.day(d); err != nil || info.Working {
			return d.end()
		}
	}
	return start.Add(max(0, due.Sub(start)/2)).UTC().Truncate(time.Microsecond)
}
