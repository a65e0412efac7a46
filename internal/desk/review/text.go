package review

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

// How long texts may be, in characters.
const (
	MaxTitle = 100
	MaxBody  = 10_000
	MaxValue = 3000 // of one attribute
	MaxWords = 1000 // of what is said about a text

	maxAttributes = 40
	maxComments   = 100
)

// Content is what is read, signed and published as a whole.
type Content struct {
	Title      string
	Body       string
	Attributes []Attribute // sorted by name
	Disclosure Disclosure
}

// Attribute is something else that is published with a text: its basis, from
// when it is valid. What it means is known to whose text it is.
type Attribute struct {
	Name  string
	Value string
}

// Disclosure is how far a text is disclosed, and why. It is part of what is
// signed (随文一并报批).
type Disclosure struct {
	Decision Decision
	Reason   string // a code of the decision's list
}

// Version is one wording of a text. It never changes.
type Version struct {
	N       int // 1..
	Content Content
	Hash    string // of the content
	At      time.Time
}

// All is everything of c that is published, one part a line.
func (c *Content) All() string {
	parts := []string{c.Title, c.Body}
	for _, a := range c.Attributes {
		parts = append(parts, a.Value)
	}
	return strings.Join(parts, "\n")
}

// Sum is the hash of the version c would make.
func (c Content) Sum() string {
	tidied := c.tidied()
	return tidied.sum()
}

// sum is the fingerprint of c: another one as soon as any byte of it is another.
func (c *Content) sum() string {
	parts := []string{c.Title, c.Body, string(c.Disclosure.Decision), c.Disclosure.Reason}
	for _, a := range c.Attributes {
		parts = append(parts, a.Name, a.Value)
	}
	var all []byte
	for _, p := range parts { // each with its length, so that nothing moves from one to the next
		all = append(binary.AppendUvarint(all, uint64(len(p))), p...)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:])
}

// tidied is a copy of c with its attributes in order.
func (c Content) tidied() Content {
	c.Attributes = slices.Clone(c.Attributes)
	slices.SortFunc(c.Attributes, func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// check reports every part of c that cannot be read, or not by its audience.
func (c *Content) check(a Audience) error {
	var fields []problem.Field
	note := func(f *problem.Field) {
		if f != nil {
			fields = append(fields, *f)
		}
	}
	note(channel.CheckText("/title", "标题", c.Title, MaxTitle))
	note(channel.CheckText("/body", "正文", c.Body, MaxBody))
	note(c.Disclosure.Check(a))
	if len(c.Attributes) > maxAttributes {
		note(&problem.Field{Pointer: "/attributes", Code: "too_many", Message: "附带的内容项太多。"})
	}
	for i, at := range c.Attributes {
		note(channel.CheckText("/attributes", "附带内容的名称", at.Name, MaxTitle))
		note(channel.CheckText("/attributes", "附带内容", at.Value, MaxValue))
		if i > 0 && c.Attributes[i-1].Name == at.Name {
			note(&problem.Field{Pointer: "/attributes", Code: "duplicate", Message: "附带的内容项有重复。"})
		}
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "review.invalid", "稿件有几处需要修改。").With(fields...)
	}
	return nil
}

// Check is what is wrong with a decision about a text for a; nil: nothing.
func (d *Disclosure) Check(a Audience) *problem.Field {
	_, known := reason(d.Decision.Reasons(), d.Reason)
	switch {
	case d.Decision.Name() == "":
		return &problem.Field{Pointer: "/disclosure/decision", Code: "unknown", Message: "请选择公开方式。"}
	case a == Public && !d.Decision.Public():
		return &problem.Field{Pointer: "/disclosure/decision", Code: "audience", Message: "面向社会公众的内容，公开方式只能是全文公开或者处理后公开。"}
	case !known:
		return &problem.Field{Pointer: "/disclosure/reason", Code: "unknown", Message: "请选择公开方式的理由。"}
	}
	return nil
}
