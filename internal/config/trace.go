package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

func (c *Config) traceFaults() (faults []error) {
	if !(c.TraceRatio >= 0 && c.TraceRatio <= 1) {
		faults = append(faults, fmt.Errorf("trace_ratio: %v is not a share from 0 to 1", c.TraceRatio))
	}
	if c.OTLPURL == "" {
		return faults
	}
	u, err := url.Parse(c.OTLPURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" || (u.Scheme != "https" && u.Scheme != "http") {
		faults = append(faults, errors.New("otlp_url: not like http://host:4318"))
	}
	return faults
}
