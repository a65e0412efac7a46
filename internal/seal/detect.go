package seal

import (
	"strings"
	"unicode/utf8"
)

// Kind is a sort of personal data.
type Kind string

// The sorts of personal data the detectors know.
const (
	IDCard   Kind = "id_card"   // 居民身份证, checksum of GB 11643
	Mobile   Kind = "mobile"    // mobile phone
	Landline Kind = "landline"  // telephone with its area code
	BankCard Kind = "bank_card" // issuer prefix and Luhn checksum
	Plate    Kind = "plate"     // vehicle plate
)

// Finding is one piece of personal data: text[Start:End].
type Finding struct {
	Kind       Kind
	Start, End int // bytes
}

// Find returns the personal data in text, in order and without overlaps. It
// sees through full-width digits and through the blanks and dashes people put
// between groups of digits. Names and addresses have no shape it could trust.
func Find(text string) []Finding {
	var found []Finding
	at := 0
	for _, number := range findNumbers(text) {
		found = append(append(found, findPlates(text[at:number.Start], at)...), number)
		at = number.End
	}
	return append(found, findPlates(text[at:], at)...)
}

// Mask replaces the personal data in text by what it was, e.g. 【身份证号】.
func Mask(text string) string {
	found := Find(text)
	if len(found) == 0 {
		return text
	}
	var out strings.Builder
	at := 0
	for _, f := range found {
		out.WriteString(text[at:f.Start])
		out.WriteString(f.Kind.label())
		at = f.End
	}
	out.WriteString(text[at:])
	return out.String()
}

func (k Kind) label() string {
	switch k {
	case IDCard:
		return "【身份证号】"
	case Mobile, Landline:
		return "【电话号码】"
	case BankCard:
		return "【银行卡号】"
	case Plate:
		return "【车牌号】"
	default:
		return "【个人信息】"
	}
}

// maxGroups bounds how many groups of digits may form one number: a bank card
// is often written as four or five.
const maxGroups = 6

// group is an unbroken run of digits (an ID card may end in X).
type group struct {
	digits     string
	start, end int
	joined     bool // only one blank or dash parts it from the group before
}

func findNumbers(text string) []Finding {
	var found []Finding
	groups := digitGroups(text)
	for i := 0; i < len(groups); {
		n, kind := longestNumber(groups[i:])
		if n == 0 {
			i++
			continue
		}
		found = append(found, Finding{kind, groups[i].start, groups[i+n-1].end})
		i += n
	}
	return found
}

// longestNumber joins as many groups as still make a number of a known kind.
func longestNumber(groups []group) (n int, kind Kind) {
	var digits strings.Builder
	for i, g := range groups[:min(len(groups), maxGroups)] {
		if i > 0 && !g.joined {
			break
		}
		digits.WriteString(g.digits)
		if k := numberKind(digits.String(), len(groups[0].digits)); k != "" {
			n, kind = i+1, k
		}
	}
	return n, kind
}

// numberKind tells what digits are; first is how many of them stand before the
// first blank or dash.
func numberKind(digits string, first int) Kind {
	switch {
	case isIDCard(digits):
		return IDCard
	case isMobile(digits):
		return Mobile
	case isLandline(digits, first):
		return Landline
	case isBankCard(digits):
		return BankCard
	default:
		return ""
	}
}

// digitGroups splits text into groups of digits. An X belongs to the group it
// ends where it is the eighteenth place of an ID card, written in one or not.
func digitGroups(text string) []group {
	var groups []group
	var digits []byte
	start, gap, places := 0, 0, 0 // gap counts the separators since the last group; places the digits since the last real break
	flush := func(end int) {
		if len(digits) > 0 {
			groups = append(groups, group{string(digits), start, end, gap == 1})
			digits, gap = digits[:0], 0
		}
	}
	for i, r := range text {
		switch d := narrow(r); {
		case d >= '0' && d <= '9':
			if len(digits) == 0 {
				start = i
				if gap != 1 {
					places = 0
				}
			}
			digits = append(digits, byte(d))
			places++
		case d == 'X' && len(digits) > 0 && places == 17:
			digits = append(digits, 'X')
			flush(i + utf8.RuneLen(r))
		case d == ' ' || d == '-':
			flush(i)
			gap++
		default:
			flush(i)
			gap = 2 // no number goes on here
		}
	}
	flush(len(text))
	return groups
}

// narrow folds the forms people type to digits, X, blank and dash.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == 'x' || r == 'ｘ' || r == 'Ｘ' || r == '×':
		return 'X'
	case r == '\u3000' || r == '\u00a0' || r == '\t':
		return ' '
	case r == '－' || r == '–' || r == '—':
		return '-'
	default:
		return r
	}
}

// IsIDNumber reports whether s is the number of an identity card, 18 characters
// with nothing around them.
func IsIDNumber(s string) bool {
	if len(s) != 18 || strings.ContainsFunc(s[:17], func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	return (s[17] == 'X' || s[17] >= '0' && s[17] <= '9') && isIDCard(s)
}

// isIDCard checks length, region, birth date and the checksum of GB 11643-1999
// (ISO 7064 MOD 11-2).
func isIDCard(s string) bool {
	if len(s) != 18 || s[0] < '1' || s[0] > '8' {
		return false
	}
	if year := s[6:10]; year < "1850" || year > "2099" || !isMonthDay(s[10:14]) {
		return false
	}
	weight, sum := 1, 0 // of the digits from the right, 2^i mod 11
	for i := 17; i >= 0; i-- {
		d := int(s[i] - '0')
		if s[i] == 'X' {
			if i != 17 {
				return false
			}
			d = 10
		}
		sum += d * weight
		weight = weight * 2 % 11
	}
	return sum%11 == 1
}

func isMonthDay(s string) bool {
	return s[:2] >= "01" && s[:2] <= "12" && s[2:] >= "01" && s[2:] <= "31"
}

// isMobile takes 11 digits from 13… on, with or without the country code.
func isMobile(s string) bool {
	if len(s) == 13 {
		s = strings.TrimPrefix(s, "86")
	}
	return len(s) == 11 && s[0] == '1' && s[1] >= '3' && !strings.Contains(s, "X")
}

// isLandline takes an area code (010, 02x, 0xxx) and 7 or 8 digits. Where they
// are parted, the first part is the area code: a date is no telephone.
func isLandline(s string, first int) bool {
	if len(s) < 10 || s[0] != '0' || s[1] == '0' {
		return false
	}
	area := 4
	if s[1] <= '2' {
		area = 3
	}
	local := len(s) - area
	return (first == area || first == len(s)) && (local == 7 && area == 4 || local == 8) && s[area] >= '2' && s[area] <= '8'
}

// isBankCard takes the prefixes of UnionPay and the international brands.
func isBankCard(s string) bool {
	if len(s) < 16 || len(s) > 19 || strings.Contains(s, "X") {
		return false
	}
	switch {
	case s[:2] == "62", len(s) == 16 && (s[0] == '4' || s[0] == '5' || s[:2] == "35"):
		return luhn(s)
	default:
		return false
	}
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
