package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrForbidden is a place that the house does not talk to. What it wraps says why,
// for operators.
var ErrForbidden = errors.New("courier: not a place to send to")

// The limits of a client that names none.
const (
	answersWithin = 20 * time.Second
	connectWithin = 10 * time.Second
	answerBytes   = 64 << 10
	headerBytes   = 64 << 10
	idleFor       = 90 * time.Second
)

// Guard decides where connections may go: to public addresses by https on the usual
// ports, and to what the operator lists. Names are judged by the address that is
// dialed in the end, so that a name that changes its address gains nothing.
type Guard struct {
	hosts    []string       // these may be spoken to without TLS, and on any port
	networks []netip.Prefix // these addresses are not public and yet allowed
	only     *Guard         // whose hosts and networks alone may be named; nil: any

	resolver *net.Resolver
}

// Limits are what a client of a peer with large answers, or slow ones, changes.
type Limits struct {
	Timeout time.Duration // of the whole exchange; zero: 20 s
	Body    int64         // bytes of an answer that are read; zero: 64 KiB
}

// NewGuard lets connections go to what allow names beside the public network: a
// network (10.1.0.0/16) or address makes its addresses reachable; an address or host
// name is trusted to be reached without TLS and on any port, a name at addresses that
// are allowed.
func NewGuard(allow ...string) (*Guard, error) {
	g := &Guard{resolver: net.DefaultResolver}
	for _, one := range allow {
		if network, err := netip.ParsePrefix(one); err == nil {
			g.networks = append(g.networks, network.Masked())
		} else if ip, err := netip.ParseAddr(one); err == nil && ip.Zone() == "" {
			g.networks = append(g.networks, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		} else if one != "" && !strings.ContainsAny(one, "/:@*? ") {
			g.hosts = append(g.hosts, strings.ToLower(one))
		} else {
			return nil, fmt.Errorf("courier: %q is neither a network, an address nor the name of a host", one)
		}
	}
	return g, nil
}

// Only lets through what g does, and of that nothing but what is named: hosts,
// addresses, networks. What one peer may send us to is no way to another.
func (g *Guard) Only(named ...string) (*Guard, error) {
	only, err := NewGuard(named...)
	if err != nil {
		return nil, err
	}
	return &Guard{hosts: g.hosts, networks: g.networks, only: only, resolver: g.resolver}, nil
}

// names reports whether a host is among those of g, or its address in its networks.
func (g *Guard) names(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return slices.Contains(g.hosts, strings.ToLower(host))
	}
	return g.inListed(ip.Unmap())
}

// Check judges an address (URL) before it is taken down: its form, and where its
// name leads today. A name that cannot be asked for now is judged when it is used.
func (g *Guard) Check(ctx context.Context, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("%w: it cannot be read", ErrForbidden) // the parser repeats the address, which may hold a secret
	}
	if err := g.form(u); err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return g.address(ip)
	}
	ips, err := g.resolver.LookupNetIP(ctx, "ip", u.Hostname())
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
		return fmt.Errorf("%w: there is no such host", ErrForbidden)
	}
	for _, ip := range ips {
		if err := g.address(ip); err != nil {
			return err
		}
	}
	return nil
}

// form is what can be said of an address without asking for its name.
func (g *Guard) form(u *url.URL) error {
	listed := g.listed(u.Hostname())
	switch {
	case u.Hostname() == "" || u.Opaque != "":
		return fmt.Errorf("%w: it names no host", ErrForbidden)
	case g.only != nil && !g.only.names(u.Hostname()):
		return fmt.Errorf("%w: not one of this peer's hosts", ErrForbidden)
	case u.User != nil:
		return fmt.Errorf("%w: it holds a user", ErrForbidden)
	case u.Fragment != "":
		return fmt.Errorf("%w: it holds a fragment", ErrForbidden)
	case u.Scheme != "https" && (u.Scheme != "http" || !listed):
		return fmt.Errorf("%w: not https", ErrForbidden)
	case !listed && !slices.Contains([]string{"", "443", "8443"}, u.Port()):
		return fmt.Errorf("%w: not the port 443 or 8443", ErrForbidden)
	default:
		return nil
	}
}

// listed reports whether the operator named a host itself. A network says where
// connections may go, and not that everything in it is trusted.
func (g *Guard) listed(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return slices.Contains(g.hosts, strings.ToLower(host))
	}
	ip = ip.Unmap()
	return slices.Contains(g.networks, netip.PrefixFrom(ip, ip.BitLen()))
}

func (g *Guard) inListed(ip netip.Addr) bool {
	return slices.ContainsFunc(g.networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// address judges one address. IPv4 in the notation of IPv6 is IPv4.
func (g *Guard) address(ip netip.Addr) error {
	ip = ip.Unmap()
	if g.inListed(ip) {
		return nil
	}
	if why := refused(ip); why != "" {
		return fmt.Errorf("%w: %s", ErrForbidden, why)
	}
	return ours(ip)
}

// refused names what is wrong with an address; nothing for a public one.
func refused(ip netip.Addr) string {
	if !ip.IsValid() || ip.Zone() != "" || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return "not a public address"
	}
	for network, why := range reserved() {
		if netip.MustParsePrefix(network).Contains(ip) {
			return why
		}
	}
	return ""
}

// reserved is what is globally unicast in form and yet leads inside, or nowhere.
func reserved() map[string]string {
	const (
		shared, embeds, documents = "shared address space", "it holds an IPv4 address", "for documentation"
	)
	return map[string]string{
		"0.0.0.0/8":       "this network",
		"100.64.0.0/10":   shared, // holds 100.100.100.200, the metadata of Aliyun
		"192.0.0.0/24":    "protocol assignments",
		"192.0.2.0/24":    documents,
		"192.88.99.0/24":  "relays to IPv6",
		"198.18.0.0/15":   "for measurements",
		"198.51.100.0/24": documents,
		"203.0.113.0/24":  documents,
		"240.0.0.0/4":     "reserved",

		"::/96":           embeds,
		"::ffff:0:0:0/96": embeds, // translated, RFC 2765
		"64:ff9b::/96":    embeds, // NAT64
		"64:ff9b:1::/48":  embeds,
		"2001::/32":       embeds, // Teredo
		"2002::/16":       embeds, // 6to4
		"100::/64":        "discarded",
		"2001:2::/48":     "for measurements",
		"2001:10::/28":    "not routed",
		"2001:20::/28":    "not routed",
		"2001:db8::/32":   documents,
		"3fff::/20":       documents,
		"5f00::/16":       "segment routing",
		"fec0::/10":       "local to a site",
	}
}

// ours refuses the addresses of this machine: its own services trust it.
func ours(ip netip.Addr) error {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("read our own addresses: %w", err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if own, ok := netip.AddrFromSlice(n.IP); ok && own.Unmap() == ip {
				return fmt.Errorf("%w: this machine", ErrForbidden)
			}
		}
	}
	return nil
}

// Dialer connects to nothing but allowed addresses. It is asked with the address
// that is about to be connected to, after names were resolved.
func (g *Guard) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: connectWithin, Resolver: g.resolver, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: no address", ErrForbidden)
		}
		return g.address(to.Addr())
	}}
}

// Client is how every peer is spoken to: nothing but allowed places, no proxy of the
// environment, no redirect followed (a 3xx is the answer), and no more of an answer
// read than its limit, beyond which reading fails.
func (g *Guard) Client(l Limits) *http.Client {
	if l.Timeout == 0 {
		l.Timeout = answersWithin
	}
	if l.Body == 0 {
		l.Body = answerBytes
	}
	transport := &http.Transport{
		DialContext:            g.Dialer().DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectWithin,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        idleFor,
		MaxResponseHeaderBytes: headerBytes,
	}
	return &http.Client{
		Timeout:       l.Timeout,
		Transport:     &guarded{g: g, next: transport, body: l.Body},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type guarded struct {
	g    *Guard
	next *http.Transport
	body int64
}

func (t *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.g.form(r.URL); err != nil {
		return nil, err
	}
	res, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = http.MaxBytesReader(nil, res.Body, t.body)
	return res, nil
}

// CloseIdleConnections is what [http.Client] of the same name calls.
func (t *guarded) CloseIdleConnections() { t.next.CloseIdleConnections() }
