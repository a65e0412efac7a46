package desk_test

import (
	"context"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// onlyCodes is a store that looks up tickets with their codes and counts it; whatever
// else is asked of it ends the test.
type onlyCodes struct {
	desk.Store

	number string
	hash   []byte
	looked int
}

func (s *onlyCodes) TicketCode(_ context.Context, number string) (ticket.Ticket, []byte, error) {
	s.looked++
	if number == s.number {
		return ticket.Ticket{Number: number}, s.hash, nil
	}
	return ticket.Ticket{}, nil, problem.New(problem.NotFound, "ticket.not_found", "没有找到。")
}

// TestARefusedLookupIsTheSameWork: a wrong number and a wrong code cost one look at the
// store, and are refused in the same words by everything that asks for both.
func TestARefusedLookupIsTheSameWork(t *testing.T) {
	t.Parallel()
	key, number := []byte("0123456789abcdef0123456789abcdef"), "261130-1234-5678"
	s := &onlyCodes{number: number, hash: ticket.HashCode(key, number, "AAAA-BBBB-CCCC-DDDD")}
	d := desk.New(desk.Parts{Store: s, CodeKey: key})
	acts := map[string]func(number, code string) error{
		"lookup":   func(n, c string) error { _, err := d.Lookup(t.Context(), n, c); return err },
		"withdraw": func(n, c string) error { _, err := d.Withdraw(t.Context(), n, c, "已经解决。"); return err },
		"rate": func(n, c string) error {
			_, err := d.RateLetter(t.Context(), n, c, desk.LetterRating{Score: 5, Solved: true})
			return err
		},
		"supply": func(n, c string) error {
			_, err := d.Supply(t.Context(), n, c, desk.Supplied{Text: "门牌号是8号。"})
			return err
		},
	}
	for name, act := range acts {
		var words string
		for _, wrong := range [][2]string{{number, "AAAA-BBBB-CCCC-DDDE"}, {"261130-1234-5679", "AAAA-BBBB-CCCC-DDDD"}, {number, ""}, {"", ""}, {"x' OR 1=1 --", "%"}} {
			s.looked = 0
			err := act(wrong[0], wrong[1])
			if !problem.HasCode(err, "ticket.not_found") || s.looked != 1 || words != "" && err.Error() != words {
				t.Errorf("%s with %v: %d looks, %v", name, wrong, s.looked, err)
			}
			words = err.Error()
		}
	}
}
