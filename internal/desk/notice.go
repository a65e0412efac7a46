package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// NoticeLevel is how urgently the public has to know of a notice.
type NoticeLevel string

// The levels of notices.
const (
	OrdinaryNotice  NoticeLevel = "ordinary"
	EmergencyNotice NoticeLevel = "emergency" // stands before everything else: in the chat, on the page of phone lines
)

// The attributes of a notice.
const (
	noticeLevel = "level"
	noticeFrom  = "from"  // RFC 3339; none: as soon as it is published
	noticeUntil = "until" // RFC 3339; none: until it is withdrawn
)

// maxEmergency is the longest an emergency notice stands before everything else:
// one that nobody takes away is soon overlooked.
const maxEmergency = 30 * 24 * time.Hour

// boardLife is how long the notices of other replicas may go unseen.
const boardLife = 10 * time.Second

// PublicNotice is a notice as the public reads it.
type PublicNotice struct {
	ID        string
	Unit      string // shown name of whose notice it is
	Title     string
	Text      string
	Level     NoticeLevel
	From      time.Time
	Until     time.Time // zero: until it is withdrawn
	Published time.Time // of this version
	Versions  int       // that were published; more than one: it was carried on
}

// board are the notices that were published when it was read.
type board struct {
	at      time.Time
	notices []PublicNotice
}

// noticeKind is what notices mean to the desk.
type noticeKind struct{ desk *Desk }

func (k noticeKind) suits(_ context.Context, _ Tx, it *review.Item) error {
	last, act := it.Latest(), &it.Ledger[len(it.Ledger)-1]
	if act.Move == review.Withdraw {
		return nil
	}
	n, fields := readNotice(&last.Content)
	at := k.desk.at()
	field := func(name, code, message string) {
		fields = append(fields, problem.Field{Pointer: "/attributes/" + name, Code: code, Message: message})
	}
	switch {
	case !n.Until.IsZero() && !n.Until.After(at):
		field(noticeUntil, "past", "结束时间已经过去。")
	case !n.Until.IsZero() && !n.Until.After(n.From):
		field(noticeUntil, "order", "结束时间要晚于开始时间。")
	case n.Level == EmergencyNotice && (n.Until.IsZero() || n.Until.Sub(later(n.From, at)) > maxEmergency):
		field(noticeUntil, "required", "紧急公告需要写明结束时间，最长三十天；需要延长的，另行修改发布。")
	}
	if !n.From.IsZero() && n.From.Before(act.At) && (act.Move == review.Write || act.Move == review.Edit) {
		field(noticeFrom, "past", "开始时间已经过去；需要立即发布的，不填写开始时间。")
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "notice.invalid", "公告有几处需要修改。").With(fields...)
	}
	return nil
}

func (k noticeKind) published(context.Context, Tx, Actor, *review.Item) error { return nil }
func (k noticeKind) withdrawn(context.Context, Tx, Actor, *review.Item) error { return nil }

// readNotice reads what is special about a notice.
func readNotice(c *review.Content) (PublicNotice, []problem.Field) {
	n := PublicNotice{Title: c.Title, Text: c.Body, Level: OrdinaryNotice}
	var fields []problem.Field
	moment := func(a review.Attribute) (t time.Time) {
		t, err := time.Parse(time.RFC3339, a.Value)
		if err != nil {
			fields = append(fields, problem.Field{Pointer: "/attributes/" + a.Name, Code: "time", Message: "时间请写成 2026-01-31T08:00:00+08:00 的格式。"})
		}
		return t.UTC()
	}
	for _, a := range c.Attributes {
		switch a.Name {
		case noticeLevel:
			n.Level = NoticeLevel(a.Value)
		case noticeFrom:
			n.From = moment(a)
		case noticeUntil:
			n.Until = moment(a)
		default:
			fields = append(fields, problem.Field{Pointer: "/attributes", Code: "unknown", Message: "公告没有这一项内容。"})
		}
	}
	if n.Level != OrdinaryNotice && n.Level != EmergencyNotice {
		fields = append(fields, problem.Field{Pointer: "/attributes/" + noticeLevel, Code: "unknown", Message: "请选择公告的级别：普通或者紧急。"})
	}
	return n, fields
}

// Notices are what the public has to know now: emergencies first, then the
// newest.
func (d *Desk) Notices(ctx context.Context) ([]PublicNotice, error) {
	at := d.at()
	b := d.board.Load()
	if b == nil || at.Before(b.at) || at.Sub(b.at) > boardLife {
		var err error
		if b, err = d.readBoard(ctx, at); err != nil {
			return nil, err
		}
		d.board.Store(b)
	}
	var now []PublicNotice
	for _, n := range b.notices {
		if !at.Before(n.From) && (n.Until.IsZero() || at.Before(n.Until)) {
			now = append(now, n)
		}
	}
	return now, nil
}

// Notice is one of those.
func (d *Desk) Notice(ctx context.Context, id string) (PublicNotice, error) {
	all, err := d.Notices(ctx)
	if err != nil {
		return PublicNotice{}, err
	}
	if i := slices.IndexFunc(all, func(n PublicNotice) bool { return n.ID == id }); i >= 0 {
		return all[i], nil
	}
	return PublicNotice{}, problem.New(problem.NotFound, "notice.not_found", "没有这条公告，可能已经结束或者撤回。")
}

// Emergencies are the notices that stand before everything else. One that cannot
// be read must not keep anybody from the rest: the failure is logged.
func (d *Desk) Emergencies(ctx context.Context) []PublicNotice {
	all, err := d.Notices(ctx)
	if err != nil {
		d.Log.ErrorContext(ctx, "notices not read", "error", err)
		return nil
	}
	return slices.DeleteFunc(all, func(n PublicNotice) bool { return n.Level != EmergencyNotice })
}

func (d *Desk) readBoard(ctx context.Context, at time.Time) (*board, error) {
	live, err := d.Store.Reviews(ctx, ReviewFilter{States: review.States(), Audience: review.Public, Kind: review.Notice, Live: true, Newest: true, Limit: mostTexts})
	if err != nil {
		return nil, err
	}
	b := &board{at: at}
	for i := range live {
		it := &live[i]
		n, _ := readNotice(&it.Versions[it.Live-1].Content) // it was checked before it was published
		u, _ := d.Tree.ByID(it.Unit)
		n.ID, n.Unit = it.ID, u.Name
		for j := range it.Ledger {
			if a := &it.Ledger[j]; a.Move == review.Publish {
				n.Published, n.Versions = a.At, n.Versions+1
			}
		}
		if n.From.IsZero() {
			n.From = n.Published
		}
		b.notices = append(b.notices, n)
	}
	slices.SortFunc(b.notices, func(a, b PublicNotice) int {
		if a.Level != b.Level {
			return strings.Compare(string(a.Level), string(b.Level)) // emergency before ordinary
		}
		return later(b.From, b.Published).Compare(later(a.From, a.Published))
	})
	return b, nil
}
