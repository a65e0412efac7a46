package proof

import "testing"

func TestLexicon(t *testing.T) {
	t.Parallel()
	l, err := newLexicon(wordsFile)
	if err != nil || l.version == "" {
		t.Fatalf("version %q: %v", l.version, err)
	}
	for name, file := range map[string]string{
		"no version":     "words: []",
		"unknown key":    "version: a\nwords: [{wrod: 帐号}]",
		"no reason":      "version: a\nwords: [{word: 帐号, kind: typo, severity: warn}]",
		"short":          "version: a\nwords: [{word: 帐, kind: typo, severity: warn, why: 错}]",
		"kind":           "version: a\nwords: [{word: 帐号, kind: x, severity: warn, why: 错}]",
		"severity":       "version: a\nwords: [{word: 帐号, kind: typo, severity: x, why: 错}]",
		"doubled":        "version: a\nwords: [{word: 帐号, kind: typo, severity: warn, why: 错}, {word: 帐号, kind: typo, severity: note, why: 错}]",
		"idle exemption": "version: a\nwords: [{word: 帐号, kind: typo, severity: warn, why: 错, unless: [账号]}]",
	} {
		if _, err := newLexicon([]byte(file)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestNumeral(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"12": 12, "十": 10, "二十三": 23, "一百零五": 105, "一千零七十九": 1079, "两百": 200, "三万五千": 35000, "甲": -1, "五": 5} {
		if got := numeral(s); got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
}
