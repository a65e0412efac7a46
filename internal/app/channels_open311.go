package app

import (
	"encoding/hex"
	"errors"
	"fmt"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/server"
	"jiesu/webhooks/open311"
)

// newOpen311 is the interface for apps of others as it is set up; nil: there is none.
func newOpen311(c *config.Open311, categories []assignment.Category) (*server.Open311, error) {
	if c == nil {
		return nil, nil //nolint:nilnil // off
	}
	o := &server.Open311{Jurisdiction: c.Jurisdiction, Contact: c.Contact, Keys: map[[32]byte]string{}}
	var faults []error
	for _, s := range c.Services {
		matter := desk.AppService{Code: s.Code, Kind: channel.Kind(s.Kind), Category: s.Category}
		if err := desk.CheckAppService(matter, categories); err != nil {
			faults = append(faults, fmt.Errorf("open311: %w", err))
		}
		o.Services = append(o.Services, server.Open311Service{Matter: matter, Located: s.Located, Shown: open311.Service{
			Code: s.Code, Name: s.Name, Description: s.Description, Group: s.Group, Keywords: s.Keywords, Type: open311.Batch,
		}})
	}
	for _, client := range c.Clients {
		var key [32]byte
		if _, err := hex.Decode(key[:], []byte(client.KeySHA256)); err != nil {
			faults = append(faults, fmt.Errorf("open311: key of %s: %w", client.Name, err))
		}
		o.Keys[key] = client.Name
	}
	return o, errors.Join(faults...)
}
