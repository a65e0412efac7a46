package courier

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func guard(t *testing.T, allow ...string) *Guard {
	t.Helper()
	g, err := NewGuard(allow...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestWhereConnectionsMayGo(t *testing.T) {
	t.Parallel()
	g := guard(t, "10.20.0.0/16", "192.168.7.9")
	for address, allowed := range map[string]bool{
		"93.184.216.34": true, "223.5.5.5": true, "2400:3200::1": true, "172.32.0.1": true, "100.63.255.255": true, "100.128.0.0": true,
		"10.20.3.4": true, "192.168.7.9": true, "::ffff:10.20.3.4": true, "::ffff:93.184.216.34": true,

		"10.21.0.1": false, "192.168.7.8": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false,
		"127.0.0.1": false, "127.8.9.10": false, "::1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"169.254.169.254": false, "fe80::1": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false,
		"100.64.0.1": false, "100.100.100.200": false, "100.127.255.255": false,
		"192.0.0.192": false, "192.0.2.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false,
		"224.0.0.1": false, "239.1.1.1": false, "240.0.0.1": false, "255.255.255.255": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::127.0.0.1": false, "::ffff:0:7f00:1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b::808:808": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001:0:7f00:1::": false, "2001:db8::1": false, "100::1": false,
	} {
		if err := g.address(netip.MustParseAddr(address)); (err == nil) != allowed || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := g.address(netip.MustParseAddr("fe80::1%eth0")); err == nil {
		t.Error("an address of one link is taken")
	}
}

func TestWhatAnAddressMayBe(t *testing.T) {
	t.Parallel()
	g := guard(t, "127.0.0.1", "Oa.Police.Example", "::1", "10.20.0.0/16", "10.30.0.1/32")
	for raw, allowed := range map[string]bool{
		"https://93.184.216.34/hook": true, "https://93.184.216.34:8443/hook?a=b": true, "https://[2400:3200::1]/": true,
		"http://127.0.0.1:8090/hook": true, "https://127.0.0.1:9/": true, "http://[::1]:8090/": true,

		"https://10.20.3.4/": true, "http://10.20.3.4/": false, "https://10.20.3.4:22/": false, "http://10.30.0.1:8090/": true,

		"http://93.184.216.34/": false, "https://93.184.216.34:22/": false, "ftp://93.184.216.34/": false, "file:///etc/passwd": false,
		"https://user:pw@93.184.216.34/": false, "https://93.184.216.34/#part": false, "https:///hook": false, "https:93.184.216.34": false,
		"https://10.0.0.1/": false, "https://[::ffff:7f00:2]/": false, "https://169.254.169.254/latest/meta-data/": false, "": false,
		"https://[fe80::1%25eth0]/": false, "https://93.184.216.34:port/": false, "%zz": false,
	} {
		if err := g.Check(t.Context(), raw); (err == nil) != allowed || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if err := g.Check(t.Context(), "https://somebody:hunter2@[::1/"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("what is refused is repeated: %v", err)
	}
	for _, one := range []string{"", "https://oa.example", "a@b", "10.0.0.0/33", "*.example", "fe80::1%eth0", "a b"} {
		if _, err := NewGuard(one); err == nil {
			t.Errorf("%q may be listed", one)
		}
	}
}

// FuzzCheck: an address that is taken has the form that is allowed, and leads to a
// public address where it names one.
func FuzzCheck(f *testing.F) {
	for _, raw := range []string{"https://93.184.216.34/", "https://[::ffff:10.0.0.1]:8443/", "http://0x7f000001/", "https://user@169.254.169.254", "https://[fe80::1%25a]/"} {
		f.Add(raw)
	}
	g := &Guard{resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }}}
	f.Fuzz(func(t *testing.T, raw string) {
		if g.Check(t.Context(), raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Hostname() == "" || u.Port() != "" && u.Port() != "443" && u.Port() != "8443" {
			t.Fatalf("taken: %q", raw)
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.Unmap().IsPrivate() || !ip.IsGlobalUnicast()) {
			t.Errorf("taken: %q", raw)
		}
	})
}

// A name that leads to a public address when it is judged, and inside when it is used.
func TestANameThatChangesItsAddress(t *testing.T) {
	t.Parallel()
	reached := atomic.Bool{}
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(inside.Close)
	_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())

	g := guard(t, "rebind.example") // so that port and scheme are not what saves us
	answers := names(t, "93.184.216.34")
	g.resolver = answers.resolver()
	to := "http://rebind.example:" + port + "/"
	if err := g.Check(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	answers.lead.Store("127.0.0.1")
	if err := g.Check(t.Context(), to); !errors.Is(err, ErrForbidden) {
		t.Errorf("judged again: %v", err)
	}
	if _, err := get(t, g, to); !errors.Is(err, ErrForbidden) || reached.Load() {
		t.Errorf("dialed: %v, reached %t", err, reached.Load())
	}
	g.networks = append(g.networks, netip.MustParsePrefix("127.0.0.1/32"))
	if _, err := get(t, g, to); err != nil || !reached.Load() {
		t.Errorf("listed by the operator: %v, reached %t", err, reached.Load())
	}
}

func TestRedirectsAndLargeAnswers(t *testing.T) {
	// Not parallel: it sets the environment.
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		case "/large":
			_, _ = w.Write(make([]byte, answerBytes+1))
		}
	}))
	t.Cleanup(peer.Close)
	g := guard(t, "127.0.0.1")
	if status, err := get(t, g, peer.URL+"/away"); err != nil || status != http.StatusTemporaryRedirect {
		t.Errorf("%d, %v", status, err)
	}
	if _, err := get(t, g, peer.URL+"/large"); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%v", err)
	}
	if _, err := get(t, guard(t), peer.URL); !errors.Is(err, ErrForbidden) {
		t.Errorf("%v", err)
	}
}

// get asks, reads the answer and puts it away.
func get(t *testing.T, g *Guard, to string) (int, error) {
	t.Helper()
	client := g.Client(Limits{})
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, errors.Join(err, res.Body.Close())
}

// nameServer answers every question for an address with the one it leads to now.
type nameServer struct {
	conn net.PacketConn
	lead atomic.Value
}

func names(t *testing.T, lead string) *nameServer {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{conn: conn}
	n.lead.Store(lead)
	done := make(chan struct{})
	go func() { defer close(done); n.serve() }()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return n
}

func (n *nameServer) serve() {
	ask := make([]byte, 512)
	for {
		size, from, err := n.conn.ReadFrom(ask)
		if err != nil {
			return
		}
		_, _ = n.conn.WriteTo(n.answer(ask[:size]), from)
	}
}

// answer repeats the header and the question, and adds an A record where one was asked for.
func (n *nameServer) answer(ask []byte) []byte {
	end := 12
	for ask[end] != 0 {
		end += int(ask[end]) + 1
	}
	end += 5
	out := append([]byte{ask[0], ask[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, ask[12:end]...)
	if binary.BigEndian.Uint16(ask[end-4:]) == 1 {
		out[7] = 1
		lead, _ := n.lead.Load().(string)
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, netip.MustParseAddr(lead).AsSlice()...)
	}
	return out
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}
