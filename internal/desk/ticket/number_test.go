package ticket_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	// 16:30 UTC is half past midnight of the next day in Beijing.
	n, err := ticket.NewNumber(time.Date(2026, 11, 21, 16, 30, 0, 0, time.UTC), bytes.NewReader([]byte{0x02, 0xE0, 0x92, 0x3F}))
	if err != nil || n != "261122-4827-1935" {
		t.Errorf("got %s, %v", n, err)
	}
}

// The draw must not favour small numbers: what lies above the last multiple of
// 10⁸ is drawn again.
func TestNumberIsDrawnEvenly(t *testing.T) {
	t.Parallel()
	n, err := ticket.NewNumber(at(), bytes.NewReader([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 7}))
	if err != nil || n != "261123-0000-0007" {
		t.Errorf("got %s, %v", n, err)
	}
	random := rand.NewChaCha8([32]byte{1})
	var firsts [10]int
	const draws = 20_000
	for range draws {
		n, err := ticket.NewNumber(at(), random)
		if err != nil {
			t.Fatal(err)
		}
		firsts[n[7]-'0']++
	}
	for digit, times := range firsts {
		if times < draws/10*85/100 || times > draws/10*115/100 {
			t.Errorf("%d of %d numbers begin with %d", times, draws, digit)
		}
	}
}

func TestQueryCode(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$`)
	random := rand.NewChaCha8([32]byte{2})
	seen := map[string]bool{}
	for range 1000 {
		c, err := ticket.NewQueryCode(random)
		if err != nil || !form.MatchString(c) || seen[c] {
			t.Fatalf("got %s, %v", c, err)
		}
		seen[c] = true
	}
	c, err := ticket.NewQueryCode(bytes.NewReader([]byte{0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}))
	if err != nil || c != "0000-0000-ZZZZ-ZZZZ" {
		t.Errorf("all ten bytes count, got %s, %v", c, err)
	}
}

func TestNoRandomnessNoSecret(t *testing.T) {
	t.Parallel()
	dry := errors.New("dry")
	if n, err := ticket.NewNumber(at(), iotest.ErrReader(dry)); !errors.Is(err, dry) || n != "" {
		t.Errorf("got %q, %v", n, err)
	}
	if c, err := ticket.NewQueryCode(bytes.NewReader([]byte{1, 2, 3})); err == nil || c != "" {
		t.Errorf("got %q, %v", c, err)
	}
}

func TestCodeOpensOneTicketOnly(t *testing.T) {
	t.Parallel()
	key := []byte("key")
	const number, code = "261122-4827-1935", "7K2M-9QXB-3T0V-HAPD"
	hash := ticket.HashCode(key, number, code)
	if len(hash) != 32 || !ticket.CodeMatches(key, hash, number, code) {
		t.Error("the right code does not open")
	}
	for name, opens := range map[string]bool{
		"another code":   ticket.CodeMatches(key, hash, number, "7K2M-9QXB-3T0V-HAPE"),
		"another number": ticket.CodeMatches(key, hash, "261122-4827-1936", code),
		"another key":    ticket.CodeMatches([]byte("KEY"), hash, number, code),
		"no code":        ticket.CodeMatches(key, hash, number, ""),
		"no hash":        ticket.CodeMatches(key, nil, number, code),
		"shifted":        ticket.CodeMatches(key, hash, number+"7", code[1:]),
	} {
		if opens {
			t.Errorf("%s opens", name)
		}
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"261122-4827-1935":    "261122-4827-1935",
		"26112248271935":      "261122-4827-1935",
		" 261122 4827 1935\n": "261122-4827-1935",
		"261122—4827–1935":    "261122-4827-1935",
		"２６１１２２－４８２７－１９３５":        "261122-4827-1935",
		"261122　4827　1935":        "261122-4827-1935",
		"26ll22-4827-I935":        "261122-4827-1935",
		"2611O2-48o7-1935":        "261102-4807-1935",
		"261122-4827-193":         "",
		"261122-4827-19355":       "",
		"261122-4827-193A":        "",
		"":                        "",
		"二六一一二二":                  "",
		strings.Repeat(" ", 5000): "",
	} {
		if got := ticket.NormaliseNumber(in); got != want {
			t.Errorf("number %q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"7K2M-9QXB-3T0V-HAPD": "7K2M-9QXB-3T0V-HAPD",
		"7k2m9qxb3tovhapd":    "7K2M-9QXB-3T0V-HAPD",
		"７ｋ２ｍ　９ｑｘｂ　３ｔｏｖ　ｈａｐｄ": "7K2M-9QXB-3T0V-HAPD",
		"iIlL-oO00-3T0V-HAPD":     "1111-0000-3T0V-HAPD",
		"7K2M-9QXB-3T0V-HAPU":     "", // U is no letter of the alphabet
		"7K2M-9QXB-3T0V-HAP":      "",
		"7K2M-9QXB-3T0V-HAPD-X":   "",
		"7K2M-9QXB-3T0V-HAPD\x00": "",
		"7K2M-9QXB-3T0V-HAP\xff":  "",
	} {
		if got := ticket.NormaliseCode(in); got != want {
			t.Errorf("code %q: got %q, want %q", in, got, want)
		}
	}
}

func TestWhatIsGivenOutIsNormal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 256, 256).Draw(t, "random"))
		code, err := ticket.NewQueryCode(random)
		if err != nil || ticket.NormaliseCode(code) != code || ticket.NormaliseCode(strings.ToLower(strings.ReplaceAll(code, "-", " "))) != code {
			t.Fatalf("code %s, %v", code, err)
		}
		number, err := ticket.NewNumber(at(), random)
		if err != nil {
			return // the generator likes 0xFF: nothing but draws above the limit
		}
		if ticket.NormaliseNumber(number) != number || ticket.NormaliseNumber(strings.ReplaceAll(number, "-", "")) != number {
			t.Fatalf("number %s", number)
		}
	})
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"261122-4827-1935", "7K2M-9QXB-3T0V-HAPD", "７Ｋ２Ｍ", "\x00\xff", "----"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := ticket.NormaliseNumber(s); n != "" && (len(n) != 16 || ticket.NormaliseNumber(n) != n) {
			t.Errorf("number %q became %q", s, n)
		}
		if c := ticket.NormaliseCode(s); c != "" && (len(c) != 19 || ticket.NormaliseCode(c) != c) {
			t.Errorf("code %q became %q", s, c)
		}
	})
}
