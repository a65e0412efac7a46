package sms

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Aliyun is an account of Aliyun's 短信服务, signed for with ACS3-HMAC-SHA256.
type Aliyun struct {
	Address     string // empty: https://dysmsapi.aliyuncs.com
	KeyID, Key  string
	SignName    string
	Template    string
	addressHost string
}

const aliyunVersion = "2017-05-25"

// NewAliyun checks an account.
func NewAliyun(a Aliyun) (*Aliyun, error) {
	a.Address = cmp.Or(a.Address, "https://dysmsapi.aliyuncs.com")
	var err error
	if a.addressHost, err = hostOf(a.Address); err != nil {
		return nil, err
	}
	if a.KeyID == "" || a.Key == "" || a.SignName == "" || a.Template == "" {
		return nil, errors.New("sms: Aliyun needs a key id, a key, a sign name and a template")
	}
	return &a, nil
}

// Send implements [Provider].
func (a *Aliyun) Send(m Message, at time.Time, nonce string) (Request, error) {
	values := map[string]string{}
	for _, v := range m.Values {
		values[v.Name] = v.Text
	}
	params, err := json.Marshal(values)
	if err != nil {
		return Request{}, err
	}
	return a.request("SendSms", url.Values{
		"PhoneNumbers": {m.Phone}, "SignName": {a.SignName}, "TemplateCode": {a.Template}, "TemplateParam": {string(params)}, "OutId": {m.ID},
	}, at, nonce), nil
}

// Sent implements [Provider].
func (a *Aliyun) Sent(status int, answer []byte) (string, error) {
	var r struct{ Code, BizId string }
	if err := answered(status, answer, &r); err != nil {
		return "", err
	}
	return r.BizId, a.failure(r.Code)
}

func (a *Aliyun) failure(code string) error {
	switch code {
	case "OK":
		return nil
	case "":
		return &AnswerError{Unknown, "answer.unreadable"}
	case "isp.RAM_PERMISSION_DENY": // the account, not the message; it may be mended
		return &AnswerError{Later, code}
	}
	return classified(code, "isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE",
		"isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "Throttling", "ServiceUnavailable", "InternalError")
}

// Find implements [Provider]: messages of that number on that day.
func (a *Aliyun) Find(m Message, sent, at time.Time, nonce string) (Request, bool) {
	return a.request("QuerySendDetails", url.Values{
		"PhoneNumber": {m.Phone}, "SendDate": {sent.In(beijing()).Format("20060102")}, "PageSize": {"50"}, "CurrentPage": {"1"},
	}, at, nonce), true
}

// Found implements [Provider].
func (a *Aliyun) Found(m Message, status int, answer []byte) (string, bool, error) {
	var r struct {
		Code              string
		SmsSendDetailDTOs struct {
			SmsSendDetailDTO []struct{ OutId string }
		}
	}
	if err := answered(status, answer, &r); err != nil {
		return "", false, err
	}
	for _, d := range r.SmsSendDetailDTOs.SmsSendDetailDTO {
		if d.OutId == m.ID {
			return "", true, nil
		}
	}
	return "", false, a.failure(r.Code)
}

// Read implements [Provider].
func (a *Aliyun) Read(body []byte) ([]Report, []Reply, error) {
	return pushed(body, func(p *aliyunPush) (*Report, *Reply) {
		switch {
		case p.Success != nil:
			return &Report{ID: p.OutID, Provider: p.BizID, Phone: p.Phone, Arrived: *p.Success, Code: p.Code}, nil
		case p.Content != nil:
			return nil, &Reply{Phone: p.Phone, Text: *p.Content}
		}
		return nil, nil
	})
}

type aliyunPush struct {
	Phone   string  `json:"phone_number"`
	Success *bool   `json:"success"`
	Code    string  `json:"err_code"`
	BizID   string  `json:"biz_id"`
	OutID   string  `json:"out_id"`
	Content *string `json:"content"`
}

// Thanks implements [Provider].
func (*Aliyun) Thanks() string { return `{"code":0,"msg":"成功"}` }

func (a *Aliyun) request(action string, query url.Values, at time.Time, nonce string) Request {
	encoded := escaped(query)
	header := a.sign(acs3{
		host: a.addressHost, action: action, version: aliyunVersion, query: encoded, at: at, nonce: nonce,
	})
	return Request{URL: a.Address + "/?" + encoded, Header: header}
}

// acs3 is what ACS3-HMAC-SHA256 signs.
type acs3 struct {
	host, action, version, query, nonce string
	body                                []byte
	at                                  time.Time
}

// sign is the header of a request to /.
func (a *Aliyun) sign(r acs3) http.Header {
	headers := map[string]string{
		"host": r.host, "x-acs-action": r.action, "x-acs-content-sha256": sum(r.body), "x-acs-date": r.at.UTC().Format(time.RFC3339),
		"x-acs-signature-nonce": r.nonce, "x-acs-version": r.version,
	}
	names := slices.Sorted(maps.Keys(headers))
	var lines strings.Builder
	for _, n := range names {
		lines.WriteString(n + ":" + headers[n] + "\n")
	}
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{http.MethodPost, "/", r.query, lines.String(), signed, headers["x-acs-content-sha256"]}, "\n")
	signature := hex.EncodeToString(hmacSHA256([]byte(a.Key), "ACS3-HMAC-SHA256\n"+sum([]byte(canonical))))
	h := http.Header{"Authorization": {"ACS3-HMAC-SHA256 Credential=" + a.KeyID + ",SignedHeaders=" + signed + ",Signature=" + signature}}
	for _, n := range names {
		if n != "host" {
			h.Set(n, headers[n])
		}
	}
	return h
}

// escaped is a query by RFC 3986, in order of its names.
func escaped(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func beijing() *time.Location { return time.FixedZone("", 8*60*60) }
