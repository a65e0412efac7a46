package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/problem"
)

// JobTake takes what has arrived.
const JobTake = "inbox.take"

const (
	maxArrivalKey   = 200              // bytes of a key or lane
	laneTogether    = 50               // arrivals of a lane in one transaction
	firstAgain      = 10 * time.Second // after which what could not be taken yet is first tried again
	waitAtMost      = time.Hour        // after which it is shown to staff instead
	stuckAfter      = 10 * time.Minute // after which staff see what still waits
	mostArrivals    = 100
	maxDropReason   = 200 // characters
	arrivalIsUntold = "inbox.early"
)

// InboundState is what has become of an arrival.
type InboundState string

// The states of arrivals.
const (
	InboundWaiting       InboundState = "waiting"
	InboundDone          InboundState = "done"
	InboundUnprocessable InboundState = "unprocessable" // refused by our rules; waits for staff
	InboundDropped       InboundState = "dropped"       // by staff, with a reason
)

// Arrival is a message of another system whose origin has been verified.
type Arrival struct {
	Source string // "{intake}/{name}", such as "12345/city" or "inbound/mayor"
	Key    string // what makes it one with its repeats within Source; at most 200 bytes
	Lane   string // those of one lane are taken in the order they came; empty: in any
	Type   string // media type of Body
	Body   []byte // as verified
}

// Inbound is an arrival as it is kept.
type Inbound struct {
	ID         string
	Seq        int64 // in the order they came
	Source     string
	Type       string
	Body       []byte // as it came; not in lists
	ReceivedAt time.Time
	State      InboundState
	Reason     string // code, of unprocessable ones
	Detail     string // sentence for staff; of dropped ones, why
	Subject    string // what came of it, such as a ticket's number
	Answer     []byte // what was answered, where repeats get the same
	Repeated   bool   // it had come before
	Laned      bool   // it belongs to a lane
	Version    int64
}

// InboundReader reads arrivals.
type InboundReader interface {
	// Inbound returns one. Inside a transaction it also locks it until the end.
	Inbound(ctx context.Context, id string) (Inbound, error)
	// InboundByKey is Inbound by what made it one with its repeats.
	InboundByKey(ctx context.Context, source, key string) (Inbound, error)
	// LastWaiting returns the newest of a lane that waits.
	LastWaiting(ctx context.Context, source, lane string) (Inbound, error)
	// LaneOf returns those of the lane of an arrival that wait, oldest first, at most
	// limit: itself alone where it has none. Inside a transaction it also locks them.
	LaneOf(ctx context.Context, id string, limit int) ([]Inbound, error)
	// Inbounds returns at most f.Limit without their bodies, the newest first.
	Inbounds(ctx context.Context, f InboundFilter) ([]Inbound, error)
}

// InboundWriter writes arrivals.
type InboundWriter interface {
	// InsertInbound stores an arrival; one whose key is known is a Conflict
	// "inbox.known", and the transaction goes on.
	InsertInbound(ctx context.Context, id string, a Arrival, at time.Time) error
	// UpdateInbound stores what has become of one that still has version was;
	// otherwise it is a Conflict "inbox.stale". What came never changes.
	UpdateInbound(ctx context.Context, in Inbound, was int64) error
}

// InboundFilter chooses arrivals.
type InboundFilter struct {
	States []InboundState
	Source string    // empty: any
	Stuck  time.Time // with those that wait since before it; zero: without
	Before int64     // only older ones; 0: any
	Limit  int
}

// Receive keeps what another system sent, and has it taken. When it returns
// without an error the message will not be lost. What is known by its key is not
// kept again: the first counts.
func (d *Desk) Receive(ctx context.Context, a Arrival) (Inbound, error) {
	if a.Key == "" || len(a.Key) > maxArrivalKey || len(a.Lane) > maxArrivalKey {
		return Inbound{}, problem.New(problem.Invalid, "inbox.key", "消息没有可用的编号。")
	}
	var in Inbound
	id := d.NewID()
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		at := d.at()
		err := tx.InsertInbound(ctx, id, a, at)
		if problem.HasCode(err, "inbox.known") {
			in, err = tx.InboundByKey(ctx, a.Source, a.Key)
			in.Repeated = true
			return err
		}
		if err != nil {
			return err
		}
		if in, err = tx.Inbound(ctx, id); err != nil {
			return err
		}
		return tx.Enqueue(ctx, takeJob(&in, at, at))
	})
	return in, err
}

type takeArgs struct {
	Inbound string `json:"inbound"`
}

func takeJob(in *Inbound, run, at time.Time) Job {
	key := in.ID + "/" + strconv.FormatInt(in.Version, 10) + "/" + run.Format(time.RFC3339Nano)
	return readyJob(JobTake, key, takeArgs{Inbound: in.ID}, run, at)
}

// takeLane takes what waits in the lane of an arrival, in order. What came before
// what it speaks of is passed over, and tried again after what follows and later;
// what fails for reasons of ours keeps those behind it waiting, but not for ever.
func (d *Desk) takeLane(ctx context.Context, tx Tx, j Job) (committed func(), err error) {
	args, err := argsOf[takeArgs](j)
	if err != nil {
		return nil, err
	}
	waiting, err := tx.LaneOf(ctx, args.Inbound, laneTogether)
	if err != nil {
		return nil, err
	}
	if len(waiting) > 0 && CarrierOf(waiting[0].Source) == WeChatCarrier { // see prepareTaking: these came later
		return func() {}, nil
	}
	after, why, err := d.takeWaiting(ctx, tx, waiting)
	if err != nil {
		return nil, err
	}
	own, err := tx.Inbound(ctx, args.Inbound)
	if err != nil || own.State != InboundWaiting {
		return runAll(after), err
	}
	return runAll(after), d.waitMore(ctx, tx, own, why[own.ID])
}

// takeWaiting takes arrivals in order, and says why some still wait.
func (d *Desk) takeWaiting(ctx context.Context, tx Tx, waiting []Inbound) (after []func(), why map[string]error, err error) {
	why = map[string]error{}
	for taken := true; taken; {
		taken = false
		var early []Inbound
		for i := range waiting {
			in := waiting[i]
			done, err := d.takeOne(ctx, tx, &in)
			switch {
			case err == nil:
				taken = true
				delete(why, in.ID)
				after = append(after, done)
			case problem.HasCode(err, arrivalIsUntold):
				early, why[in.ID] = append(early, in), err
			case passes(ctx, err):
				return nil, nil, err
			default:
				d.Log.ErrorContext(ctx, "an arrival could not be taken, will be tried again", "inbound", in.ID, "error", err)
				why[in.ID] = err
				return after, why, nil
			}
		}
		waiting = early
	}
	return after, why, nil
}

// passes reports whether a failure is one of the moment, after which everything is
// done again: the database's condition, or somebody was quicker.
func passes(ctx context.Context, err error) bool {
	e, ok := errors.AsType[*problem.Error](err)
	return ctx.Err() != nil || ok && (e.Code == "store.unavailable" || strings.HasSuffix(e.Code, ".stale"))
}

func runAll(all []func()) func() {
	return func() {
		for _, f := range all {
			if f != nil {
				f()
			}
		}
	}
}

// takeOne takes one arrival: what our rules refuse leaves nothing behind but its
// reason.
func (d *Desk) takeOne(ctx context.Context, tx Tx, in *Inbound) (committed func(), err error) {
	return d.takeOneBy(ctx, tx, in, d.takeIn)
}

// intake does what an arrival asks for and says in it what came of it.
type intake func(ctx context.Context, tx Tx, in *Inbound) (committed func(), err error)

func (d *Desk) takeOneBy(ctx context.Context, tx Tx, in *Inbound, take intake) (committed func(), err error) {
	came, was := *in, in.Version
	refusal := tx.Try(ctx, func(ctx context.Context, tx Tx) (err error) {
		committed, err = take(ctx, tx, in)
		return err
	})
	switch code := refusalCode(refusal); {
	case refusal == nil:
		in.State, in.Reason, in.Detail = InboundDone, "", ""
	case code == "" || strings.HasSuffix(code, ".stale"): // a failure of ours, too early, or somebody was quicker: again
		*in = came
		return nil, refusal
	default:
		*in = came
		return nil, d.showArrival(ctx, tx, in, refusal)
	}
	in.Version = was + 1
	return committed, tx.UpdateInbound(ctx, *in, was)
}

// showArrival shows to staff what was refused.
func (d *Desk) showArrival(ctx context.Context, tx Tx, in *Inbound, why error) error {
	was := in.Version
	unprocessable(in, why)
	in.Version = was + 1
	if err := tx.UpdateInbound(ctx, *in, was); err != nil {
		return err
	}
	return tx.Enqueue(ctx, d.channelNotice("inbox.unprocessable", in.Source, in.ID, d.at()))
}

// unprocessable says why an arrival was refused.
func unprocessable(in *Inbound, why error) {
	in.State, in.Reason, in.Detail = InboundUnprocessable, "inbox.failed", "系统处理时出错，请稍后再次处理，仍然不行请联系管理员。"
	if e, ok := errors.AsType[*problem.Error](why); ok {
		in.Reason, in.Detail = e.Code, e.Public
		for _, f := range e.Fields {
			in.Detail += f.Pointer + "：" + f.Message
		}
	}
}

// takeIn hands an arrival to the part of the desk it is for.
func (d *Desk) takeIn(ctx context.Context, tx Tx, in *Inbound) (committed func(), err error) {
	switch CarrierOf(in.Source) {
	case HotlineCarrier:
		return d.takeOrder(ctx, tx, in)
	case SMSCarrier:
		return nil, d.takeSMS(ctx, tx, in)
	case MailCarrier:
		return d.takeMail(ctx, tx, in)
	default:
		return func() {}, problem.New(problem.Invalid, "inbox.source", "没有能够处理这类消息的通道。")
	}
}

// waitMore tries an arrival again later. One that has a reason of its own to wait is
// shown to staff after a while instead.
func (d *Desk) waitMore(ctx context.Context, tx Tx, in Inbound, why error) error {
	at := d.at()
	age := at.Sub(in.ReceivedAt)
	if why == nil || age < waitAtMost {
		return tx.Enqueue(ctx, takeJob(&in, at.Add(min(max(firstAgain, age/2), waitAtMost)), at))
	}
	return d.showArrival(ctx, tx, &in, why)
}

// ArrivalPage is a page of arrivals.
type ArrivalPage struct {
	Arrivals []Inbound
	Next     int64 // Before of the next page; 0: this is the last
}

// Arrivals lists what could not be taken, and what has waited for long. Without
// states: both.
func (d *Desk) Arrivals(ctx context.Context, a Actor, f InboundFilter) (ArrivalPage, error) {
	if !a.Channels {
		return ArrivalPage{}, noChannels()
	}
	if len(f.States) == 0 {
		f.States, f.Stuck = []InboundState{InboundUnprocessable}, d.at().Add(-stuckAfter)
	}
	var p ArrivalPage
	var err error
	p.Arrivals, p.Next, err = pageOf(f.Limit, mostArrivals, func(limit int) ([]Inbound, error) {
		f.Limit = limit
		return d.Store.Inbounds(ctx, f)
	}, func(in *Inbound) int64 { return in.Seq })
	return p, err
}

// pageOf reads a page of what is wanted, never longer than most, and says after which
// row the next one begins; 0: there is none.
func pageOf[T any](wanted, most int, read func(limit int) ([]T, error), seq func(*T) int64) (page []T, next int64, err error) {
	if wanted <= 0 || wanted > most {
		wanted = most
	}
	found, err := read(wanted + 1)
	if err != nil || len(found) <= wanted {
		return found, 0, err
	}
	return found[:wanted], seq(&found[wanted-1]), nil
}

// TakeAgain has an arrival taken again that could not be, or that was dropped.
func (d *Desk) TakeAgain(ctx context.Context, a Actor, id string) error {
	return d.changeArrival(ctx, a, id, "inbox.take_again", func(in *Inbound) error {
		if in.State == InboundDone {
			return problem.New(problem.Conflict, "inbox.done", "这条消息已经处理完毕。")
		}
		in.State, in.Reason, in.Detail = InboundWaiting, "", ""
		return nil
	})
}

// DropArrival ends an arrival that could not be taken, for a reason.
func (d *Desk) DropArrival(ctx context.Context, a Actor, id, reason string) error {
	if err := checkDropReason(reason); err != nil {
		return err
	}
	return d.changeArrival(ctx, a, id, "inbox.drop", func(in *Inbound) error {
		if in.State != InboundUnprocessable {
			return problem.New(problem.Conflict, "inbox.not_unprocessable", "只有无法处理的消息才能作废。")
		}
		in.State, in.Detail = InboundDropped, reason
		return nil
	})
}

func checkDropReason(reason string) error {
	if n := len([]rune(reason)); n == 0 || n > maxDropReason {
		return problem.New(problem.Invalid, "channel.reason", "请用一至二百字说明理由。")
	}
	return nil
}

func (d *Desk) changeArrival(ctx context.Context, a Actor, id, action string, change func(in *Inbound) error) error {
	if !a.Channels {
		return noChannels()
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		in, err := tx.Inbound(ctx, id)
		if err != nil {
			return err
		}
		was, at := in.Version, d.at()
		if err := change(&in); err != nil {
			return err
		}
		in.Version++
		if err := tx.UpdateInbound(ctx, in, was); err != nil {
			return err
		}
		if in.State == InboundWaiting {
			if err := tx.Enqueue(ctx, takeJob(&in, at, at)); err != nil {
				return err
			}
		}
		return tx.Record(ctx, audit.Entry{At: at, Actor: a.ID, Action: action, Object: "inbound/" + id, Detail: map[string]string{"source": in.Source}})
	})
}

// HookDenied is what everybody is told who is not certainly the other side.
func HookDenied() error { return problem.New(problem.Denied, "hook.denied", "无法确认来源。") }

// noChannels is the answer to whoever may not look after what goes in and out.
func noChannels() error {
	return problem.New(problem.Denied, "channel.denied", "您的岗位不能管理对外通道。")
}

// Fingerprint is a short key for a message that has no number of its own: the
// same bytes, the same key.
func Fingerprint(body []byte) string {
	return base64.RawURLEncoding.EncodeToString(digest(string(body)))
}
