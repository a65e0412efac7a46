package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

const spamKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// Envelopes are, to the byte, what WeChat and other clients make.
func TestEnvelopesAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, id, random, message, want string }{
		{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wxba5fad812f8e6fb9", "707722b803182950", `{"demo_resp":"good luck"}`, "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="},
		{spamKey, "wxb11529c136998cb6", "aaaabbbbccccdddd", "我是中文abcd123", "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="},
	} {
		key, ok := readKey(c.key)
		if !ok {
			t.Fatal("a published key is refused")
		}
		got, err := wrap(key, c.id, []byte(c.message), strings.NewReader(c.random))
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.message, got, err)
		}
		if m, ok := open(key, c.id, c.want); !ok || string(m) != c.message {
			t.Errorf("opened: %q, %t", m, ok)
		}
		for _, broken := range []string{"", c.want[:40], c.want[4:], "!" + c.want[1:], strings.Repeat("A", 86) + "=="} {
			if m, ok := open(key, c.id, broken); ok {
				t.Errorf("%s is opened: %q", broken, m)
			}
		}
	}
}

// WeCom's checks of an address come in the same envelope, and so do those of
// other accounts.
func TestEnvelopesOfOthersAreOpened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, id, encrypted, want string }{
		{"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7", "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==", "1616140317555161061"},
		{"kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a", "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==", "5927782489442352469"},
	} {
		key, _ := readKey(c.key)
		if got, ok := open(key, c.id, c.encrypted); !ok || string(got) != c.want {
			t.Errorf("%q, %t, want %s", got, ok, c.want)
		}
		if _, ok := open(key, "wx0000000000000000", c.encrypted); ok {
			t.Error("opened for another account")
		}
	}
}

// pamtest is an envelope another client makes, which says so in its name.
const pamtest = "rTNFcsut4LfGuAFKEUVVpwcaCOTJzOd9twZdIW910jb3k+iicx2uvhttIZ3Qg9Qgty3BEF2xbOrz6boTfb30dMomcgrkTqdFPwnhqbk+kIQ7rZiwny9D7NUrTgA5kpX3KsZvrXzUZyP2x9YOlxbgm572lmxKvM7HAQQhIQ/p6HBmoY30bGXFK0BtIu1pW9TjhOYrLQoU18nWYjWqDA1ynkmOytpv7QRI1P1+0NoxL0q2zO1DgeSvnE8CZGo/o5Ap/WHK5W2RAsinpzN4/LjPnmB6U01I5XCoJoC0GK/yMZycd2Oh8Nq6+wBkC1U85oy0ktOY4nLvsQMLrourmMGdZHuTbqpeJ8Ao/5PRYJ+WBvRUwPfGKBL2+2IKZF49vAJqkcGWSHGE76ZN2erXeuNazf/o9o3lIE3q739o4c8t9QGPe31GT2Go/rOz1BsrASwvauNulCh+++yz+CQzBIuikA=="

func TestAnotherClientsEnvelopeIsReadAndVerified(t *testing.T) {
	t.Parallel()
	const want, stamp, nonce = "4f3ad57b6989f09f4eb392acce4f9e93942ed890", "1458300676", "260774613"
	if !signed(want, "pamtest", stamp, nonce, pamtest) || signed(want, "spamtest", stamp, nonce, pamtest) {
		t.Error("it is signed with its token, and with no other")
	}
	key, _ := readKey(spamKey)
	plain, ok := open(key, "wxb11529c136998cb6", pamtest)
	m, _, err := read(plain)
	if !ok || err != nil || m.To != "asdasdasd" || m.From != "asdasdasdsadasd" || m.Created != "1234567898" || m.Content != "hello" {
		t.Errorf("%q, %t: %+v, %v", plain, ok, m, err)
	}
}

// sealedText encrypts text as it is.
func sealedText(tb testing.TB, key, text []byte) string {
	tb.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		tb.Fatal(err)
	}
	text = bytes.Clone(text)
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text)
}

// What was made with the key and is not an envelope is refused, whatever is wrong
// with it.
func TestEnvelopesThatAreFilledWrongAreRefused(t *testing.T) {
	t.Parallel()
	key, _ := readKey(spamKey)
	text := func(blocks int, length uint32, filled byte) []byte {
		all := make([]byte, blocks*aes.BlockSize)
		binary.BigEndian.PutUint32(all[prefix:], length)
		copy(all[min(header+int64(length), int64(len(all))):], "wx")
		all[len(all)-1] = filled
		return all
	}
	if m, ok := open(key, "wx", sealedText(t, key, text(3, 6, 20))); !ok || len(m) != 6 {
		t.Fatalf("one that is right: %q, %t", m, ok)
	}
	for name, wrong := range map[string][]byte{
		"filled with nothing":              text(3, 6, 0),
		"filled with more than allowed":    text(4, 9, 33),
		"filled with more than there is":   text(2, 0, 13),
		"a message longer than what is in": text(3, 9, 20),
		"a length of four billion":         text(3, 1<<32-1, 20),
	} {
		if m, ok := open(key, "wx", sealedText(t, key, wrong)); ok {
			t.Errorf("%s: %q", name, m)
		}
	}
}

// FuzzEnvelope: whatever is encrypted with the key is refused, or is a message for
// this account and no longer than it came.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(nil), false)
	f.Add([]byte("0123456789abcdef\x00\x00\x00\x06hello!wx\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14\x14"), false)
	f.Add([]byte(pamtest), true)
	key, _ := readKey(spamKey)
	f.Fuzz(func(t *testing.T, text []byte, asItIs bool) {
		encrypted := string(text)
		if !asItIs {
			encrypted = sealedText(t, key, text[:len(text)/aes.BlockSize*aes.BlockSize])
		}
		if m, ok := open(key, "wx", encrypted); ok && !asItIs && (len(m)+header+len("wx") >= len(text) || !bytes.Contains(text, m)) {
			t.Fatalf("%q out of %q", m, text)
		}
	})
}

// FuzzAnswer: whatever the servers answer is read, refused by its number, or not
// theirs.
func FuzzAnswer(f *testing.F) {
	for _, raw := range []string{`{"errcode":0,"openid":"o_x"}`, `{"errcode":40001,"errmsg":"invalid"}`, `{"errcode":"1"}`, `{"openid":7}`, `null`, `<html>`} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out struct {
			OpenID string `json:"openid"`
		}
		err := readAnswer(raw, &out)
		refused, ok := errors.AsType[*Error](err)
		if err != nil && !errors.Is(err, errAnswer) && (!ok || refused.Code == 0) {
			t.Fatalf("%v", err)
		}
	})
}
