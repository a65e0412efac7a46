package deadline

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Purpose says which wait a rule bounds.
type Purpose string

// The purposes of rules: from which move to which their clocks run.
const (
	Answer Purpose = "answer" // opened → released, declined or transferred: the date the citizen is told
	Screen Purpose = "screen" // opened or returned → dispatched, declined or transferred
	SignUp Purpose = "sign"   // dispatched → signed or returned

	Handle     Purpose = "handle"     // dispatched → submitted: the unit's own date, before that of the answer
	Opinion    Purpose = "opinion"    // a co-handler asked → its opinion
	Supplement Purpose = "supplement" // the citizen asked → supplied
	Review     Purpose = "review"     // submitted → released or sent back
	Rating     Purpose = "rating"     // answered → closed, by itself where nobody does it

	Inform Purpose = "inform" // opened → told whether it is accepted, or where it went
	Third  Purpose = "third"  // a third party asked → its opinion
	Press  Purpose = "press"  // opened → the press was told

	Consult Purpose = "consult" // a consultation opened → no more opinions are taken

	Supervision Purpose = "supervise" // supervised → the unit's feedback

	Callback Purpose = "callback" // answered or badly rated → its citizen called; no clock, a date of the list
	Rectify  Purpose = "rectify"  // badly rated → put right or explained; no clock, a date of the list

	Appeal  Purpose = "appeal"  // rated → the unit has appealed; no clock, nothing waits for it
	Verdict Purpose = "verdict" // appealed against a rating → decided
)

// Purposes returns every purpose, in the order a letter meets them.
func Purposes() []Purpose {
	return []Purpose{
		Answer, Screen, SignUp, Handle, Opinion, Supplement, Review, Rating, Inform, Third, Press, Consult, Supervision, Callback, Rectify, Appeal, Verdict,
	}
}

// Matter is what a rule is chosen by.
type Matter struct {
	Kind     string    // of the letter
	Source   string    // the channel it came through
	Urgency  string    // empty: ordinary
	Origin   string    // the platform that passed it on; empty: none
	Upstream time.Time // the date that platform wants kept; zero: none
	Answer   time.Time // handle, supervise: the date of the answer, which the unit's is before
	Feedback time.Time // supervise: the end of the day the supervisor named; zero: none
}

// Rule is one deadline rule.
type Rule struct {
	ID        string        `yaml:"id"`
	Name      string        `yaml:"name"` // Chinese
	Purpose   Purpose       `yaml:"purpose"`
	Kinds     []string      `yaml:"kinds"`     // kinds of letters; empty: all
	Sources   []string      `yaml:"sources"`   // sources of letters; empty: all
	Urgencies []string      `yaml:"urgencies"` // empty: all
	Origins   []string      `yaml:"origins"`   // platforms; empty: all
	Budget    Budget        `yaml:"budget"`
	Roll      *bool         `yaml:"roll"`      // natural days: whether a last day on a holiday moves on; default true
	Pauses    []PauseReason `yaml:"pauses"`    // what its clocks may be paused for; empty: nothing
	Extension Extension     `yaml:"extension"` // how far its clocks may be extended; zero: not at all
	Ladder    string        `yaml:"ladder"`    // empty: ordinary
	Basis     string        `yaml:"basis"`     // what the rule rests on, Chinese
	Certainty string        `yaml:"certainty"` // S: the source was read; S2: a secondary source; M: to be checked; D: our default
}

// Extension bounds how a clock may be extended, in the unit of the budget.
type Extension struct {
	N     int `yaml:"n"`     // most at once
	Times int `yaml:"times"` // most often
}

// ordinary is the ladder of rules that name none.
const ordinary = "ordinary"

func (r *Rule) ladder() string { return cmp.Or(r.Ladder, ordinary) }

func (r *Rule) applies(m *Matter) bool {
	of := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	return of(r.Kinds, m.Kind) && of(r.Sources, m.Source) && of(r.Urgencies, m.Urgency) && of(r.Origins, m.Origin)
}

func (r *Rule) check() error {
	if !slices.Contains(Purposes(), r.Purpose) {
		return fmt.Errorf("rule %s: unknown purpose %q", r.ID, r.Purpose)
	}
	if r.ID == "" || r.Name == "" {
		return fmt.Errorf("rule %q: id and name are needed", r.ID)
	}
	if err := r.Budget.Check(); err != nil {
		return fmt.Errorf("rule %s: %w", r.ID, err)
	}
	if i := slices.IndexFunc(r.Pauses, func(p PauseReason) bool { return p.Name() == "" }); i >= 0 {
		return fmt.Errorf("rule %s: nothing is paused for %q", r.ID, r.Pauses[i])
	}
	if e := r.Extension; e.N < 0 || e.Times < 0 || e.N > maxBudget || (e.N == 0) != (e.Times == 0) {
		return fmt.Errorf("rule %s: an extension needs how much and how often", r.ID)
	}
	if !slices.Contains([]string{"", "S", "S2", "M", "D"}, r.Certainty) {
		return fmt.Errorf("rule %s: certainty %q is none of S, S2, M, D", r.ID, r.Certainty)
	}
	return nil
}
