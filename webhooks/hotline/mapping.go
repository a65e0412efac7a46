package hotline

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Mapping is the dialect of a platform that has names and codes of its own, as it
// stands in a file. It is data: a city is added without a line of code.
type Mapping struct {
	// Batch is where the messages of a request lie; without it a request is one.
	Batch string `yaml:"batch"`
	// In makes an act of a message.
	In []Row `yaml:"in"`
	// Out makes a message of an operation, and Paths says where it goes, by kind;
	// "*" is every other. A kind without a path is typed in by hand.
	Out   []Row             `yaml:"out"`
	Paths map[string]string `yaml:"paths"`
	// Reply is what an answer looks like.
	Reply ReplyRule `yaml:"reply"`
	// List is how the open orders are asked for; without a path they are not.
	List ListRule `yaml:"list"`
	// Ack is what a request that was taken is answered with.
	Ack map[string]string `yaml:"ack"`
}

// Row maps one field.
type Row struct {
	To   string `yaml:"to"`
	From string `yaml:"from"` // fields with blanks between them: the texts that are there, a line each
	// Value stands there always, without From.
	Value string `yaml:"value"`
	// Codes are the words of In: theirs to ours; of Out: ours to theirs. "*" is any
	// other; without it, another is a fault.
	Codes map[string]string `yaml:"codes"`
	// Time is how they write a date (as Go does, or "unix" or "unixms"); a date
	// without a zone is Beijing's.
	Time string `yaml:"time"`
	// For are the kinds of acts or operations the row is for; without them, all
	// that have the field.
	For []string `yaml:"for"`
	// Each maps the members of a list.
	Each []Row `yaml:"each"`
}

// ReplyRule tells what an answer means by one field in it.
type ReplyRule struct {
	Code    string   `yaml:"code"`     // where it stands
	OK      []string `yaml:"ok"`       // it was taken, now or before
	Later   []string `yaml:"later"`    // it should be sent again
	OrderNo string   `yaml:"order_no"` // where the number of what was pushed stands
}

// ListRule is how open orders are asked for.
type ListRule struct {
	Path string            `yaml:"path"`
	Ask  map[string]string `yaml:"ask"`  // what is sent
	From string            `yaml:"from"` // where they lie in the answer
	Each []Row             `yaml:"each"`
}

// ParseMapping reads a mapping. What is wrong with it names the row.
func ParseMapping(data []byte) (*Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("hotline: mapping: %s", yaml.FormatError(err, false, false))
	}
	if errs := m.faults(); len(errs) > 0 {
		return nil, fmt.Errorf("hotline: mapping: %w", errors.Join(errs...))
	}
	return &m, nil
}

func (m *Mapping) faults() []error {
	l := linter{}
	l.rows("in", m.In, true, reflect.TypeFor[Act](), words(ActKinds()))
	l.rows("out", m.Out, false, reflect.TypeFor[Op](), words(OpKinds()))
	l.rows("list.each", m.List.Each, true, reflect.TypeFor[Listed](), nil)
	for _, needed := range []string{"act", "order_no"} {
		if len(m.In) > 0 && !slices.ContainsFunc(m.In, func(r Row) bool { return r.To == needed }) {
			l.add("in", "no row fills %s", needed)
		}
	}
	if len(m.In) == 0 && len(m.Out) == 0 {
		l.add("in", "a mapping maps something")
	}
	for kind, path := range m.Paths {
		if kind != "*" && OpKind(kind).Title() == "" {
			l.add("paths", "%q is no operation", kind)
		}
		l.path("paths."+kind, path)
	}
	if len(m.Paths) > 0 && (m.Reply.Code == "" || len(m.Reply.OK) == 0) {
		l.add("reply", "code and ok say when an operation was taken")
	}
	if m.List.Path != "" {
		l.path("list.path", m.List.Path)
	}
	return l.errs
}

func words[T ~string](table []Entry[T]) []string {
	var all []string
	for _, e := range table {
		all = append(all, string(e.Code))
	}
	return all
}

// linter collects what is wrong with a mapping.
type linter struct{ errs []error }

func (l *linter) add(at, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
}

func (l *linter) path(at, path string) {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?# ") {
		l.add(at, "a path begins with / and has no query")
	}
}

// rows checks rows between their fields and those of t, which the canonical side is.
func (l *linter) rows(at string, rows []Row, in bool, t reflect.Type, kinds []string) {
	for i := range rows {
		r := &rows[i]
		name := at + "[" + strconv.Itoa(i) + "] (" + r.To + ")"
		if r.To == "" || (r.From == "") == (r.Value == "") {
			l.add(name, "a row has to, and either from or value")
			continue
		}
		for _, k := range r.For {
			if !slices.Contains(kinds, k) {
				l.add(name, "%q is nothing a row can be for", k)
			}
		}
		ours := r.From
		if in {
			ours = r.To
		}
		for one := range strings.FieldsSeq(ours) {
			l.row(name, r, in, t, one)
		}
	}
}

func (l *linter) row(name string, r *Row, in bool, t reflect.Type, ours string) {
	held, found := field(t, ours)
	if !found {
		l.add(name, "%s is no field of ours", ours)
		return
	}
	is, mapped := kindOf(held)
	if !mapped || is == kindObject {
		l.add(name, "%s cannot be mapped as a whole", ours)
		return
	}
	if (is == kindList) != (len(r.Each) > 0) {
		l.add(name, "a list has each, and nothing else has")
	} else if is == kindList {
		l.rows(name+".each", r.Each, in, held.Elem(), nil)
	}
	if r.Time != "" && is != kindTime {
		l.add(name, "only a date has time")
	}
	if in && r.Value != "" && !known(held, r.Value) {
		l.add(name, "%q is no word of ours", r.Value)
	}
	for theirs, word := range r.Codes {
		if !in {
			word = theirs
		}
		if (in || word != "*") && !known(held, word) {
			l.add(name, "%q is no word of ours", word)
		}
	}
	if r.Time != "" && r.Time != "unix" && r.Time != "unixms" && !strings.Contains(r.Time, "2006") && !strings.Contains(r.Time, "06") {
		l.add(name, "%q writes no year", r.Time)
	}
}

// beijing is the zone of dates that name none.
func beijing() *time.Location { return time.FixedZone("CST", 8*60*60) }
