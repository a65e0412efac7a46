package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/store"
)

const (
	mostSkew   = 2 * time.Second // between this machine and the database
	leastSpace = 1 << 30         // bytes that should be left
	dialWithin = 3 * time.Second
	renewFrom  = 14 * 24 * time.Hour // before a certificate ends
)

// examined is one thing the doctor looked at. What is wrong with it is for people to
// mend, and fails the look.
type examined struct {
	what, found string
	wrong       bool
}

func (e examined) String() string {
	if e.wrong {
		return "# WRONG " + e.what + ": " + e.found + "\n"
	}
	return "# " + e.what + ": " + e.found + "\n"
}

// examineMachine looks at what jiesu stands on: clocks, disk, who may read its files, and
// whether what it sends over networks can be read there.
func examineMachine(ctx context.Context, c *config.Config, s *store.Store, now func() time.Time) ([]examined, error) {
	skew, err := examineClock(ctx, s, now)
	if err != nil {
		return nil, err
	}
	all := []examined{skew, examineSpace(c.Data), examineSecret("keys", c.Keyfile())}
	if c.DatabaseURL == "" {
		all = append(all, examineSecret("data folder", c.Data))
	}
	for _, o := range []struct{ key, url string }{
		{"database_url", c.DatabaseURL}, {"redis_url", c.RedisURL}, {"meilisearch_url", c.MeilisearchURL}, {"assist_url", c.AssistURL}, {"otlp_url", c.OTLPURL},
	} {
		if o.url != "" {
			all = append(all, examineURL(ctx, o.key, o.url, now()))
		}
	}
	return all, nil
}

func examineClock(ctx context.Context, s *store.Store, now func() time.Time) (examined, error) {
	e := examined{what: "clock"}
	asked := now()
	theirs, err := s.Clock(ctx)
	if err != nil {
		return e, err
	}
	answered := now()
	if theirs.IsZero() {
		e.found = "the database is a file of this machine"
		return e, nil
	}
	skew := theirs.Sub(asked.Add(answered.Sub(asked) / 2)).Round(time.Millisecond)
	e.found, e.wrong = fmt.Sprintf("the database's differs by %v", skew), skew.Abs() > mostSkew
	return e, nil
}

func examineSpace(folder string) examined {
	free, total, err := space(folder)
	if err != nil {
		return examined{what: "disk", found: "not known: " + err.Error()}
	}
	const mb = 1 << 20
	return examined{what: "disk", found: fmt.Sprintf("%d of %d MB are free in the data folder", free/mb, total/mb), wrong: free < leastSpace && free < total/10}
}

// examineSecret looks whether anybody on the machine may read a file.
func examineSecret(what, path string) examined {
	const others = 0o007
	f, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return examined{what: what, found: "not there yet"}
	}
	if err != nil {
		return examined{what: what, found: err.Error(), wrong: true}
	}
	mode := f.Mode().Perm()
	return examined{what: what, found: fmt.Sprintf("mode %04o", mode), wrong: mode&others != 0}
}

// examineURL looks whether what is sent to an address is sealed on its way. It tells
// the setting, never the address, which may hold a password.
func examineURL(ctx context.Context, key, address string, now time.Time) examined {
	e := examined{what: key}
	u, err := url.Parse(address)
	if err != nil {
		e.found, e.wrong = "cannot be read", true
		return e
	}
	switch {
	case u.Scheme == "https" || u.Scheme == "rediss":
		return examineCertificate(ctx, e, net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), map[string]string{"https": "443", "rediss": "6379"}[u.Scheme])), now)
	case strings.HasPrefix(u.Scheme, "postgres") && strings.HasPrefix(u.Query().Get("sslmode"), "verify-"):
		e.found = "over TLS, the certificate is checked"
	case near(u):
		e.found = "without TLS, on this machine"
	case strings.HasPrefix(u.Scheme, "postgres"):
		e.found = "over a network whose other machines may pretend to be it: sslmode=verify-full is wanted"
	default:
		e.found = "without TLS over a network: only where nobody else is on it"
	}
	return e
}

// near reports whether an address is this machine's.
func near(u *url.URL) bool {
	host := u.Hostname()
	a, err := netip.ParseAddr(host)
	return host == "" || host == "localhost" || err == nil && a.IsLoopback()
}

func examineCertificate(ctx context.Context, e examined, address string, now time.Time) examined {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	conn, err := (&tls.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
		e.found, e.wrong = "no TLS now", untrusted
		if untrusted {
			e.found = "its certificate is not trusted, or for another name, or over"
		}
		return e
	}
	defer func() { _ = conn.Close() }() // nothing was sent
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return e
	}
	left := secure.ConnectionState().PeerCertificates[0].NotAfter.Sub(now)
	e.found, e.wrong = fmt.Sprintf("TLS, the certificate is good for %d days", int(left.Hours()/24)), left < renewFrom
	return e
}
