package proof

import (
	"net/netip"
	"net/url"
	"strings"
)

// links checks where links lead. Nothing is fetched.
func (c *Checker) links(p *page) {
	p.each(c.shapes.link, []string{"/", "www.", "WWW.", "http", "HTTP"}, func(m []int) {
		link := strings.TrimRight(p.line[m[0]:m[1]], `.,;:!?)]}>"'`)
		if !looksLikeLink(link) {
			return
		}
		if f, bad := p.link(link); bad {
			f.Severity = Warn
			p.add(f, m[0], m[0]+len(link))
		}
	})
}

// looksLikeLink tells a link, even a mistyped one, from words with a slash.
func looksLikeLink(s string) bool {
	scheme := strings.ToLower(strings.TrimRight(strings.SplitN(s, "/", 2)[0], ":; "))
	switch scheme {
	case "http", "https", "htp", "htps", "htttp", "htttps", "hhttp", "hhttps", "httpss", "ftp":
		return true
	}
	return strings.HasPrefix(scheme, "www.") || strings.HasPrefix(scheme, "http:") || strings.HasPrefix(scheme, "https:")
}

func (p *page) link(link string) (Finding, bool) {
	if len(link) > 4 && strings.EqualFold(link[:4], "www.") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	scheme, _, _ := strings.Cut(strings.ToLower(link), "://")
	switch {
	case err != nil, scheme != "http" && scheme != "https", u.Hostname() == "", u.User != nil, !dotted(u.Hostname()):
		return Finding{Code: "link.malformed", Message: "链接写得不对，打不开，请核对。"}, true
	case isAddress(u.Hostname()):
		return Finding{Code: "link.address", Message: "链接不得使用IP地址，请改用域名。"}, true
	case !p.ours(u.Hostname()):
		return Finding{Code: "link.foreign", Message: "这个网站不在允许引用的名单里，请核对是不是官方网站。"}, true
	case scheme == "http":
		return Finding{Code: "link.insecure", Message: "链接请使用https。"}, true
	}
	return Finding{}, false
}

// dotted reports whether host has the shape of a name with a domain.
func dotted(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			return isAddress(host)
		}
	}
	return strings.Contains(host, ".")
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// ours reports whether a host lies in a domain on the list.
func (p *page) ours(host string) bool {
	host = strings.ToLower(host)
	for _, d := range p.Domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}
