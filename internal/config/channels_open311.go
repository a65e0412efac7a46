package config

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// Open311 lets apps of others send matters in by Open311 GeoReport v2. Without it
// the interface does not exist.
type Open311 struct {
	Jurisdiction string           `koanf:"jurisdiction"` // id clients may name; empty: any
	Contact      string           `koanf:"contact"`      // whom integrators ask
	Services     []Open311Service `koanf:"services"`
	Clients      []Open311Client  `koanf:"clients"`
}

// Open311Service is a matter that may be sent in.
type Open311Service struct {
	Code        string `koanf:"code"`
	Name        string `koanf:"name"`
	Description string `koanf:"description"`
	Group       string `koanf:"group"`
	Keywords    string `koanf:"keywords"`
	Kind        string `koanf:"kind"`     // suggestion, site_error or help
	Category    string `koanf:"category"` // routing category, none that is sensitive
	Located     bool   `koanf:"located"`  // the place is needed
}

// Open311Client is an app with a key of its own.
type Open311Client struct {
	Name      string `koanf:"name"`
	KeySHA256 string `koanf:"key_sha256"` // hex; the key itself is the app's alone
}

// faults finds what cannot work.
func (o *Open311) faults() []error {
	if o == nil {
		return nil
	}
	var found []error
	if len(o.Services) == 0 {
		found = append(found, errors.New("open311: no services"))
	}
	codes, names := map[string]bool{}, map[string]bool{}
	for i, s := range o.Services {
		if s.Code == "" || s.Name == "" || codes[s.Code] {
			found = append(found, fmt.Errorf("open311.services.%d: needs a code of its own and a name", i))
		}
		codes[s.Code] = true
	}
	for i, c := range o.Clients {
		if key, err := hex.DecodeString(c.KeySHA256); err != nil || len(key) != 32 || c.Name == "" || names[c.Name] {
			found = append(found, fmt.Errorf("open311.clients.%d: needs a name of its own and key_sha256, 64 hexadecimal digits", i))
		}
		names[c.Name] = true
	}
	return found
}
