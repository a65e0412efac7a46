package assist_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu/internal/assist"
)

// said is a transport that answers every request with one body.
type said []byte

func (s said) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s)), Request: r}, nil
}

// FuzzAnswer: whatever a model says, raw or inside a completion, ends in a usable
// value or an error that does not repeat it.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"text":"好","entries":["a"],"variants":["b"],"order":[2,1]}`, `{"choices":[{"message":{"content":"{}"}}]}`,
		"```{\"order\":[1]}```", "<think>{</think>}{", `{"order":[99999999999999999999]}`, "\x00\xff", `{"data":[]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		inside, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": text}}}})
		must(t, err)
		for _, body := range [][]byte{[]byte(text), inside} {
			c := assist.New(assist.Options{
				URL: "http://model.invalid", Model: "m", Timeout: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler), Transport: said(body),
			})
			draft, _, err := c.Draft(t.Context(), "", sources())
			if err == nil && strings.TrimSpace(draft) == "" {
				t.Errorf("an empty draft from %q", text)
			}
			if err != nil && len(text) > 12 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats %q: %v", text, err)
			}
			if entries, ok := c.Order(t.Context(), "问", options()); ok {
				for _, e := range entries {
					if !slices.Contains([]string{"a", "b", "c"}, e) {
						t.Errorf("an order names %q", e)
					}
				}
			}
		}
	})
}
