package server

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/web/portal"
	"jiesu/webhooks"
)

// channelPages are the pages about other systems.
func (p staffPages) channelPages() []staffPage {
	return []staffPage{
		{http.MethodGet, inboxPage, p.inbox},
		{http.MethodPost, inboxPage + "/:id", p.actOnArrival},
		{http.MethodGet, deliveriesPage, p.deliveries},
		{http.MethodGet, deliveriesPage + "/:id", p.delivery},
		{http.MethodPost, deliveriesPage + "/:id", p.actOnDelivery},
		{http.MethodGet, importsPage, p.imports},
		{http.MethodPost, importsPage, p.importMail},
		{http.MethodGet, importsPage + "/:source", p.mailReplies},
		{http.MethodPost, importsPage + "/:source", p.enterReplies},
		{http.MethodGet, notificationsPage, p.notifications},
		{http.MethodPost, notificationsPage, p.setNotifications},
		{http.MethodGet, notificationsPage + "/:number", p.told},
		{http.MethodGet, webhooksPage, p.webhooks},
		{http.MethodPost, webhooksPage, p.addWebhook},
		{http.MethodGet, webhooksPage + "/:id", p.webhook},
		{http.MethodPost, webhooksPage + "/:id", p.actOnWebhook},
	}
}

// channelTiles are those of them a grant opens.
func channelTiles(g *access.Grant) []portal.Tile {
	if !g.Channels {
		return nil
	}
	tiles := []portal.Tile{
		{Path: inboxPage, Name: "收到的消息", Hint: "看其他系统发来、系统无法处理的消息，再次处理或者作废。"},
		{Path: deliveriesPage, Name: "发出的消息", Hint: "看发往其他系统、还没有送达的消息，重发或者作废。"},
		{Path: webhooksPage, Name: "推送地址", Hint: "其他系统从哪里得知来信的进展，有没有送达；更换密钥，重发。"},
	}
	if g.Scope == "*" {
		tiles = append(tiles, portal.Tile{Path: importsPage, Name: "其他信箱", Hint: "导入其他信箱的来信，导出要录入回去的答复。"})
	}
	return tiles
}

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
		ID: d.ID, Route: peer(d.Route, titles), Kind: sentKind(d.Kind), Ticket: d.Ticket, State: d.State.Name(), Reason: inChinese(d.Reason), Tries: d.Tries, At: d.CreatedAt,
		Dead: d.State == desk.DeliveryDead,
	}
	if d.State == desk.DeliveryWaiting {
		b.NextAt = d.NextAt
	}
	return b
}

// sentKind is what a delivery tells of.
func sentKind(kind string) string {
	move, _ := strings.CutPrefix(kind, "ticket.")
	return cmp.Or(ticket.Move(move).Name(), eventName(webhooks.Type(kind)), kind)
}

// failures are what carriers and the desk say of attempts, in words of staff.
func failures() []choice {
	return []choice{
		{"peer.refused", "对方拒收"},
		{"peer.unreachable", "多次重试没有送达"},
		{"no connection", "连接不上"},
		{"no answer in time", "超过时限没有回音"},
		{"webhook.disabled", "推送地址已停用"},
		{"the address leads where nothing is sent to", "不允许发往这个地址"},
		{"redirects are not followed", "对方要求转到别的地址，不予跟随"},
		{"the mailbox is not configured", "没有配置这个信箱"},
		{"it did not say that it was taken", "对方没有表示收下"},
	}
}

// inChinese is what was said of an attempt in words of staff; what carriers and the
// desk do not say themselves stays as it is.
func inChinese(said string) string {
	return nameIn(failures(), said)
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
			return portal.DeliveryAttempt{No: a.No, Status: a.Status, At: a.At, Millis: a.Took.Milliseconds(), Outcome: attemptName(a.Outcome), Detail: inChinese(a.Detail)}
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
