package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiesu/internal/courier"
)

// TestTheIssuerMayBeInsideAndNamesNobodyElseThere: what its description leads to is no
// way into the network.
func TestTheIssuerMayBeInsideAndNamesNobodyElseThere(t *testing.T) {
	t.Parallel()
	issuer := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer issuer.Close()
	client, err := providerClient(issuer.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(address string) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(r)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
	if err := get(issuer.URL + "/.well-known/openid-configuration"); err != nil {
		t.Errorf("the issuer is not reached: %v", err)
	}
	for _, elsewhere := range []string{strings.Replace(issuer.URL, "127.0.0.1", "127.0.0.2", 1), "https://10.0.0.1/keys", "http://169.254.169.254/latest/meta-data", "https://localhost/keys"} {
		if err := get(elsewhere); !errors.Is(err, courier.ErrForbidden) {
			t.Errorf("%s: %v", elsewhere, err)
		}
	}
}
