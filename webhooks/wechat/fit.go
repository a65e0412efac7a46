package wechat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how long a text message may be, in bytes.
const MaxText = 2048

// Clip shortens a text that is too long for a message, and shows it.
func Clip(words string) string {
	if len(words) <= MaxText {
		return words
	}
	const more = "…"
	end := MaxText - len(more)
	for end > 0 && !utf8.RuneStart(words[end]) {
		end--
	}
	return words[:end] + more
}

// Fit shortens a value to what a template takes under name, such as thing2 or
// character_string1: one that is too long makes the whole message fail.
func Fit(name, value string) string {
	value = strings.Join(strings.Fields(value), " ")
	kind := strings.TrimRightFunc(name, unicode.IsDigit)
	var most int
	keep := func(rune) bool { return true }
	switch kind {
	case "thing":
		most = 20
	case "character_string":
		most, keep = 32, func(r rune) bool { return r < unicode.MaxASCII }
	case "number":
		most, keep = 32, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' }
	case "phrase":
		most, keep = 5, func(r rune) bool { return unicode.Is(unicode.Han, r) }
	case "name":
		most = 10
	case "phone_number":
		most, keep = 17, func(r rune) bool { return r < unicode.MaxASCII }
	case "car_number":
		most = 8
	case "symbol":
		most = 5
	default: // times and amounts have one form each, which whoever writes them keeps to
		return value
	}
	var fits []rune
	for _, r := range value {
		if keep(r) && len(fits) < most {
			fits = append(fits, r)
		}
	}
	return string(fits)
}
