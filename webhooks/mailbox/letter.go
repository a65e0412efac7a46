package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	maxID    = 64 // bytes
	maxValue = 20 // characters of a code that is shown
)

// Letter is a letter as its mailbox has it, in our terms.
type Letter struct {
	ID       string            `json:"id"` // there
	Title    string            `json:"title"`
	Text     string            `json:"text"`
	Kind     string            `json:"kind"`
	Category string            `json:"category"`
	District string            `json:"district"`
	About    []string          `json:"about"` // units or officers, as written
	Name     string            `json:"name"`
	Phone    string            `json:"phone"`
	Address  string            `json:"address"`
	IDNumber string            `json:"id_number"`
	Extra    map[string]string `json:"extra"`
	Written  time.Time         `json:"written"` // zero: it is not said
	Due      time.Time         `json:"due"`     // when an answer is wanted there; zero: it is not said
	DueDay   bool              `json:"due_day"` // some time that day
}

// Fault is why something cannot be taken.
type Fault struct {
	Field   string // of [Fields], as it is configured
	Code    string
	Message string // Chinese
	Value   string // a code that has no meaning; may hold anything
}

// Digest tells letters that say the same.
func (l *Letter) Digest() string {
	raw, _ := json.Marshal(l) // plain values always marshal
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// record is a letter as it came: what stands at a path, tidied.
type record interface {
	at(path string) string
	serial() bool // times may be days since 1899-12-30, as spreadsheets keep them
}

// Read reads one letter of JSON.
func (s *Source) Read(raw []byte) (Letter, []Fault) {
	r, err := parse(raw)
	if err != nil {
		return Letter{}, []Fault{{Code: "json", Message: "不是一封来信的 JSON。"}}
	}
	return s.letter(r)
}

// ErrList is a body in which no letters can be found.
var ErrList = errors.New("mailbox: no letters where they should be")

// Split finds the letters of a body, as they came.
func (s *Source) Split(body []byte) ([]json.RawMessage, error) {
	at := json.RawMessage(body)
	for name := range strings.SplitSeq(s.List, ".") {
		if name == "" {
			break
		}
		var in map[string]json.RawMessage
		if err := json.Unmarshal(at, &in); err != nil || in[name] == nil {
			return nil, ErrList
		}
		at = in[name]
	}
	var all []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(at), []byte("[")) {
		if json.Unmarshal(at, &all) != nil {
			return nil, ErrList
		}
		return all, nil
	}
	if !json.Valid(at) {
		return nil, ErrList
	}
	return []json.RawMessage{at}, nil
}

// letter reads a record.
func (s *Source) letter(r record) (Letter, []Fault) {
	f := &s.Fields
	m := reading{source: s, record: r}
	l := Letter{
		ID: m.first(f.ID), Title: m.first(f.Title), Text: m.first(f.Text), Name: m.first(f.Name), Phone: m.first(f.Phone),
		Address: m.first(f.Address), IDNumber: m.first(f.IDNumber), Extra: map[string]string{},
		Category: m.code(s.Codes.Category, f.Category, s.Default.Category), District: m.code(s.Codes.District, f.District, s.Default.District),
	}
	l.Kind = m.kind()
	if about := m.first(f.About); about != "" {
		l.About = strings.FieldsFunc(about, func(r rune) bool { return strings.ContainsRune("、，,;；\n", r) })
	}
	l.Written, _ = m.moment("written", f.Written)
	l.Due, l.DueDay = m.moment("due", f.Due)
	for name, paths := range s.Extra {
		if v := m.first(paths); v != "" {
			l.Extra[name] = v
		}
	}
	if l.Text == "" {
		m.fault("text", "missing", "没有内容。", "")
	}
	for _, a := range s.Also {
		if v := m.first(a.From); v != "" {
			l.Text += "\n\n" + a.Label + "：" + v
		}
	}
	switch {
	case len(f.ID) == 0:
		l.ID = "h-" + l.Digest()[:32]
	case l.ID == "":
		m.fault("id", "missing", "没有编号。", "")
	case len(l.ID) > maxID:
		m.fault("id", "format", "编号太长。", "")
	}
	return l, m.faults
}

// reading is a letter that is being read.
type reading struct {
	source *Source
	record record
	faults []Fault
}

func (m *reading) fault(field, code, message, value string) {
	if r := []rune(value); len(r) > maxValue {
		value = string(r[:maxValue]) + "…"
	}
	m.faults = append(m.faults, Fault{Field: field, Code: code, Message: message, Value: value})
}

// first is what stands at the first path that says something.
func (m *reading) first(paths Paths) string {
	for _, p := range paths {
		if v := tidy(m.record.at(p)); v != "" {
			return v
		}
	}
	return ""
}

// tidy drops what nobody wrote: signs that do not show, blanks around.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// code is what theirs means; empty where it means nothing to us.
func (m *reading) code(codes map[string]string, paths Paths, otherwise string) string {
	theirs := m.first(paths)
	if theirs == "" {
		return otherwise
	}
	return codes[theirs]
}

func (m *reading) kind() string {
	theirs := m.first(m.source.Fields.Kind)
	if theirs == "" {
		if m.source.Default.Kind == "" {
			m.fault("kind", "missing", "没有写明类别。", "")
		}
		return m.source.Default.Kind
	}
	ours, known := m.source.Codes.Kind[theirs]
	if !known {
		m.fault("kind", "unknown", "类别没有对应关系。", theirs)
	}
	return ours
}

func (m *reading) moment(field string, paths Paths) (at time.Time, day bool) {
	s := m.first(paths)
	if s == "" {
		return at, false
	}
	at, day, ok := moment(s, m.source.Times, m.record.serial())
	if !ok {
		m.fault(field, "time", "时间的写法不认识。", s)
	}
	return at, day
}

// object is a letter of JSON.
type object map[string]any

func parse(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // numbers of 64 bits stay what they are
	var o object
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, ErrList
	}
	return o, nil
}

func (object) serial() bool { return false }

func (o object) at(path string) string {
	return strings.Join(walk(map[string]any(o), strings.Split(path, ".")), "\n")
}

// walk is every text at a path. Lists are gone through.
func walk(v any, path []string) []string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, walk(one, path)...)
		}
		return all
	case map[string]any:
		if len(path) == 0 {
			return members(v)
		}
		return walk(v[path[0]], path[1:])
	}
	if s := scalar(v); s != "" && len(path) == 0 {
		return []string{s}
	}
	return nil
}

// members are the texts of an object that stands where a text should.
func members(v map[string]any) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if s := scalar(v[name]); s != "" {
			all = append(all, name+"："+s)
		}
	}
	return all
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}
