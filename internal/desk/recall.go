package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// JobRecall tells a chat, or whoever wrote the letter it became, that an answer
// it was given was wrong.
const JobRecall = "library.recall"

// mostGiven bounds a list of those who were given an answer, and mostTold those
// who are told: nobody should be left out.
const (
	mostGiven = 10_000
	mostTold  = 1_000_000
)

// GivenAnswer is an answer in a chat.
type GivenAnswer struct {
	Conversation string
	Seq          int64
	Version      int // of the entry
	At           time.Time
	Ticket       string // number of what the chat became; empty: nothing
	Report       bool   // that is a report
}

// QuotingReply is a ticket that was answered with words of an entry.
type QuotingReply struct {
	Ticket string // number
	Report bool
	At     time.Time // released
}

// Recall is who was given a version of an entry.
type Recall struct {
	Entry   string
	Version int
	Stopped time.Time // when it was withdrawn; zero: it was not
	Answers []GivenAnswer
	Hidden  int // chats and replies about reports, which only their handlers see
	Total   int // how many answers there are; more than are listed and hidden: the oldest are cut off
	Replies []QuotingReply
	// Calls to hotlines that were answered with it. No notice reaches those callers:
	// they can only be called back.
	Calls    []AnsweredCall
	CutCalls bool // there are more
}

// Cut reports whether there are more than are listed.
func (r *Recall) Cut() bool { return r.Total > len(r.Answers)+r.Hidden }

// Withdrawal takes a version of an entry back.
type Withdrawal struct {
	Entry   string
	Version int
	Retire  bool   // it is needed no more; nothing is wrong with it
	Reason  string // a code of [review.WithdrawReasons]
	Words   string
}

// StopEntry takes a version of an entry back, at once and alone: what is wrong
// must not wait for six people. The text that replaces it is read by them.
func (d *Desk) StopEntry(ctx context.Context, a Actor, w Withdrawal) (Recall, error) {
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if !a.Publishes {
			return problem.New(problem.Denied, "library.denied", "您的岗位不能撤回问答。")
		}
		return d.stopEntry(ctx, tx, a, w)
	})
	if err != nil {
		if lost := d.recordRefusal(ctx, a, "library.refused", "entry/"+clip(w.Entry, 80), nil, err); lost != nil {
			return Recall{}, lost
		}
		return Recall{}, err
	}
	if err := d.ReloadLibrary(ctx); err != nil {
		return Recall{}, err
	}
	return d.Recalled(ctx, a, w.Entry, w.Version)
}

func (d *Desk) stopEntry(ctx context.Context, tx Tx, a Actor, w Withdrawal) error {
	if f := channel.CheckText("/words", "理由", w.Words, review.MaxWords); f != nil {
		return problem.New(problem.Invalid, "library.words", f.Message).With(*f)
	}
	if !slices.ContainsFunc(review.WithdrawReasons(), func(r review.Reason) bool { return r.Code == w.Reason }) {
		return problem.New(problem.Invalid, "library.reason", "请选择理由。").With(problem.Field{Pointer: "/reason", Code: "unknown", Message: "请选择理由。"})
	}
	acts, err := tx.LibraryActs(ctx, 0)
	if err != nil {
		return err
	}
	versions := d.files().With(acts...).Versions(w.Entry)
	i := slices.IndexFunc(versions, func(p knowledge.Published) bool { return p.Entry.Version == w.Version })
	switch {
	case i < 0:
		return noEntry()
	case !versions[i].Stopped.IsZero():
		return problem.New(problem.Conflict, "library.stopped", "这个版本已经撤回或者停用。")
	}
	p := &versions[i]
	if err := tx.Enqueue(ctx, entryNotice("library.withdrawn", &p.Entry, d.at())); err != nil {
		return err
	}
	if p.Review != "" && i == len(versions)-1 && !w.Retire { // its text goes with it
		it, err := tx.Review(ctx, p.Review)
		if err != nil {
			return err
		}
		if it.Live > 0 {
			return d.moveText(ctx, tx, a, &it, TextCommand{Move: review.Withdraw, Hash: it.Latest().Hash, Reason: w.Reason, Words: w.Words})
		}
	}
	kind := knowledge.Withdraw
	if w.Retire {
		kind = knowledge.Retire
	}
	return d.putAct(ctx, tx, knowledge.Act{Kind: kind, Entry: w.Entry, Version: w.Version, Reason: w.Reason, Words: w.Words, By: a.ID, At: d.at()}, "")
}

// entryNotice tells an entry's unit of it.
func entryNotice(what string, e *knowledge.Entry, at time.Time) Job {
	key := what + "/" + e.ID + "/" + strconv.Itoa(e.Version) + "/" + at.Format(time.RFC3339)
	return noticeJob(JobNotifyStaff, noticeArgs{What: what, Unit: e.Owner, To: toHead, About: e.Question}, key, at)
}

func noEntry() error {
	return problem.New(problem.NotFound, "library.not_found", "没有这条问答，可能已经更新或下线。")
}

// Recalled lists who was given a version of an entry, in chats and on the telephone. Looking is audited: it says
// who asked what.
func (d *Desk) Recalled(ctx context.Context, a Actor, entry string, version int) (Recall, error) {
	if !a.Publishes {
		return Recall{}, problem.New(problem.Denied, "library.denied", "您的岗位不能查看问答发给了谁。")
	}
	versions := d.books.shelf.Load().Versions(entry)
	i := slices.IndexFunc(versions, func(p knowledge.Published) bool { return p.Entry.Version == version })
	if i < 0 {
		return Recall{}, noEntry()
	}
	r := Recall{Entry: entry, Version: version, Stopped: versions[i].Stopped}
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		given, total, err := tx.Given(ctx, entry, version, mostGiven)
		if err != nil {
			return err
		}
		r.Answers, r.Hidden, r.Total = nil, 0, total
		for _, g := range given {
			if g.Report && !a.Reports {
				r.Hidden++
				continue
			}
			r.Answers = append(r.Answers, g)
		}
		quoting, err := tx.QuotingReplies(ctx, entry, version, mostGiven)
		if err != nil {
			return err
		}
		r.Replies = slices.DeleteFunc(quoting, func(q QuotingReply) bool { return q.Report && !a.Reports })
		r.Hidden += len(quoting) - len(r.Replies)
		if err := d.recallCalls(ctx, tx, &r); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{
			At: d.at(), Actor: a.ID, Action: "library.recipients", Object: "entry/" + entry,
			Detail: map[string]string{"version": strconv.Itoa(version), "answers": strconv.Itoa(total), "replies": strconv.Itoa(len(quoting)), "calls": strconv.Itoa(len(r.Calls))},
		})
	})
	return r, err
}

// recallCalls adds the calls that were answered with the version.
func (d *Desk) recallCalls(ctx context.Context, tx Tx, r *Recall) error {
	calls, err := tx.AnsweredCalls(ctx, r.Entry, r.Version, mostGiven+1)
	if err != nil || len(calls) == 0 {
		return err
	}
	if r.CutCalls = len(calls) > mostGiven; r.CutCalls {
		calls = calls[:mostGiven]
	}
	names, err := peopleNames(ctx, tx)
	if err != nil {
		return err
	}
	for i := range calls {
		u, _ := d.Tree.ByID(calls[i].Unit)
		calls[i].ByName, calls[i].UnitName = names[calls[i].By], u.Name
	}
	r.Calls = calls
	return nil
}

// telling are the arguments of a job that tells a chat, or a ticket's citizen.
type telling struct {
	Conversation string `json:"conversation,omitempty"`
	Ticket       string `json:"ticket,omitempty"` // number; empty: the chat is told
	Notice       string `json:"notice"`           // id of the text
}

// TellRecalled sends a published notice into every chat that was given a
// withdrawn version, and to the progress page of every ticket one became, once
// each; it returns how many chats those are. What it says was read by others, as
// every notice.
func (d *Desk) TellRecalled(ctx context.Context, a Actor, entry string, version int, noticeID string) (int, error) {
	r, err := d.Recalled(ctx, a, entry, version)
	if err != nil {
		return 0, err
	}
	if r.Stopped.IsZero() {
		return 0, problem.New(problem.Conflict, "library.not_stopped", "这个版本没有撤回，不需要通知。")
	}
	if _, err := d.Notice(ctx, noticeID); err != nil {
		return 0, problem.New(problem.Invalid, "library.notice", "请先把更正内容作为公告审核、发布，再通知。").Because(err).
			With(problem.Field{Pointer: "/notice", Code: "unknown", Message: "没有这条公告，或者还没有发布。"})
	}
	told := map[string]bool{}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		clear(told)
		given, _, err := tx.Given(ctx, entry, version, mostTold)
		if err != nil {
			return err
		}
		at, about := d.at(), strings.Join([]string{entry, strconv.Itoa(version), noticeID}, "/")
		var jobs []Job
		for _, g := range given { // a job that is known is skipped
			told[g.Conversation] = true
			jobs = append(jobs, readyJob(JobRecall, about+"/"+g.Conversation, telling{Conversation: g.Conversation, Notice: noticeID}, at, at))
			if g.Ticket != "" {
				jobs = append(jobs, correction(about, g.Ticket, noticeID, at))
			}
		}
		quoting, err := tx.QuotingReplies(ctx, entry, version, mostTold)
		if err != nil {
			return err
		}
		for _, q := range quoting {
			jobs = append(jobs, correction(about, q.Ticket, noticeID, at))
		}
		if err := tx.Enqueue(ctx, jobs...); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{
			At: at, Actor: a.ID, Action: "library.tell", Object: "entry/" + entry,
			Detail: map[string]string{"version": strconv.Itoa(version), "notice": noticeID, "chats": strconv.Itoa(len(told))},
		})
	})
	return len(told), err
}

// correction shows the notice to whoever wrote a letter, once.
func correction(about, number, noticeID string, at time.Time) Job {
	return readyJob(JobRecall, about+"/ticket/"+number, telling{Ticket: number, Notice: noticeID}, at, at)
}

// tellRecalled brings the notice into one chat, or to one ticket.
func (d *Desk) tellRecalled(ctx context.Context, tx Tx, j Job) (func(), error) {
	t, err := argsOf[telling](j)
	if err != nil {
		return nil, err
	}
	it, err := tx.Review(ctx, t.Notice)
	if err != nil || it.Live == 0 { // taken back meanwhile: nobody is told what is wrong again
		return func() {}, err
	}
	c := &it.Versions[it.Live-1].Content
	if t.Ticket != "" {
		return func() {}, d.correctTicket(ctx, tx, t.Ticket, c)
	}
	m, err := notice(t.Conversation, c.Title+"\n"+c.Body, "", d.at())
	if err != nil {
		return nil, err
	}
	if _, err = tx.Append(ctx, t.Conversation, m); err != nil {
		return nil, err
	}
	return func() { d.waker.Wake(t.Conversation) }, d.tellWeChat(ctx, tx, t.Conversation, weChatNews{kind: "library.recalled", text: c.Title + "\n" + c.Body})
}

// correctTicket shows the notice on the progress page of a ticket.
func (d *Desk) correctTicket(ctx context.Context, tx Tx, number string, c *review.Content) error {
	t, err := tx.TicketByNumber(ctx, number)
	if err != nil {
		return err
	}
	words := clip("您此前收到的答复有更正。"+c.Title+"："+c.Body, ticket.MaxPublic)
	return d.carry(ctx, tx, &t, ticket.Command{Move: ticket.Correct, EventID: d.NewID(), At: d.at(), Public: words}, nil)
}
