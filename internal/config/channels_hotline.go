package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Hotline is a 12345 platform: how it signs and what its messages look like.
type Hotline struct {
	Name    string `koanf:"name"`    // Chinese, as staff know it
	Adapter string `koanf:"adapter"` // hmac, oauth2, key, session, envelope, network; manual: people carry everything
	URL     string `koanf:"url"`     // what its paths are below
	Dialect string `koanf:"dialect"` // canonical, police, or the file of a mapping; empty: canonical

	ID        string `koanf:"id"`        // hmac: the app id; oauth2: the client id; session: the id
	Secret    Secret `koanf:"secret"`    // hmac: the shared one; oauth2: of the client; key, session: what we send; envelope: our SM2 private key
	Theirs    Secret `koanf:"theirs"`    // oauth2, key: what the platform sends; envelope: its SM2 public key
	Cipher    Secret `koanf:"cipher"`    // envelope: the SM4 key
	Algorithm string `koanf:"algorithm"` // hmac: sha256 or sm3
	Header    string `koanf:"header"`    // key: which header holds it, such as X-Api-Key
	TokenURL  string `koanf:"token_url"` // oauth2
	IDField   string `koanf:"id_field"`  // session: what the id is called in the body
	Field     string `koanf:"field"`     // session: what the session is called

	// From are the networks its requests come from, such as 10.20.0.0/16: all there
	// is to know it by with network, one more lock with the others.
	From []string `koanf:"from"`

	// Files are the hosts, addresses and networks its files lie at, beside the host of
	// url: nothing else is fetched on its word.
	Files []string `koanf:"files"`
}

// FileHosts are where its files may lie.
func (h *Hotline) FileHosts() []string {
	if u, err := url.Parse(h.URL); err == nil && u.Hostname() != "" {
		return append([]string{u.Hostname()}, h.Files...)
	}
	return h.Files
}

// Networks are those its requests come from.
func (h *Hotline) Networks() ([]netip.Prefix, error) { return prefixes("from", h.From) }

// Manual reports whether the platform has no interface.
func (h *Hotline) Manual() bool { return h.Adapter == "manual" }

// hotlineAdapters are the adapters and the keys each of them needs.
func hotlineAdapters() map[string][]string {
	return map[string][]string{
		"manual":   nil,
		"hmac":     {"url", "id", "secret", "algorithm"},
		"oauth2":   {"url", "id", "secret", "theirs", "token_url"},
		"key":      {"url", "secret", "theirs", "header"},
		"session":  {"url", "id", "secret", "id_field", "field"},
		"envelope": {"url", "secret", "theirs", "cipher"},
		"network":  {"url"},
	}
}

func (c *Channels) hotlineFaults() (faults []error) {
	for name, h := range c.Hotlines {
		if !channelName(name) {
			faults = append(faults, fmt.Errorf("hotlines.%s: a name is of a-z, 0-9, _ and -", name))
		}
		h.faults(func(field, why string) {
			faults = append(faults, fmt.Errorf("hotlines.%s.%s: %s", name, field, why))
		})
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

func (h *Hotline) faults(fault func(field, why string)) {
	needed, known := hotlineAdapters()[h.Adapter]
	if !known {
		fault("adapter", "is hmac, oauth2, key, session, envelope, network or manual")
	}
	if h.Name == "" {
		fault("name", "is needed")
	}
	values := map[string]string{
		"url": h.URL, "id": h.ID, "secret": h.Secret.Reveal(), "theirs": h.Theirs.Reveal(), "cipher": h.Cipher.Reveal(),
		"algorithm": h.Algorithm, "header": h.Header, "token_url": h.TokenURL, "id_field": h.IDField, "field": h.Field,
	}
	for field, value := range values {
		switch wanted := slices.Contains(needed, field); {
		case wanted && value == "":
			fault(field, "is needed by "+h.Adapter)
		case known && !wanted && value != "":
			fault(field, "is of no use to "+h.Adapter)
		}
	}
	if _, err := h.Networks(); err != nil {
		fault("from", "is a list of networks such as 10.20.0.0/16")
	}
	if len(h.From) == 0 && h.Adapter == "network" {
		fault("from", "is needed by network: nothing else says who sends")
	}
	for _, field := range []string{"url", "token_url"} {
		if u, err := url.Parse(values[field]); values[field] != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			fault(field, "is not like https://host/path")
		}
	}
}
