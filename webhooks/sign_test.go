package webhooks_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jiesu/webhooks"
)

// The published example of Standard Webhooks.
const (
	published = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	body      = `{"test": 2432232314}`
)

func delivery() webhooks.Delivery {
	return webhooks.Delivery{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp: "1614265330", Signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
}

func sent() time.Time { return time.Unix(1614265330, 0) }

func secret(tb testing.TB, text string) webhooks.Secret {
	tb.Helper()
	s, err := webhooks.ParseSecret(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func drawn(tb testing.TB, seed string) webhooks.Secret {
	tb.Helper()
	s, err := webhooks.NewSecret(strings.NewReader(strings.Repeat(seed, 32)))
	if err != nil {
		tb.Fatal(err)
	}
	return secret(tb, s.Text())
}

func TestTheSignatureIsThePublishedOne(t *testing.T) {
	t.Parallel()
	s := secret(t, published)
	got, err := webhooks.Sign(delivery().ID, sent(), []byte(body), s)
	if err != nil || got != delivery() {
		t.Errorf("%+v, %v", got, err)
	}
	if err := webhooks.Verify(got, []byte(body), sent().Add(4*time.Minute), s); err != nil {
		t.Error(err)
	}
	if s.Text() != published || strings.Contains(fmt.Sprintf("%v %s", s, s), "MfKQ") {
		t.Errorf("%v", s)
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(d *webhooks.Delivery, body *string, now *time.Time){
		"another body":      func(_ *webhooks.Delivery, body *string, _ *time.Time) { *body += " " },
		"another id":        func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.ID = "msg_2" },
		"another time":      func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Timestamp = "1614265331" },
		"no time":           func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Timestamp = "" },
		"too late":          func(_ *webhooks.Delivery, _ *string, now *time.Time) { *now = sent().Add(6 * time.Minute) },
		"too early":         func(_ *webhooks.Delivery, _ *string, now *time.Time) { *now = sent().Add(-6 * time.Minute) },
		"no signature":      func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Signature = "" },
		"another version":   func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Signature = "v2" + d.Signature[2:] },
		"a broken one":      func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Signature = "v1,***" },
		"half of it":        func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.Signature = d.Signature[:20] },
		"a dot moved along": func(d *webhooks.Delivery, _ *string, _ *time.Time) { d.ID += ".1" },
	} {
		d, text, now := delivery(), body, sent()
		change(&d, &text, &now)
		if err := webhooks.Verify(d, []byte(text), now, secret(t, published)); !errors.Is(err, webhooks.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := webhooks.Verify(delivery(), []byte(body), sent()); !errors.Is(err, webhooks.ErrSignature) {
		t.Errorf("without any secret: %v", err)
	}
}

// While a secret takes the place of another, receivers may have either.
func TestASecretIsReplaced(t *testing.T) {
	t.Parallel()
	before, after := drawn(t, "a"), drawn(t, "b")
	d, err := webhooks.Sign("msg_1", sent(), []byte(body), after, before)
	if err != nil {
		t.Fatal(err)
	}
	d.Signature = "v1a,c29tZXRoaW5nIGVsc2U= " + d.Signature
	for _, s := range []webhooks.Secret{before, after} {
		if err := webhooks.Verify(d, []byte(body), sent(), s); err != nil {
			t.Error(err)
		}
	}
	if err := webhooks.Verify(d, []byte(body), sent(), drawn(t, "c")); err == nil {
		t.Error("signed with another secret, and taken")
	}
	for _, id := range []string{"", "msg.1"} {
		if _, err := webhooks.Sign(id, sent(), nil, before); err == nil {
			t.Errorf("the id %q is taken", id)
		}
	}
	if _, err := webhooks.Sign("msg_1", sent(), nil); err == nil {
		t.Error("signed with nothing")
	}
	for _, text := range []string{"", "whsec_", "whsec_c2hvcnQ=", strings.TrimPrefix(published, "whsec_"), "whsec_" + strings.Repeat("A", 88)} {
		if _, err := webhooks.ParseSecret(text); err == nil {
			t.Errorf("the secret %q is taken", text)
		}
	}
}

// FuzzVerify: nothing that was not signed is taken, and nothing breaks it.
func FuzzVerify(f *testing.F) {
	f.Add(delivery().ID, delivery().Timestamp, delivery().Signature, body)
	f.Add("", "-9223372036854775808", "v1, v1,= ,", "")
	other := drawn(f, "x")
	f.Fuzz(func(t *testing.T, id, timestamp, signature, body string) {
		if err := webhooks.Verify(webhooks.Delivery{ID: id, Timestamp: timestamp, Signature: signature}, []byte(body), sent(), other); !errors.Is(err, webhooks.ErrSignature) {
			t.Errorf("taken: %v", err)
		}
	})
}
