package problem_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jiesu/internal/problem"
)

func TestTheCauseStaysPrivate(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp 10.0.0.1: refused")
	closed := problem.New(problem.Conflict, "ticket.closed", "这件来信已经办结。")
	err := closed.Because(cause)
	if strings.Contains(err.Public, "10.0.0.1") || !strings.Contains(err.Error(), "10.0.0.1") || !errors.Is(err, cause) {
		t.Errorf("public %q, error %q", err.Public, err)
	}
	if closed.Unwrap() != nil || strings.Contains(closed.Error(), "10.0.0.1") {
		t.Error("the original was changed")
	}
}

func TestKindSurvivesWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("load: %w", problem.New(problem.NotFound, "ticket.not_found", "没有查到。"))
	if problem.KindOf(err) != problem.NotFound || !problem.HasCode(err, "ticket.not_found") {
		t.Errorf("kind %s", problem.KindOf(err))
	}
	if problem.KindOf(errors.New("anything")) != problem.Internal || problem.HasCode(nil, "ticket.not_found") {
		t.Error("an error that is not ours must be internal and carry no code")
	}
}

func TestFieldsAndPausesAreCopies(t *testing.T) {
	t.Parallel()
	base := problem.New(problem.Limited, "rate.limited", "请稍后再试。")
	err := base.With(problem.Field{Pointer: "/text", Code: "too_long"}).After(time.Minute)
	if len(err.Fields) != 1 || err.RetryAfter != time.Minute || base.Fields != nil || base.RetryAfter != 0 {
		t.Errorf("got %+v from %+v", err, base)
	}
}
