package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
	"jiesu/webhooks/mailbox"
)

const examples = "../../deploy/examples/mailboxes"

// TestTheExamplesOfMailboxesWork: every mapping is taken, and reads the letters
// that lie beside it.
func TestTheExamplesOfMailboxesWork(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		c, err := config.LoadChannels(file, []string{"MAYOR_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WEIBO_KEY=0123456789abcdef"})
		if err != nil {
			t.Fatal(err)
		}
		all, err := mailboxes(&c)
		if err != nil || len(all) != 1 {
			t.Fatal(file, err)
		}
		beside, err := filepath.Glob(strings.TrimSuffix(file, ".yaml") + ".[cj]s*")
		if err != nil || len(beside) == 0 {
			t.Errorf("%s has no letters beside it: %v", file, err)
		}
		for _, letters := range beside {
			rows := exampleRows(t, &all[0], letters)
			for _, r := range rows {
				if len(r.Faults) > 0 || r.Letter.Written.IsZero() {
					t.Errorf("%s row %d: %v %+v", letters, r.N, r.Faults, r.Letter)
				}
			}
			if len(rows) == 0 {
				t.Errorf("%s has no letters", letters)
			}
		}
	}
}

func exampleRows(t *testing.T, s *mailbox.Source, file string) []mailbox.Row {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.JSONRows(content)
	if filepath.Ext(file) == ".csv" {
		table, failed := mailbox.ReadCSV(content)
		if failed != nil {
			t.Fatal(file, failed)
		}
		rows, err = s.Rows(table)
	}
	if err != nil {
		t.Fatal(file, err)
	}
	return rows
}

// TestAMailboxThatCannotWorkStopsTheStart and names where it is wrong.
func TestAMailboxThatCannotWorkStopsTheStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "channels.yaml")
	for text, want := range map[string]string{
		"mailboxes: {m: {title: a, channel: mailbox, fields: {text: t}, default: {kind: opinion}}}":                                                                                            `mailboxes.m.default.kind: "opinion"`,
		"mailboxes: {m: {title: a, channel: mailbox, fields: {titel: t}}}":                                                                                                                     "titel",
		"mailboxes: {a: {title: a, channel: mailbox, fields: {text: t}, default: {kind: consult}}, m: {title: m, platform: a, channel: mailbox, fields: {text: t}, default: {kind: consult}}}": "mailboxes.m.platform",
		"mailboxes: {m: {title: a, channel: mailbox, platform: demo, fields: {text: t}, default: {kind: consult}}}":                                                                            "mailboxes.m.platform",
		"mailboxes: {m: {title: a, channel: mailbox, fields: {id: i, text: t}, default: {kind: consult}, reply: {way: push, url: https://h, allow: ['*']}}}":                                   "mailboxes.m.reply.allow",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkChannels(path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
