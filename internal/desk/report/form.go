package report

import (
	"cmp"
	_ "embed" // the shipped form
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed form.yaml
var shippedForm string

// Unit says how a figure reads.
type Unit string

// The units of figures.
const (
	Count   Unit = "count"
	Percent Unit = "percent" // in hundredths
	Days    Unit = "days"    // in hundredths
)

// Term adds up one number of some cells.
type Term struct {
	Step  Step     `yaml:"step"`
	Codes []string `yaml:"codes"` // none: all; a star at the end: whatever follows
	Kinds []string `yaml:"kinds"` // none: all
	Value string   `yaml:"value"` // n, good, firsts or seconds; empty: n
}

// Definition says what a figure counts.
type Definition struct {
	ID        string `yaml:"id"`
	Name      string `yaml:"name"`    // Chinese
	Formula   string `yaml:"formula"` // Chinese, as a reader checks it
	As        Unit   `yaml:"as"`      // empty: a count
	Top       []Term `yaml:"top"`
	Bottom    []Term `yaml:"bottom"`
	Manual    string `yaml:"manual"`    // why it is filled in by hand; then it has no terms
	Certainty string `yaml:"certainty"` // of the row's label and rule: S read in the source, S2 a secondary source, M from memory
}

// Table is a form somebody else has laid down.
type Table struct {
	ID     string       `yaml:"id"`
	Name   string       `yaml:"name"`
	Source string       `yaml:"source"`
	Rows   []Definition `yaml:"rows"`
	// Check names the rows that must add up to the same.
	Check struct {
		Left  []string `yaml:"left"`
		Right []string `yaml:"right"`
		Text  string   `yaml:"text"`
	} `yaml:"check"`
}

// Form is everything a report shows. It does not change once made.
type Form struct {
	Version int          `yaml:"version"`
	Name    string       `yaml:"name"`
	Figures []Definition `yaml:"figures"`
	Tables  []Table      `yaml:"tables"`
	Topics  TopicRule    `yaml:"topics"`
	text    string
}

// LoadForm returns the form the product ships.
func LoadForm() (*Form, error) { return ParseForm(shippedForm) }

// ParseForm reads a form like form.yaml.
func ParseForm(text string) (*Form, error) {
	f := Form{text: text}
	if err := yaml.UnmarshalWithOptions([]byte(text), &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse report form: %w", err)
	}
	if f.Version < 1 || f.Name == "" || len(f.Figures) == 0 {
		return nil, errors.New("report form: a version, a name and figures are needed")
	}
	if err := cmp.Or(checkAll(f.Figures), f.Topics.check()); err != nil {
		return nil, err
	}
	for i := range f.Tables {
		if err := f.Tables[i].check(); err != nil {
			return nil, err
		}
	}
	return &f, nil
}

// Text is what the form was read from.
func (f *Form) Text() string { return f.text }

// Figure is the definition of a figure; nil: there is none.
func (f *Form) Figure(id string) *Definition { return find(f.Figures, id) }

// Table is a table of the form; nil: there is none.
func (f *Form) Table(id string) *Table {
	if i := slices.IndexFunc(f.Tables, func(t Table) bool { return t.ID == id }); i >= 0 {
		return &f.Tables[i]
	}
	return nil
}

func find(all []Definition, id string) *Definition {
	if i := slices.IndexFunc(all, func(d Definition) bool { return d.ID == id }); i >= 0 {
		return &all[i]
	}
	return nil
}

func (t *Table) check() error {
	if t.ID == "" || t.Name == "" || t.Source == "" || len(t.Rows) == 0 || len(t.Check.Left) > 0 && t.Check.Text == "" {
		return fmt.Errorf("report table %q: id, name, source, rows and words for its check are needed", t.ID)
	}
	if err := checkAll(t.Rows); err != nil {
		return fmt.Errorf("report table %s: %w", t.ID, err)
	}
	for _, id := range slices.Concat(t.Check.Left, t.Check.Right) {
		if find(t.Rows, id) == nil {
			return fmt.Errorf("report table %s: it checks a row %q it does not have", t.ID, id)
		}
	}
	for _, side := range [][]string{t.Check.Left, t.Check.Right} {
		for i, id := range side {
			for _, other := range side[:i] {
				if find(t.Rows, id).overlaps(find(t.Rows, other)) {
					return fmt.Errorf("report table %s: rows %q and %q count some steps twice", t.ID, other, id)
				}
			}
		}
	}
	return nil
}

// overlaps reports whether d and o both count some step.
func (d *Definition) overlaps(o *Definition) bool {
	return slices.ContainsFunc(d.Top, func(t Term) bool { return slices.ContainsFunc(o.Top, func(u Term) bool { return t.meets(&u) }) })
}

// meets reports whether t and u both take some cell.
func (t *Term) meets(u *Term) bool {
	shared := func(t, u []string, match func(a, b string) bool) bool {
		return len(t) == 0 || len(u) == 0 || slices.ContainsFunc(t, func(a string) bool { return slices.ContainsFunc(u, func(b string) bool { return match(a, b) }) })
	}
	return t.Step == u.Step && shared(t.Kinds, u.Kinds, func(a, b string) bool { return a == b }) &&
		shared(t.Codes, u.Codes, func(a, b string) bool { return covers(a, b) || covers(b, a) })
}

// covers reports whether a code, or one that stands for all that begin so, is code
// or takes it in.
func covers(pattern, code string) bool {
	begin, open := strings.CutSuffix(pattern, "*")
	return pattern == code || open && strings.HasPrefix(code, begin)
}

func checkAll(all []Definition) error {
	for i := range all {
		if find(all[:i], all[i].ID) != nil {
			return fmt.Errorf("figure %q is there twice", all[i].ID)
		}
		if err := all[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (d *Definition) check() error {
	bad := func(what string) error { return fmt.Errorf("figure %q: %s", d.ID, what) }
	switch {
	case d.ID == "" || d.Name == "":
		return bad("an id and a name are needed")
	case (d.Manual == "") == (len(d.Top) == 0) || d.Manual == "" && d.Formula == "":
		return bad("it is counted by a formula, or it says why not")
	case !slices.Contains([]Unit{"", Count, Percent, Days}, d.As):
		return bad("unknown unit")
	case (len(d.Bottom) > 0) != (d.As == Percent || d.As == Days):
		return bad("a share and an average have something they are of, a count has not")
	}
	for _, t := range slices.Concat(d.Top, d.Bottom) {
		if !slices.Contains(Steps(), t.Step) || !slices.Contains([]string{"", "n", "good", "firsts", "seconds"}, t.Value) {
			return bad("unknown step or value")
		}
	}
	return nil
}

// takes reports whether c is one of t's cells.
func (t *Term) takes(c *Cell) bool {
	return c.Step == t.Step && (len(t.Kinds) == 0 || slices.Contains(t.Kinds, c.Kind)) && (len(t.Codes) == 0 ||
		slices.ContainsFunc(t.Codes, func(code string) bool { return covers(code, c.Code) }))
}

func (t *Term) of(c *Cell) int64 {
	switch t.Value {
	case "good":
		return c.Good
	case "firsts":
		return c.Firsts
	case "seconds":
		return c.Seconds
	}
	return c.N
}

func total(terms []Term, cells []Cell) (sum int64) {
	for i := range cells {
		for j := range terms {
			if terms[j].takes(&cells[i]) {
				sum += terms[j].of(&cells[i])
			}
		}
	}
	return sum
}
