package channel

import (
	_ "embed" // the shipped kinds
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

//go:embed kinds.yaml
var kindsFile []byte

// Identity says whether a kind of letter needs to know who wrote it. The policy
// is per kind, not per site: a mailbox may want a name where a crime report must
// do without (DESIGN §4).
type Identity string

// The identity policies.
const (
	Optional  Identity = "optional"  // a contact helps, and is never demanded
	Anonymous Identity = "anonymous" // the form says that no name is needed
	Required  Identity = "required"  // the law wants name and contact
)

// Profile is what makes a kind of letter differ from the others: data, read from
// kinds.yaml, which explains each part. Moves and outcomes are their wire values,
// for the rooms that know them lie behind this one.
type Profile struct {
	Kind      Kind     `yaml:"kind"`
	Name      string   `yaml:"name"` // Chinese
	Hint      string   `yaml:"hint"` // Chinese, for the form
	Public    bool     `yaml:"public"`
	Identity  Identity `yaml:"identity"`
	IDNumber  bool     `yaml:"id_number"`
	Address   bool     `yaml:"address"`
	Fields    []Field  `yaml:"fields"`
	Staff     bool     `yaml:"staff"`
	Own       []string `yaml:"own"`
	Bars      []string `yaml:"bars"`
	Asks      int      `yaml:"asks"`
	Lapses    bool     `yaml:"lapses"`
	Restarts  bool     `yaml:"restarts"`
	Takes     bool     `yaml:"takes"`
	Publishes bool     `yaml:"publishes"`
	Consulted bool     `yaml:"consulted"`
	Outcomes  []string `yaml:"outcomes"`
	Refusals  []string `yaml:"refusals"`
	Remedy    string   `yaml:"remedy"`
	// RemedyWords are what a reply that refuses has to hold.
	RemedyWords []string `yaml:"remedy_words"`
}

// Field is something a kind asks for beside title and text.
type Field struct {
	Name     string    `yaml:"name"`
	Label    string    `yaml:"label"` // Chinese
	Hint     string    `yaml:"hint"`  // Chinese
	Type     FieldType `yaml:"type"`
	Max      int       `yaml:"max"` // characters of a text
	Required bool      `yaml:"required"`
	Options  []Option  `yaml:"options"` // of a choice
}

// FieldType says how a field is filled in.
type FieldType string

// The types of fields.
const (
	TextField   FieldType = "text"
	ChoiceField FieldType = "choice"
)

// Option is one value of a choice.
type Option struct {
	Value string `yaml:"value"`
	Name  string `yaml:"name"` // Chinese
}

// profiles are the kinds in their order.
type profiles struct {
	order  []Kind
	byKind map[Kind]*Profile
	owned  map[string]bool // moves that only some kinds have
}

//nolint:gochecknoglobals // the embedded kinds never change; they are read once, when first needed
var shipped = sync.OnceValues(func() (profiles, error) { return parseKinds(kindsFile) })

// known are the shipped kinds. Where they cannot be read there are none, and no
// letter is taken in.
func known() profiles {
	ps, err := shipped()
	if err != nil {
		return profiles{}
	}
	return ps
}

func parseKinds(data []byte) (profiles, error) {
	var f struct {
		Kinds []Profile `yaml:"kinds"`
	}
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return profiles{}, fmt.Errorf("parse kinds: %w", err)
	}
	ps := profiles{byKind: map[Kind]*Profile{}, owned: map[string]bool{}}
	for i := range f.Kinds {
		p := &f.Kinds[i]
		if err := p.check(); err != nil {
			return profiles{}, fmt.Errorf("kind %q: %w", p.Kind, err)
		}
		if ps.byKind[p.Kind] != nil {
			return profiles{}, fmt.Errorf("kind %q: doubled", p.Kind)
		}
		ps.order, ps.byKind[p.Kind] = append(ps.order, p.Kind), p
		for _, move := range p.Own {
			ps.owned[move] = true
		}
	}
	return ps, nil
}

func (p *Profile) check() error {
	switch {
	case p.Kind == "" || p.Name == "" || p.Hint == "":
		return errors.New("kind, name and hint are needed")
	case !slices.Contains([]Identity{Optional, Anonymous, Required}, p.Identity):
		return fmt.Errorf("unknown identity policy %q", p.Identity)
	case p.IDNumber && p.Identity != Required:
		return errors.New("an identity number is asked for only where the identity is required")
	case p.Staff && p.Public:
		return errors.New("what staff alone enter is not on the public form")
	case p.Asks < 0 || len(p.Refusals) > 0 && (p.Remedy == "" || len(p.RemedyWords) == 0):
		return errors.New("asks below none, or refusals without a remedy")
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		text, choice := f.Type == TextField && f.Max > 0, f.Type == ChoiceField && len(f.Options) > 0
		if f.Name == "" || f.Label == "" || !text && !choice {
			return fmt.Errorf("field %q: name, label and a type with its bound are needed", f.Name)
		}
	}
	return nil
}

// Kinds returns every kind of letter, in the order forms show them.
func Kinds() []Kind { return slices.Clone(known().order) }

// Profile is what makes k differ from other kinds; the zero one of an unknown
// kind.
func (k Kind) Profile() Profile {
	if p := known().byKind[k]; p != nil {
		return *p
	}
	return Profile{}
}

// Name is the Chinese name of k, or empty for an unknown kind.
func (k Kind) Name() string { return k.Profile().Name }

// Identity is the identity policy of k.
func (k Kind) Identity() Identity { return k.Profile().Identity }

// Bars reports whether a move, by its wire name, is not made with tickets of k.
func (k Kind) Bars(move string) bool {
	p := k.Profile()
	return slices.Contains(p.Bars, move) || known().owned[move] && !slices.Contains(p.Own, move)
}

// Refuses reports whether an outcome, by its wire name, refuses what was asked
// for, so that the reply has to name the remedies.
func (k Kind) Refuses(outcome string) bool { return slices.Contains(k.Profile().Refusals, outcome) }

// checkIdentity reports what the kind has to know of who wrote, and does not.
func (l *Letter) checkIdentity() []problem.Field {
	p := l.Kind.Profile()
	if p.Identity != Required {
		return nil
	}
	c := Contact{}
	if l.Contact != nil {
		c = *l.Contact
	}
	var fields []problem.Field
	if c.Name == "" {
		fields = append(fields, problem.Field{Pointer: "/contact/name", Code: "required", Message: p.Name + "须写明姓名。"})
	}
	if c.Phone == "" && (l.Contact == nil || !l.Source.PassedOn()) {
		fields = append(fields, problem.Field{Pointer: "/contact/phone", Code: "required", Message: p.Name + "须写明联系电话。"})
	}
	if p.IDNumber && !seal.IsIDNumber(c.IDNumber) {
		fields = append(fields, problem.Field{Pointer: "/contact/id_number", Code: "id_number", Message: "请填写正确的18位公民身份号码。"})
	}
	return fields
}

// checkFields tidies and checks what the kind asks for beside title and text.
// What it does not ask for is a mistake, not something to keep.
func (l *Letter) checkFields() []problem.Field {
	asked := l.Kind.Profile().Fields
	var fields []problem.Field
	kept := map[string]string{}
	for i := range asked {
		f := &asked[i]
		value := tidy(l.Fields[f.Name])
		if bad := f.check(value); bad != nil {
			fields = append(fields, *bad)
		}
		if value != "" {
			kept[f.Name] = value
		}
	}
	for name := range l.Fields {
		if !slices.ContainsFunc(asked, func(f Field) bool { return f.Name == name }) {
			fields = append(fields, problem.Field{Pointer: "/fields", Code: "unknown", Message: "有这类来信不需要填写的内容。"})
			break
		}
	}
	l.Fields = nil
	if len(kept) > 0 {
		l.Fields = kept
	}
	return fields
}

func (f *Field) check(value string) *problem.Field {
	pointer := "/fields/" + f.Name
	switch {
	case value == "" && f.Required:
		return &problem.Field{Pointer: pointer, Code: "required", Message: "请填写" + f.Label + "。"}
	case value == "":
		return nil
	case f.Type == ChoiceField:
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value }) {
			return &problem.Field{Pointer: pointer, Code: "unknown", Message: "请从列表中选择" + f.Label + "。"}
		}
		return nil
	}
	return CheckText(pointer, f.Label, value, f.Max)
}

// Shown is how a field's value reads.
func (f *Field) Shown(value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Name
		}
	}
	return value
}
