// Package signon lets staff sign in at a provider of identities (OpenID Connect,
// authorization code with PKCE).
//
// It owns the conversation with the provider: its metadata, the exchange of a code, the
// check of what it signs. It does not know browsers, accounts or sessions; whom a claim
// stands for is internal/access's to say.
//
// Invariants: nothing a provider says counts before its signature, issuer, audience,
// age and nonce were checked; a provider that is away is a clear problem and no more;
// neither codes nor tokens are kept or logged.
package signon
