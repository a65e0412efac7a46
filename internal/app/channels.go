package app

import (
	"errors"
	"net/http"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

// checkChannels finds what is wrong with the file of channels.
func checkChannels(path string, environ []string) error {
	c, err := config.LoadChannels(path, environ)
	if err != nil {
		return err
	}
	_, official := weChatCallbacks(&c)
	_, mail := mailboxes(&c)
	_, messages := newNotifications(&c)
	_, lines := hotlines(&c, &http.Client{})
	_, reach := courier.NewGuard(c.Outbound.Allow...)
	router, err := assignment.LoadRouter()
	if err == nil {
		_, err = newOpen311(c.Open311, router.Catalogue())
	}
	return errors.Join(official, mail, messages, lines, reach, err)
}

// carriers are the routes on which deliveries leave, by what stands before "/".
func (a *App) carriers() (map[string]courier.Route, error) {
	told, decide := courier.Closed{Untold: desk.UntoldOff}.Route(), courier.Closed{}.Route()
	routes := map[string]courier.Route{
		desk.WebhookCarrier: a.webhookRoute(), desk.HotlineCarrier: decide, desk.MailCarrier: decide,
		desk.SMSCarrier: told, desk.EmailCarrier: told, desk.RobotCarrier: told, desk.WeChatCarrier: told,
	}
	err := a.messageRoutes(routes)
	if err == nil && len(a.desk.Mailboxes) > 0 {
		routes[desk.MailCarrier], err = a.mailboxRoute()
	}
	if len(a.weChat.carriers) > 0 {
		routes[desk.WeChatCarrier] = a.weChat.route()
	}
	if len(a.hotlines.Clients) > 0 {
		routes[desk.HotlineCarrier] = courier.Route{Carrier: a.hotlines, Pauses: courier.HotlinePauses(), Timeout: hotlineTimeout, Together: hotlinesTogether}
	}
	return routes, err
}
