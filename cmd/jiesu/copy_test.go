package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestMoveToPostgreSQL takes an installation that has been in use from SQLite to
// PostgreSQL: a letter from before is looked up, found and moved as before, the
// trail of acts is unbroken, and what cannot be done says why.
func TestMoveToPostgreSQL(t *testing.T) {
	url := crashDatabase(t)
	h := newSite(t)
	if said, ok := h.command("demo", "tickets", "--count", "200"); !ok {
		t.Fatal(said)
	}
	number, code := h.letter()
	h.env = []string{"JIESU_DATABASE_URL=" + url}
	if said, ok := h.command("migrate", "copy"); ok || !strings.Contains(said, "stop the desk first") {
		t.Fatalf("copied while the desk runs: %s", said)
	}
	h.kill()
	said, ok := h.command("migrate", "copy")
	if !ok || !strings.Contains(said, "the same in both") {
		t.Fatal(said)
	}
	if again, ok := h.command("migrate", "copy"); ok || !strings.Contains(again, "is not empty") {
		t.Errorf("copied again: %s", again)
	}
	h.start()
	seen := h.call(http.MethodPost, "/api/v1/letters/lookup", "", fmt.Sprintf(`{"number":%q,"query_code":%q}`, number, code))
	if seen["status"] != "received" || seen["number"] != number {
		t.Errorf("looked up %v", seen)
	}
	staff := h.signIn("taskforce1")
	h.move(staff, number, `{"move":"dispatch","unit":"traffic"}`)
	if said, ok := h.command("audit", "verify"); !ok {
		t.Error(said)
	}
	h.letter() // what the database counts goes on
	if said, ok := h.command("doctor"); !ok {
		t.Error(said)
	}
}
