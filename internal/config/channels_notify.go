package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// Notify is how people are told outside of the desk's own pages. The zero value
// tells nobody.
type Notify struct {
	// Site is the address of the portal, which links in messages begin with.
	Site   string                `koanf:"site"`
	SMS    ShortMessages         `koanf:"sms"`
	Mail   MailRelay             `koanf:"mail"`
	Robots map[string]GroupRobot `koanf:"robots"`
}

// ShortMessages is the account at a provider. Which of its keys are needed depends
// on the provider.
type ShortMessages struct {
	Provider string   `koanf:"provider"` // aliyun, tencent or mas; empty: none are sent
	Address  string   `koanf:"address"`  // empty: the provider's usual one; 云MAS has none
	KeyID    string   `koanf:"key_id"`
	Key      Secret   `koanf:"key"`
	App      string   `koanf:"app"`     // Tencent: SmsSdkAppId; 云MAS: apId
	Company  string   `koanf:"company"` // 云MAS: ecName
	Sign     string   `koanf:"sign"`    // the signature; 云MAS: its code
	Serial   string   `koanf:"serial"`  // 云MAS: addSerial
	Region   string   `koanf:"region"`  // Tencent
	Template string   `koanf:"template"`
	Values   []string `koanf:"values"` // what the template takes, in its order: number, state, link
	// Hook is the last part of the address reports are pushed to,
	// /webhooks/sms/{hook}; empty: there is none.
	Hook     Secret   `koanf:"hook"`
	HookFrom []string `koanf:"hook_from"` // networks they come from; empty: any
}

// MailRelay is the mail server that takes what the bureau sends.
type MailRelay struct {
	Host     string `koanf:"host"` // empty: none is sent
	Port     int    `koanf:"port"`
	Security string `koanf:"security"` // starttls (usual), tls, or none with a relay on this machine
	User     string `koanf:"user"`
	Password Secret `koanf:"password"`
	From     string `koanf:"from"`
	Name     string `koanf:"name"` // shown beside the address
}

// GroupRobot is a robot in a group of a unit's staff.
type GroupRobot struct {
	Unit    string   `koanf:"unit"`
	Kind    string   `koanf:"kind"`    // wecom, dingtalk or feishu
	Address Secret   `koanf:"address"` // with its key
	Secret  Secret   `koanf:"secret"`  // of those that sign
	About   []string `koanf:"about"`   // kinds of notices, such as ticket or clock; empty: all
}

func (n *Notify) faults() []error {
	var faults []error
	if u, err := url.Parse(n.Site); n.Site != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.HasSuffix(n.Site, "/")) {
		faults = append(faults, fmt.Errorf("notify.site: %q is not like https://host", n.Site))
	}
	for _, v := range n.SMS.Values {
		if v != "number" && v != "state" && v != "link" {
			faults = append(faults, fmt.Errorf("notify.sms.values: %q is not number, state or link; nothing else leaves in a short message", v))
		}
	}
	if _, err := n.SMS.Networks(); err != nil {
		faults = append(faults, err)
	}
	const shortest = 20 // characters of a secret that nobody guesses
	if h := n.SMS.Hook.Reveal(); h != "" && len(h) < shortest {
		faults = append(faults, fmt.Errorf("notify.sms.hook: shorter than %d characters", shortest))
	}
	m := &n.Mail
	if m.Host != "" && !strings.Contains(m.From, "@") {
		faults = append(faults, errors.New("notify.mail.from: an address is needed"))
	}
	loopback := m.Host == "localhost"
	if ip, err := netip.ParseAddr(m.Host); err == nil {
		loopback = ip.IsLoopback()
	}
	switch {
	case m.Security == "none" && !loopback:
		faults = append(faults, errors.New("notify.mail.security: none is for a relay on this machine alone"))
	case m.Security != "" && m.Security != "none" && m.Security != "tls" && m.Security != "starttls":
		faults = append(faults, fmt.Errorf("notify.mail.security: %q is not starttls, tls or none", m.Security))
	}
	return faults
}

// Networks are where reports come from.
func (s *ShortMessages) Networks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.HookFrom {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("notify.sms.hook_from: %q is not a network like 203.0.113.0/24", text)
		}
		all = append(all, p)
	}
	return all, nil
}
