package report

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/ticket"
)

//go:embed rules.yaml
var shipped string

// PartID names one of the rates a sheet is made of.
type PartID string

// The parts of a sheet.
const (
	OnTime       PartID = "on_time"      // replies in time, of all replies
	Returns      PartID = "returns"      // returns, of all that was brought to an end by either
	Redo         PartID = "redo"         // answers to be redone, of all replies
	Satisfaction PartID = "satisfaction" // good ratings, of all ratings
)

// Part says how a rate counts.
type Part struct {
	ID      PartID   `yaml:"id"`
	Name    string   `yaml:"name"` // Chinese
	Weight  int      `yaml:"weight"`
	Floor   int      `yaml:"floor"`  // percent
	Fewest  int      `yaml:"fewest"` // cases
	Good    int      `yaml:"good"`   // satisfaction: the rating from which somebody was satisfied
	Excuses []string `yaml:"excuses"`
}

// Rules say how a month is judged. They do not change once made.
type Rules struct {
	Version int    `yaml:"version"`
	Name    string `yaml:"name"` // Chinese
	Fewest  int    `yaml:"fewest"`
	Parts   []Part `yaml:"parts"`
	text    string
}

// LoadRules returns the rules the product ships.
func LoadRules() (*Rules, error) { return ParseRules(shipped) }

// ParseRules reads rules in the form of rules.yaml.
func ParseRules(text string) (*Rules, error) {
	r := Rules{text: text}
	if err := yaml.UnmarshalWithOptions([]byte(text), &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse score rules: %w", err)
	}
	if r.Version < 1 || r.Name == "" || r.Fewest < 1 || len(r.Parts) == 0 {
		return nil, errors.New("score rules: a version, a name, a smallest number and parts are needed")
	}
	var seen []PartID
	for i := range r.Parts {
		if err := r.Parts[i].check(seen); err != nil {
			return nil, err
		}
		seen = append(seen, r.Parts[i].ID)
	}
	return &r, nil
}

// Text is what the rules were read from.
func (r *Rules) Text() string { return r.text }

func (p *Part) check(seen []PartID) error {
	const most = 100
	codes := map[PartID][]ticket.Reason{OnTime: nil, Returns: ticket.ReturnReasons(), Redo: ticket.RedoReasons(), Satisfaction: nil}
	known, ok := codes[p.ID]
	switch {
	case !ok || slices.Contains(seen, p.ID):
		return fmt.Errorf("score part %q: unknown, or there twice", p.ID)
	case p.Name == "" || p.Weight < 1 || p.Weight > most || p.Floor < 0 || p.Floor >= most || p.Fewest < 1:
		return fmt.Errorf("score part %s: a name, a weight of 1 to 100, a floor of 0 to 99 and a smallest number are needed", p.ID)
	case (p.ID == Satisfaction) != (p.Good > 0):
		return fmt.Errorf("score part %s: good is for satisfaction", p.ID)
	}
	for _, code := range p.Excuses {
		if !slices.ContainsFunc(known, func(r ticket.Reason) bool { return r.Code == code }) {
			return fmt.Errorf("score part %s: no reason %q to excuse", p.ID, code)
		}
	}
	return nil
}
