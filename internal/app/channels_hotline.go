package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/webhooks/hotline"
)

const (
	hotlineTimeout   = 20 * time.Second
	hotlineBytes     = 4 << 20 // of a list of open orders
	hotlinesTogether = 4       // orders at once
	pullTakes        = 5 * time.Minute
	jobReconcile     = "order.reconcile"
	reconcileEvery   = 12 * time.Hour
	reconcileTakes   = 5 * time.Minute
)

// joinHotlines adds the 12345 platforms to what the desk is made of.
func (a *App) joinHotlines(parts *desk.Parts) error {
	clients, err := hotlines(&a.channels, a.guard.Client(courier.Limits{Timeout: hotlineTimeout, Body: hotlineBytes}))
	if err != nil {
		return err
	}
	a.hotlines = &courier.Hotlines{Clients: clients, Files: map[string]*http.Client{}, Now: a.now}
	for name, h := range a.channels.Hotlines {
		guard, err := a.guard.Only(h.FileHosts()...)
		if err != nil {
			return fmt.Errorf("channels: hotlines.%s.files: %w", name, err)
		}
		a.hotlines.Files[name] = guard.Client(courier.Limits{Timeout: time.Minute, Body: channel.MaxUpload})
	}
	parts.FetchFile = a.hotlines.Fetch
	for _, name := range slices.Sorted(maps.Keys(a.channels.Hotlines)) {
		p := desk.Platform{ID: name, Name: a.channels.Hotlines[name].Name}
		if c := clients[name]; c != nil {
			p.Read, p.Files = c.Platform.Read, c.Platform.Dialect.Files
		}
		parts.Platforms = append(parts.Platforms, p)
	}
	return nil
}

// hotlinePlatforms are those that call, by name.
func (a *App) hotlinePlatforms() map[string]*hotline.Platform {
	all := map[string]*hotline.Platform{}
	for name, c := range a.hotlines.Clients {
		all[name] = c.Platform
	}
	return all
}

// reconcile compares what every platform takes for open with what is here. One that
// does not answer is in nobody's way; one that cannot tell is passed over.
func (a *App) reconcile(ctx context.Context) error {
	var failed []error
	for name, c := range a.hotlines.Clients {
		listed, err := c.Orders(ctx, a.now())
		if errors.Is(err, hotline.ErrUnspoken) {
			continue
		}
		if err == nil {
			_, err = a.desk.Reconcile(ctx, name, listed)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("platform %s: %w", name, err), a.desk.Unreconciled(ctx, name))
		}
	}
	return errors.Join(failed...)
}

// hotlines are the 12345 platforms that have an interface, by name. Nothing is
// asked of them yet; what goes to them goes through client.
func hotlines(c *config.Channels, client *http.Client) (map[string]*hotline.Client, error) {
	all := map[string]*hotline.Client{}
	for name, h := range c.Hotlines {
		if h.Manual() {
			continue
		}
		p, err := platform(&h, client)
		if err == nil {
			all[name], err = hotline.NewClient(p, client, h.URL)
		}
		if err != nil {
			return nil, fmt.Errorf("channels: hotlines.%s: %w", name, err)
		}
	}
	return all, nil
}

func platform(h *config.Hotline, client *http.Client) (p *hotline.Platform, err error) {
	p = &hotline.Platform{}
	if p.Dialect, err = dialect(h.Dialect); err != nil {
		return nil, err
	}
	if p.From, err = h.Networks(); err != nil {
		return nil, err
	}
	secret, theirs := h.Secret.Reveal(), h.Theirs.Reveal()
	switch h.Adapter {
	case "hmac":
		p.Lock, err = hotline.NewHMAC(h.ID, []byte(secret), h.Algorithm, rand.Reader)
	case "oauth2":
		p.Lock, err = hotline.NewOAuth2(client, h.TokenURL, h.ID, secret, theirs)
	case "key":
		p.Lock, err = hotline.NewKey(h.Header, theirs, secret)
	case "session":
		p.Lock, err = hotline.NewStatic(h.IDField, h.ID, h.Field, secret)
	case "envelope":
		p.Lock, err = hotline.NewEnvelope(h.Cipher.Reveal(), secret, theirs, rand.Reader)
	case "network":
		p.Lock = hotline.Line{}
	default:
		err = fmt.Errorf("unknown adapter %q", h.Adapter)
	}
	return p, err
}

// dialect is one that is built in, or what a file says.
func dialect(name string) (hotline.Dialect, error) {
	switch name {
	case "", "canonical":
		return hotline.Canonical{}, nil
	case "police":
		return hotline.Police()
	}
	file, err := os.ReadFile(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	return hotline.ParseMapping(file)
}
