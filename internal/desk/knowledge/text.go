package knowledge

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed data/traditional.txt
var traditionalTable string

// Normaliser brings text into the one form everything else works on: NFKC, lower
// case, simplified characters, no control or zero-width characters, runs of
// three or more equal characters shortened, numbers in digits, and a single
// blank wherever something other than a letter, a digit or a character stood.
type Normaliser struct {
	simplified *[lastHan - firstHan + 1]rune // 0: the character is as it is
}

// NewNormaliser returns a normaliser by the embedded table.
func NewNormaliser() *Normaliser { return &Normaliser{simplified: simplified()} }

//nolint:gochecknoglobals // the embedded table never changes; it is read once, when first needed
var simplified = sync.OnceValue(func() *[lastHan - firstHan + 1]rune {
	table := &[lastHan - firstHan + 1]rune{}
	for line := range strings.Lines(traditionalTable) {
		to, from, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || to == "#" {
			continue
		}
		target := []rune(to)[0]
		for _, r := range from {
			table[r-firstHan] = target // a character outside of the table would be seen by every test
		}
	}
	return table
})

// Text is s in that one form.
func (f *Normaliser) Text(s string) string {
	s = composed(unmarked(strings.ToValidUTF8(s, " ")))
	out := make([]rune, 0, len(s)/2)
	for _, r := range s {
		switch {
		case r >= firstHan && r <= lastHan:
			if t := f.simplified[r-firstHan]; t != 0 {
				r = t
			}
		case r >= firstWide && r <= lastWide:
			r = plain(r - firstWide + '!')
		default:
			r = plain(r)
		}
		if r != 0 {
			out = appendRune(out, r)
		}
	}
	return strings.TrimSpace(string(digits(out)))
}

// The wide forms of the signs, letters and digits of ASCII.
const firstWide, lastWide = '！', '～'

// composed is s in NFKC, but for wide forms. Nearly all that is typed here is so
// already, and to see that takes a tenth of the time.
func composed(s string) string {
	for _, r := range s {
		if r >= utf8.RuneSelf && (r < firstHan || r > lastHan) && (r < firstWide || r > lastWide) && r != '、' && r != '。' {
			return norm.NFKC.String(s)
		}
	}
	return s
}

// unmarked is s without the marks that stand for masked personal data, such as
// 【电话号码】, and without the words that lead to a number to be reached or known
// by: nobody asks about them.
func unmarked(s string) string {
	if !strings.Contains(s, "【") {
		return s
	}
	return masks().ReplaceAllString(s, " ")
}

//nolint:gochecknoglobals // built once; it never changes
var masks = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:(?:我的?|本人的?|联系)?(?:电话号码|电话|手机号码|手机号|手机|联系方式|身份证号码|身份证号|卡号)[是为：: ]{0,2})?【(?:身份证号|电话号码|银行卡号|车牌号|个人信息)】`)
})

// plain is the lower-case letter or the digit, a blank for what is neither, or
// 0 for what nobody sees.
func plain(r rune) rune {
	switch {
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return unicode.ToLower(r)
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn) && !unicode.IsSpace(r):
		return 0
	}
	return ' '
}

// appendRune keeps at most one blank and at most two equal characters in a
// row: "急急急急" says no more than "急急". Digits stay as they are.
func appendRune(out []rune, r rune) []rune {
	n := len(out)
	if r == ' ' && (n == 0 || out[n-1] == ' ') {
		return out
	}
	if n >= 2 && out[n-1] == r && out[n-2] == r && !unicode.IsDigit(r) {
		return out
	}
	return append(out, r)
}

// digits writes Chinese numbers such as 一百二十 as 120. A single numeral is
// left alone: 一 and 十 are parts of too many ordinary words.
func digits(in []rune) []rune {
	if !slices.ContainsFunc(in, func(r rune) bool { return numeral(r) >= 10 }) {
		return in
	}
	out := in[:0:0]
	for i := 0; i < len(in); {
		j := i
		for j < len(in) && numeral(in[j]) >= 0 {
			j++
		}
		if value, ok := number(in[i:j]); ok {
			out = append(out, []rune(value)...)
			i = j
			continue
		}
		end := max(j, i+1)
		out = append(out, in[i:end]...)
		i = end
	}
	return out
}

// numeral is the value of a Chinese numeral, or -1.
func numeral(r rune) int {
	switch r {
	case '零':
		return 0
	case '一':
		return 1
	case '二', '两':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	case '百':
		return 100
	case '千':
		return 1000
	case '十':
		return 10
	}
	return -1
}

// number reads a numeral below ten thousand that has at least two characters
// and one of 十百千 in it.
func number(rs []rune) (string, bool) {
	if len(rs) < 2 {
		return "", false
	}
	total, digit, unit := 0, 0, false
	for i, r := range rs {
		switch n := numeral(r); {
		case n >= 10:
			if digit == 0 && (n > 10 || i > 0) {
				return "", false // 百 or 千 without a digit is a word, not a number
			}
			total += max(digit, 1) * n
			digit, unit = 0, true
		case digit > 0:
			return "", false // 一二 is not a number we can read
		default:
			digit = n
		}
	}
	if !unit {
		return "", false
	}
	return strconv.Itoa(total + digit), true
}
