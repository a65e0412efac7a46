package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"jiesu/internal/audit"
	"jiesu/internal/problem"
)

// optOutBytes is how much of a keyed hash stands for an address, and how much of
// another for the right to end its messages.
const optOutBytes = 16

// optOutOf is an address as it is kept where somebody wants no more messages.
func (d *Desk) optOutOf(carrier, address string) []byte {
	return d.keyed("opt out/" + carrier + "/" + strings.ToLower(address))
}

func (d *Desk) keyed(text string) []byte {
	mac := hmac.New(sha256.New, d.CodeKey)
	mac.Write([]byte(text))
	return mac.Sum(nil)[:optOutBytes]
}

// optOutToken is what lets whoever got a message end them, and nobody else. It
// tells nothing of the address.
func (d *Desk) optOutToken(carrier, address string) string {
	who := d.optOutOf(carrier, address)
	return base64.RawURLEncoding.EncodeToString(append(who, d.keyed("unsubscribe/"+string(who))...))
}

// optOutBy is the address a token was made for.
func (d *Desk) optOutBy(token string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil && len(raw) == 2*optOutBytes && hmac.Equal(raw[optOutBytes:], d.keyed("unsubscribe/"+string(raw[:optOutBytes]))) {
		return raw[:optOutBytes], nil
	}
	return nil, problem.New(problem.NotFound, "opt_out.not_found", "退订链接不完整或者已经失效，请从收到的邮件里重新打开。")
}

// OptedOut reports whether the messages a token came with have been ended.
func (d *Desk) OptedOut(ctx context.Context, token string) (bool, error) {
	who, err := d.optOutBy(token)
	if err != nil {
		return false, err
	}
	return d.Store.OptedOut(ctx, who)
}

// OptOut ends the messages a token came with, or takes that back. What the law
// wants to be told is told all the same.
func (d *Desk) OptOut(ctx context.Context, token string, out bool) error {
	who, err := d.optOutBy(token)
	if err != nil {
		return err
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return d.setOptOut(ctx, tx, who, out) })
}

func (d *Desk) setOptOut(ctx context.Context, tx Tx, who []byte, out bool) error {
	if err := tx.SetOptOut(ctx, who, out, d.at()); err != nil {
		return err
	}
	action := "notice.opt_in"
	if out {
		action = "notice.opt_out"
	}
	return tx.Record(ctx, audit.Entry{At: d.at(), Actor: actorOf(""), Action: action, Object: "address/" + base64.RawURLEncoding.EncodeToString(who)})
}
