package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// WeChat is one Official Account or mini program, as WeChat's console shows it.
type WeChat struct {
	Kind    string `koanf:"kind"` // official or mini
	AppID   string `koanf:"appid"`
	Secret  Secret `koanf:"secret"`  // AppSecret: to send messages and log people in
	Token   Secret `koanf:"token"`   // of the message push
	Key     Secret `koanf:"aes_key"` // EncodingAESKey; none in plain mode
	Mode    string `koanf:"mode"`    // safe, compat or plain: others are refused
	API     string `koanf:"api"`     // empty: WeChat's own
	Site    string `koanf:"site"`    // the public pages, such as https://www.example.gov.cn; empty: they are not told of
	Replies int    `koanf:"replies"` // messages that may follow one of theirs; 0: five

	Progress WeChatTemplate `koanf:"progress"`
}

// WeChatTemplate is the subscription message that a letter has moved: the id of
// the template and the names of its values.
type WeChatTemplate struct {
	ID     string `koanf:"template"` // empty: none is sent
	Number string `koanf:"number"`   // such as character_string1
	State  string `koanf:"state"`    // such as phrase2
	At     string `koanf:"at"`       // such as time3
	Page   string `koanf:"page"`     // such as pages/progress/progress, or https://… of an Official Account
}

const weChatReplies = 5

// channelName is what channels are called in addresses and routes.
func channelName(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`).MatchString(name)
}

func (c *Channels) weChatFaults() (faults []error) {
	for name, w := range c.WeChat {
		for field, why := range w.faults() {
			faults = append(faults, fmt.Errorf("wechat.%s.%s: %s", name, field, why))
		}
		if !channelName(name) {
			faults = append(faults, fmt.Errorf("wechat.%s: a name has 1 to 32 of a-z, 0-9, _ and -", name))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// faults are what cannot work, by field.
func (w *WeChat) faults() map[string]string {
	faults := map[string]string{}
	for field, value := range map[string]string{"appid": w.AppID, "secret": w.Secret.Reveal(), "token": w.Token.Reveal()} {
		if value == "" {
			faults[field] = "is needed"
		}
	}
	for field, address := range map[string]string{"api": w.API, "site": w.Site} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http") {
			faults[field] = "is not like https://host"
		}
	}
	if w.Kind != "official" && w.Kind != "mini" {
		faults["kind"] = "is official or mini"
	}
	if !slices.Contains([]string{"safe", "compat", "plain"}, w.Mode) {
		faults["mode"] = "is safe, compat or plain, as WeChat's console has it"
	}
	switch p := &w.Progress; {
	case p.Page != "" && strings.HasPrefix(p.Page, "https://") == (w.Kind == "mini"), strings.Contains(p.Page, "?"):
		faults["progress"] = "page is one of the mini program, of an Official Account an https address; the number is added as ?number="
	case p.ID != "" && (p.Number == "" || p.State == ""):
		faults["progress"] = "needs number and state"
	}
	return faults
}

// Quota is how many messages may follow one of somebody's.
func (w *WeChat) Quota() int {
	if w.Replies == 0 {
		return weChatReplies
	}
	return w.Replies
}
