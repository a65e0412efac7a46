package server

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"jiesu/internal/limit"
	"jiesu/internal/server/live"
)

// Config is what an operator may set. The zero value is a safe default.
type Config struct {
	// TrustedProxies may say who the client is, in X-Forwarded-For and
	// X-Forwarded-Proto. None by default.
	TrustedProxies []netip.Prefix
	// AllowedOrigins are the sites the chat widget may be embedded in, such as
	// https://gaj.example.gov.cn; "*" allows every site.
	AllowedOrigins []string
	// MetricsFrom may read /metrics; by default loopback and private networks.
	MetricsFrom []netip.Prefix
	// ProviderName is what the provider of identities is called at sign-in; empty: there
	// is none. ProviderOnly says that passwords are for system administrators alone.
	ProviderName string
	ProviderOnly bool
	Rates        Rates
	ChatTimes    live.Times
	ChatLimits   live.Limits
}

// Rates are how often one address may do what, and one person who is signed in. A
// rate that is zero takes its default.
type Rates struct {
	Read   limit.Rate // pages, hotlines, the library: 600 a minute
	Ask    limit.Rate // questions and searches: 60 a minute
	Write  limit.Rate // letters: 20 a minute
	Lookup limit.Rate // looking up a ticket: 20 a minute
	Number limit.Rate // looking up the same ticket, from anywhere: 10 in 10 minutes
	Upload limit.Rate // attachments: 30 in 10 minutes
	Chat   limit.Rate // passes, messages and polls: 120 a minute
	Apps   limit.Rate // what apps of others send and ask, for all of their users: 120 a minute
	SignIn limit.Rate // sign-in attempts: 10 a minute
	// Password is how often one address may try one account: 8 in 15 minutes.
	Password limit.Rate
	Staff    limit.Rate // everything one of staff does, wherever from: 600 a minute
	// Assist is how often one user may ask the language model for a proposal: 10 a
	// minute.
	Assist limit.Rate
	// Refused is how often one address may call hooks without being whom they are
	// for: 20 a minute.
	Refused limit.Rate
}

func (r Rates) withDefaults() Rates {
	r.Read = cmp.Or(r.Read, limit.PerMinute(600))
	r.Ask = cmp.Or(r.Ask, limit.PerMinute(60))
	r.Write = cmp.Or(r.Write, limit.PerMinute(20))
	r.Lookup = cmp.Or(r.Lookup, limit.PerMinute(20))
	r.Number = cmp.Or(r.Number, limit.Rate{Count: 10, Period: 10 * time.Minute})
	r.Upload = cmp.Or(r.Upload, limit.Rate{Count: 30, Period: 10 * time.Minute})
	r.Chat = cmp.Or(r.Chat, limit.PerMinute(120))
	r.Apps = cmp.Or(r.Apps, limit.PerMinute(120))
	r.SignIn = cmp.Or(r.SignIn, limit.PerMinute(10))
	r.Password = cmp.Or(r.Password, limit.Rate{Count: 8, Period: 15 * time.Minute})
	r.Staff = cmp.Or(r.Staff, limit.PerMinute(600))
	r.Assist = cmp.Or(r.Assist, limit.PerMinute(10))
	r.Refused = cmp.Or(r.Refused, limit.PerMinute(20))
	return r
}

// of is the rate of a class; a class without a rate is not limited.
func (r Rates) of(c class) limit.Rate {
	switch c {
	case reads:
		return r.Read
	case asks:
		return r.Ask
	case writes:
		return r.Write
	case lookups:
		return r.Lookup
	case uploads:
		return r.Upload
	case chats:
		return r.Chat
	case apps:
		return r.Apps
	case signIns:
		return r.SignIn
	case staff:
		return r.Staff
	case refused:
		return r.Refused
	case probes, hooks:
		return limit.Rate{}
	}
	return limit.Rate{}
}

func (c Config) withDefaults() Config {
	c.Rates = c.Rates.withDefaults()
	if len(c.MetricsFrom) == 0 {
		c.MetricsFrom = privateNetworks()
	}
	return c
}

func privateNetworks() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("fc00::/7"),
	}
}

func within(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}
