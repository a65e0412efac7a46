package config

import (
	"maps"
	"slices"

	"jiesu/webhooks/mailbox"
)

// Mailbox is a mailbox that others run.
type Mailbox struct {
	mailbox.Source `koanf:",squash"`

	Secret Secret `koanf:"secret"` // of its hook, and of what is posted back
}

// Sources are the mailboxes in order of their names.
func (c *Channels) Sources() []mailbox.Source {
	var all []mailbox.Source
	for _, name := range slices.Sorted(maps.Keys(c.Mailboxes)) {
		m := c.Mailboxes[name]
		m.Name, m.Auth.Secret = name, m.Secret.Reveal()
		all = append(all, m.Source)
	}
	return all
}
