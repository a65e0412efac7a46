package faq

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// schemas are the compiled JSON Schemas of the files, which editors use too.
type schemas struct {
	entry    *fileSchema
	document *fileSchema
}

// place keeps the schemas' names from being taken for files on disk.
const place = "faq:///"

type fileSchema struct{ compiled *jsonschema.Schema }

// loadSchemas takes the schemas from the library itself, or the shipped ones
// where it has none.
func loadSchemas(files fs.FS) (schemas, error) {
	entry, errEntry := compile(files, "schema/entry.schema.json")
	document, errDocument := compile(files, "schema/document.schema.json")
	return schemas{entry: entry, document: document}, errors.Join(errEntry, errDocument)
}

func compile(files fs.FS, name string) (*fileSchema, error) {
	raw, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = fs.ReadFile(Shipped(), name)
	}
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(place+name, doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	compiled, err := c.Compile(place + name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &fileSchema{compiled: compiled}, nil
}

// decode reads raw once, validates it against the schema, which also refuses
// unknown keys, and fills v.
func (s *fileSchema) decode(name string, raw []byte, v any) error {
	var node yaml.Node
	if err := yaml.Unmarshal(raw, &node); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	datesAsText(&node)
	var doc any
	if err := node.Decode(&doc); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := s.compiled.Validate(doc); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := node.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// datesAsText keeps YAML from reading a date as a point in time: JSON Schema
// knows only text.
func datesAsText(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		datesAsText(child)
	}
}
