package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// secret reports whether a value under this key of a request or an answer is of a
// person, or opens a door.
func secret(key, value string) bool {
	switch key {
	case "phone", "password", "query_code", "token", "pass", "email", "address", "id_card", "secret", "captcha":
		return len(value) >= 6
	case "text", "title", "body", "name", "reason", "opinion":
		return utf8.RuneCountInString(value) >= 4 && len(value) > utf8.RuneCountInString(value) // Chinese; shorter ones are words of ours, too
	}
	return false
}

func (h *story) keep(value string) {
	if h.secrets == nil {
		h.secrets = map[string]bool{}
	}
	h.secrets[value] = true
}

// told keeps what is secret in the body of a request.
func (h *story) told(body string) {
	var value any
	if json.Unmarshal([]byte(body), &value) == nil {
		h.gather("", value)
	}
}

func (h *story) gather(key string, value any) {
	switch v := value.(type) {
	case string:
		if secret(key, v) {
			h.keep(v)
		}
	case []any:
		for _, one := range v {
			h.gather(key, one)
		}
	case map[string]any:
		for key, one := range v {
			h.gather(key, one)
		}
	}
}

// wantDiscretion reads the log of a whole story, at its most talkative: every line is
// one, and none repeats what the server was told of people or gave out to them.
func (h *story) wantDiscretion(t testscript.T, path string) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return // nothing was served
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range h.printed {
		if f := strings.Fields(line); len(f) == 4 && strings.Contains(f[1], "-") {
			h.keep(f[1]) // the password of a first account
		}
	}
	for value := range h.secrets {
		if at := strings.Index(string(raw), value); at >= 0 {
			t.Fatal("the server's log repeats ", value, ": ", lineAt(string(raw), at))
		}
	}
	lines := bufio.NewScanner(strings.NewReader(string(raw)))
	for lines.Buffer(nil, len(raw)+1); lines.Scan(); {
		var line struct {
			Time       time.Time
			Level, Msg string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Time.IsZero() || line.Level == "" || line.Msg == "" {
			t.Fatal("not a line of the log: ", lines.Text())
		}
	}
}

// lineAt is the line around a place in a text.
func lineAt(text string, at int) string {
	line, _, _ := strings.Cut(text[strings.LastIndex(text[:at], "\n")+1:], "\n")
	return line
}
