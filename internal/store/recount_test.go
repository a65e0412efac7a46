package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/job"
	"jiesu/internal/problem"
	"jiesu/internal/store"
)

// office is a desk over a database, with a clock the test moves.
type office struct {
	*desk.Desk
	t     *testing.T
	store *store.Store
	mu    sync.Mutex
	at    time.Time
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

// newOffice is one process of a desk, on the Monday before 2027.
func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	o := &office{t: t, store: s, at: time.Date(2026, 12, 28, 1, 30, 0, 0, time.UTC)}
	p := desk.Parts{Store: s, CodeKey: []byte("a key of the tests"), Random: rand.Reader, Now: o.now, Log: slog.New(slog.DiscardHandler)}
	var err error
	p.Router, err = assignment.LoadRouter()
	o.must(err)
	p.Tree = p.Router.Tree()
	p.Calendar, err = deadline.LoadCalendar()
	o.must(err)
	p.Profile, err = deadline.LoadProfile()
	o.must(err)
	p.Chains, err = review.LoadRules()
	o.must(err)
	o.Desk = desk.New(p)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) open(kind channel.Kind) string {
	o.t.Helper()
	r, err := o.Open(o.t.Context(), desk.Opening{Letter: channel.Letter{
		Source: channel.Web, Kind: kind, Title: "居住证办理进度", Text: "上个月交的材料，想问办到哪一步了。",
	}})
	o.must(err)
	return r.Number
}

// clerk may do everything.
func clerk() desk.Actor {
	return desk.Actor{ID: "u1", Unit: "mailbox", Path: "bureau/mailbox", Scope: "*", Moves: ticket.Moves(), Reports: true, Calendar: true}
}

func (o *office) move(number string, c desk.Command) {
	o.t.Helper()
	v, err := o.Ticket(o.t.Context(), clerk(), number)
	o.must(err)
	c.Version = v.Ticket.Version
	_, err = o.Move(o.t.Context(), clerk(), number, c)
	o.must(err)
}

func (o *office) view(number string) desk.TicketView {
	o.t.Helper()
	v, err := o.Ticket(o.t.Context(), clerk(), number)
	o.must(err)
	return v
}

func (o *office) due(number string, p deadline.Purpose) string {
	o.t.Helper()
	for _, c := range o.view(number).Clocks {
		if c.Purpose == p {
			return c.DueAt.In(deadline.Beijing()).Format(time.DateOnly)
		}
	}
	o.t.Fatalf("%s has no clock %s", number, p)
	return ""
}

func (o *office) work() {
	o.t.Helper()
	o.must(job.New(job.Options{Store: o.store, Worker: recounting{o.Desk}, Now: o.now, Log: slog.New(slog.DiscardHandler)}).Once(o.t.Context()))
}

// recounting leaves the library alone, which these desks do not have.
type recounting struct{ *desk.Desk }

func (r recounting) PrepareJob(_ context.Context, j desk.Job) (desk.Job, error) { return j, nil }

func (r recounting) WorkJob(ctx context.Context, tx desk.Tx, j desk.Job) (func(), error) {
	if j.Kind == desk.JobRelate {
		return func() {}, nil
	}
	return r.Desk.WorkJob(ctx, tx, j)
}

// longNewYear moves the first workday of 2027 from Monday to Tuesday.
func longNewYear() desk.NoticeDraft {
	return desk.NoticeDraft{Notice: &deadline.Notice{
		Year: 2027, Status: deadline.Official, Document: "国办发明电〔2026〕99号", Published: "2026-12-27",
		Off: []deadline.Span{
			{Name: "元旦", From: "2027-01-01", To: "2027-01-04"},
			{Name: "春节", From: "2027-02-05", To: "2027-02-12"},
			{Name: "清明节", From: "2027-04-03", To: "2027-04-05"},
			{Name: "劳动节", From: "2027-05-01", To: "2027-05-05"},
			{Name: "端午节", From: "2027-06-09", To: "2027-06-09"},
			{Name: "中秋节", From: "2027-09-15", To: "2027-09-15"},
			{Name: "国庆节", From: "2027-10-01", To: "2027-10-07"},
		},
		Work: []string{"2027-01-10"},
	}}
}

func (o *office) importNotice() desk.NoticePreview {
	o.t.Helper()
	p, err := o.PreviewNotice(o.t.Context(), clerk(), longNewYear())
	o.must(err)
	_, err = o.ApplyNotice(o.t.Context(), clerk(), longNewYear(), p.Fingerprint)
	o.must(err)
	return p
}

func onBoth(t *testing.T, test func(*testing.T, *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, filepath.Join(t.TempDir(), "desk.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, database(t)))
	})
}

func TestANoticeMovesOpenClocks(t *testing.T) {
	t.Parallel()
	onBoth(t, testNoticeMovesOpenClocks)
}

func testNoticeMovesOpenClocks(t *testing.T, s *store.Store) {
	t.Helper()
	o := newOffice(t, s)
	consult, tip, short, over := o.open(channel.Consult), o.open(channel.Report), o.open(channel.SiteError), o.open(channel.Consult)
	o.move(consult, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	o.move(over, desk.Command{Move: ticket.Decline, Reason: "outside_area", Text: "不属于公安机关职责。"})
	before := o.view(over)

	admin := desk.Actor{ID: "u2", Calendar: true} // sees no letters
	if p, err := o.PreviewNotice(t.Context(), admin, longNewYear()); err != nil || p.Moved != 2 || len(p.Clocks) != 0 {
		t.Errorf("an administrator is shown %+v, %v", p.Clocks, err)
	}
	p := o.importNotice()
	if p.Moved != 2 || p.Settled != 1 || len(p.Clocks) != 2 || len(p.Rules) != 2 || p.Calendar != "2025.1+2026.1+2027.1" || len(p.Remarks) != 1 { // that little work is made up for
		t.Errorf("previewed %+v", p)
	}
	if p.Clocks[0].Ticket != consult || !strings.HasPrefix(p.Clocks[0].Before.In(deadline.Beijing()).String(), "2027-01-05") {
		t.Errorf("previewed %+v", p.Clocks)
	}
	if o.due(consult, deadline.Answer) != "2027-01-05" {
		t.Error("the preview, or the import itself, moved a clock")
	}
	o.work()
	v := o.view(consult)
	if got := o.due(consult, deadline.Answer); got != "2027-01-06" || !strings.HasPrefix(v.Ticket.DueAt.In(deadline.Beijing()).String(), got) || v.Ticket.Provisional {
		t.Errorf("due %s, ticket %s, provisional %v", got, v.Ticket.DueAt, v.Ticket.Provisional)
	}
	if got := o.due(consult, deadline.Handle); got != "2027-01-05" {
		t.Errorf("the unit's clock is due %s, want the workday before the answer's", got)
	}
	last := v.Events[len(v.Events)-1]
	if last.Move != ticket.Note || !strings.Contains(last.Public, "2027年1月5日改为2027年1月6日") || last.Seq != v.Ticket.Version {
		t.Errorf("the last event is %+v", last)
	}
	for _, c := range v.Clocks {
		if c.Purpose == deadline.Answer && (len(c.History) != 1 || c.History[0].Kind != deadline.Recounted || c.History[0].Reason != p.Calendar) {
			t.Errorf("history %+v", c.History)
		}
	}
	if o.due(short, deadline.Answer) != "2026-12-31" || len(o.view(short).Events) != 1 || o.view(tip).Ticket.Provisional {
		t.Error("a date that does not move was noted, or is provisional still")
	}
	if after := o.view(over); after.Ticket.Version != before.Ticket.Version || after.Clocks[0].Version != before.Clocks[0].Version {
		t.Error("a clock that is over was touched")
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestANoticeMovesTheDateOfFeedback: whether or not the answer's date moves, too,
// the ticket says what its clock says.
func TestANoticeMovesTheDateOfFeedback(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		o := newOffice(t, s)
		late, tip := o.open(channel.SiteError), o.open(channel.Report)
		o.pass(4 * 24 * time.Hour) // the first answer is overdue, the other has until spring
		for _, number := range []string{late, tip} {
			o.move(number, desk.Command{Move: ticket.Supervise, Note: "请报告进展。"})
		}
		o.importNotice()
		o.work()
		for _, number := range []string{late, tip} {
			if got, due := o.due(number, deadline.Supervision), o.view(number).Ticket.FeedbackDue; got != "2027-01-07" || due.In(deadline.Beijing()).Format(time.DateOnly) != got {
				t.Errorf("to be reported by %s, the ticket says %s", got, due)
			}
		}
	})
}

// TestCountingAnewSurvivesACrash lets the second of two batches fail half way,
// and another process go on.
func TestCountingAnewSurvivesACrash(t *testing.T) {
	t.Parallel()
	onBoth(t, testRecountSurvivesACrash)
}

func testRecountSurvivesACrash(t *testing.T, s *store.Store) {
	t.Helper()
	const letters = 230 // more than a batch
	o, other := newOffice(t, s), newOffice(t, s)
	var numbers []string
	for range letters {
		numbers = append(numbers, o.open(channel.Consult))
	}
	o.importNotice()
	late := other.open(channel.Consult) // by a process that has not heard of it
	dates := func() (moved int) {
		for _, n := range numbers {
			if o.due(n, deadline.Answer) == "2027-01-06" {
				moved++
			}
		}
		return moved
	}
	batch := func(fail error) bool {
		found := false
		err := s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
			found = false
			jobs, err := tx.ClaimJobs(ctx, o.now(), o.now().Add(time.Minute), 1000)
			i := slices.IndexFunc(jobs, func(j desk.Job) bool { return j.Kind == desk.JobRecount })
			if err != nil || i < 0 {
				return err
			}
			found = true
			if _, err := o.WorkJob(ctx, tx, jobs[i]); err != nil {
				return err
			}
			jobs[i].State = desk.JobDone
			return errors.Join(tx.FinishJob(ctx, jobs[i]), fail)
		})
		if fail == nil {
			o.must(err)
		}
		return found
	}
	if !batch(nil) || dates() != 200 {
		t.Fatalf("%d moved by the first batch", dates())
	}
	if !batch(errors.New("the power fails")) || dates() != 200 {
		t.Fatalf("%d moved, the second batch was not undone as a whole", dates())
	}
	back := newOffice(t, s) // started again
	o.must(back.ReloadCalendar(t.Context()))
	back.pass(2 * time.Minute)
	back.work()
	if dates() != letters {
		t.Errorf("%d of %d moved", dates(), letters)
	}
	for _, n := range []string{numbers[0], numbers[letters-1]} {
		if v := o.view(n); len(v.Events) != 2 || len(v.Clocks[0].History)+len(v.Clocks[1].History) != 1 {
			t.Errorf("counted more than once: %+v", v.Events)
		}
	}
	if got := o.due(late, deadline.Answer); got != "2027-01-06" {
		t.Errorf("the letter of a process with the old calendar is due %s", got)
	}
	counts, err := s.JobCounts(t.Context())
	o.must(err)
	if counts[desk.JobFailed] != 0 || counts[desk.JobReady] != 0 {
		t.Errorf("jobs %v", counts)
	}
	if other.Calendar().Version() != "2025.1+2026.1+2027.0" {
		t.Error("the other process has heard of the notice without looking")
	}
	o.must(other.ReloadCalendar(t.Context()))
	if n := other.open(channel.Consult); other.due(n, deadline.Answer) != "2027-01-06" {
		t.Error("the other process does not count by the new calendar")
	}
}

func TestImportsThatAreRefusedChangeNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, testRefusedImports)
}

func testRefusedImports(t *testing.T, s *store.Store) {
	t.Helper()
	o := newOffice(t, s)
	refused := func(a desk.Actor, d desk.NoticeDraft, shown, code string) {
		t.Helper()
		if _, err := o.ApplyNotice(t.Context(), a, d, shown); !problem.HasCode(err, code) {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	nobody := clerk()
	nobody.Calendar = false
	p, err := o.PreviewNotice(t.Context(), clerk(), longNewYear())
	o.must(err)
	refused(nobody, longNewYear(), p.Fingerprint, "calendar.denied")
	refused(clerk(), longNewYear(), "", "calendar.changed")
	other := longNewYear()
	other.Notice.Off[6].To = "2027-10-06"
	refused(clerk(), other, p.Fingerprint, "calendar.changed")
	refused(clerk(), desk.NoticeDraft{Text: "放假"}, p.Fingerprint, "deadline.notice")
	refused(clerk(), desk.NoticeDraft{Text: "放假", Notice: other.Notice}, "", "deadline.notice")
	refused(clerk(), desk.NoticeDraft{Text: "放假", Reason: strings.Repeat("长", 201)}, "", "calendar.reason")
	imported, err := s.Notices(t.Context())
	o.must(err)
	if len(imported) != 0 || o.Calendar().Version() != "2025.1+2026.1+2027.0" {
		t.Errorf("imported %+v", imported)
	}
	o.importNotice()
	refused(clerk(), longNewYear(), p.Fingerprint, "deadline.final")
	other.Version, other.Reason = 2, "国务院办公厅更正"
	if p, err = o.PreviewNotice(t.Context(), clerk(), other); err != nil || p.Replaces == nil || p.Replaces.Version != 1 {
		t.Fatalf("a correction: %+v, %v", p, err)
	}
	_, err = o.ApplyNotice(t.Context(), clerk(), other, p.Fingerprint)
	o.must(err)
	years, err := o.CalendarYears(t.Context(), clerk())
	o.must(err)
	last := years[2]
	if last.Version != 2 || last.Imported == nil || last.Imported.By != "u1" || last.Imported.Reason != "国务院办公厅更正" || years[0].Imported != nil || years[0].Working != 248 {
		t.Errorf("years %+v", years)
	}
	attempts := 0
	for lane := range 16 {
		acts, err := s.AuditLane(t.Context(), lane)
		o.must(err)
		for _, e := range acts {
			if e.Action == "calendar.refused" {
				attempts++
			}
		}
	}
	if attempts != 7 {
		t.Errorf("%d attempts in the trail", attempts)
	}
}

func TestAnAnsweredLetterKeepsItsDate(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "desk.db"))
	o := newOffice(t, s)
	n := o.open(channel.Consult)
	o.move(n, desk.Command{Move: ticket.Dispatch, Unit: "traffic"})
	for _, c := range []desk.Command{
		{Move: ticket.Sign},
		{Move: ticket.Draft, Text: "已经办好，可以来领。", Outcome: reply.Resolved},
		{Move: ticket.Submit},
	} {
		o.move(n, c)
	}
	was := o.view(n).Ticket
	o.importNotice()
	o.work()
	v := o.view(n)
	if o.due(n, deadline.Answer) != "2027-01-06" || v.Ticket.Version != was.Version+1 {
		t.Errorf("a reply under review is not answered yet: due %s", o.due(n, deadline.Answer))
	}
}
