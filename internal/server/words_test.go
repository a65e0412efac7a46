package server_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestEveryCodeHasAName: a screen never has to show a code of ours.
func TestEveryCodeHasAName(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	words := h.call(t, http.MethodGet, "/api/v1/staff/words", "", "Authorization", "Bearer "+h.signIn(t, "zhuanban"))
	var lists map[string]json.RawMessage
	if err := json.Unmarshal([]byte(words.Body), &lists); err != nil {
		t.Fatal(err)
	}
	for list, raw := range lists {
		var choices []struct{ Code, Name string }
		if json.Unmarshal(raw, &choices) != nil {
			continue // the address of the description
		}
		if len(choices) == 0 {
			t.Errorf("%s is empty", list)
		}
		seen := map[string]bool{}
		for _, c := range choices {
			if c.Code == "" || c.Name == "" || c.Name == c.Code || seen[c.Code] {
				t.Errorf("%s: %+v", list, c)
			}
			seen[c.Code] = true
		}
	}
}
