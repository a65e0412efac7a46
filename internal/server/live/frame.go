package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/desk"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/problem"
)

// The websocket sub-protocols clients must offer.
const (
	Protocol      = "jiesu.v1"
	StaffProtocol = "jiesu-staff.v1"
)

// Close codes beyond RFC 6455: 4000–4399 invite a reconnect, 4400–4999 do not
// (except 4401 with a new pass).
const (
	CloseRestart  = 4001 // after goaway
	CloseSlow     = 4008 // the client does not read
	CloseSilent   = 4010 // no frame within the pong time
	CloseInternal = 4011
	CloseRate     = 4029 // too many messages or sockets
	CloseBadFrame = 4400
	ClosePass     = 4401 // pass missing, wrong, used or late
	CloseDenied   = 4403
	CloseGone     = 4404
)

const (
	maxDepth = 8 // of nested JSON; the deepest frame needs 3
	maxCID   = 64
)

// inbound is every frame a client may send, told apart by T.
type inbound struct {
	T      string    `json:"t"`
	ID     int64     `json:"id"`
	V      int       `json:"v"`
	Pass   string    `json:"pass"`
	Conv   string    `json:"conv"`
	Last   *position `json:"last"`
	CID    string    `json:"cid"`
	Kind   string    `json:"kind"`
	Body   *sentBody `json:"body"`
	Seq    int64     `json:"seq"`
	After  int64     `json:"after"`
	Limit  int       `json:"limit"`
	Title  string    `json:"title"`
	Reason string    `json:"reason"`
	People *contact  `json:"contact"`
	N      int64     `json:"n"`
	Score  int       `json:"score"`
	On     bool      `json:"on"`
	Skill  string    `json:"category"`

	// Of staff.
	Chat   string           `json:"chat"`
	Topics []string         `json:"topics"`
	Chats  map[string]int64 `json:"chats"` // by conversation: the highest sequence number known
	Ticket string           `json:"ticket"`
	Drafts bool             `json:"drafts"`
	Client *json.RawMessage `json:"client"`
}

// asks reports whether the frame asks for something that is answered.
func (f *inbound) asks() bool {
	switch f.T {
	case "send", "handoff", "rate", "person", "leave", "sync":
		return true
	}
	return false
}

type position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}

type sentBody struct {
	Text       string `json:"text"`
	Entry      string `json:"entry"`
	Attachment string `json:"attachment"`
}

type contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// parse reads one frame. Unknown members are ignored, so that newer clients can
// talk to older servers; anything malformed is an error.
func parse(data []byte) (inbound, error) {
	var f inbound
	if !utf8.Valid(data) {
		return f, errors.New("frame is not UTF-8")
	}
	if depth(data) > maxDepth {
		return f, errors.New("frame is nested too deeply")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&f); err != nil {
		return inbound{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return inbound{}, errors.New("frame holds more than one value")
	}
	if f.T == "" {
		return inbound{}, errors.New("frame has no type")
	}
	return f, nil
}

// depth is the deepest nesting of arrays and objects, found without parsing.
func depth(data []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// validCID reports whether a client may use s as the id of a message.
func validCID(s string) bool {
	return s != "" && len(s) <= maxCID && !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) })
}

type welcome struct {
	T         string  `json:"t"`
	ID        int64   `json:"id"`
	SID       string  `json:"sid"`
	Conv      string  `json:"conv"`
	Epoch     string  `json:"epoch"`
	Head      int64   `json:"head"`
	Min       int64   `json:"min"`
	Recovered bool    `json:"recovered"`
	PingS     int     `json:"ping_s"`
	Win       int     `json:"win"`
	Max       maximum `json:"max"`
}

type maximum struct {
	Frame int64  `json:"frame"`
	Text  int    `json:"text"`
	Rate  string `json:"rate"`
}

// Message is a durable message as clients see it, on sockets and over HTTP.
type Message struct {
	T    string                   `json:"t" example:"msg"`
	Seq  int64                    `json:"seq" example:"42"`
	CID  string                   `json:"cid,omitempty" doc:"the sender's own id, for messages of the citizen"`
	From From                     `json:"from"`
	Kind conversation.MessageKind `json:"kind" enum:"text,choice,file,answer,receipt,notice"`
	Body json.RawMessage          `json:"body" doc:"depends on kind"`
	At   time.Time                `json:"at"`
	Src  []Source                 `json:"src,omitempty" doc:"the library entries the message rests on"`
}

// From is who said a message.
type From struct {
	Role conversation.Role `json:"role" enum:"user,bot,staff,system"`
	Name string            `json:"name,omitempty" doc:"shown name of staff"`
}

// Source pins the version of an entry.
type Source struct {
	Entry   string `json:"qa_id"`
	Version int    `json:"version"`
}

// NewMessage is the wire form of m.
func NewMessage(m conversation.Message) Message {
	f := Message{
		T: "msg", Seq: m.Seq, CID: m.ClientID, From: From{Role: m.Role, Name: m.Name},
		Kind: m.Kind, Body: m.Body, At: shown(m.At),
	}
	for _, s := range m.Sources {
		f.Src = append(f.Src, Source(s))
	}
	return f
}

// shown is t as clients see it: Beijing time, whole milliseconds.
func shown(t time.Time) time.Time {
	return t.In(time.FixedZone("CST", 8*60*60)).Truncate(time.Millisecond)
}

type okFrame struct {
	T   string    `json:"t"`
	ID  int64     `json:"id"`
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	Dup bool      `json:"dup,omitempty"`
}

type pageFrame struct {
	T     string    `json:"t"`
	ID    int64     `json:"id"`
	Items []Message `json:"items"`
	Head  int64     `json:"head"`
	More  bool      `json:"more"`
}

// Standing is how a citizen stands with people: nothing of it is stored.
type Standing struct {
	State    conversation.State `json:"state" enum:"bot,handed,queued,person,ended" doc:"bot, handed and ended: the library answers"`
	Position int                `json:"position,omitempty" doc:"queued: 1 is next"`
	WaitS    int                `json:"wait_s,omitempty" doc:"queued: seconds to wait, as those waited who were taken last; none: nobody can tell"`
	Name     string             `json:"name,omitempty" doc:"person: unit and number of who answers"`
}

func newStanding(s desk.ChatStanding) Standing {
	return Standing{State: s.State, Position: s.Position, WaitS: int(s.Wait.Seconds()), Name: s.Name}
}

// noteFrame is something that passes: it is not stored, and may be lost.
type noteFrame struct {
	T    string `json:"t"`
	Chat string `json:"chat,omitempty"` // for staff, who have several
	Kind string `json:"kind"`           // queue, typing or presence
	Body any    `json:"body"`
}

type onBody struct {
	On bool `json:"on"`
}

type pingFrame struct {
	T    string `json:"t"`
	N    int64  `json:"n"`
	Head int64  `json:"head"`
}

type goawayFrame struct {
	T       string `json:"t"`
	AfterMS int64  `json:"after_ms"`
	Reason  string `json:"reason"`
}

type errFrame struct {
	T         string `json:"t"`
	ID        int64  `json:"id,omitempty"`
	Code      string `json:"code"`
	Temporary bool   `json:"temporary"`
	RetryMS   int64  `json:"retry_ms,omitempty"`
	Msg       string `json:"msg"`
}

// errorFrame tells a client what its frame id failed with; an error that is not
// ours shows nothing of itself.
func errorFrame(id int64, err error) errFrame {
	f := errFrame{T: "err", ID: id, Code: "internal", Temporary: true, Msg: "系统繁忙，请稍后再试。"}
	if e, ok := errors.AsType[*problem.Error](err); ok && e.Kind != problem.Internal {
		f.Code, f.Msg, f.RetryMS = strings.TrimPrefix(e.Code, "chat."), e.Public, e.RetryAfter.Milliseconds()
		f.Temporary = e.Kind == problem.Limited || e.Kind == problem.Unavailable
	}
	return f
}

// encode is v on the wire. Frames hold nothing that cannot be encoded.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // clients show text as text
	if err := enc.Encode(v); err != nil {
		return []byte(`{"t":"err","code":"internal","temporary":true,"msg":"系统繁忙，请稍后再试。"}`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
