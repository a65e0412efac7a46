package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
)

func TestAHotlineIsWholeOrNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "channels.yaml")
	load := func(text string) (config.Channels, error) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.LoadChannels(path, []string{"CITY=the secret of the city"})
	}
	c, err := load(`
hotlines:
  city: {name: 市12345, adapter: hmac, url: "https://city.example/api", id: us, secret: env:CITY, algorithm: sm3}
  town: {name: 县12345, adapter: manual}
`)
	if err != nil || c.Hotlines["city"].Secret.Reveal() != "the secret of the city" || !(&config.Hotline{Adapter: "manual"}).Manual() || len(c.Hotlines) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = load(`
hotlines:
  city: {adapter: hmac, url: "city.example", id: us, secret: x, header: X-Key}
  town: {name: 县12345, adapter: pigeon}
`)
	for _, want := range []string{
		"hotlines.city.name: is needed", "hotlines.city.algorithm: is needed by hmac", "hotlines.city.header: is of no use to hmac",
		"hotlines.city.url: is not like https://host/path", "hotlines.town.adapter: is hmac,",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing: %v", want, err)
		}
	}
}
