package wechat

import (
	"strings"
	"testing"
)

// Envelopes are, to the byte, what WeChat and other clients make.
func TestEnvelopesAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, id, random, message, want string }{
		{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wxba5fad812f8e6fb9", "707722b803182950", `{"demo_resp":"good luck"}`, "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="},
		{"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6", "aaaabbbbccccdddd", "我是中文abcd123", "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="},
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
