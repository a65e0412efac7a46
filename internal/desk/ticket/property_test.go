package ticket_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// TestAnyMovesInAnyOrder lets everybody try everything, with commands that are
// right or wrong in every part.
func TestAnyMovesInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tk := opened()
		tk.Avoid, tk.DueAt = []string{"legal"}, at().Add(30*time.Minute)
		draft := reply.First(tk.ID, tk.Round)
		now, version := at(), int64(1)
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			now = now.Add(time.Minute)
			if draft.Round != tk.Round {
				draft = reply.First(tk.ID, tk.Round)
			}
			c := anyCommand(t, &tk, now)
			before, was := tk, draft
			next := draft
			c.Draft = &next
			if c.Move == ticket.Draft {
				var err error
				if next, err = draft.Revise("d", c.Actor, "答复。", reply.Partly, now); err != nil {
					t.Fatal(err)
				}
			}
			offered := next
			e, err := tk.Apply(c)
			if err != nil {
				if !reflect.DeepEqual(tk, before) || !reflect.DeepEqual(next, offered) {
					t.Fatalf("%s was refused (%v), yet %+v became %+v", c.Move, err, before, tk)
				}
				if problem.KindOf(err) == problem.Internal {
					t.Fatalf("%s: a client's mistake is reported as ours: %v", c.Move, err)
				}
				continue
			}
			version++
			draft = next
			checkStep(t, &before, &tk, e, &draft)
			checkHands(t, &before, &tk, c)
			if tk.Version != version {
				t.Fatalf("version %d after %d changes", tk.Version, version)
			}
			if was.Revision > draft.Revision {
				t.Fatalf("revision %d after %d", draft.Revision, was.Revision)
			}
		}
	})
}

// anyMove is one that can be asked for or follows by itself.
func anyMove(t *rapid.T) ticket.Move {
	return rapid.SampledFrom(append(ticket.Moves(), ticket.Following()...)).Draw(t, "move")
}

// anyCommand leaves the ticket as it is, unlike [command].
func anyCommand(t *rapid.T, tk *ticket.Ticket, now time.Time) ticket.Command {
	as := *tk
	c := command(&as, anyMove(t))
	c.At = now
	c.Actor = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "actor")
	c.Unit = rapid.SampledFrom([]string{"mailbox", "tech", "traffic"}).Draw(t, "unit")
	switch rapid.IntRange(0, 9).Draw(t, "flaw") {
	case 0:
		c.Reason = "tired"
	case 1:
		c.Public = ""
	case 2:
		c.Note = ""
	case 3:
		if c.Move == ticket.Dispatch || c.Move == ticket.Reassign {
			c.Lead = unit("legal")
		}
	case 4:
		c.Co = []assignment.Unit{unit("tech")}
	case 5:
		if c.Other != nil {
			c.Other.LeadPath = "bureau/legal"
		}
	default:
	}
	return c
}

func checkStep(t *rapid.T, before, after *ticket.Ticket, e ticket.Event, d *reply.Draft) {
	alone := e.Move != ticket.AnswerWith // what was merged is answered with the other one's reply
	switch {
	case before.Status.Final() && after.Status != before.Status:
		t.Fatalf("left the end %s for %s", before.Status, after.Status)
	case e.From != before.Status || e.To != after.Status || e.Seq != after.Version:
		t.Fatalf("the event %+v does not tell %s → %s", e, before.Status, after.Status)
	case after.Returns > ticket.MaxReturns || after.Round > ticket.MaxRounds || after.Asks > 2:
		t.Fatalf("returned %d times, asked %d times, in round %d", after.Returns, after.Asks, after.Round)
	case after.Round < before.Round || after.Round > before.Round && e.Move != ticket.Redo:
		t.Fatalf("%s leads from round %d to %d", e.Move, before.Round, after.Round)
	case strings.Contains(e.Public, "内部"):
		t.Fatalf("an internal note leaves the house: %s", e.Public)
	case alone && before.Status == ticket.Reviewing && after.Status == ticket.Answered && (d.ReleasedAt.IsZero() || d.ApprovedBy == "" || d.ApprovedBy == d.Author):
		t.Fatalf("answered with what nobody else has approved: %+v", d)
	case after.Status.Open() && d.Round == after.Round && !d.ReleasedAt.IsZero():
		t.Fatalf("released, and yet %s", after.Status)
	case (after.Status == ticket.Supplement) != (after.Resume != ""):
		t.Fatalf("%s goes on from %q", after.Status, after.Resume)
	}
}

// checkHands checks whose hands a ticket is in.
func checkHands(t *rapid.T, before, after *ticket.Ticket, c ticket.Command) {
	pending := slices.ContainsFunc(after.Co, ticket.CoHandler.Pending)
	switch {
	case after.Avoids(after.LeadPath) || slices.ContainsFunc(after.Co, func(co ticket.CoHandler) bool { return after.Avoids(co.Path) }):
		t.Fatalf("%s: lies with the unit it is about: %+v", c.Move, after)
	case after.Status == ticket.Reviewing && pending && before.Status != ticket.Reviewing:
		t.Fatal("submitted without the opinions asked for")
	case before.Holder != "" && after.Holder != "" && before.Holder != after.Holder:
		t.Fatalf("%s: %s took what %s holds", c.Move, after.Holder, before.Holder)
	case before.Extension != nil && c.Move == ticket.Grant && before.Extension.By == c.Actor:
		t.Fatal("granted the own request")
	case (after.Status == ticket.Merged) != (after.Parent != "") && c.Move != ticket.AnswerWith && before.Parent == "":
		t.Fatalf("%s: merged into %q", after.Status, after.Parent)
	}
}

// TestNoWaitIsLeftRunning follows the clocks a ticket stops, pauses and starts:
// those of its state run, and no others.
func TestNoWaitIsLeftRunning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tk := opened()
		tk.DueAt = at().AddDate(1, 0, 0)
		runs := map[deadline.Purpose]string{}
		follow := func(e ticket.Event) {
			clocks := e.Clocks(tk.Kind)
			for _, p := range clocks.Renews {
				runs[p] = "running"
			}
			for _, p := range clocks.Stops {
				delete(runs, p)
			}
			for _, p := range clocks.Pauses {
				if runs[p] != "" {
					runs[p] = "paused"
				}
			}
			for _, p := range clocks.Resumes {
				if runs[p] != "" {
					runs[p] = "running"
				}
			}
			for _, p := range clocks.Starts {
				runs[p] = "running"
			}
		}
		follow(ticket.Event{Move: ticket.Open, To: ticket.Received})
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			as := tk // what a move needs of the ticket counts only if it is made
			c := command(&as, anyMove(t))
			if c.Draft != nil {
				c.Draft.Round = tk.Round
			}
			e, err := as.Apply(c)
			if err != nil {
				continue
			}
			tk = as
			follow(e)
			delete(runs, deadline.Opinion) // follows its co-handler, not the state
			delete(runs, deadline.Inform)  // follows the kind, as the next does
			delete(runs, deadline.Press)
			want := map[deadline.Purpose]string{}
			for _, p := range tk.Status.Waits() {
				want[p] = "running"
			}
			if tk.Status == ticket.Handling && tk.Third != "" {
				want[deadline.Answer], want[deadline.Handle], want[deadline.Third] = "paused", "paused", "running"
			}
			if !tk.FeedbackDue.IsZero() {
				want[deadline.Supervision] = "running"
			}
			if tk.Status == ticket.Supplement {
				want[deadline.Answer] = "paused"
				if tk.Resume == ticket.Handling {
					want[deadline.Handle] = "paused"
				}
			}
			if !maps.Equal(runs, want) {
				t.Fatalf("%s after %s: %v, want %v", tk.Status, c.Move, runs, want)
			}
		}
	})
}

// TestEveryLetterHasADeadlineAndAUnit ties the rooms together: whatever kind of
// letter comes from whatever source, the shipped data knows what to do.
func TestEveryLetterHasADeadlineAndAUnit(t *testing.T) {
	t.Parallel()
	cal, err := deadline.LoadCalendar()
	if err != nil {
		t.Fatal(err)
	}
	p, err := deadline.LoadProfile()
	if err != nil {
		t.Fatal(err)
	}
	r, err := assignment.LoadRouter()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range channel.Kinds() {
		for _, s := range []channel.Source{channel.Web, channel.Chat, channel.WeChat, channel.Phone, channel.Window, channel.Post, channel.H12345, channel.Watch, channel.Mailbox, channel.Social} {
			for _, purpose := range []deadline.Purpose{deadline.Answer, deadline.Screen, deadline.SignUp} {
				if res, err := p.StartFor(purpose, cal, deadline.Matter{Kind: string(k), Source: string(s)}, at()); err != nil || !res.Due.After(at()) {
					t.Errorf("%s from %s has no %s deadline: %v", k, s, purpose, err)
				}
			}
		}
		if a := r.Route(assignment.Request{Kind: string(k), Text: "您好"}); r.Tree().Path(a.Unit) == "" {
			t.Errorf("%s goes to nobody: %+v", k, a)
		}
	}
}
