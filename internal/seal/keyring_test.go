package seal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/seal"
)

// ring holds keys that are told apart by the last letter of their ids; the last one
// is the current one.
func ring(t interface{ Fatal(...any) }, ids ...string) *seal.Keyring {
	var text strings.Builder
	for _, id := range ids {
		secret := bytes.Repeat([]byte{id[len(id)-1]}, 32)
		text.WriteString(id + " " + base64.StdEncoding.EncodeToString(secret) + "\n")
	}
	k, err := seal.ParseKeyring(text.String())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := ring(t, "k1")
		aad, plain := rapid.String().Draw(t, "aad"), rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed := k.Seal(aad, plain)
		got, err := k.Open(aad, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %q, %v", got, err)
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the plaintext shows")
		}
		if bytes.Equal(sealed, k.Seal(aad, plain)) {
			t.Fatal("sealing twice gives the same: the nonce repeats")
		}
	})
}

// TestSealedIsBound changes one thing at a time; nothing may open.
func TestSealedIsBound(t *testing.T) {
	t.Parallel()
	k := ring(t, "k2", "k1")
	sealed := k.Seal("letter.text/1", []byte("机密"))
	if _, err := k.Open("letter.text/2", sealed); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("opened at another place: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open("letter.text/1", changed); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
		if _, err := k.Open("letter.text/1", sealed[:i]); err == nil {
			t.Errorf("opened when cut to %d bytes", i)
		}
	}
	renamed := bytes.Replace(sealed, []byte("k1"), []byte("k2"), 1)
	if _, err := k.Open("letter.text/1", renamed); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("opened under another key: %v", err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before := ring(t, "k1")
	after := ring(t, "k1", "k2")
	old := before.Seal("a", []byte("x"))
	if got, err := after.Open("a", old); err != nil || string(got) != "x" {
		t.Errorf("what the old key sealed: %q, %v", got, err)
	}
	if _, err := before.Open("a", after.Seal("a", []byte("x"))); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("the new key's without the new key: %v", err)
	}
	if !bytes.Equal(before.BlindIndex("phone", "138"), after.BlindIndex("phone", "138")) {
		t.Error("rotation changed the blind index")
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	k, other := ring(t, "k1"), ring(t, "k9")
	seen := map[string]string{}
	for _, pair := range [][2]string{{"a", "bc"}, {"ab", "c"}, {"", "abc"}, {"abc", ""}, {"a", "bd"}} {
		for kind, sum := range map[string][]byte{
			"blind": k.BlindIndex(pair[0], pair[1]), "other key": other.BlindIndex(pair[0], pair[1]), "plain": seal.Hash(pair[0], pair[1]),
		} {
			name := kind + strings.Join(pair[:], "|")
			if twin, taken := seen[string(sum)]; taken {
				t.Errorf("%s and %s have the same fingerprint", name, twin)
			}
			seen[string(sum)] = name
			if len(sum) != 32 {
				t.Errorf("%s has %d bytes", name, len(sum))
			}
		}
	}
	if !bytes.Equal(seal.Hash("a", "b"), seal.Hash("a", "b")) {
		t.Error("not repeatable")
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	file := "# keys\n\n" + seal.GenerateKey("k1") + "\r\n  " + seal.GenerateKey("k2") + "\n"
	k, err := seal.ParseKeyring(file)
	if err != nil {
		t.Fatal(err)
	}
	if sealed := k.Seal("a", nil); string(sealed[:3]) != "k2:" {
		t.Errorf("the last line is not the current key: %q", sealed[:3])
	}
	if one, other := seal.GenerateKey("k1"), seal.GenerateKey("k1"); one == other {
		t.Error("two keys are the same")
	}
	good := strings.Fields(seal.GenerateKey("k1"))[2]
	for name, text := range map[string]string{
		"empty": "", "comments": "# x\n", "no id": good, "bad id": "K_1 " + good, "long id": strings.Repeat("k", 33) + " " + good, "short": "k1 YWJj",
		"not base64": "k1 " + good[:43] + "!", "twice": "k1 " + good + "\nk1 " + good,
		"no such algorithm": "k1 des " + good, "size of another": "k1 sm4-gcm " + good, "two indexes": seal.GenerateKey("k1") + "\na hmac-sm3 " + good + "\nb hmac-sm3 " + good,
		"only an index": "a hmac-sha256 " + good, "wrapped, no master": "k1 aes-256-gcm wrapped " + good,
	} {
		_, err := seal.ParseKeyring(text)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), good[:20]) {
			t.Errorf("%s: the error repeats the key", name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	k := ring(f, "k1")
	f.Add("a", k.Seal("a", []byte("x")))
	f.Add("", []byte{255})
	f.Fuzz(func(t *testing.T, aad string, sealed []byte) {
		plain, err := k.Open(aad, sealed)
		if err == nil && len(sealed) < 1+2+12+16+len(plain) {
			t.Errorf("%d bytes opened to %d", len(sealed), len(plain))
		}
	})
}

func FuzzParseKeyring(f *testing.F) {
	f.Add(seal.GenerateKey("k1"))
	f.Add("# \n\n k \n")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := seal.ParseKeyring(text)
		if (k == nil) == (err == nil) {
			t.Errorf("keyring %v, error %v", k, err)
		}
	})
}
