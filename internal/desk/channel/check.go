package channel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"jiesu/internal/problem"
)

// Name is the Chinese name of s, or empty for an unknown source.
func (s Source) Name() string {
	switch s {
	case Web:
		return "网站"
	case Chat:
		return "在线对话"
	case WeChat:
		return "微信"
	case Phone:
		return "电话"
	case Window:
		return "窗口"
	case Post:
		return "信函"
	case H12345:
		return "12345热线"
	case Watch:
		return "工作中发现"
	case Mailbox:
		return "平台信箱"
	case Social:
		return "政务新媒体"
	}
	return ""
}

// Name is the Chinese name of u, or empty for an unknown urgency.
func (u Urgency) Name() string {
	switch u {
	case Ordinary:
		return "一般"
	case Urgent:
		return "紧急"
	case Critical:
		return "突发"
	}
	return ""
}

// ByStaff reports whether letters from s are entered by staff for somebody.
func (s Source) ByStaff() bool { return s == Phone || s == Window || s == Post || s == Watch }

// PassedOn reports whether letters from s come from another system, which has
// checked them by rules of its own.
func (s Source) PassedOn() bool { return s == Mailbox || s == Social || s == H12345 }

// Check normalises l (line ends, surrounding blanks) and reports every part
// that is not acceptable in one problem "letter.invalid".
func (l *Letter) Check() error {
	l.Title, l.Text = tidy(l.Title), tidy(l.Text)
	l.Consent = l.Consent && l.Kind.Profile().Publishes
	var fields []problem.Field
	add := func(f *problem.Field) {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	if p := l.Kind.Profile(); p.Name == "" || p.Staff && !l.Source.ByStaff() {
		add(&problem.Field{Pointer: "/kind", Code: "unknown", Message: "请选择来信类别。"})
	}
	if l.Urgency.Name() == "" {
		add(&problem.Field{Pointer: "/urgency", Code: "unknown", Message: "紧急程度不正确。"})
	}
	if (l.Origin.Platform == "") != (l.Origin.ID == "") || len(l.Origin.Platform) > maxCode || len(l.Origin.ID) > maxCode {
		add(&problem.Field{Pointer: "/origin", Code: "incomplete", Message: "请同时填写来源平台和平台工单号。"})
	}
	if l.Source.Name() == "" {
		add(&problem.Field{Pointer: "/channel", Code: "unknown", Message: "来信渠道不正确。"})
	}
	add(CheckText("/title", "标题", l.Title, MaxTitle))
	add(CheckText("/text", "内容", l.Text, MaxText))
	if strings.ContainsRune(l.Title, '\n') {
		add(&problem.Field{Pointer: "/title", Code: "line_break", Message: "标题不能换行。"})
	}
	for pointer, code := range map[string]string{"/category": l.Category, "/district": l.District} {
		if len(code) > maxCode || !utf8.ValidString(code) || strings.ContainsFunc(code, unicode.IsControl) {
			add(&problem.Field{Pointer: pointer, Code: "unknown", Message: "请从列表中选择。"})
		}
	}
	add(CheckAttachments(l.Attachments))
	if about := l.Kind.Profile().Consulted; about != (l.Consultation != "") || len(l.Consultation) > maxCode {
		add(&problem.Field{Pointer: "/consultation", Code: "unknown", Message: consultationMessage(about)})
	}
	fields = append(fields, l.checkContact()...)
	fields = append(fields, l.checkIdentity()...)
	fields = append(fields, l.checkFields()...)
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "letter.invalid", "来信有几处需要修改。").With(fields...)
	}
	return nil
}

// CheckAttachments reports where more files are sent at once than are taken.
func CheckAttachments(ids []string) *problem.Field {
	if len(ids) <= MaxAttachments {
		return nil
	}
	return &problem.Field{Pointer: "/attachments", Code: "too_many", Message: "附件最多5个。"}
}

func consultationMessage(about bool) string {
	if about {
		return "请写明是对哪一期征求意见的意见。"
	}
	return "这类来信不是对征求意见的意见。"
}

func (l *Letter) checkContact() []problem.Field {
	if l.Contact == nil {
		return nil
	}
	c := l.Contact
	c.Name, c.Phone = strings.TrimSpace(c.Name), NormalisePhone(c.Phone)
	c.IDNumber, c.Address = strings.ToUpper(width.Narrow.String(strings.TrimSpace(c.IDNumber))), strings.TrimSpace(c.Address)
	p := l.Kind.Profile()
	if !p.Address { // what a kind does not need is not kept
		c.Address = ""
	}
	if !p.IDNumber {
		c.IDNumber = ""
	}
	c.Email = strings.TrimSpace(c.Email)
	if l.Kind == Report { // a message on a telephone tells whoever holds it
		c.BySMS, c.ByMail = false, false
	}
	if *c == (Contact{}) {
		l.Contact = nil
		return nil
	}
	var fields []problem.Field
	if c.Name != "" {
		if f := CheckText("/contact/name", "姓名", c.Name, MaxName); f != nil {
			fields = append(fields, *f)
		}
	}
	if c.Address != "" {
		if f := CheckText("/contact/address", "地址", c.Address, MaxAddress); f != nil {
			fields = append(fields, *f)
		}
	}
	if f := l.checkPhone(); f != nil {
		fields = append(fields, *f)
	}
	return append(fields, c.checkReach()...)
}

// NormalisePhone is a telephone number without blanks around it, in narrow digits.
func NormalisePhone(s string) string { return width.Narrow.String(strings.TrimSpace(s)) }

// CheckPhone reports what is wrong with a telephone number, or nil.
func CheckPhone(pointer, s string) *problem.Field {
	if PlausiblePhone(s) {
		return nil
	}
	return &problem.Field{Pointer: pointer, Code: "phone", Message: "请填写正确的电话号码，只用数字，可带区号和短横线。"}
}

// TitleOf is a title made of a text: its first line, if that is short.
func TitleOf(text string) string {
	const most = 30
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}

// checkPhone takes from other systems whatever they have: the letter is here, and
// its writer cannot be asked.
func (l *Letter) checkPhone() *problem.Field {
	switch phone := l.Contact.Phone; {
	case PlausiblePhone(phone), phone == "" && (l.Source.PassedOn() || l.Contact.Email != ""):
		return nil
	case l.Source.PassedOn():
		return CheckText("/contact/phone", "联系电话", phone, MaxName)
	}
	return CheckPhone("/contact/phone", l.Contact.Phone)
}

// CheckText reports what is wrong with a text that a person typed into a field
// shown as name, or nil. Line breaks and tabs are fine, other control
// characters are not.
func CheckText(pointer, name, s string, most int) *problem.Field {
	switch {
	case !strings.ContainsFunc(s, visible):
		return &problem.Field{Pointer: pointer, Code: "empty", Message: name + "不能为空。"}
	case !utf8.ValidString(s):
		return &problem.Field{Pointer: pointer, Code: "encoding", Message: name + "含有无法识别的字符，请使用UTF-8编码。"}
	case strings.ContainsFunc(s, forbidden):
		return &problem.Field{Pointer: pointer, Code: "control_character", Message: name + "含有不可见的控制字符，请删除后重试。"}
	case utf8.RuneCountInString(s) > most:
		return &problem.Field{Pointer: pointer, Code: "too_long", Message: name + "太长，请缩短。"}
	}
	return nil
}

// visible reports whether r shows: zero-width characters and marks alone are
// nothing a person has written.
func visible(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || r == utf8.RuneError
}

func forbidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// tidy unifies line ends and drops surrounding blanks; everything else stays as
// it was written.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.ReplaceAll(s, "\r", "\n"))
}

// PlausiblePhone accepts what people write as a phone number: 5 to 15 digits,
// optionally with a leading plus, blanks, dashes or brackets.
func PlausiblePhone(s string) bool {
	if len(s) > 32 {
		return false
	}
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, r == '-', r == ' ', r == '(', r == ')':
		default:
			return false
		}
	}
	return digits >= 5 && digits <= 15
}
