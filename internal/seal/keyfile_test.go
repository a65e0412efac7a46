package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/seal"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestStandardVectors: SM4-GCM of RFC 8998, appendix A.1, and the first example of
// GM/T 0004-2012.
func TestStandardVectors(t *testing.T) {
	t.Parallel()
	sealer, err := seal.SM4GCM.Sealer(unhex(t, "0123456789abcdeffedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := unhex(t, "00001234567800000000abcd"+ // nonce
		"17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"+
		"83de3541e4c2b58177e065a9bf7b62ec") // tag
	plain, err := sealer.Open(nil, nil, sealed, unhex(t, "feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	want := strings.Repeat("aa", 8) + strings.Repeat("bb", 8) + strings.Repeat("cc", 8) + strings.Repeat("dd", 8) +
		strings.Repeat("ee", 8) + strings.Repeat("ff", 8) + strings.Repeat("ee", 8) + strings.Repeat("aa", 8)
	if err != nil || hex.EncodeToString(plain) != want {
		t.Errorf("SM4-GCM opened %x, %v", plain, err)
	}
	if sum := seal.HMACSM3.Sum("abc"); hex.EncodeToString(sum) != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Errorf("SM3 of abc: %x", sum)
	}
}

func parse(t interface{ Fatal(...any) }, text string, master *seal.Keyring) *seal.KeyFile {
	f, err := seal.ParseKeyFile(text, master)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func keyringOf(t interface{ Fatal(...any) }, f *seal.KeyFile) *seal.Keyring {
	k, err := f.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestEveryHistoryOfKeys adds, uses, retires and rewraps keys of both suites in any
// order: what was sealed under a key that is still there opens, and the blind index
// never changes, whatever key it once came from.
func TestEveryHistoryOfKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		suites := rapid.SampledFrom([]seal.Suite{seal.International(), seal.Commercial()})
		f := seal.NewKeyFile(suites.Draw(t, "first"))
		if rapid.Bool().Draw(t, "old file") {
			f = parse(t, strings.Replace(seal.GenerateKey("k1"), " aes-256-gcm", "", 1), nil)
		}
		var master *seal.Keyring
		index := keyringOf(t, f).BlindIndex("phone", "138")
		sealed := map[string][]byte{}
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			k := keyringOf(t, f)
			sealed[k.Current()] = k.Seal("a", []byte(k.Current()))
			keys := f.Keys()
			one := keys[rapid.IntRange(0, len(keys)-1).Draw(t, "which")].ID
			switch rapid.SampledFrom([]string{"add", "stage", "use", "remove", "rewrap"}).Draw(t, "act") {
			case "add":
				if id := f.Add(suites.Draw(t, "suite").Sealing, false); keyringOf(t, f).Current() != id {
					t.Fatal("a new key does not seal")
				}
			case "stage":
				if id := f.Add(suites.Draw(t, "suite").Sealing, true); keyringOf(t, f).Current() == id {
					t.Fatal("a staged key seals")
				}
			case "use":
				if err := f.Use(one); err != nil || keyringOf(t, f).Current() != one {
					t.Fatalf("use %s: %v", one, err)
				}
			case "remove":
				if err := f.Remove(one); (err == nil) == (one == keyringOf(t, f).Current()) && len(keys) > 1 {
					t.Fatalf("remove %s: %v", one, err)
				} else if err == nil {
					delete(sealed, one)
				}
			default:
				line, err := seal.GenerateMaster("m1", suites.Draw(t, "master"))
				if err != nil {
					t.Fatal(err)
				}
				if master, err = seal.ParseKeyring(line); err != nil {
					t.Fatal(err)
				}
			}
			f = parse(t, f.Format(master), master)
		}
		k := keyringOf(t, f)
		if !bytes.Equal(k.BlindIndex("phone", "138"), index) {
			t.Fatal("the blind index has changed")
		}
		for id, value := range sealed {
			if got, err := k.Open("a", value); err != nil || string(got) != id {
				t.Fatalf("sealed under %s: %q, %v", id, got, err)
			}
		}
	})
}

func TestWrappedKeys(t *testing.T) {
	t.Parallel()
	master, other := ring(t, "m1"), ring(t, "m2")
	f := seal.NewKeyFile(seal.International())
	text := f.Format(master)
	if strings.Contains(text, strings.Fields(f.Format(nil))[len(strings.Fields(f.Format(nil)))-1]) {
		t.Error("a wrapped key shows")
	}
	read := parse(t, text, master)
	if keys := read.Keys(); len(keys) != 1 || keys[0].Master != "m1" || !keys[0].Current {
		t.Errorf("keys %+v", keys)
	}
	if algorithm, by := read.Index(); algorithm != seal.HMACSHA256 || by != "m1" {
		t.Errorf("the index key is for %s, wrapped by %s", algorithm, by)
	}
	for name, c := range map[string]struct {
		text   string
		master *seal.Keyring
		want   error
	}{
		"no master":      {text, nil, seal.ErrNoMaster},
		"another master": {text, other, seal.ErrOtherMaster},

		"renamed":   {strings.Replace(text, "k1 ", "k2 ", 1), master, seal.ErrOtherMaster},
		"other use": {strings.Replace(text, "hmac-sha256", "hmac-sm3", 1), master, seal.ErrOtherMaster},
	} {
		if _, err := seal.ParseKeyFile(c.text, c.master); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKeysAreExchanged: a running keyring takes newer keys, asks for them where it
// meets a key it does not hold, and refuses those that would find nothing.
func TestKeysAreExchanged(t *testing.T) {
	t.Parallel()
	f := seal.NewKeyFile(seal.International())
	running := keyringOf(t, f)
	f.Add(seal.SM4GCM, false)
	newer := keyringOf(t, f)
	value := newer.Seal("a", []byte("x"))
	if _, err := running.Open("a", value); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("without asking: %v", err)
	}
	asked := 0
	running.RenewWith(func() {
		asked++
		if err := running.Replace(newer); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		if got, err := running.Open("a", value); err != nil || string(got) != "x" || asked != 1 {
			t.Errorf("%q, %v after asking %d times", got, err, asked)
		}
	}
	if err := running.Replace(ring(t, "k7")); err == nil || running.Current() != newer.Current() {
		t.Errorf("keys of another installation: %v", err)
	}
}
