package server

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
)

// noticeBody is a notice of public holidays as it comes in: its own text, or
// its dates.
type noticeBody struct {
	Text    string          `json:"text,omitempty" maxLength:"20000" doc:"the notice as it is printed: title, document number, items, signature"`
	Notice  *noticeDataBody `json:"notice,omitempty" doc:"instead of text"`
	Version int             `json:"version,omitempty" minimum:"0" maximum:"1000" doc:"to replace a published notice: a higher one"`
	Reason  string          `json:"reason,omitempty" maxLength:"200" doc:"why a published notice is replaced"`
}

type noticeDataBody struct {
	Year      int             `json:"year" example:"2027"`
	Status    deadline.Status `json:"status" enum:"official,provisional"`
	Document  string          `json:"document" example:"国办发明电〔2025〕7号"`
	Published string          `json:"published" example:"2025-11-04"`
	Version   int             `json:"version,omitempty" minimum:"0" maximum:"1000" doc:"0: the next"`
	Note      string          `json:"note,omitempty"`
	Off       []deadline.Span `json:"off" nullable:"false" maxItems:"20" doc:"holidays"`
	Work      []string        `json:"work" nullable:"false" maxItems:"20" doc:"weekend days that are worked"`
}

func newNoticeData(n *deadline.Notice) *noticeDataBody {
	if n == nil {
		return nil
	}
	return &noticeDataBody{
		Year: n.Year, Status: n.Status, Document: n.Document, Published: n.Published, Version: n.Version, Note: n.Note,
		Off: list(n.Off, same[deadline.Span]), Work: list(n.Work, same[string]),
	}
}

func (b *noticeBody) draft() desk.NoticeDraft {
	d := desk.NoticeDraft{Text: b.Text, Version: b.Version, Reason: b.Reason}
	if n := b.Notice; n != nil {
		d.Notice = &deadline.Notice{
			Year: n.Year, Status: n.Status, Document: n.Document, Published: n.Published, Version: n.Version, Note: n.Note, Off: n.Off, Work: n.Work,
		}
	}
	return d
}

type noticeInput struct{ Body noticeBody }

type applyInput struct {
	Body struct {
		Text        string          `json:"text,omitempty" maxLength:"20000"`
		Notice      *noticeDataBody `json:"notice,omitempty"`
		Version     int             `json:"version,omitempty" minimum:"0" maximum:"1000"`
		Reason      string          `json:"reason,omitempty" maxLength:"200"`
		Fingerprint string          `json:"fingerprint" maxLength:"64" doc:"of the preview that was confirmed; all else as it was previewed"`
	}
}

func (in *applyInput) draft() desk.NoticeDraft {
	b := in.Body
	return (&noticeBody{Text: b.Text, Notice: b.Notice, Version: b.Version, Reason: b.Reason}).draft()
}

type calendarBody struct {
	Years []yearBody `json:"years"`
}

type yearBody struct {
	Year        int             `json:"year"`
	Status      deadline.Status `json:"status" enum:"official,provisional"`
	Document    string          `json:"document"`
	Published   string          `json:"published"`
	Version     int             `json:"version"`
	Note        string          `json:"note,omitempty"`
	Off         []deadline.Span `json:"off"`
	Work        []string        `json:"work"`
	WorkingDays int             `json:"working_days"`
	ImportedBy  string          `json:"imported_by,omitempty" doc:"user id; empty: the product shipped it"`
	ImportedAt  *time.Time      `json:"imported_at,omitempty"`
	Reason      string          `json:"reason,omitempty" doc:"why it replaced a published notice"`
}

func newYear(y desk.CalendarYear) yearBody {
	b := yearBody{
		Year: y.Year, Status: y.Status, Document: y.Document, Published: y.Published, Version: y.Version, Note: y.Note,
		Off: list(y.Off, same[deadline.Span]), Work: list(y.Work, same[string]), WorkingDays: y.Working,
	}
	if i := y.Imported; i != nil {
		b.ImportedBy, b.ImportedAt, b.Reason = i.By, shownOrNil(i.At), i.Reason
	}
	return b
}

type noticePreviewBody struct {
	Notice      noticeDataBody  `json:"notice" doc:"with the version it would have"`
	Replaces    *noticeDataBody `json:"replaces,omitempty" doc:"what is in use for the year now"`
	Fingerprint string          `json:"fingerprint" doc:"to be given when applying"`
	Calendar    string          `json:"calendar" doc:"version of the calendar it leads to"`
	Understood  []string        `json:"understood" doc:"to be compared with the paper"`
	Remarks     []string        `json:"remarks" doc:"what to look at again"`
	WorkingDays int             `json:"working_days"`
	Checked     int             `json:"checked" doc:"open clocks of tickets with a date that may change"`
	Moved       int             `json:"moved" doc:"of them, those whose date moves"`
	Settled     int             `json:"settled" doc:"of them, those whose date stays and is provisional no longer"`
	Stuck       int             `json:"stuck" doc:"of them, those that would need a year without a notice, and stay"`
	Rules       []ruleCountBody `json:"rules" doc:"moved, by rule"`
	Clocks      []movedBody     `json:"clocks" doc:"at most 200 of those that move, of tickets the caller may see"`
}

type ruleCountBody struct {
	Rule  string `json:"rule"`
	Name  string `json:"name"`
	Moved int    `json:"moved"`
}

type movedBody struct {
	Ticket      string           `json:"ticket" doc:"number"`
	Purpose     deadline.Purpose `json:"purpose"`
	Rule        string           `json:"rule"`
	Before      time.Time        `json:"before"`
	After       time.Time        `json:"after"`
	Provisional bool             `json:"provisional"`
}

func newNoticePreview(p *desk.NoticePreview) noticePreviewBody {
	return noticePreviewBody{
		Notice: *newNoticeData(&p.Notice), Replaces: newNoticeData(p.Replaces), Fingerprint: p.Fingerprint, Calendar: p.Calendar,
		Understood: list(p.Lines, same[string]), Remarks: list(p.Remarks, same[string]), WorkingDays: p.Working,
		Checked: p.Checked, Moved: p.Moved, Settled: p.Settled, Stuck: p.Stuck,
		Rules: list(p.Rules, func(r desk.RuleCount) ruleCountBody { return ruleCountBody(r) }),
		Clocks: list(p.Clocks, func(m desk.MovedClock) movedBody {
			return movedBody{
				Ticket: m.Ticket, Purpose: m.Purpose, Rule: m.Rule, Before: shown(m.Before), After: shown(m.After), Provisional: m.Provisional,
			}
		}),
	}
}

func (s *Server) calendarRoutes() {
	op := func(id, method, path, summary string, status int, problems ...int) operation {
		return operation{
			id: id, method: method, path: "/api/v1/staff/calendar" + path, tag: "calendar", summary: summary, status: status,
			problems: problems, audience: staffOnly,
		}
	}
	register(s, op("calendar", http.MethodGet, "", "The years dates are counted by", http.StatusOK),
		func(ctx context.Context, _ *nothing) (*body[calendarBody], error) {
			years, err := s.desk.CalendarYears(ctx, actorOf(ctx))
			return respond(calendarBody{Years: list(years, newYear)}, err)
		})
	register(s, op("preview-notice", http.MethodPost, "/preview", "Read a notice of public holidays and say which dates it would move; nothing changes", http.StatusOK, http.StatusConflict),
		func(ctx context.Context, in *noticeInput) (*body[noticePreviewBody], error) {
			p, err := s.desk.PreviewNotice(ctx, actorOf(ctx), in.Body.draft())
			if err != nil {
				return nil, err
			}
			return respond(newNoticePreview(&p), nil)
		})
	register(s, op("apply-notice", http.MethodPost, "/notices", "Take a notice into the calendar as it was previewed; open clocks are counted anew in the background", http.StatusCreated, http.StatusConflict),
		func(ctx context.Context, in *applyInput) (*body[noticeDataBody], error) {
			n, err := s.desk.ApplyNotice(ctx, actorOf(ctx), in.draft(), in.Body.Fingerprint)
			if err != nil {
				return nil, err
			}
			return respond(*newNoticeData(&n), nil)
		})
	register(s, operation{
		id: "ticket-clocks", method: http.MethodGet, path: "/api/v1/staff/tickets/{number}/clocks", tag: "calendar", status: http.StatusOK,
		summary: "Every clock of a ticket: its rule, its steps, and day by day how its date came about", problems: []int{http.StatusNotFound}, audience: staffOnly,
	}, s.ticketClocks)
}

type clocksBody struct {
	Number      string          `json:"number"`
	DueAt       time.Time       `json:"due_at"`
	Provisional bool            `json:"provisional"`
	Clocks      []fullClockView `json:"clocks" doc:"oldest first"`
}

type fullClockView struct {
	Purpose     deadline.Purpose `json:"purpose"`
	PurposeName string           `json:"purpose_name"`
	Round       int              `json:"round"`
	Unit        string           `json:"unit" doc:"whose clock it is"`
	UnitName    string           `json:"unit_name"`
	Rule        ruleView         `json:"rule"`
	Budget      deadline.Budget  `json:"budget"`
	Extra       int              `json:"extra" doc:"added by extensions, in the budget's unit"`
	Calendar    string           `json:"calendar" doc:"version it was counted by"`
	StartedAt   time.Time        `json:"started_at"`
	DueAt       time.Time        `json:"due_at"`
	NotAfter    *time.Time       `json:"not_after,omitempty" doc:"somebody else's date that it keeps"`
	MetAt       *time.Time       `json:"met_at,omitempty"`
	BreachedAt  *time.Time       `json:"breached_at,omitempty"`
	Superseded  bool             `json:"superseded"`
	Provisional bool             `json:"provisional"`
	State       string           `json:"state" enum:"running,paused,over"`
	Pauses      []pauseView      `json:"pauses"`
	History     []changeView     `json:"history" doc:"what moved the date, oldest first"`
	Steps       []stepView       `json:"steps"`
	Explain     []deadline.Line  `json:"explain"`
}

type ruleView struct {
	ID        string `json:"id"`
	Version   int    `json:"version" doc:"of the rules it was started under"`
	Name      string `json:"name"`
	Basis     string `json:"basis"`
	Certainty string `json:"certainty" doc:"S: source read; S2: secondary source; M: to be checked; D: our default"`
}

type pauseView struct {
	Reason deadline.PauseReason `json:"reason"`
	Name   string               `json:"name"`
	From   time.Time            `json:"from"`
	To     *time.Time           `json:"to,omitempty" doc:"missing: it goes on"`
}

type changeView struct {
	At     time.Time           `json:"at"`
	Kind   deadline.ChangeKind `json:"kind" enum:"paused,resumed,extended,recounted"`
	Reason string              `json:"reason,omitempty" doc:"of a pause; the calendar's version"`
	Before time.Time           `json:"before"`
	After  time.Time           `json:"after"`
}

type stepView struct {
	Name  string     `json:"name"`
	To    string     `json:"to" example:"handler"`
	At    time.Time  `json:"at"`
	Tell  *time.Time `json:"tell,omitempty" doc:"when people hear of it, where they are left alone at its time"`
	Every int        `json:"every,omitempty" doc:"working days after which it comes again"`
	State string     `json:"state" enum:"fired,next,later,never"`
}

func (s *Server) ticketClocks(ctx context.Context, in *ticketInput) (*body[clocksBody], error) {
	t, clocks, err := s.desk.TicketClocks(ctx, actorOf(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	return respond(clocksBody{Number: t.Number, DueAt: shown(t.DueAt), Provisional: t.Provisional, Clocks: list(clocks, newFullClock)}, nil)
}

func newFullClock(c desk.ExplainedClock) fullClockView {
	state := "running"
	switch {
	case !c.Open():
		state = "over"
	case c.Standing():
		state = "paused"
	}
	v := fullClockView{
		Purpose: c.Purpose, PurposeName: c.Purpose.Name(), Round: c.Round, Unit: c.Unit, UnitName: c.Owner,
		Rule:   ruleView{ID: c.Rule, Version: c.RuleVersion, Name: c.By.Name, Basis: c.By.Basis, Certainty: c.By.Certainty},
		Budget: c.Budget, Extra: c.Extra, Calendar: c.Calendar, StartedAt: shown(c.StartedAt), DueAt: shown(c.DueAt), NotAfter: shownOrNil(c.Cap),
		MetAt: shownOrNil(c.MetAt), BreachedAt: shownOrNil(c.BreachedAt), Superseded: c.SupersededBy != "", Provisional: c.Provisional, State: state,
		Pauses: list(c.Pauses, func(p deadline.Pause) pauseView {
			return pauseView{Reason: p.Reason, Name: p.Reason.Name(), From: shown(p.From), To: shownOrNil(p.To)}
		}),
		History: list(c.History, func(h deadline.Change) changeView {
			return changeView{At: shown(h.At), Kind: h.Kind, Reason: h.Reason, Before: shown(h.Before), After: shown(h.After)}
		}),
		Explain: list(c.Explain, same[deadline.Line]),
		Steps:   make([]stepView, 0, len(c.Steps)),
	}
	for i, st := range c.Steps {
		v.Steps = append(v.Steps, stepView{
			Name: st.Name, To: st.To, At: shown(st.At), Tell: shownOrNil(st.Tell), Every: st.Every, State: stepState(&c.Clock, i),
		})
	}
	return v
}

// stepState says where a step of a clock stands. One that comes again and again
// is the next as long as the clock runs.
func stepState(c *deadline.Clock, i int) string {
	switch {
	case i < c.NextStep:
		return "fired"
	case !c.Open():
		return "never"
	case i == c.NextStep && !c.Standing():
		return "next"
	}
	return "later"
}
