package channel

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/problem"
)

func TestWhereMessagesGo(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"13800138000": "13800138000", "+86 138-0013-8000": "13800138000", "0660-3370110": "", "12345": "", "+1 3800138000": "", "": "",
	} {
		if got, ok := (&Contact{Phone: phone}).Mobile(); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", phone, got, ok)
		}
	}
	for address, want := range map[string]bool{
		"li.lei@example.com": true, "a@b": true, "": false, "li lei@example.com": false, "李雷@example.com": false, "Li <a@example.com>": false, "a@example.com\r\nBcc: b@example.com": false,
		"a@example.com,b@example.com": false, strings.Repeat("a", 250) + "@b.cn": false,
	} {
		if IsEmail(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func TestHowSomebodyWantsToHear(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contact Contact
		pointer string
	}{
		"by mail alone":         {Contact{Email: "a@example.com", ByMail: true}, ""},
		"by SMS":                {Contact{Phone: "138 0013 8000", BySMS: true}, ""},
		"by mail, no address":   {Contact{Phone: "13800138000", ByMail: true}, "/contact/email"},
		"by SMS, no mobile":     {Contact{Phone: "0660-3370110", BySMS: true}, "/contact/phone"},
		"an address of nothing": {Contact{Phone: "13800138000", Email: "x"}, "/contact/email"},
	} {
		l := letter()
		l.Contact = &test.contact
		err := l.Check()
		p, refused := errors.AsType[*problem.Error](err)
		if refused != (test.pointer != "") || refused && !slices.ContainsFunc(p.Fields, func(f problem.Field) bool { return f.Pointer == test.pointer }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := letter()
	l.Kind, l.Contact = Report, &Contact{Phone: "13800138000", BySMS: true, Email: "a@example.com", ByMail: true}
	if err := l.Check(); err != nil || l.Contact.BySMS || l.Contact.ByMail {
		t.Errorf("who reports is to be messaged: %+v, %v", l.Contact, err)
	}
	l = letter()
	l.Kind, l.Contact = Petition, &Contact{Name: "李雷", Email: "a@example.com"}
	if err := l.Check(); err == nil {
		t.Error("a petition without a telephone number")
	}
}
