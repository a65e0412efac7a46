package config

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Keys lists every key, in the order of the struct.
func Keys() []string {
	var keys []string
	for f := range reflect.TypeFor[Config]().Fields() {
		keys = append(keys, f.Tag.Get("koanf"))
	}
	return keys
}

// Describe lists every setting with its value, secrets hidden, as YAML with the
// explanation above each key: what `jiesu doctor` prints, and a file to start
// from.
func (c *Config) Describe() string {
	var b strings.Builder
	v := reflect.ValueOf(*c)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := f.Tag.Get("koanf")
		fmt.Fprintf(&b, "# %s (%s%s)\n%s: %v\n", f.Tag.Get("doc"), prefix, strings.ToUpper(key), key, shown(f, v.Field(i)))
	}
	return b.String()
}

func shown(f reflect.StructField, v reflect.Value) string {
	if f.Tag.Get("secret") == "true" && !v.IsZero() {
		return `"(set, not shown)"`
	}
	if list, ok := reflect.TypeAssert[[]string](v); ok {
		return "[" + strings.Join(list, ", ") + "]"
	}
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return d.String()
	}
	if v.Kind() == reflect.Bool {
		return strconv.FormatBool(v.Bool())
	}
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10)
	}
	if v.Kind() == reflect.Float64 {
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	if u, err := url.Parse(v.String()); err == nil && u.User != nil {
		return u.Redacted()
	}
	return fmt.Sprintf("%q", v.String())
}
