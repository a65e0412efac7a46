package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/problem"
)

// JobExpireUnsealing closes what an unsealing has left open, when its time is
// over.
const JobExpireUnsealing = "unsealing.expire"

const (
	decideWithin  = 3 * 24 * time.Hour // a request nobody decides ends by itself
	sightFor      = 24 * time.Hour     // after the approval
	mostLooks     = 3                  // of one approval
	maxWhy        = 200                // characters of a reason
	mostUnsealing = 200                // of one list
)

// UnsealingState is where a request to see who reported stands.
type UnsealingState string

// The states of an unsealing.
const (
	UnsealingPending UnsealingState = "pending"
	UnsealingGranted UnsealingState = "granted"
	UnsealingRefused UnsealingState = "refused"
	UnsealingExpired UnsealingState = "expired" // undecided, or the sight is over
)

// Unsealing is one request to see who wrote a report, and what became of it. It
// is kept whatever it ends in.
type Unsealing struct {
	ID            string
	TicketID      string
	Ticket        string // number
	Requester     string // user id
	RequesterUnit string
	Reason        string // sealed at rest
	State         UnsealingState
	RequestedAt   time.Time
	ExpiresAt     time.Time // of the request while it is pending, of the sight afterwards
	DecidedBy     string
	DecidedAt     time.Time
	Decision      string // why; sealed at rest
	Looks         int
	Version       int64
}

// UnsealingReader reads requests to see who wrote a report.
type UnsealingReader interface {
	Unsealing(ctx context.Context, id string) (Unsealing, error)
	// Unsealings returns at most limit in a state, oldest first.
	Unsealings(ctx context.Context, state UnsealingState, limit int) ([]Unsealing, error)
	// UnsealingsOf returns those of one ticket, oldest first.
	UnsealingsOf(ctx context.Context, ticketID string) ([]Unsealing, error)
}

// UnsealingWriter writes them.
type UnsealingWriter interface {
	InsertUnsealing(ctx context.Context, u Unsealing) error
	// UpdateUnsealing is guarded as UpdateTicket is.
	UpdateUnsealing(ctx context.Context, u Unsealing, was int64) error
}

// open reports whether u may still be decided or used.
func (u *Unsealing) open(at time.Time) bool {
	return (u.State == UnsealingPending || u.State == UnsealingGranted && u.Looks < mostLooks) && at.Before(u.ExpiresAt)
}

// mayDecide reports whether a may decide about u. A leader or a second member
// of the task force may: a leader need not read the report to weigh a reason,
// and at night there may be no second clerk. Whoever belongs to the unit that
// handles the report has an interest, and so has whoever asks.
func (a *Actor) mayDecide(u *Unsealing, t *ticket.Ticket) bool {
	return a.Unseal && a.ID != u.Requester && !a.avoided(t) && !a.handles(t)
}

// handles reports whether a belongs to a unit that handles t or gives its
// opinion on it, or below one.
func (a *Actor) handles(t *ticket.Ticket) bool {
	return slices.ContainsFunc(strings.Split(a.Path, "/"), t.Handles)
}

// RequestUnsealing asks that a may see who wrote a report, for a reason a
// second person will weigh.
func (d *Desk) RequestUnsealing(ctx context.Context, a Actor, number, reason string) (Unsealing, error) {
	if f := channel.CheckText("/reason", "申请理由", reason, maxWhy); f != nil {
		return Unsealing{}, problem.New(problem.Invalid, "unsealing.reason", f.Message).With(*f)
	}
	if !a.Contact {
		return Unsealing{}, problem.New(problem.Denied, "contact.denied", "您的岗位不能查看来信人信息。")
	}
	at := d.at()
	u := Unsealing{
		ID: newID(), Requester: a.ID, RequesterUnit: a.Unit, Reason: reason, State: UnsealingPending,
		RequestedAt: at, ExpiresAt: at.Add(decideWithin), Version: 1,
	}
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := unsealable(ctx, tx, a, number, at)
		if err != nil {
			return err
		}
		u.TicketID, u.Ticket = t.ID, t.Number
		if err := tx.InsertUnsealing(ctx, u); err != nil {
			return err
		}
		if err := d.recordUnsealing(ctx, tx, &u, a.ID, "unsealing.request", reason); err != nil {
			return err
		}
		return tx.Enqueue(ctx, d.jobsOfRequest(&u, &t)...)
	})
	if err != nil {
		return Unsealing{}, err
	}
	return u, nil
}

// unsealable loads a report whose writer a may ask for now.
func unsealable(ctx context.Context, tx Tx, a Actor, number string, at time.Time) (ticket.Ticket, error) {
	t, err := seen(ctx, tx, a, number)
	if err != nil {
		return t, err
	}
	if !t.Restricted() {
		return t, problem.New(problem.Invalid, "unsealing.not_sealed", "只有举报需要申请；其他来信填写理由后即可查看。")
	}
	if _, err := tx.Contact(ctx, t.LetterID); err != nil {
		return t, err
	}
	earlier, err := tx.UnsealingsOf(ctx, t.ID)
	if err == nil && slices.ContainsFunc(earlier, func(e Unsealing) bool { return e.Requester == a.ID && e.open(at) }) {
		err = problem.New(problem.Conflict, "unsealing.open", "您对这件举报已有申请，请等待审批或在有效期内查看。")
	}
	return t, err
}

// jobsOfRequest tell those who may decide, and end the request in time.
func (d *Desk) jobsOfRequest(u *Unsealing, t *ticket.Ticket) []Job {
	jobs := []Job{expiry(u), staffJob(t, "unsealing.request", d.Tree.Root().ID, "leader", u.ID, u.RequestedAt)}
	if t.Lead != assignment.TaskForce && !slices.Contains(t.Avoid, assignment.TaskForce) {
		jobs = append(jobs, staffJob(t, "unsealing.request", assignment.TaskForce, "taskforce", u.ID+"/taskforce", u.RequestedAt))
	}
	return jobs
}

// DecideUnsealing grants or refuses a request. Granting gives the requester
// sight for a day, three looks at most.
func (d *Desk) DecideUnsealing(ctx context.Context, a Actor, number, id string, approve bool, reason string) (Unsealing, error) {
	if f := channel.CheckText("/reason", "审批意见", reason, maxWhy); f != nil {
		return Unsealing{}, problem.New(problem.Invalid, "unsealing.reason", f.Message).With(*f)
	}
	if !a.Unseal {
		return Unsealing{}, problem.New(problem.Denied, "unsealing.denied", "您的岗位不能审批这类申请。")
	}
	var u Unsealing
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		var t ticket.Ticket
		if u, t, err = d.decidable(ctx, tx, a, number, id); err != nil {
			return err
		}
		at, was := d.at(), u.Version
		u.State, u.DecidedBy, u.DecidedAt, u.Decision, u.Version = UnsealingRefused, a.ID, at, reason, was+1
		jobs := make([]Job, 0, 2)
		if approve {
			u.State, u.ExpiresAt = UnsealingGranted, at.Add(sightFor)
			jobs = append(jobs, expiry(&u))
		}
		if err := tx.UpdateUnsealing(ctx, u, was); err != nil {
			return err
		}
		if err := d.recordUnsealing(ctx, tx, &u, a.ID, "unsealing."+string(u.State), reason); err != nil {
			return err
		}
		return tx.Enqueue(ctx, append(jobs, staffJob(&t, "unsealing."+string(u.State), u.RequesterUnit, "requester", u.ID, at))...)
	})
	if err != nil {
		return Unsealing{}, err
	}
	return u, nil
}

// decidable loads a request a may decide now.
func (d *Desk) decidable(ctx context.Context, tx Tx, a Actor, number, id string) (Unsealing, ticket.Ticket, error) {
	none := problem.New(problem.NotFound, "unsealing.not_found", "没有这项申请，或不在您的权限范围内。")
	u, err := tx.Unsealing(ctx, id)
	if err != nil {
		return u, ticket.Ticket{}, notFoundAs(err, none)
	}
	t, err := tx.TicketByID(ctx, u.TicketID)
	switch {
	case err != nil:
		return u, t, err
	case t.Number != ticket.NormaliseNumber(number) || a.avoided(&t):
		return u, t, none
	case a.ID == u.Requester:
		return u, t, problem.New(problem.Denied, "unsealing.own", "申请人不能审批自己的申请。")
	case a.handles(&t):
		return u, t, problem.New(problem.Denied, "unsealing.handling", "承办单位的人员不能审批这项申请。")
	case !u.open(d.at()) || u.State != UnsealingPending:
		return u, t, problem.New(problem.Conflict, "unsealing.decided", "这项申请已经审批或已经过期。")
	}
	return u, t, nil
}

func notFoundAs(err error, instead *problem.Error) error {
	if problem.KindOf(err) == problem.NotFound {
		return instead
	}
	return err
}

// PendingUnsealings lists the requests in a state that a has made or may decide
// about, oldest first.
func (d *Desk) PendingUnsealings(ctx context.Context, a Actor, state UnsealingState) ([]Unsealing, error) {
	if !a.Unseal && !a.Contact {
		return nil, problem.New(problem.Denied, "unsealing.denied", "您的岗位不能查看这类申请。")
	}
	all, err := d.Store.Unsealings(ctx, state, mostUnsealing)
	if err != nil {
		return nil, err
	}
	var mine []Unsealing
	for _, u := range all {
		t, err := d.Store.TicketByNumber(ctx, u.Ticket)
		if err != nil {
			return nil, err
		}
		if u.Requester == a.ID || a.mayDecide(&u, &t) {
			mine = append(mine, u)
		}
	}
	return mine, nil
}

// look counts one look at who wrote a report, if an approval allows it.
func (d *Desk) look(ctx context.Context, tx Tx, a Actor, t *ticket.Ticket) (map[string]string, error) {
	us, err := tx.UnsealingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	at := d.at()
	for _, u := range us {
		if u.Requester != a.ID || u.State != UnsealingGranted || !u.open(at) {
			continue
		}
		was := u.Version
		u.Looks, u.Version = u.Looks+1, was+1
		return map[string]string{"unsealing": u.ID, "look": strconv.Itoa(u.Looks)}, tx.UpdateUnsealing(ctx, u, was)
	}
	return nil, problem.New(problem.Denied, "contact.sealed", "举报人信息已封存。请先提出申请，经另一人批准后，二十四小时内可以查看三次。")
}

// expireUnsealing marks what is over, so that the trail tells how it ended.
func (d *Desk) expireUnsealing(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[unsealingArgs](j)
	if err != nil {
		return err
	}
	u, err := tx.Unsealing(ctx, args.Unsealing)
	if err != nil {
		return err
	}
	if u.State != UnsealingPending && u.State != UnsealingGranted || d.at().Before(u.ExpiresAt) {
		return nil // decided meanwhile: another job is waiting, or nothing is left open
	}
	was := u.Version
	u.State, u.Version = UnsealingExpired, was+1
	if err := tx.UpdateUnsealing(ctx, u, was); err != nil {
		return err
	}
	return d.recordUnsealing(ctx, tx, &u, "system", "unsealing.expired", "")
}

type unsealingArgs struct {
	Unsealing string `json:"unsealing"`
}

// expiry is the job that ends u when its time is over.
func expiry(u *Unsealing) Job {
	return readyJob(JobExpireUnsealing, u.ID+"/"+string(u.State), unsealingArgs{u.ID}, u.ExpiresAt, later(u.RequestedAt, u.DecidedAt))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// recordUnsealing writes the trail. A reason may name people, so the trail
// holds its keyed fingerprint: who changes the sealed reason later is found out.
func (d *Desk) recordUnsealing(ctx context.Context, tx Tx, u *Unsealing, actor, action, reason string) error {
	detail := map[string]string{"unsealing": u.ID, "requester": u.Requester, "looks": strconv.Itoa(u.Looks)}
	if reason != "" {
		mac := hmac.New(sha256.New, d.CodeKey)
		_, _ = mac.Write([]byte("unsealing\x00" + u.ID + "\x00" + reason)) // a hash never fails to write
		detail["reason_mac"] = hex.EncodeToString(mac.Sum(nil))
	}
	return tx.Record(ctx, audit.Entry{At: d.at(), Actor: actor, Action: action, Object: "ticket/" + u.TicketID, Detail: detail})
}
