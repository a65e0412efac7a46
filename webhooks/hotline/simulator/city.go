package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"jiesu/webhooks/hotline"
)

// Options say which city to play.
type Options struct {
	Lock   hotline.Lock // of the city: it opens what the desk seals
	HTTP   *http.Client
	Desk   string // where the desk takes what the platform says
	Orders int    // how many are dispatched

	RefuseReturns int // so many returns of an order are refused before one is granted
	RejectResults int // so many results of an order are sent back before one is accepted
	Unsatisfied   int // so many dispatches of an order end with an appellant who is not satisfied

	Faults Faults
	Differ bool // the list of open orders is not what it should be
	Now    func() time.Time
	Pause  time.Duration // before what the desk did not take is sent again, and within what is shuffled
	Out    io.Writer     // a line per step
}

// Faults are what goes wrong, with every operation of the desk and with every act
// of the city.
type Faults struct {
	Broken   int  // first tries of an operation that are answered 500
	Gone     int  // tries after these whose connection breaks before it is read
	Lost     int  // tries after these that are taken and never answered
	Hang     int  // tries after these that are taken and answered when nobody listens any more
	Twice    bool // every act is sent twice
	Shuffled bool // an urge is sent a pause before its dispatch
}

// Figures count what has happened.
type Figures struct {
	Acts, ActTries int // of the city; how often they were sent
	Ops, OpTries   int // of the desk; how often they came
	Refused        int // operations that the state of the order did not allow
	Archived       int
	Returned       int
}

// City is a platform being played.
type City struct {
	o        Options
	platform hotline.Platform
	desk     *url.URL

	mu      sync.Mutex
	orders  map[hotline.ID]*file
	numbers []hotline.ID // in the order they were dispatched
	ops     map[string]*seen
	figures Figures
	news    []hotline.Op  // taken and not reacted to
	wake    chan struct{} // there is news

	writing sync.Mutex
}

// file is what the city knows of an order.
type file struct {
	order   hotline.Order
	state   hotline.State
	returns int
	results int
	visits  int
	acts    int  // numbers them
	pushed  bool // the desk gave it to the city
}

// seen is an operation that has come.
type seen struct {
	tries  int
	answer string     // once it was taken or refused
	number hotline.ID // of the order it opened
}

// New returns a city that has dispatched nothing yet.
func New(o Options) (*City, error) {
	desk, err := url.Parse(o.Desk)
	if err != nil || desk.Host == "" {
		return nil, errors.New("simulator: the desk's address is a URL")
	}
	return &City{
		o: o, desk: desk, platform: hotline.Platform{Lock: o.Lock, Dialect: hotline.Canonical{}},
		orders: map[hotline.ID]*file{}, ops: map[string]*seen{}, wake: make(chan struct{}, 1),
	}, nil
}

// Figures tell what has happened so far.
func (c *City) Figures() Figures {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.figures
}

// Play dispatches the orders and plays their lives to the end.
func (c *City) Play(ctx context.Context) error {
	for n := range c.o.Orders {
		if err := c.dispatch(ctx, n); err != nil {
			return err
		}
	}
	for {
		op, open := c.next()
		switch {
		case op != nil:
			if err := c.react(ctx, op); err != nil {
				return err
			}
		case !open:
			c.sum("全部结束")
			return nil
		default:
			select {
			case <-c.wake:
			case <-ctx.Done():
				c.sum("停止")
				return ctx.Err()
			}
		}
	}
}

// sum prints the figures.
func (c *City) sum(how string) {
	f := c.Figures()
	c.say("%s：归档 %d 件，退单 %d 件；平台消息 %d 条，发送 %d 次；收到操作 %d 项，共 %d 次，拒绝 %d 项", how, f.Archived, f.Returned, f.Acts, f.ActTries, f.Ops, f.OpTries, f.Refused)
}

// next takes the oldest news; without any it tells whether there may be more.
func (c *City) next() (op *hotline.Op, open bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.news) > 0 {
		op, c.news = &c.news[0], c.news[1:]
		return op, true
	}
	return nil, c.figures.Archived+c.figures.Returned < len(c.orders)
}

func (c *City) say(format string, args ...any) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_, _ = fmt.Fprintf(c.o.Out, format+"\n", args...)
}

// wait pauses before another try.
func (c *City) wait(ctx context.Context) error {
	pause := time.NewTimer(c.o.Pause)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
