package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/report"
	"jiesu/internal/desk/ticket"
)

type watchInput struct {
	Aspect desk.Aspect `query:"aspect" enum:"open,due_today,overdue,urged,supervised,silent,returned,yellow,red" default:"overdue" doc:"silent: supervised, and no feedback in time; returned: twice; yellow: overdue; red: from the circular step on, or supervised twice and silent"`
	Unit   string      `query:"unit" maxLength:"64" doc:"unit id of who answers for it; empty: all in the own scope"`
	Cursor string      `query:"cursor" maxLength:"500" doc:"next of the page before; a table begins there"`
	Limit  int         `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"of a page; a table has no pages"`
}

func (in *watchInput) filter() desk.Filter {
	return desk.Filter{Aspect: in.Aspect, Owner: in.Unit, Cursor: in.Cursor, Limit: in.Limit}
}

type monthInput struct {
	Month string `path:"month" maxLength:"7" example:"2026-10"`
}

type supervisionBody struct {
	At    time.Time       `json:"at"`
	Units []unitWatchBody `json:"units" doc:"in the order of the organisation, each with its own tickets alone; without those that have none"`
}

type unitWatchBody struct {
	Unit       string     `json:"unit" doc:"unit id"`
	Open       int        `json:"open" doc:"not answered yet"`
	DueToday   int        `json:"due_today"`
	Overdue    int        `json:"overdue"`
	Oldest     *time.Time `json:"oldest_due_at,omitempty" doc:"the date of what is overdue longest"`
	Urged      int        `json:"urged"`
	Supervised int        `json:"supervised" doc:"in this round"`
	Silent     int        `json:"silent" doc:"supervised, and no feedback in time"`
	Returned   int        `json:"returned" doc:"twice"`
	Yellow     int        `json:"yellow"`
	Red        int        `json:"red"`
}

func newUnitWatch(u desk.UnitCounts) unitWatchBody {
	n := u.Counts
	return unitWatchBody{
		Unit: u.Unit, Open: n[desk.StillOpen], DueToday: n[desk.DueToday], Overdue: n[desk.PastDue], Oldest: shownOrNil(u.Oldest), Urged: n[desk.Urged],
		Supervised: n[desk.Supervised], Silent: n[desk.Silent], Returned: n[desk.Returned], Yellow: n[desk.YellowCard], Red: n[desk.RedCard],
	}
}

type ledgerBody struct {
	Tickets []ledgerRow `json:"tickets"`
	Next    string      `json:"next" doc:"cursor of the next page; empty: no more"`
}

type ledgerRow struct {
	Number       string        `json:"number"`
	Kind         channel.Kind  `json:"kind"`
	Category     string        `json:"category"`
	Unit         string        `json:"unit" doc:"unit id of who answers for it"`
	Holder       string        `json:"holder,omitempty" doc:"name of who has taken it"`
	Status       ticket.Status `json:"status"`
	Card         ticket.Card   `json:"card,omitempty" enum:"yellow,red"`
	ReceivedAt   time.Time     `json:"received_at"`
	DueAt        time.Time     `json:"due_at"`
	Provisional  bool          `json:"provisional"`
	Urges        int           `json:"urges"`
	Supervisions int           `json:"supervisions" doc:"in this round"`
	FeedbackDue  *time.Time    `json:"feedback_due_at,omitempty"`
	Returns      int           `json:"returns"`
}

func newLedgerRow(r desk.LedgerRow) ledgerRow {
	t := &r.Ticket
	return ledgerRow{
		Number: t.Number, Kind: t.Kind, Category: t.Category, Unit: r.Owner.ID, Holder: r.Holder, Status: t.Status, Card: r.Card,
		ReceivedAt: shown(t.CreatedAt), DueAt: shown(t.DueAt), Provisional: t.Provisional, Urges: t.Urges, Supervisions: t.Supervisions,
		FeedbackDue: shownOrNil(t.FeedbackDue), Returns: t.Returns,
	}
}

// ledgerTable is a ledger for spreadsheets: who, until when, and how it stands.
func ledgerTable(rows []desk.LedgerRow, more bool) [][]string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return shown(t).Format(time.DateOnly)
	}
	table := [][]string{{"编号", "类别", "责任单位", "经办人", "状态", "牌", "收到日期", "答复期限", "催办次数", "督办次数", "督办反馈期限", "退单次数"}}
	for _, r := range rows {
		t := &r.Ticket
		table = append(table, []string{
			t.Number, t.Kind.Name(), r.Owner.Name, r.Holder, t.Status.Name(), r.Card.Name(), day(t.CreatedAt), day(t.DueAt),
			strconv.Itoa(t.Urges), strconv.Itoa(t.Supervisions), day(t.FeedbackDue), strconv.Itoa(t.Returns),
		})
	}
	if more {
		table = append(table, []string{"还有更多，请按单位导出"})
	}
	return table
}

type circularsBody struct {
	Month string             `json:"month"`
	Units []unitCircularBody `json:"units" doc:"in the order of the organisation"`
	More  bool               `json:"more" doc:"there are more than one list holds"`
}

type unitCircularBody struct {
	Unit      string         `json:"unit" doc:"unit id of who led the tickets then"`
	Circulars []circularBody `json:"circulars"`
}

type circularBody struct {
	Ticket string    `json:"ticket" doc:"number"`
	By     string    `json:"by" doc:"user id"`
	At     time.Time `json:"at"`
	Note   string    `json:"note" doc:"what it said"`
}

func newCircular(c desk.Circulated) circularBody {
	return circularBody{Ticket: c.Ticket, By: c.By, At: shown(c.At), Note: c.Note}
}

func circularsTable(m desk.MonthOfCirculars) [][]string {
	table := [][]string{{"责任单位", "编号", "通报时间", "内容"}}
	for _, u := range m.Units {
		for _, c := range u.Circulars {
			table = append(table, []string{u.Unit.Name, c.Ticket, shown(c.At).Format(time.DateTime), c.Note})
		}
	}
	return table
}

type scoresBody struct {
	Month    string          `json:"month"`
	FrozenAt time.Time       `json:"frozen_at"`
	Facts    int             `json:"facts"`
	Digest   string          `json:"digest" doc:"SHA-256 of the facts"`
	Intact   bool            `json:"intact" doc:"worked out anew just now, and the same as when the month was closed"`
	Version  int             `json:"version" doc:"of the rules it was closed under"`
	Rules    string          `json:"rules" doc:"their name"`
	Units    []unitScoreBody `json:"units" doc:"in the order of the organisation: this is no ranking"`
	Upheld   []upheldBody    `json:"upheld" nullable:"false" doc:"ratings of units that were found unfair only after the month was closed"`
}

type upheldBody struct {
	Unit   string `json:"unit" doc:"unit id"`
	Struck int    `json:"struck" doc:"before the month was closed: not counted"`
	Late   int    `json:"late" doc:"after it was closed, which counts them"`
}

type unitScoreBody struct {
	Unit  string     `json:"unit" doc:"unit id"`
	Parts []rateBody `json:"parts"`
	Score *int       `json:"score" doc:"hundredths, of 10,000; null: too few replies to judge by"`
}

type rateBody struct {
	ID     report.PartID `json:"id" enum:"on_time,returns,redo,satisfaction"`
	Name   string        `json:"name"`
	Cases  int           `json:"cases" doc:"of returns and redo, the fewer the better"`
	Of     int           `json:"of"`
	Share  int           `json:"share" doc:"hundredths of a percent"`
	Weight int           `json:"weight" doc:"points it may give"`
	Points int           `json:"points" doc:"hundredths"`
	Counts bool          `json:"counts" doc:"there were enough cases"`
}

func newScores(v desk.Scores) scoresBody {
	return scoresBody{
		Month: v.Month, FrozenAt: shown(v.FrozenAt), Facts: v.Facts, Digest: v.Digest, Intact: v.Intact, Version: v.Version, Rules: v.Rules,
		Units: list(v.Lines, func(l report.Line) unitScoreBody {
			return unitScoreBody{Unit: l.Unit, Score: l.Score, Parts: list(l.Parts, func(r report.Rate) rateBody { return rateBody(r) })}
		}),
		Upheld: list(v.Upheld, func(u desk.UpheldAppeals) upheldBody { return upheldBody(u) }),
	}
}

func (s *Server) supervisionRoutes() {
	staffOp := func(id, path, summary string, problems ...int) operation {
		return operation{
			id: id, method: http.MethodGet, path: "/api/v1/staff" + path, tag: "supervision", summary: summary, status: http.StatusOK,
			problems: problems, audience: staffOnly,
		}
	}
	register(s, staffOp("scores", "/scores/{month}", "How the units did in a closed month, in parts", http.StatusNotFound),
		func(ctx context.Context, in *monthInput) (*body[scoresBody], error) {
			v, err := s.desk.Scores(ctx, actorOf(ctx), in.Month)
			return respond(newScores(v), err)
		})
	register(s, staffOp("supervision", "/supervision", "What waits in the units one looks after"),
		func(ctx context.Context, _ *nothing) (*body[supervisionBody], error) {
			v, err := s.desk.Supervision(ctx, actorOf(ctx))
			return respond(supervisionBody{At: shown(v.At), Units: list(v.Units, newUnitWatch)}, err)
		})
	register(s, staffOp("supervised-tickets", "/supervision/tickets", "The tickets behind a figure, due soonest first"),
		func(ctx context.Context, in *watchInput) (*body[ledgerBody], error) {
			p, err := s.desk.Watch(ctx, actorOf(ctx), in.filter())
			return respond(ledgerBody{Tickets: list(p.Rows, newLedgerRow), Next: p.Next}, err)
		})
	register(s, staffOp("ledger", "/supervision/ledger.csv", "The same as a table, up to 10,000 rows; the export is audited"),
		func(ctx context.Context, in *watchInput) (*tableFile, error) {
			rows, more, err := s.desk.Ledger(ctx, actorOf(ctx), in.filter())
			if err != nil {
				return nil, err
			}
			return newTableFile("ledger", ledgerTable(rows, more))
		})
	register(s, staffOp("circulars", "/circulars/{month}", "What was named in a month, by unit"),
		func(ctx context.Context, in *monthInput) (*body[circularsBody], error) {
			m, err := s.desk.Circulars(ctx, actorOf(ctx), in.Month)
			return respond(circularsBody{Month: in.Month, More: m.More, Units: list(m.Units, func(u desk.CircularsOf) unitCircularBody {
				return unitCircularBody{Unit: u.Unit.ID, Circulars: list(u.Circulars, newCircular)}
			})}, err)
		})
	register(s, staffOp("circulars-table", "/circulars/{month}/table.csv", "The same as a table; the export is audited"),
		func(ctx context.Context, in *monthInput) (*tableFile, error) {
			m, err := s.desk.TakeCirculars(ctx, actorOf(ctx), in.Month)
			if err != nil {
				return nil, err
			}
			return newTableFile("circulars-"+in.Month, circularsTable(m))
		})
}
