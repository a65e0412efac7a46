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
	Page   string `koanf:"page"`     // such as pages/progress/progress
}

const weChatReplies = 5

// channelName is what channels are called in addresses and routes.
func channelName(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`).MatchString(name)
}

func (c *Channels) weChatFaults() (faults []error) {
	for name, w := range c.WeChat {
		fault := func(field, why string) { faults = append(faults, fmt.Errorf("wechat.%s.%s: %s", name, field, why)) }
		for _, field := range [...]struct{ name, value string }{{"appid", w.AppID}, {"secret", w.Secret.Reveal()}, {"token", w.Token.Reveal()}} {
			if field.value == "" {
				fault(field.name, "is needed")
			}
		}
		switch {
		case !channelName(name):
			fault("", "a name has 1 to 32 of a-z, 0-9, _ and -")
		case w.Kind != "official" && w.Kind != "mini":
			fault("kind", "is official or mini")
		case !slices.Contains([]string{"safe", "compat", "plain"}, w.Mode):
			fault("mode", "is safe, compat or plain, as WeChat's console has it")
		case w.Progress.ID != "" && w.Kind != "mini":
			fault("progress", "only mini programs send subscription messages")
		case w.Progress.ID != "" && (w.Progress.Number == "" || w.Progress.State == ""):
			fault("progress", "needs number and state")
		}
		for field, address := range map[string]string{"api": w.API, "site": w.Site} {
			if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http") {
				fault(field, "is not like https://host")
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// Quota is how many messages may follow one of somebody's.
func (w *WeChat) Quota() int {
	if w.Replies == 0 {
		return weChatReplies
	}
	return w.Replies
}
