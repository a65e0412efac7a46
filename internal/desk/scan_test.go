package desk_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// scanning has files looked at: those that say virus are infected.
func (h *house) scanning(answers *bool) {
	h.Scan = func(_ context.Context, content []byte) (string, error) {
		switch {
		case !*answers:
			return "", errors.New("away")
		case bytes.Contains(content, []byte("virus")):
			return "Test.Virus", nil
		}
		return "", nil
	}
}

func TestAnUploadWaitsForTheScanner(t *testing.T) {
	t.Parallel()
	h, answers := open(t), false
	h.scanning(&answers)
	good, err := h.Upload(t.Context(), "说明.txt", []byte("路口的情况说明"))
	must(t, err)
	bad, err := h.Upload(t.Context(), "凭证.txt", []byte("virus"))
	must(t, err)
	l := letter()
	l.Attachments = []string{good.ID, bad.ID}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err) // a scanner that is away keeps nobody from writing
	force := h.taskForce("u1")
	read := func(id string) error { _, _, err := h.Attachment(t.Context(), force, r.Number, id); return err }
	must(t, h.ScanFiles(t.Context()))
	if err := read(good.ID); !problem.HasCode(err, "attachment.waiting") {
		t.Errorf("an unscanned file: %v", err)
	}
	check := h.NewSelfCheck(0)
	h.pass(20 * time.Minute)
	found, err := check.Look(t.Context(), desk.Signs{})
	must(t, err)
	if !slices.ContainsFunc(found.Findings, func(f desk.Finding) bool { return f.Kind == desk.ScanStalled && f.Count == 2 }) {
		t.Errorf("the self-check found %v", found.Findings)
	}
	answers = true
	must(t, h.ScanFiles(t.Context()))
	must(t, read(good.ID))
	if err := read(bad.ID); !problem.HasCode(err, "attachment.infected") {
		t.Errorf("an infected file: %v", err)
	}
	v, err := h.Ticket(t.Context(), force, r.Number)
	must(t, err)
	if notes := notesOf(&v); len(notes) != 1 || v.Files[1].Scan != channel.Infected {
		t.Errorf("the ticket notes %q of %+v", notes, v.Files)
	}
	h.work(t)
	told, err := h.Notifications(t.Context(), force, 10)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool { return n.Kind == "ticket.infected" && n.Ticket == r.Number }) {
		t.Errorf("the task force was told %+v", told)
	}
	again := letter()
	again.Attachments = []string{bad.ID}
	if _, err := h.Open(t.Context(), desk.Opening{Letter: again}); !problem.HasCode(err, "letter.invalid") {
		t.Errorf("an infected file in a letter: %v", err)
	}
}

func TestWithoutAScannerNothingWaits(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, err := h.Upload(t.Context(), "说明.txt", []byte("virus"))
	must(t, err)
	l := letter()
	l.Attachments = []string{a.ID}
	r, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	_, _, err = h.Attachment(t.Context(), h.taskForce("u1"), r.Number, a.ID)
	must(t, err)
}
