package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of reading keys that are wrapped.
var (
	ErrNoMaster    = errors.New("seal: the keys are wrapped, and there is no master key")
	ErrOtherMaster = errors.New("seal: the master key is not the one the keys are wrapped with")
)

// KeyFile is the keys of an installation: those that seal, the last of which is the
// current one, and the one blind indexes hang on.
type KeyFile struct {
	keys  []key
	index key
}

// key is one line. A key in clear has no master.
type key struct {
	id        string
	algorithm Algorithm
	secret    []byte
	master    string // id of the master key it was wrapped with
}

// KeyInfo is what may be shown of a key that seals.
type KeyInfo struct {
	ID        string
	Algorithm Algorithm
	Master    string // that wraps it; empty: it stands in clear
	Current   bool
}

// NewKeyFile makes the first keys of an installation.
func NewKeyFile(s Suite) *KeyFile {
	return &KeyFile{keys: []key{newKey("k1", s.Sealing)}, index: newKey("index", s.Index)}
}

func newKey(id string, a Algorithm) key {
	secret := make([]byte, a.size())
	_, _ = rand.Read(secret) // never fails: the runtime stops the program instead
	return key{id: id, algorithm: a, secret: secret}
}

// GenerateKey makes a new random key as a line of a key file.
func GenerateKey(id string) string { return newKey(id, AES256GCM).line(nil) }

// GenerateMaster makes a new random key that wraps others, as a line of its file.
func GenerateMaster(id string, s Suite) (string, error) {
	if !validID(id) {
		return "", errID(id)
	}
	return newKey(id, s.Sealing).line(nil), nil
}

// ParseKeyring reads the text of a file whose keys stand in clear.
func ParseKeyring(text string) (*Keyring, error) {
	f, err := ParseKeyFile(text, nil)
	if err != nil {
		return nil, err
	}
	return f.Keyring()
}

// ParseKeyFile reads a key file: one key a line, its id, its algorithm (AES where
// there is none), the word wrapped where a master key has closed it, and its base64
// text. The last line of a key that seals is the current key. Empty lines and lines
// that begin with # are skipped. Where there is no index key, it is derived from the
// key with the lowest id. master may be nil.
func ParseKeyFile(text string, master *Keyring) (*KeyFile, error) {
	f := &KeyFile{}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := parseKey(line, master)
		if err == nil {
			err = f.add(k)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	if len(f.keys) == 0 {
		return nil, errors.New("seal: the key file holds no key")
	}
	if f.index.id != "" {
		return f, nil
	}
	first := slices.MinFunc(f.keys, func(a, b key) int { return strings.Compare(a.id, b.id) })
	secret, err := hkdf.Key(sha256.New, first.secret, nil, "jiesu blind index", HMACSHA256.size())
	if err != nil {
		return nil, fmt.Errorf("seal: derive index key: %w", err)
	}
	f.index = key{id: "index", algorithm: HMACSHA256, secret: secret}
	return f, nil
}

func (f *KeyFile) add(k key) error {
	if !k.algorithm.seals() {
		if f.index.id != "" {
			return errors.New("seal: there are two index keys")
		}
		f.index = k
		return nil
	}
	if f.find(k.id) >= 0 {
		return fmt.Errorf("seal: key id %q is used twice", k.id)
	}
	f.keys = append(f.keys, k)
	return nil
}

func (f *KeyFile) find(id string) int {
	return slices.IndexFunc(f.keys, func(k key) bool { return k.id == id })
}

func parseKey(line string, master *Keyring) (key, error) {
	fields := strings.Fields(line)
	if len(fields) == 2 {
		fields = []string{fields[0], string(AES256GCM), fields[1]}
	}
	wrapped := len(fields) == 4 && fields[2] == "wrapped"
	if len(fields) != 3 && !wrapped {
		return key{}, errors.New("seal: not a key line; want: id algorithm base64")
	}
	k := key{id: fields[0], algorithm: Algorithm(fields[1])}
	if !validID(k.id) {
		return key{}, errID(k.id)
	}
	if k.algorithm.size() == 0 {
		return key{}, fmt.Errorf("seal: key %q is for an algorithm that is not known", k.id)
	}
	var err error
	if k.secret, err = base64.StdEncoding.DecodeString(fields[len(fields)-1]); err == nil && wrapped {
		if k.secret, k.master, err = unwrap(k, master); err != nil {
			return key{}, err
		}
	}
	if err != nil || len(k.secret) != k.algorithm.size() {
		return key{}, fmt.Errorf("seal: key %q is not the base64 of %d bytes", k.id, k.algorithm.size())
	}
	return k, nil
}

func errID(id string) error {
	return fmt.Errorf("seal: key id %q: use 1 to 32 of a-z, 0-9 and -", id[:min(len(id), 32)])
}

// unwrap opens the secret of k; what a master wraps is bound to id and algorithm.
func unwrap(k key, master *Keyring) (secret []byte, id string, err error) {
	if master == nil {
		return nil, "", ErrNoMaster
	}
	secret, err = master.Open(k.wrapping(), k.secret)
	if err != nil {
		return nil, "", fmt.Errorf("key %q: %w", k.id, ErrOtherMaster)
	}
	return secret, KeyOf(k.secret), nil
}

func (k key) wrapping() string { return "key/" + k.id + "/" + string(k.algorithm) }

// line writes k, wrapped where there is a master.
func (k key) line(master *Keyring) string {
	secret, mark := k.secret, ""
	if master != nil {
		secret, mark = master.Seal(k.wrapping(), k.secret), "wrapped "
	}
	return k.id + " " + string(k.algorithm) + " " + mark + base64.StdEncoding.EncodeToString(secret)
}

// KeyOf is the id of the key a value is sealed under; empty: it is no sealed value.
func KeyOf(sealed []byte) string {
	for i, c := range sealed[:min(len(sealed), 33)] {
		if c == ':' {
			return string(sealed[:i])
		}
	}
	return ""
}

// Format writes the file, every key wrapped where there is a master.
func (f *KeyFile) Format(master *Keyring) string {
	lines := []string{"# Sealing keys. Keep a copy apart from the database backup.", f.index.line(master)}
	for _, k := range f.keys {
		lines = append(lines, k.line(master))
	}
	return strings.Join(lines, "\n") + "\n"
}

// Keyring makes a keyring of the keys.
func (f *KeyFile) Keyring() (*Keyring, error) {
	r := &ring{current: f.keys[len(f.keys)-1].id, sealers: make(map[string]cipher.AEAD, len(f.keys)), index: f.index.secret, hash: f.index.algorithm.hash()}
	for _, k := range f.keys {
		var err error
		if r.sealers[k.id], err = k.algorithm.sealer(k.secret); err != nil {
			return nil, err
		}
	}
	ring := &Keyring{}
	ring.held.Store(r)
	return ring, nil
}

// Keys lists the keys that seal.
func (f *KeyFile) Keys() []KeyInfo {
	all := make([]KeyInfo, len(f.keys))
	for i, k := range f.keys {
		all[i] = KeyInfo{ID: k.id, Algorithm: k.algorithm, Master: k.master, Current: i == len(f.keys)-1}
	}
	return all
}

// Index is the algorithm of the blind indexes, and the master key that wraps theirs.
func (f *KeyFile) Index() (algorithm Algorithm, master string) {
	return f.index.algorithm, f.index.master
}

// Add makes a new key and returns its id. It seals from now on, unless it is staged:
// then it only opens until it is used.
func (f *KeyFile) Add(a Algorithm, staged bool) string {
	var mark [3]byte // no id comes again, retired or not: backups know the first key by it
	_, _ = rand.Read(mark[:])
	id := fmt.Sprintf("k%d-%x", len(f.keys)+1, mark)
	at := len(f.keys)
	if staged {
		at--
	}
	f.keys = slices.Insert(f.keys, at, newKey(id, a))
	return id
}

// Use makes a key the current one.
func (f *KeyFile) Use(id string) error {
	i := f.find(id)
	if i < 0 {
		return fmt.Errorf("seal: there is no key %q", id)
	}
	f.keys = append(slices.Delete(slices.Clone(f.keys), i, i+1), f.keys[i])
	return nil
}

// Remove takes a key away that seals no more.
func (f *KeyFile) Remove(id string) error {
	i := f.find(id)
	switch {
	case i < 0:
		return fmt.Errorf("seal: there is no key %q", id)
	case i == len(f.keys)-1:
		return fmt.Errorf("seal: %q is the current key", id)
	}
	f.keys = slices.Delete(f.keys, i, i+1)
	return nil
}
