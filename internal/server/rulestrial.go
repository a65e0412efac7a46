package server

import (
	"cmp"
	"context"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
)

type trialInput struct {
	Body struct {
		Kind     channel.Kind    `json:"kind" example:"help" doc:"see the catalogue"`
		Channel  channel.Source  `json:"channel,omitempty" doc:"missing: web"`
		Urgency  channel.Urgency `json:"urgency,omitempty" enum:"urgent,emergency" doc:"missing: ordinary"`
		Category string          `json:"category,omitempty"`
		District string          `json:"district,omitempty"`
		Title    string          `json:"title"`
		Text     string          `json:"text"`
		Names    []string        `json:"names,omitempty" nullable:"false" maxItems:"10" doc:"units or officers it is about"`
	}
}

type trialBody struct {
	Category string           `json:"category,omitempty" doc:"code its words suggest"`
	Unit     string           `json:"unit" doc:"name of who would get it"`
	Rule     string           `json:"rule" doc:"id of the rule that decides; avoidance, fallback, or a row of the catalogue"`
	Reason   string           `json:"reason"`
	Avoid    []string         `json:"avoid" nullable:"false" doc:"names of the units that would have to keep away"`
	Persons  int              `json:"persons" doc:"people who would have to"`
	Units    []suggestedUnit  `json:"units" nullable:"false" doc:"what the task force would be suggested"`
	Co       []suggestedUnit  `json:"co" nullable:"false" doc:"who could be asked for an opinion"`
	Clocks   []trialClockBody `json:"clocks" nullable:"false" doc:"that would run from now"`
	Later    []dueRule        `json:"later" nullable:"false" doc:"of clocks that start on the way"`
	Signals  []trialHitBody   `json:"signals" nullable:"false"`
	Danger   string           `json:"danger,omitempty" doc:"what whoever writes would be told first"`
}

type suggestedUnit struct {
	Name        string   `json:"name"`
	Probability float64  `json:"probability" doc:"0: the rules alone say so"`
	Reasons     []string `json:"reasons" nullable:"false"`
}

type trialClockBody struct {
	Purpose string    `json:"purpose" doc:"in Chinese"`
	Owner   string    `json:"owner" doc:"name of the unit"`
	Rule    string    `json:"rule" doc:"its name"`
	Basis   string    `json:"basis,omitempty"`
	Clock   clockView `json:"clock"`
}

type trialHitBody struct {
	Row      string       `json:"row"`
	Category string       `json:"category" doc:"name"`
	Level    signal.Level `json:"level" enum:"general,major"`
	Passage  string       `json:"passage" doc:"personal data masked"`
	Owner    string       `json:"owner" doc:"name of the unit that would answer for it"`
}

func (s *Server) tryRules(ctx context.Context, in *trialInput) (*body[trialBody], error) {
	b := in.Body
	v, err := s.desk.TryLetter(ctx, actorOf(ctx), desk.TrialLetter{
		Kind: b.Kind, Source: cmp.Or(b.Channel, channel.Web), Urgency: b.Urgency, Category: b.Category, District: b.District, Title: b.Title, Text: b.Text, Names: b.Names,
	})
	if err != nil {
		return nil, err
	}
	return respond(newTrial(&v), nil)
}

func newTrial(v *desk.Trial) trialBody {
	unit := func(u desk.UnitSuggestion) suggestedUnit {
		return suggestedUnit{Name: u.Name, Probability: u.Probability, Reasons: list(u.Reasons, same[string])}
	}
	b := trialBody{
		Category: v.Category, Unit: v.Unit, Rule: v.Assigned.Rule, Reason: v.Assigned.Reason, Avoid: list(v.Avoid, same[string]), Persons: v.Persons,
		Units: list(v.Units, unit), Co: list(v.Co, unit), Later: list(v.Later, newDueRule),
		Clocks: list(v.Clocks, func(c desk.ExplainedClock) trialClockBody {
			return trialClockBody{Purpose: c.Purpose.Name(), Owner: c.Owner, Rule: c.By.Name, Basis: c.By.Basis, Clock: newClock(c.Clock)}
		}),
		Signals: list(v.Hits, func(h desk.TrialHit) trialHitBody {
			return trialHitBody{Row: h.Row, Category: h.CategoryName, Level: h.Level, Passage: h.Passage, Owner: h.Owner}
		}),
	}
	if v.Danger != nil {
		b.Danger = v.Danger.Text
	}
	return b
}
