package channel

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jiesu/internal/problem"
)

func letter() Letter {
	return Letter{Source: Web, Kind: Consult, Title: "身份证到期", Text: "身份证快到期了，怎么换？"}
}

func TestLetterThatIsFine(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Letter){
		"plain":            func(*Letter) {},
		"longest title":    func(l *Letter) { l.Title = strings.Repeat("长", MaxTitle) },
		"longest text":     func(l *Letter) { l.Text = strings.Repeat("长", MaxText) },
		"line breaks":      func(l *Letter) { l.Text = "第一行\r\n第二行\n\t第三行" },
		"html stays text":  func(l *Letter) { l.Text = "<script>alert(1)</script>" },
		"emoji":            func(l *Letter) { l.Title = "谢谢👍🏽" },
		"contact":          func(l *Letter) { l.Contact = &Contact{Name: "张三", Phone: "+86 138-0013-8000"} },
		"phone only":       func(l *Letter) { l.Contact = &Contact{Phone: "0660-3370110"} },
		"full-width phone": func(l *Letter) { l.Contact = &Contact{Phone: "１３８００１３８０００"} },
		"anonymous report": func(l *Letter) { l.Kind = Report },
		"name passed on":   func(l *Letter) { l.Source, l.Contact = Mailbox, &Contact{Name: "张三"} },
		"odd number":       func(l *Letter) { l.Source, l.Contact = Social, &Contact{Name: "张三", Phone: "微信同号"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := letter()
			change(&l)
			if err := l.Check(); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func TestLetterPointsAtEveryFault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*Letter)
		pointer string
		code    string
	}{
		"no kind":           {func(l *Letter) { l.Kind = "" }, "/kind", "unknown"},
		"unknown kind":      {func(l *Letter) { l.Kind = "joke" }, "/kind", "unknown"},
		"unknown channel":   {func(l *Letter) { l.Source = "pigeon" }, "/channel", "unknown"},
		"zero-width title":  {func(l *Letter) { l.Title = "\u200b\u202e" }, "/title", "empty"},
		"empty title":       {func(l *Letter) { l.Title = " \n " }, "/title", "empty"},
		"long title":        {func(l *Letter) { l.Title = strings.Repeat("长", MaxTitle+1) }, "/title", "too_long"},
		"title of two rows": {func(l *Letter) { l.Title = "一\n二" }, "/title", "line_break"},
		"empty text":        {func(l *Letter) { l.Text = "" }, "/text", "empty"},
		"long text":         {func(l *Letter) { l.Text = strings.Repeat("长", MaxText+1) }, "/text", "too_long"},
		"NUL":               {func(l *Letter) { l.Text = "a\x00b" }, "/text", "control_character"},
		"escape":            {func(l *Letter) { l.Title = "a\x1bb" }, "/title", "control_character"},
		"not UTF-8":         {func(l *Letter) { l.Text = "\xff\xfe" }, "/text", "encoding"},
		"phone of letters":  {func(l *Letter) { l.Contact = &Contact{Phone: "call me"} }, "/contact/phone", "phone"},
		"short phone":       {func(l *Letter) { l.Contact = &Contact{Phone: "110"} }, "/contact/phone", "phone"},
		"name, no phone":    {func(l *Letter) { l.Contact = &Contact{Name: "张三"} }, "/contact/phone", "phone"},
		"long name":         {func(l *Letter) { l.Contact = &Contact{Name: strings.Repeat("名", 51), Phone: "13800138000"} }, "/contact/name", "too_long"},
		"endless category":  {func(l *Letter) { l.Category = strings.Repeat("c", 65) }, "/category", "unknown"},
		"control district":  {func(l *Letter) { l.District = "east\x00" }, "/district", "unknown"},
		"six attachments":   {func(l *Letter) { l.Attachments = make([]string, 6) }, "/attachments", "too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := letter()
			test.change(&l)
			p, ok := errors.AsType[*problem.Error](l.Check())
			if !ok || p.Kind != problem.Invalid {
				t.Fatalf("Check says %v", p)
			}
			if !slices.ContainsFunc(p.Fields, func(f problem.Field) bool { return f.Pointer == test.pointer && f.Code == test.code }) {
				t.Errorf("fields are %+v", p.Fields)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	p, ok := errors.AsType[*problem.Error]((&Letter{Contact: &Contact{Phone: "x"}}).Check())
	if !ok || len(p.Fields) != 5 {
		t.Errorf("a wholly wrong letter has faults %+v", p)
	}
}

func TestEmptyContactIsNone(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Contact = &Contact{Name: " ", Phone: ""}
	if err := l.Check(); err != nil || l.Contact != nil {
		t.Errorf("contact is %+v, error %v", l.Contact, err)
	}
}

// FuzzCheck holds the promise of the package comment over any input.
func FuzzCheck(f *testing.F) {
	f.Add("标题", "内容", "13800138000")
	f.Add("\x00", "\xff", "+")
	f.Fuzz(func(t *testing.T, title, text, phone string) {
		l := Letter{Source: Web, Kind: Help, Title: title, Text: text, Contact: &Contact{Phone: phone}}
		if l.Check() != nil {
			return
		}
		for _, s := range []string{l.Title, l.Text} {
			if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, forbidden) || utf8.RuneCountInString(s) > MaxText {
				t.Errorf("accepted %q", s)
			}
		}
	})
}

func TestNamesOfKindsAndSources(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		if k.Name() == "" {
			t.Errorf("%s has no name", k)
		}
	}
	if Report.Identity() != Anonymous || Consult.Identity() != Optional {
		t.Error("identity policy differs from the design")
	}
	for _, s := range Sources() {
		if s.Name() == "" {
			t.Errorf("%s has no name", s)
		}
	}
	if Web.ByStaff() || !Window.ByStaff() {
		t.Error("who enters a letter is wrong")
	}
}
