package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Channels are the systems the desk talks with, from the file that the setting
// channels names. The zero value talks with none.
type Channels struct {
	WeChat    map[string]WeChat  `koanf:"wechat"` // by the name in its address, /webhooks/wechat/{name}
	Mailboxes map[string]Mailbox `koanf:"mailboxes"`
	Outbound  Outbound           `koanf:"outbound"`
	Notify    Notify             `koanf:"notify"`
	Open311   *Open311           `koanf:"open311"`
}

// Secret is a key or password as the file of channels names it: "env:NAME" is read
// from the environment, "file:/path" from a file, anything else stands for
// itself. It never shows itself.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// Reveal is the secret itself.
func (s Secret) Reveal() string { return string(s) }

// LoadChannels reads the file of channels; an empty path is none. environ is as
// os.Environ gives it.
func LoadChannels(path string, environ []string) (Channels, error) {
	var c Channels
	if path == "" {
		return c, nil
	}
	k := koanf.New("\x00") // keys may hold dots: names of fields elsewhere do
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return c, fmt.Errorf("channels: %s: %w", path, err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), secrets(environ)),
	}})
	if err != nil {
		return c, fmt.Errorf("channels: %s: %w", path, err)
	}
	if err := errors.Join(c.faults()...); err != nil {
		return c, fmt.Errorf("channels: %s: %w", path, err)
	}
	return c, nil
}

// faults finds what cannot work, and names the line by its keys.
func (c *Channels) faults() []error {
	return slices.Concat(c.Open311.faults(), c.weChatFaults(), c.Notify.faults())
}

// secrets reads secrets from where they are.
func secrets(environ []string) mapstructure.DecodeHookFuncType {
	return func(_, to reflect.Type, value any) (any, error) {
		text, ok := value.(string)
		if !ok || to != reflect.TypeFor[Secret]() {
			return value, nil
		}
		if name, ok := strings.CutPrefix(text, "env:"); ok {
			for _, e := range environ {
				if v, ok := strings.CutPrefix(e, name+"="); ok && v != "" {
					return Secret(v), nil
				}
			}
			return nil, fmt.Errorf("the environment has no %s", name)
		}
		if path, ok := strings.CutPrefix(text, "file:"); ok {
			content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
			if err != nil {
				return nil, err
			}
			return Secret(strings.TrimSpace(string(content))), nil
		}
		return Secret(text), nil
	}
}
