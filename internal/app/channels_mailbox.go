package app

import (
	"errors"
	"fmt"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/webhooks/mailbox"
)

const mailboxTimeout = 20 * time.Second

// mailboxes are the mailboxes letters come from, checked.
func mailboxes(c *config.Channels) ([]mailbox.Source, error) {
	all, known, platforms := c.Sources(), desk.MailboxKnown(), map[string]string{}
	var faults []error
	for i := range all {
		s := &all[i]
		faults = append(faults, s.Check(known))
		if s.Origin() == channel.DemoPlatform {
			faults = append(faults, fmt.Errorf("mailboxes.%s.platform: %q is what marks letters that were made up", s.Name, s.Origin()))
		}
		if other := platforms[s.Origin()]; other != "" { // an answer would not know where to go
			faults = append(faults, fmt.Errorf("mailboxes.%s.platform: %q is that of %s", s.Name, s.Origin(), other))
		}
		platforms[s.Origin()] = s.Name
		if _, err := courier.NewGuard(s.Reply.Allow...); err != nil {
			faults = append(faults, fmt.Errorf("mailboxes.%s.reply.allow: %w", s.Name, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("channels: %w", err)
	}
	return all, nil
}

// mailboxRoute is how answers leave for the mailboxes their letters came from.
func (a *App) mailboxRoute() (courier.Route, error) {
	carrier := courier.Mailboxes{}
	for _, s := range a.desk.Mailboxes {
		guard, err := courier.NewGuard(s.Reply.Allow...)
		if err != nil {
			return courier.Route{}, err
		}
		carrier[s.Name] = courier.Mailbox{Source: s, Client: guard.Client(courier.Limits{Timeout: mailboxTimeout}), Now: a.now}
	}
	return courier.Route{Carrier: carrier, Pauses: courier.MailboxPauses(), Timeout: mailboxTimeout}, nil
}
