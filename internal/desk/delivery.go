package desk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// JobDeliveryLate looks whether a delivery has arrived in time.
const JobDeliveryLate = "delivery.late"

// whatUntold is a notice that a message to staff has not arrived.
const whatUntold = "delivery.untold"

const mostDeliveries = 100

// DeliveryState is what has become of a delivery.
type DeliveryState string

// The states of deliveries.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliverySent    DeliveryState = "sent"    // the peer has taken it
	DeliveryDead    DeliveryState = "dead"    // refused, or tried for too long; waits for staff
	DeliveryDropped DeliveryState = "dropped" // by staff, with a reason
	DeliverySkipped DeliveryState = "skipped" // there was nobody to send it to, or nobody wanted it
)

// Delivery is a message to another system or person, kept until it has arrived.
type Delivery struct {
	ID        string // the same in every attempt: what the peer knows repeats by
	Seq       int64  // in the order they were written; the store gives it
	Route     string // "{carrier}/{name}", such as "12345/city" or "webhook/{endpoint}"
	Lane      string // those of a route and lane leave one after the other; empty: alone
	Kind      string // what it tells, such as "ticket.answered"
	Ticket    string // number; may be empty
	Body      []byte // what the carrier needs; not in lists
	State     DeliveryState
	Reason    string // code or sentence: why it is dead, dropped or skipped
	Tries     int
	NextAt    time.Time
	CreatedAt time.Time
	EndedAt   time.Time // zero: it waits
	AlarmAt   time.Time // when staff hear that it has not arrived; zero: only once it is dead
	Version   int64
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes of attempts.
const (
	Arrived      Outcome = "arrived"
	TryLater     Outcome = "later"   // the peer could not take it now
	PeerRefused  Outcome = "refused" // trying again will not help
	NobodyKnows  Outcome = "unknown" // it was sent, and no answer came
	NotDelivered Outcome = "skipped" // there is nothing to send any more, for a reason
)

// Attempt is one try to deliver.
type Attempt struct {
	Delivery string // id
	No       int    // from 1
	At       time.Time
	Took     time.Duration
	Outcome  Outcome
	Status   int    // of HTTP, or the peer's own number; 0: none
	Detail   string // nothing personal
	Number   string // what the peer calls it from now on; kept by whoever sent it, not here
	// After is how long the peer asks to be left alone. It is not kept with the
	// attempt: its route is held.
	After time.Duration
}

// DeliveryReader reads deliveries.
type DeliveryReader interface {
	// Delivery returns one. Inside a transaction it also locks it until the end.
	Delivery(ctx context.Context, id string) (Delivery, error)
	// Deliveries returns at most f.Limit, the newest first, without their bodies
	// unless f wants them.
	Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error)
	// Attempts returns those of a delivery, in order.
	Attempts(ctx context.Context, id string) ([]Attempt, error)
	// DueRoutes returns the routes on which something may leave at a time.
	DueRoutes(ctx context.Context, at time.Time) ([]string, error)
}

// DeliveryWriter writes deliveries.
type DeliveryWriter interface {
	InsertDelivery(ctx context.Context, ds ...Delivery) error
	// ClaimDeliveries leases at most limit of a route that may leave, until the
	// given time, and counts the try. Of a lane only the first is ever leased: one
	// that waits or is dead holds up what follows.
	ClaimDeliveries(ctx context.Context, route string, at, until time.Time, limit int) ([]Delivery, error)
	// UpdateDelivery stores what has become of one that still has version was, and
	// ends its lease; otherwise it is a Conflict "delivery.stale".
	UpdateDelivery(ctx context.Context, v Delivery, was int64) error
	InsertAttempt(ctx context.Context, a Attempt) error
	// TakePlace lets a delivery leave when another of its lane would, which is over:
	// what waited behind that waits behind it.
	TakePlace(ctx context.Context, id, of string) error
	// HoldRoute lets nothing leave on a route before a time, whatever was said about
	// it earlier.
	HoldRoute(ctx context.Context, route string, until time.Time) error
}

// DeliveryFilter chooses deliveries.
type DeliveryFilter struct {
	IDs    []string        // empty: any
	States []DeliveryState // empty: any
	Route  string          // or the part of it before "/"; empty: any
	Ticket string          // number; empty: any
	Before int64           // only older ones; 0: any
	Bodies bool            // with what they bring
	Limit  int
}

// send has deliveries carried out once tx is committed.
func (d *Desk) send(ctx context.Context, tx Tx, vs ...Delivery) error {
	var jobs []Job
	at := d.at()
	for i := range vs {
		v := &vs[i]
		v.ID, v.State, v.CreatedAt, v.Version = cmp.Or(v.ID, d.NewID()), cmp.Or(v.State, DeliveryWaiting), at, 1
		if v.NextAt.IsZero() {
			v.NextAt = at
		}
		if v.State == DeliverySkipped {
			v.EndedAt = at
		}
		if !v.AlarmAt.IsZero() {
			jobs = append(jobs, readyJob(JobDeliveryLate, v.ID, lateArgs{Delivery: v.ID}, v.AlarmAt, at))
		}
	}
	if err := tx.InsertDelivery(ctx, vs...); err != nil || len(jobs) == 0 {
		return err
	}
	return tx.Enqueue(ctx, jobs...)
}

type lateArgs struct {
	Delivery string `json:"delivery"`
}

// tellLate tells staff of a delivery that has not arrived in time.
func (d *Desk) tellLate(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[lateArgs](j)
	if err != nil {
		return err
	}
	v, err := tx.Delivery(ctx, args.Delivery)
	if err != nil || v.State != DeliveryWaiting && v.State != DeliveryDead {
		return err
	}
	return tx.Enqueue(ctx, d.deliveryNotice("delivery.late", &v))
}

// Settle stores how an attempt to deliver v ended. again is how long to wait
// before the next; 0: there is none, and it is dead where it has not arrived.
func (d *Desk) Settle(ctx context.Context, v Delivery, a Attempt, again time.Duration) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		v, was := v, v.Version
		v.Version++
		v.Reason = ""
		switch {
		case a.Outcome == Arrived:
			v.State, v.EndedAt = DeliverySent, d.at()
		case a.Outcome == NotDelivered:
			v.State, v.EndedAt, v.Reason = DeliverySkipped, d.at(), a.Detail
		case a.Outcome == PeerRefused:
			v.State, v.EndedAt, v.Reason = DeliveryDead, d.at(), "peer.refused"
		case again == 0:
			v.State, v.EndedAt, v.Reason = DeliveryDead, d.at(), "peer.unreachable"
		default:
			v.NextAt = d.at().Add(again)
		}
		if err := tx.UpdateDelivery(ctx, v, was); err != nil {
			return err
		}
		if err := tx.InsertAttempt(ctx, a); err != nil {
			return err
		}
		if a.After > 0 {
			if err := tx.HoldRoute(ctx, v.Route, d.at().Add(a.After)); err != nil {
				return err
			}
		}
		if v.State == DeliveryDead {
			if err := tx.Enqueue(ctx, d.deliveryNotice("delivery.dead", &v)); err != nil {
				return err
			}
		}
		return d.afterAttempt(ctx, tx, &v, a)
	})
}

// afterAttempt tells the part of the desk that sent v how its attempt ended.
func (d *Desk) afterAttempt(ctx context.Context, tx Tx, v *Delivery, a Attempt) error {
	switch CarrierOf(v.Route) {
	case HotlineCarrier:
		return d.afterOp(ctx, tx, v, a)
	case SMSCarrier:
		return d.keepReceipt(ctx, tx, v, a)
	case WeChatCarrier:
		return d.afterWeChat(ctx, tx, v, a)
	case WebhookCarrier:
		return d.afterHook(ctx, tx, v, a)
	}
	return nil
}

// DeliveryPage is a page of deliveries.
type DeliveryPage struct {
	Deliveries []Delivery
	Next       int64 // Before of the next page; 0: this is the last
}

// DeliveryView is a delivery with its attempts.
type DeliveryView struct {
	Delivery

	Attempts []Attempt
}

// Deliveries lists what was sent; without states, what waits or is dead.
func (d *Desk) Deliveries(ctx context.Context, a Actor, f DeliveryFilter) (DeliveryPage, error) {
	if !a.Channels {
		return DeliveryPage{}, noChannels()
	}
	if f.Ticket != "" { // that there is something to find would tell of a ticket
		ok, err := d.seesNumber(ctx, &a, f.Ticket)
		if err != nil || !ok {
			return DeliveryPage{}, err
		}
	}
	if len(f.States) == 0 {
		f.States = []DeliveryState{DeliveryWaiting, DeliveryDead}
	}
	var p DeliveryPage
	var err error
	p.Deliveries, p.Next, err = pageOf(f.Limit, mostDeliveries, func(limit int) ([]Delivery, error) {
		f.Limit = limit
		return d.Store.Deliveries(ctx, f)
	}, func(v *Delivery) int64 { return v.Seq })
	if err != nil {
		return DeliveryPage{}, err
	}
	return p, d.hideNumbers(ctx, &a, p.Deliveries)
}

// DeliveryOf is one delivery with its attempts, without its body.
func (d *Desk) DeliveryOf(ctx context.Context, a Actor, id string) (DeliveryView, error) {
	if !a.Channels {
		return DeliveryView{}, noChannels()
	}
	v, err := d.Store.Delivery(ctx, id)
	if err == nil {
		err = d.mayTouch(ctx, d.Store, &a, &v)
	}
	if err != nil {
		return DeliveryView{}, err
	}
	v.Body = nil
	shown := []Delivery{v}
	if err := d.hideNumbers(ctx, &a, shown); err != nil {
		return DeliveryView{}, err
	}
	attempts, err := d.Store.Attempts(ctx, id)
	return DeliveryView{Delivery: shown[0], Attempts: attempts}, err
}

// Replay sends again what is dead or was dropped, under the same id, though the
// peer had asked to be left alone.
func (d *Desk) Replay(ctx context.Context, a Actor, id string) error {
	return d.changeDelivery(ctx, a, id, "delivery.replay", func(ctx context.Context, tx Tx, v *Delivery) error {
		if v.State != DeliveryDead && v.State != DeliveryDropped {
			return problem.New(problem.Conflict, "delivery.not_dead", "只有没有送达、已经停止的消息才能重发。")
		}
		v.revive(d.at())
		return tx.HoldRoute(ctx, v.Route, d.at())
	})
}

// revive lets v leave again, as if it never had.
func (v *Delivery) revive(at time.Time) {
	v.State, v.Reason, v.Tries, v.NextAt, v.EndedAt = DeliveryWaiting, "", 0, at, time.Time{}
}

// DropDelivery ends a delivery that has not arrived, for a reason; what waits
// behind it may leave.
func (d *Desk) DropDelivery(ctx context.Context, a Actor, id, reason string) error {
	if err := checkDropReason(reason); err != nil {
		return err
	}
	return d.changeDelivery(ctx, a, id, "delivery.drop", func(_ context.Context, _ Tx, v *Delivery) error {
		if v.State != DeliveryDead && v.State != DeliveryWaiting {
			return problem.New(problem.Conflict, "delivery.ended", "这条消息已经结束。")
		}
		v.State, v.Reason, v.EndedAt = DeliveryDropped, reason, d.at()
		return nil
	})
}

func (d *Desk) changeDelivery(ctx context.Context, a Actor, id, action string, change func(ctx context.Context, tx Tx, v *Delivery) error) error {
	if !a.Channels {
		return noChannels()
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		v, err := tx.Delivery(ctx, id)
		if err == nil {
			err = d.mayTouch(ctx, tx, &a, &v)
		}
		if err != nil {
			return err
		}
		was := v.Version
		if err := change(ctx, tx, &v); err != nil {
			return err
		}
		v.Version++
		if err := tx.UpdateDelivery(ctx, v, was); err != nil {
			return err
		}
		if CarrierOf(v.Route) == HotlineCarrier {
			if err := d.carryOp(ctx, tx, &v); err != nil {
				return err
			}
		}
		return tx.Record(ctx, audit.Entry{
			At: d.at(), Actor: a.ID, Action: action, Object: "delivery/" + id, Detail: map[string]string{"route": v.Route},
		})
	})
}

// deliveryNotice tells the task force of a delivery. It names no ticket: some must
// keep away from it, and the list of deliveries knows whom to show which. That
// staff were not told is itself told once a day, and on the pages only: a message
// about a message that did not arrive would not arrive either, for ever.
func (d *Desk) deliveryNotice(what string, v *Delivery) Job {
	at := d.at()
	if v.Kind == JobDigest || v.Kind == RobotTest {
		return noticeJob(JobNotifyStaff, channelArgs(whatUntold, v.Route), whatUntold+"/"+v.Route+"/"+dayOf(at), at)
	}
	return d.channelNotice(what, v.Route, v.ID, at)
}

// channelNotice tells the task force what happened on a channel.
func (d *Desk) channelNotice(what, about, cause string, at time.Time) Job {
	return noticeJob(JobNotifyStaff, channelArgs(what, about), what+"/"+cause+"/"+at.Format(time.RFC3339Nano), at)
}

func channelArgs(what, about string) noticeArgs {
	return noticeArgs{What: what, About: about, Unit: assignment.TaskForce, To: toTaskForce}
}

// follower is told of each step of a ticket, the first included, in the step's
// transaction. It writes what others are to hear of it, and nothing else.
type follower func(ctx context.Context, tx Tx, before, t *ticket.Ticket, e ticket.Event) error

// followers are all of them.
func (d *Desk) followers() []follower {
	return []follower{d.followMail, d.tellEndpoints, d.tellWriter, d.followOrder}
}

// tellOthers lets the followers write what others are to hear of a step.
func (d *Desk) tellOthers(ctx context.Context, tx Tx, before, t *ticket.Ticket, e ticket.Event) error {
	for _, follow := range d.followers() {
		if err := follow(ctx, tx, before, t, e); err != nil {
			return err
		}
	}
	return nil
}

// CarrierOf is the part of a route before its name.
func CarrierOf(route string) string {
	carrier, _, _ := strings.Cut(route, "/")
	return carrier
}

// NameOf is the part of a route after its carrier.
func NameOf(route string) string {
	_, name, _ := strings.Cut(route, "/")
	return name
}
