package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"jiesu/webhooks/hotline"
)

// maxBody is how much of a request is read.
const maxBody = 32 << 20

// The codes the city answers with.
const (
	fine    = "0"
	noOrder = "E_ORDER"
	noState = "E_STATE"
	noSense = "E_FORM"
)

// ServeHTTP takes operations and lists open orders.
func (c *City) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	opened, err := c.o.Lock.Open(hotline.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: body}, c.o.Now())
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, hotline.PathOrders):
		write(w, map[string]any{"code": fine, "orders": c.list()})
	case strings.HasSuffix(r.URL.Path, hotline.PathOps):
		c.takeOp(w, r, opened)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever is gone does not wait for it
}

// fault is what goes wrong with a try.
type fault int

const (
	none fault = iota
	broken
	gone
	lost
	hang
)

// of tells what goes wrong with which try of an operation.
func (f *Faults) of(try int) fault {
	for _, one := range []struct {
		is    fault
		tries int
	}{{broken, f.Broken}, {gone, f.Gone}, {lost, f.Lost}, {hang, f.Hang}} {
		if try <= one.tries {
			return one.is
		}
		try -= one.tries
	}
	return none
}

func (c *City) takeOp(w http.ResponseWriter, r *http.Request, body []byte) {
	op, err := hotline.ParseOp(body)
	if err != nil {
		write(w, map[string]string{"code": noSense})
		return
	}
	what := c.o.Faults.of(c.count(op.ID))
	switch what {
	case broken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case gone:
		panic(http.ErrAbortHandler) // as the server cuts a connection
	case none, lost, hang:
	}
	code := c.enter(&op)
	switch what {
	case lost:
		panic(http.ErrAbortHandler)
	case hang:
		<-r.Context().Done()
	case none, broken, gone:
		write(w, map[string]string{"code": code, "order_no": string(c.numberOf(&op))})
	}
}

// count counts a try.
func (c *City) count(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ops[id] == nil {
		c.ops[id] = &seen{}
	}
	c.ops[id].tries++
	c.figures.OpTries++
	return c.ops[id].tries
}

// enter takes an operation, once.
func (c *City) enter(op *hotline.Op) (code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.ops[op.ID]
	if known.answer != "" {
		return known.answer
	}
	if op.Kind == hotline.OpPush {
		known.answer, known.number = fine, c.file(op)
	} else {
		known.answer = c.judge(op)
	}
	if known.answer != fine {
		c.figures.Refused++
		c.say("%s：拒绝%s（%s）", op.OrderNo, op.Kind.Title(), known.answer)
		return known.answer
	}
	c.figures.Ops++
	c.sayTaken(op)
	c.news = append(c.news, *op)
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
	return fine
}

// numberOf is what the city calls the order of an operation it has taken.
func (c *City) numberOf(op *hotline.Op) hotline.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.ops[op.ID].number; n != "" {
		return n
	}
	return op.OrderNo
}

// file opens an order of the desk's under a number of the city's.
func (c *City) file(op *hotline.Op) hotline.ID {
	number := hotline.ID(fmt.Sprintf("P%d", len(c.orders)+1))
	c.orders[number] = &file{order: hotline.Order{OrderNo: number, Title: op.Push.Title}, state: hotline.Handling, pushed: true}
	return number
}

func (c *City) sayTaken(op *hotline.Op) {
	if op.Kind == hotline.OpPush {
		c.say("%s：收到推送，编为%s", op.Push.OrderNo, c.ops[op.ID].number)
		return
	}
	c.say("%s 第%d次派单：收到%s", op.OrderNo, c.orders[op.OrderNo].order.DispatchSeq, op.Kind.Title())
	if r := op.Complete; r != nil {
		for _, f := range r.Attachments {
			c.say("%s：收到附件，%s，%d 字节", op.OrderNo, f.Type, len(f.Data))
		}
	}
}

// judge moves the order on, or says why not.
func (c *City) judge(op *hotline.Op) (code string) {
	f := c.orders[op.OrderNo]
	if f == nil || f.pushed || op.DispatchSeq != 0 && op.DispatchSeq != f.order.DispatchSeq {
		return noOrder
	}
	from, to := moves(op.Kind)
	if !slices.Contains(from, f.state) {
		return noState
	}
	if to != "" {
		f.state = to
	}
	return fine
}

// moves tells in which states an operation is taken and where it leads; empty is
// nowhere.
func moves(k hotline.OpKind) (from []hotline.State, to hotline.State) {
	switch k {
	case hotline.OpSign:
		return []hotline.State{hotline.ToSign}, hotline.Handling
	case hotline.OpReturn:
		return []hotline.State{hotline.ToSign, hotline.Handling}, hotline.ReturnAsked
	case hotline.OpExtend:
		return []hotline.State{hotline.Handling}, hotline.ExtendAsked
	case hotline.OpProgress:
		return []hotline.State{hotline.ToSign, hotline.Handling, hotline.ReturnAsked, hotline.ExtendAsked}, ""
	case hotline.OpComplete:
		return []hotline.State{hotline.Handling, hotline.ExtendAsked}, hotline.InReview
	case hotline.OpWithdraw:
		return []hotline.State{hotline.ReturnAsked, hotline.ExtendAsked}, hotline.Handling
	case hotline.OpPush:
	}
	return nil, ""
}

// list is the open orders; where it is to differ, one is left out, one has another
// date, and one is nobody's.
func (c *City) list() []hotline.Listed {
	c.mu.Lock()
	defer c.mu.Unlock()
	var open []hotline.Listed
	for _, number := range c.numbers {
		if f := c.orders[number]; f.open() {
			open = append(open, hotline.Listed{OrderNo: number, DispatchSeq: f.order.DispatchSeq, State: f.state, ReplyBy: f.order.Deadlines.ReplyBy})
		}
	}
	if !c.o.Differ {
		return open
	}
	const stranger = "99999999999999999"
	if len(open) > 0 {
		open = open[1:]
	}
	if len(open) > 0 {
		open[0].ReplyBy = open[0].ReplyBy.Add(-time.Hour)
	}
	return append(open, hotline.Listed{OrderNo: stranger, DispatchSeq: 1, State: hotline.Handling})
}

func (f *file) open() bool { return f.state != hotline.Archived && f.state != hotline.Returned }
