package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

const prefix = "JIESU_"

// Config is every setting there is. Each key is also an environment variable.
type Config struct {
	Listen         string   `koanf:"listen" doc:"address to serve on; an empty host means every address, IPv4 and IPv6"`
	Data           string   `koanf:"data" doc:"folder for database and keys, made on first start"`
	DatabaseURL    string   `koanf:"database_url" doc:"postgres://…; empty: SQLite in the data folder"`
	KeyFile        string   `koanf:"key_file" doc:"sealing keys; empty: keys in the data folder, made on first start"`
	Library        string   `koanf:"library" doc:"folder with the bureau's own policy library; empty: the shipped sample"`
	Origins        []string `koanf:"origins" doc:"other sites that may embed the chat, e.g. https://www.example.gov.cn"`
	TrustedProxies []string `koanf:"trusted_proxies" doc:"addresses or prefixes whose X-Forwarded-For is believed"`
	RateLimits     bool     `koanf:"rate_limits" doc:"limits per address; false only for load tests"`
	LogLevel       string   `koanf:"log_level" doc:"debug, info, warn or error"`

	AssistURL             string        `koanf:"assist_url" doc:"OpenAI-compatible base of a language model, e.g. http://127.0.0.1:8000/v1; empty: none is ever asked"`
	AssistKey             string        `koanf:"assist_key" secret:"true" doc:"its key; may be empty"`
	AssistModel           string        `koanf:"assist_model" doc:"model that drafts for staff and orders the options of a choice; empty: neither"`
	AssistEmbeddingModel  string        `koanf:"assist_embedding_model" doc:"model that tells how near entries are to a question; empty: none"`
	AssistTimeout         time.Duration `koanf:"assist_timeout" doc:"how long staff wait for a proposal, 1s to 2m"`
	AssistOrderBudget     time.Duration `koanf:"assist_order_budget" doc:"how long a choice may be delayed to order its options, 10ms to 2s; answers never are"`
	AssistEmbeddingBudget time.Duration `koanf:"assist_embedding_budget" doc:"how long the vector of a question is waited for, 10ms to 2s"`
	AssistLetters         bool          `koanf:"assist_letters" doc:"whether the text of letters, personal data masked, may be sent to the model; never of reports or of complaints about a unit"`
}

// Default is what runs without any setting.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Data: "data", RateLimits: true, LogLevel: "info",
		AssistTimeout: 30 * time.Second, AssistOrderBudget: 300 * time.Millisecond, AssistEmbeddingBudget: 150 * time.Millisecond,
	}
}

// Load reads the settings. path is the YAML file, or empty; environ is as
// os.Environ gives it.
func Load(path string, environ []string) (Config, error) {
	k := koanf.New(".")
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("config file %s: %w", path, err)
		}
	}
	variables := env.Provider(".", env.Opt{
		Prefix:      prefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			if strings.HasPrefix(name, prefix+"TEST_") {
				return "", nil
			}
			return strings.ToLower(strings.TrimPrefix(name, prefix)), value
		},
	})
	if err := k.Load(variables, nil); err != nil {
		return Config{}, fmt.Errorf("environment: %w", err)
	}
	c := Default()
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	}})
	if err != nil {
		return Config{}, unknownKeys(k, err)
	}
	for i, o := range c.Origins {
		c.Origins[i] = strings.ToLower(strings.TrimSpace(o)) // browsers send it so
	}
	return c, c.Validate()
}

// unknownKeys names the keys that do not exist, as the operator wrote them.
func unknownKeys(k *koanf.Koanf, err error) error {
	var unknown []string
	for _, key := range k.Keys() {
		if !slices.Contains(Keys(), key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return fmt.Errorf("config: %w", err)
	}
	return fmt.Errorf("config: unknown key %s (known: %s)", strings.Join(unknown, ", "), strings.Join(Keys(), ", "))
}

// Validate finds settings that cannot work.
func (c *Config) Validate() error {
	var faults []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults = append(faults, fmt.Errorf("listen: %q is not host:port", c.Listen))
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		faults = append(faults, errors.New("database_url: only postgres:// is supported; leave it empty for SQLite"))
	}
	for _, o := range c.Origins {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Path != "" || (u.Scheme != "https" && u.Scheme != "http") {
			faults = append(faults, fmt.Errorf("origins: %q is not like https://host", o))
		}
	}
	if _, err := c.Proxies(); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, c.assistFaults()...)
	if _, err := c.Level(); err != nil {
		faults = append(faults, fmt.Errorf("log_level: %q is not debug, info, warn or error", c.LogLevel))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return nil
}

// Proxies are the trusted proxies as prefixes.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	prefixes := make([]netip.Prefix, 0, len(c.TrustedProxies))
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, errAddr := netip.ParseAddr(s)
			if errAddr != nil {
				return nil, fmt.Errorf("trusted_proxies: %q is neither an address nor a prefix", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}

// Level is the log level.
func (c *Config) Level() (slog.Level, error) {
	var l slog.Level
	return l, l.UnmarshalText([]byte(c.LogLevel))
}

// Database is the URL or file the store opens.
func (c *Config) Database() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return filepath.Join(c.Data, "jiesu.db")
}

// Keyfile is the file the sealing keys are in.
func (c *Config) Keyfile() string {
	if c.KeyFile != "" {
		return c.KeyFile
	}
	return filepath.Join(c.Data, "keys")
}
