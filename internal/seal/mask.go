package seal

import "strings"

// MaskName keeps the first character of a name: 张**.
func MaskName(name string) string {
	letters := []rune(strings.TrimSpace(name))
	if len(letters) == 0 {
		return ""
	}
	return string(letters[0]) + "**"
}

// MaskPhone keeps the ends of a telephone number: 138****5678. A short number
// is masked whole.
func MaskPhone(phone string) string {
	digits := []rune(strings.TrimSpace(phone))
	switch n := len(digits); {
	case n == 0:
		return ""
	case n < 8:
		return "****"
	default:
		return string(digits[:3]) + "****" + string(digits[n-4:])
	}
}
