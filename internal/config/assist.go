package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// assistFaults finds settings of the language model that cannot work.
func (c *Config) assistFaults() []error {
	var faults []error
	named := c.AssistModel != "" || c.AssistEmbeddingModel != ""
	switch {
	case c.AssistURL == "" && named:
		faults = append(faults, errors.New("assist_url: a model is named but not where it is"))
	case c.AssistURL == "":
	case !base(c.AssistURL):
		faults = append(faults, errors.New("assist_url: not like https://host/v1; the key goes into assist_key")) // not repeated: it may hold a key
	case !named:
		faults = append(faults, errors.New("assist_model: name a model, or assist_embedding_model, or leave assist_url empty"))
	}
	if !oneLine(c.AssistKey) {
		faults = append(faults, errors.New("assist_key: more than one line"))
	}
	for _, limit := range []struct {
		key                string
		value, least, most time.Duration
	}{
		{"assist_timeout", c.AssistTimeout, time.Second, 2 * time.Minute},
		{"assist_order_budget", c.AssistOrderBudget, 10 * time.Millisecond, 2 * time.Second},
		{"assist_embedding_budget", c.AssistEmbeddingBudget, 10 * time.Millisecond, 2 * time.Second},
	} {
		if limit.value < limit.least || limit.value > limit.most {
			faults = append(faults, fmt.Errorf("%s: %v is not between %v and %v", limit.key, limit.value, limit.least, limit.most))
		}
	}
	return faults
}

// embedderFaults finds settings of the model Meilisearch asks that cannot work. The
// address is not repeated: it may hold a key.
func (c *Config) embedderFaults() (faults []error) {
	const key = "meilisearch_embedder_url: "
	switch {
	case c.MeilisearchEmbedderURL == "" && c.MeilisearchEmbedderModel+c.MeilisearchEmbedderKey != "":
		faults = append(faults, errors.New(key+"a model or a key is set, but not where it is"))
	case c.MeilisearchEmbedderURL == "":
	case !base(c.MeilisearchEmbedderURL):
		faults = append(faults, errors.New(key+"not like https://host/v1; the key goes into meilisearch_embedder_key"))
	case c.MeilisearchURL == "":
		faults = append(faults, errors.New(key+"meilisearch_url is not set, and nobody else asks it"))
	case c.MeilisearchEmbedderModel == "":
		faults = append(faults, errors.New("meilisearch_embedder_model: name the model"))
	}
	if !oneLine(c.MeilisearchEmbedderKey) {
		faults = append(faults, errors.New("meilisearch_embedder_key: more than one line"))
	}
	return faults
}

// base reports whether an address can be the base of an API.
func base(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

func oneLine(key string) bool { return !strings.ContainsAny(key, "\r\n\x00") }
