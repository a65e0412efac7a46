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
	u, err := url.Parse(c.AssistURL)
	switch {
	case c.AssistURL == "" && named:
		faults = append(faults, errors.New("assist_url: a model is named but not where it is"))
	case c.AssistURL == "":
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		faults = append(faults, errors.New("assist_url: not like https://host/v1; the key goes into assist_key")) // not repeated: it may hold a key
	case !named:
		faults = append(faults, errors.New("assist_model: name a model, or assist_embedding_model, or leave assist_url empty"))
	}
	if strings.ContainsAny(c.AssistKey, "\r\n\x00") {
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
