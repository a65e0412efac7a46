package hotline

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// transform carries fields from one tree to another; one of the two is of the
// canonical model.
type transform struct {
	from   any
	to     map[string]any
	model  reflect.Type
	in     bool // the canonical one is where they go
	faults FieldErrors
}

func (t *transform) fault(r *Row, rule string) any {
	t.faults = append(t.faults, Fault{r.To, rule})
	return nil
}

// row carries one field, if it is there.
func (t *transform) row(r *Row) {
	value := any(r.Value)
	if r.Value == "" {
		value = t.gather(r)
	}
	if value == nil || value == "" {
		return
	}
	ours := r.From
	if t.in {
		ours = r.To
	}
	held, found := field(t.model, ours)
	is := kindText // of texts put together, and of what always stands there
	if found {
		is, _ = kindOf(held)
	}
	if is == kindList {
		value = t.list(r, held.Elem(), value)
	} else {
		value = t.convert(r, is, value)
	}
	if value != nil && !put(t.to, r.To, value) {
		t.fault(r, "与其他字段冲突")
	}
}

// gather is what lies at the fields of a row: one as it is, several as lines.
func (t *transform) gather(r *Row) any {
	paths := strings.Fields(r.From)
	if len(paths) == 1 {
		return find(t.from, paths[0])
	}
	var lines []string
	for _, path := range paths {
		line, plain := scalar(find(t.from, path))
		if !plain {
			return t.fault(r, "不是文字")
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (t *transform) list(r *Row, member reflect.Type, value any) any {
	members, is := value.([]any)
	if !is {
		return t.fault(r, "不是列表")
	}
	inner := transform{model: member, in: t.in}
	all := inner.each(members, r.Each)
	t.faults = append(t.faults, inner.faults...)
	return all
}

func (t *transform) each(members []any, rows []Row) []any {
	all := []any{}
	for _, one := range members {
		t.from, t.to = one, map[string]any{}
		for i := range rows {
			t.row(&rows[i])
		}
		all = append(all, t.to)
	}
	return all
}

// convert makes of a value what the other side has there, or nil and a fault.
func (t *transform) convert(r *Row, is kind, value any) any {
	if list, many := value.([]any); many && is == kindTexts {
		return list
	}
	text, plain := scalar(value)
	if !plain {
		return t.fault(r, "不是单个的值")
	}
	if len(r.Codes) > 0 {
		word, there := r.Codes[text]
		if !there {
			word, there = r.Codes["*"]
		}
		if !there {
			return t.fault(r, "代码表里没有这个值")
		}
		value, text = word, word
	}
	switch {
	case t.in:
		return t.inward(r, is, value, text)
	case is == kindTime && r.Time != "":
		return t.date(r, text)
	default:
		return value
	}
}

func (t *transform) inward(r *Row, is kind, value any, text string) any {
	switch is {
	case kindWhole:
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return t.fault(r, "不是整数")
		}
		return v
	case kindReal:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return t.fault(r, "不是数字")
		}
		return v
	case kindFlag:
		return t.flag(r, text)
	case kindTime:
		at, ok := clock(r.Time, text)
		if !ok {
			return t.fault(r, "不是约定格式的日期时间")
		}
		return at.Format(time.RFC3339)
	case kindTexts:
		return []any{text}
	case kindID:
		return value // a number is read as it is written
	case kindText, kindList, kindObject:
	}
	return text
}

func (t *transform) flag(r *Row, text string) any {
	switch text {
	case "true", "1", "是", "Y":
		return true
	case "false", "0", "否", "N":
		return false
	default:
		return t.fault(r, "不是“是”或“否”")
	}
}

// date writes a date the way they do.
func (t *transform) date(r *Row, text string) any {
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return t.fault(r, "不是日期时间")
	case r.Time == "unix":
		return at.Unix()
	case r.Time == "unixms":
		return at.UnixMilli()
	default:
		return at.In(beijing()).Format(r.Time)
	}
}

// clock reads a date.
func clock(layout, text string) (time.Time, bool) {
	if layout == "unix" || layout == "unixms" {
		n, err := strconv.ParseInt(text, 10, 64)
		at := time.Unix(n, 0)
		if layout == "unixms" {
			at = time.UnixMilli(n)
		}
		return at, err == nil
	}
	if layout == "" {
		layout = time.RFC3339
	}
	at, err := time.ParseInLocation(layout, text, beijing())
	return at, err == nil
}
