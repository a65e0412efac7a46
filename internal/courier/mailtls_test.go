package courier_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"net/http/httptest"
	"testing"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
)

// encrypted is a relay that is spoken to by TLS from the first byte, and its carrier.
func encrypted(t *testing.T, auth string) (*relay, *courier.Email) {
	t.Helper()
	peer := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(peer.Close)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	r := &relay{Listener: tls.NewListener(l, peer.TLS), rcpt: "250 ok", data: "250 taken", auth: auth}
	c := r.carrier(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(peer.Certificate())
	c.Relay.Security, c.Relay.User, c.Relay.Password, c.Relay.TLS = courier.DirectTLS, "u", "secret", &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}
	return r, c
}

// TestMailByTLSFromTheFirstByte: the password is given in the way the relay takes,
// to whoever has the certificate.
func TestMailByTLSFromTheFirstByte(t *testing.T) {
	t.Parallel()
	text := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	v := delivery(t, "mail/relay", desk.Email{To: "a@example.com", Subject: "s", Text: "t"})
	for auth, want := range map[string]string{
		"LOGIN PLAIN": "PLAIN " + text("\x00u\x00secret"),
		"LOGIN":       "LOGIN " + text("u") + " " + text("secret"),
	} {
		r, c := encrypted(t, auth)
		r.begin(t)
		if got := c.Carry(t.Context(), v); got.Outcome != desk.Arrived || len(r.signed) != 1 || r.signed[0] != want || len(r.messages) != 1 {
			t.Errorf("%s: %+v, signed in with %q", auth, got, r.signed)
		}
	}
	r, c := encrypted(t, "PLAIN")
	r.begin(t)
	c.Relay.TLS = nil
	if got := c.Carry(t.Context(), v); got.Outcome != desk.TryLater || len(r.signed) != 0 {
		t.Errorf("a certificate of nobody's: %+v, signed in with %q", got, r.signed)
	}
}

// TestARelayThatFallsSilentIsHungUpOn: before it has said hello over TLS, and after.
func TestARelayThatFallsSilentIsHungUpOn(t *testing.T) {
	t.Parallel()
	for name, greets := range map[string]bool{"no handshake": false, "a greeting": true} {
		r, c := encrypted(t, "PLAIN")
		ctx, giveUp := context.WithCancel(t.Context())
		hungUp := make(chan struct{})
		go func() {
			defer close(hungUp)
			conn, err := r.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			wire := conn
			if greets {
				_, _ = io.WriteString(conn, "220 relay\r\n")
			} else if secure, ok := conn.(*tls.Conn); ok {
				wire = secure.NetConn()
			}
			_, _ = wire.Read(make([]byte, 1))
			giveUp()
			_, _ = io.Copy(io.Discard, wire)
		}()
		if got := c.Carry(ctx, delivery(t, "mail/relay", desk.Email{To: "a@example.com", Subject: "s", Text: "t"})); got.Outcome != desk.TryLater {
			t.Errorf("%s: %+v", name, got)
		}
		<-hungUp
		must(t, r.Close())
	}
}
