package reply_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

func noon() time.Time { return time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC) }

func written(t *testing.T) reply.Draft {
	t.Helper()
	d, err := reply.First("ticket-1", 1).Revise("d1", "author", "  已于11月20日上门处理。\r\n感谢来信。 ", reply.Resolved, noon())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !problem.HasCode(err, code) {
		t.Errorf("got %v, want a refusal with code %s", err, code)
	}
}

func TestFirstRevisionIsTidied(t *testing.T) {
	t.Parallel()
	d := written(t)
	want := reply.Draft{
		ID: "d1", TicketID: "ticket-1", Round: 1, Revision: 1,
		Text: "已于11月20日上门处理。\n感谢来信。", Outcome: reply.Resolved, Author: "author", At: noon(),
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v, want %+v", d, want)
	}
}

func TestReplyNeedsTextAndOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		outcome reply.Outcome
		fields  []string
	}{
		"nothing":         {"", "", []string{"/text empty", "/outcome unknown"}},
		"blank":           {" \r\n ", reply.Resolved, []string{"/text empty"}},
		"no outcome":      {"已办理。", "", []string{"/outcome unknown"}},
		"unknown outcome": {"已办理。", "done", []string{"/outcome unknown"}},
		"too long":        {strings.Repeat("字", reply.MaxText+1), reply.Partly, []string{"/text too_long"}},
		"control":         {"已\x00办理", reply.Partly, []string{"/text control_character"}},
		"encoding":        {"已\xff办理", reply.Partly, []string{"/text encoding"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reply.First("t", 1).Revise("d", "author", c.text, c.outcome, noon())
			refused(t, err, "reply.invalid")
			if got := fields(err); !slices.Equal(got, c.fields) {
				t.Errorf("got %v, want %v", got, c.fields)
			}
		})
	}
	if _, err := reply.First("t", 1).Revise("d", "author", strings.Repeat("字", reply.MaxText), reply.Partly, noon()); err != nil {
		t.Errorf("the limit itself is fine, got %v", err)
	}
}

func fields(err error) []string {
	e, ok := errors.AsType[*problem.Error](err)
	if !ok {
		return nil
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Pointer+" "+f.Code)
	}
	return got
}

func TestAuthorCannotApproveTheOwnText(t *testing.T) {
	t.Parallel()
	d := written(t)
	before := d
	err := d.Approve("author", noon())
	refused(t, err, "reply.own")
	if problem.KindOf(err) != problem.Denied || !reflect.DeepEqual(d, before) {
		t.Errorf("kind %s, draft %+v", problem.KindOf(err), d)
	}
	refused(t, d.Release(noon()), "reply.unapproved")
}

func TestApprovedTextIsReleasedOnce(t *testing.T) {
	t.Parallel()
	d := written(t)
	if err := d.Approve("reviewer", noon()); err != nil {
		t.Fatal(err)
	}
	refused(t, d.Approve("other", noon()), "reply.approved")
	if d.ApprovedBy != "reviewer" {
		t.Errorf("the first approval must stand, got %s", d.ApprovedBy)
	}
	if err := d.Release(noon().Add(time.Hour)); err != nil || !d.ReleasedAt.Equal(noon().Add(time.Hour)) {
		t.Fatalf("release: %v at %s", err, d.ReleasedAt)
	}
	refused(t, d.Release(noon()), "reply.released")
	refused(t, d.SendBack(), "reply.released")
	refused(t, d.Approve("third", noon()), "reply.released")
}

func TestEditAndSendBackTakeTheApprovalAway(t *testing.T) {
	t.Parallel()
	d := written(t)
	if err := d.Approve("reviewer", noon()); err != nil {
		t.Fatal(err)
	}
	next, err := d.Revise("d2", "second author", "改过的答复。", reply.Explained, noon())
	if err != nil || next.Revision != 2 || next.Approved() {
		t.Errorf("the next revision must wait for its own approval: %v, %+v", err, next)
	}
	if !d.Approved() {
		t.Error("the revision before keeps its mark")
	}
	if err := d.SendBack(); err != nil || d.Approved() || !d.ApprovedAt.IsZero() {
		t.Errorf("sent back: %v, %+v", err, d)
	}
	refused(t, d.Release(noon()), "reply.unapproved")
}

func TestEveryOutcomeHasAName(t *testing.T) {
	t.Parallel()
	for _, o := range reply.Outcomes() {
		if o.Name() == "" {
			t.Errorf("%s has no name", o)
		}
	}
	if reply.Outcome("").Name() != "" {
		t.Error("no outcome must have no name")
	}
}

// Whatever people do in whatever order, nothing leaves the house that its author
// alone has seen.
func TestNothingIsReleasedUnseen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SampledFrom([]string{"a", "b", "c"})
		d, err := reply.First("t", 1).Revise("d", people.Draw(t, "author"), "答复。", reply.Resolved, noon())
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before, who := d, people.Draw(t, "who")
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				err = d.Approve(who, noon())
			case 1:
				err = d.SendBack()
			case 2:
				err = d.Release(noon())
			default:
				if d.ReleasedAt.IsZero() {
					d, err = d.Revise("d", who, "改过。", reply.Partly, noon())
				}
			}
			if err != nil && !reflect.DeepEqual(d, before) {
				t.Fatalf("a refusal changed the draft: %+v", d)
			}
			if !d.ReleasedAt.IsZero() && (d.ApprovedBy == "" || d.ApprovedBy == d.Author) {
				t.Fatalf("released without the approval of somebody else: %+v", d)
			}
		}
	})
}
