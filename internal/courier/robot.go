package courier

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks/robot"
)

// busyFor is how long a robot that was sent too much is left alone: DingTalk's says
// nothing for ten minutes.
const busyFor = 10 * time.Minute

// Robots says texts in the groups of staff. A text that is said twice harms nobody,
// so one whose answer never came is said again.
type Robots struct {
	Client *http.Client // of a [Guard]
	Robots map[string]*robot.Robot
	Now    func() time.Time
}

// Carry implements [Carrier].
func (c *Robots) Carry(ctx context.Context, v desk.Delivery) Result {
	r, known := c.Robots[desk.NameOf(v.Route)]
	var text desk.RobotText
	if err := json.Unmarshal(v.Body, &text); err != nil || !known {
		return Result{Outcome: desk.PeerRefused, Detail: "robot.unknown"}
	}
	q, err := r.Text(text.Text, c.Now())
	if err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "robot.text"}
	}
	status, answer, failed := post(ctx, c.Client, q.URL, http.Header{"Content-Type": {"application/json"}}, q.Body)
	if failed != nil {
		return *failed
	}
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return Result{Outcome: desk.TryLater, Status: status}
	}
	return said(r.Check(answer))
}

// said is what a robot's answer means.
func said(err error) Result {
	e, failed := errors.AsType[*robot.AnswerError](err)
	switch {
	case !failed:
		return Result{Outcome: desk.Arrived}
	case e.Busy:
		return Result{Outcome: desk.TryLater, Status: e.Code, After: busyFor}
	case e.Code == 0:
		return Result{Outcome: desk.NobodyKnows, Detail: "no answer of a robot"}
	}
	return Result{Outcome: desk.PeerRefused, Status: e.Code}
}
