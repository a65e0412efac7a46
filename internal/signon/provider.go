package signon

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// rereadAfter is how long what a provider says of itself is believed. Its keys are read
// again by themselves when it signs with one that is not known.
const rereadAfter = 10 * time.Minute

// Options are how a provider is reached, and what of it counts.
type Options struct {
	Issuer, ClientID, ClientSecret, RedirectURL string

	LoginClaim   string       // names the account the first time somebody comes
	TrustsFactor bool         // whether a second factor proved there counts here
	Client       *http.Client // may go to the provider, and follows nobody elsewhere
	Now          func() time.Time
}

// Provider is one provider of identities. It is safe for concurrent use, and asked
// for nothing before somebody wants to sign in.
type Provider struct {
	o Options

	mu    sync.Mutex
	known *oidc.Provider
	read  time.Time
}

// New returns a provider that has not been asked for anything.
func New(o Options) *Provider { return &Provider{o: o} }

// Begin is where a browser is sent to. state and nonce come back, verifier stays here.
func (p *Provider) Begin(ctx context.Context, state, nonce, verifier string) (string, error) {
	at, err := p.provider(ctx)
	if err != nil {
		return "", err
	}
	return p.config(at).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Finish is who came back with a code.
func (p *Provider) Finish(ctx context.Context, code, nonce, verifier string) (access.Claim, error) {
	at, err := p.provider(ctx)
	if err != nil {
		return access.Claim{}, err
	}
	ctx = oidc.ClientContext(ctx, p.o.Client)
	token, err := p.config(at).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return access.Claim{}, failed(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := at.VerifierContext(ctx, &oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return access.Claim{}, refused().Because(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return access.Claim{}, refused()
	}
	return p.claim(id)
}

// claim is what is read of a token that was checked.
func (p *Provider) claim(id *oidc.IDToken) (access.Claim, error) {
	var all map[string]any
	var strength struct {
		Methods []string `json:"amr"` // RFC 8176
		Class   string   `json:"acr"`
	}
	if err := id.Claims(&all); err != nil {
		return access.Claim{}, refused().Because(err)
	}
	if err := id.Claims(&strength); err != nil {
		return access.Claim{}, refused().Because(err)
	}
	login, _ := all[p.o.LoginClaim].(string)
	classes := []string{"mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}
	return access.Claim{
		Identity: access.Identity{Issuer: id.Issuer, Subject: id.Subject},
		Login:    login,
		Factor:   p.o.TrustsFactor && (slices.Contains(strength.Methods, "mfa") || slices.Contains(classes, strength.Class)),
	}, nil
}

func (p *Provider) config(at *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: at.Endpoint(), RedirectURL: p.o.RedirectURL,
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// provider is what the provider says of itself. One that is away is asked again by the
// next person; one that was there a while ago is believed meanwhile.
func (p *Provider) provider(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.o.Now()
	if p.known != nil && at.Sub(p.read) < rereadAfter {
		return p.known, nil
	}
	fresh, err := oidc.NewProvider(oidc.ClientContext(ctx, p.o.Client), p.o.Issuer)
	switch {
	case err == nil:
		p.known, p.read = fresh, at
	case p.known == nil:
		return nil, away().Because(err)
	}
	return p.known, nil
}

// failed tells a provider that says no from one that says nothing.
func failed(err error) error {
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok && r.Response != nil && r.Response.StatusCode < http.StatusInternalServerError {
		return refused().Because(err)
	}
	return away().Because(err)
}

func refused() *problem.Error {
	return problem.New(problem.Unauthenticated, "oidc.refused", "统一身份认证没有通过，请重新登录。")
}

func away() *problem.Error {
	return problem.New(problem.Unavailable, "oidc.unavailable", "统一身份认证暂时连接不上，请稍后再试，或者用密码登录。")
}
