package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"hash"
	"slices"
	"strings"
	"sync/atomic"
)

// Errors of opening. Neither says anything about the value.
var (
	ErrUnknownKey = errors.New("seal: sealed under a key this keyring does not hold")
	ErrBroken     = errors.New("seal: the sealed value was changed, cut, or moved here from another place")
)

// Keyring seals under its current key and opens what any of its keys sealed.
// It is safe for concurrent use, and its keys can be exchanged meanwhile.
type Keyring struct {
	held  atomic.Pointer[ring]
	newer atomic.Pointer[func()]
}

// ring is the keys of one moment.
type ring struct {
	current string
	sealers map[string]cipher.AEAD
	index   []byte // keys the blind indexes; never a sealing key itself
	hash    func() hash.Hash
}

// Current is the id of the key that seals.
func (k *Keyring) Current() string { return k.held.Load().current }

// Replace takes over the keys of another keyring. Those must find what was indexed
// before.
func (k *Keyring) Replace(other *Keyring) error {
	next := other.held.Load()
	if subtle.ConstantTimeCompare(k.BlindIndex("key", "replaced"), other.BlindIndex("key", "replaced")) == 0 {
		return errors.New("seal: the index key is another one: nothing would be found any more")
	}
	k.held.Store(next)
	return nil
}

// RenewWith says how newer keys are fetched, with [Keyring.Replace], where a value
// is met whose key is not held.
func (k *Keyring) RenewWith(renew func()) { k.newer.Store(&renew) }

// Seal closes plain. aad names the place the value belongs to (table, column,
// row): the value opens only there. The result carries the key's id in clear:
// id, colon, nonce, ciphertext with its tag. One key is good for 2³² values.
func (k *Keyring) Seal(aad string, plain []byte) []byte {
	r := k.held.Load()
	sealer := r.sealers[r.current]
	out := make([]byte, 0, len(r.current)+1+len(plain)+sealer.Overhead())
	out = append(append(out, r.current...), ':')
	return sealer.Seal(out, nil, plain, binding(r.current, aad)) //nolint:gosec // the sealer draws the nonce itself
}

// Open returns what [Keyring.Seal] closed for the same aad.
func (k *Keyring) Open(aad string, sealed []byte) ([]byte, error) {
	id, rest, ok := bytes.Cut(sealed, []byte(":"))
	if !ok || !validID(string(id)) {
		return nil, ErrBroken
	}
	sealer, err := k.sealer(string(id))
	if err != nil {
		return nil, err
	}
	plain, err := sealer.Open(nil, nil, rest, binding(string(id), aad))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// sealer is that of a key; one that is not held may have been added meanwhile.
func (k *Keyring) sealer(id string) (cipher.AEAD, error) {
	if sealer, ok := k.held.Load().sealers[id]; ok {
		return sealer, nil
	}
	if renew := k.newer.Load(); renew != nil {
		(*renew)()
	}
	if sealer, ok := k.held.Load().sealers[id]; ok {
		return sealer, nil
	}
	return nil, ErrUnknownKey
}

// binding ties the key id in clear to the place, so that neither can be swapped.
func binding(id, aad string) []byte { return []byte(id + "\x00" + aad) }

// BlindIndex is a keyed fingerprint: equal values of a domain have equal
// fingerprints, and without the key nobody can try values against it.
func (k *Keyring) BlindIndex(domain, value string) []byte {
	r := k.held.Load()
	return fingerprint(hmac.New(r.hash, r.index), domain, value)
}

// BlindTokens are keyed fingerprints of words, sorted, without repeats and cut to
// 40 bits: what a text is found by without a word of it being stored. Each domain
// has a key of its own.
func (k *Keyring) BlindTokens(domain string, words []string) []string {
	mac := hmac.New(k.held.Load().hash, k.BlindIndex("key", domain))
	code := base32.HexEncoding
	tokens := make([]string, len(words))
	var sum []byte
	for i, w := range words {
		mac.Reset()
		_, _ = mac.Write([]byte(w)) // a hash never fails to write
		sum = mac.Sum(sum[:0])
		tokens[i] = strings.ToLower(code.EncodeToString(sum[:5]))
	}
	slices.Sort(tokens)
	return slices.Compact(tokens)
}

// Hash is a fingerprint for secrets of high entropy (tokens, passes, query
// codes). A value that could be guessed needs [Keyring.BlindIndex].
func Hash(domain, value string) []byte { return fingerprint(sha256.New(), domain, value) }

func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 32 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}
