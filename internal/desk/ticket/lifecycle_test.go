package ticket_test

import (
	_ "embed"
	"regexp"
	"slices"
	"testing"

	"jiesu/internal/desk/ticket"
)

//go:embed lifecycle.md
var drawing string

// TestDrawingShowsTheMachine compares lifecycle.md with what Apply does, by
// making every move in every state.
func TestDrawingShowsTheMachine(t *testing.T) {
	t.Parallel()
	var drawn []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\S+ --> \S+: \S+)$`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1])
	}
	made := []string{"[*] --> received: open"}
	for _, s := range ticket.Statuses() {
		for _, m := range ticket.Moves() {
			tk := inState(s)
			e, err := tk.Apply(command(&tk, m))
			if err == nil && m != ticket.Note {
				made = append(made, string(s)+" --> "+string(e.To)+": "+string(m))
			}
			if e.To != tk.Status && err == nil {
				t.Errorf("%s in %s: the event says %s, the ticket %s", m, s, e.To, tk.Status)
			}
		}
	}
	slices.Sort(drawn)
	slices.Sort(made)
	for _, arrow := range made {
		if !slices.Contains(drawn, arrow) {
			t.Errorf("not drawn: %s", arrow)
		}
	}
	for _, arrow := range drawn {
		if !slices.Contains(made, arrow) {
			t.Errorf("drawn, but refused: %s", arrow)
		}
	}
}

func TestDrawingNamesEveryState(t *testing.T) {
	t.Parallel()
	for _, s := range ticket.Statuses() {
		if !regexp.MustCompile(`(?m)^\| ` + string(s) + ` \| ` + s.Name() + ` \|`).MatchString(drawing) {
			t.Errorf("the table does not show %s as %s", s, s.Name())
		}
		ends := regexp.MustCompile(`(?m)^ +` + string(s) + ` --> \[\*\]$`).MatchString(drawing)
		if ends != s.Final() {
			t.Errorf("%s: drawn as an end %t, final %t", s, ends, s.Final())
		}
	}
}

func TestEveryStateIsReachable(t *testing.T) {
	t.Parallel()
	reached := []ticket.Status{ticket.Received}
	for i := 0; i < len(reached); i++ {
		for _, m := range reached[i].Moves() {
			tk := inState(reached[i])
			if e, err := tk.Apply(command(&tk, m)); err == nil && !slices.Contains(reached, e.To) {
				reached = append(reached, e.To)
			}
		}
	}
	if len(reached) != len(ticket.Statuses()) {
		t.Errorf("reached %v of %v", reached, ticket.Statuses())
	}
}

func TestEverythingHasAName(t *testing.T) {
	t.Parallel()
	for _, s := range ticket.Statuses() {
		if s.Name() == "" || len(s.Moves()) == 0 {
			t.Errorf("status %s", s)
		}
	}
	for _, m := range append(ticket.Moves(), ticket.Open) {
		if m.Name() == "" {
			t.Errorf("move %s", m)
		}
	}
	if ticket.Status("lost").Name() != "" || ticket.Move("lose").Name() != "" || ticket.Status("lost").Moves() != nil {
		t.Error("what does not exist has no name")
	}
	for _, list := range [][]ticket.Reason{ticket.DeclineReasons(), ticket.ReturnReasons(), ticket.TransferReasons()} {
		var codes []string
		for _, r := range list {
			if r.Code == "" || r.Name == "" || slices.Contains(codes, r.Code) {
				t.Errorf("reason %+v", r)
			}
			codes = append(codes, r.Code)
		}
	}
}
