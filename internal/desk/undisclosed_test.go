package desk_test

import (
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// TestRepliesThatWaitForADecision are listed until somebody has decided and
// confirmed, and again once the ticket was answered anew, to those who decide.
func TestRepliesThatWaitForADecision(t *testing.T) {
	t.Parallel()
	s := replied(t, agreed())
	listed := func(a desk.Actor, undecided, unfinished int) {
		t.Helper()
		u, err := s.Undisclosed(t.Context(), a, "")
		must(t, err)
		if len(u.Undecided) != undecided || len(u.Unfinished) != unfinished {
			t.Errorf("%s is shown %d and %d replies, want %d and %d", a.ID, len(u.Undecided), len(u.Unfinished), undecided, unfinished)
		}
	}
	listed(s.handler, 1, 0)
	listed(s.force, 1, 0)
	listed(s.house.handler("other", "patrol"), 0, 0)
	_, err := s.Undisclosed(t.Context(), s.leader, "")
	wantCode(t, err, problem.Denied, "disclosure.denied")

	v, err := s.discloses(s.handler, redacted())
	must(t, err)
	listed(s.handler, 0, 1)
	v = s.confirms(v)
	listed(s.handler, 0, 0)
	s.pass(time.Hour)
	v, err = s.ConfirmRedactions(t.Context(), s.handler, s.receipt.Number, desk.RedactionCommand{Version: v.Version, Hide: []desk.Phrase{{Words: "维修人员"}}})
	must(t, err)
	if last := v.Redactions[len(v.Redactions)-1]; last.Passage(&v.Source) != "维修人员" || last.With == "" || last.By != s.handler.ID {
		t.Errorf("hidden by its words: %+v", last)
	}
	seen, err := s.Disclosure(t.Context(), s.leader, s.receipt.Number)
	must(t, err)
	if seen.Source != (review.Source{}) {
		t.Errorf("who does not know who wrote is shown %+v", seen.Source)
	}

	s.do(s.force, desk.Command{Move: ticket.Redo, Reason: "unresolved"})
	listed(s.force, 0, 0)
	s.toHandling()
	s.answer("已经换了新的信号灯。")
	listed(s.handler, 0, 1)
}

// TestRepliesOthersMustNotSee: of a report, and of a letter about one's own unit.
func TestRepliesOthersMustNotSee(t *testing.T) {
	t.Parallel()
	l := agreed()
	l.Kind = channel.Complaint
	s := begin(t, open(t), desk.Opening{Letter: l, Names: []string{"网安支队"}})
	s.toHandling()
	s.answer("已核实。")
	named := s.taskForce("named")
	named.Unit, named.Path = "cyber", s.Tree.Path("cyber")
	for a, want := range map[*desk.Actor]int{&named: 0, &s.force: 1} {
		if u, err := s.Undisclosed(t.Context(), *a, ""); err != nil || len(u.Undecided) != want {
			t.Errorf("%s is shown %+v, %v", a.ID, u, err)
		}
	}
	_, err := s.discloses(named, redacted())
	wantCode(t, err, problem.NotFound, "ticket.not_found")

	l.Kind = channel.Report
	s = begin(t, s.house, desk.Opening{Letter: l})
	s.toHandling()
	s.answer("已核实。")
	if u, err := s.Undisclosed(t.Context(), s.force, ""); err != nil || len(u.Undecided) != 1 {
		t.Errorf("a report is listed: %+v, %v", u, err)
	}
	_, err = s.discloses(s.force, redacted())
	wantCode(t, err, problem.Conflict, "disclosure.kind")
}
