package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// KeySize is the length of a key in bytes (AES-256).
const KeySize = 32

// Errors of opening. Neither says anything about the value.
var (
	ErrUnknownKey = errors.New("seal: sealed under a key this keyring does not hold")
	ErrBroken     = errors.New("seal: the sealed value was changed, cut, or moved here from another place")
)

// Keyring seals under its current key and opens what any of its keys sealed.
// It is safe for concurrent use.
type Keyring struct {
	current string
	sealers map[string]cipher.AEAD
	index   []byte // keys the blind indexes; never a sealing key itself
}

// NewKeyring makes a keyring that seals under keys[current]. To rotate, add a
// key, make it current, and keep the old ones. Blind indexes hang on the key
// with the lowest id, so that adding a key with a higher id leaves them valid:
// that key must stay for as long as the data.
func NewKeyring(keys map[string][]byte, current string) (*Keyring, error) {
	if _, ok := keys[current]; !ok {
		return nil, fmt.Errorf("seal: the current key %q is not in the keyring", current)
	}
	k := &Keyring{current: current, sealers: make(map[string]cipher.AEAD, len(keys))}
	for id, key := range keys {
		if !validID(id) {
			return nil, fmt.Errorf("seal: key id %q: use 1 to 32 of a-z, 0-9 and -", id)
		}
		if len(key) != KeySize {
			return nil, fmt.Errorf("seal: key %q has %d bytes, not %d", id, len(key), KeySize)
		}
		sealer, err := newSealer(key)
		if err != nil {
			return nil, fmt.Errorf("seal: key %q: %w", id, err)
		}
		k.sealers[id] = sealer
	}
	var err error
	first := slices.Min(slices.Collect(maps.Keys(keys)))
	if k.index, err = hkdf.Key(sha256.New, keys[first], nil, "jiesu blind index", KeySize); err != nil {
		return nil, fmt.Errorf("seal: derive index key: %w", err)
	}
	return k, nil
}

func newSealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal closes plain. aad names the place the value belongs to (table, column,
// row): the value opens only there. The result carries the key's id in clear:
// id, colon, nonce, ciphertext with its tag. One key is good for 2³² values.
func (k *Keyring) Seal(aad string, plain []byte) []byte {
	sealer := k.sealers[k.current]
	out := make([]byte, 0, len(k.current)+1+len(plain)+sealer.Overhead())
	out = append(append(out, k.current...), ':')
	return sealer.Seal(out, nil, plain, binding(k.current, aad)) //nolint:gosec // the sealer draws the nonce itself
}

// Open returns what [Keyring.Seal] closed for the same aad.
func (k *Keyring) Open(aad string, sealed []byte) ([]byte, error) {
	id, rest, ok := bytes.Cut(sealed, []byte(":"))
	if !ok || !validID(string(id)) {
		return nil, ErrBroken
	}
	sealer, ok := k.sealers[string(id)]
	if !ok {
		return nil, ErrUnknownKey
	}
	plain, err := sealer.Open(nil, nil, rest, binding(string(id), aad))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// binding ties the key id in clear to the place, so that neither can be swapped.
func binding(id, aad string) []byte { return []byte(id + "\x00" + aad) }

// BlindIndex is a keyed fingerprint: equal values of a domain have equal
// fingerprints, and without the key nobody can try values against it.
func (k *Keyring) BlindIndex(domain, value string) []byte {
	return fingerprint(hmac.New(sha256.New, k.index), domain, value)
}

// BlindTokens are keyed fingerprints of words, sorted, without repeats and cut to
// 40 bits: what a text is found by without a word of it being stored. Each domain
// has a key of its own.
func (k *Keyring) BlindTokens(domain string, words []string) []string {
	mac := hmac.New(sha256.New, k.BlindIndex("key", domain))
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

// ParseKeyring reads a key file: one key a line, its id and its base64 text
// separated by a space; the last line is the current key. Empty lines and lines
// that begin with # are skipped.
func ParseKeyring(text string) (*Keyring, error) {
	keys, current := map[string][]byte{}, ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, key, err := ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if _, taken := keys[id]; taken {
			return nil, fmt.Errorf("line %d: key id %q is used twice", n+1, id)
		}
		keys[id], current = key, id
	}
	if current == "" {
		return nil, errors.New("seal: the key file holds no key")
	}
	return NewKeyring(keys, current)
}

// ParseKey reads one line of a key file.
func ParseKey(line string) (id string, key []byte, err error) {
	id, text, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || !validID(id) {
		return "", nil, errors.New("seal: not a key line; want: id base64")
	}
	key, err = base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != KeySize {
		return "", nil, fmt.Errorf("seal: key %q is not the base64 of %d bytes", id, KeySize)
	}
	return id, key, nil
}

// GenerateKey makes a new random key as a line of a key file.
func GenerateKey(id string) string {
	var key [KeySize]byte
	_, _ = rand.Read(key[:]) // never fails: the runtime stops the program instead
	return id + " " + base64.StdEncoding.EncodeToString(key[:])
}

func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 32 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}
