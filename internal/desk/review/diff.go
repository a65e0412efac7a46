package review

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// brief is below how many words something that stayed between two changes only
// makes them harder to read.
const brief = 5

// Span is a piece of a text before and after: the same, or changed. All spans in
// order are both texts.
type Span struct{ Before, After string }

// Same reports whether nothing changed in s.
func (s Span) Same() bool { return s.Before == s.After }

// Change is what became of one part of a text.
type Change struct {
	Part  string // title, body, disclosure, or the name of an attribute with a slash before it
	Spans []Span
}

// Compare returns the parts of a text that changed, in the order they are read.
func Compare(before, after *Content) []Change {
	var changes []Change
	note := func(part, a, b string) {
		if a != b {
			changes = append(changes, Change{part, Diff(a, b)})
		}
	}
	note("title", before.Title, after.Title)
	note("body", before.Body, after.Body)
	note("disclosure", before.Disclosure.Words(), after.Disclosure.Words())
	a, b := before.Attributes, after.Attributes
	for len(a)+len(b) > 0 { // both are sorted by name
		var old, now Attribute
		if len(b) == 0 || len(a) > 0 && a[0].Name <= b[0].Name {
			old, a = a[0], a[1:]
		}
		if len(b) > 0 && (old.Name == "" || b[0].Name == old.Name) {
			now, b = b[0], b[1:]
		}
		note("/"+max(old.Name, now.Name), old.Value, now.Value)
	}
	return changes
}

// Words says the decision and its reason in Chinese.
func (d *Disclosure) Words() string {
	r, _ := reason(d.Decision.Reasons(), d.Reason)
	return d.Decision.Name() + "：" + r.Name
}

// Diff compares two texts: whole sentences first, then the words and characters
// of those that changed.
func Diff(before, after string) []Span {
	var spans []Span
	add := func(s Span) {
		if n := len(spans); n > 0 && spans[n-1].Same() == s.Same() {
			s = Span{spans[n-1].Before + s.Before, spans[n-1].After + s.After}
			spans = spans[:n-1]
		}
		spans = append(spans, s)
	}
	whole := texts{sentences(before), sentences(after)}
	for _, r := range align(whole.a, whole.b) {
		s := whole.span(r)
		if s.Same() {
			add(s)
			continue
		}
		fine := texts{characters(s.Before), characters(s.After)}
		for _, r := range readable(align(fine.a, fine.b)) {
			add(fine.span(r))
		}
	}
	return spans
}

// texts are two texts cut into pieces.
type texts struct{ a, b []string }

func (t *texts) span(r run) Span {
	return Span{strings.Join(t.a[r.a:r.a+r.n], ""), strings.Join(t.b[r.b:r.b+r.m], "")}
}

// readable joins changes that almost touch.
func readable(runs []run) []run {
	var out []run
	for _, r := range runs {
		out = append(out, r)
		for len(out) > 2 && parts(out[len(out)-3:]) {
			n := len(out) - 3
			first, last := out[n], out[n+2]
			out = append(out[:n], run{first.a, first.b, last.a + last.n - first.a, last.b + last.m - first.b, false})
		}
	}
	return out
}

// parts reports whether the second of three runs parts two changes, and is less
// than either.
func parts(three []run) bool {
	left, kept, right := three[0], three[1], three[2]
	return kept.same && kept.n < brief && kept.n <= max(left.n, left.m) && kept.n <= max(right.n, right.m)
}

// sentences cuts a text after each sentence and line.
func sentences(s string) []string {
	var out []string
	for s != "" {
		end := strings.IndexAny(s, "。！？；\n")
		if end < 0 {
			return append(out, s)
		}
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
		end += len(s[end:]) - len(strings.TrimLeft(s[end:], "”’」』）\n"))
		out, s = append(out, s[:end]), s[end:]
	}
	return out
}

// characters cuts a text into characters, but leaves numbers and Latin words
// whole: half a date is nothing that anybody reads.
func characters(s string) []string {
	var out []string
	from, whole := 0, false
	for i, r := range s {
		joins := (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r)
		if i > 0 && (!joins || !whole) {
			out, from = append(out, s[from:i]), i
		}
		whole = joins
	}
	if from < len(s) {
		out = append(out, s[from:])
	}
	return out
}
