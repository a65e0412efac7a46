package channel

import (
	"net/mail"
	"strings"
	"unicode"

	"jiesu/internal/problem"
)

// maxEmail is how long an address may be, in bytes (RFC 5321).
const maxEmail = 254

// checkReach reports what is wrong with how somebody wants to hear of progress.
func (c *Contact) checkReach() []problem.Field {
	var fields []problem.Field
	if (c.Email != "" || c.ByMail) && !IsEmail(c.Email) {
		fields = append(fields, problem.Field{Pointer: "/contact/email", Code: "email", Message: "请填写正确的邮箱地址，例如 name@example.com。"})
	}
	if _, mobile := c.Mobile(); c.BySMS && !mobile {
		fields = append(fields, problem.Field{Pointer: "/contact/phone", Code: "mobile", Message: "要用短信告知进展，请在电话一栏填写手机号码。"})
	}
	return fields
}

// IsEmail reports whether s is one plain address, in ASCII, without a name.
func IsEmail(s string) bool {
	if len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == ""
}

// Mobile is the number short messages go to, as providers write it: a mobile
// number of the mainland. It reports false where there is none.
func (c *Contact) Mobile() (string, bool) {
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(c.Phone)
	if rest, with := strings.CutPrefix(digits, "+86"); with {
		digits = rest
	}
	if len(digits) != 11 || digits[0] != '1' || digits[1] < '3' || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return digits, true
}
