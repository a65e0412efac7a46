package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"
)

// API is where WeChat's servers are asked.
const API = "https://api.weixin.qq.com"

const maxAnswer = 1 << 20 // bytes

// ErrNoMedia is an answer that is no picture and no voice: for a film WeChat names
// an address on another host instead, which is not followed.
var ErrNoMedia = errors.New("wechat: there is no picture or voice behind it")

// Client asks WeChat's servers on behalf of one account. It keeps nothing: most
// calls need an access token, which the caller brings.
type Client struct {
	http            *http.Client
	base            string
	appID, password string
}

// NewClient returns a client of the servers at base, usually [API], for the
// account with an appid and its secret.
func NewClient(h *http.Client, base, appID, secret string) *Client {
	return &Client{http: h, base: base, appID: appID, password: secret}
}

// Token lets calls in for a while.
type Token struct {
	Value string
	Life  time.Duration
}

// StableToken asks for an access token. Until shortly before its end every call
// returns the same one, so that replicas need not agree.
func (c *Client) StableToken(ctx context.Context) (Token, error) {
	var out struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	err := c.post(ctx, "/cgi-bin/stable_token", nil, map[string]any{
		"grant_type": "client_credential", "appid": c.appID, "secret": c.password, "force_refresh": false,
	}, &out)
	if err == nil && out.Token == "" {
		err = errAnswer
	}
	return Token{Value: out.Token, Life: time.Duration(out.Seconds) * time.Second}, err
}

// Login tells the openid of whom a code of wx.login is of. What WeChat encrypts
// with their session key is not used here, so the key is not kept.
func (c *Client) Login(ctx context.Context, code string) (string, error) {
	var out struct {
		OpenID string `json:"openid"`
	}
	q := url.Values{"appid": {c.appID}, "secret": {c.password}, "js_code": {code}, "grant_type": {"authorization_code"}}
	err := c.call(ctx, http.MethodGet, "/sns/jscode2session", q, nil, &out)
	if err == nil && out.OpenID == "" {
		err = errAnswer
	}
	return out.OpenID, err
}

// PhoneNumber is the number behind a code of the phone button, without the code
// of the country if that is China's.
func (c *Client) PhoneNumber(ctx context.Context, token, code string) (string, error) {
	var out struct {
		Phone struct {
			Full    string `json:"phoneNumber"`
			Pure    string `json:"purePhoneNumber"`
			Country text   `json:"countryCode"`
		} `json:"phone_info"`
	}
	err := c.post(ctx, "/wxa/business/getuserphonenumber", tokenQuery(token), map[string]string{"code": code}, &out)
	number := out.Phone.Full
	if out.Phone.Country == "86" {
		number = out.Phone.Pure
	}
	if err == nil && number == "" {
		err = errAnswer
	}
	return number, err
}

// SendText sends a customer-service message.
func (c *Client) SendText(ctx context.Context, token, openID, words string) error {
	return c.post(ctx, "/cgi-bin/message/custom/send", tokenQuery(token), map[string]any{
		"touser": openID, "msgtype": "text", "text": map[string]string{"content": Clip(words)},
	}, nil)
}

// Subscription is a message made from a template somebody has agreed to.
type Subscription struct {
	To, Template string
	// Page is one of the mini program, or for an Official Account one of the web;
	// empty: none. That the second may be there is told by older papers of WeChat and
	// not by newer ones.
	Page     string
	Data     map[string]string
	Official bool // of a service account (服务号), 订阅通知; otherwise of a mini program
}

// Subscribe sends such a message; values too long for it are cut. It gives no
// number to tell the message by later: papers of WeChat name none in the answer.
func (c *Client) Subscribe(ctx context.Context, token string, s Subscription) error {
	data := map[string]map[string]string{}
	for name, value := range s.Data {
		data[name] = map[string]string{"value": Fit(name, value)}
	}
	body := map[string]any{"touser": s.To, "template_id": s.Template, "data": data}
	if s.Page != "" {
		body["page"] = s.Page
	}
	path := "/cgi-bin/message/subscribe/send"
	if s.Official {
		path = "/cgi-bin/message/subscribe/bizsend"
	}
	return c.post(ctx, path, tokenQuery(token), body, nil)
}

// Media fetches a picture or a voice that somebody sent, which WeChat keeps for
// three days. The body is limited by the HTTP client alone.
func (c *Client) Media(ctx context.Context, token, id string) ([]byte, error) {
	q := tokenQuery(token)
	q.Set("media_id", id)
	content, err := c.ask(ctx, http.MethodGet, "/cgi-bin/media/get", q, nil, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) { // no picture and no voice begins so
		return content, nil
	}
	if err := readAnswer(content, nil); err != nil {
		return nil, err
	}
	return nil, ErrNoMedia
}

func tokenQuery(token string) url.Values { return url.Values{"access_token": {token}} }

func (c *Client) post(ctx context.Context, path string, q url.Values, in, out any) error {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // WeChat shows such escapes
	if err := e.Encode(in); err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, path, q, &body, out)
}

// call asks once and reads the answer.
func (c *Client) call(ctx context.Context, method, path string, q url.Values, body io.Reader, out any) error {
	raw, err := c.ask(ctx, method, path, q, body, maxAnswer)
	if err != nil {
		return err
	}
	return readAnswer(raw, out)
}

// ask asks once. What fails on the way is returned without the address, which
// holds secrets.
func (c *Client) ask(ctx context.Context, method, path string, q url.Values, body io.Reader, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path+"?"+q.Encode(), body)
	if err != nil {
		return nil, errors.New("wechat: the address of the servers is not one")
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(r)
	if hidden, ok := errors.AsType[*url.Error](err); ok {
		err = hidden.Err
	}
	if err != nil {
		return nil, fmt.Errorf("wechat: %s: %w", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return nil, fmt.Errorf("wechat: %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, &Error{Status: answer.StatusCode}
	}
	return raw, nil
}

// readAnswer reads an answer, which says errcode where something was wrong, and
// may say 0 where nothing was.
func readAnswer(raw []byte, out any) error {
	var e struct {
		Code int `json:"errcode"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return errAnswer
	}
	if e.Code != 0 {
		return &Error{Status: http.StatusOK, Code: e.Code}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return errAnswer
	}
	return nil
}
