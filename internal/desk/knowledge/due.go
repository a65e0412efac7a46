package knowledge

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed data/release.yaml
var releaseRules string

// ReleaseRules are what the library's life goes by.
type ReleaseRules struct {
	Due  DueRules `yaml:"due"`
	Gate Bounds   `yaml:"gate"`
}

// DueRules say what becomes of an entry whose day of review has passed.
type DueRules struct {
	AnswerDays int `yaml:"answer_days"` // so long it goes on answering; -1: for ever
	TellDays   int `yaml:"tell_days"`   // so long before, its unit is told
}

// Bounds are how far the golden figures may fall by one release.
type Bounds struct {
	Recall1      float64 `yaml:"recall_at_1"`
	Answered     float64 `yaml:"answered"`
	Precision    float64 `yaml:"precision"`
	FalseAnswers float64 `yaml:"false_answers"` // may rise
}

// ParseReleaseRules reads rules; what it does not know is an error.
func ParseReleaseRules(text string) (ReleaseRules, error) {
	var r ReleaseRules
	if err := yaml.UnmarshalWithOptions([]byte(text), &r, yaml.Strict()); err != nil {
		return ReleaseRules{}, fmt.Errorf("release rules: %w", err)
	}
	for _, bound := range []float64{r.Gate.Recall1, r.Gate.Answered, r.Gate.Precision, r.Gate.FalseAnswers} {
		if bound < 0 || bound > 1 {
			return ReleaseRules{}, errors.New("release rules: a bound is a share between 0 and 1")
		}
	}
	if r.Due.AnswerDays < -1 || r.Due.TellDays < 0 {
		return ReleaseRules{}, errors.New("release rules: days are counted from 0; -1 is for ever")
	}
	return r, nil
}

// LoadReleaseRules reads the shipped rules.
func LoadReleaseRules() (ReleaseRules, error) { return ParseReleaseRules(releaseRules) }

// Last is the moment from which an entry whose review is overdue answers no
// more; zero: none.
func (r DueRules) Last(e *Entry) time.Time {
	if r.AnswerDays < 0 || e.ReviewBy.IsZero() {
		return time.Time{}
	}
	return e.ReviewBy.AddDate(0, 0, r.AnswerDays+1)
}

// Due reports whether an entry waits for its review at a moment.
func (r DueRules) Due(e *Entry, at time.Time) bool {
	return e.Stopped == Revising || !e.ReviewBy.IsZero() && !at.Before(e.ReviewBy.AddDate(0, 0, -r.TellDays))
}

// Falls names the figures that fell further than the bounds allow.
func (b Bounds) Falls(before, after *Report) []string {
	const exact = 1e-9 // figures are shares of whole questions
	var fell []string
	for _, f := range []struct {
		name       string
		fall, most float64
	}{
		{"recall_at_1", before.Recall1 - after.Recall1, b.Recall1},
		{"answered", before.Answered - after.Answered, b.Answered},
		{"precision", before.Precision - after.Precision, b.Precision},
		{"false_answers", after.FalseAnswers - before.FalseAnswers, b.FalseAnswers},
	} {
		if f.fall > f.most+exact {
			fell = append(fell, f.name)
		}
	}
	return fell
}
