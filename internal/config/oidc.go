package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// oidcFaults finds settings of the provider of identities that cannot work.
func (c *Config) oidcFaults() []error {
	if c.OIDCIssuer == "" {
		if c.OIDCOnly || c.OIDCClientID != "" || c.OIDCClientSecret != "" || c.OIDCRedirectURL != "" {
			return []error{errors.New("oidc_issuer: is missing, and other settings of the provider are there")}
		}
		return nil
	}
	var faults []error
	for key, value := range map[string]string{"oidc_client_id": c.OIDCClientID, "oidc_name": c.OIDCName, "oidc_login_claim": c.OIDCLoginClaim} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s: is needed with oidc_issuer", key))
		}
	}
	if !securely(c.OIDCIssuer) {
		faults = append(faults, errors.New("oidc_issuer: not like https://host; http is for this machine alone"))
	}
	if !securely(c.OIDCRedirectURL) || !strings.HasSuffix(c.OIDCRedirectURL, "/staff/oidc/callback") {
		faults = append(faults, errors.New("oidc_redirect_url: not like https://host/staff/oidc/callback"))
	}
	return faults
}

// securely reports whether an address is reached by TLS, or without leaving the machine.
func securely(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}
