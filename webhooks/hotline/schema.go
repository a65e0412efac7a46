package hotline

import (
	"reflect"
	"strings"
	"time"
)

// kind is what a canonical field holds.
type kind int

const (
	kindText kind = iota
	kindID
	kindWhole
	kindReal
	kindFlag
	kindTime
	kindTexts
	kindList
	kindObject
)

// field finds the field of a canonical type by its name on the wire.
func field(t reflect.Type, path string) (reflect.Type, bool) {
	for step := range strings.SplitSeq(path, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() == reflect.Map {
			return t.Elem(), true
		}
		if t.Kind() != reflect.Struct {
			return nil, false
		}
		found := false
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == step {
				t, found = f.Type, true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return t, true
}

// kindOf tells what a field of t holds; nothing is mapped into what no kind names.
func kindOf(t reflect.Type) (kind, bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[ID]():
		return kindID, true
	case t == reflect.TypeFor[time.Time]():
		return kindTime, true
	case t == reflect.TypeFor[[]string]():
		return kindTexts, true
	case t == reflect.TypeFor[[]byte](): // base64
		return kindText, true
	}
	switch t.Kind() { //nolint:exhaustive // the canonical types have no others
	case reflect.String:
		return kindText, true
	case reflect.Int, reflect.Int64:
		return kindWhole, true
	case reflect.Float64:
		return kindReal, true
	case reflect.Bool:
		return kindFlag, true
	case reflect.Slice:
		return kindList, t.Elem().Kind() == reflect.Struct
	case reflect.Struct:
		return kindObject, true
	default:
		return 0, false
	}
}

// known reports whether a field of t may hold a word; where there is no table, any.
func known(t reflect.Type, code string) bool {
	if t.Kind() != reflect.String {
		return true
	}
	v := reflect.New(t).Elem()
	v.SetString(code)
	w, is := reflect.TypeAssert[word](v)
	return !is || w.Title() != ""
}
