package desk_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// working are the signs of a runner that has just found nothing to do.
func working() desk.Signs { return desk.Signs{Runs: true} }

// find looks and returns the findings by kind.
func find(t *testing.T, c *desk.SelfCheck, s desk.Signs) map[desk.FindingKind]desk.Finding {
	t.Helper()
	h, err := c.Look(t.Context(), s)
	must(t, err)
	found := map[desk.FindingKind]desk.Finding{}
	for _, f := range h.Findings {
		found[f.Kind] = f
	}
	return found
}

// damage changes the clocks of a ticket behind the desk's back.
func (h *house) damage(t *testing.T, id string, change func(*deadline.Clock)) {
	t.Helper()
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
		clocks, err := tx.Clocks(ctx, id)
		if err != nil {
			return err
		}
		for _, c := range clocks {
			was := c.Version
			if change(&c); c.Version == was {
				c.Version++
			}
			if err := tx.UpdateClock(ctx, c, was); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (h *house) idOf(t *testing.T, number string) string {
	t.Helper()
	made, err := h.store.TicketByNumber(t.Context(), number)
	must(t, err)
	return made.ID
}

func TestASoundDeskPassesItsSelfCheckInEveryState(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.NewSelfCheck(2) // pages smaller than the number of tickets
	sound := func(where string) {
		t.Helper()
		for range 5 {
			if found := find(t, c, working()); len(found) != 0 {
				t.Errorf("%s: %+v", where, found)
			}
		}
	}
	sound("empty")
	asked := involved(t, h)
	_, err := h.move(t, h.handler("handler", "traffic"), asked, desk.Command{Move: ticket.Ask, Text: "请补充时间和地点。"})
	must(t, err)
	sound("waiting for its citizen")
	involved(t, h)
	released(t, h, desk.Opening{Letter: letter()})
	for range 30 {
		_, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
		must(t, err)
		h.pass(24 * time.Hour)
		h.work(t)
	}
	h.work(t) // what a letter of the last round has moved into the past
	sound("after a month")
}

func TestADamagedDeskIsFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.NewSelfCheck(0)
	stranded, gone, endless := involved(t, h), involved(t, h), involved(t, h)
	report := letter()
	report.Kind = channel.Report
	secret, err := h.Open(t.Context(), desk.Opening{Letter: report})
	must(t, err)
	_, err = h.move(t, h.handler("handler", "traffic"), endless, desk.Command{Move: ticket.Ask, Text: "请补充时间和地点。"})
	must(t, err)
	h.damage(t, h.idOf(t, stranded), func(c *deadline.Clock) {
		if c.Purpose == deadline.Answer {
			c.NextAt = time.Time{}
		}
	})
	for _, number := range []string{gone, secret.Number} {
		h.damage(t, h.idOf(t, number), func(c *deadline.Clock) {
			if c.Purpose == deadline.Answer {
				c.Met(h.now())
			}
		})
	}
	h.damage(t, h.idOf(t, endless), func(c *deadline.Clock) {
		if c.Purpose == deadline.Supplement {
			c.NextAt = time.Time{} // it will never end the pause
		}
	})
	found := find(t, c, working())
	want := map[desk.FindingKind][]string{
		desk.ClockStranded: {stranded, endless}, desk.ClockMissing: {gone}, desk.PauseEndless: {endless},
	}
	counts := map[desk.FindingKind]int{desk.ClockStranded: 2, desk.ClockMissing: 2, desk.PauseEndless: 2}
	for kind, numbers := range want {
		got := found[kind]
		slices.Sort(got.Tickets)
		slices.Sort(numbers)
		if !slices.Equal(got.Tickets, numbers) || got.Count != counts[kind] {
			t.Errorf("%s: %+v, want %d of %v", kind, got, counts[kind], numbers)
		}
	}
	if len(found) != len(want) {
		t.Errorf("found %+v", found)
	}
	for range 3 { // the task force hears of each once a day
		find(t, c, working())
		find(t, h.NewSelfCheck(0), working())
		h.work(t)
	}
	told := h.alarms(t)
	if len(told) != 3 {
		t.Errorf("told %v", told)
	}
	h.pass(24 * time.Hour)
	h.work(t)
	find(t, c, working())
	h.work(t)
	if again := h.alarms(t); len(again) != 6 {
		t.Errorf("the day after: told %v", again)
	}
	// Mended, it is found no more, and by nobody.
	h.damage(t, h.idOf(t, gone), func(c *deadline.Clock) {
		if c.Purpose == deadline.Answer {
			c.MetAt, c.NextAt = time.Time{}, h.now().Add(time.Hour)
		}
	})
	if got := find(t, c, working())[desk.ClockMissing]; got.Count != 1 || len(got.Tickets) != 0 {
		t.Errorf("the report alone is left, and not named: %+v", got)
	}
}

// alarms are the texts the task force read of the self-check.
func (h *house) alarms(t *testing.T) []string {
	t.Helper()
	got, err := h.Notifications(t.Context(), h.taskForce("force"), 100)
	must(t, err)
	var texts []string
	for _, n := range got {
		if strings.HasPrefix(n.Kind, "selfcheck.") {
			if !strings.HasPrefix(n.Text, "系统自检：") || n.Ticket != "" || strings.Contains(n.Text, "：。") {
				t.Errorf("%+v", n)
			}
			texts = append(texts, n.Text)
		}
	}
	return texts
}

func TestStepsLeftLyingAreFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	number := involved(t, h)
	c := h.NewSelfCheck(0)
	h.pass(40 * 24 * time.Hour) // and nobody fired
	for name, try := range map[string]struct {
		signs desk.Signs
		want  desk.FindingKind
	}{
		"a runner that finds nothing to do": {working(), desk.ClockLate},
		"one that is catching up":           {desk.Signs{Runs: true, Round: time.Minute}, ""},
		"one that stands still":             {desk.Signs{Runs: true, Round: time.Hour, Idle: 2 * time.Minute}, desk.RunnerStalled},
		"none in this process":              {desk.Signs{}, desk.RunnerStalled},
		"a clock that jumped":               {desk.Signs{Runs: true, Jump: time.Hour}, desk.TimeJumped},
	} {
		found := find(t, c, try.signs)
		if _, ok := found[try.want]; ok != (try.want != "") || len(found) > 1 {
			t.Errorf("%s: %+v, want %q", name, found, try.want)
		}
	}
	if late := find(t, c, working())[desk.ClockLate]; late.Count < 3 || !slices.Contains(late.Tickets, number) {
		t.Errorf("late: %+v", late)
	}
	health, err := c.Diagnose(t.Context(), desk.Signs{})
	must(t, err)
	if health.Lag < 30*24*time.Hour || health.Swept.IsZero() {
		t.Errorf("health %+v", health)
	}
	h.work(t)
	if found := find(t, c, working()); len(found) != 0 {
		t.Errorf("after the runner came: %+v", found)
	}
}

func TestAJobGivenUpIsFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	bad := desk.Job{ID: "j1", Kind: "no.such.work", Key: "bad", Args: json.RawMessage(`{}`), State: desk.JobReady, RunAt: h.now(), CreatedAt: h.now()}
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.Enqueue(ctx, bad) }))
	for range 24 {
		h.work(t)
		h.pass(time.Hour)
	}
	c := h.NewSelfCheck(0)
	if got := find(t, c, working())[desk.JobGivenUp]; got.Count != 1 || !slices.Equal(got.Codes, []string{"no.such.work"}) {
		t.Errorf("found %+v", got)
	}
	h.pass(8 * 24 * time.Hour)
	if found := find(t, c, working()); len(found) != 0 {
		t.Errorf("a week later: %+v", found)
	}
}
