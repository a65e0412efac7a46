package faq

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Categories lists the headings of the library, in the order pages show them:
// what people ask for most comes first.
func Categories() []string {
	return []string{
		"户籍", "身份证", "居住证", "出入境", "交管", "无犯罪记录", "反诈", "治安", "养犬", "报案与案件",
		"信箱与举报", "信息公开", "网络安全", "禁毒", "枪爆危化",
	}
}

// Limits a reviewer expects of a text that is read aloud or on a phone.
const (
	minVariants = 5
	minAnswer   = 20  // characters
	maxAnswer   = 600 // characters
	maxQuestion = 60  // characters
)

// Check finds what a schema cannot say: names that do not match, references
// that lead nowhere, a basis no longer in force, the same question twice.
func (l *Library) Check() error {
	c := checker{documents: map[string]Document{}, asked: map[string]string{}, ids: map[string]string{}}
	for _, d := range l.Documents {
		c.document(d)
	}
	for _, e := range l.Entries {
		c.entry(e)
	}
	c.lines(l.Lines)
	c.hotlines(l.Hotlines)
	c.numbers(l.Lines, l.Hotlines)
	c.topics(l.Topics, l.Lines)
	return errors.Join(c.findings...)
}

type checker struct {
	documents map[string]Document
	ids       map[string]string // id → file
	asked     map[string]string // folded question → entry id
	findings  []error
}

func (c *checker) fault(where, format string, args ...any) {
	c.findings = append(c.findings, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

// id checks that a file is named for what it holds and that nothing else is.
func (c *checker) id(file, id string) {
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); id != want {
		c.fault(file, "id %q must equal the file name %q", id, want)
	}
	if other, taken := c.ids[id]; taken {
		c.fault(file, "id %q is already used by %s", id, other)
	}
	c.ids[id] = file
}

func (c *checker) document(d Document) {
	c.id(d.Path, d.ID)
	c.documents[d.ID] = d
	for _, v := range []string{d.Written, d.Published, d.Effective} {
		if _, err := Date(v); err != nil {
			c.fault(d.Path, "date %q is not YYYY-MM-DD", v)
		}
	}
}

func (c *checker) entry(e Entry) {
	c.id(e.Path, e.ID)
	c.dates(e)
	c.texts(e)
	for _, b := range e.Basis {
		d, ok := c.documents[b.Document]
		switch {
		case !ok:
			c.fault(e.Path, "basis %q is not in documents/", b.Document)
		case d.Validity != "in_force" && d.Validity != "amended":
			c.fault(e.Path, "basis %q is %s: only a document in force may be cited", b.Document, d.Validity)
		}
	}
	c.question(e, e.Question)
	for _, v := range e.Variants {
		c.question(e, v)
	}
}

func (c *checker) dates(e Entry) {
	from, errFrom := Date(e.ValidFrom)
	to, errTo := Date(e.ValidTo)
	review, errReview := Date(e.ReviewBy)
	if err := errors.Join(errFrom, errTo, errReview); err != nil {
		c.fault(e.Path, "dates must be YYYY-MM-DD")
		return
	}
	if !to.IsZero() && to.Before(from) {
		c.fault(e.Path, "valid_to lies before valid_from")
	}
	if review.Before(from) {
		c.fault(e.Path, "review_by lies before valid_from")
	}
}

func (c *checker) texts(e Entry) {
	if n := utf8.RuneCountInString(e.Question); n > maxQuestion {
		c.fault(e.Path, "question has %d characters, at most %d", n, maxQuestion)
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(e.Answer)); n < minAnswer || n > maxAnswer {
		c.fault(e.Path, "answer has %d characters, wanted %d to %d", n, minAnswer, maxAnswer)
	}
	if len(e.Variants) < minVariants {
		c.fault(e.Path, "%d variants, at least %d", len(e.Variants), minVariants)
	}
	for _, s := range append([]string{e.Question, e.Answer}, e.Variants...) {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
			c.fault(e.Path, "control characters in a text")
		}
	}
}

// question finds a wording that two entries claim: nobody could tell which
// answer is meant.
func (c *checker) question(e Entry, q string) {
	key := fold(q)
	if key == "" {
		c.fault(e.Path, "empty question or variant")
		return
	}
	if other, taken := c.asked[key]; taken {
		c.fault(e.Path, "%q is already asked by %s", q, other)
	}
	c.asked[key] = e.ID
}

// fold keeps letters and digits only, in lower case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (c *checker) lines(lines []Line) {
	seen := map[string]bool{}
	for _, l := range lines {
		if seen[l.ID] {
			c.fault("lines.yaml", "id %q appears twice", l.ID)
		}
		seen[l.ID] = true
		if !slices.Contains([]string{"emergency", "restricted", "smalltalk", "none"}, l.Gate) {
			c.fault("lines.yaml", "%s: unknown gate %q", l.ID, l.Gate)
		}
		if strings.TrimSpace(l.Text) == "" {
			c.fault("lines.yaml", "%s: no text", l.ID)
		}
		if l.Gate == "emergency" && !namesNumberFirst(l) {
			c.fault("lines.yaml", "%s: the first sentence must name the number to call", l.ID)
		}
	}
}

func namesNumberFirst(l Line) bool {
	first, _, _ := strings.Cut(l.Text, "。")
	return slices.ContainsFunc(l.Hotlines, func(n string) bool { return strings.Contains(first, n) })
}

// numbers checks that whatever number a line gives stands in the registry, with
// its name and its source.
func (c *checker) numbers(lines []Line, registry []Hotline) {
	known := map[string]bool{}
	for _, h := range registry {
		known[h.Number] = true
	}
	for _, l := range lines {
		for _, n := range l.Hotlines {
			if !known[n] {
				c.fault("lines.yaml", "%s: %s is not in hotlines.yaml", l.ID, n)
			}
		}
	}
}

// topics checks that each topic leads to a line of the gate none that names the
// number to call, and that no word leads to two.
func (c *checker) topics(topics []Topic, lines []Line) {
	byID, leads := map[string]Line{}, map[string]string{}
	for _, l := range lines {
		byID[l.ID] = l
	}
	for _, t := range topics {
		l, ok := byID[t.Line]
		switch {
		case !ok:
			c.fault("topics.yaml", "%s is not in lines.yaml", t.Line)
		case l.Gate != "none":
			c.fault("topics.yaml", "%s is a line of the gate %s, not none", t.Line, l.Gate)
		case len(l.Hotlines) == 0 || !strings.Contains(l.Text, l.Hotlines[0]):
			c.fault("lines.yaml", "%s: the text must name the first of its numbers", l.ID)
		}
		if len(t.Words) == 0 {
			c.fault("topics.yaml", "%s has no words", t.Line)
		}
		for _, w := range t.Words {
			key := fold(w)
			if utf8.RuneCountInString(key) < 2 {
				c.fault("topics.yaml", "%s: %q is too short to tell a topic", t.Line, w)
			}
			if other, taken := leads[key]; taken {
				c.fault("topics.yaml", "%q leads to %s already", w, other)
			}
			leads[key] = t.Line
		}
	}
}

// hotlines checks that all eight report categories of the registry are there:
// 涉黑恶、枪爆、电诈、走私、毒品、黄赌、经济、食药环.
func (c *checker) hotlines(lines []Hotline) {
	missing := []string{"gang", "guns", "fraud", "smuggling", "drugs", "vice", "economic", "food-drug-environment"}
	for _, h := range lines {
		if h.Name == "" || h.Use == "" {
			c.fault("hotlines.yaml", "%q needs a name and a use", h.Number)
		}
		if h.Number == "" && h.Scope != "local" {
			c.fault("hotlines.yaml", "%s: only a local line may still lack its number", h.Name)
		}
		missing = slices.DeleteFunc(missing, func(m string) bool { return m == h.Category })
	}
	for _, m := range missing {
		c.fault("hotlines.yaml", "no line for the report category %q", m)
	}
}
