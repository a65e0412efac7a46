package seal

import (
	"strings"
	"unicode/utf8"
)

// plateProvinces are the first characters of civil plates.
const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plateTails are the characters only a plate's last place may hold.
const plateTails = "挂学警港澳"

// findPlates finds 苏A12345, 粤BD12345 (new energy), 沪A·1234学 and the like in a
// part of a text that begins at the given byte. A plate holds no province of
// another, so that two never overlap.
func findPlates(part string, at int) []Finding {
	var found []Finding
	for i, r := range part {
		if r < utf8.RuneSelf || !strings.ContainsRune(plateProvinces, r) {
			continue
		}
		size := utf8.RuneLen(r)
		if n := plateLength(part[i+size:]); n > 0 {
			found = append(found, Finding{Plate, at + i, at + i + size + n})
		}
	}
	return found
}

// plateLength is the number of bytes of the plate behind its province, or 0.
func plateLength(rest string) int {
	letter, size := utf8.DecodeRuneInString(rest)
	if c := plateChar(letter); c < 'A' || c > 'Z' {
		return 0
	}
	n := size
	if dot, size := utf8.DecodeRuneInString(rest[n:]); strings.ContainsRune("·•.- ", dot) {
		n += size
	}
	places, digits := 0, 0
	for places < 6 {
		r, size := utf8.DecodeRuneInString(rest[n:])
		c := plateChar(r)
		tail := places == 4 && strings.ContainsRune(plateTails, r) && size > 1
		if c == 0 && !tail {
			break
		}
		if c >= '0' && c <= '9' {
			digits++
		}
		n, places = n+size, places+1
		if tail {
			break
		}
	}
	// What goes on is no plate but a longer word or number.
	if next, _ := utf8.DecodeRuneInString(rest[n:]); places < 5 || digits < 2 || plateChar(next) != 0 {
		return 0
	}
	return n
}

// plateChar folds a character a plate may hold to a capital letter or digit;
// plates have no I and no O.
func plateChar(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
		r -= 'Ａ' - 'A'
	}
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' && r != 'I' && r != 'O' {
		return r
	}
	return 0
}
