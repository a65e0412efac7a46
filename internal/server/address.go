package server

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is who sent r. Only a trusted proxy may say that it was somebody
// else: X-Forwarded-For is read from the right, past the proxies we know.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := peer.Addr().Unmap()
	if !within(trusted, client) {
		return client.WithZone("")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = hop.Unmap()
	}
	return client.WithZone("")
}

// viaTLS reports whether the client's connection is encrypted, here or at a
// trusted proxy.
func viaTLS(r *http.Request, trusted []netip.Prefix) bool {
	if r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && within(trusted, peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// rateKey is what is counted as one client: an IPv4 address, or the /64 that an
// IPv6 client has to itself.
func rateKey(a netip.Addr) string {
	if a.Is6() {
		return masked(a, 64)
	}
	return a.String()
}

// loggable is as much of an address as a log may hold.
func loggable(a netip.Addr) string {
	if a.Is6() {
		return masked(a, 48)
	}
	return masked(a, 24)
}

func masked(a netip.Addr, bits int) string {
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// base is the scheme and host that a client knows this site by.
func (s *Server) base(r *http.Request) string {
	scheme := "http"
	if viaTLS(r, s.config.TrustedProxies) {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
