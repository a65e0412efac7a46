// Package robot is what the group robots of WeCom, DingTalk and Feishu take: a
// short text for staff, signed where the robot asks for it.
//
// A robot answers 200 whatever happened: [Robot.Check] reads what it says. How
// many messages a robot takes, 20 in a minute at WeCom and DingTalk, 100 at Feishu,
// is for whoever sends.
package robot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Kind is whose robot it is.
type Kind string

// The kinds.
const (
	WeCom    Kind = "wecom"
	DingTalk Kind = "dingtalk"
	Feishu   Kind = "feishu"
)

// MaxText is how long a text may be for every kind of robot, in bytes.
const MaxText = 2048

// Robot is one robot of a group.
type Robot struct {
	kind    Kind
	address url.URL
	secret  string
}

// New checks how a robot is set up: its address as the group shows it, which holds
// its key and belongs into no log, and its secret where it signs (加签; WeCom does
// not). Other hosts than the usual ones are private installations.
func New(kind Kind, address, secret string) (*Robot, error) {
	if kind != WeCom && kind != DingTalk && kind != Feishu {
		return nil, fmt.Errorf("robot: unknown kind %q", kind)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("robot: an address is https and a host, without a name or a fragment") // not what it was: the key is in it
	}
	if kind == WeCom && secret != "" {
		return nil, errors.New("robot: one of WeCom has no secret, its key is in the address")
	}
	return &Robot{kind: kind, address: *u, secret: secret}, nil
}

// Request is what is to be posted, as application/json.
type Request struct {
	URL  string // with the key: it belongs into no log
	Body []byte
}

// textBody is a message in text, of all kinds.
type textBody struct {
	Timestamp string    `json:"timestamp,omitempty"`
	Sign      string    `json:"sign,omitempty"`
	MsgType   string    `json:"msgtype,omitempty"`
	Type      string    `json:"msg_type,omitempty"`
	Text      *wording  `json:"text,omitempty"`
	Content   *wordings `json:"content,omitempty"`
}

type wording struct {
	Content string `json:"content"`
}

type wordings struct {
	Text string `json:"text"`
}

// Text is the request that says text in the group, at most [MaxText] bytes.
func (r *Robot) Text(text string, at time.Time) (Request, error) {
	if text == "" || len(text) > MaxText {
		return Request{}, fmt.Errorf("robot: a text has 1 to %d bytes, not %d", MaxText, len(text))
	}
	address := r.address
	body := textBody{MsgType: "text", Text: &wording{text}}
	switch {
	case r.kind == Feishu:
		body = textBody{Type: "text", Content: &wordings{text}}
		if r.secret != "" {
			body.Timestamp = strconv.FormatInt(at.Unix(), 10)
			body.Sign = sign(body.Timestamp+"\n"+r.secret, "")
		}
	case r.secret != "":
		stamp := strconv.FormatInt(at.UnixMilli(), 10)
		q := address.Query()
		q.Set("timestamp", stamp)
		q.Set("sign", sign(r.secret, stamp+"\n"+r.secret))
		address.RawQuery = q.Encode()
	}
	raw, err := json.Marshal(body)
	return Request{URL: address.String(), Body: raw}, err
}

func sign(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// AnswerError is what a robot has against a message.
type AnswerError struct {
	Kind Kind
	Code int // 0: it did not answer as robots do
	Busy bool
}

// Error implements error.
func (e *AnswerError) Error() string { return fmt.Sprintf("robot: %s answers %d", e.Kind, e.Code) }

// Check reads what the robot answered. An error is an [*AnswerError]; a busy robot took
// too much and will take the message later.
func (r *Robot) Check(answer []byte) error {
	var a struct {
		ErrCode *int `json:"errcode"`
		Code    *int `json:"code"`
	}
	code := &a.ErrCode
	if r.kind == Feishu {
		code = &a.Code
	}
	if err := json.Unmarshal(answer, &a); err != nil || *code == nil {
		return &AnswerError{Kind: r.kind}
	}
	if **code == 0 {
		return nil
	}
	busy := map[Kind]int{WeCom: 45009, DingTalk: 130101, Feishu: 11232}
	return &AnswerError{Kind: r.kind, Code: **code, Busy: **code == busy[r.kind]}
}
