package live_test

import (
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/limit/redistest"
	"jiesu/internal/server/live"
)

// two are two replicas of one installation that share a Redis; the desk wakes the
// first alone.
func two(t *testing.T) (d *desk.Desk, r *redistest.Server, second *replica) {
	t.Helper()
	r = redistest.Start(t)
	d = newDesk(t)
	relayed := func(o *live.Options) { o.Relay = live.NewRedisRelay(r.Client(), "jiesu-test") }
	first := newReplica(t, d, relayed)
	d.WakeWith(first.hub)
	return d, r, newReplica(t, d, relayed)
}

// said stores a message where the socket of the second replica is not.
func said(t *testing.T, d *desk.Desk, s session, cid string) {
	t.Helper()
	_, err := d.Say(t.Context(), desk.Said{Conversation: s.conversation, ClientID: cid, Kind: conversation.Text, Text: "补办身份证"})
	check(t, err)
}

// What is said at one replica is shown at the other, long before it would look.
func TestReplicasTellEachOther(t *testing.T) {
	t.Parallel()
	d, _, second := two(t)
	s, pass := begin(t, d)
	c, _ := hello(t, second, pass, "")
	said(t, d, s, "a")
	if f := c.skipTo("msg"); f.Seq != 1 || f.CID != "a" {
		t.Errorf("shown %+v", f)
	}
}

// What was said while Redis was away is shown as soon as it is back.
func TestReplicasLookAgainWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	d, r, second := two(t)
	s, pass := begin(t, d)
	c, _ := hello(t, second, pass, "")
	r.Stop()
	said(t, d, s, "a")
	r.Restart()
	if f := c.skipTo("msg"); f.Seq != 1 || f.CID != "a" {
		t.Errorf("shown %+v", f)
	}
}
