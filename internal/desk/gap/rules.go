package gap

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
)

//go:embed rules.yaml
var shipped []byte

// Rules say when questions become a task, as rules.yaml explains.
type Rules struct {
	Version int             `yaml:"version"`
	Alike   float64         `yaml:"alike"`
	Letters []channel.Kind  `yaml:"letters"`
	Least   Least           `yaml:"least"`
	Due     deadline.Budget `yaml:"due"`
	Remind  deadline.Budget `yaml:"remind"`
	Again   int             `yaml:"again"`
}

// Least is what makes questions a task.
type Least struct {
	Times  int `yaml:"times"`
	People int `yaml:"people"`
	Days   int `yaml:"days"`
}

// LoadRules returns the rules the product ships.
func LoadRules() (*Rules, error) { return ParseRules(shipped) }

// ParseRules reads rules in the form of rules.yaml.
func ParseRules(data []byte) (*Rules, error) {
	var r Rules
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse gap rules: %w", err)
	}
	return &r, r.check()
}

func (r *Rules) check() error {
	switch {
	case r.Version < 1:
		return errors.New("gap rules: a version is needed")
	case r.Alike <= 0 || r.Alike > 1:
		return errors.New("gap rules: alike is above 0 and at most 1")
	case r.Least.People < 1 || r.Least.Times < r.Least.People || r.Least.Days < 1:
		return errors.New("gap rules: least needs people, no fewer times than people, and days")
	case r.Due.N < 1 || r.Remind.N < 1 || r.Due.Unit != r.Remind.Unit || r.Remind.N > r.Due.N:
		return errors.New("gap rules: due and remind are counted in one unit, and remind is not after due")
	case r.Again < 2:
		return errors.New("gap rules: again is at least twice")
	}
	for _, k := range r.Letters {
		if k.Name() == "" || k == channel.Report || k.Profile().Consulted {
			return fmt.Errorf("gap rules: letters of kind %q are never gathered", k)
		}
	}
	return nil
}

// Asks reports whether a letter is a question of the public: of a kind that asks,
// and not what staff found themselves.
func (r *Rules) Asks(k channel.Kind, s channel.Source) bool {
	return slices.Contains(r.Letters, k) && s != channel.Watch
}

// Window is from when on questions count at a time.
func (r *Rules) Window(at time.Time) time.Time { return at.AddDate(0, 0, -r.Least.Days) }
