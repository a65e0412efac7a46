package deadline

import "errors"

// Bounds say how often something may be tried, and when it goes up.
type Bounds struct {
	Attempts  int `yaml:"attempts"`   // calls that nobody answers
	Redos     int `yaml:"redos"`      // of one ticket
	LateCalls int `yaml:"late_calls"` // working days a call may be late until the leaders hear of it
}

// mostBound is the largest of them; more would be none.
const mostBound = 20

// usualBounds are those of rules that name none.
func usualBounds() Bounds { return Bounds{Attempts: 3, Redos: 2, LateCalls: 1} }

// Bounds are those of p.
func (p *Profile) Bounds() Bounds { return p.bounds }

func (b Bounds) check() error {
	if b.Attempts < 1 || b.Redos < 0 || b.LateCalls < 1 || max(b.Attempts, b.Redos, b.LateCalls) > mostBound {
		return errors.New("bounds: attempts and late_calls are 1 to 20, redos 0 to 20")
	}
	return nil
}
