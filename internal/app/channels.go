package app

import (
	"errors"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
)

// checkChannels finds what is wrong with the file of channels.
func checkChannels(path string, environ []string) error {
	c, err := config.LoadChannels(path, environ)
	if err != nil {
		return err
	}
	if _, err = weChatCallbacks(&c); err != nil {
		return err
	}
	_, errMailboxes := mailboxes(&c)
	_, errNotify := newNotifications(&c)
	return errors.Join(errMailboxes, errNotify)
}

// carriers are the routes on which deliveries leave, by what stands before "/".
func (a *App) carriers() (map[string]courier.Route, error) {
	routes := map[string]courier.Route{courier.WebhookCarrier: a.webhookRoute()}
	err := a.messageRoutes(routes)
	if err == nil && len(a.desk.Mailboxes) > 0 {
		routes[desk.MailCarrier], err = a.mailboxRoute()
	}
	if len(a.weChat.carriers) > 0 {
		routes[desk.WeChatCarrier] = a.weChat.route()
	}
	return routes, err
}
