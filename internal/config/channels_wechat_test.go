package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
)

func TestWeChatAccountsAreChecked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "channels.yaml")
	load := func(text string) (config.Channels, error) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.LoadChannels(path, []string{"WECHAT_SECRET=s"})
	}
	const good = "kind: mini, appid: wx1, secret: env:WECHAT_SECRET, token: token, mode: safe"
	c, err := load("wechat: {mini: {" + good + ", progress: {template: T, number: thing1, state: phrase2}}}")
	if w := c.WeChat["mini"]; err != nil || w.Secret.Reveal() != "s" || w.Quota() != 5 || w.Progress.ID != "T" {
		t.Errorf("%+v, %v", w, err)
	}
	c, err = load("wechat: {main: {" + strings.Replace(good, "mini", "official", 1) + ", progress: {template: T, number: thing1, state: phrase2, page: 'https://x/y'}}}")
	if w := c.WeChat["main"]; err != nil || w.Progress.Page != "https://x/y" {
		t.Errorf("%+v, %v", w, err)
	}
	for text, want := range map[string]string{
		"wechat: {mini: {kind: mini}}":                                                                                                               "wechat.mini.secret: is needed",
		"wechat: {mini: {" + strings.Replace(good, "mini", "robot", 1) + "}}":                                                                        "kind: is official or mini",
		"wechat: {mini: {" + strings.Replace(good, "safe", "open", 1) + "}}":                                                                         "mode: is safe, compat or plain",
		"wechat: {mini: {" + good + ", site: 'https://x/y'}}":                                                                                        "site: is not like https://host",
		"wechat: {mini: {" + good + ", progress: {template: T}}}":                                                                                    "progress: needs number and state",
		"wechat: {mini: {" + good + ", progress: {template: T, number: a, state: b, page: 'https://x/y'}}}":                                          "page is one of the mini program",
		"wechat: {main: {" + strings.Replace(good, "mini", "official", 1) + ", progress: {template: T, number: a, state: b, page: pages/x}}}":        "an https address",
		"wechat: {main: {" + strings.Replace(good, "mini", "official", 1) + ", progress: {template: T, number: a, state: b, page: 'https://x/?y'}}}": "is added",
		"wechat: {a/b: {" + good + "}}":                                                                                                              "a name has",
		"wechat: {mini: {" + good + ", secrets: x}}":                                                                                                 "secrets",
		"wechat: {mini: {" + strings.Replace(good, "WECHAT_SECRET", "NONE", 1) + "}}":                                                                "NONE",
	} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
