package app

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"

	"jiesu/internal/config"
	"jiesu/webhooks/hotline"
)

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
