package sms

import (
	"crypto/md5" //nolint:gosec // the provider's choice
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// MAS is an account of China Mobile's 云MAS. It is taken by https alone, with its
// certificate checked whatever its papers say; a bureau whose interface has none
// puts a tunnel before it. It cannot be asked what it has taken.
type MAS struct {
	Address  string // with its path, e.g. https://…/sms/tmpsubmit
	Company  string // ecName
	App      string // apId
	Key      string // secretKey
	Sign     string // code of the signature, not its text
	Serial   string // addSerial; empty where the service code fits exactly
	Template string
}

// NewMAS checks an account.
func NewMAS(m MAS) (*MAS, error) {
	if _, err := hostOf(m.Address); err != nil {
		return nil, err
	}
	if m.Company == "" || m.App == "" || m.Key == "" || m.Sign == "" || m.Template == "" {
		return nil, errors.New("sms: 云MAS needs a company, an app, a key, a sign and a template")
	}
	return &m, nil
}

// mac is the check of a message: what is in it, one after the other.
func (m *MAS) mac(what ...string) string {
	digest := md5.Sum([]byte(m.Company + m.App + m.Key + strings.Join(what, "") + m.Sign + m.Serial)) //nolint:gosec // the provider's choice
	return hex.EncodeToString(digest[:])
}

// Send implements [Provider]; neither time nor nonce is used.
func (m *MAS) Send(s Message, _ time.Time, _ string) (Request, error) {
	values := make([]string, len(s.Values))
	for i, v := range s.Values {
		values[i] = v.Text
	}
	params, err := json.Marshal(values)
	if err != nil {
		return Request{}, err
	}
	body, err := json.Marshal(map[string]string{
		"ecName": m.Company, "apId": m.App, "secretKey": m.Key, "mobiles": s.Phone, "templateId": m.Template, "params": string(params),
		"sign": m.Sign, "addSerial": m.Serial, "mac": m.mac(m.Template, s.Phone, string(params)),
	})
	if err != nil {
		return Request{}, err
	}
	return Request{URL: m.Address, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(base64.StdEncoding.EncodeToString(body))}, nil
}

// Sent implements [Provider].
func (m *MAS) Sent(status int, answer []byte) (string, error) {
	var a struct {
		Code    string `json:"rspcod"`
		Group   string `json:"msgGroup"`
		Group2  string `json:"mgsGroup"` // so in some versions
		Success bool   `json:"success"`
	}
	if err := answered(status, answer, &a); err != nil {
		return "", err
	}
	switch {
	case a.Success && a.Code == "success":
		return a.Group + a.Group2, nil
	case a.Code == "" || a.Code == "success":
		return "", &AnswerError{Unknown, "answer.unreadable"}
	}
	return "", classified(a.Code, "InvalidUsrOrPwd", "NoSignId", "IllegalSignId") // the account, not the message
}

// Find implements [Provider]: it cannot be asked.
func (*MAS) Find(Message, time.Time, time.Time, string) (Request, bool) { return Request{}, false }

// Found implements [Provider].
func (*MAS) Found(Message, int, []byte) (string, bool, error) {
	return "", false, &AnswerError{Unknown, "query.none"}
}

// Read implements [Provider].
func (m *MAS) Read(body []byte) ([]Report, []Reply, error) {
	return pushed(body, func(p *masPush) (*Report, *Reply) {
		switch {
		case p.Status != "":
			return &Report{Provider: p.Group, Phone: p.Mobile, Arrived: p.Status == "CM:0000", Code: p.Code}, nil
		case p.Content != nil:
			return nil, &Reply{Phone: p.Mobile, Text: *p.Content}
		}
		return nil, nil
	})
}

type masPush struct {
	Mobile  string  `json:"mobile"`
	Group   string  `json:"msgGroup"`
	Status  string  `json:"reportStatus"`
	Code    string  `json:"errorCode"`
	Content *string `json:"smsContent"`
}

// Thanks implements [Provider].
func (*MAS) Thanks() string { return "OK" }
