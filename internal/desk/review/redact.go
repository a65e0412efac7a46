package review

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"jiesu/internal/problem"
)

// AskedAttribute is what was asked, of a reply that is published.
const AskedAttribute = "asked"

// Part is a piece of a reply that is published.
type Part string

// The parts.
const (
	TitlePart Part = "title"
	AskedPart Part = "asked"
	BodyPart  Part = "body"
)

// Parts returns every part, in the order they are read.
func Parts() []Part { return []Part{TitlePart, AskedPart, BodyPart} }

// Source is a reply with what was asked, as they were written.
type Source struct {
	Title string
	Asked string // empty: it is not published
	Body  string
}

// Part is a piece of s.
func (s *Source) Part(p Part) string {
	switch p {
	case TitlePart:
		return s.Title
	case AskedPart:
		return s.Asked
	case BodyPart:
		return s.Body
	}
	return ""
}

// Redaction is a passage of a source that the public reads otherwise.
type Redaction struct {
	Part     Part
	From, To int    // in characters of the part, the last one not included
	Code     string // of what a machine found there; empty: a person marked it
	Why      string // Chinese
	With     string // what the public reads instead
	Keep     bool   // it stays as it is after all
	By       string // user id of who confirmed it; empty: nobody did
}

// Passage is what stands where r is; empty where that is not in s.
func (r *Redaction) Passage(s *Source) string {
	text := []rune(s.Part(r.Part))
	if r.From < 0 || r.From >= r.To || r.To > len(text) {
		return ""
	}
	return string(text[r.From:r.To])
}

// Placeholder is what stands for a datum a machine has found, by its code.
func Placeholder(code string) string {
	switch code {
	case "person.name":
		return "【姓名】"
	case "person.phone", "person.line":
		return "【电话号码】"
	case "person.id_card", "person.passport":
		return "【证件号码】"
	case "person.bank_card":
		return "【银行账号】"
	case "person.plate":
		return "【车牌号】"
	case "person.address":
		return "【地址】"
	case "person.account", "person.email":
		return "【联系方式】"
	}
	return "【个人信息】"
}

// CheckRedactions refuses passages that are not there, or lie over each other.
func CheckRedactions(s *Source, rs []Redaction) error {
	for i := range rs {
		r := &rs[i]
		if r.Passage(s) == "" || slices.ContainsFunc(rs[:i], r.overlaps) {
			return badRedaction(i, "passage", "这一处不在原文之内，或者与另一处重叠。")
		}
	}
	return nil
}

func (r *Redaction) overlaps(o Redaction) bool {
	return o.Part == r.Part && o.From < r.To && r.From < o.To
}

// Find is the one passage of s that reads words, apart from those rs speak of
// already.
func (s *Source) Find(words string, rs []Redaction) (Redaction, error) {
	var found []Redaction
	want := []rune(words)
	for _, part := range Parts() {
		text := []rune(s.Part(part))
		for i := range text {
			r := Redaction{Part: part, From: i, To: i + len(want)}
			if len(want) > 0 && r.To <= len(text) && slices.Equal(text[i:r.To], want) && !slices.ContainsFunc(rs, r.overlaps) {
				found = append(found, r)
			}
		}
	}
	refuse := func(code, message string) (Redaction, error) {
		return Redaction{}, problem.New(problem.Invalid, "disclosure.words", message).With(problem.Field{Pointer: "/words", Code: code, Message: message})
	}
	switch len(found) {
	case 0:
		return refuse("unknown", "原文里没有这几个字，或者已经在表中。请照原文输入，在表中的请在表中修改。")
	case 1:
		return found[0], nil
	}
	return refuse("ambiguous", "这几个字在原文里出现了"+strconv.Itoa(len(found))+"次，请连同前后的字一起输入。")
}

func badRedaction(i int, code, message string) error {
	return problem.New(problem.Invalid, "disclosure.redaction", message).
		With(problem.Field{Pointer: "/redactions/" + strconv.Itoa(i+1), Code: code, Message: message})
}

// Confirmed refuses what nobody has confirmed passage by passage: a machine only
// suggests.
func Confirmed(rs []Redaction) error {
	var fields []problem.Field
	for i := range rs {
		if r := &rs[i]; r.By == "" {
			fields = append(fields, problem.Field{Pointer: "/redactions/" + strconv.Itoa(i+1), Code: "unconfirmed", Message: r.Why})
		}
	}
	if len(fields) > 0 {
		return problem.New(problem.Conflict, "disclosure.unconfirmed", "还有机器建议隐去的内容没有人确认，请逐处确认或者修改以后再送审。").With(fields...)
	}
	return nil
}

// Redact is s as the public reads it. The passages were checked.
func (s *Source) Redact(rs []Redaction) Content {
	c := Content{Title: s.redacted(TitlePart, rs), Body: s.redacted(BodyPart, rs)}
	if asked := s.redacted(AskedPart, rs); asked != "" {
		c.Attributes = []Attribute{{Name: AskedAttribute, Value: asked}}
	}
	return c
}

func (s *Source) redacted(p Part, rs []Redaction) string {
	here := slices.DeleteFunc(slices.Clone(rs), func(r Redaction) bool { return r.Part != p || r.Keep })
	slices.SortFunc(here, func(a, b Redaction) int { return cmp.Compare(a.From, b.From) })
	text, at := []rune(s.Part(p)), 0
	var out strings.Builder
	for _, r := range here {
		out.WriteString(string(text[at:r.From]) + r.With)
		at = r.To
	}
	return out.String() + string(text[at:])
}
