package hotline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// unmarshal reads one JSON value into v, numbers as they are written.
func unmarshal(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("hotline: more than one JSON value")
	}
	return nil
}

// find goes down the fields of path, to nil where there is none.
func find(tree any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		object, is := tree.(map[string]any)
		if !is {
			return nil
		}
		tree = object[step]
	}
	return tree
}

// put sets the field at path and makes the objects above it. It tells whether it
// could: a field that is no object has nothing below it.
func put(tree map[string]any, path string, value any) bool {
	above, last := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		above, last = path[:i], path[i+1:]
	}
	if above != "" {
		for step := range strings.SplitSeq(above, ".") {
			if tree[step] == nil {
				tree[step] = map[string]any{}
			}
			next, is := tree[step].(map[string]any)
			if !is {
				return false
			}
			tree = next
		}
	}
	tree[last] = value
	return true
}

// scalar is a value as text; empty stands for none.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	default:
		return "", false
	}
}
