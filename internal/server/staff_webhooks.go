package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
	"jiesu/webhooks"
)

const webhooksPage = "/staff/webhooks"

// webhooks lists the endpoints, with a form for one more.
func (p staffPages) webhooks(c *gin.Context) { p.showWebhooks(c, http.StatusOK, portal.Webhooks{}) }

func (p staffPages) showWebhooks(c *gin.Context, status int, v portal.Webhooks) {
	ctx := c.Request.Context()
	all, err := p.desk.Endpoints(ctx, actorOf(ctx))
	if err != nil {
		p.fail(c, err)
		return
	}
	v.Endpoints = list(all, webhookBrief)
	chosen := map[string]bool{}
	for _, of := range c.PostFormArray("types") {
		chosen[of] = true
	}
	v.Types = list(webhooks.TicketTypes(), func(of webhooks.Type) portal.Ticked { return ticked(string(of), eventName(of), chosen[string(of)]) })
	p.show(c, status, v)
}

func webhookBrief(e desk.Endpoint) portal.WebhookBrief {
	return portal.WebhookBrief{ID: e.ID, URL: e.URL, Description: e.Description, State: e.State.Name(), On: e.State == desk.EndpointEnabled}
}

func (p staffPages) addWebhook(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	n := desk.NewEndpoint{URL: field(c, "url"), Description: field(c, "description")}
	for _, of := range c.PostFormArray("types") {
		n.Types = append(n.Types, webhooks.Type(of))
	}
	e, err := p.desk.AddEndpoint(ctx, actorOf(ctx), n)
	if err == nil {
		p.showWebhook(c, e.ID, http.StatusCreated, portal.Webhook{Secret: e.Secret.Text()})
		return
	}
	if problems, ok := p.refusal(ctx, err); ok && problem.KindOf(err) != problem.Denied {
		p.showWebhooks(c, p.problemOf(ctx, err).Status, portal.Webhooks{URL: n.URL, Description: n.Description, Errors: problems})
		return
	}
	p.fail(c, err)
}

func (p staffPages) webhook(c *gin.Context) {
	p.showWebhook(c, c.Param("id"), http.StatusOK, portal.Webhook{})
}

func (p staffPages) showWebhook(c *gin.Context, id string, status int, v portal.Webhook) {
	ctx := c.Request.Context()
	e, err := p.desk.EndpointOf(ctx, actorOf(ctx), id)
	if err != nil {
		p.fail(c, err)
		return
	}
	v.WebhookBrief, v.Version, v.FormerUntil = webhookBrief(e.Endpoint), e.Version, e.FormerUntil
	if !p.now().Before(v.FormerUntil) {
		v.FormerUntil = time.Time{}
	}
	v.Types = list(e.Types, eventName)
	v.Missed, v.Waiting = list(e.Missed, webhookDelivery), list(e.Waiting, webhookDelivery)
	v.Attempts = list(e.Attempts, func(a desk.SentAttempt) portal.WebhookAttempt {
		return portal.WebhookAttempt{
			Delivery: a.Delivery, Event: eventName(webhooks.Type(a.Kind)), No: a.No, At: a.At, Took: a.Took.Milliseconds(), Status: a.Status, Outcome: attemptName(a.Outcome),
		}
	})
	p.show(c, status, v)
}

func webhookDelivery(v desk.Delivery) portal.WebhookDelivery {
	return portal.WebhookDelivery{ID: v.ID, Event: eventName(webhooks.Type(v.Kind)), At: v.CreatedAt, Next: v.NextAt, Tries: v.Tries, Dead: v.State == desk.DeliveryDead}
}

// actOnWebhook does what the button of one of the page's forms says.
func (p staffPages) actOnWebhook(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, id := c.Request.Context(), c.Param("id")
	e, err := p.webhookAct(ctx, c, id)
	switch {
	case err == nil && len(e.Secret) > 0 && field(c, "act") == "rotate":
		p.showWebhook(c, id, http.StatusCreated, portal.Webhook{Secret: e.Secret.Text()})
		return
	case err == nil:
		c.Redirect(http.StatusSeeOther, webhooksPage+"/"+id)
		return
	}
	if problems, ok := p.refusal(ctx, err); ok && problem.KindOf(err) != problem.Denied {
		p.showWebhook(c, id, p.problemOf(ctx, err).Status, portal.Webhook{Errors: problems})
		return
	}
	p.fail(c, err)
}

func (p staffPages) webhookAct(ctx context.Context, c *gin.Context, id string) (desk.Endpoint, error) {
	a := actorOf(ctx)
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		version = 0 // of no endpoint; some acts need none
	}
	switch field(c, "act") {
	case "rotate":
		return p.desk.RotateSecret(ctx, a, id, version)
	case "enable", "disable":
		return p.desk.SwitchEndpoint(ctx, a, id, version, field(c, "act") == "enable")
	case "ping":
		_, err = p.desk.PingEndpoint(ctx, a, id)
	case "again":
		err = p.desk.Replay(ctx, a, field(c, "delivery"))
	case "replay":
		var since time.Time
		if since, err = time.ParseInLocation(time.DateOnly, field(c, "since"), deadline.Beijing()); err != nil {
			return desk.Endpoint{}, problem.New(problem.Invalid, "webhook.since", "请填写从哪一天起重发。")
		}
		_, err = p.desk.ReplayEndpoint(ctx, a, id, since)
	default:
		err = problem.New(problem.Invalid, "webhook.act", "没有这项操作。")
	}
	return desk.Endpoint{}, err
}

// eventName is what an event is called on these pages.
func eventName(of webhooks.Type) string {
	return map[webhooks.Type]string{
		webhooks.TicketOpened: "登记", webhooks.TicketAccepted: "受理", webhooks.TicketDeclined: "不予受理", webhooks.TicketAsked: "要求补充",
		webhooks.TicketSupplied: "已补充", webhooks.TicketReclassified: "更改类别", webhooks.TicketDispatched: "派单、改派", webhooks.TicketSigned: "签收",
		webhooks.TicketReturned: "退单", webhooks.TicketRescheduled: "期限变化", webhooks.TicketAnswered: "已答复", webhooks.TicketRated: "已评价",
		webhooks.TicketReopened: "重办", webhooks.TicketClosed: "办结", webhooks.TicketMerged: "并单", webhooks.TicketUnmerged: "取消并单",
		webhooks.TicketWithdrawn: "撤回", webhooks.TicketTransferred: "转出", webhooks.Ping: "测试",
	}[of]
}

// attemptName is what the outcome of an attempt is called on these pages.
func attemptName(o desk.Outcome) string {
	switch o {
	case desk.Arrived:
		return "送达"
	case desk.TryLater:
		return "未送达，稍后再试"
	case desk.PeerRefused:
		return "未送达，不再重试"
	case desk.NobodyKnows:
		return "没有回应，稍后再试"
	case desk.NotDelivered:
		return "已停用，没有发出"
	}
	return ""
}
