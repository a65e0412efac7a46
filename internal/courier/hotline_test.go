package courier_test

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// hotlines is a courier to a platform that answers as a test says.
func hotlines(t *testing.T, answer http.HandlerFunc) (*courier.Hotlines, string) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	guard, err := courier.NewGuard("127.0.0.1")
	must(t, err)
	lock, err := hotline.NewHMAC("app", []byte("a secret of the tests, long enough"), "sha256", rand.Reader)
	must(t, err)
	client, err := hotline.NewClient(&hotline.Platform{Lock: lock, Dialect: hotline.Canonical{}}, guard.Client(courier.Limits{}), s.URL)
	must(t, err)
	now := func() time.Time { return time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC) }
	files, err := guard.Only("127.0.0.1")
	must(t, err)
	others, err := guard.Only("files.city.example", "10.0.0.0/8") // may not be led to 127.0.0.1, which others may
	must(t, err)
	limits := courier.Limits{Body: 16}
	return &courier.Hotlines{
		Clients: map[string]*hotline.Client{"city": client}, Now: now,
		Files: map[string]*http.Client{"city": files.Client(limits), "county": others.Client(limits)},
	}, s.URL
}

func TestWhatAPlatformAnswersIsUnderstood(t *testing.T) {
	t.Parallel()
	op := hotline.Op{ID: "op-1", Kind: hotline.OpSign, OrderNo: "N1", At: time.Date(2026, 6, 8, 1, 0, 0, 0, time.UTC)}
	body, err := json.Marshal(op)
	must(t, err)
	for name, test := range map[string]struct {
		status int
		answer string
		want   desk.Outcome
	}{
		"taken":   {http.StatusOK, `{"code":"0"}`, desk.Arrived},
		"refused": {http.StatusOK, `{"code":"4001"}`, desk.PeerRefused},
		"later":   {http.StatusServiceUnavailable, ``, desk.TryLater},
		"unclear": {http.StatusOK, `<html>`, desk.NobodyKnows},
	} {
		var got hotline.Op
		h, _ := hotlines(t, func(w http.ResponseWriter, r *http.Request) {
			sent, err := io.ReadAll(r.Body)
			if err == nil {
				err = json.Unmarshal(sent, &got)
			}
			if err != nil || r.Header.Get("X-Sign") == "" {
				t.Errorf("%s: sent %s, %v", name, sent, err)
			}
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.answer)
		})
		r := h.Carry(t.Context(), desk.Delivery{ID: "op-1", Route: "12345/city", Body: body})
		if r.Outcome != test.want || r.Status != test.status || got.ID != op.ID {
			t.Errorf("%s: %+v of %+v", name, r, got)
		}
		if r := h.Carry(t.Context(), desk.Delivery{Route: "12345/other", Body: body}); r.Outcome != desk.PeerRefused {
			t.Errorf("%s: to a platform nobody knows: %+v", name, r)
		}
	}
}

func TestFilesComeFromWhereTheyMay(t *testing.T) {
	t.Parallel()
	h, url := hotlines(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			_, _ = io.WriteString(w, "说明")
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("大", 100))
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	content, err := h.Fetch(t.Context(), "city", hotline.Attachment{FetchURL: url + "/ok"})
	if err != nil || string(content) != "说明" {
		t.Errorf("fetched %q, %v", content, err)
	}
	for _, other := range []string{"county", "nobody"} {
		if _, err := h.Fetch(t.Context(), other, hotline.Attachment{FetchURL: url + "/ok"}); !problem.HasCode(err, "order.file_gone") {
			t.Errorf("%s leads us to another's host: %v", other, err)
		}
	}
	for address, code := range map[string]string{
		url + "/none": "order.file_gone", url + "/large": "attachment.too_large", "http://10.0.0.1/x": "order.file_gone", "file:///etc/passwd": "order.file_gone", "\x00": "order.file_gone",
	} {
		if _, err := h.Fetch(t.Context(), "city", hotline.Attachment{FetchURL: address}); !problem.HasCode(err, code) {
			t.Errorf("%q: %v, want %s", address, err, code)
		}
	}
	if _, err := h.Fetch(t.Context(), "city", hotline.Attachment{FetchURL: url + "/busy"}); err == nil || problem.KindOf(err) != problem.Internal || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("what may be there later: %v", err)
	}
}
