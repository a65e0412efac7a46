package live_test

import "testing"

// TestRate: an answer is rated once, however often the frame is sent and on
// whichever connection.
func TestRate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := newReplica(t, d, nil)
	d.WakeWith(r.hub)
	s, pass := begin(t, d)
	c, _ := hello(t, r, pass, "")
	c.send(`{"t":"send","id":2,"cid":"c1","kind":"choice","body":{"entry":"idcard-lost"}}`)
	c.skipTo("ok")
	for id, score := range []int{1, 5} {
		c.send(`{"t":"rate","id":%d,"cid":"r%d","seq":2,"score":%d}`, id+3, id, score)
		if f := c.skipTo("ok"); f.ID != int64(id+3) || f.Seq != 2 || f.Dup != (id > 0) {
			t.Errorf("rated %d: %+v", score, f)
		}
	}
	again, _ := hello(t, r, s.pass(t, d), "")
	again.send(`{"t":"rate","id":9,"cid":"r9","seq":2,"score":3}`)
	if f := again.skipTo("ok"); !f.Dup {
		t.Errorf("rated on another connection: %+v", f)
	}
	for frame, code := range map[string]string{
		`{"t":"rate","id":5,"cid":"x1","seq":1,"score":5}`: "not_rated",
		`{"t":"rate","id":5,"cid":"x2","seq":7,"score":5}`: "not_rated",
		`{"t":"rate","id":5,"cid":"x3","seq":2,"score":9}`: "score",
		`{"t":"rate","id":5,"cid":"x4","score":5}`:         "not_rated",
		`{"t":"rate","id":5,"seq":2,"score":5}`:            "cid",
	} {
		again.send("%s", frame)
		if f := again.skipTo("err"); f.ID != 5 || f.Code != code || f.Temporary {
			t.Errorf("%s: %+v, want %s", frame, f, code)
		}
	}
}
