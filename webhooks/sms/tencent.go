package sms

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tencent is an account of Tencent Cloud's 短信, signed for with TC3-HMAC-SHA256.
type Tencent struct {
	Address    string // empty: https://sms.tencentcloudapi.com
	KeyID, Key string
	App        string // SmsSdkAppId
	SignName   string
	Template   string
	Region     string // empty: ap-guangzhou
	host       string
}

const (
	tencentVersion = "2021-01-11"
	tencentType    = "application/json; charset=utf-8"
)

// NewTencent checks an account.
func NewTencent(t Tencent) (*Tencent, error) {
	t.Address, t.Region = cmp.Or(t.Address, "https://sms.tencentcloudapi.com"), cmp.Or(t.Region, "ap-guangzhou")
	var err error
	if t.host, err = hostOf(t.Address); err != nil {
		return nil, err
	}
	if t.KeyID == "" || t.Key == "" || t.App == "" || t.SignName == "" || t.Template == "" {
		return nil, errors.New("sms: Tencent needs a key id, a key, an app, a sign name and a template")
	}
	return &t, nil
}

// Send implements [Provider]; the nonce is not used.
func (t *Tencent) Send(m Message, at time.Time, _ string) (Request, error) {
	values := make([]string, len(m.Values))
	for i, v := range m.Values {
		values[i] = v.Text
	}
	return t.request("SendSms", map[string]any{
		"PhoneNumberSet": []string{"+86" + m.Phone}, "SmsSdkAppId": t.App, "SignName": t.SignName, "TemplateId": t.Template,
		"TemplateParamSet": values, "SessionContext": m.ID,
	}, at)
}

// tencentAnswer is an answer to both requests.
type tencentAnswer struct {
	Response struct {
		Error         *struct{ Code string }
		SendStatusSet []struct{ SerialNo, Code string }
		Taken         []struct{ SerialNo, SessionContext string } `json:"PullSmsSendStatusSet"`
	}
}

func (a *tencentAnswer) failure() error {
	if e := a.Response.Error; e != nil {
		return tencentFailure(e.Code)
	}
	return nil
}

func tencentFailure(code string) error {
	return classified(code, "RequestLimitExceeded", "LimitExceeded", "InternalError", "FailedOperation.InsufficientBalanceInSmsPackage", "ResourceUnavailable", "UnauthorizedOperation", "AuthFailure")
}

// Sent implements [Provider].
func (t *Tencent) Sent(status int, answer []byte) (string, error) {
	var a tencentAnswer
	if err := answered(status, answer, &a); err != nil {
		return "", err
	}
	if err := a.failure(); err != nil {
		return "", err
	}
	if len(a.Response.SendStatusSet) != 1 {
		return "", &AnswerError{Unknown, "answer.unreadable"}
	}
	if s := a.Response.SendStatusSet[0]; s.Code != "Ok" {
		return "", tencentFailure(s.Code)
	}
	return a.Response.SendStatusSet[0].SerialNo, nil
}

// Find implements [Provider]: messages of that number since then. Tencent opens
// this query on request only; where it is closed, it answers with an error, and
// the message is not sent again.
func (t *Tencent) Find(m Message, sent, at time.Time, _ string) (Request, bool) {
	r, err := t.request("PullSmsSendStatusByPhoneNumber", map[string]any{
		"PhoneNumber": "+86" + m.Phone, "SmsSdkAppId": t.App, "BeginTime": sent.Unix() - 60, "EndTime": at.Unix(), "Offset": 0, "Limit": 100,
	}, at)
	return r, err == nil
}

// Found implements [Provider].
func (t *Tencent) Found(m Message, status int, answer []byte) (string, bool, error) {
	var a tencentAnswer
	if err := answered(status, answer, &a); err != nil {
		return "", false, err
	}
	for _, s := range a.Response.Taken {
		if s.SessionContext == m.ID {
			return s.SerialNo, true, nil
		}
	}
	return "", false, a.failure()
}

// Read implements [Provider].
func (t *Tencent) Read(body []byte) ([]Report, []Reply, error) {
	return pushed(body, func(p *tencentPush) (*Report, *Reply) {
		switch {
		case p.Status != "":
			return &Report{ID: p.Session, Provider: p.Serial, Phone: p.Mobile, Arrived: p.Status == "SUCCESS", Code: p.Code}, nil
		case p.Text != nil:
			return nil, &Reply{Phone: p.Mobile, Text: *p.Text}
		}
		return nil, nil
	})
}

type tencentPush struct {
	Mobile  string  `json:"mobile"`
	Status  string  `json:"report_status"`
	Code    string  `json:"errmsg"`
	Serial  string  `json:"sid"`
	Session string  `json:"ext"`
	Text    *string `json:"text"`
}

// Thanks implements [Provider].
func (*Tencent) Thanks() string { return `{"result":0,"errmsg":"OK"}` }

func (t *Tencent) request(action string, args map[string]any, at time.Time) (Request, error) {
	body, err := json.Marshal(args)
	if err != nil {
		return Request{}, err
	}
	header := tc3{id: t.KeyID, key: t.Key, service: "sms", host: t.host, at: at}.sign(body)
	header.Set("X-Tc-Action", action)
	header.Set("X-Tc-Version", tencentVersion)
	header.Set("X-Tc-Region", t.Region)
	return Request{URL: t.Address + "/", Header: header, Body: body}, nil
}

// tc3 is what TC3-HMAC-SHA256 signs besides the body.
type tc3 struct {
	id, key, service, host string
	at                     time.Time
}

func (r tc3) sign(body []byte) http.Header {
	const signed = "content-type;host"
	canonical := strings.Join([]string{http.MethodPost, "/", "", "content-type:" + tencentType + "\nhost:" + r.host + "\n", signed, sum(body)}, "\n")
	stamp, day := strconv.FormatInt(r.at.Unix(), 10), r.at.UTC().Format(time.DateOnly)
	scope := day + "/" + r.service + "/tc3_request"
	key := hmacSHA256(hmacSHA256(hmacSHA256([]byte("TC3"+r.key), day), r.service), "tc3_request")
	signature := hex.EncodeToString(hmacSHA256(key, strings.Join([]string{"TC3-HMAC-SHA256", stamp, scope, sum([]byte(canonical))}, "\n")))
	return http.Header{
		"Content-Type":   {tencentType},
		"Authorization":  {"TC3-HMAC-SHA256 Credential=" + r.id + "/" + scope + ", SignedHeaders=" + signed + ", Signature=" + signature},
		"X-Tc-Timestamp": {stamp},
	}
}
