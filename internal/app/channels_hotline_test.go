package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
	"jiesu/webhooks/hotline"
)

func TestPlatformsAreBuiltAsConfigured(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "city.yaml")
	if err := os.WriteFile(file, []byte("in: [{to: act, value: urge}, {to: order_no, from: a}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	const secret = "a secret of 16 bytes"
	all := map[string]config.Hotline{
		"hmac":    {Adapter: "hmac", URL: "https://a.example", ID: "us", Secret: secret, Algorithm: "sm3"},
		"oauth2":  {Adapter: "oauth2", URL: "https://a.example", ID: "us", Secret: secret, Theirs: secret, TokenURL: "https://a.example/token", Dialect: "police"},
		"key":     {Adapter: "key", URL: "https://a.example", Secret: secret, Theirs: secret, Header: "X-Api-Key", Dialect: file},
		"session": {Adapter: "session", URL: "https://a.example", ID: "us", Secret: secret, IDField: "a", Field: "b"},
		"envelope": {
			Adapter: "envelope", URL: "https://a.example", Cipher: "0123456789abcdeffedcba9876543210",
			Secret: "f9779895497d7367631b067baa44e99599598de4e308e114fe380763e08c08af",
			Theirs: "04d3b18f117b1f800bc4be15da13817c8c4b8870467a0ed872143cfe3a17f14cfbbce17fdcabeca9ede630bbd8f8af8670717e7532c4a96b3e2b4f4ab052790856",
		},
		"manual": {Adapter: "manual"},
	}
	built, err := hotlines(&config.Channels{Hotlines: all}, http.DefaultClient)
	if err != nil || len(built) != len(all)-1 {
		t.Fatalf("%d, %v", len(built), err)
	}
	if _, is := built["key"].Platform.Dialect.(*hotline.Mapping); !is {
		t.Errorf("%T", built["key"].Platform.Dialect)
	}
	for want, h := range map[string]config.Hotline{
		"16 bytes":        {Adapter: "hmac", URL: "https://a.example", ID: "us", Secret: "short", Algorithm: "sm3"},
		"no such file":    {Adapter: "hmac", URL: "https://a.example", ID: "us", Secret: secret, Algorithm: "sm3", Dialect: file + "x"},
		"address":         {Adapter: "hmac", URL: "https://a.example?x", ID: "us", Secret: secret, Algorithm: "sm3"},
		"unknown adapter": {Adapter: "pigeon"},
	} {
		_, err := hotlines(&config.Channels{Hotlines: map[string]config.Hotline{"city": h}}, http.DefaultClient)
		if err == nil || !strings.Contains(err.Error(), "hotlines.city: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
