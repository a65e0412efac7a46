package ticket_test

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

//go:embed lifecycle.md
var drawing string

// made is every arrow and every move without one, found by making every move in
// every state.
func made(t *testing.T) (arrows []string, still map[ticket.Move][]string) {
	t.Helper()
	still = map[ticket.Move][]string{}
	for _, k := range channel.Kinds() {
		_, e := ticket.Ticket{Kind: k}.Begin("e", "", "", at())
		if arrow := "[*] --> " + string(e.To) + ": open"; !slices.Contains(arrows, arrow) {
			arrows = append(arrows, arrow)
		}
	}
	for _, s := range ticket.Statuses() {
		for _, m := range append(ticket.Moves(), ticket.Following()...) {
			for _, resume := range []ticket.Status{ticket.Received, ticket.Accepted, ticket.Handling} {
				tk := inState(s)
				tk.Resume = resume
				e, err := tk.Apply(command(&tk, m))
				if err != nil {
					continue
				}
				if e.To != tk.Status {
					t.Errorf("%s in %s: the event says %s, the ticket %s", m, s, e.To, tk.Status)
				}
				arrow := string(s) + " --> " + string(e.To) + ": " + string(m)
				switch {
				case s == e.To && m != ticket.Reassign:
					if !slices.Contains(still[m], string(s)) {
						still[m] = append(still[m], string(s))
					}
				case !slices.Contains(arrows, arrow):
					arrows = append(arrows, arrow)
				}
			}
		}
	}
	return arrows, still
}

// TestDrawingShowsTheMachine compares lifecycle.md with what Apply does.
func TestDrawingShowsTheMachine(t *testing.T) {
	t.Parallel()
	var drawn []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\S+ --> \S+: \S+)$`).FindAllStringSubmatch(drawing, -1) {
		drawn = append(drawn, m[1])
	}
	arrows, still := made(t)
	for _, arrow := range arrows {
		if !slices.Contains(drawn, arrow) {
			t.Errorf("not drawn: %s", arrow)
		}
	}
	for _, arrow := range drawn {
		if !slices.Contains(arrows, arrow) {
			t.Errorf("drawn, but refused: %s", arrow)
		}
	}
	for m, states := range still {
		row := "| " + string(m) + " | " + m.Name() + " | " + strings.Join(states, ", ") + " |"
		if !strings.Contains(drawing, row+"\n") {
			t.Errorf("the table of moves that change no state lacks %s", row)
		}
	}
	if rows := regexp.MustCompile(`(?m)^\| \S+ \| \S+ \| [a-z, ]+ \|$`).FindAllString(drawing, -1); len(rows) != len(still) {
		t.Errorf("the table has %d rows, %d moves change no state", len(rows), len(still))
	}
}

func TestDrawingNamesEveryState(t *testing.T) {
	t.Parallel()
	for _, s := range ticket.Statuses() {
		if !regexp.MustCompile(`(?m)^\| ` + string(s) + ` \| ` + s.Name() + ` \|`).MatchString(drawing) {
			t.Errorf("the table does not show %s as %s", s, s.Name())
		}
		var clocks []string
		for _, p := range s.Waits() {
			clocks = append(clocks, string(p))
		}
		shown := strings.ReplaceAll(strings.Join(clocks, ", "), "answer, supplement", "answer (paused), supplement")
		if !regexp.MustCompile(`(?m)^\| ` + string(s) + ` \|.*\| ` + regexp.QuoteMeta(shown) + ` ?\|$`).MatchString(drawing) {
			t.Errorf("the table does not show that %s runs in %s", shown, s)
		}
		if ends := regexp.MustCompile(`(?m)^ +` + string(s) + ` --> \[\*\]$`).MatchString(drawing); ends != (s.Final() || s == ticket.Closed) {
			t.Errorf("%s: drawn as an end %t, final %t", s, ends, s.Final())
		}
	}
}

func TestEveryStateIsReachable(t *testing.T) {
	t.Parallel()
	reached := []ticket.Status{ticket.Received}
	for i := 0; i < len(reached); i++ {
		for _, m := range append(ticket.Moves(), ticket.Following()...) {
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
	for _, m := range append(ticket.Moves(), ticket.Following()...) {
		if m.Name() == "" {
			t.Errorf("move %s", m)
		}
	}
	if ticket.Status("lost").Name() != "" || ticket.Move("lose").Name() != "" || ticket.Status("lost").Moves() != nil {
		t.Error("what does not exist has no name")
	}
	for _, list := range [][]ticket.Reason{
		ticket.DeclineReasons(), ticket.ReturnReasons(), ticket.TransferReasons(), ticket.ReassignReasons(), ticket.ExtendReasons(), ticket.RedoReasons(),
	} {
		var codes []string
		for _, r := range list {
			if r.Code == "" || r.Name == "" || slices.Contains(codes, r.Code) {
				t.Errorf("reason %+v", r)
			}
			codes = append(codes, r.Code)
		}
	}
}
