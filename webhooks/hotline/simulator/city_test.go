package simulator_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/hotline"
	"jiesu/webhooks/hotline/simulator"
)

func noon() time.Time { return time.Date(2026, 6, 8, 4, 0, 0, 0, time.UTC) }

func lock(t *testing.T) hotline.Lock {
	t.Helper()
	l, err := hotline.NewHMAC("city", []byte("a secret of 16 bytes"), "sm3", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// clerk is a desk with nobody else in it: it takes what the city says once and
// answers as the script of each order wants.
type clerk struct {
	platform hotline.Platform
	city     *hotline.Client
	keys     map[string]bool
	acts     []string         // in the order they were taken first
	news     chan hotline.Act // taken
	done     chan error       // of its work
	returned map[hotline.ID]int
}

func (k *clerk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	all, err := k.platform.Open(hotline.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header, Body: body}, noon())
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	for _, m := range all {
		if !k.keys[m.Key] {
			k.keys[m.Key] = true
			a, err := k.platform.Read(m.Raw)
			if err != nil {
				k.done <- err
			}
			k.acts = append(k.acts, fmt.Sprintf("%s %d", a.Kind, a.DispatchSeq))
			k.news <- a
		}
	}
	_, _ = w.Write(k.platform.Dialect.Taken())
}

// work signs, asks to return as often as it is told to, asks for time, and
// completes, until all orders have ended.
func (k *clerk) work(ctx context.Context, orders, returns int) error {
	for n := 0; orders > 0; {
		a := <-k.news
		if a.Kind == hotline.ActArchive || a.Kind == hotline.ActReturn && a.Decision.Granted {
			orders--
		}
		op := hotline.Op{OrderNo: a.OrderNo, DispatchSeq: a.DispatchSeq, At: noon()}
		switch {
		case a.Kind == hotline.ActDispatch || a.Kind == hotline.ActReopen:
			op.Kind = hotline.OpSign
		case (a.Kind == hotline.ActSuppl || a.Kind == hotline.ActReturn && !a.Decision.Granted) && k.returned[a.OrderNo] < returns:
			k.returned[a.OrderNo]++
			op.Kind, op.Return = hotline.OpReturn, &hotline.Return{Reason: hotline.WrongArea, Text: "不在辖区"}
		case a.Kind == hotline.ActReturn && !a.Decision.Granted, a.Kind == hotline.ActSuppl:
			op.Kind, op.Extend = hotline.OpExtend, &hotline.Extend{Reason: "需要调查", Amount: 3, Unit: hotline.Workday}
		case a.Kind == hotline.ActExtend && a.Decision.Granted, a.Kind == hotline.ActComplete && !a.Decision.Granted:
			op.Kind, op.Complete = hotline.OpComplete, &hotline.Complete{Result: hotline.Solved, Content: "已处理"}
		default:
			continue
		}
		n++
		op.ID = fmt.Sprintf("op-%d", n)
		if err := k.send(ctx, op); err != nil {
			return err
		}
		if a.Kind == hotline.ActReopen {
			n++
			op = hotline.Op{ID: fmt.Sprintf("op-%d", n), Kind: hotline.OpComplete, OrderNo: a.OrderNo, DispatchSeq: a.DispatchSeq, At: noon(), Complete: &hotline.Complete{Result: hotline.Solved, Content: "已重新处理"}}
			if err := k.send(ctx, op); err != nil {
				return err
			}
		}
	}
	return nil
}

// send asks until the city has answered.
func (k *clerk) send(ctx context.Context, op hotline.Op) error {
	for range 20 {
		once, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		a, err := k.city.Send(once, &op, noon())
		cancel()
		switch {
		case err != nil:
			return err
		case a.Outcome == hotline.Arrived:
			return nil
		case a.Outcome == hotline.Refused:
			return fmt.Errorf("%s was refused: %+v", op.Kind, a)
		}
	}
	return fmt.Errorf("%s was never taken", op.Kind)
}

// played plays a city to the end and returns what it printed.
func played(t *testing.T, o simulator.Options, returns int) (*simulator.City, *clerk, string) {
	t.Helper()
	var out bytes.Buffer
	k := &clerk{keys: map[string]bool{}, news: make(chan hotline.Act, 100), done: make(chan error, 100), returned: map[hotline.ID]int{}}
	k.platform = hotline.Platform{Lock: lock(t), Dialect: hotline.Canonical{}}
	desk := httptest.NewServer(k)
	t.Cleanup(desk.Close)
	o.Lock, o.HTTP, o.Desk, o.Now, o.Pause, o.Out = lock(t), desk.Client(), desk.URL+"/webhooks/12345/city", noon, time.Millisecond, &out
	city, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	hall := httptest.NewServer(city)
	t.Cleanup(hall.Close)
	if k.city, err = hotline.NewClient(&k.platform, hall.Client(), hall.URL+"/api"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() { k.done <- k.work(ctx, o.Orders, returns) }()
	if err := city.Play(ctx); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if err := <-k.done; err != nil {
		t.Fatal(err)
	}
	return city, k, out.String()
}

func TestTheWholeLifeOfAnOrderIsPlayed(t *testing.T) {
	t.Parallel()
	city, k, out := played(t, simulator.Options{Orders: 1, RefuseReturns: 1, RejectResults: 1, Unsatisfied: 1}, 1)
	want := []string{
		"dispatch 1", "urge 1", "supervise 1", "supplement 1", "return_decision 1", "extend_decision 1", "complete_decision 1", "complete_decision 1", "visit 1",
		"reopen 2", "complete_decision 2", "visit 2", "archive 2",
	}
	if !slices.Equal(k.acts, want) {
		t.Errorf("%v", k.acts)
	}
	if f := city.Figures(); f != (simulator.Figures{Acts: 13, ActTries: 13, Ops: 7, OpTries: 7, Archived: 1}) {
		t.Errorf("%+v", f)
	}
	for _, line := range []string{"第1次派单：平台派单", "收到退单", "平台退单审核", "第2次派单：平台重办", "第2次派单：平台归档", "归档 1 件"} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is not printed:\n%s", line, out)
		}
	}
}

func TestAReturnIsGrantedInTheEnd(t *testing.T) {
	t.Parallel()
	city, _, _ := played(t, simulator.Options{Orders: 2, RefuseReturns: 1}, 2)
	if f := city.Figures(); f.Returned != 2 || f.Archived != 0 {
		t.Errorf("%+v", f)
	}
}

func TestFaultsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	city, k, out := played(t, simulator.Options{
		Orders: 2, Unsatisfied: 1, RefuseReturns: 1,
		Faults: simulator.Faults{Broken: 1, Gone: 1, Lost: 1, Hang: 1, Twice: true, Shuffled: true},
	}, 1)
	f := city.Figures()
	if f.Archived != 2 || f.Refused != 0 || f.OpTries < 5*f.Ops || f.ActTries != 2*f.Acts || f.Acts != len(k.acts) || f.Ops != 12 {
		t.Errorf("%+v, %d acts\n%s", f, len(k.acts), out)
	}
	t.Logf("%d operations in %d tries, each taken once, %d refused; %d acts sent %d times, each taken once", f.Ops, f.OpTries, f.Refused, f.Acts, f.ActTries)
	if k.acts[0] != "urge 1" || k.acts[1] != "dispatch 1" {
		t.Errorf("not out of order: %v", k.acts[:2])
	}
}

func TestWhatTheStateDoesNotAllowIsRefusedOnceAndForAll(t *testing.T) {
	t.Parallel()
	city, k, _ := played(t, simulator.Options{Orders: 1}, 0)
	number := hotline.ID("20260608040000001")
	for _, c := range []struct {
		op   hotline.Op
		code string
	}{
		{hotline.Op{ID: "late", Kind: hotline.OpSign, OrderNo: number, At: noon()}, "E_STATE"},
		{hotline.Op{ID: "late", Kind: hotline.OpSign, OrderNo: number, At: noon()}, "E_STATE"},
		{hotline.Op{ID: "wrong", Kind: hotline.OpSign, OrderNo: "1", At: noon()}, "E_ORDER"},
		{hotline.Op{ID: "old", Kind: hotline.OpSign, OrderNo: number, DispatchSeq: 9, At: noon()}, "E_ORDER"},
	} {
		if a, err := k.city.Send(t.Context(), &c.op, noon()); err != nil || a.Outcome != hotline.Refused || a.Code != c.code {
			t.Errorf("%s: %+v, %v", c.op.ID, a, err)
		}
	}
	if f := city.Figures(); f.Refused != 3 {
		t.Errorf("%+v", f)
	}
	stranger := k.platform
	stranger.Lock, _ = hotline.NewHMAC("city", []byte("another secret of 16 bytes"), "sm3", rand.Reader)
	other := *k.city
	other.Platform = &stranger
	if a, err := other.Send(t.Context(), &hotline.Op{ID: "x", Kind: hotline.OpSign, OrderNo: number, At: noon()}, noon()); err != nil || a.Status != http.StatusForbidden {
		t.Errorf("a stranger: %+v, %v", a, err)
	}
}

func TestTheListOfOpenOrdersDiffersOnDemand(t *testing.T) {
	t.Parallel()
	for _, differ := range []bool{false, true} {
		desk := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		t.Cleanup(desk.Close)
		city, err := simulator.New(simulator.Options{Lock: lock(t), HTTP: desk.Client(), Desk: desk.URL, Orders: 2, Differ: differ, Now: noon, Out: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		hall := httptest.NewServer(city)
		t.Cleanup(hall.Close)
		ask, err := hotline.NewClient(&hotline.Platform{Lock: lock(t), Dialect: hotline.Canonical{}}, hall.Client(), hall.URL)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- city.Play(ctx) }()
		var list []hotline.Listed
		for len(list) < 2 { // until both are dispatched
			if list, err = ask.Orders(ctx, noon()); err != nil {
				t.Fatal(err)
			}
		}
		cancel()
		if err := <-ended; err == nil {
			t.Error("it ended though orders are open")
		}
		if differ != slices.ContainsFunc(list, func(l hotline.Listed) bool { return l.OrderNo == "99999999999999999" }) {
			t.Errorf("differ %v: %+v", differ, list)
		}
	}
}

func TestADeskThatRefusesEndsThePlay(t *testing.T) {
	t.Parallel()
	status, calls := http.StatusBadGateway, 0
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls == 3 {
			status = http.StatusForbidden
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(desk.Close)
	city, err := simulator.New(simulator.Options{Lock: lock(t), HTTP: desk.Client(), Desk: desk.URL, Orders: 1, Now: noon, Out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := city.Play(t.Context()); err == nil || !strings.Contains(err.Error(), "403") || city.Figures().ActTries != 3 {
		t.Errorf("%v, %+v", err, city.Figures())
	}
	if _, err := simulator.New(simulator.Options{Desk: "nowhere"}); err == nil {
		t.Error("no desk")
	}
}
