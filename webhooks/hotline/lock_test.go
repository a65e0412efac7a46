package hotline_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks/hotline"
)

// Made with openssl: dgst -hmac, enc -sm4-cbc, pkeyutl -sign with digest sm3.
const (
	urge        = `{"act":"urge","order_no":"2025091200000123","act_id":"9007199254740993"}`
	secret      = "0123456789abcdef0123456789abcdef"
	timestamp   = "1757638800000"
	nonce       = "5f2b8c1d9e0a4b7c"
	sm4Key      = "0123456789abcdeffedcba9876543210"
	ourKey      = "f9779895497d7367631b067baa44e99599598de4e308e114fe380763e08c08af"
	ourPublic   = "04d3b18f117b1f800bc4be15da13817c8c4b8870467a0ed872143cfe3a17f14cfbbce17fdcabeca9ede630bbd8f8af8670717e7532c4a96b3e2b4f4ab052790856"
	theirKey    = "b6dcc910d4dea708a2bd62bfa7dbed0ca16b89c67f5b4f35b92d44cfa025d024"
	theirPublic = "046d1acbecad6f4acd532203224a8c35350b77dd543ad22d336302b472c3a32169da941ebfc3920715890204c210c49fa4cab2b6ee9e4282e69f0b750f43668255"
	data        = "AAECAwQFBgcICQoLDA0OD1sidarueOj4l9Rx7F8eOB3Pg0im4bmUgXNSELj/tEyaNdYEr1fIU+sk8iR9IPLgtBRyFYObSqSiiYZKQW1Wd7oacSpWhMDTIblWRY8uBaNk"
	dataSign    = "3045022100ebe9fd139b3658743f1dc312aa5a1c0374746bcb812488b91863a097922e959402200e94427a208e66ce8614ad0d207bc625e2583b415a57b1d3869ea927277d94b2"
)

func signedAt() time.Time { return time.UnixMilli(1757638800000) }

func signedRequest(sign string) hotline.Request {
	return hotline.Request{
		Method: http.MethodPost, Path: "/webhooks/12345/cityA", Query: "b=2&a=1", Body: []byte(urge),
		Header: http.Header{"X-App-Id": {"city"}, "X-Timestamp": {timestamp}, "X-Nonce": {nonce}, "X-Sign": {sign}},
	}
}

func newHMAC(tb testing.TB, algorithm string) *hotline.HMAC {
	tb.Helper()
	return must(hotline.NewHMAC("city", []byte(secret), algorithm, rand.Reader))
}

// must is for what is set up right.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestASignedRequestIsOpened(t *testing.T) {
	t.Parallel()
	for algorithm, sign := range map[string]string{
		"sha256": "e5a4eff5e8c7602de7eb6bb789eb2d74f9d2a946a080b0fac0c21a5fa7641f8c",
		"sm3":    "386ab9cf734f1daf101a93dbf17c29a8d5488ee3af2cc50822716cd69019fe65",
	} {
		lock := newHMAC(t, algorithm)
		if body, err := lock.Open(signedRequest(sign), signedAt().Add(-4*time.Minute)); err != nil || string(body) != urge {
			t.Errorf("%s: %s, %v", algorithm, body, err)
		}
		for name, change := range map[string]func(r *hotline.Request) time.Time{
			"another app":       func(r *hotline.Request) time.Time { r.Header.Set("X-App-Id", "town"); return signedAt() },
			"another time":      func(r *hotline.Request) time.Time { r.Header.Set("X-Timestamp", "1757638800001"); return signedAt() },
			"another nonce":     func(r *hotline.Request) time.Time { r.Header.Set("X-Nonce", "5f2b8c1d9e0a4b7d"); return signedAt() },
			"no nonce":          func(r *hotline.Request) time.Time { r.Header.Del("X-Nonce"); return signedAt() },
			"another body":      func(r *hotline.Request) time.Time { r.Body = []byte(urge + " "); return signedAt() },
			"another path":      func(r *hotline.Request) time.Time { r.Path += "/"; return signedAt() },
			"another method":    func(r *hotline.Request) time.Time { r.Method = http.MethodPut; return signedAt() },
			"another query":     func(r *hotline.Request) time.Time { r.Query = "a=1&b=3"; return signedAt() },
			"no signature":      func(r *hotline.Request) time.Time { r.Header.Del("X-Sign"); return signedAt() },
			"no hex":            func(r *hotline.Request) time.Time { r.Header.Set("X-Sign", sign[1:]+"x"); return signedAt() },
			"old":               func(*hotline.Request) time.Time { return signedAt().Add(5*time.Minute + time.Millisecond) },
			"from tomorrow":     func(*hotline.Request) time.Time { return signedAt().Add(-6 * time.Minute) },
			"time in no number": func(r *hotline.Request) time.Time { r.Header.Set("X-Timestamp", "today"); return signedAt() },
		} {
			r := signedRequest(sign)
			now := change(&r)
			if _, err := lock.Open(r, now); !errors.Is(err, hotline.ErrRefused) {
				t.Errorf("%s, %s: %v", algorithm, name, err)
			}
		}
	}
}

func TestWhatIsSealedIsOpenedByTheOtherSideOnly(t *testing.T) {
	t.Parallel()
	const ours, theirs = "our key of 16 bytes", "their key of 16 bytes"
	for name, pair := range map[string][2]hotline.Lock{
		"hmac":     {newHMAC(t, "sm3"), newHMAC(t, "sm3")},
		"key":      {must(hotline.NewKey("X-Api-Key", theirs, ours)), must(hotline.NewKey("X-Api-Key", ours, theirs))},
		"static":   {must(hotline.NewStatic("caseSourceID", "7", "sessionID", ours)), must(hotline.NewStatic("caseSourceID", "7", "sessionID", ours))},
		"envelope": {must(hotline.NewEnvelope(sm4Key, ourKey, theirPublic, rand.Reader)), must(hotline.NewEnvelope(sm4Key, theirKey, ourPublic, rand.Reader))},
	} {
		mine, its := pair[0], pair[1]
		r := hotline.Request{Method: http.MethodPost, Path: "/", Body: []byte(`{"n":9007199254740993}`)}
		if err := mine.Seal(t.Context(), &r, signedAt()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if body, err := its.Open(r, signedAt()); err != nil || string(body) != `{"n":9007199254740993}` {
			t.Errorf("%s: %s, %v", name, body, err)
		}
		bare := hotline.Request{Method: http.MethodPost, Path: "/", Body: []byte(`{"n":1}`)}
		if _, err := its.Open(bare, signedAt()); !errors.Is(err, hotline.ErrRefused) {
			t.Errorf("%s: what is not sealed is opened: %v", name, err)
		}
	}
}

func TestAnEnvelopeIsOpened(t *testing.T) {
	t.Parallel()
	lock := must(hotline.NewEnvelope(sm4Key, ourKey, ourPublic, rand.Reader))
	whole := `{"encryptData":"` + data + `","timestamp":"` + timestamp + `","nonce":"` + nonce + `","sign":"` + dataSign + `"}`
	if body, err := lock.Open(hotline.Request{Body: []byte(whole)}, signedAt()); err != nil || string(body) != urge {
		t.Errorf("%s, %v", body, err)
	}
	for name, text := range map[string]string{
		"another cipher text": strings.Replace(whole, "AAECAwQF", "AAECAwQG", 1),
		"another time":        strings.Replace(whole, timestamp, "1757638800001", 1),
		"another nonce":       strings.Replace(whole, nonce, "6f2b8c1d9e0a4b7c", 1),
		"another signature":   strings.Replace(whole, "94b2", "94b3", 1),
		"no signature":        strings.Replace(whole, dataSign, "", 1),
		"no hex":              strings.Replace(whole, dataSign, "zz", 1),
		"no envelope":         urge,
		"nothing":             "",
	} {
		if _, err := lock.Open(hotline.Request{Body: []byte(text)}, signedAt()); !errors.Is(err, hotline.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := lock.Open(hotline.Request{Body: []byte(whole)}, signedAt().Add(6*time.Minute)); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("an old one: %v", err)
	}
}

func TestASessionIsNotKept(t *testing.T) {
	t.Parallel()
	lock := must(hotline.NewStatic("caseSourceID", "7", "sessionID", "a session of 16 bytes"))
	body, err := lock.Open(hotline.Request{Body: []byte(`{"caseSourceID":"7","sessionID":"a session of 16 bytes","n":9007199254740993}`)}, signedAt())
	if err != nil || string(body) != `{"n":9007199254740993}` {
		t.Errorf("%s, %v", body, err)
	}
	for _, bad := range []string{
		`{"caseSourceID":"8","sessionID":"a session of 16 bytes"}`, `{"caseSourceID":"7","sessionID":""}`,
		`{"caseSourceID":7,"sessionID":"a session of 16 bytes"}`, `[]`, `{"caseSourceID":"7"}`,
	} {
		if _, err := lock.Open(hotline.Request{Body: []byte(bad)}, signedAt()); !errors.Is(err, hotline.ErrRefused) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestALockIsSetUpWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	var errs []error
	keep := func(_ any, err error) { errs = append(errs, err) }
	keep(hotline.NewHMAC("", []byte(secret), "sm3", rand.Reader))
	keep(hotline.NewHMAC("a", []byte("short"), "sm3", rand.Reader))
	keep(hotline.NewHMAC("a", []byte(secret), "md5", rand.Reader))
	keep(hotline.NewKey("", secret, secret))
	keep(hotline.NewKey("X", "short", secret))
	keep(hotline.NewStatic("a", "b", "a", secret))
	keep(hotline.NewStatic("a", "b", "c", "short"))
	keep(hotline.NewOAuth2(nil, "no address", "a", "b", secret))
	keep(hotline.NewOAuth2(nil, "https://city.example/token", "a", "b", "short"))
	keep(hotline.NewEnvelope("00", ourKey, ourPublic, rand.Reader))
	keep(hotline.NewEnvelope(sm4Key, "zz", ourPublic, rand.Reader))
	keep(hotline.NewEnvelope(sm4Key, "00", ourPublic, rand.Reader))
	keep(hotline.NewEnvelope(sm4Key, ourKey, "zz", rand.Reader))
	keep(hotline.NewEnvelope(sm4Key, ourKey, "04"+strings.Repeat("1", 128), rand.Reader))
	for i, err := range errs {
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// FuzzOpen: bytes that nobody sealed are refused, whatever they are.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(urge))
	f.Add([]byte(`{"encryptData":"` + data + `","timestamp":"` + timestamp + `","nonce":"` + nonce + `","sign":"30"}`))
	f.Add([]byte(`{"caseSourceID":"7","sessionID":"x"}`))
	envelope := must(hotline.NewEnvelope(sm4Key, ourKey, ourPublic, rand.Reader))
	session := must(hotline.NewStatic("caseSourceID", "7", "sessionID", "a session of 16 bytes"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, lock := range []hotline.Lock{envelope, session} {
			if _, err := lock.Open(hotline.Request{Body: body}, signedAt()); !errors.Is(err, hotline.ErrRefused) && !strings.Contains(string(body), "a session of") {
				t.Fatalf("%q: %v", body, err)
			}
		}
	})
}

func TestAPlatformIsKnownByItsNetwork(t *testing.T) {
	t.Parallel()
	dialect, err := hotline.Police()
	if err != nil {
		t.Fatal(err)
	}
	p := hotline.Platform{Lock: hotline.Line{}, Dialect: dialect, From: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}
	for from, known := range map[string]bool{"10.20.3.4": true, "::ffff:10.20.3.4": true, "10.21.0.1": false, "2001:db8::1": false, "": false} {
		address, _ := netip.ParseAddr(from)
		got, err := p.Open(hotline.Request{Body: []byte(`{"FLOWID":"F1"}`), From: address}, time.Now())
		if (err == nil) != known || (len(got) == 1) != known {
			t.Errorf("from %q: %v, %v", from, got, err)
		}
	}
}
