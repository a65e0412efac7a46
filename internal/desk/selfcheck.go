package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

const (
	checkPage   = 20_000             // tickets one look goes through
	stillPage   = 1_000              // tickets with a clock that stands still, read at once
	mostTickets = 20                 // a finding names
	mostMissing = 10_000             // findings of a sweep that are remembered
	lateAfter   = 5 * time.Minute    // a step that waits longer is not just in the queue
	idleAfter   = time.Minute        // without any work done a runner has stalled
	givenUpFor  = 7 * 24 * time.Hour // how long a job that was given up is shown
)

// selfCheck begins the kinds of its notices.
const selfCheck = "selfcheck."

// FindingKind says what is wrong.
type FindingKind string

// The kinds of findings of the self-check.
const (
	ClockStranded FindingKind = "clock.stranded" // open and not paused, and no step to come
	ClockLate     FindingKind = "clock.late"     // a step long past, although the runner finds nothing to do
	ClockMissing  FindingKind = "clock.missing"  // the ticket's state demands a clock that does not run
	PauseEndless  FindingKind = "pause.endless"  // paused, and no other clock ends the pause
	RunnerStalled FindingKind = "runner.stalled" // due work waits and nobody does it
	TimeJumped    FindingKind = "time.jumped"    // the wall clock jumped
	JobGivenUp    FindingKind = "job.given_up"   // failed for good within the last week
	ScanStalled   FindingKind = "scan.stalled"   // uploads wait for the virus scanner
)

// FindingKinds returns every kind.
func FindingKinds() []FindingKind {
	return []FindingKind{ClockStranded, ClockLate, ClockMissing, PauseEndless, RunnerStalled, TimeJumped, JobGivenUp, ScanStalled}
}

// Sentence is k for people, in Chinese.
func (k FindingKind) Sentence() string {
	switch k {
	case ClockStranded:
		return "有期限没有下一步提醒，到期不会有人知道"
	case ClockLate:
		return "有提醒早已到时而没有发出"
	case ClockMissing:
		return "有来信缺少应有的期限"
	case PauseEndless:
		return "有期限已暂停，而没有恢复的时间"
	case RunnerStalled:
		return "后台任务没有在运行，提醒和通知不会发出"
	case TimeJumped:
		return "服务器时间发生跳变，请核对时间"
	case JobGivenUp:
		return "有后台任务多次失败，已放弃"
	case ScanStalled:
		return "附件久等查毒，查毒服务可能没有运行"
	}
	return ""
}

// Finding is one thing that is wrong.
type Finding struct {
	Kind    FindingKind
	Count   int
	Tickets []string // numbers of some; never those of reports
	Codes   []string // job.given_up: kinds of jobs
}

// Health is what one look found.
type Health struct {
	At       time.Time
	Lag      time.Duration // how long the oldest due step or job has waited
	Swept    time.Time     // when all tickets had been gone through; zero: not yet
	Findings []Finding     // none: all is well
}

// Signs are what only the process that runs the jobs can know.
type Signs struct {
	Runs  bool          // a runner works in this process
	Idle  time.Duration // since it last did anything
	Round time.Duration // since it last found no clock due; 0: it has since the look before
	Jump  time.Duration // how far the wall clock jumped of late; 0: it did not
}

// Watched is an unfinished ticket with its open clocks, as the self-check sees it.
type Watched struct {
	ID, Number string
	Status     ticket.Status
	Matter     deadline.Matter
	Clocks     []WatchedClock
}

// WatchedClock is an open clock.
type WatchedClock struct {
	Purpose deadline.Purpose
	Next    bool                 // a step is to come
	Paused  deadline.PauseReason // empty: it runs
}

// Backlog is what waits for the runner.
type Backlog struct {
	Clock   time.Time // since when the oldest due step waits; zero: none is due
	Job     time.Time // the same of jobs
	Late    Finding   // steps that are long past
	GivenUp Finding
}

// WatchReader reads what the self-check looks at.
type WatchReader interface {
	// Watched returns at most limit tickets in the order of their ids, after one:
	// those a clock must run for, or, with still, those with an open clock that
	// has no step to come.
	Watched(ctx context.Context, after string, still bool, limit int) ([]Watched, error)
	// Backlog counts steps due before late, and jobs given up since then.
	Backlog(ctx context.Context, at, late, givenUp time.Time) (Backlog, error)
}

// SelfCheck looks whether every deadline can still be trusted. It goes through
// the tickets a page at a look and remembers what it found. It is not safe for
// concurrent use.
type SelfCheck struct {
	desk    *Desk
	page    int
	after   string // where the sweep stands
	swept   time.Time
	missing []missing // in the order of their ids
	told    map[string]bool
}

type missing struct {
	id, number string
	purpose    deadline.Purpose
}

// NewSelfCheck returns a check that goes through page tickets at a look; 0: as
// many as a minute allows.
func (d *Desk) NewSelfCheck(page int) *SelfCheck {
	return &SelfCheck{desk: d, page: cmp.Or(page, checkPage), told: map[string]bool{}}
}

// Look looks once, and tells the task force of each kind of finding once a day.
func (c *SelfCheck) Look(ctx context.Context, s Signs) (Health, error) {
	h, err := c.look(ctx, s)
	if err != nil {
		return Health{}, err
	}
	return h, c.tell(ctx, &h)
}

// Diagnose goes through every ticket and tells nobody.
func (c *SelfCheck) Diagnose(ctx context.Context, s Signs) (Health, error) {
	for {
		h, err := c.look(ctx, s)
		if err != nil || !h.Swept.IsZero() {
			return h, err
		}
	}
}

func (c *SelfCheck) look(ctx context.Context, s Signs) (Health, error) {
	at := c.desk.at()
	b, err := c.desk.Store.Backlog(ctx, at, at.Add(-lateAfter), at.Add(-givenUpFor))
	if err != nil {
		return Health{}, err
	}
	if err := c.sweep(ctx, at); err != nil {
		return Health{}, err
	}
	stranded, endless, err := c.still(ctx)
	if err != nil {
		return Health{}, err
	}
	scans, err := c.desk.unscanned(ctx)
	if err != nil {
		return Health{}, err
	}
	h := Health{At: at, Lag: b.lag(at), Swept: c.swept}
	for _, f := range []Finding{stranded, b.late(s), c.found(), endless, stalled(h.Lag, s), jumped(s), b.GivenUp, scans} {
		if f.Count > 0 {
			h.Findings = append(h.Findings, f)
		}
	}
	return h, nil
}

func (b *Backlog) lag(at time.Time) time.Duration {
	var lag time.Duration
	for _, since := range []time.Time{b.Clock, b.Job} {
		if !since.IsZero() {
			lag = max(lag, at.Sub(since))
		}
	}
	return lag
}

// late are steps long past that a runner at work has passed over. One that is
// still catching up will come to them.
func (b *Backlog) late(s Signs) Finding {
	if !s.Runs || s.Round > 0 || s.Jump != 0 { // after a jump everything may be late for a moment
		return Finding{}
	}
	return b.Late
}

func stalled(lag time.Duration, s Signs) Finding {
	f := Finding{Kind: RunnerStalled}
	if s.Runs && s.Idle > idleAfter || !s.Runs && lag > lateAfter {
		f.Count = 1
	}
	return f
}

func jumped(s Signs) Finding {
	f := Finding{Kind: TimeJumped}
	if s.Jump != 0 {
		f.Count = 1
	}
	return f
}

// still looks at the clocks that have no step to come: a paused one needs
// another that ends the pause, any other is stranded.
func (c *SelfCheck) still(ctx context.Context) (stranded, endless Finding, err error) {
	stranded.Kind, endless.Kind = ClockStranded, PauseEndless
	for after := ""; ; {
		page, err := c.desk.Store.Watched(ctx, after, true, stillPage)
		if err != nil {
			return stranded, endless, err
		}
		for i := range page {
			w := &page[i]
			for _, clock := range w.Clocks {
				switch {
				case clock.Next:
				case clock.Paused == "":
					stranded.add(w.shownNumber())
				case !w.resumes(clock.Paused):
					endless.add(w.shownNumber())
				}
			}
		}
		if len(page) < stillPage {
			return stranded, endless, nil
		}
		after = page[len(page)-1].ID
	}
}

// resumes reports whether an open clock of w ends a pause for reason.
func (w *Watched) resumes(reason deadline.PauseReason) bool {
	return slices.ContainsFunc(w.Clocks, func(c WatchedClock) bool {
		if !c.Next {
			return false
		}
		switch reason {
		case deadline.AwaitSupplement:
			return c.Purpose == deadline.Supplement
		case deadline.ThirdParty:
			return c.Purpose == deadline.Third
		case deadline.OtherAgency, deadline.Hearing, deadline.Examination: // people end these, and some clock reminds them
			return true
		}
		return false
	})
}

// sweep goes through one page of tickets for clocks that should run. What it
// found there before is replaced.
func (c *SelfCheck) sweep(ctx context.Context, at time.Time) error {
	page, err := c.desk.Store.Watched(ctx, c.after, false, c.page)
	if err != nil {
		return err
	}
	whole := len(page) < c.page
	from, to := c.after, ""
	if len(page) > 0 {
		to = page[len(page)-1].ID
	}
	c.missing = slices.DeleteFunc(c.missing, func(m missing) bool { return m.id > from && (whole || m.id <= to) })
	for i := range page {
		for _, p := range c.desk.lacks(&page[i]) {
			if len(c.missing) < mostMissing {
				c.missing = append(c.missing, missing{page[i].ID, page[i].shownNumber(), p})
			}
		}
	}
	slices.SortStableFunc(c.missing, func(a, b missing) int { return cmp.Compare(a.id, b.id) })
	c.after = to
	if whole {
		c.after, c.swept = "", at
	}
	return nil
}

// lacks lists the clocks w's state demands that are not open, where the profile
// has a rule for them.
func (d *Desk) lacks(w *Watched) []deadline.Purpose {
	var lacking []deadline.Purpose
	for _, p := range w.Status.Waits() {
		runs := slices.ContainsFunc(w.Clocks, func(c WatchedClock) bool { return c.Purpose == p })
		if !runs && slices.ContainsFunc(d.Profile.Rules(w.Matter), func(r deadline.Rule) bool { return r.Purpose == p }) {
			lacking = append(lacking, p)
		}
	}
	return lacking
}

func (c *SelfCheck) found() Finding {
	f := Finding{Kind: ClockMissing}
	for _, m := range c.missing {
		f.add(m.number)
	}
	return f
}

// shownNumber is w's number; empty for a report, which appears nowhere.
func (w *Watched) shownNumber() string {
	if channel.Kind(w.Matter.Kind) == channel.Report {
		return ""
	}
	return w.Number
}

func (f *Finding) add(number string) {
	f.Count++
	if number != "" && len(f.Tickets) < mostTickets && !slices.Contains(f.Tickets, number) {
		f.Tickets = append(f.Tickets, number)
	}
}

// tell queues a notice for the task force for each kind of finding, once a day.
func (c *SelfCheck) tell(ctx context.Context, h *Health) error {
	day := h.At.In(deadline.Beijing()).Format(time.DateOnly)
	var jobs []Job
	for _, f := range h.Findings {
		key := selfCheck + string(f.Kind)
		if c.told[key+"/"+day] {
			continue
		}
		args := noticeArgs{What: key, Unit: assignment.TaskForce, To: toTaskForce}
		jobs = append(jobs, noticeJob(JobNotifyStaff, args, key+"/"+day, h.At))
	}
	if len(jobs) == 0 {
		return nil
	}
	err := c.desk.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return tx.Enqueue(ctx, jobs...) })
	if err != nil {
		return err
	}
	clear(c.told) // other days do not come back
	for _, f := range h.Findings {
		c.told[selfCheck+string(f.Kind)+"/"+day] = true
	}
	return nil
}

// MaySeeHealth refuses who may not see what the self-check found.
func (a *Actor) MaySeeHealth() error {
	if !a.Health {
		return problem.New(problem.Denied, "health.denied", "您的岗位不能查看系统自检。")
	}
	return nil
}
