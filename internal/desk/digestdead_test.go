package desk_test

import (
	"context"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

// TestADigestThatDoesNotArriveIsToldOnThePagesOnly: a robot that is gone causes one
// notice a day, and no further messages.
func TestADigestThatDoesNotArriveIsToldOnThePagesOnly(t *testing.T) {
	t.Parallel()
	h := reachable(t)
	h.ReachWith(desk.Reach{Mail: true, Robots: []desk.GroupRobot{{Name: "force", Unit: assignment.TaskForce}}})
	h.account(t, "u2", assignment.TaskForce, access.TaskForce)
	must(t, h.LearnOrganisation(t.Context()))
	h.mailAtOnce(t, "u2")
	begin(t, h, desk.Opening{Letter: letter()})
	dead := map[string]int{}
	for range 4 {
		h.work(t)
		h.pass(2 * time.Minute)
		h.work(t)
		for _, route := range []string{"robot/force", "mail/relay"} {
			var claimed []desk.Delivery
			must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) (err error) {
				claimed, err = tx.ClaimDeliveries(ctx, route, h.now(), h.now().Add(time.Minute), 9)
				return err
			}))
			for _, v := range claimed {
				dead[route]++
				must(t, h.Settle(t.Context(), v, desk.Attempt{Delivery: v.ID, No: 1, At: h.now(), Outcome: desk.PeerRefused}, 0))
			}
		}
	}
	if dead["robot/force"] != 1 || dead["mail/relay"] != 1 {
		t.Errorf("messages about messages: %v", dead)
	}
	told, err := h.Notifications(t.Context(), h.taskForce("u2"), 50)
	must(t, err)
	n := 0
	for i := range told {
		if told[i].Kind == "delivery.untold" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("told %d times, want once for each route", n)
	}
}
