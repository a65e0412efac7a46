package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/store/storetest"
)

// TestAnEarlierInstallationGoesOn starts today's program on what an earlier version
// left: its letter is looked up with the code that was told then, is found by its
// words, and the doctor has nothing to say of database, trail and keys.
func TestAnEarlierInstallationGoesOn(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testEarlier(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		testEarlier(t, crashDatabase(t))
	})
}

func testEarlier(t *testing.T, database string) {
	t.Helper()
	d := newDrill(t, database)
	must(t, os.Mkdir(d.data, 0o700))
	url := database
	if url == "" {
		url = filepath.Join(d.data, "jiesu.db")
	}
	key := d.path("kms/keys")
	must(t, os.WriteFile(key, []byte(storetest.Previous(t, url)), 0o640))
	if said, err := d.run(t, "jiesu", "doctor"); err == nil || !strings.Contains(said, "chmod 600") {
		t.Errorf("keys that others may read: %s", said)
	}
	must(t, os.Chmod(key, 0o600))
	said, _ := d.run(t, "jiesu", "doctor") // tickets of then may be late now, which it tells
	if !strings.Contains(said, "schema current, audit trail of ") || !strings.Contains(said, "keys: k1 (aes-256-gcm, in clear, ") {
		t.Errorf("the doctor said %s", said)
	}
	h := openSite(t, d.program, d.environ()...)
	number, code := storetest.PreviousLetter(url)
	seen := h.call(http.MethodPost, "/api/v1/letters/lookup", "", fmt.Sprintf(`{"number":%q,"query_code":%q}`, number, code))
	if seen["number"] != number {
		t.Errorf("looked up %v", seen)
	}
	token := h.join("searcher", "mailbox", "taskforce")
	if found := string(h.send(http.MethodGet, "/api/v1/staff/tickets?q=学校门口", token, "")); !strings.Contains(found, number) {
		t.Errorf("found %s", found)
	}
	d.must(t, "jiesu", "audit", "verify")
}
