package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// API is where WeChat's servers are asked.
const API = "https://api.weixin.qq.com"

const maxAnswer = 1 << 20 // bytes

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
	Page         string // of the mini program; empty: none
	Data         map[string]string
}

// Subscribe sends such a message; values too long for it are cut.
func (c *Client) Subscribe(ctx context.Context, token string, s Subscription) error {
	data := map[string]map[string]string{}
	for name, value := range s.Data {
		data[name] = map[string]string{"value": Fit(name, value)}
	}
	body := map[string]any{"touser": s.To, "template_id": s.Template, "data": data}
	if s.Page != "" {
		body["page"] = s.Page
	}
	return c.post(ctx, "/cgi-bin/message/subscribe/send", tokenQuery(token), body, nil)
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

// call asks once. What fails on the way is returned without the address, which
// holds secrets.
func (c *Client) call(ctx context.Context, method, path string, q url.Values, body io.Reader, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path+"?"+q.Encode(), body)
	if err != nil {
		return errors.New("wechat: the address of the servers is not one")
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(r)
	if hidden, ok := errors.AsType[*url.Error](err); ok {
		err = hidden.Err
	}
	if err != nil {
		return fmt.Errorf("wechat: %s: %w", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("wechat: %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return &Error{Status: answer.StatusCode}
	}
	return readAnswer(raw, out)
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
