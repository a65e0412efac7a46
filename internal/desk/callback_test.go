package desk_test

import (
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// answered is an answered letter and the task force that calls.
func answered(t *testing.T, edit func(*channel.Letter)) (*house, desk.Actor) {
	t.Helper()
	l := letter()
	if edit != nil {
		edit(&l)
	}
	s := begin(t, open(t), desk.Opening{Letter: l})
	s.toHandling()
	s.answer("已修好。")
	force := s.force
	force.Calls = true
	return s.house, force
}

// TestNobodyAnswersTheTelephone: three attempts, each with a working day of its
// own, and then the list does not show it any more.
func TestNobodyAnswersTheTelephone(t *testing.T) {
	t.Parallel()
	h, force := answered(t, nil)
	var was time.Time
	for n := range 3 {
		l, err := h.Callbacks(t.Context(), force)
		must(t, err)
		if len(l.Callbacks) != 1 || l.Callbacks[0].Attempts != n || !l.Callbacks[0].DueAt.After(was) {
			t.Fatalf("before attempt %d: %+v", n+1, l.Callbacks)
		}
		was = l.Callbacks[0].DueAt
		h.pass(24 * time.Hour)
		_, err = h.RecordCall(t.Context(), force, l.Callbacks[0].ID, desk.Called{Version: l.Callbacks[0].Version, Result: desk.CallNoAnswer})
		must(t, err)
		if _, err := h.RecordCall(t.Context(), force, l.Callbacks[0].ID, desk.Called{Version: l.Callbacks[0].Version, Result: desk.CallNoAnswer}); !problem.HasCode(err, "callback.stale") {
			t.Errorf("an old version says %v", err)
		}
	}
	if l, err := h.Callbacks(t.Context(), force); err != nil || len(l.Callbacks) != 0 {
		t.Errorf("after three: %+v, %v", l, err)
	}
}

// TestABadRatingIsDecidedAboutEvenIfNobodyAnswers: it does not leave the list
// with nothing done, and a late call stays late.
func TestABadRatingIsDecidedAboutEvenIfNobodyAnswers(t *testing.T) {
	t.Parallel()
	s := begin(t, open(t), desk.Opening{Letter: letter()})
	s.toHandling()
	s.answer("已修好。")
	_, err := s.RateLetter(t.Context(), s.receipt.Number, s.receipt.QueryCode, desk.LetterRating{Score: 1})
	must(t, err)
	s.force.Calls = true
	call := func(r desk.Called) error {
		l, err := s.Callbacks(t.Context(), s.force)
		must(t, err)
		if len(l.Callbacks) != 1 || l.Callbacks[0].Cause != desk.CauseBadRating || l.Overdue != 1 {
			t.Fatalf("to be called: %+v", l)
		}
		r.Version = l.Callbacks[0].Version
		_, err = s.RecordCall(t.Context(), s.force, l.Callbacks[0].ID, r)
		return err
	}
	s.pass(7 * 24 * time.Hour)
	must(t, call(desk.Called{Result: desk.CallNoAnswer}))
	must(t, call(desk.Called{Result: desk.CallNoAnswer}))
	for name, c := range map[string]desk.CallResult{"nobody answers again": desk.CallNoAnswer, "the citizen has nothing to say": desk.CallRefused} {
		if err := call(desk.Called{Result: c}); !problem.HasCode(err, "callback.then") {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, call(desk.Called{Result: desk.CallNoAnswer, Then: desk.ThenExplain, Note: "信号灯确已修好，现场照片在案。"}))
	if l, err := s.Callbacks(t.Context(), s.force); err != nil || len(l.Callbacks) != 0 {
		t.Errorf("after it was explained: %+v, %v", l, err)
	}
}

// TestWhoIsNotCalled: who gave no name.
func TestWhoIsNotCalled(t *testing.T) {
	t.Parallel()
	h, force := answered(t, func(l *channel.Letter) { l.Contact = nil })
	if l, err := h.Callbacks(t.Context(), force); err != nil || len(l.Callbacks) != 0 {
		t.Errorf("to be called: %+v, %v", l, err)
	}
	force.Calls = false
	if _, err := h.Callbacks(t.Context(), force); !problem.HasCode(err, "callback.denied") {
		t.Errorf("whoever may not call is told %v", err)
	}
}
