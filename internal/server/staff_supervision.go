package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/report"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// supervision shows what waits by unit, and the tickets behind the figure that
// was chosen.
func (p staffPages) supervision(c *gin.Context) {
	ctx := c.Request.Context()
	s, err := p.desk.Supervision(ctx, actorOf(ctx))
	if err != nil {
		p.fail(c, err)
		return
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Supervision{At: s.At, Heads: list(desk.Aspects(), desk.Aspect.Name)}
	for _, u := range s.Units {
		v.Units = append(v.Units, watchedUnit(u, names[u.Unit]))
	}
	if c.Query("aspect") == "" {
		p.show(c, http.StatusOK, v)
		return
	}
	f := desk.Filter{Aspect: desk.Aspect(c.Query("aspect")), Owner: c.Query("unit"), Cursor: c.Query("cursor")}
	page, err := p.desk.Watch(ctx, actorOf(ctx), f)
	if err != nil {
		p.fail(c, err)
		return
	}
	v.Chosen, v.Table = names[f.Owner]+f.Aspect.Name(), watchAddress("/api/v1/staff/supervision/ledger.csv", f)
	v.Tickets = list(page.Rows, watchedTicket)
	if f.Cursor = page.Next; f.Cursor != "" {
		v.More = watchAddress(watchPage, f) + "#list"
	}
	p.show(c, http.StatusOK, v)
}

// unitNames are the shown names of units by id.
func (p staffPages) unitNames(ctx context.Context) (map[string]string, error) {
	units, err := p.desk.Units(ctx)
	names := make(map[string]string, len(units))
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return names, err
}

// watchAddress is where a list of supervision is found.
func watchAddress(path string, f desk.Filter) string {
	q := url.Values{"aspect": {string(f.Aspect)}}
	if f.Owner != "" {
		q.Set("unit", f.Owner)
	}
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	return path + "?" + q.Encode()
}

func watchedUnit(u desk.UnitCounts, name string) portal.WatchedUnit {
	v := portal.WatchedUnit{Name: name, Oldest: u.Oldest}
	for _, a := range desk.Aspects() {
		v.Counts = append(v.Counts, portal.WatchedCount{
			N: u.Counts[a], What: name + a.Name(), Path: watchAddress(watchPage, desk.Filter{Aspect: a, Owner: u.Unit}) + "#list",
		})
	}
	return v
}

func watchedTicket(r desk.LedgerRow) portal.WatchedTicket {
	t := &r.Ticket
	return portal.WatchedTicket{
		Number: t.Number, Kind: t.Kind.Name(), Unit: r.Owner.Name, Holder: r.Holder, Status: t.Status.Name(), Card: string(r.Card), CardName: r.Card.Name(),
		Due: t.DueAt, Feedback: t.FeedbackDue, Urges: t.Urges, Supervisions: t.Supervisions, Returns: t.Returns,
	}
}

// scores shows the sheet of a month, the last one where none is named, and what
// was named in it.
func (p staffPages) scores(c *gin.Context) {
	ctx := c.Request.Context()
	v := portal.Scores{Month: c.Query("month")}
	if v.Month == "" {
		now := p.now().In(beijing())
		v.Month = now.AddDate(0, 0, -now.Day()).Format("2006-01")
	}
	circulars, err := p.desk.Circulars(ctx, actorOf(ctx), v.Month)
	if problem.HasCode(err, "deadline.month") {
		v.Errors = portal.Problems{{Field: "month", Message: p.problemOf(ctx, err).Detail}}
		v.Month = ""
		p.show(c, http.StatusUnprocessableEntity, v)
		return
	}
	if err == nil {
		err = p.sheet(ctx, &v)
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	v.More = circulars.More
	for _, u := range circulars.Units {
		for _, o := range u.Circulars {
			v.Circulars = append(v.Circulars, portal.Circular{Unit: u.Unit.Name, Ticket: o.Ticket, Note: o.Note, At: o.At})
		}
	}
	p.show(c, http.StatusOK, v)
}

// sheet fills in the sheet of a month that is closed.
func (p staffPages) sheet(ctx context.Context, v *portal.Scores) error {
	s, err := p.desk.Scores(ctx, actorOf(ctx), v.Month)
	if problem.HasCode(err, "score.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	names, err := p.unitNames(ctx)
	if err != nil {
		return err
	}
	v.Frozen, v.Intact, v.Rules = s.FrozenAt, s.Intact, s.Rules
	for _, u := range s.Upheld {
		v.Upheld = append(v.Upheld, portal.UpheldLate{Name: names[u.Unit], N: u.Late})
	}
	for _, l := range s.Lines {
		u := portal.ScoredUnit{Name: names[l.Unit], Parts: list(l.Parts, scoredPart)}
		if l.Score != nil {
			u.Score = hundredths(*l.Score)
		}
		v.Units = append(v.Units, u)
	}
	return nil
}

func scoredPart(r report.Rate) portal.ScoredPart {
	v := portal.ScoredPart{Name: r.Name, Share: hundredths(r.Share), Cases: r.Cases, Of: r.Of, Weight: r.Weight}
	if r.Counts {
		v.Points = hundredths(r.Points)
	}
	return v
}

func hundredths(n int) string { return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) }
