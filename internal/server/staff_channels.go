package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/web/portal"
)

// inbox lists what came from other systems and could not be taken.
func (p staffPages) inbox(c *gin.Context) { p.showInbox(c, http.StatusOK, nil) }

func (p staffPages) showInbox(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	in := arrivalsInput{State: desk.InboundState(c.Query("state")), Before: before(c)}
	found, err := p.desk.Arrivals(ctx, actorOf(ctx), in.filter())
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Inbox{Errors: problems}
	if found.Next > 0 {
		v.Next = older(inboxPage, string(in.State), found.Next)
	}
	for _, s := range []struct {
		state desk.InboundState
		name  string
	}{{"", "需要处理"}, {desk.InboundWaiting, desk.InboundWaiting.Name()}, {desk.InboundDropped, desk.InboundDropped.Name()}} {
		v.States = append(v.States, portal.StateLink{Path: older(inboxPage, string(s.state), 0), Name: s.name, On: s.state == in.State})
	}
	titles := p.mailTitles(c)
	v.Arrivals = list(found.Arrivals, func(in desk.Inbound) portal.Arrival {
		stuck := in.State == desk.InboundUnprocessable
		return portal.Arrival{
			ID: in.ID, Source: peer(in.Source, titles), State: in.State.Name(), Reason: in.Reason, Detail: in.Detail, At: in.ReceivedAt,
			Again: stuck || in.State == desk.InboundDropped, Drop: stuck,
		}
	})
	p.show(c, status, v)
}

// before is where a page begins.
func before(c *gin.Context) int64 {
	n, err := strconv.ParseInt(c.Query("before"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// older is the address of a list in a state, from a place on.
func older(page, state string, before int64) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	return strings.TrimSuffix(page+"?"+q.Encode(), "?")
}

// mailTitles are the names of mailboxes as staff read them, for who may.
func (p staffPages) mailTitles(c *gin.Context) map[string]string {
	ctx := c.Request.Context()
	all, err := p.desk.MailSources(ctx, actorOf(ctx))
	if err != nil { // of no concern to the caller: the names of the configuration do
		return nil
	}
	titles := map[string]string{}
	for _, m := range all {
		titles[desk.MailCarrier+"/"+m.Name] = m.Title
	}
	return titles
}

// peer is what staff call another system.
func peer(route string, titles map[string]string) string {
	if t := titles[route]; t != "" {
		return t
	}
	return route
}

func (p staffPages) actOnArrival(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	err := p.moveArrival(ctx, c.Param("id"), field(c, "act"), field(c, "reason"))
	if err == nil {
		c.Redirect(http.StatusSeeOther, inboxPage)
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showInbox(c, p.problemOf(ctx, err).Status, problems)
		return
	}
	p.fail(c, err)
}

// deliveries lists what was sent to other systems.
func (p staffPages) deliveries(c *gin.Context) {
	ctx := c.Request.Context()
	in := deliveriesInput{State: desk.DeliveryState(c.Query("state")), Before: before(c)}
	found, err := p.desk.Deliveries(ctx, actorOf(ctx), in.filter())
	if err != nil {
		p.fail(c, err)
		return
	}
	v := portal.Deliveries{}
	if found.Next > 0 {
		v.Next = older(deliveriesPage, string(in.State), found.Next)
	}
	v.States = append(v.States, portal.StateLink{Path: deliveriesPage, Name: "还没有送达", On: in.State == ""})
	for _, s := range []desk.DeliveryState{desk.DeliverySent, desk.DeliverySkipped, desk.DeliveryDropped} {
		v.States = append(v.States, portal.StateLink{Path: older(deliveriesPage, string(s), 0), Name: s.Name(), On: s == in.State})
	}
	titles := p.mailTitles(c)
	v.Deliveries = list(found.Deliveries, func(d desk.Delivery) portal.DeliveryBrief { return deliveryBrief(&d, titles) })
	p.show(c, http.StatusOK, v)
}

func deliveryBrief(d *desk.Delivery, titles map[string]string) portal.DeliveryBrief {
	b := portal.DeliveryBrief{
		ID: d.ID, Route: peer(d.Route, titles), Kind: d.Kind, Ticket: d.Ticket, State: d.State.Name(), Reason: d.Reason, Tries: d.Tries, At: d.CreatedAt,
		Dead: d.State == desk.DeliveryDead,
	}
	if d.State == desk.DeliveryWaiting {
		b.NextAt = d.NextAt
	}
	return b
}

func (p staffPages) delivery(c *gin.Context) { p.showDelivery(c, http.StatusOK, nil) }

func (p staffPages) showDelivery(c *gin.Context, status int, problems portal.Problems) {
	ctx := c.Request.Context()
	d, err := p.desk.DeliveryOf(ctx, actorOf(ctx), c.Param("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	dead := d.State == desk.DeliveryDead
	p.show(c, status, portal.Delivery{
		DeliveryBrief: deliveryBrief(&d.Delivery, p.mailTitles(c)), Errors: problems,
		Again: dead || d.State == desk.DeliveryDropped, Drop: dead || d.State == desk.DeliveryWaiting,
		Attempts: list(d.Attempts, func(a desk.Attempt) portal.DeliveryAttempt {
			return portal.DeliveryAttempt{No: a.No, Status: a.Status, At: a.At, Millis: a.Took.Milliseconds(), Outcome: a.Outcome.Name(), Detail: a.Detail}
		}),
	})
}

func (p staffPages) actOnDelivery(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, id := c.Request.Context(), c.Param("id")
	err := p.moveDelivery(ctx, id, field(c, "act"), field(c, "reason"))
	if err == nil {
		c.Redirect(http.StatusSeeOther, deliveriesPage+"/"+url.PathEscape(id))
		return
	}
	if problems, ok := p.refusal(ctx, err); ok {
		p.showDelivery(c, p.problemOf(ctx, err).Status, problems)
		return
	}
	p.fail(c, err)
}
