package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiesu/internal/server"
)

// described is the description of the API, as far as calls are made from it.
type described struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema *schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	Format     string
	Required   []string
	Properties map[string]*schema
	Items      *schema
	MinItems   int
	Minimum    float64
}

// described is what the description of the API says of its operations, and the pages of
// staff, which it does not.
func (h *house) described(t *testing.T) *described {
	t.Helper()
	raw, err := server.OpenAPI()
	check(t, err)
	var api described
	check(t, json.Unmarshal(raw, &api))
	for _, r := range server.Routes(h.server) {
		if !strings.HasPrefix(r.Path, "/api/") && !server.IsOpen(h.server, r.Method, r.Path) {
			api.Paths[regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")] = map[string]operation{strings.ToLower(r.Method): {}}
		}
	}
	return &api
}

// query are the parameters an operation cannot be called without.
func (o *operation) query() string {
	q := url.Values{}
	for _, p := range o.Parameters {
		if p.In == "query" && p.Required {
			q.Set(p.Name, fmt.Sprint((&described{}).example(&p.Schema)))
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// headers are those an operation cannot be called without.
func (o *operation) headers() (header []string) {
	for _, p := range o.Parameters {
		if p.In == "header" && p.Required {
			header = append(header, p.Name, "a key of this test")
		}
	}
	for media := range o.RequestBody.Content {
		header = append(header, "Content-Type", media)
	}
	return header
}

// body is the smallest an operation takes, so that what refuses it is not its form.
func (d *described) body(method string, o operation) string {
	if len(o.RequestBody.Content) == 0 && method == "post" {
		return "{}"
	}
	for media, content := range o.RequestBody.Content {
		if media != "application/json" {
			return "x"
		}
		raw, err := json.Marshal(d.example(content.Schema))
		if err != nil {
			return ""
		}
		return string(raw)
	}
	return ""
}

func (d *described) example(s *schema) any {
	if s.Ref != "" {
		return d.example(d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]])
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind, _ := s.Type.(string)
	if several, ok := s.Type.([]any); ok {
		kind = fmt.Sprint(several[0])
	}
	switch kind {
	case "object":
		v := map[string]any{}
		for name, p := range s.Properties {
			if name == "text" || slices.Contains(s.Required, name) { // a text may be left out only for another part
				v[name] = d.example(p)
			}
		}
		return v
	case "array":
		v := []any{}
		for range max(1, s.MinItems) {
			v = append(v, d.example(s.Items))
		}
		return v
	case "integer", "number":
		return max(1, s.Minimum)
	case "boolean":
		return true
	}
	if s.Format == "date-time" {
		return "2026-11-30T12:00:00+08:00"
	}
	if s.Format == "date" {
		return "2027-01-31"
	}
	return "一句话。"
}

var parameters = regexp.MustCompile(`\{\w+\}`)

// fill puts the things into a path, one by one; of several parameters the last ones
// stand for what belongs to the first.
func fill(t *testing.T, path string, things map[string][]thing) []thing {
	t.Helper()
	filled := []thing{{}}
	at := 0
	for _, p := range parameters.FindAllStringIndex(path, -1) {
		known := things[path[:p[1]]]
		if len(known) == 0 {
			t.Errorf("nobody says what to try for %s: it belongs into possessions, byRight or everybodys", path[:p[1]])
			return nil
		}
		var longer []thing
		for _, f := range filled {
			for _, k := range known {
				longer = append(longer, thing{f.real + path[at:p[0]] + k.real, f.guess + path[at:p[0]] + k.guess})
			}
		}
		filled, at = longer, p[1]
	}
	for i := range filled {
		filled[i].real += path[at:]
		filled[i].guess += path[at:]
	}
	return filled
}

// TestExceptionsExist: what is excused from a test is still there.
func TestExceptionsExist(t *testing.T) {
	t.Parallel()
	api := newHouse(t, nil).described(t)
	for _, name := range slices.Sorted(maps.Keys(everybodys())) {
		method, path, _ := strings.Cut(name, " ")
		if _, ok := api.Paths[path][strings.ToLower(method)]; !ok {
			t.Errorf("%s is no operation", name)
		}
	}
}
