package mailbox

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Source is a mailbox somebody else runs.
type Source struct {
	Name     string           `koanf:"-"`        // in the address of its hook
	Title    string           `koanf:"title"`    // Chinese, as staff read it
	Platform string           `koanf:"platform"` // of the letter's origin; empty: the name
	Channel  string           `koanf:"channel"`  // letters count under
	Auth     Auth             `koanf:"auth"`
	List     string           `koanf:"list"` // where in a body the letters are; empty: it is one, or a list of them
	Fields   Fields           `koanf:"fields"`
	Extra    map[string]Paths `koanf:"extra"` // what a kind asks for beside title and text
	Also     []Also           `koanf:"also"`  // what goes below the text
	Codes    Codes            `koanf:"codes"`
	Default  Default          `koanf:"default"`
	Times    []string         `koanf:"times"` // how they are written; none: as people usually do
	Reply    Reply            `koanf:"reply"`
}

// Auth is how a hook tells who calls it. A source without a way has no hook.
type Auth struct {
	Way    AuthWay  `koanf:"way"`
	Header string   `koanf:"header"` // of a key; empty: X-Api-Key
	From   []string `koanf:"from"`   // addresses and prefixes it calls from; none: any

	Secret string `koanf:"-"` // of hmac in the form of Standard Webhooks, or the key
}

// AuthWay is one way to tell who calls.
type AuthWay string

// The ways.
const (
	NoHook    AuthWay = ""
	HMAC      AuthWay = "hmac"    // Standard Webhooks
	StaticKey AuthWay = "key"     // a key in a header
	ByAddress AuthWay = "address" // nothing but where it calls from
)

// Fields are the parts of a letter, each with where it may stand.
type Fields struct {
	ID       Paths `koanf:"id"` // none: what the letter says makes one
	Title    Paths `koanf:"title"`
	Text     Paths `koanf:"text"`
	Kind     Paths `koanf:"kind"`
	Category Paths `koanf:"category"`
	District Paths `koanf:"district"`
	About    Paths `koanf:"about"` // units or officers it is about
	Name     Paths `koanf:"name"`
	Phone    Paths `koanf:"phone"`
	Address  Paths `koanf:"address"`
	IDNumber Paths `koanf:"id_number"`
	Written  Paths `koanf:"written"`
	Due      Paths `koanf:"due"`
}

// Also is something a letter of ours has no place for.
type Also struct {
	Label string `koanf:"label"`
	From  Paths  `koanf:"from"`
}

// Codes say what theirs mean. A kind that is not there is refused, a category or
// district is left to be found out.
type Codes struct {
	Kind     map[string]string `koanf:"kind"`
	Category map[string]string `koanf:"category"`
	District map[string]string `koanf:"district"`
}

// Default is what a letter is that does not say.
type Default struct {
	Kind     string `koanf:"kind"`
	Category string `koanf:"category"`
	District string `koanf:"district"`
}

// Reply is how an answer goes back.
type Reply struct {
	Way      ReplyWay          `koanf:"way"`
	URL      string            `koanf:"url"`
	Names    map[string]string `koanf:"names"`    // what is posted: their name, and what of [Answer] it is; none: all by our names
	Allow    []string          `koanf:"allow"`    // places beside the public network it may be posted to
	Accepted Accepted          `koanf:"accepted"` // what the answer to that looks like; empty: the status alone counts
}

// ReplyWay is one way for answers to go back.
type ReplyWay string

// The ways.
const (
	NoReply     ReplyWay = ""
	PushReply   ReplyWay = "push"   // posted
	ExportReply ReplyWay = "export" // a sheet, for staff to type in there
)

// Accepted is what says in a body that something was taken.
type Accepted struct {
	At     string   `koanf:"at"`
	Values []string `koanf:"values"`
}

// Paths are where something may stand: the first that says something counts. A
// path is names with dots between them, or the name of a column.
type Paths []string

// Known is what sources may speak of.
type Known struct {
	Kinds    []string
	Channels []string
	Extra    []string // names of what kinds ask for beside title and text
}

// Check finds what cannot work, each by where it stands.
func (s *Source) Check(k Known) error {
	var faults []error
	fault := func(where, format string, args ...any) {
		faults = append(faults, fmt.Errorf("mailboxes.%s.%s: %w", s.Name, where, fmt.Errorf(format, args...)))
	}
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`).MatchString(s.Name) {
		fault("name", "%q is not 1 to 32 of a-z, 0-9 and -", s.Name)
	}
	if s.Title == "" {
		fault("title", "is missing")
	}
	if len(s.Platform) > maxID {
		fault("platform", "is longer than %d bytes", maxID)
	}
	if !slices.Contains(k.Channels, s.Channel) {
		fault("channel", "%q is not one of %s", s.Channel, strings.Join(k.Channels, ", "))
	}
	if len(s.Fields.Text) == 0 {
		fault("fields.text", "is missing")
	}
	s.checkCodes(k, fault)
	for name := range s.Extra {
		if !slices.Contains(k.Extra, name) {
			fault("extra."+name, "no kind asks for it")
		}
	}
	for i, form := range s.Times {
		if _, err := layout(form); err != nil {
			fault(fmt.Sprintf("times[%d]", i), "%w", err)
		}
	}
	s.checkAuth(fault)
	s.checkReply(fault)
	return errors.Join(faults...)
}

func (s *Source) checkCodes(k Known, fault func(where, format string, args ...any)) {
	if len(s.Fields.Kind) == 0 && s.Default.Kind == "" {
		fault("default.kind", "is missing: nothing says which kind a letter is of")
	}
	if s.Default.Kind != "" && !slices.Contains(k.Kinds, s.Default.Kind) {
		fault("default.kind", "%q is not one of %s", s.Default.Kind, strings.Join(k.Kinds, ", "))
	}
	for code, kind := range s.Codes.Kind {
		if !slices.Contains(k.Kinds, kind) {
			fault("codes.kind."+code, "%q is not one of %s", kind, strings.Join(k.Kinds, ", "))
		}
	}
}

func (s *Source) checkAuth(fault func(where, format string, args ...any)) {
	if _, err := s.Auth.prefixes(); err != nil {
		fault("auth.from", "%w", err)
	}
	switch s.Auth.Way {
	case NoHook:
	case HMAC:
		if _, err := s.Auth.signing(); err != nil {
			fault("auth.secret", "%w", err)
		}
	case StaticKey:
		if len(s.Auth.Secret) < minKey {
			fault("auth.secret", "a key has at least %d characters", minKey)
		}
	case ByAddress:
		if len(s.Auth.From) == 0 {
			fault("auth.from", "is missing: anybody could write")
		}
	default:
		fault("auth.way", "%q is not hmac, key or address", s.Auth.Way)
	}
}

func (s *Source) checkReply(fault func(where, format string, args ...any)) {
	switch s.Reply.Way {
	case NoReply, ExportReply:
	case PushReply:
		if u, err := url.Parse(s.Reply.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
			fault("reply.url", "is not like https://host/path") // not repeated: it may hold a key
		}
		if s.Platform == "" && len(s.Fields.ID) == 0 {
			fault("fields.id", "is missing: the other side could not tell whose answer it is")
		}
	default:
		fault("reply.way", "%q is not push or export", s.Reply.Way)
	}
	for theirs, ours := range s.Reply.Names {
		if _, known := (&Answer{}).values()[ours]; !known {
			fault("reply.names."+theirs, "%q is no part of an answer", ours)
		}
	}
	if s.Reply.Accepted.At != "" && len(s.Reply.Accepted.Values) == 0 {
		fault("reply.accepted.values", "is missing")
	}
}

// Origin is the name of the platform its letters come from.
func (s *Source) Origin() string {
	if s.Platform != "" {
		return s.Platform
	}
	return s.Name
}

func (a *Auth) prefixes() ([]netip.Prefix, error) {
	all := make([]netip.Prefix, 0, len(a.From))
	for _, from := range a.From {
		p, err := netip.ParsePrefix(from)
		if err != nil {
			one, err := netip.ParseAddr(from)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address nor a prefix", from)
			}
			p = netip.PrefixFrom(one, one.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}
