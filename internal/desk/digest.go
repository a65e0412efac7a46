package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/deadline"
)

// JobDigest tells somebody outside of the pages what waits.
const JobDigest = "notify.digest"

const (
	// What comes within so long is told together: a robot is muted after 20
	// messages in a minute, and this makes 13 at most, however many replicas there are.
	togetherFor       = time.Minute
	urgentTogetherFor = 5 * time.Second

	mostRobotText = 2048 // bytes, of the robots that take least
	mostMailText  = 64 << 10
	userRecipient = "user"
)

// DigestLine is a notice that waits to be told to a robot or to one of the staff.
type DigestLine struct {
	ID        string
	Recipient string // "robot/{name}" or "user/{id}"
	Kind      string
	Ticket    string // number; may be empty
	At        time.Time
	DueAt     time.Time
}

// passOn has a notice told outside of the pages as well: to the robots of the unit
// it is for, and to those of its people who want e-mail.
func (d *Desk) passOn(ctx context.Context, tx Tx, n *Notification) error {
	if len(d.reach.Robots) == 0 && !d.reach.Mail || n.To == toSystem || n.Kind == whatUntold {
		return nil
	}
	var t ticket.Ticket
	if n.Ticket != "" {
		var err error
		if t, err = tx.TicketByNumber(ctx, n.Ticket); err != nil {
			return err
		}
	}
	urgent := t.Urgency != "" || slices.Contains([]string{"ticket.emergency", "signal.major", "signal.late"}, n.Kind)
	var lines []DigestLine
	for i := range d.reach.Robots {
		if r := &d.reach.Robots[i]; r.hears(n) {
			lines = append(lines, DigestLine{Recipient: r.route(), DueAt: d.tellAt(n.At, urgent, NoticesAtOnce)})
		}
	}
	if d.reach.Mail {
		people, err := d.mailed(ctx, tx, n, &t, urgent)
		if err != nil {
			return err
		}
		lines = append(lines, people...)
	}
	return d.queueLines(ctx, tx, n, lines)
}

func (d *Desk) queueLines(ctx context.Context, tx Tx, n *Notification, lines []DigestLine) error {
	if len(lines) == 0 {
		return nil
	}
	jobs := make([]Job, len(lines))
	for i := range lines {
		l := &lines[i]
		l.ID, l.Kind, l.Ticket, l.At = n.ID+"/"+l.Recipient, n.Kind, n.Ticket, n.At
		jobs[i] = readyJob(JobDigest, l.ID, digestArgs{To: l.Recipient}, l.DueAt, n.At)
	}
	if err := tx.AddToDigest(ctx, lines...); err != nil {
		return err
	}
	return tx.Enqueue(ctx, jobs...)
}

// hears reports whether a robot is for a notice. None hears who may see whom.
func (r *GroupRobot) hears(n *Notification) bool {
	about, _, _ := strings.Cut(n.Kind, ".")
	return r.Unit == n.Unit && about != "unsealing" && (len(r.About) == 0 || slices.Contains(r.About, about))
}

// mailed are the people who are told of n by e-mail.
func (d *Desk) mailed(ctx context.Context, r ReachReader, n *Notification, t *ticket.Ticket, urgent bool) ([]DigestLine, error) {
	dir := d.people.Load()
	if dir == nil {
		return nil, nil
	}
	var users []string
	for _, one := range dir.Resolve(n.To, n.Unit, n.At, t.Avoid...) {
		users = append(users, one.User)
	}
	said, err := r.NoticeSettings(ctx, users)
	if err != nil {
		return nil, err
	}
	var lines []DigestLine
	for _, s := range said {
		if s.How != NoNotices {
			lines = append(lines, DigestLine{Recipient: userRecipient + "/" + s.User, DueAt: d.tellAt(n.At, urgent, s.How)})
		}
	}
	return lines, nil
}

// tellAt is when something that happened at a moment is told: what is not urgent
// in working hours, or when the next working day begins.
func (d *Desk) tellAt(at time.Time, urgent bool, how NoticeHow) time.Time {
	if urgent {
		return at.Truncate(urgentTogetherFor).Add(urgentTogetherFor)
	}
	if how == DailyNotices {
		at = deadline.EndOfDay(at).Add(time.Microsecond)
		return d.Profile.AtWork(d.Calendar(), at).UTC()
	}
	return d.Profile.AtWork(d.Calendar(), at.Truncate(togetherFor).Add(togetherFor)).UTC()
}

type digestArgs struct {
	To string `json:"to"`
}

// tellDigest tells a recipient what is due. Lines are taken with the message that
// tells them, so each is told once; where another job has taken them, nothing is
// left to tell.
func (d *Desk) tellDigest(ctx context.Context, tx Tx, j Job) error {
	args, err := argsOf[digestArgs](j)
	if err != nil {
		return err
	}
	lines, err := tx.TakeDigest(ctx, args.To, d.at())
	if err != nil || len(lines) == 0 {
		return err
	}
	if kind, id, _ := strings.Cut(args.To, "/"); kind == userRecipient {
		return d.mailDigest(ctx, tx, id, lines)
	}
	told, err := d.digestOf(ctx, tx, lines, func(t *ticket.Ticket) sight {
		if !leaves(t.Kind) || len(t.Avoid) > 0 { // nobody knows who reads in a group
			return unseenSight
		}
		return wholeSight
	})
	if err != nil || len(told) == 0 {
		return err
	}
	return d.sendBody(ctx, tx, Delivery{Route: args.To, Kind: JobDigest}, RobotText{Text: d.digestText(told, mostRobotText)})
}

func (d *Desk) mailDigest(ctx context.Context, tx Tx, user string, lines []DigestLine) error {
	s, err := tx.NoticeSetting(ctx, user)
	if err != nil || s.How == NoNotices {
		return err
	}
	reader, ok := d.actorFor(user)
	if !ok { // nobody who may sign in
		return nil
	}
	told, err := d.digestOf(ctx, tx, lines, func(t *ticket.Ticket) sight {
		switch {
		case !reader.MaySee(t):
			return unseenSight
		case !leaves(t.Kind) || len(t.Avoid) > 0: // a mailbox is not ours
			return sealedSight
		}
		return wholeSight
	})
	if err != nil || len(told) == 0 {
		return err
	}
	m := Email{To: s.Email, Subject: "【接诉】" + strconv.Itoa(len(told)) + "件事情需要处理", Text: d.digestText(told, mostMailText)}
	if d.reach.Site != "" {
		m.Text += "\n更改通知方式：" + d.reach.Site + "/console/notifications\n"
	}
	return d.sendBody(ctx, tx, Delivery{Route: EmailCarrier + "/relay", Kind: JobDigest}, m)
}

func (d *Desk) sendBody(ctx context.Context, tx Tx, v Delivery, body any) (err error) {
	if v.Body, err = json.Marshal(body); err != nil {
		return err
	}
	return d.send(ctx, tx, v)
}

// actorFor is one of the staff as whoever reads what they are told.
func (d *Desk) actorFor(user string) (Actor, bool) {
	dir := d.people.Load()
	if dir == nil || d.Rights == nil {
		return Actor{}, false
	}
	p, ok := dir.Person(user)
	path := d.Tree.Path(p.Unit)
	a := d.Rights(p.Roles, path)
	a.ID, a.Unit, a.Path = p.ID, p.Unit, path
	return a, ok
}
