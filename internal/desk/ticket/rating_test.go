package ticket_test

import (
	"testing"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// TestRatingReasons: reasons fit the grade, are there once and are not too many;
// what is refused changes nothing.
func TestRatingReasons(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		score   int
		solved  bool
		reasons []string
		code    string
		unhappy bool
	}{
		"none":              {score: 5, solved: true},
		"good":              {score: 5, solved: true, reasons: []string{"prompt", "clear"}},
		"bad":               {score: 1, solved: true, reasons: []string{"slow", "rude"}, unhappy: true},
		"plain takes both":  {score: 3, solved: true, reasons: []string{"slow", "clear"}},
		"good, not solved":  {score: 4, unhappy: true},
		"does not fit":      {score: 5, reasons: []string{"slow"}, code: "ticket.rating_reasons"},
		"unknown":           {score: 1, reasons: []string{"weather"}, code: "ticket.rating_reasons"},
		"twice":             {score: 1, reasons: []string{"slow", "slow"}, code: "ticket.rating_reasons"},
		"too many":          {score: 1, reasons: []string{"not_solved", "off_point", "wrong", "slow", "not_contacted", "rude"}, code: "ticket.rating_reasons"},
		"no grade":          {score: 6, code: "ticket.score"},
		"no grade, reasons": {score: 0, reasons: []string{"slow"}, code: "ticket.score"},
	} {
		answered := ticket.Ticket{Kind: "consult", Status: ticket.Answered, Version: 3}
		e, err := answered.Apply(ticket.Command{Move: ticket.Rate, Score: c.score, Solved: c.solved, Reasons: c.reasons})
		if c.code != "" {
			if !problem.HasCode(err, c.code) || answered.Rating != 0 || answered.Version != 3 {
				t.Errorf("%s: %v, rating %d", name, err, answered.Rating)
			}
			continue
		}
		if err != nil || e.Score != c.score || answered.Dissatisfied() != c.unhappy {
			t.Errorf("%s: %v, %+v, dissatisfied %t", name, err, e, answered.Dissatisfied())
		}
	}
}
