package hotline

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Split takes the messages out of the batch.
func (m *Mapping) Split(body []byte) [][]byte {
	if m.Batch == "" {
		return split(body)
	}
	var tree any
	if unmarshal(body, &tree) != nil {
		return [][]byte{body}
	}
	members, is := find(tree, m.Batch).([]any)
	if !is || len(members) == 0 {
		return [][]byte{body}
	}
	var all [][]byte
	for _, one := range members {
		text, err := json.Marshal(one)
		if err != nil {
			return [][]byte{body}
		}
		all = append(all, text)
	}
	return all
}

// Read makes an act of a message.
func (m *Mapping) Read(raw []byte) (Act, error) {
	var tree any
	if err := unmarshal(raw, &tree); err != nil {
		return Act{}, FieldErrors{{"json", "不是可以读取的 JSON"}}
	}
	t := transform{from: tree, to: map[string]any{}, model: reflect.TypeFor[Act](), in: true}
	for i := range m.In {
		if m.In[i].To == "act" && t.to["act"] == nil {
			t.row(&m.In[i])
		}
	}
	act, _ := t.to["act"].(string)
	for i := range m.In {
		if r := &m.In[i]; r.To != "act" && r.isFor(act) {
			t.row(r)
		}
	}
	if len(t.faults) > 0 {
		no, _ := t.to["order_no"].(string)
		return Act{OrderNo: ID(no)}, t.faults
	}
	return canonical[Act](t.to)
}

// canonical reads a tree as what it is one of.
func canonical[T any](tree any) (v T, err error) {
	text, err := json.Marshal(tree)
	if err != nil {
		return v, FieldErrors{{"json", "不是可以读取的 JSON"}}
	}
	return parse[T](text)
}

// isFor reports whether the row is for a kind of act: what only some kinds have
// is read for these, whatever else a message is filled with.
func (r *Row) isFor(act string) bool {
	if len(r.For) > 0 {
		return slices.Contains(r.For, act)
	}
	part, _, deeper := strings.Cut(r.To, ".")
	if !deeper {
		return true
	}
	switch k := ActKind(act); part {
	case "order":
		return k == ActDispatch || k == ActReopen
	case "decision":
		return k == ActReturn || k == ActExtend || k == ActComplete
	case "deadlines":
		return k == ActUrge || k == ActSupervise || k == ActReopen
	default:
		return part == act
	}
}

// Write makes a message of an operation.
func (m *Mapping) Write(op *Op) (path string, body []byte, err error) {
	path, there := m.Paths[string(op.Kind)]
	if !there {
		path, there = m.Paths["*"]
	}
	if !there {
		return "", nil, ErrUnspoken
	}
	text, err := json.Marshal(op)
	if err != nil {
		return "", nil, err
	}
	var tree any
	if err := unmarshal(text, &tree); err != nil {
		return "", nil, err
	}
	t := transform{from: tree, to: map[string]any{}, model: reflect.TypeFor[Op]()}
	for i := range m.Out {
		if r := &m.Out[i]; len(r.For) == 0 || slices.Contains(r.For, string(op.Kind)) {
			t.row(r)
		}
	}
	if len(t.faults) > 0 {
		return "", nil, t.faults
	}
	body, err = json.Marshal(t.to)
	return path, body, err
}

// Files go where a row carries their list, with what is in them.
func (m *Mapping) Files(k OpKind) bool {
	return slices.ContainsFunc(m.Out, func(r Row) bool {
		return r.From == string(k)+".attachments" && slices.ContainsFunc(r.Each, func(e Row) bool { return e.From == "data" })
	})
}

// Answer reads the code of an answer.
func (m *Mapping) Answer(body []byte) Answer {
	var tree any
	if unmarshal(body, &tree) != nil {
		return Answer{}
	}
	said, plain := scalar(find(tree, m.Reply.Code))
	a := Answer{Code: code(said)}
	switch {
	case !plain || said == "":
		return a
	case slices.Contains(m.Reply.OK, said):
		a.Outcome = Arrived
	case slices.Contains(m.Reply.Later, said):
		a.Outcome = Later
	default:
		a.Outcome = Refused
	}
	if m.Reply.OrderNo != "" {
		no, _ := scalar(find(tree, m.Reply.OrderNo))
		a.OrderNo = ID(code(no))
	}
	return a
}

// Taken says what the platform takes for an answer.
func (m *Mapping) Taken() []byte { return flat(m.Ack) }

func flat(fields map[string]string) []byte {
	if fields == nil {
		fields = map[string]string{}
	}
	text, _ := json.Marshal(fields) //nolint:errchkjson // of texts
	return text
}

// Query asks for the open orders.
func (m *Mapping) Query() (path string, body []byte, err error) {
	if m.List.Path == "" {
		return "", nil, ErrUnspoken
	}
	return m.List.Path, flat(m.List.Ask), nil
}

// Listed reads them.
func (m *Mapping) Listed(body []byte) ([]Listed, error) {
	var tree any
	if unmarshal(body, &tree) != nil {
		return nil, FieldErrors{{"json", "不是可以读取的 JSON"}}
	}
	members, is := find(tree, m.List.From).([]any)
	if !is {
		return nil, FieldErrors{{m.List.From, "平台没有给出工单清单"}}
	}
	t := transform{model: reflect.TypeFor[Listed](), in: true}
	list, err := canonical[[]Listed](t.each(members, m.List.Each))
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	if err != nil {
		return nil, err
	}
	return list, checkListed(list)
}
