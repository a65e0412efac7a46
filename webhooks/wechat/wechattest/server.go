// Package wechattest is WeChat's servers for tests: it checks what it is asked
// the way the real ones do, by the specification and not by the client's code, and
// remembers what was sent.
package wechattest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"unicode/utf8"
)

// Sent is a message somebody got.
type Sent struct {
	To       string            `json:"to"`
	Text     string            `json:"text,omitempty"`
	Template string            `json:"template,omitempty"`
	Page     string            `json:"page,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	Official bool              `json:"official,omitempty"` // by the way of service accounts
}

// Server plays WeChat's servers for one account.
type Server struct {
	*httptest.Server
	appID, secret string

	mu     sync.Mutex
	tokens int // how many were given out; only the last is good
	live   bool
	logins map[string]string // code → openid; a code works once
	phones map[string]string // code → number; the same
	media  map[string][]byte // what people sent, by its id; gone after three days
	faults map[string][]int  // path → errcodes of the next calls
	sent   []Sent
}

// New starts a server, which the caller closes.
func New(appID, secret string) *Server {
	s := &Server{appID: appID, secret: secret, logins: map[string]string{}, phones: map[string]string{}, media: map[string][]byte{}, faults: map[string][]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cgi-bin/stable_token", s.token)
	mux.HandleFunc("GET /sns/jscode2session", s.login)
	mux.HandleFunc("POST /wxa/business/getuserphonenumber", s.withToken(s.phone))
	mux.HandleFunc("POST /cgi-bin/message/custom/send", s.withToken(s.custom))
	mux.HandleFunc("POST /cgi-bin/message/subscribe/send", s.withToken(s.subscribe(false)))
	mux.HandleFunc("POST /cgi-bin/message/subscribe/bizsend", s.withToken(s.subscribe(true)))
	mux.HandleFunc("GET /cgi-bin/media/get", s.download)
	mux.HandleFunc("GET /sent", s.list)
	s.Server = httptest.NewServer(mux)
	return s
}

// Code makes code the one wx.login gives openID.
func (s *Server) Code(code, openID string) { s.locked(func() { s.logins[code] = openID }) }

// Phone makes code the one the phone button gives for number.
func (s *Server) Phone(code, number string) { s.locked(func() { s.phones[code] = number }) }

// Media is what the id of a message leads to: a picture or a voice, or JSON as it
// is given for a film.
func (s *Server) Media(id string, content []byte) { s.locked(func() { s.media[id] = content }) }

// Fail answers the next calls of path with errcodes.
func (s *Server) Fail(path string, codes ...int) {
	s.locked(func() { s.faults[path] = append(s.faults[path], codes...) })
}

// Expire ends the token in use.
func (s *Server) Expire() { s.locked(func() { s.live = false }) }

// Tokens is how many tokens were given out.
func (s *Server) Tokens() (n int) {
	s.locked(func() { n = s.tokens })
	return n
}

// Sent is everything that was sent, in order.
func (s *Server) Sent() (all []Sent) {
	s.locked(func() { all = append(all, s.sent...) })
	return all
}

func (s *Server) locked(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
}

// list is for stories, which see the server from another process.
func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(s.Sent())
}

func refuse(w http.ResponseWriter, code int) {
	_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"refused rid: 0"}`, code)
}

// fault is the errcode the next call of a path is to fail with; 0: none.
func (s *Server) fault(path string) (code int) {
	s.locked(func() {
		if f := s.faults[path]; len(f) > 0 {
			code, s.faults[path] = f[0], f[1:]
		}
	})
	return code
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Grant  string `json:"grant_type"`
		AppID  string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	switch code := s.fault(r.URL.Path); {
	case code != 0:
		refuse(w, code)
	case json.NewDecoder(r.Body).Decode(&in) != nil || in.Grant != "client_credential" || in.Force:
		refuse(w, 47001)
	case in.AppID != s.appID:
		refuse(w, 40013)
	case in.Secret != s.secret:
		refuse(w, 40125)
	default:
		s.locked(func() {
			if !s.live {
				s.tokens, s.live = s.tokens+1, true
			}
			_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, s.current())
		})
	}
}

// current is a token of the length real ones have.
func (s *Server) current() string { return fmt.Sprintf("%d_%s", s.tokens, strings.Repeat("T", 500)) }

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var openID string
	s.locked(func() {
		openID = s.logins[q.Get("js_code")]
		delete(s.logins, q.Get("js_code"))
	})
	switch code := s.fault(r.URL.Path); {
	case code != 0:
		refuse(w, code)
	case q.Get("appid") != s.appID || q.Get("grant_type") != "authorization_code":
		refuse(w, 40013)
	case q.Get("secret") != s.secret:
		refuse(w, 40125)
	case openID == "":
		refuse(w, 40029)
	default:
		_, _ = fmt.Fprintf(w, `{"openid":%q,"session_key":"c2VjcmV0IGtleSBvZiBzZXNzaW9u"}`, openID)
	}
}

// withToken lets those in who have the token in use.
func (s *Server) withToken(next func(raw []byte) (code int, answer string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var good bool
		s.locked(func() { good = s.live && r.URL.Query().Get("access_token") == s.current() })
		code := s.fault(r.URL.Path)
		answer := `{"errcode":0,"errmsg":"ok"}`
		switch {
		case !good:
			code = 40001
		case code == 0:
			if c, a := next(raw); c != 0 || a != "" {
				code, answer = c, a
			}
		}
		if code != 0 {
			refuse(w, code)
			return
		}
		_, _ = io.WriteString(w, answer)
	}
}

// download gives a file, or says in JSON and with status 200 why not.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	var content []byte
	var known bool
	s.locked(func() { content, known = s.media[r.URL.Query().Get("media_id")] })
	s.withToken(func([]byte) (int, string) {
		if !known {
			return 40007, ""
		}
		return 0, string(content)
	})(w, r)
}

func (s *Server) phone(raw []byte) (int, string) {
	var in struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(raw, &in) != nil {
		return 47001, ""
	}
	var number string
	s.locked(func() {
		number = s.phones[in.Code]
		delete(s.phones, in.Code)
	})
	if number == "" {
		return 40029, ""
	}
	return 0, fmt.Sprintf(`{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":%q,"purePhoneNumber":%q,"countryCode":86,"watermark":{"timestamp":1637744274,"appid":%q}}}`, "+86"+number, number, s.appID)
}

func (s *Server) custom(raw []byte) (int, string) {
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	const most = 2048
	switch {
	case json.Unmarshal(raw, &in) != nil || in.Type != "text" || in.Text.Content == "":
		return 47001, ""
	case in.To == "":
		return 40003, ""
	case len(in.Text.Content) > most || !utf8.ValidString(in.Text.Content):
		return 45002, ""
	}
	s.locked(func() { s.sent = append(s.sent, Sent{To: in.To, Text: in.Text.Content}) })
	return 0, ""
}

// subscribe takes a message made from a template, of a mini program or of a service
// account.
func (s *Server) subscribe(official bool) func(raw []byte) (int, string) {
	return func(raw []byte) (int, string) { return s.fromTemplate(raw, official) }
}

func (s *Server) fromTemplate(raw []byte, official bool) (int, string) {
	var in struct {
		To       string `json:"touser"`
		Template string `json:"template_id"`
		Page     string `json:"page"`
		Data     map[string]struct {
			Value string `json:"value"`
		} `json:"data"`
	}
	switch {
	case json.Unmarshal(raw, &in) != nil:
		return 47001, ""
	case in.To == "":
		return 40003, ""
	case in.Template == "":
		return 40037, ""
	}
	data := map[string]string{}
	for name, d := range in.Data {
		if n := utf8.RuneCountInString(d.Value); n == 0 || strings.HasPrefix(name, "thing") && n > 20 || strings.HasPrefix(name, "phrase") && n > 5 {
			return 47003, ""
		}
		data[name] = d.Value
	}
	s.locked(func() {
		s.sent = append(s.sent, Sent{To: in.To, Template: in.Template, Page: in.Page, Data: data, Official: official})
	})
	return 0, ""
}
