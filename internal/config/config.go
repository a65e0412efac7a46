package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
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
	Listen      string `koanf:"listen" doc:"address to serve on; an empty host means every address, IPv4 and IPv6"`
	Data        string `koanf:"data" doc:"folder for database and keys, made on first start"`
	DatabaseURL string `koanf:"database_url" doc:"postgres://…; empty: SQLite in the data folder"`
	RedisURL    string `koanf:"redis_url" doc:"redis://… or rediss://… that several replicas share for limits and for waking each other; empty: this is the only one" secret:"true"`
	KeyFile     string `koanf:"key_file" doc:"sealing keys; empty: keys in the data folder, made on first start"`

	MasterKeyFile    string   `koanf:"master_key_file" doc:"file of the master keys that wrap the sealing keys, the last one wraps; empty: they stand in clear"`
	MasterKeyCommand []string `koanf:"master_key_command" doc:"program and arguments, run without a shell, that prints such a file, e.g. the client of a KMS; instead of master_key_file" secret:"true"`
	Crypto           string   `koanf:"crypto" doc:"aes or sm: what new keys are for, AES-256-GCM with HMAC-SHA-256 or the national SM4-GCM with HMAC-SM3"`

	Library        string   `koanf:"library" doc:"folder with the bureau's own policy library; empty: the shipped sample"`
	Model          string   `koanf:"model" doc:"file of the bureau's own model of answers, as jiesu eval fit prints it; empty: the shipped one"`
	Signals        string   `koanf:"signals" doc:"file of what the bureau takes for a weak signal, in the form of internal/desk/signal/watch.yaml; empty: the shipped one"`
	Channels       string   `koanf:"channels" doc:"file of the systems the desk talks with: WeChat accounts, 12345 platforms, mailboxes, webhooks, messages; empty: none"`
	Origins        []string `koanf:"origins" doc:"other sites that may embed the chat, e.g. https://www.example.gov.cn"`
	TrustedProxies []string `koanf:"trusted_proxies" doc:"addresses or prefixes whose X-Forwarded-For is believed"`
	RateLimits     bool     `koanf:"rate_limits" doc:"limits of addresses, sockets and messages; false only for load tests"`
	AutoDispatch   float64  `koanf:"auto_dispatch" doc:"probability in (0,1] from which a letter is dispatched without a person where the rules allow it; 0: never. Set it after jiesu eval route --own"`
	Clamd          string   `koanf:"clamd" doc:"ClamAV daemon that looks at uploads before anybody may read them, unix:/run/clamav/clamd.ctl or tcp:host:3310; empty: nobody looks"`
	LogLevel       string   `koanf:"log_level" doc:"debug, info, warn or error"`

	RequireSecondFactor bool   `koanf:"require_second_factor" doc:"whether staff must enrol a second factor (TOTP) before anything else"`
	OIDCIssuer          string `koanf:"oidc_issuer" doc:"https://… of an OpenID Connect provider staff may sign in at; empty: none"`
	OIDCClientID        string `koanf:"oidc_client_id" doc:"what the provider calls this installation"`
	OIDCClientSecret    string `koanf:"oidc_client_secret" doc:"its secret there" secret:"true"`
	OIDCRedirectURL     string `koanf:"oidc_redirect_url" doc:"https://…/staff/oidc/callback as the provider knows it; never made from what a request says"`
	OIDCName            string `koanf:"oidc_name" doc:"what stands on the button"`
	OIDCLoginClaim      string `koanf:"oidc_login_claim" doc:"claim that names the account the first time somebody comes; one people cannot choose themselves"`
	OIDCTrustsFactor    bool   `koanf:"oidc_trusts_factor" doc:"whether a second factor proved at the provider (amr or acr says mfa) counts here"`
	OIDCOnly            bool   `koanf:"oidc_only" doc:"whether passwords are for system administrators alone, should the provider be away"`

	OTLPURL    string  `koanf:"otlp_url" doc:"http://… or https://… of a collector that takes traces over OTLP/HTTP, e.g. http://127.0.0.1:4318; empty: nothing is traced"`
	TraceRatio float64 `koanf:"trace_ratio" doc:"share of requests, messages, jobs and deliveries that are traced, 0 to 1"`

	ChatWait  time.Duration `koanf:"chat_wait" doc:"how long somebody in a chat waits for a person before a ticket is opened, 30s to 30m; 0: nobody answers in chats"`
	ChatAway  time.Duration `koanf:"chat_away" doc:"how long who answers in a chat may give no sign of life before somebody else does, 1m to 30m"`
	ChatEach  int           `koanf:"chat_each" doc:"chats one person may answer in at once, 1 to 20"`
	ChatNames bool          `koanf:"chat_names" doc:"whether people in chats read the name of who answers; false: unit and number"`

	MeilisearchURL       string `koanf:"meilisearch_url" doc:"http://… or https://… of a Meilisearch server that finds candidates; empty: the embedded index alone"`
	MeilisearchKey       string `koanf:"meilisearch_key" doc:"key that may index and make keys, the master or admin key" secret:"true"`
	MeilisearchSearchKey string `koanf:"meilisearch_search_key" doc:"key that may only search; empty: one is made with meilisearch_key" secret:"true"`
	MeilisearchPrefix    string `koanf:"meilisearch_prefix" doc:"what the names of our indexes begin with, for servers that are shared"`

	MeilisearchEmbedderURL   string `koanf:"meilisearch_embedder_url" doc:"OpenAI-compatible base of a model of meanings that the Meilisearch server asks, e.g. http://127.0.0.1:8000/v1; questions, masked, go there; empty: found by words alone"`
	MeilisearchEmbedderModel string `koanf:"meilisearch_embedder_model" doc:"the model; another one has the index built anew"`
	MeilisearchEmbedderKey   string `koanf:"meilisearch_embedder_key" secret:"true" doc:"its key, which the Meilisearch server keeps; may be empty"`

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
		Listen: "127.0.0.1:8080", Data: "data", RateLimits: true, LogLevel: "info", Crypto: "aes", TraceRatio: 1, MeilisearchPrefix: "jiesu",
		OIDCName: "统一身份认证", OIDCLoginClaim: "preferred_username",
		ChatWait: 3 * time.Minute, ChatAway: 3 * time.Minute, ChatEach: 5,
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
	if !(c.AutoDispatch >= 0 && c.AutoDispatch <= 1) {
		faults = append(faults, fmt.Errorf("auto_dispatch: %v is not a probability from 0 (off) to 1", c.AutoDispatch))
	}
	for _, o := range c.Origins {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Path != "" || (u.Scheme != "https" && u.Scheme != "http") {
			faults = append(faults, fmt.Errorf("origins: %q is not like https://host", o))
		}
	}
	if _, err := c.Proxies(); err != nil {
		faults = append(faults, err)
	}
	if c.Crypto != "aes" && c.Crypto != "sm" {
		faults = append(faults, fmt.Errorf("crypto: %q is not aes or sm", c.Crypto))
	}
	if c.MasterKeyFile != "" && len(c.MasterKeyCommand) > 0 {
		faults = append(faults, errors.New("master_key_command: master_key_file is set, too"))
	}
	faults = append(faults, c.assistFaults()...)
	faults = append(faults, c.chatFaults()...)
	faults = append(faults, c.oidcFaults()...)
	if _, err := c.Level(); err != nil {
		faults = append(faults, fmt.Errorf("log_level: %q is not debug, info, warn or error", c.LogLevel))
	}
	faults = append(faults, c.meilisearch()...)
	faults = append(faults, c.embedderFaults()...)
	faults = append(faults, c.traceFaults()...)
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return nil
}

func (c *Config) meilisearch() (faults []error) {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`).MatchString(c.MeilisearchPrefix) {
		faults = append(faults, fmt.Errorf("meilisearch_prefix: %q is not 1 to 32 of a-z, 0-9, _ and -", c.MeilisearchPrefix))
	}
	if c.MeilisearchURL == "" {
		if c.MeilisearchKey != "" || c.MeilisearchSearchKey != "" {
			faults = append(faults, errors.New("meilisearch_url: a key is set, but no server to use it on"))
		}
		return faults
	}
	// The address may hold a password, so it is not repeated.
	if u, err := url.Parse(c.MeilisearchURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		faults = append(faults, errors.New("meilisearch_url: not like http://host:7700"))
	} else if u.User != nil {
		faults = append(faults, errors.New("meilisearch_url: keys belong into meilisearch_key"))
	}
	return faults
}

// Proxies are the trusted proxies as prefixes.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	return prefixes("trusted_proxies", c.TrustedProxies)
}

// prefixes reads addresses and prefixes.
func prefixes(key string, texts []string) ([]netip.Prefix, error) {
	all := make([]netip.Prefix, 0, len(texts))
	for _, s := range texts {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, errAddr := netip.ParseAddr(s)
			if errAddr != nil {
				return nil, fmt.Errorf("%s: %q is neither an address nor a prefix", key, s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
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
