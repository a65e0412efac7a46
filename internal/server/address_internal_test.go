package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		remote    string
		forwarded []string
		want      string
	}{
		{"203.0.113.7:5000", nil, "203.0.113.7"},
		{"203.0.113.7:5000", []string{"198.51.100.1"}, "203.0.113.7"}, // not a proxy of ours
		{"10.0.0.1:5000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"}, // the client's own claim
		{"10.0.0.1:5000", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		{"10.0.0.1:5000", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"10.0.0.1:5000", []string{"unknown"}, "10.0.0.1"},
		{"10.0.0.1:5000", []string{""}, "10.0.0.1"},
		{"[::1]:5000", []string{"2001:db8::1"}, "2001:db8::1"},
		{"[fe80::1%eth0]:5000", nil, "fe80::1"},
		{"[::ffff:203.0.113.7]:5000", nil, "203.0.113.7"},
		{"@", []string{"198.51.100.1"}, "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := clientAddress(r, trusted).String(); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	for address, want := range map[string][2]string{
		"203.0.113.7":       {"203.0.113.7", "203.0.113.0/24"},
		"2001:db8:1:2:3::4": {"2001:db8:1:2::/64", "2001:db8:1::/48"},
	} {
		a := netip.MustParseAddr(address)
		if got := [2]string{rateKey(a), loggable(a)}; got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	if rateKey(netip.Addr{}) == "" || loggable(netip.Addr{}) == "" {
		t.Error("a client without an address has no key")
	}
}

func TestPointerOf(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"body": "", "body.contact.phone": "/contact/phone", "body.attachments[0]": "/attachments/0", "query.limit": "limit",
		"body.<script>": "/?", "body.身份证": "/?", "header.Idempotency-Key": "Idempotency-Key", "path.id": "id",
	} {
		if got := pointerOf(location); got != want {
			t.Errorf("%s: %q, want %q", location, got, want)
		}
	}
}
