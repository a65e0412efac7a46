package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks"
)

// integrated is a house with somebody who looks after channels, and one endpoint.
func integrated(t *testing.T, types ...webhooks.Type) (*house, desk.Actor, desk.Endpoint) {
	t.Helper()
	h := open(t)
	h.Reach = func(_ context.Context, url string) error {
		if strings.Contains(url, "10.0.0.1") {
			return errors.New("inside")
		}
		return nil
	}
	a := h.taskForce("force-1")
	a.Channels = true
	e, err := h.AddEndpoint(t.Context(), a, desk.NewEndpoint{URL: "https://integrator.example/hook", Description: "市政务平台", Types: types})
	must(t, err)
	return h, a, e
}

// heard are the deliveries to an endpoint, oldest first, with their bodies.
func (h *house) heard(t *testing.T, e desk.Endpoint) []desk.Delivery {
	t.Helper()
	found, err := h.store.Deliveries(t.Context(), desk.DeliveryFilter{Route: "webhook/" + e.ID, Limit: 100})
	must(t, err)
	slices.Reverse(found)
	for i := range found {
		found[i], err = h.store.Delivery(t.Context(), found[i].ID)
		must(t, err)
	}
	return found
}

// tried lets the attempt that is next end in a way, and be the last.
func (h *house) tried(t *testing.T, e desk.Endpoint, o desk.Outcome, status int) desk.Delivery {
	t.Helper()
	var claimed []desk.Delivery
	must(t, h.store.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) (err error) {
		claimed, err = tx.ClaimDeliveries(ctx, "webhook/"+e.ID, h.now(), h.now().Add(time.Minute), 1)
		return err
	}))
	if len(claimed) != 1 {
		t.Fatal("nothing may leave")
	}
	must(t, h.Settle(t.Context(), claimed[0], desk.Attempt{Delivery: claimed[0].ID, No: claimed[0].Tries, At: h.now(), Outcome: o, Status: status}, 0))
	return claimed[0]
}

func TestEndpointsHearOfTheStepsOfATicket(t *testing.T) {
	t.Parallel()
	h, a, all := integrated(t)
	some, err := h.AddEndpoint(t.Context(), a, desk.NewEndpoint{URL: "https://other.example/", Description: "另一个", Types: []webhooks.Type{webhooks.TicketSigned}})
	must(t, err)
	r, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	for _, step := range []struct {
		by desk.Actor
		c  desk.Command
	}{
		{a, desk.Command{Move: ticket.Dispatch, Unit: "traffic"}},
		{h.handler("traffic-1", "traffic"), desk.Command{Move: ticket.Sign}},
		{h.handler("traffic-1", "traffic"), desk.Command{Move: ticket.Note, Note: "已联系维修。"}},
	} {
		_, err := h.move(t, step.by, r.Number, step.c)
		must(t, err)
	}
	var told []string
	for _, v := range h.heard(t, all) {
		var e struct {
			Type webhooks.Type
			Data webhooks.Ticket
		}
		must(t, json.Unmarshal(v.Body, &e))
		told = append(told, string(e.Type)+" "+e.Data.State+" "+e.Data.Unit)
		if e.Data.Number != r.Number || e.Data.DueAt == nil || !e.Data.DueAt.Equal(r.DueAt.Truncate(time.Second)) || v.Ticket != r.Number || v.Kind != string(e.Type) {
			t.Errorf("%+v of %+v", e, v)
		}
		for _, private := range []string{"信号灯", "学校", "张三", "138"} {
			if strings.Contains(string(v.Body), private) {
				t.Errorf("it tells %q: %s", private, v.Body)
			}
		}
	}
	if want := []string{"ticket.opened received mailbox", "ticket.dispatched dispatched traffic", "ticket.signed handling traffic"}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if got := h.heard(t, some); len(got) != 1 || got[0].Kind != string(webhooks.TicketSigned) {
		t.Errorf("who wants one type is told %v", got)
	}
}

// What must not leave does not, and the schema knows what may.
func TestReportsSignalsAndOpinionsStay(t *testing.T) {
	t.Parallel()
	h, _, e := integrated(t)
	l := letter()
	l.Kind = channel.Report
	_, err := h.Open(t.Context(), desk.Opening{Letter: l})
	must(t, err)
	_, err = h.Open(t.Context(), desk.Opening{Letter: letter(), Names: []string{"交警支队"}})
	must(t, err)
	if got := h.heard(t, e); len(got) != 0 {
		t.Errorf("a report left, or what somebody must keep away from: %v", got)
	}
	raw, err := os.ReadFile("../../webhooks/schema/ticket.json")
	must(t, err)
	var schema struct {
		Properties struct {
			Kind  struct{ Enum []channel.Kind }
			State struct{ Enum []ticket.Status }
		}
	}
	must(t, json.Unmarshal(raw, &schema))
	var may []channel.Kind
	for _, k := range channel.Kinds() {
		if k != channel.Report && k != channel.Signal && k != channel.Opinion {
			may = append(may, k)
		}
	}
	if got := schema.Properties.Kind.Enum; !slices.Equal(got, may) {
		t.Errorf("the schema has the kinds %v, and %v leave", got, may)
	}
	if got := schema.Properties.State.Enum; !slices.Equal(got, ticket.Statuses()) {
		t.Errorf("the schema has the states %v", got)
	}
}

func TestEndpointsAreForThoseWhoLookAfterChannels(t *testing.T) {
	t.Parallel()
	h, a, e := integrated(t)
	other := h.head("head-1", "traffic")
	for name, act := range map[string]func(desk.Actor) error{
		"list":   func(a desk.Actor) error { _, err := h.Endpoints(t.Context(), a); return err },
		"look":   func(a desk.Actor) error { _, err := h.EndpointOf(t.Context(), a, e.ID); return err },
		"add":    func(a desk.Actor) error { _, err := h.AddEndpoint(t.Context(), a, desk.NewEndpoint{}); return err },
		"rotate": func(a desk.Actor) error { _, err := h.RotateSecret(t.Context(), a, e.ID, 1); return err },
		"switch": func(a desk.Actor) error { _, err := h.SwitchEndpoint(t.Context(), a, e.ID, 1, false); return err },
		"ping":   func(a desk.Actor) error { _, err := h.PingEndpoint(t.Context(), a, e.ID); return err },
		"replay": func(a desk.Actor) error { _, err := h.ReplayEndpoint(t.Context(), a, e.ID, h.now()); return err },
	} {
		if err := act(other); problem.KindOf(err) != problem.Denied {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, n := range map[string]desk.NewEndpoint{
		"webhook.invalid": {URL: "https://integrator.example/", Description: "事件不对", Types: []webhooks.Type{"ticket.burnt"}},
		"webhook.url":     {URL: "https://10.0.0.1/", Description: "内网"},
	} {
		if _, err := h.AddEndpoint(t.Context(), a, n); !problem.HasCode(err, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := h.AddEndpoint(t.Context(), a, desk.NewEndpoint{}); !problem.HasCode(err, "webhook.invalid") {
		t.Errorf("nothing at all: %v", err)
	}
	got, err := h.Endpoints(t.Context(), a)
	must(t, err)
	if len(got) != 1 || len(got[0].Secret)+len(got[0].Former) > 0 {
		t.Errorf("the list has %v", got)
	}
}

func TestASecretGivesWayWithinADay(t *testing.T) {
	t.Parallel()
	h, a, before := integrated(t)
	if _, err := h.RotateSecret(t.Context(), a, before.ID, 7); !problem.HasCode(err, "webhook.stale") {
		t.Errorf("on an old version: %v", err)
	}
	after, err := h.RotateSecret(t.Context(), a, before.ID, before.Version)
	must(t, err)
	if slices.Equal(after.Secret, before.Secret) {
		t.Error("the secret is the same")
	}
	if both := after.Secrets(h.now().Add(24*time.Hour - 1)); len(both) != 2 || !slices.Equal(both[1], before.Secret) {
		t.Errorf("within a day: %d secrets", len(both))
	}
	if one := after.Secrets(h.now().Add(24 * time.Hour)); len(one) != 1 || !slices.Equal(one[0], after.Secret) {
		t.Errorf("after a day: %d secrets", len(one))
	}
}

// An endpoint that takes nothing is disabled and the task force told; what it has
// missed, and what happened since, is sent again once it is enabled.
func TestAnEndpointThatTakesNothing(t *testing.T) {
	t.Parallel()
	h, a, e := integrated(t)
	_, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	dead := h.tried(t, e, desk.TryLater, 500)
	h.work(t)
	told, err := h.Notifications(t.Context(), a, 10)
	must(t, err)
	if !slices.ContainsFunc(told, func(n desk.Notification) bool {
		return n.Kind == "webhook.failing" && strings.Contains(n.Text, "市政务平台")
	}) {
		t.Errorf("nobody is told: %v", told)
	}
	must(t, h.LearnEndpoints(t.Context()))
	_, err = h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	missed := h.tried(t, e, desk.NotDelivered, 0)
	if _, err := h.ReplayEndpoint(t.Context(), a, e.ID, monday()); !problem.HasCode(err, "webhook.disabled") {
		t.Errorf("replayed while disabled: %v", err)
	}
	if _, err := h.SwitchEndpoint(t.Context(), a, e.ID, 2, true); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Hour)
	if n, err := h.ReplayEndpoint(t.Context(), a, e.ID, h.now()); n != 0 || err != nil {
		t.Errorf("since now: %d, %v", n, err)
	}
	if n, err := h.ReplayEndpoint(t.Context(), a, e.ID, monday()); n != 2 || err != nil {
		t.Errorf("replayed %d, %v", n, err)
	}
	for _, want := range []desk.Delivery{dead, missed} {
		if again := h.tried(t, e, desk.Arrived, 200); again.ID != want.ID || again.Tries != 1 {
			t.Errorf("sent again as %+v, want %s", again, want.ID)
		}
	}
}

func TestAnEndpointThatIsGone(t *testing.T) {
	t.Parallel()
	h, a, e := integrated(t)
	pinged := func(status int) desk.EndpointView {
		_, err := h.PingEndpoint(t.Context(), a, e.ID)
		must(t, err)
		h.tried(t, e, desk.PeerRefused, status)
		v, err := h.EndpointOf(t.Context(), a, e.ID)
		must(t, err)
		return v
	}
	if v := pinged(404); v.State != desk.EndpointEnabled || v.Attempts[0].Status != 404 || v.Attempts[0].Kind != "ping" || len(v.Missed) != 1 {
		t.Errorf("a ping that is not taken: %+v", v)
	}
	if v := pinged(410); v.State != desk.EndpointGone {
		t.Errorf("410 leaves it %s", v.State)
	}
	must(t, h.LearnEndpoints(t.Context()))
	_, err := h.Open(t.Context(), desk.Opening{Letter: letter()})
	must(t, err)
	if all := h.heard(t, e); len(all) != 2 {
		t.Errorf("it is told of %v", all)
	}
}
