package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// itemPrefix begins the columns of what one needs at a counter.
const itemPrefix = "item_"

// readYAML reads a file of one entry, or of several with --- between them.
func (b *Book) readYAML(f File) {
	if !utf8.Valid(f.Content) || bytes.ContainsRune(f.Content, 0) {
		b.fault(Fault{File: f.Name, Code: "encoding", Message: "文件不是UTF-8编码的文字，也不是 .xlsx 工作簿。"})
		return
	}
	d := yaml.NewDecoder(bytes.NewReader(f.Content))
	for len(b.Rows) <= MaxRows {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || len(doc.Content) != 1 {
			b.fault(Fault{File: f.Name, Code: "yaml", Message: "不是有效的YAML，请检查缩进和引号。"})
			return
		}
		b.readEntry(f.Name, doc.Content[0])
	}
}

func (b *Book) readEntry(file string, n *yaml.Node) {
	r, faults := Row{File: file, N: n.Line, Cells: map[string]string{}}, len(b.Faults)
	if n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		b.fault(Fault{File: file, Row: r.N, Code: "yaml", Message: "每一条问答应当是“名称: 内容”的形式。"})
		return
	}
	b.readFields(&r, "", n)
	b.take(r, faults)
}

// readFields reads the keys of a mapping as columns that begin with prefix.
func (b *Book) readFields(r *Row, prefix string, n *yaml.Node) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := prefix + key.Value
		if seen[name] {
			b.fault(Fault{File: r.File, Row: key.Line, Code: "duplicate_column", Message: "同一项写了两次。"})
			continue
		}
		seen[name] = true
		if name == "item" && value.Kind == yaml.MappingNode {
			b.readFields(r, itemPrefix, value)
			continue
		}
		c, known := find(name)
		if !known || c.ID != name || c.ID == State {
			b.fault(Fault{File: r.File, Row: key.Line, Code: "unknown_column", Message: "问答没有这一项内容。"})
			continue
		}
		s, ok := text(&c, value)
		if !ok {
			b.fault(Fault{File: r.File, Row: value.Line, Column: c.ID, Code: "type", Message: "这一项的写法不对。"})
			continue
		}
		b.put(r, &c, s)
	}
}

// text is a value as the text of a cell. Aliases are never followed.
func text(c *Column, n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return "", true
	}
	if c.form != lines && c.form != bases {
		return n.Value, n.Kind == yaml.ScalarNode
	}
	if n.Kind != yaml.SequenceNode {
		return "", false
	}
	items := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		s, ok := item.Value, item.Kind == yaml.ScalarNode
		if c.form == bases {
			s, ok = basis(item)
		}
		if !ok || strings.Contains(strings.TrimSpace(s), "\n") {
			return "", false
		}
		items = append(items, s)
	}
	return strings.Join(items, "\n"), true
}

func basis(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.MappingNode {
		return "", false
	}
	parts := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if _, twice := parts[key]; twice || key != "document" && key != "article" || value.Kind != yaml.ScalarNode {
			return "", false
		}
		parts[key] = value.Value
	}
	return parts["document"] + "|" + parts["article"], true
}

// YAML is rows in the schema of the library's own files, with --- between them.
// What state they are in is a remark: the schema has no place for it.
func YAML(rows ...Row) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	var errs []error
	for _, r := range rows {
		errs = append(errs, e.Encode(entry(r)))
	}
	return out.Bytes(), errors.Join(append(errs, e.Close())...)
}

func entry(r Row) *yaml.Node {
	entry, item := &yaml.Node{Kind: yaml.MappingNode}, &yaml.Node{Kind: yaml.MappingNode}
	if state := r.Cells[State]; state != "" {
		entry.HeadComment = State + ": " + state
	}
	for _, c := range Columns() {
		s := r.Cells[c.ID]
		if s == "" || c.ID == State {
			continue
		}
		if key, ok := strings.CutPrefix(c.ID, itemPrefix); ok {
			item.Content = append(item.Content, scalar(key, "!!str"), value(&c, s))
			continue
		}
		entry.Content = append(entry.Content, scalar(c.ID, "!!str"), value(&c, s))
	}
	if len(item.Content) > 0 {
		entry.Content = append(entry.Content, scalar("item", "!!str"), item)
	}
	return entry
}

func scalar(s, tag string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: s} }

func value(c *Column, s string) *yaml.Node {
	switch {
	case c.ID == Version:
		return scalar(s, "!!int")
	case c.ID == Sample:
		return scalar(s, "!!bool")
	case c.form == day:
		return scalar(s, "!!timestamp")
	case c.form == words:
		n := scalar(s, "!!str")
		if c.ID == Answer {
			n.Value, n.Style = s+"\n", yaml.LiteralStyle
		}
		return n
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	if c.ID == "keywords" {
		list.Style = yaml.FlowStyle // as the library's own files have it
	}
	for l := range strings.SplitSeq(s, "\n") {
		if c.form == lines {
			list.Content = append(list.Content, scalar(l, "!!str"))
			continue
		}
		document, article, _ := strings.Cut(l, " | ")
		one := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("document", "!!str"), scalar(document, "!!str")}}
		if article != "" {
			one.Content = append(one.Content, scalar("article", "!!str"), scalar(article, "!!str"))
		}
		list.Content = append(list.Content, one)
	}
	return list
}
