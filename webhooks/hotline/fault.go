package hotline

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrRefused is what is not, or not certainly, the platform's. Why is nobody's business.
var ErrRefused = errors.New("hotline: refused")

// Fault is one rule a message breaks.
type Fault struct {
	Field string // e.g. appellant.phone
	Rule  string // in Chinese, to be shown; nothing of the message is in it
}

// FieldErrors is a message of the platform that makes no sense.
type FieldErrors []Fault

func (f FieldErrors) Error() string {
	var all []string
	for _, one := range f {
		all = append(all, one.Field+"："+one.Rule)
	}
	return strings.Join(all, "；")
}

// err is f as an error, or nil.
func (f FieldErrors) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Limits of what is taken.
const (
	maxID    = 64 // bytes, like every number and code
	maxName  = 100
	maxTitle = 200
	maxText  = 5000
	maxList  = 50
	maxBytes = 1 << 40
)

// check collects the faults of one message.
type check struct{ faults FieldErrors }

func (c *check) add(field, format string, args ...any) {
	c.faults = append(c.faults, Fault{field, fmt.Sprintf(format, args...)})
}

// number checks a number or code: printable ASCII without blanks.
func (c *check) number(field, s string, needed bool) {
	switch {
	case s == "" && needed:
		c.add(field, "缺少")
	case len(s) > maxID || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		c.add(field, "须为不超过 %d 个字母、数字和符号", maxID)
	}
}

func (c *check) text(field, s string, limit int, needed bool) {
	switch {
	case strings.TrimSpace(s) == "" && needed:
		c.add(field, "缺少")
	case utf8.RuneCountInString(s) > limit:
		c.add(field, "超过 %d 字", limit)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, control):
		c.add(field, "含有不能显示的字符")
	}
}

func control(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }

func (c *check) time(field string, at time.Time, needed bool) {
	switch {
	case at.IsZero() && needed:
		c.add(field, "缺少")
	case !at.IsZero() && (at.Year() < 2000 || at.Year() >= 2100):
		c.add(field, "日期不合理")
	}
}

// code checks a word of one of the tables; empty is none.
func (c *check) code(field string, w word, needed bool) {
	switch {
	case w.isEmpty() && needed:
		c.add(field, "缺少")
	case !w.isEmpty() && w.Title() == "":
		c.add(field, "不是已知的代码")
	}
}

func (c *check) count(field string, n int) {
	if n > maxList {
		c.add(field, "超过 %d 项", maxList)
	}
}

func (c *check) within(field string, v, low, high float64) {
	if math.IsNaN(v) || v < low || v > high {
		c.add(field, "超出范围")
	}
}
