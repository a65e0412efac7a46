package hotline

import (
	"bytes"
	"encoding/json"
)

// Canonical is the dialect of a platform that says things the way they are kept
// here. An answer is {"code":"0"}; any other code refuses.
type Canonical struct{}

// The paths of a platform that speaks canonically.
const (
	PathOps    = "/ops"
	PathOrders = "/orders"
)

// reply is the answer to a request.
type reply struct {
	Code    string   `json:"code"`
	OrderNo ID       `json:"order_no,omitempty"`
	Orders  []Listed `json:"orders,omitempty"`
}

const fine = "0"

// Split finds one act, or a list of them.
func (Canonical) Split(body []byte) [][]byte { return split(body) }

// split finds the members of a list; what is none is one message, whatever it is.
func split(body []byte) [][]byte {
	var list []json.RawMessage
	if body = bytes.TrimSpace(body); !bytes.HasPrefix(body, []byte("[")) || json.Unmarshal(body, &list) != nil {
		return [][]byte{body}
	}
	all := make([][]byte, len(list))
	for i, one := range list {
		all[i] = one
	}
	return all
}

// Read reads an act.
func (Canonical) Read(raw []byte) (Act, error) { return parse[Act](raw) }

// Write writes an operation.
func (Canonical) Write(op *Op) (path string, body []byte, err error) {
	body, err = json.Marshal(op)
	return PathOps, body, err
}

// Files go with everything that has some.
func (Canonical) Files(k OpKind) bool { return k == OpReturn || k == OpComplete }

// Answer reads a code.
func (Canonical) Answer(body []byte) Answer {
	r, err := parse[reply](body)
	switch {
	case err != nil || r.Code == "":
		return Answer{} // a gateway may have said it
	case r.Code == fine:
		return Answer{Outcome: Arrived, Code: r.Code, OrderNo: r.OrderNo}
	default:
		return Answer{Outcome: Refused, Code: code(r.Code)}
	}
}

// code is a code that may be shown: nothing that was not meant to be one.
func code(s string) string {
	var c check
	if c.number("code", s, true); len(c.faults) > 0 {
		return ""
	}
	return s
}

// Query asks for the open orders.
func (Canonical) Query() (path string, body []byte, err error) {
	return PathOrders, []byte(`{}`), nil
}

// Listed reads them.
func (Canonical) Listed(body []byte) ([]Listed, error) {
	r, err := parse[reply](body)
	switch {
	case err != nil:
		return nil, err
	case r.Code != fine:
		return nil, FieldErrors{{"code", "平台没有给出工单清单"}}
	}
	return r.Orders, checkListed(r.Orders)
}

// Taken says the code that is fine.
func (Canonical) Taken() []byte { return []byte(`{"code":"` + fine + `"}`) }
